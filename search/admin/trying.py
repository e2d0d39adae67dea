"""The "try it" box beside a concept's form, the page "try a search", and the way of lost words into a concept."""

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import Panel
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet

from search import concepts
from search.engine import EngineError
from search.explaining import explanation
from search.finder import Found
from search.models import Concept
from search.models.concept import LANGUAGES, TERM_FIELDS, WORD_COLUMNS
from search.query.privacy import LONGEST
from search.request import MAX_PLACE_LENGTH, MAX_QUERY_LENGTH
from search.results import views
from search.trying.comparing import Move
from search.trying.trial import SHOWN, Asked, Row, compared, search, unmatched
from services.admin.find import find

READ = ("search.view_searchwithoutresult", "search.view_concept")  # one of them: whoever tends the search
CHANGE, ADD = "search.change_concept", "search.add_concept"


def may_try(user) -> bool:
    return any(user.has_perm(permission) for permission in READ)


def languages() -> list[tuple[str, str]]:
    return list(settings.LANGUAGES)


class TryForm(forms.Form):
    """What is tried. `prefix="try"` beside a concept's form."""

    words = forms.CharField(
        label=gettext_lazy("What somebody types"),
        max_length=MAX_QUERY_LENGTH,
        error_messages={"required": gettext_lazy("Type what somebody would search for.")},
    )
    near = forms.CharField(
        label=gettext_lazy("Place (optional)"), max_length=MAX_PLACE_LENGTH, required=False
    )
    language = forms.ChoiceField(label=gettext_lazy("Language of the page"), choices=languages)

    def asked(self) -> Asked:
        return Asked(**self.cleaned_data)


def own_language() -> str:
    language = (get_language() or settings.LANGUAGE_CODE).partition("-")[0]
    return language if language in dict(languages()) else settings.LANGUAGE_CODE


class TryItPanel(Panel):
    """The box under a concept's form. Its fields belong to no form, so that trying is no unsaved change."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "search/admin/try_it.html"

        def get_context_data(self, parent_context=None):
            context = super().get_context_data(parent_context)
            pk = self.instance.pk
            form = TryForm(prefix="try", initial={"language": own_language()})
            for field in form.fields.values():
                field.widget.attrs["form"] = "no-form"
            url = reverse("try_search:concept", args=[pk]) if pk else reverse("try_search:new_concept")
            return context | {"try_form": form, "try_url": url}


def _understood(found: Found, language: str) -> list[tuple[str, str]]:
    """(what it is, in words) for the chips above the results."""
    said = found.understood
    known = found.vocabulary
    chips = [(_("Mended"), f"{mend.typed} → {mend.meant}") for mend in said.corrections]
    chips += [
        (_("Concept"), f"{expansion.words} → {entry.name(language)}")
        for expansion in said.expansions
        for entry in expansion.concepts
    ]
    if found.place is not None:
        chips.append((_("Place"), found.place.label or said.place_words))
    if said.time is not None:
        chips.append((_("When"), said.time.words))
    if said.age is not None:
        chips.append((_("Age"), said.age.words))
    chips += [
        (_("Filter"), f"{status.words} → {known.label(status.facet, status.code, language)}")
        for status in said.statuses
    ]
    chips += [(_("Let go, because nothing fitted"), name) for name in found.dropped]
    return chips


def moved(move: Move) -> str:
    """What became of a result, in words."""
    if move.how == "up":
        return ngettext("%(by)s place up", "%(by)s places up", move.by) % {"by": move.by}
    if move.how == "down":
        return ngettext("%(by)s place down", "%(by)s places down", move.by) % {"by": move.by}
    if move.how == "new":
        return _("new (was %(place)s)") % {"place": move.other} if move.other else _("new")
    if move.how == "gone":
        return _("gone (now %(place)s)") % {"place": move.other} if move.other else _("gone")
    return ""


def _side(title: str, rows: list[Row], found: Found, asked: Asked) -> dict:
    return {
        "title": title,
        "rows": [(row.move, moved(row.move), row.hit) for row in rows],
        "total": found.result.total,
        "chips": _understood(found, asked.language),
    }


class TryConceptView(View):
    """The comparison for a concept's form as it stands in the browser; nothing is saved."""

    http_method_names = ["post"]

    def post(self, request, pk: int | None = None) -> HttpResponse:
        if not request.user.has_perm(CHANGE if pk else ADD):
            raise PermissionDenied
        stored = get_object_or_404(Concept, pk=pk) if pk else Concept()
        code = stored.code
        edit_handler = Concept.snippet_viewset.get_edit_handler()
        form = edit_handler.get_form_class()(request.POST, instance=stored, for_user=request.user)
        trying = TryForm(request.POST, prefix="try")
        context = {"form": form, "trying": trying}
        if self._fits(form) and trying.is_valid():
            changed = form.instance
            terms = {name: list(form.cleaned_data.get(name) or ()) for name in TERM_FIELDS}
            entry = concepts.entry(changed, terms) if changed.active else None
            asked = trying.asked()
            try:
                result = compared(asked, entry, code or changed.code)
            except EngineError:
                context["unavailable"] = True
            else:
                context["same"] = result.is_the_same
                context["sides"] = [
                    _side(_("Now"), result.before, result.found_before, asked),
                    _side(_("With your changes"), result.after, result.found_after, asked),
                ]
        return render(request, "search/admin/comparison.html", context)

    @staticmethod
    def _fits(form) -> bool:
        """A new concept may still lack its code: it is not needed to try."""
        form.is_valid()
        form.errors.pop("code", None)
        return not form.errors


