"""From the words of a query to what an engine looks for: words, what they mean, and which of them it can do without. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from search.engine import Meaning, QueryWord
from search.weights import WEIGHTS

from .analysis import ALGORITHMS, exact, stem, words
from .concepts import Found
from .entries import ConceptEntry, Phrase
from .people import StatusSaid
from .stopwords import content_words, is_stopword

MAX_WORDS = 16
MAX_NAMES = 6  # other names of one meaning that are looked for
SPOKEN_FROM = 4  # content words: whoever says more tells a story, in which the concepts carry the need


@dataclass(frozen=True, slots=True)
class Read:
    """The query as units; `words`, `meanings` and `optional` as in EngineQuery."""

    words: tuple[QueryWord, ...]
    meanings: tuple[Meaning, ...] = ()
    optional: frozenset[int] = frozenset()
    story: bool = False


def query_word(word: str) -> QueryWord:
    """One word of `analysis.words`, with its stem in each language."""
    return QueryWord(
        surface=word,
        exact=exact(word),
        stems=tuple((language, stem(word, language)) for language in ALGORITHMS),
    )


def query_words(text: str) -> tuple[QueryWord, ...]:
    """The words that carry the need, each once, in order."""
    return plain(words(text)).words


def plain(tokens: Sequence[str]) -> Read:
    """Words without any meaning."""
    unique: dict[str, str] = {}
    for word in content_words(list(tokens))[:MAX_WORDS]:
        unique.setdefault(exact(word), word)
    return Read(tuple(query_word(word) for word in unique.values()))


def read(tokens: Sequence[str], concepts: Sequence[Found], statuses: Sequence[StatusSaid] = ()) -> Read:
    """Words, concepts found among them, and what they say of the person, as units.

    What is said of the person is optional beside anything else: it says for whom, not what. In a story, the words that
    belong to no concept are optional too.
    """
    said: dict[int, StatusSaid] = {
        position: status for status in statuses for position in range(status.start, status.end)
    }
    covered = {position: found for found in concepts for position in found.at}
    units: list[tuple[list[str], list[Found], list[StatusSaid], bool]] = []
    placed: set[int] = set()
    for position in range(len(tokens)):
        if position in placed:
            continue
        found, status = covered.get(position), said.get(position)
        at = _together(position, found, status, covered, said)
        placed.update(at)
        content = [tokens[one] for one in at if not is_stopword(exact(tokens[one]))]
        whole = {id(covered[one]): covered[one] for one in at if one in covered}
        statuses_here = {id(said[one]): said[one] for one in at if one in said}
        if content or whole or statuses_here:
            units.append((content, list(whole.values()), list(statuses_here.values()), status is not None))
    if not units:
        return plain(tokens)
    story = any(found and not aside for _, found, _, aside in units) and (
        sum(len(content) for content, *_ in units) >= SPOKEN_FROM
    )
    return _assembled(units, story)


def _together(
    position: int,
    found: Found | None,
    status: StatusSaid | None,
    covered: dict[int, Found],
    said: dict[int, StatusSaid],
) -> list[int]:
    """The positions of one unit: a concept's words, a status's words and the concepts among them, or one word."""
    if status is not None:
        at = set(range(status.start, status.end))
        for one in list(at):
            if one in covered:
                at.update(covered[one].at)
        return sorted(at)
    return list(found.at) if found is not None else [position]


def _assembled(units: list[tuple[list[str], list[Found], list[StatusSaid], bool]], story: bool) -> Read:
    all_aside = all(aside for *_, aside in units)
    gathered: dict[str, None] = {}  # folded words in their order
    query: list[QueryWord] = []
    meanings: list[Meaning] = []
    optional: set[int] = set()
    for content, found, statuses, aside in units:
        start = len(query)
        for word in content:
            if len(query) < MAX_WORDS and exact(word) not in gathered:
                gathered[exact(word)] = None
                query.append(query_word(word))
        length = len(query) - start
        if content and not length and all(exact(word) in gathered for word in content):  # said twice
            continue
        if found or statuses:
            meanings.append(
                _meaning(
                    start,
                    length,
                    query[start:],
                    found,
                    statuses,
                    optional=aside and not all_aside,
                    story=story,
                )
            )
        elif story:
            optional.update(range(start, len(query)))
    return Read(tuple(query), tuple(meanings), frozenset(optional), story)


def _meaning(
    start: int,
    length: int,
    typed: Collection[QueryWord],
    found: Sequence[Found],
    statuses: Sequence[StatusSaid],
    *,
    optional: bool,
    story: bool,
) -> Meaning:
    codes: dict[tuple[str, str], float] = {}

    def lead(facet: str, code: str, share: float) -> None:
        codes[facet, code] = max(share, codes.get((facet, code), 0.0))

    names: dict[tuple[str, ...], tuple[QueryWord, ...]] = {}
    own = {word.exact for word in typed}
    for status in statuses:
        lead(status.facet, status.code, 1.0)
    for concept in found:
        for entry, phrase in concept.entries:
            factor = WEIGHTS.meant_loosely if concept.loosely else 1.0
            if story and phrase.kind == "lay" and len(concept.at) == 1:
                factor *= WEIGHTS.said_in_passing
            for code in entry.organisation_types:
                lead("organisation_type", code, factor)
            for number, code in enumerate(entry.needs):
                share = WEIGHTS.need_of_a_kind if entry.organisation_types else 1.0
                share *= factor * (1.0 if number == 0 else WEIGHTS.further_need)
                lead("main", code, share)
                lead("need", code, share * WEIGHTS.beside_others)
            for code in entry.audiences:
                lead("audience", code, factor)
            for name in _other_names(entry, phrase):
                key = tuple(word.exact for word in name)
                if key and set(key) != own and len(names) < MAX_NAMES:
                    names.setdefault(key, name)
    return Meaning(
        start,
        length,
        tuple((facet, code, share) for (facet, code), share in codes.items()),
        tuple(names.values()),
        optional,
    )


def _other_names(entry: ConceptEntry, said: Phrase) -> list[tuple[QueryWord, ...]]:
    """Official names and acronyms of a concept; of a counterpart's only those in the language that was spoken."""
    return [
        query_words(phrase.text)
        for phrase in entry.phrases
        if phrase.kind != "lay" and (not entry.counterpart_only or phrase.language == said.language)
    ]
