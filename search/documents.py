"""The one builder: from a listing's record to what the indexes hold and a results page shows."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from typing import TYPE_CHECKING

from services.opening_hours import schedules, vectorised
from services.opening_hours.closures import closure_rules
from services.opening_hours.values import Hours, Rule
from services.records import ListingRecord, LocationRecord, NoticeRecord, Texts
from services.rules import phone_forms, slug

from .engine import IndexDocument, Point
from .query.analysis import folded as fold_text
from .query.forms import analysed, analysed_name

if TYPE_CHECKING:
    from .vocabulary import Vocabulary

# Fields of text, in the order of weights.Weights.fields.
FIELDS = ("name", "alternate", "topic", "organization", "body", "place")
STEMMED_FIELDS = ("name", "alternate", "topic", "organization", "body")
NO_AGE_LIMIT = 255
REPEATED_TEXT = 80  # characters; shorter texts are worth remembering


class Tokens:
    """Collects each field's folded words and stems, each once: how often a word stands somewhere does not rank."""

    def __init__(self) -> None:
        self.exact: dict[str, dict[str, None]] = {name: {} for name in FIELDS}
        self.stems: dict[str, dict[str, dict[str, None]]] = {name: {} for name in STEMMED_FIELDS}

    def add(self, field: str, texts: Texts) -> None:
        for language, text in texts.items():
            folded, stemmed = (analysed_name if len(text) < REPEATED_TEXT else analysed)(text, language)
            self.exact[field].update(folded)
            if field in self.stems:
                self.stems[field].setdefault(language, {}).update(stemmed)


def build(record: ListingRecord, vocabulary: Vocabulary, version: int) -> IndexDocument:
    """The document of one listing at change number `version`."""
    shown = [location for location in record.locations if location.address_visibility == "public"]
    tokens = Tokens()
    for field, text in texts(record, vocabulary):
        tokens.add(field, text)
    closures = _closures(record.notices)
    own_hours = _hours(record.schedules, closures, record.lifecycle)
    place_hours = [
        _hours(location.schedules, closures + _closures(location.notices), record.lifecycle)
        for location in record.locations
    ]
    exclusive = [
        vocabulary.resolve("audience", code) for code, welcome in record.audiences if welcome == "exclusive"
    ]
    named = [
        vocabulary.resolve("audience", code) for code, _welcome in record.audiences if code != "everyone"
    ]
    return IndexDocument(
        pk=record.pk,
        uuid=str(record.uuid),
        version=version,
        exact={field: list(found) for field, found in tokens.exact.items()},
        stems={
            field: {lang: list(found) for lang, found in by.items()} for field, by in tokens.stems.items()
        },
        codes=_codes(record, shown, exclusive, vocabulary),
        audience_open=not exclusive,
        audience_named=named,
        points=[
            Point(place.lat, place.lon) for place in shown if place.lat is not None and place.lon is not None
        ],
        areas=[f"{kind}:{code}" for kind, code in record.service_areas],
        hours=[vectorised.pack(hours) for hours in [own_hours, *place_hours] if hours.rules],
        minimum_age=record.minimum_age or 0,
        maximum_age=NO_AGE_LIMIT if record.maximum_age is None else record.maximum_age,
        professional=record.visibility == "professionals",
        lifecycle=record.lifecycle,
        capacity_full=record.capacity == "no_capacity",
        verified=record.verified_on.toordinal() if record.verified_on else 0,
        name_keys={language: fold_text(text) for language, text in record.name.items()},
        card=_card(record, own_hours, place_hours, vocabulary),
    )


def _split_names(texts: Texts) -> Texts:
    return {language: text.replace(";", " ") for language, text in texts.items()}


def _joined(*parts: Texts) -> Texts:
    """One text a language."""
    languages = dict.fromkeys(language for part in parts for language in part)
    return {
        language: "\n".join(part[language] for part in parts if language in part) for language in languages
    }


def texts(record: ListingRecord, vocabulary: Vocabulary) -> Iterator[tuple[str, Texts]]:
    """(field, text by language): all the words a listing is found by. A text without a language is under ""."""
    shown = [location for location in record.locations if location.address_visibility == "public"]
    yield "name", record.name
    yield "alternate", _split_names(record.alternate_name)
    for location in shown:
        yield "alternate", location.name
    for code in _with_parents(record.needs, vocabulary):
        yield "topic", vocabulary.labels.get("need", {}).get(code, {})
    for code in _kind(record, vocabulary):
        yield "topic", vocabulary.labels.get("organisation_type", {}).get(code, {})
    for code in (vocabulary.resolve("audience", code) for code, _welcome in record.audiences):
        if code != "everyone":
            yield "topic", vocabulary.labels.get("audience", {}).get(code, {})
    yield "organization", record.organization.name
    yield "organization", _split_names(record.organization.alternate_name)
    yield (
        "body",
        _joined(
            record.summary, record.description, record.eligibility_description, record.application_process
        ),
    )
    for location in shown:
        yield "place", location.street
        yield "place", {"": location.postcode}
        for kind, code in (("commune", location.nis5), ("neighbourhood", location.neighbourhood)):
            if code:
                yield "place", vocabulary.territory_names.get((kind, code), {})
    for kind, code in record.service_areas:
        if kind in ("commune", "bassin", "neighbourhood"):
            yield "place", vocabulary.territory_names.get((kind, code), {})


def _with_parents(needs: list[str], vocabulary: Vocabulary) -> list[str]:
    parents = vocabulary.parents.get("need", {})
    found: dict[str, None] = {}
    for code in vocabulary.in_use("need", needs):
        current: str | None = code
        while current is not None and current not in found:
            found[current] = None
            current = parents.get(current)
    return list(found)


