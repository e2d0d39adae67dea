"""Files for translators and back: an export of the filtered board, a plan before anything is written, a report."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views import View
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from audit.actions import record
from audit.actor import acting
from services import rights
from services.errors import FileRefused
from services.models import TranslationFile
from services.translating import following, units
from services.translating.exchange import applying, csv_file, parcel, plan, xliff

from .board import Allowed, chosen
from .words import OUTCOMES, why

FORMATS = {
    "xliff": (xliff.write, "application/xliff+xml", "xlf"),
    "csv": (csv_file.write, "text/csv; charset=utf-8", "csv"),
}
MOST_SHOWN = 200  # lines of one kind on the page; the others are counted


class ExportView(Allowed, View):
    """The texts of the board as it is filtered, of its first listings (parcel.MOST_LISTINGS)."""

    def get(self, request, language, kind):
        if kind not in FORMATS:
            raise Http404
        following.catch_up()
        write, content_type, ending = FORMATS[kind]
        found = list(
            parcel.texts(chosen(request, language), language, everything="everything" in request.GET)
        )
        with acting(request.user):  # a GET has no actor of its own
            record(
                action="translations.exported",
                object_kind="translation_file",
                object_id=language,
                detail={"format": kind, "texts": len(found)},
            )
        name = f"{_('translations')}-{language}-{localdate():%Y-%m-%d}.{ending}"
        return HttpResponse(
            write(found, language),
            content_type=content_type,
            headers={
                "Content-Disposition": f'attachment; filename="{name}"',
                "X-Content-Type-Options": "nosniff",
            },
        )


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "XLIFF 1.2 or CSV, as it was exported here. Nothing is written yet: first you see the plan."
        ),
        widget=forms.FileInput(attrs={"accept": ".xlf,.xliff,.xml,.csv"}),
    )


class ImportView(Allowed, WagtailAdminTemplateMixin, View):
    template_name = "services/admin/translations/import.html"
    header_icon = "upload"

    def get_page_title(self):
        return _("Read a translator's file")

    def get(self, request):
        return self._page(UploadForm())

    def _page(self, form):
        files = TranslationFile.objects.filter(created_by=self.request.user).defer("texts")[:10]
        return self.render_to_response(self.get_context_data(form=form, files=files))

    def post(self, request):
        form = UploadForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._page(form)
        sent = form.cleaned_data["file"]
        try:
            # One byte more than is taken says as much as the whole of a huge file.
            file = plan.keep(sent.name, sent.read(parcel.MOST_BYTES + 1), request.user)
        except FileRefused as error:
            form.add_error("file", _("The file cannot be read: %(reason)s") % {"reason": error})
            return self._page(form)
        return redirect("translations:file", uuid=file.uuid)


class FileView(Allowed, WagtailAdminTemplateMixin, View):
    """The plan of one file; after it was applied, its report. Only who read the file sees it."""

    template_name = "services/admin/translations/file.html"
    header_icon = "upload"

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.file = None

    def _file(self, uuid) -> TranslationFile:
        found = TranslationFile.objects.filter(uuid=uuid, created_by=self.request.user).first()
        if found is None:
            raise Http404
        self.file = found
        return found

    def get_page_title(self):
        return self.file.name if self.file else ""

    def crumbs(self):
        return [{"url": "", "label": self.get_page_title()}]

    def get(self, request, uuid):
        file = self._file(uuid)
        groups = _groups(file)
        return self.render_to_response(
            self.get_context_data(
                file=file,
                language_name=dict(units.named_languages())[file.language],
                groups=groups,
                to_write=applying.pending(file, outdated=False),
                outdated=sum(line["outcome"] == plan.OUTDATED for line in file.texts),
                may_publish=rights.holds_anywhere(request.user, "services.publish_service"),
            )
        )

    def post(self, request, uuid):
        file = self._file(uuid)
        left = applying.apply(
            file=file,
            by=request.user,
            publish="publish" in request.POST,
            outdated="outdated" in request.POST,
        )
        if left:
            said = ngettext(
                "%(count)d text is left. Go on to write it.",
                "%(count)d texts are left. Go on to write them.",
                left,
            )
            messages.warning(request, said % {"count": left})
        else:
            messages.success(request, _("The file was read. Below you see what became of each text."))
        return redirect("translations:file", uuid=file.uuid)


def _groups(file: TranslationFile) -> list[dict]:
    """Lines by what becomes of them: what is refused first, then what is or will be written, then the rest."""
    order = (plan.REFUSED, plan.OUTDATED, plan.APPLY, plan.DRAFTED, plan.PUBLISHED, plan.UNCHANGED)
    by_outcome: dict[str, list[plan.Line]] = {}
    for line in plan.lines(file):
        by_outcome.setdefault(line.outcome, []).append(line)
    return [
        {
            "code": outcome,
            "name": OUTCOMES[outcome],
            "count": len(by_outcome[outcome]),
            "more": max(0, len(by_outcome[outcome]) - MOST_SHOWN),
            "lines": [
                {"line": line, "label": _label(line.key), "why": why(line.reason) if line.reason else ""}
                for line in by_outcome[outcome][:MOST_SHOWN]
            ],
        }
        for outcome in order
        if outcome in by_outcome
    ]


def _label(key: str) -> str:
    try:
        return units.label(key)
    except KeyError:
        return key
