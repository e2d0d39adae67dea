"""manage.py export_concepts FILE: the concepts table as lines of JSON, as load_concepts reads them."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from search.selectors import concept_rows


class Command(BaseCommand):
    help = "Export every concept, in use or not; loading the file again changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args, file: Path, **options) -> None:
        rows = concept_rows()
        try:
            file.write_text("".join(f"{row.as_json()}\n" for row in rows.values()), encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror or error}") from None
        self.stdout.write(f"{len(rows)} concepts written to {file}")
