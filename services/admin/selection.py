"""What a bulk action is about: the rows that were ticked, or all that the list showed with its search and its filters.

Wagtail's own "all in this listing" forgets the filters.
"""

from services import rights
from services.models import TaxonomyTerm

from .find import find


class ListingSelection:
    """For bulk actions: "all" means what the list's address says, whose parameters Wagtail's script passes on."""

    def get_queryset(self, model, object_ids):
        """What this user may read: keys typed by hand tell nobody the name of another team's draft."""
        if model is TaxonomyTerm:
            return list(model.objects.filter(pk__in=object_ids))
        return list(rights.visible(model.objects.filter(pk__in=object_ids), self.request.user))

    def get_all_objects_in_listing_query(self, parent_id):
        return listed_pks(self.model, self.request)


def listed_pks(model, request) -> list[int]:
    """Primary keys of the rows of a catalogue list with the search and filters of the request's parameters."""
    viewset = model.snippet_viewset
    rows = viewset.get_queryset(request)
    if viewset.filterset_class:
        filters = viewset.filterset_class(request.GET, queryset=rows, request=request)
        rows = filters.qs if filters.is_valid() else rows.none()
    if words := request.GET.get("q", "").strip():
        owner = None if model is TaxonomyTerm else model._meta.model_name
        rows = find(rows, words, viewset.search_fields, owner)
    return list(rows.order_by("pk").values_list("pk", flat=True).distinct())
