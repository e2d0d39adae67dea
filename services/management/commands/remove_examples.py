"""manage.py remove_examples: removes what is invented, and nothing else."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from services.generate.actions import examples, remove_examples


class Command(BaseCommand):
    help = "Remove the invented listings, with the locations and organisations that only they used."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--yes", action="store_true", help="do not ask")
        parser.add_argument("--generated", action="store_true", help="only those that make_listings made")

    def handle(self, *args, yes: bool, generated: bool, **options) -> None:
        counts = {what: found.count() for what, found in examples(generated_only=generated).items()}
        if not any(counts.values()):
            self.stdout.write("There are no examples.")
            return
        told = ", ".join(f"{count} {what}" for what, count in counts.items())
        if not yes:
            try:
                answer = input(f"Remove {told}? Type yes: ")
            except EOFError:
                raise CommandError("nobody to ask; add --yes") from None
            if answer.strip().lower() != "yes":
                raise CommandError("nothing was removed")
        removed = remove_examples(generated_only=generated, by="remove_examples", progress=self.stdout.write)
        self.stdout.write("Removed " + ", ".join(f"{count} {what}" for what, count in removed.items()) + ".")
