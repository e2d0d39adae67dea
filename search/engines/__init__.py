"""Search engines behind one protocol, and which one answers: `main()` by settings, `embedded_engine()` always there."""

import os
import threading
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings

from search.engine import Engine

if TYPE_CHECKING:
    from .elasticsearch import Access

NAMES = ("embedded", "elasticsearch")


@cache
def embedded_engine() -> Engine:
    """This process's embedded engine on settings.SEARCH_INDEX_DIR, with the database behind it."""
    from .healing import HealingEngine

    return HealingEngine(settings.SEARCH_INDEX_DIR)


@cache
def elasticsearch_engine() -> Engine:
    """This process's engine on settings.SEARCH_URL, with the embedded one behind it.

    Raises ValueError naming the setting that is wrong.
    """
    from .elasticsearch import ElasticsearchEngine
    from .fallback import FallbackEngine

    return FallbackEngine(
        ElasticsearchEngine(elasticsearch_access()),
        embedded_engine(),
        catch_up,
        read_seconds=settings.SEARCH_TIMEOUT_SECONDS,
        aside=in_background,
    )


# A forked web worker makes its own: two processes that answer through one connection read each other's answers.
os.register_at_fork(after_in_child=elasticsearch_engine.cache_clear)


def elasticsearch_access() -> "Access":
    """The settings by which the search server is reached."""
    from .elasticsearch import Access

    return Access(
        url=settings.SEARCH_URL,
        prefix=settings.SEARCH_INDEX_PREFIX,
        api_key=settings.SEARCH_API_KEY,
        user=settings.SEARCH_USER,
        password=settings.SEARCH_PASSWORD,
        ca_file=settings.SEARCH_CA_FILE,
        timeout_seconds=settings.SEARCH_TIMEOUT_SECONDS,
        replicas=settings.SEARCH_REPLICAS,
    )


def main() -> Engine:
    """The engine that answers searches."""
    return elasticsearch_engine() if settings.SEARCH_URL else embedded_engine()


def named(name: str) -> list[Engine]:
    """The engines a command works on; "all" is every configured one. Raises ValueError on an unknown name."""
    if name == "embedded" or (name == "all" and not settings.SEARCH_URL):
        return [embedded_engine()]
    if name == "all":
        return [embedded_engine(), elasticsearch_engine()]
    if name == "elasticsearch":
        if not settings.SEARCH_URL:
            raise ValueError("elasticsearch is not configured: SEARCH_URL is empty")
        return [elasticsearch_engine()]
    raise ValueError(f"no engine is called {name!r}; there are: {', '.join(NAMES)}, all")


def in_background(work: Callable[[], object]) -> None:
    """Run it beside the search that asked for it."""
    threading.Thread(target=work, name="search-watch", daemon=True).start()


def catch_up(engine: Engine) -> None:
    """Apply what was edited while a server was away, from a thread of its own. Raises EngineError."""
    from django.db import connection

    from search import indexing

    try:
        indexing.follow(engine)
    finally:
        connection.close()
