"""What every engine must do; an engine's own test file inherits this and gives the `engine` fixture (empty)."""

from datetime import datetime

import pytest

from search.engine import IndexMissing, Meaning
from search.query.reading import query_words

from .builders import BOURSE, FLAGEY, GENT, SCHUMAN, asked, listing, names


class EngineContract:
    def fill(self, engine, *documents, cursor=1):
        engine.rebuild(list(documents), cursor)
        return engine

    # Words

    def test_a_name_stands_above_a_topic_and_a_topic_above_the_description(self, engine):
        self.fill(
            engine,
            listing("Le Relais", body="Vous y trouvez aussi une épicerie."),
            listing("La Halte", topic="Épicerie sociale"),
            listing("Épicerie du Coin"),
            listing("Sans rapport"),
        )
        assert names(engine.search(asked("épicerie"))) == ["Épicerie du Coin", "La Halte", "Le Relais"]

    @pytest.mark.parametrize(
        ("typed", "found"),
        [
            ("epiceries", "Épicerie sociale"),
            ("ÉPICERIE SOCIALE", "Épicerie sociale"),
            ("l’épicerie", "Épicerie sociale"),
            ("medecins", "Maison des médecins"),
            ("c.p.a.s.", "CPAS de Forest"),
            ("cpas", "CPAS de Forest"),
        ],
    )
    def test_inflection_accents_case_elision_and_points_do_not_matter(self, engine, typed, found):
        self.fill(
            engine, listing("Épicerie sociale"), listing("Maison des médecins"), listing("CPAS de Forest")
        )
        assert names(engine.search(asked(typed))) == [found]

    def test_the_word_as_typed_stands_above_its_stem(self, engine):
        self.fill(
            engine, listing("Les Repas"), listing("Le Repasseur repassé"), listing("Repassage du quartier")
        )
        assert names(engine.search(asked("repassage")))[0] == "Repassage du quartier"

    def test_a_listing_is_found_in_any_of_its_languages(self, engine):
        self.fill(engine, listing("Aide aux aînés", nl="Hulp voor ouderen"), listing("Autre chose"))
        assert names(engine.search(asked("hulp ouderen", lang="fr"))) == ["Aide aux aînés"]

    def test_all_words_are_wanted_before_some(self, engine):
        self.fill(engine, listing("Douches du Midi"), listing("Douches et lessive"), listing("Lessive"))
        result = engine.search(asked("douches lessive"))
        assert names(result) == ["Douches et lessive"]
        assert result.all_words

    def test_when_nothing_has_every_word_some_are_let_go(self, engine):
        self.fill(engine, listing("Douches du Midi"), listing("Autre chose"))
        result = engine.search(asked("douches introuvables"))
        assert names(result) == ["Douches du Midi"]
        assert not result.all_words

    def test_of_three_words_one_may_lack_when_few_have_all(self, engine):
        self.fill(
            engine,
            listing("Douches et lessive du Midi"),
            listing("Douches et lessive"),
            listing("Midi"),
        )
        result = engine.search(asked("douches lessive midi"))
        assert names(result) == ["Douches et lessive du Midi", "Douches et lessive"]
        assert result.all_words
        assert result.hits[0].score > result.hits[1].score

    # What words mean

    def meaning(self, length=1, start=0, names=(), optional=False, **codes):
        """That the first words mean these codes (need="food") and have these other names."""
        return Meaning(
            start,
            length,
            tuple((facet, code, 1.0) for facet, code in codes.items()),
            tuple(query_words(name) for name in names),
            optional,
        )

    def test_words_find_what_is_filed_under_their_meaning(self, engine):
        self.fill(engine, listing("Colis du mardi", need=["food"]), listing("Douches du Midi"))
        result = engine.search(asked("manger", meanings=(self.meaning(need="food"),)))
        assert names(result) == ["Colis du mardi"]
        assert result.all_words

    def test_a_meaning_needs_no_words_of_its_own(self, engine):
        self.fill(engine, listing("Colis du mardi", need=["food"]), listing("Douches du Midi"))
        assert names(engine.search(asked(meanings=(self.meaning(0, need="food"),)))) == ["Colis du mardi"]

    def test_another_name_finds_and_stands_below_the_name_that_was_typed(self, engine):
        self.fill(
            engine,
            listing("OCMW Gent", alternate="Openbaar centrum voor maatschappelijk welzijn"),
            listing("CPAS de Forest"),
            listing("Douches", body="près du OCMW"),
        )
        query = asked("cpas", meanings=(self.meaning(names=["ocmw", "öshz"]),))
        assert names(engine.search(query)) == ["CPAS de Forest", "OCMW Gent", "Douches"]

    def test_a_code_stands_below_the_word_in_the_same_field(self, engine):
        self.fill(
            engine,
            listing("Un", topic="alimentation", need=["food"]),
            listing("Deux", need=["food"]),
            listing("Trois", topic="alimentation"),
            *(listing(f"Autre {number}") for number in range(5)),
        )
        result = engine.search(asked("alimentation", meanings=(self.meaning(need="food"),)))
        assert names(result) == ["Un", "Trois", "Deux"]

    def test_several_words_with_one_meaning_are_one_unit(self, engine):
        self.fill(
            engine,
            listing("Aide ménagère"),
            listing("Aide aux devoirs"),
            listing("Ménage du samedi", need=["cleaning"]),
        )
        query = asked("aide ménagère", meanings=(self.meaning(2, need="cleaning"),))
        assert set(names(engine.search(query))) == {"Aide ménagère", "Ménage du samedi"}

    def test_an_optional_meaning_lifts_and_excludes_nobody(self, engine):
        self.fill(
            engine, listing("Médecin"), listing("Médecin de nuit", named=["undocumented"]), listing("Autre")
        )
        meaning = self.meaning(2, start=1, audience="undocumented", optional=True)
        result = engine.search(asked("médecin sans papiers", meanings=(meaning,)))
        assert names(result) == ["Médecin de nuit", "Médecin"]

    def test_optional_words_lift_and_exclude_nobody(self, engine):
        self.fill(engine, listing("Repas"), listing("Repas du voisin"), listing("Voisin"))
        query = asked("repas voisin", optional=frozenset({1}))
        assert names(engine.search(query)) == ["Repas du voisin", "Repas"]

    def test_a_word_that_stands_nowhere_finds_nothing(self, engine):
        self.fill(engine, listing("Douches du Midi"))
        result = engine.search(asked("xylophone"))
        assert (result.total, result.hits) == (0, [])

    def test_the_whole_name_typed_wins_over_a_longer_name(self, engine):
        self.fill(engine, listing("Restaurant social Rue des Tanneurs"), listing("Restaurant social"))
        assert names(engine.search(asked("restaurant social")))[0] == "Restaurant social"

    # Filters and facets

    def test_codes_of_one_facet_are_alternatives_and_facets_are_all_wanted(self, engine):
        self.fill(
            engine,
            listing("A", need=["food"], cost=["free"]),
            listing("B", need=["housing"], cost=["free"]),
            listing("C", need=["food"], cost=["paid"]),
        )
        assert set(names(engine.search(asked(need=["food", "housing"], cost=["free"])))) == {"A", "B"}

    def test_a_facet_does_not_count_itself_out(self, engine):
        self.fill(
            engine,
            listing("A", need=["food"], cost=["free"]),
            listing("B", need=["housing"], cost=["free"]),
            listing("C", need=["food"], cost=["paid"]),
        )
        facets = engine.search(asked(need=["food"])).facets
        assert facets["need"] == {"food": 2, "housing": 1}
        assert facets["cost"] == {"free": 1, "paid": 1}

    def test_facets_count_what_the_words_found(self, engine):
        self.fill(engine, listing("Repas chauds", need=["food"]), listing("Vêtements", need=["clothing"]))
        assert engine.search(asked("repas")).facets["need"] == {"food": 1}

    def test_an_unknown_code_finds_nothing_and_breaks_nothing(self, engine):
        self.fill(engine, listing("A", need=["food"]))
        assert engine.search(asked(need=["nothing_like_it"])).total == 0

    def test_only_an_exclusive_audience_keeps_others_out(self, engine):
        self.fill(
            engine,
            listing("Pour tous"),
            listing("Surtout aînés", named=["seniors"]),
            listing("Femmes seulement", exclusive=["women"]),
            listing("Aînés seulement", exclusive=["seniors"]),
        )
        found = names(engine.search(asked(audience=["seniors"])))
        assert set(found) == {"Pour tous", "Surtout aînés", "Aînés seulement"}
        assert found[-1] == "Pour tous"  # those made for the audience first

    def test_age_limits_keep_out_and_no_limit_is_for_everybody(self, engine):
        self.fill(engine, listing("Aînés", ages=(65, 255)), listing("Jeunes", ages=(12, 25)), listing("Tous"))
        assert set(names(engine.search(asked(age=75)))) == {"Aînés", "Tous"}
        assert set(names(engine.search(asked(age=65)))) == {"Aînés", "Tous"}
        assert set(names(engine.search(asked(age=25)))) == {"Jeunes", "Tous"}

    def test_a_listing_for_professionals_is_theirs_only(self, engine):
        self.fill(
            engine,
            listing("Réunion des équipes", professional=True, need=["food"]),
            listing("Repas", need=["food"]),
        )
        assert names(engine.search(asked())) == ["Repas"]
        assert engine.search(asked()).facets["need"] == {"food": 1}
        assert set(names(engine.search(asked(professional=True)))) == {"Réunion des équipes", "Repas"}

    def test_closed_for_good_is_found_by_its_name_only_and_last(self, engine):
        self.fill(
            engine,
            listing("Le Vieux Chaudron", lifecycle="closed_permanently", topic="Repas"),
            listing("Le Nouveau Chaudron", topic="Repas"),
        )
        assert names(engine.search(asked("repas"))) == ["Le Nouveau Chaudron"]
        assert names(engine.search(asked())) == ["Le Nouveau Chaudron"]
        assert names(engine.search(asked("chaudron"))) == ["Le Nouveau Chaudron", "Le Vieux Chaudron"]
        assert names(engine.search(asked("vieux chaudron"))) == ["Le Vieux Chaudron"]

    # Place

    def test_the_nearer_of_equals_comes_first_with_its_distance_in_metres(self, engine):
        self.fill(
            engine, listing("Repas A", at=FLAGEY), listing("Repas B", at=SCHUMAN), listing("Repas C", at=GENT)
        )
        result = engine.search(asked("repas", near=SCHUMAN))
        assert names(result) == ["Repas B", "Repas A", "Repas C"]
        assert result.hits[0].distance_m == pytest.approx(0, abs=1)
        assert result.hits[1].distance_m == pytest.approx(1861, abs=15)  # geodesic on WGS84: 1,864 m

    def test_without_a_radius_distance_ranks_and_never_excludes(self, engine):
        self.fill(engine, listing("Repas", at=GENT), listing("Repas sans adresse"))
        assert engine.search(asked("repas", near=SCHUMAN)).total == 2

    def test_a_radius_excludes_what_is_farther_and_what_has_no_place(self, engine):
        self.fill(engine, listing("Près", at=FLAGEY), listing("Loin", at=GENT), listing("Nulle part"))
        assert names(engine.search(asked(near=SCHUMAN, radius_m=2000.0))) == ["Près"]
        assert engine.search(asked(near=SCHUMAN, radius_m=1700.0)).total == 0

    def test_of_several_places_the_nearest_counts(self, engine):
        self.fill(engine, listing("Deux antennes", at=[GENT, FLAGEY]), listing("Une antenne", at=BOURSE))
        hits = engine.search(asked(near=FLAGEY)).hits
        assert hits[0].card["name"]["fr"] == "Deux antennes"
        assert (hits[0].point, round(hits[0].distance_m)) == (1, 0)

    def test_a_service_by_phone_competes_on_the_area_it_serves(self, engine):
        self.fill(
            engine,
            listing("Écoute locale", areas=["commune:21009"]),
            listing("Écoute nationale", areas=["country:be"]),
            listing("Écoute gantoise", areas=["commune:44021"]),
            listing("Écoute lointaine", at=GENT),
        )
        here = {"near": FLAGEY, "areas": ("commune:21009", "bassin:sud", "region:04000", "country:be")}
        found = names(engine.search(asked("écoute", **here)))
        assert found[:2] == ["Écoute locale", "Écoute nationale"]
        assert set(found[2:]) == {"Écoute gantoise", "Écoute lointaine"}

    def test_the_callers_bassin_is_a_boost_and_never_a_wall(self, engine):
        self.fill(engine, listing("Repas", bassin=["nord"]), listing("Repas", pk=900, bassin=["sud"]))
        hits = engine.search(asked("repas", bassin="sud", areas=("bassin:sud",))).hits
        assert hits[0].pk == 900
        assert len(hits) == 2

    # Time

    @pytest.mark.parametrize(
        ("moment", "open_ones"),
        [
            ("2026-11-23T10:00", {"Semaine"}),  # Monday
            ("2026-11-22T10:00", set()),  # Sunday
            ("2026-11-28T23:00", {"Nuit"}),  # Saturday night
            ("2026-11-29T05:59", {"Nuit"}),  # the same night, Sunday before six
            ("2026-11-29T06:00", set()),
            ("2026-12-05T10:00", {"Premier samedi"}),
            ("2026-12-12T10:00", set()),
            ("2026-12-25T10:00", set()),  # Christmas, a Friday
            ("2026-12-24T10:00", {"Semaine"}),
        ],
    )
    def test_open_at_a_moment_is_exact(self, engine, moment, open_ones):
        self.fill(
            engine,
            listing("Semaine", hours="Mo-Fr 09:00-17:00; PH off"),
            listing("Nuit", hours="Sa 22:00-06:00"),
            listing("Premier samedi", hours="Sa[1] 09:00-12:00"),
            listing("Inconnu"),
        )
        assert set(names(engine.search(asked(open_at=moment)))) == open_ones

    def test_one_open_place_is_enough(self, engine):
        self.fill(engine, listing("Deux horaires", hours=["Mo 09:00-12:00", "Tu 14:00-16:00"]))
        assert engine.search(asked(open_at="2026-11-24T15:00")).total == 1
        assert engine.search(asked(open_at="2026-11-24T10:00")).total == 0

    @pytest.mark.parametrize(("start", "end", "found"), [("08:00", "12:00", 1), ("08:00", "10:30", 0)])
    def test_open_at_some_time_of_a_morning(self, engine, start, end, found):
        self.fill(engine, listing("Tard", hours="Su 11:00-11:45"))
        query = asked(open_at=f"2026-11-22T{start}", open_until=datetime.fromisoformat(f"2026-11-22T{end}"))
        assert engine.search(query).total == found

    # Order and pages

    def test_pages_do_not_overlap_and_together_are_everything(self, engine):
        self.fill(engine, *(listing(f"Repas {number}") for number in range(25)))
        pages = [names(engine.search(asked("repas", offset=offset, limit=10))) for offset in (0, 10, 20)]
        assert [len(page) for page in pages] == [10, 10, 5]
        assert len({name for page in pages for name in page}) == 25
        assert engine.search(asked("repas", offset=90, limit=10)).hits == []

    def test_sorting_by_name_distance_and_verification(self, engine):
        self.fill(
            engine,
            listing("Zinneke", at=FLAGEY, verified=739_990),
            listing("abeille", at=BOURSE, verified=739_900),
            listing("Midi", at=SCHUMAN),
        )
        assert names(engine.search(asked(sort="name"))) == ["abeille", "Midi", "Zinneke"]
        assert names(engine.search(asked(sort="distance", near=SCHUMAN))) == ["Midi", "Zinneke", "abeille"]
        assert names(engine.search(asked(sort="verified"))) == ["Zinneke", "abeille", "Midi"]

    def test_full_and_suspended_services_come_behind_their_equals(self, engine):
        self.fill(
            engine,
            listing("Repas un", full=True),
            listing("Repas deux", lifecycle="suspended"),
            listing("Repas trois"),
        )
        assert names(engine.search(asked("repas"))) == ["Repas trois", "Repas un", "Repas deux"]

    # Completion

    def test_completion_takes_the_prefix_of_any_word(self, engine):
        self.fill(
            engine, listing("Épicerie sociale du Parc"), listing("Salon lavoir"), listing("Parc Astrid")
        )
        assert [found.text for found in engine.complete([], "par", "fr", 5)] == [
            "Parc Astrid",
            "Épicerie sociale du Parc",
        ]
        assert [found.text for found in engine.complete(["sociale"], "epi", "fr", 5)] == [
            "Épicerie sociale du Parc"
        ]
        assert engine.complete([], "xyz", "fr", 5) == []

    def test_completion_shows_nothing_for_professionals_or_closed_for_good(self, engine):
        self.fill(
            engine,
            listing("Parc secret", professional=True),
            listing("Parc fermé", lifecycle="closed_permanently"),
            listing("Parc ouvert"),
        )
        assert [found.text for found in engine.complete([], "par", "fr", 5)] == ["Parc ouvert"]

    # Writing

    def test_an_edit_replaces_and_a_delete_removes(self, engine):
        self.fill(engine, listing("Ancien nom", pk=1, need=["food"]), listing("Autre", pk=2))
        engine.apply([listing("Nouveau nom", pk=1, need=["housing"], version=2)], [2], cursor=2)
        assert engine.search(asked("ancien")).total == 0
        assert names(engine.search(asked())) == ["Nouveau nom"]
        assert engine.search(asked()).facets["need"] == {"housing": 1}
        assert engine.cursor() == 2

    def test_a_batch_with_nothing_to_write_still_moves_the_cursor(self, engine):
        self.fill(engine, listing("A"))
        engine.apply([], [], cursor=7)
        assert engine.cursor() == 7

    def test_late_writes_do_not_undo_newer_ones(self, engine):
        self.fill(engine, listing("Version 1", pk=1))
        engine.apply([listing("Version 9", pk=1, version=9)], [], cursor=9)
        engine.apply([listing("Version 5", pk=1, version=5)], [], cursor=5)
        assert names(engine.search(asked())) == ["Version 9"]
        assert engine.cursor() == 9

    def test_rebuilding_forgets_what_is_no_longer_given(self, engine):
        self.fill(engine, listing("A", pk=1), listing("B", pk=2))
        self.fill(engine, listing("C", pk=3), cursor=5)
        assert names(engine.search(asked())) == ["C"]
        assert dict(engine.versions()) == {3: 1}
        assert engine.size()["documents"] == 1

    def test_an_empty_index_answers(self, engine):
        self.fill(engine)
        result = engine.search(asked("repas", need=["food"], near=FLAGEY, open_at="2026-11-23T10:00"))
        assert (result.total, result.hits) == (0, [])

    def test_no_index_says_what_to_do(self, engine):
        with pytest.raises(IndexMissing, match="search_rebuild"):
            engine.search(asked("repas"))
