"""Which language a query is probably in: the reader's, unless its small words say another one clearly. Pure."""

from .analysis import exact, words
from .stopwords import STOPWORDS


def guess(text: str, default: str) -> str:
    """The language with most of the query's small words, two or more and more than the default's; else `default`."""
    tokens = [exact(word) for word in words(text)]
    counts = {
        language: sum(token in stopwords for token in tokens) for language, stopwords in STOPWORDS.items()
    }
    best = max(counts, key=lambda language: (counts[language], language == default))
    return best if counts[best] >= 2 and counts[best] > counts.get(default, 0) else default
