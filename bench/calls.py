"""Times of the calls a reader waits for: a search as a whole and the engine alone, completion, mistyped words."""

from collections.abc import Sequence
from unittest import mock

from django.conf import settings
from django.http import QueryDict
from django.utils import translation

from bench.goals import Goals
from bench.queries import Asked
from bench.tables import Report, milliseconds, p50
from search import engines, finder, results, suggesting, vocabulary
from search.engine import Engine, EngineQuery
from search.request import SearchRequest, local_now, parse
from search.warming import warm_up

BROAD = 0.10  # of all listings; a word that stands in more is broad


class Recorder:
    """An engine that remembers what the finder asked of it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.asked: list[EngineQuery] = []

    def search(self, query: EngineQuery):
        self.asked.append(query)
        return self._engine.search(query)

    def __getattr__(self, name: str):
        return getattr(self._engine, name)


def request_of(query_string: str) -> SearchRequest:
    codes = [code for code, _name in settings.LANGUAGES]
    return parse(
        dict(QueryDict(query_string).lists()),
        vocabulary=vocabulary.current(),
        languages=codes,
        default_language=codes[0],
        now=local_now(),
    )


def whole(query_string: str, engine: Engine) -> finder.Found:
    """From the query string to what a reader sees of each hit. Raises SystemExit when another engine answered."""
    request = request_of(query_string)
    with translation.override(request.lang):
        found = finder.find(request, engine=engine)
        results.views(found)
    if found.degraded:
        raise SystemExit(f"{engine.name} did not answer: no numbers without it")
    return found


def measure_search(
    report: Report,
    engine: Engine,
    queries: Sequence[Asked],
    others: Sequence[Asked],
    listings: int,
    goals: Goals,
) -> list[EngineQuery]:
    """Rows of whole calls and of the engine's; `others` warm the process without being measured.

    Returns what the engine was asked, by query (the last question, where there were several).
    """
    for other in others:
        whole(other.query_string(), engine)
    warm_up()  # as a web worker does, which also keeps what was read out of Python's collector
    texts = [query.query_string() for query in queries]
    found = []
    first = milliseconds([lambda text=text: found.append(whole(text, engine)) for text in texts])
    again = milliseconds([lambda text=text: whole(text, engine) for text in texts])
    totals = [one.result.total for one in found]
    note = f"median of {p50(totals):.0f} hits; {sum(total == 0 for total in totals)} without any"
    report.times(
        "search, whole call, each asked for the first time", first, note,
        goal_p50=goals.whole_p50, goal_p95=goals.whole_p95,
    )  # fmt: skip
    report.times("search, whole call, asked again", again, goal_p50=goals.whole_p50, goal_p95=goals.whole_p95)
    broad = [taken for taken, total in zip(first, totals, strict=True) if total >= BROAD * listings]
    if len(broad) >= 10:
        report.times(
            f"of these, broad: {BROAD:.0%} of the listings or more", broad, f"{len(broad)} of the queries"
        )
    recorder = Recorder(engine)
    asked = []
    for text in texts:
        finder.find(request_of(text), engine=recorder)
        asked.append(recorder.asked[-1])
        recorder.asked.clear()
    alone = milliseconds([lambda query=query: engine.search(query) for query in asked])
    report.times(
        "search, engine call alone", alone, "words, filters, circle, facets, cards", goal_p50=goals.engine_p50
    )
    return asked


def measure_typos(report: Report, engine: Engine, queries: Sequence[Asked]) -> None:
    texts = [query.query_string() for query in queries]
    found = []
    first = milliseconds([lambda text=text: found.append(whole(text, engine)) for text in texts])
    mended = sum(bool(one.understood.corrections) for one in found)
    report.times("mistyped word, whole call", first, f"{len(texts)} queries; {mended} were mended")


def measure_completion(
    report: Report, engine: Engine, typed: Sequence[tuple[str, str]], goals: Goals
) -> None:
    """Each once, after some others."""
    warm, measured = typed[: len(typed) // 10], typed[len(typed) // 10 :]

    def complete(text: str, language: str) -> list:
        with translation.override(language):
            return suggesting.suggest(text, language)

    with mock.patch.object(engines, "main", return_value=engine):
        for text, language in warm:
            complete(text, language)
        found = []
        taken = milliseconds(
            [lambda text=text, lang=lang: found.append(complete(text, lang)) for text, lang in measured]
        )
    note = (
        f"{len(measured)} beginnings of 2 to 14 letters; {sum(not one for one in found)} without a completion"
    )
    report.times("completion, whole call", taken, note, goal_p95=goals.completion_p95)
