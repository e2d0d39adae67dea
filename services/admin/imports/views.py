"""The pages of imports. Every change is a POST; a run of another team is not there (404)."""

from django.contrib import messages
from django.core.paginator import Page
from django.db.models import Count, QuerySet
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.generic import View
from wagtail.admin.auth import permission_denied
from wagtail.admin.paginator import WagtailPaginator
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn, TitleColumn, UserColumn
from wagtail.admin.views.generic.base import BaseListingView, WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import HeaderButton

from services import reasons
from services.errors import CatalogueError, FileRefused
from services.imports import actions, reports, rights
from services.imports.working import is_silent
from services.models import ImportRow, ImportRun, Service

from .forms import ImportForm
from .words import Words, twins

TITLE = gettext_lazy("Imports")
PAGE = 50
Action, State = ImportRow.Action, ImportRow.State


def url(name: str, run: ImportRun | None = None) -> str:
    return reverse(f"services_imports:{name}", args=[run.pk] if run else [])


class Permitted:
    def dispatch(self, request, *args, **kwargs):
        if not rights.may_import(request.user):
            return permission_denied(request)
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def run(self) -> ImportRun:
        """The run of the address, if the user may see it. Raises Http404."""
        found = (
            rights.runs_of(self.request.user)
            .select_related("user", "team")
            .filter(pk=self.kwargs["pk"])
            .first()
        )
        if found is None:
            raise Http404
        return found


class IndexView(Permitted, BaseListingView):
    page_title = TITLE
    header_icon = "upload"
    paginate_by = PAGE
    index_url_name = "services_imports:index"
    no_results_message = gettext_lazy("Nothing has been imported here yet.")
    columns = [
        TitleColumn("name", label=gettext_lazy("File"), url_name="services_imports:run"),
        StatusTagColumn(
            "state",
            label=gettext_lazy("State"),
            accessor="get_state_display",
            primary=lambda run: run.state == ImportRun.State.PLANNED,
        ),
        Column("source", label=gettext_lazy("Where from")),
        Column("team", label=gettext_lazy("Team")),
        UserColumn("user", label=gettext_lazy("By")),
        DateColumn("created_at", label=gettext_lazy("Received on")),
    ]

    def get_queryset(self) -> QuerySet:
        return rights.runs_of(self.request.user).select_related("user", "team").order_by("-pk")

    def get_context_data(self, **kwargs):
        context = super().get_context_data(no_results_message=self.no_results_message, **kwargs)
        return context

    @cached_property
    def header_buttons(self):
        return [
            HeaderButton(_("Import a file"), url=url("add"), icon_name="upload", attrs={"class": "button"})
        ]


class _Page(Permitted, WagtailAdminTemplateMixin, View):
    header_icon = "upload"

    def get_breadcrumbs_items(self):
        return [
            *self.breadcrumbs_items,
            {"url": url("index"), "label": TITLE},
            {"url": "", "label": self.get_page_title()},
        ]

    def show(self, **context) -> HttpResponse:
        return render(self.request, self.template_name, self.get_context_data(view=self, **context))


class AddView(_Page):
    page_title = gettext_lazy("Import a file")
    template_name = "services/admin/imports/add.html"

    def get(self, request):
        return self.show(form=ImportForm(user=request.user), action_url=url("add"))

    def post(self, request):
        form = ImportForm(request.POST, request.FILES, user=request.user)
        if form.is_valid():
            try:
                run = actions.receive(**form.cleaned_data, by=request.user)
            except FileRefused as refusal:
                form.add_error("file", reasons.words(refusal.reason.as_data()))
            else:
                return redirect(url("run", run))
        return self.show(form=form, action_url=url("add"))


# Tabs of a run: name, label, which rows.
def tabs(run: ImportRun) -> dict[str, tuple[str, dict]]:
    good = [state for state in State.values if state != State.REFUSED]
    found = {
        "create": (pgettext("listings", "New"), {"action": Action.CREATE, "state__in": good}),
        "update": (pgettext("listings", "Changed"), {"action": Action.UPDATE, "state__in": good}),
        "unchanged": (pgettext("listings", "Unchanged"), {"action": Action.UNCHANGED}),
        "refused": (pgettext("listings", "Refused"), {"state": State.REFUSED}),
        "duplicates": (_("Possible duplicates"), {"action": Action.CREATE}),
    }
    if run.state in (ImportRun.State.UNDOING, ImportRun.State.UNDONE):
        found["kept"] = (_("Not undone"), {"state": State.KEPT})
    return found


