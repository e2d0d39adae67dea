"""What the words of a search mean: which of them name a place, which were mistyped, and which carry the need."""

from dataclasses import dataclass

from geo import gazetteer
from geo.gazetteer.ordinary import PREPOSITIONS

from . import engines
from .engine import Engine, QueryWord
from .query.analysis import exact, folded, words
from .query.reading import query_words

# A place of these kinds may be said among other words. Streets and addresses belong in the field for places.
PLACE_KINDS = frozenset({"commune", "postcode", "locality", "neighbourhood"})
PLACE_PREPOSITIONS = PREPOSITIONS | {"au", "aux", "dans", "sur", "op", "naar", "de", "van", "at"}


@dataclass(frozen=True)
class Correction:
    typed: str
    meant: str


@dataclass(frozen=True)
class Understood:
    text: str  # the words without the place they name
    words: tuple[QueryWord, ...]
    place: gazetteer.Place | None = None  # named among the words
    corrections: tuple[Correction, ...] = ()


def understand(text: str, language: str, *, find_place: bool, engine: Engine) -> Understood:
    """Read the words of a search. `find_place`: no place was given, so the words may name one."""
    place, rest = _place_among(text, language, engine) if find_place else (None, text)
    found = query_words(rest) if rest else ()
    return _mended(Understood(text=rest, words=found, place=place), language)


def _place_among(text: str, language: str, engine: Engine) -> tuple[gazetteer.Place | None, str]:
    """(the place that some of these words name, the other words); never over the name of a listing."""
    tokens = words(text)
    matches = gazetteer.find_in(tokens, kinds=PLACE_KINDS)
    if not matches:
        return None, text
    match = max(matches, key=lambda found: (found.end - found.start, found.start))
    if _is_a_name(tokens, language, engine):
        return None, text
    start = match.start
    while start > 0 and exact(tokens[start - 1]) in PLACE_PREPOSITIONS:
        start -= 1
    return match.places[0], " ".join(tokens[:start] + tokens[match.end :])


def _is_a_name(tokens: list[str], language: str, engine: Engine) -> bool:
    """Whether all these words stand in one listing's name. A single word is a name only if it is the whole of it."""
    keys = [exact(token) for token in tokens]
    found = engine.complete(keys[:-1], keys[-1], language, 5)
    if len(keys) > 1:
        return bool(found)
    return any(folded(completion.text) == keys[0] for completion in found)


def _mended(understood: Understood, language: str) -> Understood:
    """Words that stand nowhere are read as the nearest known word; the embedded index knows the vocabulary."""
    if not understood.words:
        return understood
    meant = engines.embedded_engine().mended(understood.words, language)
    if not meant:
        return understood
    mended = tuple(
        query_words(meant[word.exact])[0] if word.exact in meant else word for word in understood.words
    )
    corrections = tuple(
        Correction(word.surface, meant[word.exact]) for word in understood.words if word.exact in meant
    )
    return Understood(understood.text, mended, understood.place, corrections)
