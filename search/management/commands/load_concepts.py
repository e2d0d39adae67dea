"""manage.py load_concepts [FILE] [--dry-run] [--overwrite]: the words the search understands, from lines of JSON."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from search.actions import SHIPPED_CONCEPTS, load_concepts


class Command(BaseCommand):
    help = "Load concepts. What an editor changed or deleted is kept, unless --overwrite; wrong lines are refused."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file", type=Path, nargs="?", default=SHIPPED_CONCEPTS, help="default: the project's own concepts"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, write nothing")
        parser.add_argument("--overwrite", action="store_true", help="the file wins over editors' changes")

    def handle(self, *args, file: Path, dry_run: bool, overwrite: bool, **options) -> None:
        with translation.override(settings.LANGUAGE_CODE):
            try:
                loaded = load_concepts(file, by="load_concepts", overwrite=overwrite, dry_run=dry_run)
            except OSError as error:
                raise CommandError(f"{file}: {error.strerror or error}") from None
            except UnicodeDecodeError:
                raise CommandError(f"{file}: not UTF-8") from None
        for refusal in loaded.refused:
            self.stderr.write(f"refused: {file.name}, {refusal}")
        if loaded.kept:
            self.stdout.write(f"kept as editors left them: {', '.join(loaded.kept)}")
        self.stdout.write(
            f"{'Would create' if dry_run else 'Created'} {len(loaded.created)}, "
            f"{'update' if dry_run else 'updated'} {len(loaded.updated)}; unchanged {len(loaded.unchanged)}, "
            f"kept {len(loaded.kept)}, refused {len(loaded.refused)}."
        )
