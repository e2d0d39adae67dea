"""Agents' reports: taken once, seen at once, a banner from two of them, gone by time, by a verification or a decision."""

import threading
from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import override

from accounts.actions import sync_roles
from accounts.models import Membership, User
from audit.models import AuditEntry
from services.care import actions as care
from services.codes import ReportReason, SuggestionState
from services.models import AgentReport, Change, Phone, Service, Suggestion
from services.reports import actions, rules, selectors, words
from services.reports.errors import NoteRefused, NotReportable
from services.suggestions.actions import put_aside, suggest_correction
from services.suggestions.deciding import Choice, decide
from services.suggestions.reading import fingerprint, now_of
from services.verification import actions as verification
from services.verification.corrections import set_lifecycle

from .builders import service, team

pytestmark = pytest.mark.django_db
CLOSED, WRONG, SILENT, FULL = (
    ReportReason.CLOSED,
    ReportReason.WRONG_NUMBER,
    ReportReason.NO_ANSWER,
    ReportReason.FULL,
)


def agent(name: str) -> User:
    return User.objects.get_or_create(username=name)[0]


def editor() -> User:
    sync_roles()
    made = agent("editor")
    Membership.objects.get_or_create(user=made, team=team(), role="editor")
    return made


def published(name: str = "Épicerie sociale", **values) -> Service:
    made = service(name, **values)
    made.phones = [Phone(number="02 512 34 56")]
    made.save()
    made.save_revision().publish()
    made.refresh_from_db()
    verification.set_verified(service=made, on=localdate(), channel="call")
    return made


def report(listing: Service, reason: str = WRONG, by: str = "anna", **values) -> AgentReport:
    return actions.report(service=listing, reason=reason, by=agent(by), team=team("mutuality"), **values)


def ago(days: int) -> date:
    return localdate() - timedelta(days=days)


def state_of(made: AgentReport) -> str:
    return Suggestion.objects.get(pk=made.pk).state


def open_reasons(listing: Service) -> set[str]:
    found = selectors.open_reports([listing.pk], today=localdate())
    return {one.reason for one in found.get(listing.pk, [])}


def verified(listing: Service, result: str = "verified", fields=(), **values):
    return verification.record(
        service=listing, channel="call", result=result, fields=fields, by=values.pop("by", None), **values
    )


class TestReporting:
    def test_a_report_makes_its_listing_due_at_once(self):
        listing = published()
        care.refresh([listing.pk])
        assert listing.care.urgency == 0
        made = report(listing, note="Un cabinet d'avocats décroche.")
        listing.care.refresh_from_db()
        assert listing.care.reports == 1
        assert listing.care.urgency > 0
        suggestion = made.suggestion
        assert (suggestion.kind, suggestion.channel, suggestion.reasons) == (
            "report",
            "agent",
            ["wrong_number"],
        )
        assert suggestion.steward == listing.steward
        entry = AuditEntry.objects.get(action="suggestion.received")
        assert (entry.actor_label, entry.detail["reason"]) == ("anna", "wrong_number")
        assert "avocats" not in str(entry.detail)

    def test_nothing_of_the_listing_changes_by_it(self):
        listing = published()
        before, changed = Change.objects.count(), Service.objects.get(pk=listing.pk).modified_at
        for reason in (CLOSED, WRONG, SILENT, FULL):
            report(listing, reason)
        listing = Service.objects.get(pk=listing.pk)
        assert (listing.capacity, listing.lifecycle, listing.modified_at) == ("unknown", "published", changed)
        assert Change.objects.count() == before, "indexes and harvesters have nothing to read again"

    def test_the_same_twice_on_one_day_is_one_report(self):
        listing = published()
        first = report(listing)
        assert report(listing, note="Toujours faux.") == first
        assert Suggestion.objects.get().comment == "Toujours faux."
        report(listing, note="Encore.")
        assert Suggestion.objects.get().comment == "Toujours faux."
        report(listing, SILENT)
        report(listing, by="bram")
        report(published("Autre"))
        assert AgentReport.objects.count() == 4

    def test_what_the_agent_meets_again_after_the_teams_answer_is_open_again(self):
        listing = published()
        first = report(listing)
        verified(listing)
        assert state_of(first) == SuggestionState.VERIFIED
        assert report(listing) == first
        assert state_of(first) == SuggestionState.OPEN
        assert open_reasons(listing) == {"wrong_number"}

    def test_what_the_team_refused_today_is_not_asked_again_today(self):
        listing = published()
        first = report(listing)
        decide(suggestion=first.suggestion, by=editor(), choices={}, answer="Le numéro est bon.")
        assert report(listing) == first
        assert state_of(first) == SuggestionState.REFUSED

    @pytest.mark.parametrize(
        ("note", "fault"),
        [
            ("Mme a dit 85.07.30-033.28", "national_number"),
            ("<b>fermé</b>", "markup"),
            ("x" * 401, "too_long"),
            ("a\x00b", "control"),
        ],
    )
    def test_a_note_with_what_no_note_may_hold_is_refused_whole(self, note, fault):
        listing = published()
        with pytest.raises(NoteRefused) as refused:
            report(listing, note=note)
        assert refused.value.faults == [fault]
        assert "85" not in str(refused.value)
        assert not Suggestion.objects.exists()

    @pytest.mark.parametrize("reason", ["wrong_hours", "other", "", "nonsense"])
    def test_another_reason_is_named(self, reason):
        with pytest.raises(ValueError, match=repr(reason)):
            report(published(), reason)

    def test_a_day_to_come_is_refused(self):
        with pytest.raises(ValueError, match="to come"):
            report(published(), day=ago(-1))

    @pytest.mark.parametrize(
        "values", [{"live": False}, {"lifecycle": "closed_permanently"}, {"lifecycle": "archived"}]
    )
    def test_what_misleads_nobody_is_not_reported(self, values):
        with pytest.raises(NotReportable):
            report(service(**values))

    def test_no_report_without_its_audit_row(self, monkeypatch):
        def broken(*args, **values):
            raise RuntimeError("no audit")

        monkeypatch.setattr(actions, "audited", broken)
        with pytest.raises(RuntimeError):
            report(published())
        assert not Suggestion.objects.exists()
        assert not AgentReport.objects.exists()


