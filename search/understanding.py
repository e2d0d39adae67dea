"""What the words of a search mean: a place, a time, an age, a status, a concept; which were mistyped, which carry the need."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from geo import gazetteer
from geo.gazetteer.ordinary import PREPOSITIONS

from . import concepts as table
from . import engines
from .engine import EngineError, Meaning, QueryWord
from .engines.embedded.lexicon import Lexicon
from .query.analysis import exact, words
from .query.concepts import Concepts
from .query.concepts import Found as ConceptFound
from .query.entries import ConceptEntry
from .query.people import StatusSaid, find_age, find_statuses
from .query.reading import plain, query_word, read
from .query.spelling import TWO_EDITS_FROM, Speller
from .query.stopwords import is_stopword
from .query.times import ANY, find_time, when

# A place of these kinds may be said among other words. Streets and addresses belong in the field for places.
PLACE_KINDS = frozenset({"commune", "postcode", "locality", "neighbourhood"})
PLACE_PREPOSITIONS = PREPOSITIONS | {"au", "aux", "dans", "sur", "op", "naar", "de", "van", "at"}


@dataclass(frozen=True)
class Correction:
    typed: str
    meant: str


@dataclass(frozen=True)
class TimeMeant:
    """Open at `open_at`, or at some time from there until `open_until`; naive local time."""

    words: str
    open_at: datetime
    open_until: datetime | None
    open_days: int = 1


@dataclass(frozen=True)
class AgeMeant:
    words: str
    age: int


@dataclass(frozen=True)
class StatusMeant:
    """What the person is (facet audience) or speaks (facet language)."""

    words: str
    facet: str
    code: str


@dataclass(frozen=True)
class Expansion:
    """Words that a concept was recognised in."""

    words: str
    concepts: tuple[ConceptEntry, ...]


@dataclass(frozen=True)
class Understood:
    text: str  # the words that carry the need: without place, time, age
    words: tuple[QueryWord, ...] = ()
    meanings: tuple[Meaning, ...] = ()
    optional: frozenset[int] = frozenset()
    story: bool = False
    place: gazetteer.Place | None = None  # named among the words
    place_words: str = ""
    time: TimeMeant | None = None
    age: AgeMeant | None = None
    statuses: tuple[StatusMeant, ...] = ()
    expansions: tuple[Expansion, ...] = ()
    corrections: tuple[Correction, ...] = ()

    @property
    def guessed(self) -> bool:
        """Whether some words were read as a filter."""
        return bool(self.time or self.age or self.statuses)


def understand(
    text: str,
    language: str,
    *,
    find_place: bool,
    now: datetime | None,
    literal: bool = False,
    entries: Sequence[ConceptEntry] | None = None,
) -> Understood:
    """Read the words of a search.

    `find_place`: no place was given, so the words may name one. `now`: naive local time, from which "Sunday morning" is
    counted; None: no time, age or status is read. `literal`: look for the words as they are. `entries`: concepts to
    understand them by instead of those in the database, to try a change of them; nothing made of these is kept.
    Nothing is guessed over a listing's own name.
    """
    tokens = words(text)
    if literal or not tokens:
        return Understood(text, plain(tokens).words)
    lexicon, known = _lexicon(), _current() if entries is None else _made_of(tuple(entries))
    heard = _Heard(tokens, find_place, now)
    named = heard.guesses and lexicon is not None and lexicon.is_name([exact(token) for token in tokens])
    if named:
        find_place, now = False, None
        heard = _Heard(tokens, find_place, now)
    mends = _mends(heard.left, language, known, lexicon) if lexicon is not None else []
    if mends:
        meant = {token: word for mend in mends for token, word in mend.by_token.items()}
        tokens = [word for token in tokens for word in meant.get(token, token).split()]
        heard = _Heard(tokens, find_place, now)
    found = known.concepts.find(heard.left, language)
    result = read(heard.left, found, heard.statuses)
    return Understood(
        text=text if heard.left == words(text) else " ".join(heard.left),
        words=result.words,
        meanings=result.meanings,
        optional=result.optional,
        story=result.story,
        place=heard.place,
        place_words=heard.place_words,
        time=heard.time,
        age=heard.age,
        statuses=(
            *heard.spoken,
            *(
                StatusMeant(" ".join(heard.left[said.start : said.end]), said.facet, said.code)
                for said in heard.statuses
            ),
        ),
        expansions=tuple(_expansion(heard.left, one) for one in found),
        corrections=tuple(Correction(mend.typed, mend.meant) for mend in mends),
    )


class _Heard:
    """Words with what they say beside the need taken out; what a person is stays, to be looked for as well."""

    def __init__(self, tokens: Sequence[str], find_place: bool, now: datetime | None) -> None:
        self.left = list(tokens)
        self.time: TimeMeant | None = None
        self.age: AgeMeant | None = None
        self.place: gazetteer.Place | None = None
        self.place_words = ""
        self.spoken: list[StatusMeant] = []  # languages
        self.statuses: list[StatusSaid] = []  # audiences, by their position in `left`
        if now is not None:
            self._hear_time(now)
            self._hear_age()
        if find_place:
            self._hear_place()
        if now is not None:
            self._hear_statuses()

    @property
    def guesses(self) -> bool:
        return bool(self.time or self.age or self.place or self.spoken or self.statuses)

    def _taken(self, start: int, end: int) -> str:
        taken = " ".join(self.left[start:end])
        del self.left[start:end]
        return taken

    def _hear_time(self, now: datetime) -> None:
        said = find_time([exact(token) for token in self.left])
        if said is not None:
            self.time = TimeMeant(
                self._taken(said.start, said.end), *when(said, now), 7 if said.day == ANY else 1
            )

    def _hear_age(self) -> None:
        said = find_age([exact(token) for token in self.left])
        if said is not None:
            self.age = AgeMeant(self._taken(said.start, said.end), said.age)

    def _hear_place(self) -> None:
        matches = gazetteer.find_in(self.left, kinds=PLACE_KINDS)
        if not matches:
            return
        match = max(matches, key=lambda found: (found.end - found.start, found.start))
        start = match.start
        while start > 0 and exact(self.left[start - 1]) in PLACE_PREPOSITIONS:
            start -= 1
        self.place = match.places[0]
        self.place_words = self._taken(start, match.end)

    def _hear_statuses(self) -> None:
        for said in find_statuses([exact(token) for token in self.left])[::-1]:
            if said.facet == "language":
                self.spoken.insert(0, StatusMeant(self._taken(said.start, said.end), said.facet, said.code))
        self.statuses = find_statuses([exact(token) for token in self.left])


def _expansion(tokens: Sequence[str], found: ConceptFound) -> Expansion:
    return Expansion(
        " ".join(tokens[position] for position in found.at), tuple(entry for entry, _phrase in found.entries)
    )


@dataclass(frozen=True)
class _Table:
    entries: tuple[ConceptEntry, ...]
    concepts: Concepts
    speller: Speller  # of the concepts' words


_lock = threading.Lock()
_made: _Table | None = None


def _current() -> _Table:
    """The concepts, made ready anew when the table changes."""
    global _made
    entries = table.current()
    if _made is None or _made.entries is not entries:
        with _lock:
            if _made is None or _made.entries is not entries:
                _made = _made_of(entries)
    return _made


def _made_of(entries: tuple[ConceptEntry, ...]) -> _Table:
    made = Concepts(entries)
    return _Table(entries, made, Speller((word, 1) for word in made.known))


def _lexicon() -> Lexicon | None:
    """The embedded index's words, whichever engine answers; None while there is no such index."""
    try:
        return engines.embedded_engine().lexicon()  # type: ignore[attr-defined]
    except EngineError:
        return None


