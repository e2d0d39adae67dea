"""Wagtail's views of the concepts, where ours differ: finding by any phrase, and a word to the wise after saving."""

from django.contrib import messages
from django.utils.translation import gettext as _
from wagtail.snippets.views import snippets

from search.models.concept import WORD_COLUMNS
from search.models.phrases import COLUMN_OF
from search.selectors import concepts_sharing_names
from services.admin.find import find

from .trying import wanted_words


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


class _TakesWords:
    """Words from the lost searches or a tried search are filled in as lay words, unsaved."""

    def get_form_kwargs(self):
        kwargs = super().get_form_kwargs()
        wanted = wanted_words(self.request) if self.request.method == "GET" else None
        if wanted is not None:
            text, language = wanted
            column = f"{COLUMN_OF['lay']}_{language}"
            lines = [line for line in getattr(self.object or self.model(), column).split("\n") if line]
            if text not in lines:
                kwargs["initial"] = {**(kwargs.get("initial") or {}), column: "\n".join([*lines, text])}
        return kwargs

    def get_context_data(self, **kwargs):
        wanted = wanted_words(self.request)
        if wanted is not None and self.request.method == "GET":
            sentence = _("“%(words)s” is filled in among what people say. Nothing is saved yet.")
            messages.info(self.request, sentence % {"words": wanted[0]})
        return super().get_context_data(**kwargs)


class _SavedByTheButton:
    """A concept has no draft: saved by itself, a half-typed word would be searched with at once."""

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.autosave_enabled = False


class ConceptCreateView(_SavedByTheButton, _TakesWords, _TellsWhatIsShared, snippets.CreateView):
    pass


class ConceptEditView(_SavedByTheButton, _TakesWords, _TellsWhatIsShared, snippets.EditView):
    pass
