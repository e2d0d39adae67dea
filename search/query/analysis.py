"""Text to tokens, once for documents and queries, whatever engine stores them. Pure.

`words` cuts a text into normalised surface words, the same for every language; `exact` folds a word's accents;
`stem` gives its stem in one language by elision → lowercase → stem → fold → stem. That order merges 92 % of French
pairs that differ in inflection and accents at once, against 68 % for the usual stem → fold (measured on 2,721 words
and 403 inflection pairs before the project began).
"""

import re
import unicodedata

import Stemmer

from .remembering import remembered

# Snowball algorithms by language; a language without one keeps folded words.
ALGORITHMS = {"fr": "french", "nl": "dutch", "en": "english", "de": "german", "ar": "arabic"}

# Articles and pronouns that French elides before a vowel: "l'aide", "qu'il", "jusqu'à".
_ELIDED = frozenset(
    f"{word}'" for word in "l d j m n s t c qu jusqu lorsqu puisqu quoiqu presqu entr".split()
)
_APOSTROPHES = "’‘ʼ`´"
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "đ": "d", "ł": "l", "ı": "i"})
# C.P.A.S. and O.C.M.W.: single letters with full stops between them are one word.
_ACRONYM = re.compile(r"\b(?:[^\W\d_]\.){2,}(?:[^\W\d_]\b)?")
_AMPERSAND = re.compile(r"\b([^\W\d_])&([^\W\d_])\b")  # A&E
_WORD = re.compile(r"[^\W_]+")
_WORD_BEFORE_APOSTROPHE = re.compile(r"[^\W_]+'?")

# Plurals of the domain that the Snowball algorithm cuts too far or not at all; folded form → what is stemmed instead.
IRREGULAR = {
    "nl": {
        "schulden": "schuld",
        "kinderen": "kind",
        "gelden": "geld",
        "steden": "stad",
        "eenzame": "eenzaam",
        "mensen": "mens",
        "baden": "bad",
        "eieren": "ei",
        "kleren": "kledij",
        "leden": "lid",
    },
    "fr": {"travaux": "travail", "yeux": "oeil", "baux": "bail"},
    "en": {"children": "child", "women": "woman", "men": "man", "people": "person", "teeth": "tooth"},
}

_stemmers: dict[str, Stemmer.Stemmer] = {}


def words(text: str) -> list[str]:
    """Lower-case words in order, with accents, without elided articles ("l'aide" → "aide") or punctuation."""
    text = text.lower()
    if not text.isascii():
        text = unicodedata.normalize("NFC", text).replace("i\u0307", "i")
    for apostrophe in _APOSTROPHES:
        if apostrophe in text:
            text = text.replace(apostrophe, "'")
    if "&" in text:
        text = _AMPERSAND.sub(r"\1\2", text)
    if _may_hold_an_acronym(text):
        text = _ACRONYM.sub(lambda match: match.group().replace(".", ""), text)
    if "'" not in text:
        return _WORD.findall(text)
    return [word.rstrip("'") for word in _WORD_BEFORE_APOSTROPHE.findall(text) if word not in _ELIDED]


def _may_hold_an_acronym(text: str) -> bool:
    """Whether two full stops stand one character apart: most texts need no closer look."""
    stop = text.find(".")
    while stop != -1:
        if text[stop + 2 : stop + 3] == ".":
            return True
        stop = text.find(".", stop + 1)
    return False


@remembered(200_000)
def exact(word: str) -> str:
    """The word without accents and ligatures: the form in which words are the same in every language."""
    if word.isascii():
        return word
    decomposed = unicodedata.normalize("NFKD", word.translate(_LIGATURES))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def _stemmer(language: str) -> Stemmer.Stemmer | None:
    if language not in _stemmers and language in ALGORITHMS:
        _stemmers[language] = Stemmer.Stemmer(ALGORITHMS[language], 0)
    return _stemmers.get(language)


@remembered(400_000)
def stem(word: str, language: str) -> str:
    """The token of one word from `words` in one language."""
    stemmer = _stemmer(language)
    if stemmer is None or word.isdigit():
        return exact(word)
    word = IRREGULAR.get(language, {}).get(exact(word), word)
    return str(stemmer.stemWord(exact(stemmer.stemWord(word))))


def exact_tokens(text: str) -> list[str]:
    return [exact(word) for word in words(text)]


def stem_tokens(text: str, language: str) -> list[str]:
    return [stem(word, language) for word in words(text)]


def folded(text: str) -> str:
    """The text as one line of exact words: a key to compare and sort names by."""
    return " ".join(exact_tokens(text))
