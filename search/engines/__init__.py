"""Search engines behind one protocol, and which one answers: `main()` by settings, `embedded_engine()` always there."""

import logging
import os
import threading
from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings

from search.engine import Engine, EngineError

if TYPE_CHECKING:
    from .elasticsearch import Access

log = logging.getLogger(__name__)

NAMES = ("embedded", "elasticsearch")


@cache
def embedded_engine() -> Engine:
    """This process's embedded engine on settings.SEARCH_INDEX_DIR."""
    from .embedded import EmbeddedEngine

    return EmbeddedEngine(settings.SEARCH_INDEX_DIR)


@cache
def elasticsearch_engine() -> Engine:
    """This process's engine on settings.SEARCH_URL, with the embedded one behind it.

    Raises ValueError naming the setting that is wrong.
    """
    from .elasticsearch import ElasticsearchEngine
    from .fallback import FallbackEngine

    return FallbackEngine(
        ElasticsearchEngine(elasticsearch_access()), embedded_engine(), recovered=catch_up_aside
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


def catch_up_aside() -> None:
    """Follow what was edited while the server was away, beside the search that found it back."""
    threading.Thread(target=_catch_up, name="search-catch-up", daemon=True).start()


def _catch_up() -> None:
    from django.db import connection

    from search import indexing

    try:
        indexing.follow(elasticsearch_engine())
    except EngineError as error:
        log.warning("search index elasticsearch was not followed: %s", error)
    finally:
        connection.close()
