"""Search results in the stable shapes of the search API."""

from datetime import datetime

from django.urls import reverse

from search.finder import Found, Suggestion
from search.results import HitView, Labelled, views
from services.opening_hours.evaluate import OpenState


def answer(found: Found) -> dict:
    """The body of GET /api/v1/search."""
    request = found.request
    return {
        "total": found.result.total,
        "page": request.page,
        "size": request.size,
        "took_ms": round(found.took_ms, 1),
        "engine": found.engine,
        "degraded": found.degraded,
        "interpreted": {
            "text": found.understood.text,
            "place": _place(found),
            "open_at": _minute(request.open_at),
            "corrections": [
                {"from": correction.typed, "to": correction.meant}
                for correction in found.understood.corrections
            ],
            "expansions": [],
        },
        "hits": [_hit(view, request.lang) for view in views(found)],
        "facets": {
            facet: [
                {"code": code, "label": found.vocabulary.label(facet, code, request.lang), "count": count}
                for code, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
            ]
            for facet, counts in found.result.facets.items()
        },
    }


def _place(found: Found) -> dict | None:
    place = found.place
    if place is None:
        return None
    return {
        "kind": place.kind,
        "code": place.code,
        "label": place.label,
        "lat": place.lat,
        "lon": place.lon,
        "commune": {
            "nis5": place.nis5,
            "label": found.vocabulary.territory_name("commune", place.nis5, found.request.lang),
        }
        if place.nis5
        else None,
        "bassin": place.bassin,
    }


def _minute(moment: datetime | None) -> str | None:
    return moment.strftime("%Y-%m-%dT%H:%M") if moment else None


def _opening(state: OpenState | None) -> dict | None:
    if state is None or state.open is None:
        return None
    return {
        "now": state.open,
        "until": state.until.strftime("%H:%M") if state.open and state.until else None,
        "next": _minute(state.next),
    }


def _labelled(item: Labelled | None) -> dict | None:
    return {"code": item.code, "label": item.label} if item else None


def listing_path(uuid: str, slug: str) -> str:
    return (
        reverse("listing", kwargs={"uuid": uuid, "slug": slug})
        if slug
        else reverse("listing", kwargs={"uuid": uuid})
    )


def _hit(view: HitView, lang: str) -> dict:
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
        "distance_m": round(view.distance_m) if view.distance_m is not None else None,
        "open": _opening(view.opening),
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
        "score": round(view.score, 4),
        "why": view.why,
    }


def suggestion(item: Suggestion, search_path: str) -> dict:
    """One completion with the page it leads to."""
    from urllib.parse import urlencode

    if item.kind == "service":
        url = reverse("listing", kwargs={"uuid": item.code})
    elif item.kind == "need":
        url = f"{search_path}?{urlencode({'need': item.code})}"
    elif item.kind == "place":
        url = f"{search_path}?{urlencode({'near': item.text})}"
    else:
        url = f"{search_path}?{urlencode({'q': item.text})}"
    return {"text": item.text, "kind": item.kind, "url": url}
