"""manage.py export_listings FILE --format csv: the published listings, as import_listings reads them."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from services.errors import FileRefused
from services.transfer.csv_writer import export
from services.transfer.formats import FORMATS, refuse_unless_there


class Command(BaseCommand):
    help = "Export the published listings. Addresses that are not public stay out, unless --with-hidden."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--format", choices=FORMATS, required=True)
        parser.add_argument(
            "--with-hidden",
            action="store_true",
            help="with hidden addresses: keep such a file as safe as the database",
        )

    def handle(self, *args, file: Path, with_hidden: bool, **options) -> None:
        try:
            refuse_unless_there(options["format"])
            listings, rows = export(file, with_hidden=with_hidden)
        except FileRefused as refusal:
            raise CommandError(str(refusal)) from None
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror or error}") from None
        self.stdout.write(f"{listings} listings in {rows} rows written to {file}")
