"""Each hit as JSON. What is the same in every search is kept as bytes; only what this search adds is made anew."""

from datetime import date, datetime

import orjson
from django.urls import reverse

from search.cards import PerCard
from search.engine import EngineHit
from search.finder import Found
from search.reasons import why
from search.request import today
from search.results import HitView, Labelled, opening, shown_place, view
from services.opening_hours.evaluate import OpenState

# Of a card: (language, which of its places is shown, day) → the JSON object without its closing brace.
_Kept = dict[tuple[str, int | None, date], bytes]
_kept: PerCard[_Kept] = PerCard(lambda card, known: {})


def hits(found: Found) -> list[orjson.Fragment]:
    """In the active language, which is the request's."""
    lang, day = found.request.lang, today()
    rendered = []
    for hit in found.result.hits:
        kept = _kept.of(hit.card, found.vocabulary)
        key = (lang, hit.point, day)
        lasting = kept.get(key)
        if lasting is None:
            lasting = kept[key] = orjson.dumps(_lasting(view(hit, found)))[:-1]
        rendered.append(orjson.Fragment(lasting + b"," + orjson.dumps(_passing(hit, found))[1:]))
    return rendered


def _passing(hit: EngineHit, found: Found) -> dict:
    """What depends on the words, the asked place and the minute."""
    return {
        "distance_m": round(hit.distance_m) if hit.distance_m is not None else None,
        "open": _opening(opening(hit.card, shown_place(hit), found.now)),
        "score": round(hit.score, 4),
        "why": why(hit, found),
    }


def _lasting(view: HitView) -> dict:
    """What depends on the listing, the reader's language, the shown place and the day."""
    place = view.place
    return {
        "id": view.uuid,
        "external_ids": view.external_ids,
        "slug": view.slug,
        "url": listing_path(view.uuid, view.slug),
        "name": view.name.text,
        "name_language": view.name.language,
        "organization": {"id": view.organization_uuid, "name": view.organization.text},
        "summary": view.summary.text,
        "location": {
            "address": place.address,
            "postcode": place.postcode,
            "commune": {"nis5": place.commune.code, "label": place.commune.label} if place.commune else None,
            "lat": place.lat,
            "lon": place.lon,
            "precision": place.precision,
        }
        if place
        else None,
        "bassin": _labelled(view.bassin),
        "phones": view.phones,
        "needs": [_labelled(need) for need in view.needs],
        "languages": view.languages,
        "costs": [_labelled(cost) for cost in view.costs],
        "access_modes": [_labelled(mode) for mode in view.access_modes],
        "capacity": view.capacity,
        "status": view.lifecycle,
        "notices": [
            {
                "kind": notice.kind,
                "text": notice.text,
                "starts_on": notice.starts_on.isoformat(),
                "ends_on": notice.ends_on.isoformat() if notice.ends_on else None,
                "state": notice.state,
            }
            for notice in view.notices
        ],
        "verified_at": view.verified_on.isoformat() if view.verified_on else None,
        "example": view.example,
    }


def _opening(state: OpenState | None) -> dict | None:
    if state is None or state.open is None:
        return None
    return {
        "now": state.open,
        "until": state.until.strftime("%H:%M") if state.open and state.until else None,
        "next": minute(state.next),
    }


def minute(moment: datetime | None) -> str | None:
    return moment.strftime("%Y-%m-%dT%H:%M") if moment else None


def _labelled(item: Labelled | None) -> dict | None:
    return {"code": item.code, "label": item.label} if item else None


def listing_path(uuid: str, slug: str) -> str:
    return (
        reverse("listing", kwargs={"uuid": uuid, "slug": slug})
        if slug
        else reverse("listing", kwargs={"uuid": uuid})
    )