@dataclass(frozen=True)
class _Mend:
    typed: str
    meant: str
    by_token: dict[str, str]  # what stands instead of each typed word


def _mends(tokens: Sequence[str], language: str, known: _Table, lexicon: Lexicon) -> list[_Mend]:
    """For words that stand in no listing, no concept and no list of small words: what was probably meant."""
    mends: list[_Mend] = []
    done: set[str] = set()
    for position, token in enumerate(tokens):
        folded = exact(token)
        if token in done or is_stopword(folded) or folded in known.concepts.known:
            continue
        if folded.isdigit() or lexicon.knows(query_word(token), language):
            continue
        mend = _joined(tokens, position, lexicon.speller) or _mended(token, known, lexicon.speller)
        if mend is not None and not done & mend.by_token.keys():
            mends.append(mend)
            done.update(mend.by_token)
    return mends


def _joined(tokens: Sequence[str], position: int, speller: Speller) -> _Mend | None:
    """This word and a neighbour that are one known word, typed apart: "media tion", perhaps with a slip in it."""
    for first, second in ((position, position + 1), (position - 1, position)):
        if first >= 0 and second < len(tokens) and tokens[first] != tokens[second]:
            one = exact(tokens[first]) + exact(tokens[second])
            meant = one if one in speller else None
            if meant is None and len(one) >= TWO_EDITS_FROM:
                meant = speller.mend(one, most=1)
            if meant is not None:
                typed = f"{tokens[first]} {tokens[second]}"
                return _Mend(typed, meant, {tokens[first]: meant, tokens[second]: ""})
    return None


def _mended(token: str, known: _Table, speller: Speller) -> _Mend | None:
    """One edit first, then two words typed as one, then two edits."""
    folded = exact(token)
    for meant in (
        speller.mend(folded, most=1),
        known.speller.mend(folded, most=1),
        " ".join(speller.taken_apart(folded) or ()),
        speller.mend(folded),
        known.speller.mend(folded),
    ):
        if meant:
            return _Mend(token, meant, {token: meant})
    return None
