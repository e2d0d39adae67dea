"""manage.py export_listings FILE --format csv|xlsx|hsds: the published listings, as import_listings reads them."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from services.errors import FileRefused
from services.transfer.formats import FORMATS, export_file


class Command(BaseCommand):
    help = (
        "Export the published listings: CSV, a workbook, or HSDS 3.0 (JSON to .json, tables to .zip or a folder). "
        "Addresses that are not public stay out, unless --with-hidden."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--format", choices=FORMATS, required=True)
        parser.add_argument(
            "--with-hidden",
            action="store_true",
            help="with hidden addresses: keep such a file as safe as the database",
        )

        parser.add_argument("--language", default="", help="of an HSDS file's plain texts (default: fr)")

    def handle(self, *args, file: Path, with_hidden: bool, **options) -> None:
        try:
            written = export_file(
                file, format=options["format"], with_hidden=with_hidden, language=options["language"]
            )
        except FileRefused as refusal:
            raise CommandError(str(refusal)) from None
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror or error}") from None
        self.stdout.write(f"{written} written to {file}")
