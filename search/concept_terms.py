"""Concepts when a term they lead to is merged into another, or the merge is undone: through their own save."""

from django.utils.translation import gettext_lazy as _

from services.codes import Taxonomy
from services.models import TaxonomyTerm, TermMerge, TermUse
from services.terms import uses

from .models import Concept
from .models.concept import TERM_FIELDS

_FIELD_OF = {str(taxonomy): name for name, taxonomy in TERM_FIELDS.items()}


class ConceptUse:
    """A concept that leads to the term; there are a few to a term, so each is saved as an edit would be."""

    kind = "concept"
    taxonomies = frozenset({Taxonomy.NEED, Taxonomy.ORGANISATION_TYPE, Taxonomy.AUDIENCE})
    label = _("concepts of the search that lead to it")

    def count(self, term_pk: int) -> int:
        taxonomy = TaxonomyTerm.objects.values_list("taxonomy", flat=True).get(pk=term_pk)
        return Concept.objects.filter(**{_FIELD_OF[taxonomy]: term_pk}).count()

    def replace(self, merge: TermMerge) -> int:
        name = _FIELD_OF[merge.taxonomy]
        found = list(Concept.objects.filter(**{name: merge.old_id}).order_by("pk"))
        for concept in found:
            terms = list(getattr(concept, name).all())
            kept = {"both": True} if merge.new in terms else None
            TermUse.objects.create(merge=merge, kind=self.kind, object_pk=concept.pk, kept=kept)
            changed = [merge.new if term.pk == merge.old_id else term for term in terms]
            setattr(concept, name, list(dict.fromkeys(changed)))
            concept.save()
        return len(found)

    def restore(self, merge: TermMerge) -> tuple[int, int]:
        name = _FIELD_OF[merge.taxonomy]
        restored = left = 0
        for batch in uses.noted(merge, self.kind):
            since = uses.edited_since(Concept, [use.object_pk for use in batch], merge)
            found = Concept.objects.in_bulk([use.object_pk for use in batch])
            for use in batch:
                concept = found.get(use.object_pk)
                terms = list(getattr(concept, name).all()) if concept else []
                if concept is None or merge.new not in terms or concept.pk in since:
                    left += 1
                    continue
                back = [merge.old, merge.new] if use.kept else [merge.old]
                others = [term for term in terms if term.pk != merge.new_id]
                setattr(concept, name, [*others, *back])
                concept.save()
                restored += 1
        return restored, left


def connect() -> None:
    """Called once by the app's ready()."""
    uses.register(ConceptUse())
