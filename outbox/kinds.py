"""What people call each kind of message; whoever writes a kind names it in its app's ready()."""

from django.utils.functional import Promise

_names: dict[str, str | Promise] = {}


def register(kind: str, name: str | Promise) -> None:
    """`name` is a lazy translation, as the report shows it: `register("verification", _("…"))`."""
    _names[kind] = name


def name_of(kind: str) -> str:
    """The registered name in the current language, else the kind itself."""
    return str(_names.get(kind, kind))


def known() -> list[tuple[str, str]]:
    """(kind, name), by name."""
    return sorted(((kind, str(name)) for kind, name in _names.items()), key=lambda pair: pair[1])
