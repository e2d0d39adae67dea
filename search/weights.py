"""Every number that ranks, in one table, each with its reason. Pure; both engines read it."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Weights:
    # Text. A word counts once a listing, in the best field it is found in (disjunction maximum), times its rarity
    # (BM25's idf in the field that has it most). No term frequency and no length: names are short, and a description that repeats a word or a
    # listing that is translated into four languages is not a better answer for it.
    fields: dict[str, float] = field(
        default_factory=lambda: {
            "name": 4.0,  # the caller says a name: that service first
            "alternate": 3.6,  # official and former names, acronyms
            "topic": 3.0,  # the needs it answers, its kind: what editors filed it under
            "organization": 2.4,  # "a service of X", below a service called X
            "body": 1.0,  # mentioned in passing
            "place": 1.6,  # its commune, neighbourhood, postcode or street as words
        }
    )
    exact_form: float = 1.15  # the word as typed above its stem
    other_language: float = 0.85  # found in another language than the reader's: still found, a little lower
    tie: float = 0.1  # of the other fields a word is found in as well
    whole_name: float = 1.35  # every word typed stands in the name: the listing was asked for by its name
    name_coverage: float = 0.25  # and the more of the name was typed, the surer
    # What words mean (a need, a kind of organisation, another name) scores as that field does, times this: an
    # expansion never outranks the word itself in the same field.
    expansion: float = 0.8
    # Of the other readings of words with a meaning: who has the word, is filed under it and names it otherwise is surer.
    tie_of_readings: float = 0.5
    meant_loosely: float = (
        0.8  # a concept whose words were said in another order, or with others between them
    )
    said_in_passing: float = (
        0.6  # a single everyday word of a story ("alone"), beside what is told in more words
    )
    need_of_a_kind: float = (
        0.7  # the needs of a concept that names a kind of organisation: that kind comes first
    )
    further_need: float = 0.85  # the second need of a concept and those after it
    beside_others: float = (
        0.75  # a need that a listing answers beside others, below one that is half of what it does
    )
    # With fewer listings that have all of three words or more, those that lack one come after them.
    few: int = 10
    some_words: float = 0.5  # of a listing that lacks a word others have

    # Place. Half of what distance can take away is gone at `half_distance_m`; it never takes more than 1 - floor, so
    # that the only dentist for the uninsured is still found from the other side of the city.
    half_distance_m: float = 2500.0
    distance_floor: float = 0.35
    # Beyond a city's size: half of the floor is left here, a tenth at three times as far.
    far_m: float = 20_000.0
    # By phone or at home, for the asked place: as good as being about a kilometre away.
    area_served: float = 0.92
    area_not_served: float = 0.08  # serves other places: useless here, but found by its name
    area_unknown: float = 0.6  # no place and no area given
    region_served: float = 0.85  # serves the whole region or country: a little behind the local one
    same_bassin: float = 1.05  # the caller's own bassin: a boost, never a wall

    # Trust and availability.
    verified_recently: float = 1.04  # within the last year
    audience_named: float = 1.12  # made for the audience that was asked for
    suspended: float = 0.7  # temporarily closed: after those that are open
    no_capacity: float = 0.9  # full: still shown, behind one with places
    closed_permanently: float = 0.2  # only ever found by name, and last


WEIGHTS = Weights()
VERIFIED_RECENTLY_DAYS = 365
