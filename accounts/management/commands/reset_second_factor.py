"""`manage.py reset_second_factor NAME`: for the superuser who lost phone and codes, when no other can help."""

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from accounts.second_factor_actions import reset_from_the_server


class Command(BaseCommand):
    help = "Removes somebody's second factor; the next sign-in sets up another phone."

    def add_arguments(self, parser):
        parser.add_argument("name", help="the user's name")

    def handle(self, *args, name: str, **options):
        user = User.objects.filter(username=name).first()
        if user is None:
            raise CommandError(f"there is no user {name!r}")
        if not reset_from_the_server(user=user):
            raise CommandError(f"{name} has no second factor")
        self.stdout.write(
            f"{name}: reset; all sessions are ended, and the next sign-in sets up another phone."
        )
