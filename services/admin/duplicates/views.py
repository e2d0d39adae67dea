"""The pages of possible duplicates and merges."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View
from wagtail.admin.auth import permission_denied
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn, UserColumn
from wagtail.admin.views.generic.base import BaseListingView, WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import HeaderButton

from services import merging, reasons
from services.duplicates import WHY
from services.imports import rights, tasks
from services.models import DuplicatePair, Merge, Service

from .filters import PairFilterSet
from .words import choices

PAGE = 50


def url(name: str, *args) -> str:
    return reverse(f"services_duplicates:{name}", args=args)


class _Permitted:
    def dispatch(self, request, *args, **kwargs):
        if not rights.may_merge_some(request.user):
            return permission_denied(request)
        return super().dispatch(request, *args, **kwargs)


class PairsView(_Permitted, BaseListingView):
    page_title = gettext_lazy("Possible duplicates")
    header_icon = "copy"
    paginate_by = PAGE
    index_url_name = "services_duplicates:index"
    index_results_url_name = "services_duplicates:results"
    filterset_class = PairFilterSet
    no_results_message = gettext_lazy("No possible duplicates are known here.")
    columns = [
        TitleColumn(
            "first",
            label=gettext_lazy("Listing"),
            get_url=lambda pair: url("compare", pair.first_id, pair.second_id),
        ),
        Column("second", label=gettext_lazy("May be the same as")),
        Column("why_words", label=gettext_lazy("In common")),
        Column("score", label=gettext_lazy("How alike, of 100")),
    ]

    def get_queryset(self):
        visible = rights.visible(self.request.user, Service.objects.all()).values("pk")
        found = (
            DuplicatePair.objects.filter(
                state=DuplicatePair.State.OPEN, first__in=visible, second__in=visible
            )
            .select_related("first", "second")
            .order_by("-score", "pk")
        )
        return self.filter_queryset(found)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(no_results_message=self.no_results_message, **kwargs)
        for pair in context["object_list"]:
            pair.why_words = ", ".join(str(WHY[part]) for part in pair.why.split())
        return context

    @cached_property
    def header_buttons(self):
        return [
            HeaderButton(_("Merges"), url=url("merges"), icon_name="history"),
            HeaderButton(_("Look for duplicates"), url=url("refresh"), icon_name="search"),
        ]


class _Page(_Permitted, WagtailAdminTemplateMixin, View):
    header_icon = "copy"

    def get_breadcrumbs_items(self):
        return [
            *self.breadcrumbs_items,
            {"url": url("index"), "label": PairsView.page_title},
            {"url": "", "label": self.get_page_title()},
        ]

    def show(self, **context):
        return render(self.request, self.template_name, self.get_context_data(view=self, **context))


class RefreshView(_Page):
    page_title = gettext_lazy("Look for duplicates")
    template_name = "services/admin/duplicates/refresh.html"

    def get(self, request):
        return self.show()

    def post(self, request):
        tasks.find_duplicates.enqueue()
        messages.success(request, _("The directory is being looked through. Come back in a few minutes."))
        return redirect(url("index"))


class CompareView(_Page):
    """Two listings side by side; `keep` (primary key) says which is the left one, the one that is kept."""

    page_title = gettext_lazy("Two listings side by side")
    template_name = "services/admin/duplicates/compare.html"

    @cached_property
    def two(self) -> tuple[Service, Service]:
        """(kept, other). Raises Http404."""
        visible = rights.visible(self.request.user, Service.objects.select_related("organization"))
        found = {one.pk: one for one in visible.filter(pk__in=(self.kwargs["first"], self.kwargs["second"]))}
        if len(found) != 2:
            raise Http404
        first, second = found[self.kwargs["first"]], found[self.kwargs["second"]]
        # The published one is kept, and of two the one that is older.
        return (second, first) if second.live and not first.live else (first, second)

    def get(self, request, first, second):
        kept, other = self.two
        may_merge = rights.may_merge(request.user, kept, other)
        try:
            merging.refuse_unless_mergeable(kept, other)
            obstacle = "" if may_merge else _("One of them is another team's: ask them.")
        except merging.CannotMerge as error:
            obstacle = reasons.words(error.reason.as_data())
        return self.show(
            kept=kept,
            other=other,
            choices=choices(merging.differences(kept, other)),
            obstacle=obstacle,
            may_merge=may_merge,
            swapped_url=url("compare", other.pk, kept.pk),
        )

    def post(self, request, first, second):
        kept, other = self.two
        if not rights.may_merge(request.user, kept, other):
            return permission_denied(request)
        try:
            if "distinct" in request.POST:
                merging.say_distinct(first=kept, second=other, by=request.user)
                messages.success(request, _("Remembered: these are two listings."))
                return redirect(url("index"))
            names = {one.name for one in merging.differences(kept, other)}
            chosen = {name: value for name in names if (value := request.POST.get(f"keep-{name}"))}
            merging.merge(kept=kept, other=other, choices=chosen, by=request.user)
        except merging.CannotMerge as error:
            messages.error(request, reasons.words(error.reason.as_data()))
            return redirect(url("compare", kept.pk, other.pk))
        messages.success(request, _("Merged. The address of the other listing leads here now."))
        return redirect(reverse("wagtailsnippets_services_service:edit", args=[kept.pk]))


class MergesView(_Permitted, BaseListingView):
    page_title = gettext_lazy("Merges")
    header_icon = "history"
    paginate_by = PAGE
    index_url_name = "services_duplicates:merges"
    no_results_message = gettext_lazy("Nothing was merged yet.")
    columns = [
        TitleColumn("kept", label=gettext_lazy("Kept"), get_url=lambda merge: url("undo", merge.pk)),
        Column("other", label=gettext_lazy("Merged into it")),
        UserColumn("by", label=gettext_lazy("By")),
        DateColumn("at", label=gettext_lazy("On")),
        DateColumn("undone_at", label=gettext_lazy("Taken back on")),
    ]

    def get_queryset(self):
        visible = rights.visible(self.request.user, Service.objects.all()).values("pk")
        return Merge.objects.filter(kept__in=visible).select_related("kept", "other", "by").order_by("-pk")

    def get_context_data(self, **kwargs):
        return super().get_context_data(no_results_message=self.no_results_message, **kwargs)


class UndoView(_Page):
    page_title = gettext_lazy("Take the merge back")
    template_name = "services/admin/duplicates/undo.html"

    @cached_property
    def merge(self) -> Merge:
        found = Merge.objects.select_related("kept", "other", "by").filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found

    def get(self, request, pk):
        return self.show(merge=self.merge)

    def post(self, request, pk):
        if not rights.may_merge(request.user, self.merge.kept, self.merge.other):
            return permission_denied(request)
        try:
            merging.undo(merge=self.merge, by=request.user)
        except merging.CannotMerge as error:
            messages.error(request, reasons.words(error.reason.as_data()))
            return redirect(url("undo", pk))
        messages.success(request, _("Taken back: both listings are as they were."))
        return redirect(url("merges"))
