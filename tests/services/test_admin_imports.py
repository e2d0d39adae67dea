"""The pages of imports: what somebody sees, decides and gets, and what nobody else does."""

import pytest
from django.urls import reverse
from django.utils.timezone import now

from services.models import ImportRow, ImportRun, Service

from .import_files import ROW, csv_bytes, ground, upload

pytestmark = pytest.mark.django_db(transaction=True)  # the background begins after the commit


@pytest.fixture(autouse=True)
def _ground(settings, tmp_path):
    ground()
    settings.IMPORT_ROOT = tmp_path / "imports"


@pytest.fixture
def editor(client, admin_user):
    client.force_login(admin_user)
    return client


def hand_in(client, content, name="listings.csv", source="partner"):
    answer = client.post(
        reverse("services_imports:add"), {"file": upload(content, name), "source": source, "team": ""}
    )
    return answer, ImportRun.objects.order_by("-pk").first()


def page(client, run, **query) -> str:
    return client.get(reverse("services_imports:run", args=[run.pk]), query).content.decode()


def post(client, name, run, **values):
    return client.post(reverse(f"services_imports:{name}", args=[run.pk]), values, follow=True)


def test_from_the_file_to_the_listings_and_back(editor):
    answer, run = hand_in(editor, [ROW, ROW | {"external_id": "a2", "needs": "luck"}])
    assert answer.url == reverse("services_imports:run", args=[run.pk])
    shown = page(editor, run)
    assert "Colis du jeudi" in shown
    assert not Service.objects.exists()
    assert "luck" in page(editor, run, show="refused")
    post(editor, "apply", run)
    assert Service.objects.get().live
    assert "Colis du jeudi" in page(editor, run)
    refused = b"".join(
        editor.get(reverse("services_imports:refused", args=[run.pk])).streaming_content
    ).decode()
    assert "luck" in refused
    assert (
        "Colis du jeudi" in editor.get(reverse("services_imports:index")).content.decode() or "listings.csv"
    )
    assert editor.get(reverse("services_imports:undo", args=[run.pk])).status_code == 200
    post(editor, "undo", run)
    assert not Service.objects.exists()
    run.refresh_from_db()
    assert run.state == "undone"
    assert page(editor, run, show="kept")


def test_changes_are_told_in_words(editor):
    _answer, run = hand_in(editor, [ROW | {"languages": "fr", "opening_hours": "Mo 09:00-12:00"}])
    post(editor, "apply", run)
    changed = ROW | {"languages": "fr|nl", "opening_hours": "Tu 09:00-12:00", "needs": "debt"}
    _answer, run = hand_in(editor, [changed])
    with_words = page(editor, run, show="update")
    for words in ("Mardi", "néerlandais", "debt", "<del>", "<ins>"):
        assert words.lower() in with_words.lower(), words
    assert "Tu 09:00" not in with_words


def test_a_possible_duplicate_is_decided_about(editor):
    _answer, run = hand_in(editor, [ROW])
    post(editor, "apply", run)
    _answer, run = hand_in(editor, [ROW], source="other")
    row = run.rows.get()
    assert row.skip
    shown = page(editor, run, show="duplicates")
    twin = Service.objects.get()
    assert reverse("wagtailsnippets_services_service:edit", args=[twin.pk]) in shown
    post(editor, "decide", run, row=row.pk, skip="0", p="1")
    assert not ImportRow.objects.get(pk=row.pk).skip
    post(editor, "decide", run, skip="1")
    assert ImportRow.objects.get(pk=row.pk).skip
    post(editor, "apply", run)
    assert Service.objects.count() == 1


def test_what_is_no_table_is_told_at_once(editor):
    answer, run = hand_in(editor, b"%PDF-1.7", name="liste.csv")
    assert answer.status_code == 200
    assert "PDF" in answer.content.decode()
    assert run is None
    _answer, run = hand_in(editor, "external_id;nom\n1;Épicerie\n".encode())
    shown = page(editor, run)
    assert "unknown column nom" in shown or "nom" in shown
    assert "meta http-equiv" not in shown
    post(editor, "discard", run)
    assert not ImportRun.objects.exists()


def test_html_in_a_file_is_never_html_on_the_page(editor):
    _answer, run = hand_in(
        editor, [ROW | {"external_id": "<script>alert(1)</script>", "needs": "<img src=x>"}]
    )
    for tab in ("create", "refused"):
        shown = page(editor, run, show=tab)
        assert "<script>alert(1)" not in shown
        assert "<img src=x>" not in shown


def test_progress_is_shown_and_asks_again_by_itself(editor):
    _answer, run = hand_in(editor, [ROW])
    ImportRun.objects.filter(pk=run.pk).update(state="applying", done=500, total=2000, seen_at=now())
    shown = page(editor, run)
    assert 'value="25"' in shown
    assert 'http-equiv="refresh"' in shown
    ImportRun.objects.filter(pk=run.pk).update(worker="dead", seen_at=run.created_at.replace(year=2020))
    shown = page(editor, run)
    assert reverse("services_imports:go_on", args=[run.pk]) in shown
    post(editor, "go_on", run)
    assert Service.objects.count() == 1


def test_who_may_not_import_sees_and_does_nothing(client, editor, django_user_model):
    _answer, run = hand_in(editor, [ROW])
    nobody = django_user_model.objects.create_user("nobody", is_staff=True)
    client.force_login(nobody)
    for name in ("index", "add"):
        assert client.get(reverse(f"services_imports:{name}")).status_code in (302, 403)
    for name in ("run", "refused", "undo"):
        assert client.get(reverse(f"services_imports:{name}", args=[run.pk])).status_code in (302, 403)
    for name in ("apply", "decide", "discard", "go_on", "undo"):
        client.post(reverse(f"services_imports:{name}", args=[run.pk]))
    run.refresh_from_db()
    assert run.state == "planned"


def test_a_get_changes_nothing(editor):
    _answer, run = hand_in(editor, [ROW])
    for name in ("apply", "decide", "discard", "go_on"):
        assert editor.get(reverse(f"services_imports:{name}", args=[run.pk])).status_code == 405


def test_a_long_plan_asks_few_queries(editor, django_assert_max_num_queries):
    rows = [ROW | {"external_id": f"n{n}", "name_fr": f"Nom {n}", "phone": ""} for n in range(120)]
    _answer, run = hand_in(editor, csv_bytes(rows))
    for tab in ("create", "duplicates", "refused"):
        with django_assert_max_num_queries(30):
            page(editor, run, show=tab, p=2)
