"""From what a person typed to the words an engine looks for. Pure."""

from search.engine import QueryWord

from .analysis import ALGORITHMS, exact, stem, words
from .stopwords import content_words

MAX_WORDS = 16


def query_words(text: str) -> tuple[QueryWord, ...]:
    """The words that carry the need, each once, in order."""
    unique: dict[str, str] = {}
    for word in content_words(words(text))[:MAX_WORDS]:
        unique.setdefault(exact(word), word)
    return tuple(
        QueryWord(
            surface=word,
            exact=folded,
            stems=tuple((language, stem(word, language)) for language in ALGORITHMS),
        )
        for folded, word in unique.items()
    )
