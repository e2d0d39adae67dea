"""Reads of a tree of terms: its order, how many published listings each has, and what a merge would change."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Coalesce

from services import codes
from services.models import Organization, Service, ServiceAudience, TaxonomyTerm
from services.models.term_merge import TermMerge
from services.selectors import listed

from . import uses
from .rules import Node


@dataclass(frozen=True)
class Branch:
    """A term as the tree shows it. `listings`: published, of its own; `with_parts`: of it or of one of its parts."""

    term: TaxonomyTerm
    listings: int
    with_parts: int
    parts: tuple["Branch", ...] = ()


@dataclass(frozen=True)
class MergeForecast:
    """What a merge would change: (label, how many), and of the services (team, how many), most first."""

    counted: list[tuple[object, int]]
    services: int
    by_team: list[tuple[str, int]]
    parts: int
    children: list[TaxonomyTerm]
    followers: list[TaxonomyTerm]


def live(taxonomy: str) -> QuerySet:
    return TaxonomyTerm.objects.filter(taxonomy=taxonomy, retired=False).order_by("sort_order", "code")


def possible_parents(term: TaxonomyTerm) -> QuerySet:
    """The terms it may be made part of: of the first level, in use, and none when it has parts itself."""
    if term.children.exists():
        return TaxonomyTerm.objects.none()
    return live(term.taxonomy).filter(parent=None).exclude(pk=term.pk)


def possible_targets(term: TaxonomyTerm) -> QuerySet:
    """The terms it may be merged into."""
    found = live(term.taxonomy).exclude(pk=term.pk).exclude(parent=term)
    return found.filter(parent=None) if term.children.exists() else found


def node(term: TaxonomyTerm) -> Node:
    return Node(term.pk, term.taxonomy, term.parent_id, term.retired, term.children.exists())


def last_place(taxonomy: str, parent: TaxonomyTerm | None) -> int:
    """A place in the order behind the last of `parent`'s parts, or behind all."""
    siblings = TaxonomyTerm.objects.filter(taxonomy=taxonomy)
    if parent is not None:
        siblings = siblings.filter(Q(parent=parent) | Q(pk=parent.pk))
    last = siblings.order_by("-sort_order").values_list("sort_order", flat=True).first()
    return 0 if last is None else last + 1


def is_named_audience(term: TaxonomyTerm) -> bool:
    return term.taxonomy == codes.Taxonomy.AUDIENCE and ServiceAudience.objects.filter(term=term).exists()


def nested(taxonomy: str) -> list[tuple[TaxonomyTerm, list[TaxonomyTerm]]]:
    """(term, its parts) in the editors' order, retired ones where they stood; one query."""
    terms = list(
        TaxonomyTerm.objects.filter(taxonomy=taxonomy)
        .select_related("replaced_by")
        .order_by("sort_order", "code")
    )
    parts: dict[int, list[TaxonomyTerm]] = defaultdict(list)
    for term in terms:
        if term.parent_id is not None:
            parts[term.parent_id].append(term)
    return [(term, parts[term.pk]) for term in terms if term.parent_id is None]


def tree(taxonomy: str) -> list[Branch]:
    """The whole table with counts: three queries, however many listings and terms."""
    own, whole = counts(taxonomy)

    def branch(term: TaxonomyTerm, parts: list[TaxonomyTerm]) -> Branch:
        return Branch(
            term,
            own.get(term.pk, 0),
            whole.get(term.pk, own.get(term.pk, 0)),
            tuple(branch(part, []) for part in parts),
        )

    return [branch(term, parts) for term, parts in nested(taxonomy)]


def counts(taxonomy: str) -> tuple[dict[int, int], dict[int, int]]:
    """Published listings ({term: of its own}, {term of the first level: of it or of its parts}); a query each.

    The kind of a service is its own, else its organisation's.
    """
    if taxonomy == codes.Taxonomy.NEED:
        links, term = Service.needs.through.objects.order_by(), "taxonomyterm"
    elif taxonomy == codes.Taxonomy.AUDIENCE:
        links, term = ServiceAudience.objects.order_by(), "term"
    else:
        return _counts_of_types()
    # By the index on (live, lifecycle) alone: a join would read every listing with its texts.
    links = links.filter(service__in=listed().order_by().values("pk"))
    # A listing has a need once, but may have an audience twice.
    own = links.values_list(term).annotate(
        listings=Count("service", distinct=taxonomy == codes.Taxonomy.AUDIENCE)
    )
    whole = (
        links.annotate(top=Coalesce(F(f"{term}__parent"), F(term)))
        .values_list("top")
        .annotate(listings=Count("service", distinct=True))
    )
    return dict(own), dict(whole)


def _counts_of_types() -> tuple[dict[int, int], dict[int, int]]:
    rows = (
        listed()
        .order_by()
        .annotate(kind=Coalesce("organisation_type", "organization__organisation_type"))
        .values_list("kind")
        .annotate(listings=Count("pk"))
    )
    own = {pk: listings for pk, listings in rows if pk is not None}
    parents = dict(
        TaxonomyTerm.objects.filter(taxonomy=codes.Taxonomy.ORGANISATION_TYPE).values_list("pk", "parent")
    )
    whole: dict[int, int] = defaultdict(int)
    for pk, listings in own.items():  # a listing has one kind: sums count none twice
        whole[parents.get(pk) or pk] += listings
    return own, dict(whole)


def services_with(term: TaxonomyTerm) -> QuerySet:
    """The services whose listing names this term, published or not; a kind also by way of the organisation."""
    if term.taxonomy == codes.Taxonomy.NEED:
        return Service.objects.filter(
            pk__in=Service.needs.through.objects.filter(taxonomyterm=term).values("service")
        )
    if term.taxonomy == codes.Taxonomy.AUDIENCE:
        return Service.objects.filter(pk__in=ServiceAudience.objects.filter(term=term).values("service"))
    kinds = Organization.objects.filter(organisation_type=term).values("pk")
    return Service.objects.filter(
        Q(organisation_type=term) | Q(organisation_type=None, organization__in=kinds)
    )


def forecast(term: TaxonomyTerm) -> MergeForecast:
    """What a merge of this term would change; a few counts, no list of listings."""
    services = services_with(term)
    return MergeForecast(
        counted=[(use.label, use.count(term.pk)) for use in uses.of(term.taxonomy)],
        services=services.count(),
        by_team=_by_team(services),
        parts=term.children.count(),
        children=list(term.children.order_by("sort_order", "code")),
        followers=list(term.replaces.order_by("code")),
    )


def _by_team(services: QuerySet) -> list[tuple[str, int]]:
    """(name of the team in charge, how many listings), most first; "" for listings of no team."""
    rows = services.order_by().values_list("steward__name").annotate(listings=Count("pk", distinct=True))
    return sorted(((name or "", listings) for name, listings in rows), key=lambda row: (-row[1], row[0]))


def merges(taxonomy: str) -> QuerySet:
    return TermMerge.objects.filter(taxonomy=taxonomy).select_related("old", "new")
