"""The forms under which a text is indexed: folded words, stems, and the stems of a compound's parts. Pure."""

from functools import lru_cache

from .analysis import exact, stem, words
from .compounds import parts

# word → (folded, stems), by language: one look-up a word where two cached calls would cost more than the rest.
_FORMS: dict[str, dict[str, tuple[str, tuple[str, ...]]]] = {}
_MOST_FORMS = 300_000


def analysed(text: str, language: str) -> tuple[dict[str, None], dict[str, None]]:
    """(folded words, stems) of a text, each once and in order."""
    forms = _FORMS.setdefault(language, {})
    if len(forms) > _MOST_FORMS:
        forms.clear()
    folded_words: dict[str, None] = {}
    stems: dict[str, None] = {}
    for word in words(text):
        pair = forms.get(word)
        if pair is None:
            pair = forms[word] = (exact(word), stems_of(word, language))
        folded_words[pair[0]] = None
        for one in pair[1]:
            stems[one] = None
    return folded_words, stems


def stems_of(word: str, language: str) -> tuple[str, ...]:
    """The stem of a word, then those of its parts when it is a compound."""
    return (stem(word, language), *(stem(part, language) for part in parts(word, language)))


# For names of needs, kinds, communes and streets, which stand in thousands of listings.
analysed_name = lru_cache(maxsize=20_000)(analysed)
