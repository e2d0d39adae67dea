"""The board of one language: which of the team's listings lack texts, and which of them people open most."""

import time

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext_lazy
from django.utils.translation import gettext as _
from django.views import View
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn, TitleColumn
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.reports import ReportView
from wagtail.admin.widgets.button import Button

from services import rights
from services.admin.find import find
from services.codes import Language, TranslationState
from services.models import ListingLanguage, Service
from services.translating import following, machine, selectors, units
from services.translating.actions import propose
from services.translating.errors import TranslationRefused
from services.translating.machine import MachineError

from .filters import BoardFilterSet
from .words import STATES, named, why

# A machine is asked about so many listings, and for so many seconds, at once: a request must end.
MOST_PROPOSED = 25
SECONDS_PROPOSING = 25.0


def url(name: str, *args) -> str:
    return reverse(f"translations:{name}", args=args)


def named_language(code: str) -> str:
    """The language in the reader's words."""
    return str(dict(Language.choices).get(code, code))


class Allowed:
    """Only who may translate some team's listings comes in; an unknown language is an address that does not exist."""

    def dispatch(self, request, *args, **kwargs):
        if not rights.holds_anywhere(request.user, selectors.PERMISSION):
            raise PermissionDenied
        self.language = kwargs.get("language", "")
        if self.language and self.language not in units.languages():
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    @property
    def language_name(self) -> str:
        return named_language(self.language)

    def get_breadcrumbs_items(self):
        home = self.breadcrumbs_items
        return [*home, {"url": url("index"), "label": _("Translations")}, *self.crumbs()]

    def crumbs(self) -> list[dict]:
        return [{"url": "", "label": self.get_page_title()}]


def chosen(request, language: str):
    """The board's rows as this address filters and searches them."""
    rows = selectors.board(request.user, language)
    filters = BoardFilterSet(request.GET, queryset=rows, request=request)
    if filters.is_valid():
        rows = filters.qs
    return _found(rows, request.GET.get("q", ""))


def _found(rows, words: str):
    if not words.strip():
        return rows
    return find(rows, words, [f"service__name_{code}" for code in units.languages()])


class IndexView(Allowed, View):
    """Leads to the reader's own language when something is to do there, else to where most is."""

    def get(self, request):
        following.catch_up()
        open_texts = {
            language: sum(count for state, count in states.items() if state != TranslationState.COMPLETE)
            for language, states in selectors.counts(request.user).items()
        }
        own = (get_language() or "").partition("-")[0]
        best = own if open_texts.get(own) else max(open_texts, key=open_texts.get)
        return redirect("translations:board", language=best)


