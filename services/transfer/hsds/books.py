"""What names mean to the catalogue: terms, languages and territories by code or by name in any language. Read once."""

from collections import defaultdict

from django.conf import settings
from django.utils import translation

from geo.models import Territory
from services import codes
from services.models import TaxonomyTerm

LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)
TAXONOMIES = tuple(codes.Taxonomy.values)
# ISO 639-2 and 639-3 codes that feeds use for the languages we know.
_ISO_639_2 = {
    "fra": "fr", "fre": "fr", "nld": "nl", "dut": "nl", "eng": "en", "deu": "de", "ger": "de", "ara": "ar", "bul": "bg",
    "spa": "es", "fas": "fa", "per": "fa", "ita": "it", "kur": "ku", "lin": "ln", "pol": "pl", "pus": "ps", "por": "pt",
    "ron": "ro", "rum": "ro", "rus": "ru", "slk": "sk", "slo": "sk", "som": "so", "sqi": "sq", "alb": "sq", "swa": "sw",
    "tir": "ti", "tur": "tr", "ukr": "uk", "urd": "ur", "zho": "zh", "chi": "zh",
}  # fmt: skip


def folded(text: str) -> str:
    return " ".join(text.casefold().replace("_", " ").replace("-", " ").split())


class Books:
    """Five queries; nothing is asked again."""

    def __init__(self) -> None:
        self._codes: set[tuple[str, str]] = set()
        self._terms: dict[str, list[tuple[str, str]]] = defaultdict(list)
        columns = [f"name_{code}" for code in LANGUAGES]
        for taxonomy, code, *names in TaxonomyTerm.objects.order_by("pk").values_list(
            "taxonomy", "code", *columns
        ):
            self._codes.add((taxonomy, code))
            for name in {folded(text) for text in (code, *names) if text}:
                self._terms[name].append((taxonomy, code))
        self._languages: dict[str, str] = {}
        for language in LANGUAGES:
            with translation.override(language):
                self._languages |= {folded(str(item.label)): item.value for item in codes.Language}
        self._territories: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self._known_territories: set[tuple[str, str]] = set()
        self._communes: dict[str, set[str]] = defaultdict(set)
        for kind, code, aliases, *names in Territory.objects.order_by("pk").values_list(
            "kind", "code", "aliases", *columns
        ):
            self._known_territories.add((kind, code))
            for name in {folded(text) for text in (*names, *aliases) if text}:
                self._territories[name].append((kind, code))
                if kind == "commune":
                    self._communes[name].add(code)

    def term(self, taxonomy: str, code: str, name: str) -> tuple[str, str] | None:
        """(taxonomy, code) of one of our terms; a taxonomy that is one of ours is looked in alone."""
        if (taxonomy, code) in self._codes:
            return taxonomy, code
        wanted = (taxonomy,) if taxonomy in TAXONOMIES else TAXONOMIES
        for text in (code, name):
            found = [pair for pair in self._terms.get(folded(text), ()) if pair[0] in wanted] if text else []
            if found:
                return min(found, key=lambda pair: wanted.index(pair[0]))
        return None

    def language(self, code: str, name: str) -> str | None:
        """A code of ours for "en", "en-GB", "eng" or a name such as "Spanish", "espagnol" or "Chinese (Mandarin)"."""
        short = code.strip().lower()
        for candidate in (short, short.replace("-", "_"), short.split("-")[0], _ISO_639_2.get(short, "")):
            if candidate in codes.Language.values:
                return candidate
        for text in (name, name.partition("(")[0], code):
            if (found := self._languages.get(folded(text))) is not None:
                return found
        return None

    def territory(self, name: str) -> tuple[str, str] | None:
        """(kind, code) of the one territory of this name; a commune before what is larger or smaller."""
        found = self._territories.get(folded(name), [])
        for kind in ("commune", "region", "province", "country", "bassin", "neighbourhood"):
            of_kind = [pair for pair in found if pair[0] == kind]
            if of_kind:
                return of_kind[0] if len(of_kind) == 1 else None
        return None

    def is_territory(self, kind: str, code: str) -> bool:
        return (kind, code) in self._known_territories

    def commune(self, name: str) -> str | None:
        """The NIS5 of the one commune of this name."""
        found = self._communes.get(folded(name), set())
        return next(iter(found)) if len(found) == 1 else None