class TestSeenAtOnce:
    def test_a_page_of_hits_is_one_query(self, django_assert_num_queries):
        listings = [published(f"Liste {number}") for number in range(5)]
        for listing in listings[:3]:
            report(listing)
            report(listing, FULL, by="bram", note="Complet jusqu'en mars.")
        pks = [listing.pk for listing in listings]
        with django_assert_num_queries(1):
            found = selectors.open_reports(pks, today=localdate())
        assert set(found) == set(pks[:3])
        newest, oldest = found[pks[0]]
        assert (newest.reason, newest.note) == ("full", "Complet jusqu'en mars.")
        assert (oldest.by_id, oldest.team_id) == (agent("anna").pk, team("mutuality").pk)
        with django_assert_num_queries(1):
            assert selectors.banners(pks, today=localdate()) == {}

    def test_the_same_agent_on_two_days_is_no_banner_two_of_one_team_are(self):
        listing = published()
        report(listing, day=ago(1))
        report(listing)
        assert selectors.banners([listing.pk], today=localdate()) == {}
        report(listing, by="bram")
        assert selectors.banners([listing.pk], today=localdate()) == {listing.pk: {"wrong_number": 2}}

    def test_two_agents_with_two_reasons_are_no_banner(self):
        listing = published()
        report(listing, SILENT)
        report(listing, WRONG, by="bram")
        assert selectors.banners([listing.pk], today=localdate()) == {}

    def test_somebody_whose_account_is_gone_still_counts_once(self):
        listing = published()
        for name in ("anna", "bram"):
            report(listing, by=name)
            agent(name).delete()
        assert selectors.banners([listing.pk], today=localdate()) == {}
        report(listing, by="carla")
        assert selectors.banners([listing.pk], today=localdate()) == {listing.pk: {"wrong_number": 2}}

    def test_in_words(self):
        listing = published()
        now = timezone.make_aware(timezone.datetime(2026, 11, 21, 15, 0))
        for reason, by, hours in (
            (WRONG, "anna", 2),
            (SILENT, "anna", 30),
            (SILENT, "bram", 0.5),
            (FULL, "anna", 1),
        ):
            made = report(listing, reason, by)
            at = now - timedelta(hours=hours)
            AgentReport.objects.filter(pk=made.pk).update(at=at, day=localdate(at))
        with override("en"):
            [wrong, silent, full] = words.lines(
                selectors.open_reports([listing.pk], today=localdate(now))[listing.pk], now
            )
        assert wrong.text == "Wrong number according to an agent, 2 h ago"
        assert silent.text == "Nobody answers the phone according to 2 agents, the last 30 min ago"
        assert full.text == "Reported full on 21 November"
        assert [line.banner for line in (wrong, silent, full)] == [False, True, False]


