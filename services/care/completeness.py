"""How complete a listing is: named criteria with weights of 100, over plain facts. For editors only, never public."""

from collections.abc import Callable
from dataclasses import dataclass

# The languages in which a listing of Brussels should be readable (its two official ones).
EXPECTED_LANGUAGES = frozenset({"fr", "nl"})


@dataclass(frozen=True)
class Facts:
    """What the criteria look at. Languages are codes of those in which there is such a text."""

    named_in: frozenset[str] = frozenset()
    told_in: frozenset[str] = frozenset()  # a summary or a description
    summary: bool = False
    description: bool = False
    needs: bool = False
    reachable: bool = False  # a phone of its own or of a place, or an e-mail
    hours: bool = False
    somewhere: bool = False  # a place, or an area it serves
    pointed: bool = False  # every place stands at an address (or keeps it secret), or there is none
    access: bool = False
    cost: bool = False
    languages: bool = False
    web: bool = False


@dataclass(frozen=True)
class Criterion:
    """`field`: the field of the form in which it is mended."""

    code: str
    weight: int
    met: Callable[[Facts], bool]
    field: str


CRITERIA = (
    Criterion("reachable", 16, lambda facts: facts.reachable, "phones"),
    Criterion("hours", 14, lambda facts: facts.hours, "service_at_locations"),
    Criterion("needs", 12, lambda facts: facts.needs, "needs"),
    Criterion("somewhere", 12, lambda facts: facts.somewhere, "service_at_locations"),
    Criterion("summary", 8, lambda facts: facts.summary, "summary_fr"),
    Criterion("access", 8, lambda facts: facts.access, "access_steps"),
    Criterion("cost", 8, lambda facts: facts.cost, "cost_options"),
    Criterion(
        "both_languages", 8, lambda facts: facts.named_in & facts.told_in >= EXPECTED_LANGUAGES, "name_nl"
    ),
    Criterion("description", 5, lambda facts: facts.description, "description_fr"),
    Criterion("languages", 4, lambda facts: facts.languages, "languages"),
    Criterion("pointed", 3, lambda facts: facts.pointed, "service_at_locations"),
    Criterion("web", 2, lambda facts: facts.web, "website"),
)
BY_CODE = {criterion.code: criterion for criterion in CRITERIA}


def lacking(facts: Facts) -> list[str]:
    """Codes of the criteria that are not met, the weightiest first."""
    return [criterion.code for criterion in CRITERIA if not criterion.met(facts)]


def score(lacks: list[str]) -> int:
    """Of 100, from what lacks."""
    return 100 - sum(BY_CODE[code].weight for code in lacks)
