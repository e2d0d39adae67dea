"""The trees of needs, kinds and audiences in the admin: everybody reads them, taxonomy managers change them.

Every change is a plain form that is posted: it works by keyboard and without script.
"""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.widgets.button import HeaderButton

from services.codes import Taxonomy
from services.models import TaxonomyTerm, TermMerge
from services.terms import actions, merging, selectors
from services.terms.rules import TermRefused
from services.terms.words import in_words

CHANGE = "services.change_taxonomyterm"
READ = ("services.view_taxonomyterm", "services.view_service")  # one of them
LIST, ADD = "wagtailsnippets_services_taxonomyterm:list", "wagtailsnippets_services_taxonomyterm:add"
TITLES = {
    Taxonomy.NEED: gettext_lazy("Needs"),
    Taxonomy.ORGANISATION_TYPE: gettext_lazy("Kinds of organisation"),
    Taxonomy.AUDIENCE: gettext_lazy("Audiences"),
}


def may_read(user) -> bool:
    return any(user.has_perm(permission) for permission in READ)


def tree_url(taxonomy: str, term: TaxonomyTerm | None = None) -> str:
    return reverse("terms:tree", args=[taxonomy]) + (f"#term-{term.pk}" if term else "")


class _Page(WagtailAdminTemplateMixin, TemplateView):
    header_icon = "tag"
    changes = True  # only for who may change terms

    def dispatch(self, request, *args, **kwargs):
        if not (request.user.has_perm(CHANGE) if self.changes else may_read(request.user)):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @property
    def taxonomy(self) -> str:
        taxonomy = self.kwargs.get("taxonomy") or self.term.taxonomy
        if taxonomy not in TITLES:
            raise Http404(f"no table is called {taxonomy!r}")
        return taxonomy

    @cached_property
    def term(self) -> TaxonomyTerm:
        return get_object_or_404(TaxonomyTerm.objects.select_related("parent"), pk=self.kwargs["pk"])

    def get_breadcrumbs_items(self):
        tree = {"url": tree_url(self.taxonomy), "label": TITLES[self.taxonomy]}
        return [*super().get_breadcrumbs_items(), tree, {"url": "", "label": self.get_page_title()}]

    def refused(self, error: TermRefused):
        messages.error(self.request, str(in_words(error)))


class TreeView(_Page):
    changes = False
    template_name = "services/admin/terms/tree.html"

    def get_page_title(self):
        return TITLES[self.taxonomy]

    def get_breadcrumbs_items(self):
        return [
            *WagtailAdminTemplateMixin.get_breadcrumbs_items(self),
            {"url": "", "label": self.get_page_title()},
        ]

    @property
    def header_buttons(self):
        buttons = [
            HeaderButton(
                _("Find a term"), url=f"{reverse(LIST)}?taxonomy={self.taxonomy}", icon_name="search"
            ),
        ]
        if not self.request.user.has_perms((CHANGE,)):
            return buttons if self.request.user.has_perm("services.view_taxonomyterm") else []
        return [
            HeaderButton(_("Add a term"), url=f"{reverse(ADD)}?taxonomy={self.taxonomy}", icon_name="plus"),
            *buttons,
            HeaderButton(_("Merges"), url=reverse("terms:merges", args=[self.taxonomy]), icon_name="history"),
        ]

    def get_context_data(self, **kwargs):
        moved = self.request.GET.get("moved", "")
        return super().get_context_data(
            tables=[(code, title, tree_url(code)) for code, title in TITLES.items()],
            tree=selectors.tree(self.taxonomy),
            may_change=self.request.user.has_perm(CHANGE),
            may_add=self.request.user.has_perm("services.add_taxonomyterm"),
            moved=int(moved) if moved.isdecimal() and len(moved) < 10 else None,
            moved_up=self.request.GET.get("by") == "up",
            services_url=reverse("wagtailsnippets_services_service:list"),
            counted_by={"need": "need", "organisation_type": "kind", "audience": "audience"}[self.taxonomy],
            **kwargs,
        )


class OrderView(_Page):
    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        step = {"up": -1, "down": 1}.get(request.POST.get("step", ""))
        if step is None:
            raise Http404("up or down")
        try:
            actions.move(term=self.term, step=step, by=request.user)
        except TermRefused as error:
            self.refused(error)
        # Without a fragment: a browser that has one to go to gives no button the focus.
        back = f"?moved={self.term.pk}&by={request.POST['step']}"
        return redirect(tree_url(self.taxonomy) + back)


class _TermChoice(forms.ModelChoiceField):
    def label_from_instance(self, term):
        return f"— {term}" if term.parent_id else str(term)


class _Form(_Page):
    """A page with a short form about one term; `act` does it and returns the sentence that says so."""

    template_name = "services/admin/terms/form.html"
    field = ""  # name of its one choice
    submit = gettext_lazy("Save")
    explained = ""

    def make_form(self, data=None) -> forms.Form:
        return forms.Form(data)

    def get_page_subtitle(self):
        return str(self.term)

    def get_context_data(self, **kwargs):
        kwargs.setdefault("form", self.make_form())
        return super().get_context_data(
            term=self.term,
            submit=self.submit,
            explained=self.explained,
            back=tree_url(self.taxonomy, self.term),
            **kwargs,
        )

    def post(self, request, *args, **kwargs):
        form = self.make_form(request.POST)
        if form.is_valid():
            try:
                messages.success(request, self.act(form.cleaned_data))
                return redirect(tree_url(self.taxonomy, self.term))
            except TermRefused as error:
                form.add_error(self.field or None, in_words(error))
        return self.render_to_response(self.get_context_data(form=form))

    def act(self, values: dict) -> str:
        raise NotImplementedError


