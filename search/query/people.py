"""Reads who needs the service from the words of a query: an age, a status, a language. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from .analysis import exact, words

OLDEST = 120
_YEARS = frozenset("ans an jaar jarige jarigen jarig years year yrs yo jahre jahren jahrige".split())
# Before a number of years these tell how long, not how old.
_DURATION = frozenset(
    "depuis pendant dans apres sinds sedert tijdens since for within seit vor y last".split()
)
_BEFORE_AGE = frozenset(
    "age agee ages agees plus de d ai a ont leeftijd ouder dan van oud aged age over than is am bin ist alter ab uber ben "
    "fait avoir".split()
)
_AFTER_AGE = frozenset("old oud alt".split())


@dataclass(frozen=True, slots=True)
class AgeSaid:
    start: int
    end: int
    age: int


@dataclass(frozen=True, slots=True)
class StatusSaid:
    """Words `start` to `end` say that the person is of this audience, or speaks this language."""

    start: int
    end: int
    facet: str
    code: str


def find_age(tokens: Sequence[str]) -> AgeSaid | None:
    """The first age among these folded words: "75 ans", "80-jarige", "aged 70 years"."""
    for position in range(len(tokens)):
        number, end = _number_of_years(tokens, position)
        if (
            number is None
            or number > OLDEST
            or any(word in _DURATION for word in tokens[max(0, position - 2) : position])
        ):
            continue
        start = position
        while start > 0 and tokens[start - 1] in _BEFORE_AGE:
            start -= 1
        while end < len(tokens) and tokens[end] in _AFTER_AGE:
            end += 1
        return AgeSaid(start, end, number)
    return None


def _number_of_years(tokens: Sequence[str], position: int) -> tuple[int | None, int]:
    token = tokens[position]
    digits = "".join(char for char in token if char.isascii() and char.isdigit())
    if not 1 <= len(digits) <= 3 or not token.startswith(digits):
        return None, position
    unit = token[len(digits) :]
    if unit:
        return (int(digits), position + 1) if unit in _YEARS else (None, position)
    if position + 1 < len(tokens) and tokens[position + 1] in _YEARS:
        return int(digits), position + 2
    return None, position


# What callers say of themselves → the audience it makes them. "BIM" and the like are concepts: they are asked for.
_AUDIENCES = {
    "undocumented": """sans papiers; sans papier; sans titre de sejour; en sejour irregulier; sejour irregulier;
        zonder papieren; mensen zonder papieren; zonder wettig verblijf; undocumented; without papers; no papers;
        ohne papiere""",
    "no_insurance": """sans mutuelle; pas de mutuelle; sans assurance maladie; sans couverture; zonder ziekteverzekering;
        geen mutualiteit; zonder mutualiteit; niet verzekerd; onverzekerd; uninsured; without insurance;
        no health insurance; ohne krankenversicherung; nicht versichert""",
    "homeless": """sans abri; sans abris; sdf; sans domicile fixe; sans logement; dakloos; dakloze; daklozen; thuisloos;
        homeless; obdachlos; wohnungslos""",
    "asylum_seekers": """demandeur d'asile; demandeuse d'asile; demandeurs d'asile; asielzoeker; asielzoekers;
        asylum seeker; asylum seekers; asylbewerber""",
    "refugees": "refugie; refugiee; refugies; vluchteling; vluchtelingen; refugee; refugees; fluchtling",
    "pregnancy": "enceinte; zwanger; pregnant; schwanger; femme enceinte; zwangere vrouw; pregnant woman",
    "students": "etudiant; etudiante; etudiants; student; studente; studenten; students",
    "job_seekers": "chomeur; chomeuse; au chomage; demandeur d'emploi; werkloos; werkloze; werkzoekende; unemployed; arbeitslos",
    "lgbtqi": "lgbt; lgbtqi; lgbtq; homosexuel; holebi; transgenre; transgender",
    "detainees_and_families": "ancien detenu; ex detenu; en prison; detenu; ex gedetineerde; gedetineerde; in de gevangenis; prisoner",
}
_SPEAKING = frozenset(
    "parle parlent parlant parler spreekt spreken sprekend sprekende praat speaks speaking speak spricht sprechende".split()
)
_LANGUAGES = {
    "ar": "arabe arabisch arabic",
    "tr": "turc turks turkish turkisch",
    "en": "anglais engels english englisch",
    "es": "espagnol spaans spanish spanisch",
    "pl": "polonais pools polish polnisch",
    "ro": "roumain roemeens romanian rumanisch",
    "pt": "portugais portugees portuguese portugiesisch",
    "it": "italien italiaans italian italienisch",
    "ru": "russe russisch russian",
    "uk": "ukrainien oekraiens ukrainian ukrainisch",
    "fa": "farsi persan perzisch persian dari",
    "ps": "pachto pasjtoe pashto",
    "so": "somali somalisch",
    "ti": "tigrinya tigrigna",
    "sq": "albanais albanees albanian albanisch",
    "bg": "bulgare bulgaars bulgarian bulgarisch",
    "ber": "berbere amazigh berber rifain",
    "de": "allemand duits german deutsch",
    "nl": "neerlandais nederlands dutch flamand vlaams niederlandisch",
    "fr": "francais frans french franzosisch",
    "zh": "chinois chinees chinese chinesisch",
    "el": "grec grieks greek griechisch",
}
_LANGUAGE_OF = {name: code for code, names in _LANGUAGES.items() for name in names.split()}
_LANGUAGE_OF |= {
    form: _LANGUAGE_OF[stem]
    for stem, forms in {
        "arabe": "arabophone arabophones arabischtalig",
        "turc": "turcophone turkstalig",
        "anglais": "anglophone engelstalig",
        "neerlandais": "neerlandophone nederlandstalig nederlandstalige",
        "francais": "francophone franstalig franstalige",
        "allemand": "germanophone duitstalig",
        "espagnol": "hispanophone spaanstalig",
    }.items()
    for form in forms.split()
}
_OF_ITSELF = frozenset(name for name in _LANGUAGE_OF if name.endswith(("phone", "phones", "talig", "talige")))
_BEFORE_LANGUAGE = frozenset("qui die who that le l en het der".split())


def _phrases() -> dict[tuple[str, ...], str]:
    return {
        tuple(exact(token) for token in words(phrase)): code
        for code, listed in _AUDIENCES.items()
        for phrase in listed.split(";")
    }


_PHRASES = _phrases()
_LONGEST = max(map(len, _PHRASES))


def find_statuses(tokens: Sequence[str]) -> list[StatusSaid]:
    """What these folded words say of the person, from left to right, not overlapping."""
    found: list[StatusSaid] = []
    position = 0
    while position < len(tokens):
        said = _audience(tokens, position) or _language(tokens, position)
        if said is not None:
            found.append(said)
        position = said.end if said is not None else position + 1
    return found


def _audience(tokens: Sequence[str], start: int) -> StatusSaid | None:
    for end in range(min(len(tokens), start + _LONGEST), start, -1):
        code = _PHRASES.get(tuple(tokens[start:end]))
        if code is not None:
            return StatusSaid(start, end, "audience", code)
    return None


def _language(tokens: Sequence[str], start: int) -> StatusSaid | None:
    """ "qui parle turc", "arabisch sprekend", "Arabic speaking", "néerlandophone"; a language alone is a subject."""
    if tokens[start] in _OF_ITSELF:
        return StatusSaid(start, start + 1, "language", _LANGUAGE_OF[tokens[start]])
    position = start
    while position < len(tokens) and tokens[position] in _BEFORE_LANGUAGE:
        position += 1
    span = tokens[position : position + 2]
    if len(span) == 2:
        first, second = span
        if first in _SPEAKING and second in _LANGUAGE_OF:
            return StatusSaid(start, position + 2, "language", _LANGUAGE_OF[second])
        if second in _SPEAKING and first in _LANGUAGE_OF:
            return StatusSaid(start, position + 2, "language", _LANGUAGE_OF[first])
    return None
