"""A list of services as a file: what the filters show and nothing else, in both formats, for who may."""

import csv
from io import BytesIO, StringIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from services.admin import exporting
from services.transfer.csv_columns import COLUMNS

from . import builders

pytestmark = pytest.mark.django_db
LIST = "wagtailsnippets_services_service:list"


@pytest.fixture
def editor(client, admin_user):
    client.force_login(admin_user)
    return client


def exported(client, kind="csv", **query) -> list[dict]:
    answer = client.get(reverse(LIST), {"export": kind, **query})
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]
    content = b"".join(answer.streaming_content)
    if kind == "csv":
        return list(csv.DictReader(StringIO(content.decode("utf-8-sig"))))
    header, *rows = load_workbook(BytesIO(content)).active.iter_rows(values_only=True)
    assert list(header) == list(COLUMNS)
    return [dict(zip(header, row, strict=True)) for row in rows]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_all_pages_of_what_is_shown(editor, kind):
    food = builders.term("need", "food")
    for number in range(60):
        builders.service(f"Épicerie {number:02}", needs=[food])
    builders.service("Vestiaire", lifecycle="suspended")
    builders.service("Ébauche", live=False)
    assert len(exported(editor, kind)) == 62
    assert [row["name_fr"] for row in exported(editor, kind, need=food.pk)] == [
        f"Épicerie {n:02}" for n in range(60)
    ]
    assert [row["name_fr"] for row in exported(editor, kind, lifecycle="suspended")] == ["Vestiaire"]
    assert [row["name_fr"] for row in exported(editor, kind, q="vestiaire")] == ["Vestiaire"]
    assert [row["status"] for row in exported(editor, kind, q="ebauche")] == ["draft"]


def test_nothing_is_executed_and_nothing_hidden_leaves(editor):
    place = builders.location(street_fr="Rue Cachée", postcode="1080", address_visibility="address_hidden")
    builders.service("=1+1", at=[place])
    (row,) = exported(editor)
    assert row["name_fr"] == "'=1+1"
    assert "Cachée" not in str(row)
    (row,) = exported(editor, "xlsx")
    assert row["name_fr"] == "=1+1", "text, as the workbook says itself"
    assert "Cachée" not in str(row)


def test_the_buttons_keep_the_filters(editor):
    shown = editor.get(reverse(LIST), {"q": "vestiaire"}).content.decode()
    assert "export=xlsx" in shown
    assert "q=vestiaire&amp;export=csv" in shown or "export=csv&amp;q=vestiaire" in shown


def test_who_may_not_export_gets_nothing(editor, monkeypatch):
    builders.service("Vestiaire")
    monkeypatch.setattr(exporting.rights, "may_export", lambda user: False)
    assert editor.get(reverse(LIST), {"export": "csv"}).status_code == 403
    assert "export=csv" not in editor.get(reverse(LIST)).content.decode()


def test_few_queries_however_many(editor, django_assert_max_num_queries):
    for number in range(30):
        builders.service(f"Épicerie {number}")
    with django_assert_max_num_queries(40):
        assert len(exported(editor)) == 30
