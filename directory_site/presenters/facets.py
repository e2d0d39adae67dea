"""The filters of the results page: what can be chosen, how many results each choice has, what is chosen."""

from dataclasses import dataclass, field
from unicodedata import combining, normalize

from django.utils.translation import gettext_lazy as _

from search.finder import Found

from ..query import Query

# In the order of the buttons: what people ask first stands first.
TITLES = {
    "need": _("Need"),
    "cost": _("Cost"),
    "audience": _("For whom"),
    "language": _("Language spoken"),
    "access_mode": _("How"),
    "commune": _("Commune"),
    "bassin": _("Bassin"),
    "organisation_type": _("Organisation"),
}
BY_NAME = ("commune", "organisation_type", "language")  # sorted by name; the others by the editors' order
RADII_KM = (1, 2, 5, 10, 25)


@dataclass
class Option:
    code: str
    label: str
    count: int
    chosen: bool
    children: list["Option"] = field(default_factory=list)

    @property
    def open(self) -> bool:
        """Whether its children are shown from the start."""
        return self.chosen or any(child.chosen for child in self.children)


@dataclass
class Facet:
    name: str
    title: object
    options: list[Option]
    chosen: int
    clear_url: str


def facets(found: Found, query: Query) -> list[Facet]:
    """Every facet that offers a choice or holds one."""
    made = [_facet(name, title, found, query) for name, title in TITLES.items()]
    return [facet for facet in made if len(facet.options) > 1 or facet.chosen]


def _facet(name: str, title: object, found: Found, query: Query) -> Facet:
    lang, known = found.request.lang, found.vocabulary
    counts = found.result.facets.get(name, {})
    chosen = set(found.request.filters.get(name, ()))
    options = {
        code: Option(code, known.label(name, code, lang), counts.get(code, 0), code in chosen)
        for code in [*counts, *chosen]
        if counts.get(code) or code in chosen
    }
    options.pop("everyone", None)  # an audience that filters nothing
    parents = known.parents.get(name, {})
    roots = []
    for option in options.values():
        parent = options.get(parents.get(option.code, ""))
        (parent.children if parent else roots).append(option)
    order = known.order.get(name, {})

    def key(option: Option):
        return (0 if name in BY_NAME else order.get(option.code, 0), folded(option.label))

    for option in options.values():
        option.children.sort(key=key)
    return Facet(name, title, sorted(roots, key=key), len(chosen), query.without(name).url())


def folded(text: str) -> str:
    """Lower case without accents, so that "Écoute" is sorted under E."""
    return "".join(letter for letter in normalize("NFKD", text.lower()) if not combining(letter))