def _main(needs: list[str], vocabulary: Vocabulary) -> list[str]:
    """The needs, parents included, that make up half or more of what a listing is filed under."""
    counted: dict[str, int] = {}
    needs = vocabulary.in_use("need", needs)
    for need in needs:
        for code in _with_parents([need], vocabulary):
            counted[code] = counted.get(code, 0) + 1
    return [code for code, count in counted.items() if 2 * count >= len(needs)]


def _kind(record: ListingRecord, vocabulary: Vocabulary) -> list[str]:
    """Its kind's code as it is today, or nothing."""
    return vocabulary.in_use(
        "organisation_type", [record.organisation_type] if record.organisation_type else []
    )


def _codes(
    record: ListingRecord, shown: list[LocationRecord], exclusive: list[str], vocabulary: Vocabulary
) -> dict[str, list[str]]:
    """What each facet's filter finds the listing by.

    A listing is in a commune or bassin where it stands with a public address, or which it names as its area. Areas as
    wide as a province put it in no commune: they count in the ranking instead.
    """
    communes: dict[str, None] = {place.nis5: None for place in shown if place.nis5}
    bassins: dict[str, None] = {place.bassin: None for place in shown if place.bassin}
    for kind, code in record.service_areas:
        if kind == "commune":
            communes[code] = None
            if code in vocabulary.commune_bassin:
                bassins[vocabulary.commune_bassin[code]] = None
        elif kind == "bassin":
            bassins[code] = None
            communes.update(dict.fromkeys(vocabulary.bassin_communes.get(code, [])))
    return {
        "need": _with_parents(record.needs, vocabulary),
        "main": _main(record.needs, vocabulary),
        "organisation_type": _kind(record, vocabulary),
        "audience": exclusive,
        "language": record.languages,
        "cost": [code for code in record.costs if code != "unknown"],
        "access_mode": record.access_modes,
        "bassin": list(bassins),
        "commune": list(communes),
    }


def _closures(notices: list[NoticeRecord]) -> tuple[Rule, ...]:
    return closure_rules((notice.starts_on, notice.ends_on) for notice in notices if notice.kind == "closure")


def _hours(rows: list[dict], closures: tuple[Rule, ...], lifecycle: str) -> Hours:
    if not rows or lifecycle != "published":
        return Hours(())
    return Hours(tuple(schedules.from_schedule_rows(rows).rules) + closures)


def _packed(hours: Hours) -> str | None:
    return b64encode(vectorised.pack(hours)).decode() if hours.rules else None


def _phones(phones) -> list[dict]:
    shown = []
    for phone in phones:
        if phone.visibility == "public" and phone.type == "voice":
            number, dialled = phone_forms(phone.number)
            shown.append({"number": number, "e164": dialled, "about": phone.description})
    return shown


def _notices(notices: list[NoticeRecord]) -> list[dict]:
    return [
        {
            "kind": notice.kind,
            "text": notice.text,
            "from": notice.starts_on.isoformat(),
            "to": notice.ends_on.isoformat() if notice.ends_on else None,
        }
        for notice in notices
    ]


def _location_card(location: LocationRecord, hours: Hours) -> dict:
    if location.address_visibility != "public":
        return {"hidden": True, "hours": _packed(hours), "phones": _phones(location.phones)}
    return {
        "name": location.name,
        "street": location.street,
        "number": location.house_number,
        "box": location.box,
        "postcode": location.postcode,
        "nis5": location.nis5,
        "bassin": location.bassin,
        "bassin_status": location.bassin_status,
        "lat": location.lat,
        "lon": location.lon,
        "precision": location.precision,
        "hours": _packed(hours),
        "phones": _phones(location.phones),
        "notices": _notices(location.notices),
    }


def _card(record: ListingRecord, own_hours: Hours, place_hours: list[Hours], vocabulary: Vocabulary) -> dict:
    return {
        "uuid": str(record.uuid),
        "external_ids": record.external_ids,
        "slugs": {language: slug(text) for language, text in record.name.items()},
        "name": record.name,
        "alternate": record.alternate_name,
        "summary": record.summary
        or {lang: _first_sentence(text) for lang, text in record.description.items()},
        "organization": {"uuid": str(record.organization.uuid), "name": record.organization.name},
        "type": next(iter(_kind(record, vocabulary)), None),
        "needs": vocabulary.in_use("need", record.needs),
        "languages": record.languages,
        "access_modes": record.access_modes,
        "access_steps": record.access_steps,
        "costs": record.costs,
        "audiences": [[vocabulary.resolve("audience", code), welcome] for code, welcome in record.audiences],
        "lifecycle": record.lifecycle,
        "visibility": record.visibility,
        "capacity": record.capacity,
        "capacity_on": record.capacity_updated_on.isoformat() if record.capacity_updated_on else None,
        "verified_on": record.verified_on.isoformat() if record.verified_on else None,
        "rhythm": record.rhythm_days,
        "example": record.is_example,
        "source_date": record.source_date,
        "areas": [f"{kind}:{code}" for kind, code in record.service_areas],
        "hours": _packed(own_hours),
        "phones": _phones(record.phones),
        "notices": _notices(record.notices),
        "locations": [
            _location_card(location, hours)
            for location, hours in zip(record.locations, place_hours, strict=True)
        ],
    }


def _first_sentence(text: str, limit: int = 160) -> str:
    first = text.split("\n", 1)[0].split(". ", 1)[0].strip()
    return first if len(first) <= limit else first[: limit - 1].rsplit(" ", 1)[0] + "…"
