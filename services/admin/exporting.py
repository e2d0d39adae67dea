"""What a list of services shows, filtered and searched as it stands, as a file that an import reads back."""

import tempfile

from django.contrib import messages
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.timezone import localdate

from services import reasons
from services.errors import FileRefused
from services.imports import rights
from services.transfer import csv_writer, xlsx_writer

FORMATS = ("csv", "xlsx")


class ExportsListings:
    """For Wagtail's index view: its own export buttons, our format. All pages, in the list's order.

    Only listings of which the user may export; places that are hidden from the public stay hidden.
    """

    list_export = ["uuid"]  # shows Wagtail's buttons; the columns are the format's

    @property
    def show_export_buttons(self) -> bool:
        return rights.may_export(self.request.user)

    def _pks(self, queryset) -> list[int]:
        found = rights.exportable(self.request.user, queryset)
        return list(dict.fromkeys(found.values_list("pk", flat=True)))

    def _name(self, ending: str) -> str:
        return f"listings-{localdate().isoformat()}.{ending}"

    def as_spreadsheet(self, queryset, spreadsheet_format):
        if not self.show_export_buttons:
            return HttpResponse(status=403)
        return super().as_spreadsheet(queryset, spreadsheet_format)

    def write_csv_response(self, queryset):
        answer = StreamingHttpResponse(
            csv_writer.csv_lines(self._pks(queryset)), content_type="text/csv; charset=utf-8"
        )
        answer["Content-Disposition"] = f'attachment; filename="{self._name("csv")}"'
        return answer

    def write_xlsx_response(self, queryset):
        file = tempfile.NamedTemporaryFile(suffix=".xlsx")  # noqa: SIM115  the answer closes it, which deletes it
        try:
            xlsx_writer.write_into(file, self._pks(queryset))
        except FileRefused as refusal:
            file.close()
            messages.error(self.request, reasons.words(refusal.reason.as_data()))
            return redirect(self.request.path)
        file.seek(0)
        return FileResponse(file, as_attachment=True, filename=self._name("xlsx"))