class PlaceView(_Form):
    page_title = gettext_lazy("Move to")
    field = "parent"
    submit = gettext_lazy("Move")
    explained = gettext_lazy("It becomes the last one there; its listings keep it.")

    def make_form(self, data=None):
        form = forms.Form(data)
        form.fields["parent"] = _TermChoice(
            queryset=selectors.possible_parents(self.term),
            required=False,
            empty_label=_("(first level)"),
            label=_("Part of"),
            initial=self.term.parent_id,
        )
        return form

    def act(self, values):
        actions.place_under(term=self.term, parent=values["parent"], by=self.request.user)
        where = values["parent"] or _("(first level)")
        return _("“%(term)s” was moved to “%(where)s”.") % {"term": self.term, "where": where}


class RetireView(_Form):
    page_title = gettext_lazy("Retire")
    template_name = "services/admin/terms/retire.html"
    submit = gettext_lazy("Retire without a replacement")

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            forecast=selectors.forecast(self.term),
            merge_url=reverse("terms:merge", args=[self.term.pk]),
            **kwargs,
        )

    def act(self, values):
        actions.retire(term=self.term, by=self.request.user)
        return _("“%(term)s” is retired.") % {"term": self.term}


class BringBackView(_Form):
    page_title = gettext_lazy("Bring back")
    submit = gettext_lazy("Bring back")
    explained = gettext_lazy(
        "It is offered in forms and filters again, and listings that kept it show it again."
    )

    def act(self, values):
        actions.bring_back(term=self.term, by=self.request.user)
        return _("“%(term)s” is in use again.") % {"term": self.term}


class MergeView(_Form):
    """First the term to merge into (GET, so that a reload asks again), then what would change, then the deed."""

    page_title = gettext_lazy("Merge")
    template_name = "services/admin/terms/merge.html"
    field = "into"
    submit = gettext_lazy("Merge")

    def make_form(self, data=None):
        form = forms.Form(
            data if data is not None else (self.request.GET if "into" in self.request.GET else None)
        )
        form.fields["into"] = _TermChoice(
            queryset=selectors.possible_targets(self.term), label=_("Merge into"), empty_label=""
        )
        return form

    def get_context_data(self, **kwargs):
        form = kwargs.pop("form", None) or self.make_form()
        into = form.cleaned_data["into"] if form.is_bound and form.is_valid() else None
        return super().get_context_data(
            form=form, into=into, forecast=selectors.forecast(self.term) if into else None, **kwargs
        )

    def act(self, values):
        made = merging.merge(old=self.term, new=values["into"], by=self.request.user)
        changed = sum(made.counts.values())
        return ngettext(
            "“%(old)s” was merged into “%(new)s”: %(number)s use was changed.",
            "“%(old)s” was merged into “%(new)s”: %(number)s uses were changed.",
            changed,
        ) % {"old": made.old, "new": made.new, "number": changed}


class MergesView(_Page):
    page_title = gettext_lazy("Merges")
    template_name = "services/admin/terms/merges.html"

    def get_context_data(self, **kwargs):
        merges = list(selectors.merges(self.taxonomy)[:200])
        for merge in merges:
            merge.number = sum(merge.counts.values())
        return super().get_context_data(merges=merges, **kwargs)


class UndoView(_Form):
    page_title = gettext_lazy("Take back the merge")
    submit = gettext_lazy("Take back")
    explained = gettext_lazy(
        "What had the old term gets it again, unless it was edited since: then it keeps the new one. "
        "The old term is offered again."
    )

    @cached_property
    def merge(self) -> TermMerge:
        return get_object_or_404(TermMerge.objects.select_related("old", "new"), pk=self.kwargs["pk"])

    @cached_property
    def term(self) -> TaxonomyTerm:
        return self.merge.old

    def get_page_subtitle(self):
        return str(self.merge)

    def act(self, values):
        done = merging.undo(merge=self.merge, by=self.request.user)
        sentence = ngettext(
            "The merge was taken back: %(number)s use was restored.",
            "The merge was taken back: %(number)s uses were restored.",
            done.restored,
        ) % {"number": done.restored}
        if done.left:
            left = ngettext(
                "%(number)s was edited since and keeps “%(new)s”.",
                "%(number)s were edited since and keep “%(new)s”.",
                done.left,
            ) % {"number": done.left, "new": self.merge.new}
            sentence = f"{sentence} {left}"
        return sentence


class TermsViewSet(ViewSet):
    name = "terms"
    url_prefix = "catalogue/terms"
    icon = "tag"
    menu_label = gettext_lazy("Needs, kinds, audiences")

    @property
    def menu_url(self):
        return tree_url(Taxonomy.NEED)

    def get_urlpatterns(self):
        views = {"order": OrderView, "place": PlaceView, "merge": MergeView, "retire": RetireView}
        views |= {"bring_back": BringBackView}
        return [
            *(
                path(f"term/<int:pk>/{name.replace('_', '-')}/", self.construct_view(view), name=name)
                for name, view in views.items()
            ),
            path("merge/<int:pk>/undo/", self.construct_view(UndoView), name="undo"),
            path("<str:taxonomy>/merges/", self.construct_view(MergesView), name="merges"),
            path("<str:taxonomy>/", self.construct_view(TreeView), name="tree"),
        ]

    @cached_property
    def menu_item_class(self):
        return type("TermsMenuItem", (MenuItem,), {"is_shown": lambda _self, request: may_read(request.user)})
