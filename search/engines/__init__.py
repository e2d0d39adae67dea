"""Search engines behind one protocol, and which one answers: `main()` by settings, `embedded_engine()` always there."""

from functools import cache

from django.conf import settings

from search.engine import Engine

NAMES = ("embedded",)


@cache
def embedded_engine() -> Engine:
    """This process's embedded engine on settings.SEARCH_INDEX_DIR."""
    from .embedded import EmbeddedEngine

    return EmbeddedEngine(settings.SEARCH_INDEX_DIR)


def main() -> Engine:
    """The engine that answers searches."""
    return embedded_engine()


def named(name: str) -> list[Engine]:
    """The engines a command works on; "all" is every configured one. Raises ValueError on an unknown name."""
    if name in ("embedded", "all"):
        return [embedded_engine()]
    raise ValueError(f"no engine is called {name!r}; there are: {', '.join(NAMES)}, all")
