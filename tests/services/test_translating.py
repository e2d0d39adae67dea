"""Translations of listings followed and written: one save or two, drafts that stay, locks, machines and nothing lost."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate

from accounts.models import User
from audit.models import AuditEntry
from services.models import (
    Change,
    ListingCare,
    ListingLanguage,
    LogReader,
    Notice,
    Phone,
    RequiredDocument,
    Service,
    ServiceAtLocation,
)
from services.stewardship import assign
from services.translating import following
from services.translating.actions import confirm, mark_reviewed, propose, write_texts
from services.translating.errors import (
    ChangedMeanwhile,
    DraftDiffers,
    IsTheOriginal,
    ListingLocked,
    TextRefused,
    UnknownText,
)
from services.translating.machine import MachineAnswerWrong, MachineUnavailable
from services.translating.selectors import stale_fields
from services.translating.texts import fingerprint, part_key

from .builders import location, service, team

pytestmark = pytest.mark.django_db


@pytest.fixture
def marie():
    return User.objects.create_user("marie", "marie@example.org", "secret", is_superuser=True)


@pytest.fixture
def paul():
    return User.objects.create_user("paul", "paul@example.org", "secret", is_superuser=True)


def row(made: Service, language: str = "nl") -> ListingLanguage:
    following.catch_up()
    return ListingLanguage.objects.get(service=made, language=language)


def fresh(made: Service) -> Service:
    return Service.objects.get(pk=made.pk)


def draft_of(made: Service) -> Service:
    return fresh(made).get_latest_revision_as_object()


def bilingual(**values) -> Service:
    values = {"summary_fr": "De l'aide", "summary_nl": "Hulp", "name_nl": "Sociale kruidenier", **values}
    return service("Épicerie sociale", **values)


def change(made: Service, **values) -> Service:
    made = fresh(made)
    for name, value in values.items():
        setattr(made, name, value)
    made.save_revision().publish()
    return fresh(made)


class Dutch:
    """A machine for tests: says in which language it answers."""

    def __init__(self, answer=None):
        self.asked: list[str] = []
        self.answer = answer or (lambda text, target: f"[{target}] {text}")

    def translate(self, texts, source, target):
        self.asked += texts
        return [self.answer(text, target) for text in texts]


class TestFollowing:
    def test_every_language_but_the_originals_has_a_state(self):
        made = bilingual()
        following.catch_up()
        states = dict(ListingLanguage.objects.filter(service=made).values_list("language", "state"))
        assert states == {"nl": "complete", "en": "missing", "de": "missing"}
        assert row(made, "en").todo == {"name": "missing", "summary": "missing"}

    def test_the_original_changes_and_the_translation_is_stale(self):
        made = bilingual()
        first = row(made)
        change(made, summary_fr="De l'aide le soir")
        after = row(made)
        assert (after.state, after.todo) == ("stale", {"summary": "stale"})
        assert after.since > first.since

    def test_both_in_one_save_are_fresh(self):
        made = bilingual()
        row(made)
        change(made, summary_fr="De l'aide le soir", summary_nl="Hulp 's avonds")
        assert row(made).state == "complete"

    def test_a_draft_changes_nothing_for_the_public(self):
        made = bilingual()
        row(made)
        drafted = fresh(made)
        drafted.summary_fr = "De l'aide le soir"
        revision = drafted.save_revision()
        assert row(made).state == "complete"
        revision.publish()
        assert row(made).state == "stale"

    def test_the_declared_original_decides(self):
        made = bilingual(source_language="nl")
        row(made, "fr")
        change(made, summary_fr="De l'aide le soir")
        assert row(made, "fr").state == "complete", "a translation was improved"
        change(made, summary_nl="Hulp 's avonds")
        assert row(made, "fr").todo == {"summary": "stale"}
        assert not ListingLanguage.objects.filter(service=made, language="nl").exists()

    def test_parts_count_too(self):
        place = ServiceAtLocation(location=location(), description_fr="Au premier étage")
        made = bilingual()
        made.service_at_locations = [place]
        place.phones = [Phone(number="02 217 89 05", description_fr="Le soir", description_nl="'s Avonds")]
        made.required_documents = [RequiredDocument(document_fr="Carte", document_nl="Kaart")]
        made.notices = [Notice(text_fr="Fermé", text_nl="Gesloten", starts_on=localdate())]
        made.save()
        assert row(made).todo == {part_key("place", place.uuid): "missing"}
        notice = fresh(made).notices.get()
        notice.text_fr = "Fermé lundi"
        notice.save()
        fresh(made).save()
        assert row(made).todo == {
            part_key("place", place.uuid): "missing",
            part_key("notice", notice.uuid): "stale",
        }

    def test_team_listing_and_views_are_carried_along(self):
        made = bilingual()
        assert (row(made).steward, row(made).listed) == (team(), True)
        assign(Service.objects.filter(pk=made.pk), team("nord"))
        assert row(made).steward == team("nord")
        fresh(made).unpublish()
        assert not row(made).listed
        ListingCare.objects.create(service=made, views=7)
        following.reconcile()
        assert row(made).views == 7

    def test_nothing_is_written_when_nothing_changed(self):
        made = bilingual()
        before = row(made).updated_at
        change(made, website="https://example.org")
        assert row(made).updated_at == before

    def test_a_commit_is_followed_at_once(self, committing, monkeypatch):
        monkeypatch.setattr(following, "_last", float("-inf"))
        with committing():
            made = bilingual()
        assert ListingLanguage.objects.filter(service=made).count() == 3
        with committing():
            other = bilingual()
        assert not ListingLanguage.objects.filter(service=other).exists(), "a pause between two follows"
        following.catch_up()
        assert ListingLanguage.objects.filter(service=other).count() == 3

    def test_what_failed_is_followed_later(self, committing, monkeypatch, caplog):
        def broken(most=0):
            raise RuntimeError("broken")

        monkeypatch.setattr(following, "_last", float("-inf"))
        with monkeypatch.context() as patched:
            patched.setattr(following, "follow", broken)
            with committing():
                made = bilingual()
        assert "not followed" in caplog.text
        assert row(made).state == "complete"

    def test_it_goes_on_where_it_stopped(self):
        made = [bilingual() for _number in range(3)]
        head = Change.objects.order_by("-pk").first().pk
        assert following.follow(most=4) == 4
        assert LogReader.objects.get(name="translations").number < head
        following.catch_up()
        assert LogReader.objects.get(name="translations").number == head
        assert ListingLanguage.objects.filter(service__in=made).count() == 9
        assert following.follow() == 0

    def test_a_hundred_listings_cost_no_more_queries_than_two(self):
        def queries() -> int:
            ListingLanguage.objects.all().delete()
            with CaptureQueriesContext(
                connection,
            ) as caught:
                following.reconcile()
            return len(caught)

        for _number in range(2):
            bilingual()
        few = queries()
        for _number in range(98):
            bilingual()
        assert queries() <= few

    def test_deleted_is_gone(self):
        made = bilingual()
        row(made)
        made.delete()
        following.catch_up()
        assert not ListingLanguage.objects.filter(service=made.pk).exists()


class TestWriting:
    def test_published_through_a_version_and_audited(self, marie):
        made = bilingual()
        row(made, "en")
        written = write_texts(
            service=made,
            language="en",
            texts={"name": "Social grocery"},
            origin="human",
            by=marie,
            publish=True,
        )
        assert (written.published, written.drafted) == (["name"], [])
        assert fresh(made).name_en == "Social grocery"
        assert not fresh(made).has_unpublished_changes
        assert row(made, "en").todo == {"summary": "missing"}
        entry = AuditEntry.objects.get(action="service.translated")
        assert entry.actor_id == marie.pk
        assert entry.detail == {"language": "en", "origin": "human", "published": ["name"], "drafted": []}
        assert "grocery" not in str(entry.detail)

    def test_a_draft_waits_and_the_team_sees_it(self, marie):
        made = bilingual()
        written = write_texts(
            service=made, language="en", texts={"name": "Social grocery"}, origin="human", by=marie
        )
        assert written.drafted == ["name"]
        assert not fresh(made).name_en
        assert draft_of(made).name_en == "Social grocery"
        assert row(made, "en").todo == {"name": "to_review", "summary": "missing"}
        fresh(made).latest_revision.publish()
        assert row(made, "en").todo == {"summary": "missing"}

    def test_publishing_leaves_somebodys_draft_a_draft(self, marie, paul):
        made = bilingual()
        drafted = fresh(made)
        drafted.description_fr = "Pas encore relu"
        drafted.website = "https://draft.example.org"
        drafted.save_revision(user=paul)
        write_texts(
            service=made,
            language="nl",
            texts={"summary": "Betere hulp"},
            origin="human",
            by=marie,
            publish=True,
        )
        live = fresh(made)
        assert (live.summary_nl, live.description_fr or "", live.website) == ("Betere hulp", "", "")
        assert live.has_unpublished_changes
        waiting = draft_of(made)
        assert waiting.description_fr == "Pas encore relu"
        assert waiting.website == "https://draft.example.org"
        assert waiting.summary_nl == "Betere hulp"

    def test_a_text_that_only_the_draft_has_is_written_there(self, marie, paul):
        made = bilingual()
        drafted = fresh(made)
        drafted.description_fr = "Nouveau"
        drafted.save_revision(user=paul)
        written = write_texts(
            service=made,
            language="nl",
            texts={"description": "Nieuw", "summary": "Betere hulp"},
            origin="human",
            by=marie,
            publish=True,
        )
        assert (written.published, written.drafted) == (["summary"], ["description"])
        assert not fresh(made).description_nl
        fresh(made).latest_revision.publish()
        assert (fresh(made).description_fr, fresh(made).description_nl) == ("Nouveau", "Nieuw")
        assert row(made).state == "complete"

    @pytest.mark.parametrize("origin", ["import", "machine"])
    def test_a_file_or_a_machine_does_not_overwrite_what_a_draft_says(self, marie, paul, origin):
        made = bilingual()
        drafted = fresh(made)
        drafted.summary_nl = "Wat Paul schreef"
        drafted.save_revision(user=paul)
        with pytest.raises(DraftDiffers, match="summary"):
            write_texts(service=made, language="nl", texts={"summary": "Iets"}, origin=origin, by=marie)
        assert draft_of(made).summary_nl == "Wat Paul schreef"

    def test_the_second_of_two_is_told(self, marie, paul):
        made = bilingual()
        seen = fresh(made).latest_revision_id
        write_texts(service=made, language="nl", texts={"summary": "Een"}, origin="human", by=paul)
        with pytest.raises(ChangedMeanwhile):
            write_texts(
                service=made,
                language="nl",
                texts={"summary": "Twee"},
                origin="human",
                by=marie,
                expected_revision=seen,
            )
        assert draft_of(made).summary_nl == "Een"

    def test_a_locked_listing_is_left_alone(self, marie, paul):
        made = bilingual()
        made.locked, made.locked_by = True, paul
        made.save()
        editor = User.objects.create_user("ed", "ed@example.org", "secret")
        with pytest.raises(ListingLocked):
            write_texts(service=made, language="nl", texts={"summary": "Iets"}, origin="human", by=editor)

    @pytest.mark.parametrize(
        ("language", "texts", "error"),
        [
            ("fr", {"summary": "De l'aide"}, IsTheOriginal),
            ("xx", {"summary": "?"}, IsTheOriginal),
            ("nl", {"description": "Er is geen origineel"}, UnknownText),
            ("nl", {"steward": "1"}, UnknownText),
            ("nl", {"summary": "x" * 201}, TextRefused),
            ("nl", {"summary": "<b>Hulp</b>"}, TextRefused),
            ("nl", {"name": "Twee\nlijnen"}, TextRefused),
        ],
    )
    def test_what_cannot_be_written_writes_nothing(self, marie, language, texts, error):
        made = bilingual()
        with pytest.raises(error):
            write_texts(
                service=made,
                language=language,
                texts={"name": "Goed", **texts},
                origin="human",
                by=marie,
                publish=True,
            )
        assert fresh(made).name_nl == "Sociale kruidenier"
        assert fresh(made).latest_revision is None
        assert not AuditEntry.objects.filter(action="service.translated").exists()

    def test_a_person_may_take_a_text_away(self, marie):
        made = bilingual()
        write_texts(
            service=made, language="nl", texts={"summary": ""}, origin="human", by=marie, publish=True
        )
        assert not fresh(made).summary_nl
        assert row(made).todo == {"summary": "missing"}

    def test_a_translated_name_does_not_become_the_original(self, marie):
        made = service("", name_nl="Hulp")
        assert row(made, "fr").todo == {"name": "missing"}
        write_texts(
            service=made, language="fr", texts={"name": "Aide"}, origin="human", by=marie, publish=True
        )
        assert fresh(made).source_language == "nl"
        assert row(made, "fr").state == "complete"

    def test_parts_of_places_are_written_in_place(self, marie):
        place = ServiceAtLocation(location=location(), description_fr="Au premier étage")
        made = bilingual()
        made.service_at_locations = [place]
        place.phones = [Phone(number="02 217 89 05", description_fr="Le soir")]
        made.save()
        [phone] = place.phones.all()
        texts = {part_key("phone", phone.uuid): "'s Avonds", part_key("place", place.uuid): "Op de eerste"}
        write_texts(service=made, language="nl", texts=texts, origin="human", by=marie, publish=True)
        after = fresh(made).service_at_locations.get()
        assert (after.pk, after.description_nl) == (place.pk, "Op de eerste")
        assert after.phones.get().description_nl == "'s Avonds"
        assert after.phones.get().number == "02 217 89 05"
        assert row(made).state == "complete"

    def test_what_a_file_brought_is_to_review(self, marie):
        made = bilingual()
        write_texts(
            service=made, language="en", texts={"name": "Grocery"}, origin="import", by=marie, publish=True
        )
        assert row(made, "en").todo == {"name": "to_review", "summary": "missing"}
        assert mark_reviewed(service=made, language="en", by=marie) == ["name"]
        assert row(made, "en").todo == {"summary": "missing"}


class TestStillRight:
    def test_it_is_current_without_an_edit(self, marie):
        made = bilingual()
        row(made)
        change(made, summary_fr="De l'aide !")
        assert row(made).state == "stale"
        revision = fresh(made).latest_revision_id
        assert confirm(service=made, language="nl", fields=["summary", "name"], by=marie) == [
            "summary",
            "name",
        ]
        assert row(made).state == "complete"
        assert fresh(made).latest_revision_id == revision
        assert AuditEntry.objects.get(action="service.translation_confirmed").detail["language"] == "nl"

    def test_not_for_an_original_that_nobody_read(self, marie):
        made = bilingual()
        row(made)
        seen = {"summary": fingerprint("De l'aide")}
        change(made, summary_fr="De l'aide payante")
        with pytest.raises(ChangedMeanwhile, match="summary"):
            confirm(service=made, language="nl", fields=["summary"], by=marie, seen=seen)
        assert row(made).state == "stale"

    def test_what_is_missing_is_not_confirmed(self, marie):
        made = bilingual()
        assert confirm(service=made, language="en", fields=["summary", "nonsense"], by=marie) == []
        assert row(made, "en").state == "missing"


class TestMachine:
    def test_it_fills_what_is_missing_in_a_draft(self, marie):
        made = bilingual(summary_en="Help")
        machine = Dutch()
        assert propose(service=made, language="en", translator=machine, by=marie) == ["name"]
        assert machine.asked == ["Épicerie sociale"]
        assert not fresh(made).name_en
        assert draft_of(made).name_en == "[en] Épicerie sociale"
        assert row(made, "en").todo == {"name": "machine"}
        assert propose(service=made, language="en", translator=machine, by=marie) == [], "it is there already"

    def test_published_by_the_way_it_says_so_until_somebody_looked(self, marie):
        made = bilingual(summary_en="Help")
        propose(service=made, language="en", translator=Dutch(), by=marie)
        fresh(made).latest_revision.publish()
        assert row(made, "en").todo == {"name": "machine"}
        mark_reviewed(service=made, language="en", by=marie)
        assert row(made, "en").state == "complete"

    def test_nothing_personal_or_hidden_is_sent(self, marie):
        hidden = location(address_visibility="address_hidden", street_fr="Rue Secrète")
        place = ServiceAtLocation(location=hidden, description_fr="Sonnez au nom de Dupont")
        made = bilingual()
        made.service_at_locations = [place]
        made.contacts.create(name="Nadège Dupont", title_fr="Assistante sociale")
        place.phones = [Phone(number="02 217 89 05", description_fr="Ligne de la maison secrète")]
        made.save()
        machine = Dutch()
        propose(service=made, language="en", translator=machine, by=marie)
        assert sorted(machine.asked) == ["De l'aide", "Épicerie sociale"]
        assert (
            propose(
                service=bilingual(visibility="professionals"), language="en", translator=machine, by=marie
            )
            == []
        )

    def test_an_answer_that_cannot_be_written_is_left_out(self, marie):
        made = bilingual()
        machine = Dutch(lambda text, target: "<b>x</b>" if "aide" in text else "Grocery")
        assert propose(service=made, language="en", translator=machine, by=marie) == ["name"]
        assert not draft_of(made).summary_en

    def test_a_machine_that_fails_writes_nothing(self, marie):
        made = bilingual()

        class Down:
            def translate(self, texts, source, target):
                raise MachineUnavailable("away")

        class Short:
            def translate(self, texts, source, target):
                return texts[:-1]

        for machine, error in ((Down(), MachineUnavailable), (Short(), MachineAnswerWrong)):
            with pytest.raises(error):
                propose(service=made, language="en", translator=machine, by=marie)
        assert fresh(made).latest_revision is None


def test_stale_fields_by_language_for_the_edit_form():
    made = bilingual(name_de="Sozialer Laden", summary_de="Hilfe")
    following.catch_up()
    made = change(made, summary_fr="De l'aide le soir", summary_de="Hilfe am Abend")
    assert stale_fields(made) == {"nl": {"summary"}}
    following.catch_up()
    assert stale_fields(made) == {"nl": {"summary"}}
