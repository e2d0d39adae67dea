"""What a web worker does before its first visitor: read what every search needs, then keep it out of the collector."""

import gc
import logging

from django.conf import settings

from . import finder, results
from .engine import EngineError
from .request import SearchRequest

log = logging.getLogger(__name__)
# Between two full collections; Python's own 10 walks all that was read some twice in a thousand searches.
FULL_COLLECTIONS = 100
# A point makes the shapes of the communes be read, words the gazetteer, the stems and the index.
BRUSSELS = (50.8467, 4.3525)


def warm_up() -> None:
    """Never raises for an index or a database that is not there yet: the first visitor is told, not the worker stopped.

    What was read stays for as long as the process lives: half a million values which Python's collector would look at
    again and again, a fifth of a second each time, while visitors wait.
    """
    try:
        for near in (BRUSSELS, None):
            words = "aide 1000 brussel"
            results.views(finder.find(SearchRequest(q=words, lang=settings.LANGUAGE_CODE, near_point=near)))
    except EngineError as error:
        log.warning("a worker starts without a search index: %s", error)
    except Exception:
        log.exception("a worker could not be warmed up")
    gc.collect()
    gc.freeze()
    gc.set_threshold(*gc.get_threshold()[:2], FULL_COLLECTIONS)