class BoardView(Allowed, ReportView):
    model = ListingLanguage
    template_name = "services/admin/translations/board.html"
    results_template_name = "services/admin/translations/board_results.html"
    header_icon = "globe"
    filterset_class = BoardFilterSet
    is_searchable = True

    def get(self, request, *args, **kwargs):
        following.catch_up()
        return super().get(request, *args, **kwargs)

    def get_page_title(self):
        return _("Translations: %(language)s") % {"language": self.language_name}

    @cached_property
    def index_url(self):
        return url("board", self.language)

    @cached_property
    def index_results_url(self):
        return url("results", self.language)

    def get_base_queryset(self):
        return selectors.board(self.request.user, self.language).select_related("steward")

    def get_filtered_queryset(self):
        return _found(self.filter_queryset(self.get_base_queryset()), self.search_query)

    def decorate_paginated_queryset(self, object_list):
        rows = list(object_list)
        services = Service.objects.in_bulk([row.service_id for row in rows])
        for row in rows:
            row.listing = str(services[row.service_id])
        return rows

    @cached_property
    def columns(self):
        return [
            TitleColumn("listing", label=gettext_lazy("Listing"), get_url=self._translate_url),
            StatusTagColumn(
                "state",
                label=gettext_lazy("State"),
                accessor=lambda row: STATES[row.state],
                primary=lambda row: row.state in ("machine", "to_review"),
            ),
            Column("todo", label=gettext_lazy("Texts"), accessor=lambda row: named(row.todo)),
            Column("steward", label=gettext_lazy("Team")),
            Column("views", label=gettext_lazy("Opened in 90 days")),
            DateColumn("since", label=pgettext_lazy("translation", "Since")),
        ]

    def _translate_url(self, row) -> str:
        query = self.request.GET.copy()
        query.pop("p", None)
        query.pop("_w_filter_fragment", None)
        return url("translate", self.language, row.service_id) + (f"?{query.urlencode()}" if query else "")

    @cached_property
    def header_more_buttons(self):
        query = self.request.GET.urlencode()
        asked = f"?{query}" if query else ""
        buttons = [
            Button(_("Read a translator's file"), url=url("import"), icon_name="upload", priority=10),
            Button(
                _("For translators: XLIFF"),
                url=url("export", self.language, "xliff") + asked,
                icon_name="download",
                priority=20,
            ),
            Button(
                _("For translators: CSV"),
                url=url("export", self.language, "csv") + asked,
                icon_name="download",
                priority=30,
            ),
        ]
        if machine.is_on():
            buttons.append(
                Button(
                    _("Have a machine propose"),
                    url=url("propose", self.language) + asked,
                    icon_name="cogs",
                    priority=40,
                )
            )
        return buttons

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        counts = selectors.counts(self.request.user)
        context["languages"] = [
            {
                "code": code,
                "name": name,
                "url": url("board", code),
                "current": code == self.language,
                "count": sum(count for state, count in counts[code].items() if state != "complete"),
            }
            for code, name in units.named_languages()
        ]
        here = counts[self.language]
        context["states"] = [
            {
                "code": code,
                "name": label,
                "count": here.get(code, 0),
                "url": f"{url('board', self.language)}?state={code}",
                "current": self.request.GET.getlist("state") == [code],
            }
            for code, label in STATES.items()
            if code != TranslationState.COMPLETE
        ]
        context["all_right"] = here.get(TranslationState.COMPLETE, 0)
        return context


class ProposeView(Allowed, WagtailAdminTemplateMixin, View):
    """Asks first, then has a machine fill what is missing in the first listings of the filtered board."""

    template_name = "services/admin/translations/propose.html"
    header_icon = "cogs"

    def get_page_title(self):
        return _("Have a machine propose: %(language)s") % {"language": self.language_name}

    def rows(self):
        if not machine.is_on():
            raise Http404
        return chosen(self.request, self.language).filter(state=TranslationState.MISSING)[:MOST_PROPOSED]

    def get(self, request, language):
        context = self.get_context_data(count=len(self.rows()), back=self._back(), most=MOST_PROPOSED)
        return self.render_to_response(context)

    def post(self, request, language):
        filled, skipped = 0, []
        until = time.monotonic() + SECONDS_PROPOSING
        services = Service.objects.in_bulk([row.service_id for row in self.rows()])
        for service in services.values():
            try:
                done = propose(
                    service=service,
                    language=self.language,
                    translator=machine.translator(),
                    by=request.user,
                )
            except TranslationRefused as error:
                skipped.append(f"{service}: {why(error.code)}")
            except MachineError as error:
                messages.error(request, _("The machine stopped: %(reason)s") % {"reason": error})
                break
            else:
                filled += bool(done)
            if time.monotonic() > until:
                break
        if skipped:
            messages.warning(request, " ".join(skipped[:5]))
        said = ngettext(
            "Texts were proposed for %(count)d listing. They wait in a draft until somebody has looked at them.",
            "Texts were proposed for %(count)d listings. They wait in drafts until somebody has looked at them.",
            filled,
        )
        messages.success(request, said % {"count": filled})
        return redirect(self._back())

    def _back(self) -> str:
        query = self.request.GET.urlencode()
        return url("board", self.language) + (f"?{query}" if query else "")