class TestExpiring:
    def test_full_and_no_answer_fall_by_themselves_the_others_stay(self):
        listing = published()
        for reason in (CLOSED, WRONG, SILENT, FULL):
            report(listing, reason, day=ago(14))
        assert open_reasons(listing) == {"closed", "wrong_number", "no_answer", "full"}
        tomorrow = selectors.open_reports([listing.pk], today=ago(-1))[listing.pk]
        assert {one.reason for one in tomorrow} == {"closed", "wrong_number"}

    def test_the_listing_sinks_when_its_reports_fall(self, settings):
        listing = published()
        settings.REPORT_FULL_DAYS = 2
        made = report(listing, FULL, day=ago(3))
        care.refresh([listing.pk])
        assert Service.objects.get(pk=listing.pk).care.reports == 0
        assert actions.expire() == 1
        assert state_of(made) == SuggestionState.EXPIRED
        assert actions.expire() == 0
        [own] = selectors.of_agent(agent("anna"))
        assert own.state == SuggestionState.EXPIRED
        assert AuditEntry.objects.filter(action="suggestion.expired").count() == 1

    def test_many_fall_in_chunks(self, monkeypatch):
        listing = published()
        monkeypatch.setattr(actions, "CHUNK", 2)
        for number in range(5):
            report(listing, SILENT, by=f"agent-{number}", day=ago(20))
        kept = report(listing, SILENT)
        assert actions.expire() == 5
        assert state_of(kept) == SuggestionState.OPEN
        assert Service.objects.get(pk=listing.pk).care.reports == 1

    @pytest.mark.parametrize("written", [None, 3, 2, 1, 0])
    def test_what_the_team_writes_later_about_its_places_answers_full(self, written, committing):
        listing = published()
        care.ensure()
        made = report(listing, FULL, day=ago(2))
        report(listing, WRONG, day=ago(2))
        capacity_on = None if written is None else ago(written)
        with committing():
            one = Service.objects.get(pk=listing.pk)
            one.capacity, one.capacity_updated_on = "capacity", capacity_on
            one.save()
        believed = rules.stands("full", ago(2), localdate(), capacity_on=capacity_on)
        assert open_reasons(listing) == ({"wrong_number", "full"} if believed else {"wrong_number"})
        assert one.care.reports == 1 + believed
        assert actions.expire() == (not believed)
        assert state_of(made) == ("open" if believed else "expired")

    @pytest.mark.parametrize("age", [0, 13, 14, 15, 40])
    def test_the_database_believes_what_the_rules_believe(self, age):
        listing = published()
        for reason in rules.REASONS:
            report(listing, reason, day=ago(age))
        believed = {reason for reason in rules.REASONS if rules.stands(reason, ago(age), localdate())}
        assert open_reasons(listing) == believed

    def test_a_banner_falls_with_the_older_of_two(self):
        listing = published()
        report(listing, FULL, day=ago(14))
        report(listing, FULL, by="bram")
        assert selectors.banners([listing.pk], today=localdate())
        assert not selectors.banners([listing.pk], today=ago(-1))


