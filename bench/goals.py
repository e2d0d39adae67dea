"""What was promised, by engine and number of listings; other sizes are measured without a goal."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Goals:
    """Milliseconds, megabytes, seconds; None: nothing was promised."""

    whole_p50: float | None = None
    whole_p95: float | None = None
    engine_p50: float | None = None
    completion_p95: float | None = None
    index_mb: float | None = None
    build_s: float | None = None
    process_mb: float | None = None


EMBEDDED = {
    10_000: Goals(engine_p50=2.0, build_s=5.0, process_mb=250.0),
    100_000: Goals(
        whole_p50=5.0, whole_p95=15.0, completion_p95=3.0, index_mb=80.0, build_s=40.0, process_mb=350.0
    ),
}
# Our call on Elasticsearch, times what the server needs for the same request from a bare client.
OVER_BARE_SERVER = 1.4
# Under load: requests a second, of those that a view with constant JSON answers; and the 99th percentile.
OF_CONSTANT_VIEW = 0.4
LOAD_P99_MS = 20.0


def of(engine: str, listings: int) -> Goals:
    return EMBEDDED.get(listings, Goals()) if engine == "embedded" else Goals()