class RunView(_Page):
    template_name = "services/admin/imports/run.html"

    def get_page_title(self):
        return self.run.name

    def rows(self, tab: str) -> QuerySet:
        found = self.run.rows.filter(entity=ImportRow.Entity.SERVICE, **tabs(self.run)[tab][1])
        return found.exclude(duplicates=[]) if tab == "duplicates" else found

    def counts(self) -> dict[str, int]:
        by: dict[tuple[str, str], int] = {}
        groups = self.run.rows.filter(entity=ImportRow.Entity.SERVICE).values_list("action", "state")
        for action, state, number in groups.annotate(number=Count("pk")).order_by():
            by[action, state] = number
        refused = sum(number for (_action, state), number in by.items() if state == State.REFUSED)
        found = {
            action: sum(
                number for (one, state), number in by.items() if one == action and state != State.REFUSED
            )
            for action in ("create", "update", "unchanged")
        }
        found |= {"refused": refused, "duplicates": self.rows("duplicates").count()}
        if "kept" in tabs(self.run):
            found["kept"] = sum(number for (_action, state), number in by.items() if state == State.KEPT)
        return found

    def get(self, request, pk):
        run = self.run
        if run.is_working or run.state == ImportRun.State.FAILED:
            return self.show(run=run, stuck=run.is_working and is_silent(run))
        counts = self.counts()
        tab = request.GET.get("show", "")
        if tab not in counts:
            tab = next((name for name in ("create", "update", "refused") if counts[name]), "unchanged")
        page = WagtailPaginator(self.rows(tab).order_by("line", "pk"), PAGE).get_page(request.GET.get("p"))
        left_out = run.rows.filter(action=Action.CREATE, skip=True, state=State.PLANNED).count()
        return self.show(
            run=run,
            tab=tab,
            tabs=[(name, label, counts[name]) for name, (label, _rows) in tabs(run).items()],
            page=page,
            elided_page_range=page.paginator.get_elided_page_range(page.number),
            rows=self.decorated(page),
            counts=counts,
            to_do=counts["create"] - left_out + counts["update"],
            left_out=left_out,
            is_planned=run.state == ImportRun.State.PLANNED,
            is_applied=run.state == ImportRun.State.APPLIED,
        )

    def decorated(self, page: Page) -> list[ImportRow]:
        rows = list(page.object_list)
        words = Words(rows)
        known = dict(
            Service.objects.filter(
                uuid__in={row.object_uuid for row in rows if row.object_uuid}
                | {twin.uuid for row in rows for twin in twins(row) if twin.uuid}
            ).values_list("uuid", "pk")
        )
        for row in rows:
            row.shown_changes = words.changes(row)
            row.twins = [(twin, known.get(_uuid(twin.uuid))) for twin in twins(row)]
            row.service_pk = known.get(row.object_uuid)
        return rows


def _uuid(text):
    from uuid import UUID

    return UUID(text) if text else None


class _Verb(Permitted, View):
    """One act upon a run; afterwards its page says what became of it."""

    http_method_names = ["post"]

    def post(self, request, pk, **kwargs):
        try:
            return self.act(request, **kwargs) or redirect(
                request.POST.get("next_tab") or url("run", self.run)
            )
        except actions.NotNow:
            messages.error(request, _("That is not possible any more: the import has moved on."))
        except CatalogueError as error:
            messages.error(request, str(error))
        return redirect(url("run", self.run))

    def act(self, request, **kwargs) -> HttpResponse | None:
        raise NotImplementedError


class ApplyView(_Verb):
    def act(self, request):
        actions.start_applying(run=self.run, by=request.user)


class GoOnView(_Verb):
    def act(self, request):
        actions.go_on(run=self.run, by=request.user)


class DiscardView(_Verb):
    def act(self, request):
        actions.discard(run=self.run, by=request.user)
        messages.success(request, _("The file was thrown away. Nothing was imported."))
        return redirect(url("index"))


class DecideView(_Verb):
    """`row`: a row's number, or nothing for all possible duplicates; `skip`: 1 or 0."""

    def act(self, request):
        skip = request.POST.get("skip") == "1"
        if row := request.POST.get("row"):
            found = self.run.rows.filter(pk=row if row.isdigit() else 0).first()
            if found is None:
                raise Http404
            actions.decide(run=self.run, row=found, skip=skip, by=request.user)
        else:
            actions.decide_all(run=self.run, skip=skip, by=request.user)
        page = request.POST.get("p", "1")
        return redirect(f"{url('run', self.run)}?show=duplicates&p={page if page.isdigit() else 1}")


class UndoView(_Page):
    template_name = "services/admin/imports/undo.html"
    page_title = gettext_lazy("Undo the import")

    def get(self, request, pk):
        if self.run.state != ImportRun.State.APPLIED:
            return redirect(url("run", self.run))
        return self.show(run=self.run)

    def post(self, request, pk):
        try:
            actions.start_undoing(run=self.run, by=request.user)
        except actions.NotNow:
            messages.error(request, _("That is not possible any more: the import has moved on."))
        return redirect(url("run", self.run))


class RefusedView(Permitted, View):
    """The refused rows as a file to mend and hand in again."""

    def get(self, request, pk):
        try:
            lines = list(reports.refused_csv(self.run))
        except (FileRefused, OSError):
            raise Http404 from None
        answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="refused-{self.run.pk}.csv"'
        return answer