class TestSettling:
    def test_all_is_right_answers_everything_and_the_agent_reads_it(self):
        listing = published()
        made = [report(listing, reason) for reason in (CLOSED, WRONG, SILENT, FULL)]
        verified(listing, by=editor())
        assert {state_of(one) for one in made} == {SuggestionState.VERIFIED}
        assert open_reasons(listing) == set()
        listing.care.refresh_from_db()
        assert (listing.care.reports, listing.care.urgency) == (0, 0)
        assert {own.state for own in selectors.of_agent(agent("anna"))} == {SuggestionState.VERIFIED}
        assert Suggestion.objects.filter(decided_by=editor()).count() == 4
        entry = AuditEntry.objects.get(action="reports.settled")
        assert (entry.object_id, entry.detail["reports"]) == (str(listing.uuid), 4)

    def test_in_part_answers_what_was_confirmed(self):
        listing = published()
        for reason in (CLOSED, WRONG, SILENT, FULL):
            report(listing, reason)
        verified(listing, "partly", ["phone"], shown=["phone", "hours"])
        assert open_reasons(listing) == {"closed", "full"}
        verified(listing, "unreachable")
        verified(listing, "closed")
        assert open_reasons(listing) == {"closed", "full"}

    def test_the_report_after_the_verification_stays(self):
        listing = published()
        verified(listing)
        report(listing)
        verified(listing, on=ago(1))
        assert open_reasons(listing) == {"wrong_number"}

    def test_one_decision_for_all_who_said_so(self):
        listing = published()
        first, second, other = report(listing), report(listing, by="bram"), report(listing, SILENT)
        decided = decide(
            suggestion=first.suggestion, by=editor(), choices={}, answer="Corrigé, merci.", dealt_with=True
        )
        assert decided.together == 1
        assert (state_of(second), state_of(other)) == (SuggestionState.ACCEPTED, SuggestionState.OPEN)
        [own] = selectors.of_agent(agent("bram"))
        assert (own.state, own.answer) == (SuggestionState.ACCEPTED, "Corrigé, merci.")
        listing.care.refresh_from_db()
        assert listing.care.reports == 1

    def test_closing_it_for_good_answers_everything(self):
        listing = published()
        first = report(listing, CLOSED)
        report(listing, CLOSED, by="bram")
        report(listing, SILENT, by="carla")
        [change] = first.suggestion.changes
        choice = Choice(accept=True, value=change["after"], seen=fingerprint(now_of(listing, change)))
        decided = decide(suggestion=first.suggestion, by=editor(), choices={0: choice}, answer="")
        assert decided.together == 2
        assert Service.objects.get(pk=listing.pk).lifecycle == "closed_permanently"
        assert not Suggestion.objects.exclude(state=SuggestionState.ACCEPTED).exists()

    def test_closing_it_after_a_call_answers_everything(self):
        listing = published()
        made = report(listing, CLOSED)
        verified(listing, "closed", by=editor())
        assert state_of(made) == SuggestionState.OPEN, "the page says still that it exists"
        set_lifecycle(service=listing, lifecycle="closed_permanently", by=editor())
        assert state_of(made) == SuggestionState.ACCEPTED

    def test_what_is_refused_to_the_public_stands_for_agents(self):
        listing = published()
        made = report(listing)
        public = suggest_correction(
            service=listing, changes=[], reasons=["wrong_number"], comment="", language="fr"
        )
        decide(suggestion=public, by=editor(), choices={}, answer="")
        assert state_of(made) == SuggestionState.OPEN
        public = suggest_correction(
            service=listing, changes=[], reasons=["wrong_number"], comment="", language="fr"
        )
        assert decide(suggestion=public, by=editor(), choices={}, answer="", dealt_with=True).together == 1
        assert state_of(made) == SuggestionState.ACCEPTED

    def test_what_is_put_aside_is_no_report(self):
        listing = published()
        made = report(listing)
        put_aside(suggestion=made.suggestion, by=editor())
        assert open_reasons(listing) == set()

    def test_a_verification_that_fails_settles_nothing(self, monkeypatch):
        listing = published()
        made = report(listing)

        def broken(**values):
            raise RuntimeError("no audit")

        monkeypatch.setattr(verification.audit, "record", broken)
        with pytest.raises(RuntimeError):
            verified(listing)
        assert state_of(made) == SuggestionState.OPEN


def at_once(*calls) -> list[BaseException]:
    """Runs these in threads that begin together; what they raised."""
    barrier, failed = threading.Barrier(len(calls)), []

    def run(call):
        try:
            barrier.wait(10)
            call()
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return failed


class TestAtTheSameMoment:
    def test_each_agent_has_one_row_however_often_they_click(self, threaded_db):
        listing = published()
        agents = [agent(name) for name in ("anna", "bram")]
        calls = [
            lambda by=by: actions.report(service=listing, reason=SILENT, by=by, team=None)
            for by in agents
            for _click in range(4)
        ]
        assert at_once(*calls) == []
        assert AgentReport.objects.count() == Suggestion.objects.count() == 2
        assert selectors.banners([listing.pk], today=localdate()) == {listing.pk: {"no_answer": 2}}
        assert Service.objects.get(pk=listing.pk).care.reports == 2

    def test_a_decision_and_a_verification_do_not_wait_for_each_other(self, threaded_db):
        listing = published()
        reports = [report(listing, by=f"agent-{number}") for number in range(4)]
        by = editor()
        failed = at_once(
            lambda: verified(listing, by=by),
            lambda: decide(suggestion=reports[0].suggestion, by=by, choices={}, answer="", dealt_with=True),
            lambda: report(listing, SILENT, by="zoe"),
        )
        assert [type(error).__name__ for error in failed] in ([], ["AlreadyDecided"])
        assert len({state_of(one) for one in reports}) == 1
        assert state_of(reports[0]) != SuggestionState.OPEN