class TryView(WagtailAdminTemplateMixin, TemplateView):
    """A search as the public would make it, with all that was understood."""

    template_name = "search/admin/try_search.html"
    page_title = gettext_lazy("Try a search")
    header_icon = "search"

    def dispatch(self, request, *args, **kwargs):
        if not may_try(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self):
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs):
        asked = "words" in self.request.GET
        form = TryForm(self.request.GET if asked else None, initial={"language": own_language()})
        context = super().get_context_data(form=form, **kwargs)
        return context | self._found(form.asked()) if asked and form.is_valid() else context

    def _found(self, asked: Asked) -> dict:
        try:
            found = search(asked, size=SHOWN, explain=True)
        except EngineError:
            return {"unavailable": True}
        codes = {entry.code for said in found.understood.expansions for entry in said.concepts}
        keys = dict(Concept.objects.filter(code__in=codes).values_list("code", "pk"))
        explained = explanation(found)
        user = self.request.user
        return {
            "found": found,
            "total": found.result.total,
            "hits": [(hit, explained["hits"].get(hit.uuid, {})) for hit in views(found)],
            "chips": _understood(found, asked.language),
            "concepts": [
                (said.words, [(entry.name(asked.language), keys.get(entry.code)) for entry in said.concepts])
                for said in found.understood.expansions
            ],
            "unmatched": unmatched(found),
            "query": explained["query"],
            "word_language": found.language,
            "may_change": user.has_perm(CHANGE),
            "may_add": user.has_perm(ADD),
        }


def wanted_words(request) -> tuple[str, str] | None:
    """(words, language) that a link brings to a concept's form; None when there are none or they do not fit."""
    text = " ".join(request.GET.get("words", "").replace("\0", " ").split())[:LONGEST]
    language = request.GET.get("language", "")
    return (text, language) if text and language in LANGUAGES else None


class AddWordsView(WagtailAdminTemplateMixin, TemplateView):
    """Which concept do these words belong to? Each row leads to its form with the words filled in."""

    template_name = "search/admin/add_words.html"
    page_title = gettext_lazy("Add words to a concept")
    header_icon = "tag"

    def dispatch(self, request, *args, **kwargs):
        if not request.user.has_perm(CHANGE):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self):
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs):
        wanted, asked = wanted_words(self.request), self.request.GET.get("q", "")
        rows = Concept.objects.filter(active=True).order_by("names_fr", "code")
        if asked:
            rows = find(rows, asked, ["code", *WORD_COLUMNS])
        return super().get_context_data(
            words=wanted[0] if wanted else "",
            language=wanted[1] if wanted else own_language(),
            q=asked,
            rows=list(rows),
            **kwargs,
        )


class TrySearchViewSet(ViewSet):
    name = "try_search"
    url_prefix = "search/try"
    icon = "view"
    menu_label = gettext_lazy("Try a search")

    def get_urlpatterns(self):
        return [
            path("", self.construct_view(TryView), name="index"),
            path("concept/", self.construct_view(TryConceptView), name="new_concept"),
            path("concept/<int:pk>/", self.construct_view(TryConceptView), name="concept"),
            path("add-words/", self.construct_view(AddWordsView), name="add_words"),
        ]

    @cached_property
    def menu_item_class(self):
        return type(
            "TrySearchMenuItem", (MenuItem,), {"is_shown": lambda _self, request: may_try(request.user)}
        )
