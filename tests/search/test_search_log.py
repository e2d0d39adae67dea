"""The log of searches that found nothing: what may stand in it, how it counts, and that it never fails a search."""

import threading
from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.utils.timezone import localdate

from search import actions
from search.actions import record_search_without_result
from search.models import SearchWithoutResult
from search.query.privacy import may_be_logged, normalised
from search.selectors import LostWeek, LostWords, lost_weeks, lost_words

SUNDAY = date(2026, 11, 22)
MONDAY = date(2026, 11, 16)


@pytest.mark.parametrize(
    "text",
    [
        # phones
        "rappeler 0470 12 34 56",
        "0470/12.34.56",
        "tel 02 123 45 67",
        "02/1234567",
        "(02) 123-45-67",
        "+32 (0)2 123 45 67",
        "0032470123456",
        "+33 6 12 34 56 78",
        "123 45 67",
        "+1 (555) 010-9999",
        "0 4 7 0 1 2 3 4 5 6",
        "0470\u200b123\u200b456",
        "０４７０１２３４５６",
        "٠٤٧٠١٢٣٤٥٦",
        # e-mail
        "jean.dupont@example.org",
        "colis pour Jean@Example.ORG merci",
        # national numbers: right, mistyped, BIS, with and without signs
        "85.07.30-033.28",
        "85073003328",
        "85 07 30 033 28",
        "85073003399",
        "niss 85.47.30-033.42",
        "85.27.30 033 42",
        "rijksregisternummer van mijn moeder",
        # accounts
        "BE68 5390 0754 7034",
        "be68539007547034",
        "NL91 ABNA 0417 1643 00",
        "FR14 2004 1010 0505 0001 3M02 606",
        # birth dates
        "12/03/1948",
        "12.3.48",
        "12-03-1948",
        "12 3 48",
        "1948-03-12",
        "12 mars 1948",
        "12 maart 1948",
        "1er février 1948",
        "1 fevrier 48",
        "12de maart '48",
        "12. März 1948",
        "12 May 1948",
        "May 12, 1948",
        "12th of May 1948",
        "née le 12 mars",
        "né en 1948",
        "Jean Dupont né 12/03/1948",
        "dupont jean mars 1948",
        "geboren op 12 maart",
        "born 1948",
        # somebody's name, said as one
        "Madame Dupont",
        "colis pour M'appelle Dupont",
        "je m’appelle dupont",
        "mevrouw Peeters zoekt hulp",
        "mijn naam is peeters",
        # where somebody lives
        "rue Haute 12",
        "rue Haute, 12 bte 3",
        "12 rue Haute",
        "149/12 avenue Louise",
        "av. Louise 149",
        "chaussée de Waterloo 1151",
        "boulevard du Midi n° 12",
        "place de la Bourse 5a",
        "bd Anspach 1 1000 Bruxelles",
        "Hoogstraat 12",
        "hoogstraat nr 12 bus 3",
        "Leuvensesteenweg, 112",
        "Nieuwe Laan 4",
        "Hauptstraße 7",
        "12 bte 3",
        # stories
        "je cherche quelqu'un pour aider ma mère qui ne peut plus marcher depuis hier",
        "x" * 121,
        # nothing
        "",
        "  ",
        "?!",
        "a",
    ],
)
def test_what_may_tell_who_somebody_is_is_not_logged(text):
    assert not may_be_logged(text)


@pytest.mark.parametrize(
    "text",
    [
        "colis alimentaire",
        "hulp bij schulden",
        "j'ai plus rien à manger",
        "médecin ouvert dimanche 1030",
        "1030 1040 1050",
        "schaerbeek 1030 65 ans",
        "75 ans",
        "ouvert 24h/24 7j/7",
        "24/24",
        "dentist open 9:30",
        "mini 4 au 8 ans",
        "à la rue depuis 3 mois",
        "à la rue 1000",
        "op straat 1000",
        "place en crèche 18 mois",
        "place pour 2 enfants",
        "une place d'accueil 2 enfants",
        "rue",
        "éducateur de rue",
        "rue haute",
        "Porte Verte",
        "112",
        "0800",
        "covid 19",
        "F9 allocation",
        "acte de naissance 1030",
        "certificat de naissance",
        "ne veut pas sortir",
        "ne plus boire le soir",
        "mars",
        "25 mars",
        "may",
        "kinderopvang mei 2026",
        "Bonjour Madame je cherche un abri",
        "Bonjour Madame Je cherche",
        "mr",
        "ich suche Hilfe",
        "OCMW sint-joost",
        "hoogstraat",
        "voedselpakket 1000 brussel",
        "onderweg",
        "a b c d e f g h i j k l",
        "x" * 120,
    ],
)
def test_ordinary_searches_are_logged(text):
    assert may_be_logged(text)


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("  Colis   ALIMENTAIRE ?", "colis alimentaire"),
        ("« épicerie »", "épicerie"),
        ("co\u200blis\talimentaire\n", "colis alimentaire"),
        ("J'ai faim !!!", "j'ai faim"),
        ("ﬁn de mois", "fin de mois"),
        ("colis\x00", "colis"),
        ("=HYPERLINK(1)", "hyperlink(1"),
        ("-+@colis", "colis"),
    ],
)
def test_words_are_stored_in_one_form(text, stored):
    assert normalised(text) == stored


