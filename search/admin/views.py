"""Wagtail's views of the concepts, where ours differ: finding by any phrase, and a word to the wise after saving."""

from django.contrib import messages
from django.utils.translation import gettext as _
from wagtail.snippets.views import snippets

from search.models.concept import WORD_COLUMNS
from search.selectors import concepts_sharing_names
from services.admin.find import find


class ConceptIndexView(snippets.IndexView):
    def search_queryset(self, queryset):
        if not self.is_searching:
            return queryset
        return find(queryset, self.search_query, ["code", *WORD_COLUMNS])


class _TellsWhatIsShared:
    """Two concepts may have a name in common (VT); whoever did not mean it should see it."""

    def save_instance(self):
        instance = super().save_instance()
        for phrase, other in concepts_sharing_names(instance):
            messages.warning(
                self.request,
                _("“%(phrase)s” is also a name of “%(other)s”: a search for it finds both.")
                % {"phrase": phrase, "other": other},
            )
        return instance


class ConceptCreateView(_TellsWhatIsShared, snippets.CreateView):
    pass


class ConceptEditView(_TellsWhatIsShared, snippets.EditView):
    pass
