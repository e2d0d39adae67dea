"""What was understood of a search, each part with the address of the search without it; and what else it could mean."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from search.finder import Found
from search.query.analysis import words

from ..query import Query
from .facets import TITLES
from .nothing import shortened
from .words import day_text, near_day_text

# What was let go, as part of a sentence; the facets have their titles.
_LET_GO = {
    "open": _("the opening time"),
    "radius_km": _("the distance"),
    "age": _("the age"),
}


@dataclass(frozen=True)
class Chip:
    """A part of the search that can be taken away. `kind`: place, words, filter or time; `dropped`: it was let go."""

    kind: str
    text: str
    url: str
    dropped: bool = False


@dataclass(frozen=True)
class Hints:
    """What else the words could mean: another spelling, or nothing but themselves. Empty addresses: not offered."""

    suggestion: str
    suggestion_url: str
    meant: list[tuple[str, str]]  # words, what they were read as
    literal_url: str
    understood_url: str  # from the literal search back to the understood one


def place_name(found: Found) -> str:
    """The asked place in words: its name, or for a point the commune it lies in."""
    place = found.place
    if place is None:
        return ""
    if place.label:
        return place.label
    if place.nis5 is None:
        return gettext("the point you chose")
    commune = found.vocabulary.territory_name("commune", place.nis5, found.request.lang)
    return gettext("your position (%(commune)s)") % {"commune": commune}


def kilometres(distance: float) -> str:
    if distance < 1:
        return f"{distance * 1000:.0f} m"
    return (
        shortened(number_format(distance, 0 if distance == int(distance) else 1), 12) + "\N{NO-BREAK SPACE}km"
    )


def chips(found: Found, query: Query) -> list[Chip]:
    """Place and distance, words, corrections, time, filters, in this order."""
    return [
        *_of_place(found, query),
        *_of_words(found, query),
        *_of_time(found, query),
        *_of_filters(found, query),
    ]


def _of_place(found: Found, query: Query) -> list[Chip]:
    request, understood = found.request, found.understood
    if found.place is None:
        return []
    url = _unsaid(found, query, understood.place_words) if understood.place else query.without("near")
    around = gettext("Around %(place)s") % {"place": place_name(found)}
    result = [Chip("place", around, url.without("radius_km").url())]
    if request.radius_km:
        text = gettext("within %(distance)s") % {"distance": kilometres(request.radius_km)}
        dropped = "radius_km" in found.dropped
        result.append(Chip("filter", text, query.without("radius_km").url(), dropped))
    return result


def _of_words(found: Found, query: Query) -> list[Chip]:
    understood, result = found.understood, []
    text = _without_statuses(found)
    if text:
        said = gettext("“%(words)s”") % {"words": shortened(text)}
        result.append(Chip("words", said, _unsaid(found, query, understood.text, text).url()))
    for correction in understood.corrections:
        said = {"meant": correction.meant, "typed": shortened(correction.typed)}
        read = gettext("“%(typed)s” read as “%(meant)s”") % said
        result.append(Chip("words", read, _unsaid(found, query, correction.typed).url()))
    return result


def _of_time(found: Found, query: Query) -> list[Chip]:
    request, understood, dropped = found.request, found.understood, "open" in found.dropped
    if request.open_now:
        return [Chip("time", gettext("open now"), query.without("open").url(), dropped)]
    if request.open_at is not None:
        return [Chip("time", _at(request.open_at), query.without("open").url(), dropped)]
    if understood.time is not None:
        time = understood.time
        text = _between(time.open_at, time.open_until, time.open_days)
        return [Chip("time", text, _unsaid(found, query, time.words).url(), dropped)]
    return []


def _at(moment: datetime) -> str:
    said = {"day": day_text(moment.date()), "time": moment.strftime("%H:%M")}
    return gettext("open on %(day)s at %(time)s") % said


def _between(start: datetime, end: datetime | None, days: int) -> str:
    if end is None:
        return _at(start)
    said = {
        "day": near_day_text(start.date()),
        "start": start.strftime("%H:%M"),
        "end": end.strftime("%H:%M"),
    }
    if days > 1:
        return gettext("open some day between %(start)s and %(end)s") % said
    if end.date() != start.date() and (end - start).days:
        return gettext("open from %(first)s to %(last)s") % {
            "first": said["day"],
            "last": near_day_text(end.date()),
        }
    return gettext("open on %(day)s between %(start)s and %(end)s") % said


def _of_filters(found: Found, query: Query) -> list[Chip]:
    request, understood, known = found.request, found.understood, found.vocabulary
    result = []
    for facet in TITLES:
        for code in request.filters.get(facet, ()):
            url = query.without(facet, code).url()
            result.append(Chip("filter", known.label(facet, code, request.lang), url, facet in found.dropped))
    for status in understood.statuses:
        if status.facet not in request.filters:
            label = known.label(status.facet, status.code, request.lang)
            url = _unsaid(found, query, status.words).url()
            result.append(Chip("filter", label, url, status.facet in found.dropped))
    age = request.age if request.age is not None else understood.age.age if understood.age else None
    if age is not None:
        text = ngettext("%(age)d year old", "%(age)d years old", age) % {"age": age}
        url = query.without("age") if request.age is not None else _unsaid(found, query, understood.age.words)
        result.append(Chip("filter", text, url.url(), "age" in found.dropped))
    return result


def _without_statuses(found: Found) -> str:
    """The words of the need; what the person is has a chip of its own."""
    text = found.understood.text
    for status in found.understood.statuses:
        text = _minus(text, status.words)
    return text


def _unsaid(found: Found, query: Query, said: str, instead: str = "") -> Query:
    """The search without these of its words (or `instead`, when they were not said in one piece)."""
    typed = found.request.q
    left = _minus(typed, said)
    if left == typed and instead:
        left = _minus(typed, instead)
    if left == typed:  # said in pieces, or mended: what else was understood is kept
        understood = found.understood
        kept = [understood.text, understood.place_words]
        kept += [understood.time.words] if understood.time else []
        kept += [understood.age.words] if understood.age else []
        left = " ".join(part for part in kept if part and part not in (said, instead))
    return query.replaced("q", [left] if left else [])


def _minus(text: str, said: str) -> str:
    """The text without a run of words, as folded words where it was cut; unchanged where it has no such run."""
    tokens, gone = words(text), words(said)
    for start in range(len(tokens) - len(gone) + 1):
        if gone and tokens[start : start + len(gone)] == gone:
            return " ".join(tokens[:start] + tokens[start + len(gone) :])
    return text


def relaxed_in_words(found: Found) -> str:
    """Which filters were let go so that something fits; empty when none was."""
    if not found.dropped:
        return ""
    names = [str(_LET_GO.get(name) or TITLES.get(name, name)) for name in found.dropped]
    return gettext("Nothing fits everything you asked. These are shown without: %(filters)s.") % {
        "filters": ", ".join(names).lower()
    }


def hints(found: Found, query: Query) -> Hints:
    request, understood = found.request, found.understood
    meant = [
        (expansion.words, concept.name(request.lang))
        for expansion in understood.expansions
        for concept in expansion.concepts[:1]
        if words(concept.name(request.lang)) != words(expansion.words)
    ]
    interpreted = bool(meant or understood.corrections or understood.guessed or understood.place)
    return Hints(
        suggestion=found.suggestion,
        suggestion_url=query.replaced("q", [found.suggestion]).url() if found.suggestion else "",
        meant=meant,
        literal_url=query.replaced("literal", ["1"]).url() if interpreted else "",
        understood_url=query.without("literal").url() if request.literal else "",
    )