def lost(words="colis", today=SUNDAY, language="fr", **values) -> bool:
    return record_search_without_result(words=words, language=language, today=today, **values)


@pytest.mark.django_db
class TestCounting:
    def test_the_same_words_of_a_week_are_one_row(self):
        assert lost("Colis ")
        assert lost("colis", today=MONDAY)
        assert lost("COLIS", today=MONDAY + timedelta(days=7))
        assert list(SearchWithoutResult.objects.order_by("week").values_list("words", "week", "count")) == [
            ("colis", MONDAY, 2),
            ("colis", MONDAY + timedelta(days=7), 1),
        ]

    def test_languages_bassins_and_relaxed_ones_are_apart(self):
        for values in ({}, {"language": "nl"}, {"bassin": "nord"}, {"relaxed": True}):
            assert lost(**values)
        assert SearchWithoutResult.objects.filter(count=1).count() == 4

    def test_what_may_not_be_logged_is_not(self):
        assert not lost("0470 12 34 56")
        assert not SearchWithoutResult.objects.exists()

    def test_nothing_else_is_kept(self):
        names = {field.name for field in SearchWithoutResult._meta.get_fields()}
        assert names == {"id", "words", "language", "bassin", "week", "relaxed", "count"}

    @pytest.mark.parametrize(
        "text", ["colis\ud800 x", "colis\x00y", "colis'; DROP TABLE--", "<b>colis</b>", "%s %(x)s {}"]
    )
    def test_odd_words_never_raise(self, text):
        assert lost(text) in (True, False)

    def test_a_failing_database_fails_no_search_and_quotes_nobody(self, monkeypatch, caplog):
        def fail(row):
            raise OperationalError(f"database is locked: {row['words']}")

        monkeypatch.setattr(actions, "_count", fail)
        assert not lost("secret words")
        assert "OperationalError" in caplog.text
        assert "secret" not in caplog.text

    def test_a_week_holds_only_so_many_rows(self, monkeypatch):
        monkeypatch.setattr(actions, "MOST_ROWS_A_WEEK", 2)
        assert [lost(words) for words in ("one", "two", "three", "one")] == [True, True, False, True]
        assert SearchWithoutResult.objects.count() == 2


@pytest.mark.django_db
class TestForgetting:
    def test_old_weeks_are_deleted_and_dry_runs_delete_nothing(self, settings, capsys):
        settings.SEARCH_LOG_WEEKS = 4
        today = localdate()
        for weeks in (6, 5, 4, 0):
            SearchWithoutResult.objects.create(
                words="colis", week=today - timedelta(days=today.weekday(), weeks=weeks)
            )
        call_command("forget_old_searches", "--dry-run")
        assert "Would delete 2 rows older than 4 weeks." in capsys.readouterr().out
        assert SearchWithoutResult.objects.count() == 4
        call_command("forget_old_searches")
        assert "Deleted 2 rows" in capsys.readouterr().out
        assert SearchWithoutResult.objects.count() == 2

    def test_the_first_row_of_a_week_sweeps(self, settings):
        settings.SEARCH_LOG_WEEKS = 4
        lost("old", today=SUNDAY - timedelta(weeks=10))
        lost("new")
        assert [row.words for row in SearchWithoutResult.objects.all()] == ["new"]


@pytest.mark.django_db
class TestTheGapRegister:
    @pytest.fixture(autouse=True)
    def rows(self):
        for words, bassin, weeks, count, relaxed in (
            ("colis", "nord", 0, 3, False),
            ("colis", "nord", 1, 2, True),
            ("colis", "sud", 0, 1, False),
            ("dentiste", "nord", 0, 4, False),
            ("dentiste", "", 0, 9, False),
        ):
            SearchWithoutResult.objects.create(
                words=words,
                language="fr",
                bassin=bassin,
                week=MONDAY - timedelta(weeks=weeks),
                count=count,
                relaxed=relaxed,
            )

    def test_words_by_how_often(self):
        assert lost_words(bassin="nord") == [
            LostWords("colis", "fr", 5, 2, 2),
            LostWords("dentiste", "fr", 4, 0, 1),
        ]
        assert [(row.words, row.count) for row in lost_words()] == [("dentiste", 13), ("colis", 6)]
        assert [row.count for row in lost_words(bassin="")] == [9]
        assert [row.words for row in lost_words(most=1)] == ["dentiste"]

    def test_weeks_by_bassin(self):
        assert lost_weeks(since=MONDAY) == [
            LostWeek("", MONDAY, 9, 1),
            LostWeek("nord", MONDAY, 7, 2),
            LostWeek("sud", MONDAY, 1, 1),
        ]
        assert lost_weeks(until=MONDAY) == [LostWeek("nord", MONDAY - timedelta(weeks=1), 2, 1)]


@pytest.mark.django_db(transaction=True)
def test_searches_that_end_together_are_counted_once_each_and_none_fails():
    counted = []

    def search():
        counted.extend(lost() for _ in range(5))
        connection.close()

    threads = [threading.Thread(target=search) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(counted) == 20
    assert SearchWithoutResult.objects.get().count == sum(counted) > 0
