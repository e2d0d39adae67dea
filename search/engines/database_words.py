"""Words as conditions on the database's columns: wide enough to meet every listing the index would find for them."""

from functools import cache, reduce
from operator import and_, or_

from django.conf import settings
from django.db.models import Q

from search.engine import QueryWord, Unit
from search.query.analysis import folded
from search.vocabulary import Vocabulary
from services.models import Service, ServiceAtLocation, ServiceAudience

# Short texts are looked at letter by letter, with and without accents; long ones as they are spelt in the question.
NAMES = ("name", "alternate_name", "organization__name")
TEXTS = (
    "summary",
    "description",
    "eligibility_description",
    "application_process",
    "organization__alternate_name",
)
SHORTEST_STEM = 4
_ACCENTED = {
    "a": "aàáâäåAÀÁÂÄÅ",
    "c": "cçCÇ",
    "e": "eéèêëEÉÈÊË",
    "i": "iìíîïIÌÍÎÏ",
    "n": "nñNÑ",
    "o": "oòóôöOÒÓÔÖ",
    "u": "uùúûüUÙÚÛÜ",
    "y": "yÿýYŸÝ",
}


@cache
def _columns(names: tuple[str, ...]) -> list[str]:
    return [f"{name}_{code}" for name in names for code, _language in settings.LANGUAGES]


def spelt(names: tuple[str, ...], letters: str) -> Q:
    """These folded letters stand in one of the columns, whatever their accents (neither database folds them)."""
    pattern = "".join(f"[{_ACCENTED[letter]}]" if letter in _ACCENTED else letter for letter in letters)
    pattern = pattern.replace("oe", "(oe|œ)")
    return reduce(or_, [Q(**{f"{column}__iregex": pattern}) for column in _columns(names)])


def _root(word: QueryWord) -> str:
    """The letters that the word and its stems have in common."""
    root = word.exact
    for _language, stem in word.stems:
        if root.startswith(stem) and len(stem) >= SHORTEST_STEM:
            root = stem
    return root


def in_names(word: QueryWord) -> Q:
    return spelt(NAMES, _root(word))


def anywhere(unit: Unit, known: Vocabulary) -> Q:
    """All words of the unit, or what they mean, stand somewhere in a listing."""
    condition = _all_words(unit.words, known)
    if unit.meaning is not None:
        codes = [code for facet, code, _share in unit.meaning.codes if facet == "need"]
        condition |= _needs(codes)
        for name in unit.meaning.names:
            condition |= _all_words(name, known)
    return condition


def _all_words(words: tuple[QueryWord, ...], known: Vocabulary) -> Q:
    return reduce(and_, [_somewhere(word, known) for word in words]) if words else Q(pk__in=[])


def _somewhere(word: QueryWord, known: Vocabulary) -> Q:
    root = _root(word)
    # As typed, and with a capital: SQLite knows no upper case beyond ASCII.
    typed = word.surface[: len(root)] if len(word.surface) == len(word.exact) else word.surface
    spellings = {root, typed}
    if not typed[:1].isascii():
        spellings.add(typed.capitalize())
    # Other tables by sub-queries: joined, they would have every text looked at once a need and audience.
    condition = _needs(_labelled("need", root, known))
    condition |= Q(
        pk__in=ServiceAudience.objects.filter(term__code__in=_labelled("audience", root, known)).values(
            "service"
        )
    )
    if kinds := _labelled("organisation_type", root, known):
        condition |= Q(organisation_type__code__in=kinds) | Q(organization__organisation_type__code__in=kinds)
    condition |= Q(pk__in=_at_places(word, root, known))
    for column in _columns((*NAMES, *TEXTS)):
        for spelling in spellings:
            condition |= Q(**{f"{column}__icontains": spelling})
    return condition


def _labelled(facet: str, root: str, known: Vocabulary) -> list[str]:
    """Codes that have a word beginning with `root` in one of their names."""
    labels = known.labels.get(facet, {})
    return [
        code
        for code, texts in labels.items()
        if any(f" {root}" in f" {folded(text)}" for text in texts.values())
    ]


def _needs(codes: list[str]) -> Q:
    """A need, or one of its parts."""
    held = Service.needs.through._default_manager.filter(
        Q(taxonomyterm__code__in=codes) | Q(taxonomyterm__parent__code__in=codes)
    )
    return Q(pk__in=held.values("service"))


def _at_places(word: QueryWord, root: str, known: Vocabulary):
    """Services with a public address in a street, postcode or commune of this name."""
    condition = Q(location__postcode=word.exact) | reduce(
        or_,
        [Q(**{f"location__street_{code}__icontains": word.surface}) for code, _name in settings.LANGUAGES],
    )
    condition |= Q(location__commune__code__in=_labelled("commune", root, known))
    shown = ServiceAtLocation.objects.filter(location__live=True, location__address_visibility="public")
    return shown.filter(condition).values("service")
