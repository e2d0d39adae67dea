"""Slows down whoever opens many signed links: counts by keyed hash in the cache, for ten minutes, and nothing else.

With a cache shared by the processes the limit holds for the site, else for each process.
"""

import time

from django.core.cache import cache

from sealing.keys import keyed_hash

WINDOW = 600  # seconds


def too_many(what: str, *, limit: int) -> bool:
    """Count one visit; True when there were more than `limit` in this window. `what` is kept as a hash only."""
    window = int(time.time() // WINDOW)
    key = f"throttle:{keyed_hash(f'visit {what} {window}')}"
    cache.add(key, 0, timeout=WINDOW)
    try:
        return cache.incr(key) > limit
    except ValueError:  # it went between the two calls
        return False
