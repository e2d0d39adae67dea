"""How place names are compared: without accents, case, hyphens, apostrophes or spaces. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

_WORD = re.compile(r"[a-z0-9]+")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o"})
# What people write for the first word of a saint's name: St Josse, Ste-Agathe, St-Gillis, St. Vith.
_SAINTS = {"saint": "st", "sainte": "ste", "sint": "st", "sankt": "st"}
_ELIDED = frozenset({"d", "l"})

# First words of French street names, with the ways they are shortened.
_STREET_WORDS = {
    "allee": ("all",),
    "avenue": ("av", "ave"),
    "boulevard": ("bd", "bld", "blvd", "boul"),
    "carrefour": (),
    "chaussee": ("ch", "chee", "chaus"),
    "chemin": ("chem",),
    "clos": (),
    "cours": (),
    "dreve": (),
    "esplanade": (),
    "galerie": (),
    "impasse": ("imp",),
    "montagne": (),
    "parvis": (),
    "place": ("pl",),
    "placette": (),
    "quai": (),
    "rond": (),
    "route": ("rte",),
    "rue": ("r",),
    "ruelle": (),
    "sentier": (),
    "square": ("sq",),
    "venelle": (),
    "vieille": (),
    "voie": (),
}
_FULL_WORD = {short: word for word, shorts in _STREET_WORDS.items() for short in shorts}
# Last parts of Dutch street names, with the ways they are shortened.
_DUTCH_ENDINGS = (
    "straat",
    "laan",
    "plein",
    "steenweg",
    "dreef",
    "kaai",
    "weg",
    "gang",
    "pad",
    "lei",
    "park",
    "plaats",
)
_DUTCH_SHORT = {"str": "straat", "stw": "steenweg", "stwg": "steenweg", "ln": "laan", "pln": "plein"}


def words(text: str) -> list[str]:
    """Lower-case words of letters a to z and digits: "Braine-l'Alleud" → braine, l, alleud."""
    bare = unicodedata.normalize("NFKD", text.casefold().translate(_LIGATURES))
    return _WORD.findall("".join(char for char in bare if not unicodedata.combining(char)))


def key(tokens: Iterable[str]) -> str:
    """The words in one: what two spellings of a name have in common."""
    return "".join(tokens)


def keys_of(name: str) -> Iterator[str]:
    """Every key under which a name is found: itself, its saints shortened, its elided articles left out."""
    tokens = words(name)
    yield key(tokens)
    if any(token in _SAINTS for token in tokens):
        yield key(_SAINTS.get(token, token) for token in tokens)
    if len(tokens) > 1 and any(token in _ELIDED for token in tokens):
        yield key(token for token in tokens if token not in _ELIDED)


def is_street_like(tokens: list[str]) -> bool:
    """Whether the words begin or end as a street's name does, in French or Dutch."""
    return bool(tokens) and (
        tokens[0] in _STREET_WORDS
        or tokens[0] in _FULL_WORD
        or any(token.endswith(_DUTCH_ENDINGS) and len(token) > 4 for token in tokens)
    )


def street_spellings(tokens: list[str]) -> Iterator[str]:
    """Keys of a street's name as written, then with its shortened words written out."""
    yield key(tokens)
    if not tokens:
        return
    first = _FULL_WORD.get(tokens[0])
    if first:
        yield key([first, *tokens[1:]])
    last = tokens[-1]
    for short, ending in _DUTCH_SHORT.items():
        if last == short:
            yield key([*tokens[:-1], ending])
        elif last.endswith(short) and len(last) > len(short) + 2:
            yield key([*tokens[:-1], last[: -len(short)] + ending])
