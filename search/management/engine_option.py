"""The option that all index commands share: which engines they work on."""

from django.core.management.base import CommandError, CommandParser

from search import engines
from search.engine import Engine


def add_engine_option(parser: CommandParser, default: str = "all") -> None:
    parser.add_argument(
        "--engine",
        default=default,
        help=f"embedded, elasticsearch or all that are configured (default: {default})",
    )


def chosen_engines(name: str) -> list[Engine]:
    """Raises CommandError on a name that no engine has."""
    try:
        return engines.named(name)
    except ValueError as error:
        raise CommandError(str(error)) from None
