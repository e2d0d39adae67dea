"""A result as a card: what somebody needs to choose, in the order in which they ask."""

from dataclasses import dataclass

from django.utils.translation import gettext, ngettext

from search.finder import Found
from search.reasons import distance_text
from search.request import today
from search.results import HitView, views
from services.codes import Language
from services.opening_hours.words import describe_state

from ..addresses import listing_url
from .notices import NoticeLine, notice_dates, notice_title
from .reports import card_warnings
from .texts import Said
from .words import Freshness, freshness, written_in


@dataclass(frozen=True)
class State:
    """Open or not, in words. `kind`: open, closed, unknown, suspended or gone (closed for good)."""

    kind: str
    text: str


@dataclass(frozen=True)
class Card:
    number: int  # as on the map, from 1 on each page
    url: str
    view: HitView
    name: Said
    organization: Said
    summary: Said
    where: list[str]
    distance: str
    state: State
    languages: list[tuple[str, str]]  # (short sign, name)
    tags: list[str]
    phone: tuple[str, str] | None  # (as people read it, tel: address)
    freshness: Freshness
    notice: NoticeLine | None  # the first of those that are current or begin soon
    warning: str  # several agents found something wrong in calls

    @property
    def has_point(self) -> bool:
        return bool(self.view.place) and self.view.place.lat is not None and self.view.place.lon is not None


def state_in_words(opening, lifecycle: str, now, lang: str) -> State:
    """The one sentence about whether it is open, whatever is known."""
    if lifecycle == "closed_permanently":
        return State("gone", gettext("Closed for good"))
    if lifecycle == "suspended":
        return State("suspended", gettext("Closed for the moment"))
    if opening is None or opening.open is None:
        return State("unknown", gettext("Hours not known"))
    return State("open" if opening.open else "closed", describe_state(opening, now, lang, gettext))


def spoken(codes: list[str]) -> list[tuple[str, str]]:
    """("FR", "French") of each language; sign languages and interpreters by their whole name."""
    known = dict(Language.choices)
    return [
        (code.upper() if len(code) == 2 else str(known.get(code, code)), str(known.get(code, code)))
        for code in codes
    ]


def cards(found: Found) -> list[Card]:
    """The cards of a page of results. One query, for what agents reported: an index would be late by its following."""
    hits = found.result.hits
    warnings = card_warnings((hit.pk for hit in hits), today()) if hits else {}
    return [
        _card(number, view, found, "" if view.lifecycle == "closed_permanently" else warnings.get(hit.pk, ""))
        for number, (hit, view) in enumerate(zip(hits, views(found), strict=True), start=1)
    ]


def _said(text) -> Said:
    return Said(text.text, text.language, written_in(text.language)) if text.foreign else Said(text.text)


def _card(number: int, view: HitView, found: Found, warning: str) -> Card:
    lang = found.request.lang
    distance = distance_text(view.distance_m) if view.distance_m is not None else ""
    if distance and view.distance_is_rough:
        distance = gettext("about %(distance)s") % {"distance": distance}
    phone = next((phone for phone in view.phones if phone["e164"]), None)
    return Card(
        number=number,
        url=listing_url(view.uuid, {view.name.language: view.slug} if view.slug else {}, lang),
        view=view,
        name=_said(view.name),
        organization=_said(view.organization) if view.organization.text != view.name.text else Said(),
        summary=_said(view.summary),
        where=_where(view),
        distance=distance,
        state=state_in_words(view.opening, view.lifecycle, found.now, lang),
        languages=spoken(view.languages),
        tags=_tags(view),
        phone=(phone["number"], f"tel:{phone['e164']}") if phone else None,
        freshness=freshness(view.verified_on, "", view.source_date, today(), view.rhythm_days),
        notice=_notice(view, lang),
        warning=warning,
    )


def _notice(view: HitView, lang: str) -> NoticeLine | None:
    if not view.notices:
        return None
    first = view.notices[0]
    text = Said(first.text, "" if first.language == lang else first.language)
    dates = notice_dates(first.starts_on, first.ends_on)
    return NoticeLine(first.kind, notice_title(first.kind), dates, text, first.state == "current")


def _where(view: HitView) -> list[str]:
    parts = []
    if view.place:
        commune = view.place.commune.label if view.place.commune else ""
        parts.append(" ".join(part for part in (view.place.postcode, commune) if part))
        if view.bassin:
            parts.append(view.bassin.label)
        if view.other_places:
            more = ngettext("and %(count)d other place", "and %(count)d other places", view.other_places)
            parts.append(more % {"count": view.other_places})
    if view.hidden_address:
        parts.append(gettext("Address kept secret"))
    if not parts or not view.place:
        parts += [mode.label for mode in view.access_modes]
    return [part for part in parts if part]


def _tags(view: HitView) -> list[str]:
    tags = [cost.label for cost in view.costs if cost.code != "unknown"][:2]
    full = {"waitlist": gettext("Waiting list"), "no_capacity": gettext("Full at the moment")}
    if view.capacity in full:
        tags.append(full[view.capacity])
    return tags
