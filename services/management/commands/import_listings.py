"""manage.py import_listings FILE --format csv|xlsx|hsds: says what a file would change, then changes it."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from services.errors import FileRefused
from services.transfer.formats import FORMATS, apply_plan, plan_file

SHOWN_UPDATES = 20


class Command(BaseCommand):
    help = (
        "Import listings from a CSV file, or from HSDS (.json, .zip or a folder of tables). CSV: absent columns leave what is there, empty cells empty it (but an empty visibility or status "
        "says nothing, and a hidden address that the file leaves out stays). Wrong rows are refused with their line "
        "and reason, the others are kept. HSDS: what the file does not say stays as it is; see docs/exchange.md."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--format", choices=FORMATS, required=True)
        parser.add_argument(
            "--source", default="import", help="whose external ids these are (default: import)"
        )
        parser.add_argument(
            "--language", default="", help="of an HSDS file's texts (default: the one it names, else fr)"
        )
        parser.add_argument("--dry-run", action="store_true", help="only say what would happen")

    def handle(self, *args, file: Path, source: str, dry_run: bool, **options) -> None:
        if not source.strip() or len(source) > 60:
            raise CommandError("--source: a name of 1 to 60 characters")
        with translation.override(settings.LANGUAGE_CODE):
            try:
                plan = plan_file(
                    file, format=options["format"], source=source.strip(), language=options["language"]
                )
            except FileRefused as refusal:
                raise CommandError(str(refusal)) from None
            for warning in getattr(plan, "warnings", ()):
                self.stderr.write(f"warning: {warning}")
            if dry_run:
                self._tell_updates(plan)
                self._tell(
                    len(plan.creations),
                    len(plan.updates),
                    plan.unchanged,
                    plan.refused,
                    "dry run: nothing written",
                )
                return
            done = apply_plan(
                plan, format=options["format"], by=f"import:{source.strip()}", progress=self.stdout.write
            )
        refused = sorted([*plan.refused, *done.refused], key=lambda refusal: refusal.line)
        self._tell(done.created, done.updated, plan.unchanged, refused)

    def _tell_updates(self, plan) -> None:
        for update in plan.updates[:SHOWN_UPDATES]:
            where = getattr(update, "where", f"line {update.line}")
            self.stdout.write(f"{where}: would update {', '.join(update.names())}")
        if len(plan.updates) > SHOWN_UPDATES:
            self.stdout.write(f"… and {len(plan.updates) - SHOWN_UPDATES} more updates")

    def _tell(self, created: int, updated: int, unchanged: int, refused: list, note: str = "") -> None:
        for refusal in refused:
            self.stderr.write(f"refused: {refusal}")
        counts = f"created {created}, updated {updated}, unchanged {unchanged}, refused {len(refused)}"
        self.stdout.write(f"{counts} ({note})" if note else counts)
