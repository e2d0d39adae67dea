"""HSDS service_at_location, location and addresses as a place of a service; foreign addresses keep their point and town."""

import re
from typing import Any

from services import codes
from services.transfer.create_parts import DraftRefused
from services.transfer.csv_cells import split_box
from services.transfer.drafts import LocationDraft

from . import hours_reader, part_reader, profile
from .reading import ReadPlace, Setting
from .taking import Taker, Words

_BELGIAN = frozenset({"be", "bel", "belgium", "belgique", "belgië", "belgie", "belgien"})
_COUNTRIES = {
    "usa": "US",
    "united states": "US",
    "france": "FR",
    "nederland": "NL",
    "netherlands": "NL",
    "uk": "GB",
}
_NUMBER = re.compile(r"(?P<street>.*\D)[ ,]+(?P<number>\d{1,4}\s?[a-zA-Z]?(?:\s?[-/]\s?\d{1,4}[a-zA-Z]?)?)")
_ACCESS = {
    "wheelchair": "wheelchair", "wheelchair access": "wheelchair", "wheelchair accessible": "wheelchair",
    "elevator": "lift", "lift": "lift", "restroom": "adapted_toilet", "accessible toilet": "adapted_toilet",
    "disabled toilet": "adapted_toilet", "disabled parking": "parking", "accessible parking": "parking",
    "hearing loop": "hearing_loop", "induction loop": "hearing_loop",
}  # fmt: skip
ADDRESS = frozenset(("street", "house_number", "box", "postcode", "nis5", "lat", "lon", "precision"))


def country_of(places: list[Any]) -> str:
    """The country of the first address, as two letters; empty when none is told. North America by its states."""
    for place in places:
        location = place.get("location") if isinstance(place, dict) else None
        for address in (location.get("addresses") or []) if isinstance(location, dict) else []:
            if isinstance(address, dict) and (found := _country(address)):
                return found
    return ""


def _country(address: dict[str, Any]) -> str:
    text = str(address.get("country") or "").strip().lower()
    if text in _BELGIAN:
        return "BE"
    if len(text) == 2:
        return text.upper()
    return _COUNTRIES.get(text, "")


def read(
    item: Any, setting: Setting, words: Words, profile_of_file: str, country: str
) -> tuple[ReadPlace, list[Any], list[Any]] | None:
    """(place, its languages, its contacts as HSDS has them); None for one that is no place (virtual, without address)."""
    ours = bool(profile_of_file)
    link = Taker(item, "service_at_locations", words, setting.language)
    place = Taker(link.one("location"), "location", words, setting.language)
    identifier = str(place.raw("id") or link.raw("location_id") or "").strip()
    if not identifier or len(identifier) > 120:
        raise DraftRefused("service_at_locations.location.id is missing or too long")
    draft = LocationDraft(
        external_id=identifier,
        name=place.texts("name", 200),
        address_visibility=part_reader.one_of(
            place.attributes.code("address_visibility"),
            codes.AddressVisibility,
            "public",
            "address_visibility",
        ),
        accessibility=_accessibility(place),
        transportation=place.texts("transportation", 400),
        phones=part_reader.phones(link, ours, country),
        link_description=link.texts("description", 400),
        other_ids=part_reader.external_ids(place),
    )
    spoken = set()
    if ours:
        _own_address(draft, place)
        draft.notices = part_reader.notices(link)
        draft.schedules = [
            hours_reader.own_row(Taker(row, "schedules", words, setting.language))
            for row in link.objects("schedules")
        ]
        spoken |= {"name", "accessibility", "phones", "link_description", "notices", "schedules"}
        if draft.address_visibility == codes.AddressVisibility.PUBLIC or profile_of_file == profile.COMPLETE:
            spoken |= ADDRESS | {"transportation"}
        spoken.add("address_visibility")
        return ReadPlace(draft, frozenset(spoken)), [], []
    virtual = place.text("location_type") == "virtual"
    addressed = _address(draft, place, setting)
    _point(draft, place)
    draft.phones += [
        phone
        for phone in part_reader.phones(place, False, country)
        if phone.number not in {p.number for p in draft.phones}
    ]
    takers = [
        Taker(row, "schedules", words, setting.language)
        for row in [*link.objects("schedules"), *place.objects("schedules")]
    ]
    draft.schedules = hours_reader.rows(takers)
    if external := place.text("external_identifier"):
        scheme = place.text("external_identifier_type") or "external_identifier"
        draft.other_ids = part_reader.pairs([(scheme, external)])
    languages = place.objects("languages")
    contacts = [*link.objects("contacts"), *place.objects("contacts")]
    shown = next(iter(draft.name.values()), "")
    place.keep_the_rest(f"place {shown}".strip(), but=["url"] if not place.has("url") else [])
    link.keep_the_rest("place", but=["service_id", "location_id"])
    if virtual and not addressed and draft.lat is None and not draft.schedules and not draft.phones:
        words.keep("place without address", shown)
        return None
    for name in (
        "name",
        "accessibility",
        "phones",
        "link_description",
        "schedules",
        "transportation",
        "postcode",
    ):
        if getattr(draft, name):
            spoken.add(name)
    if addressed:
        spoken |= {"street", "house_number", "box", "postcode", "nis5"}
    if draft.lat is not None:
        spoken |= {"lat", "lon"}
    return ReadPlace(draft, frozenset(spoken)), languages, contacts


def _own_address(draft: LocationDraft, place: Taker) -> None:
    found = place.attributes
    draft.street = {
        language: text
        for code, text in found.pairs(profile.TRANSLATION)
        for name, _dot, language in [code.rpartition(".")]
        if name == "street"
    }
    for name, longest in (("house_number", 20), ("box", 20), ("postcode", 10), ("nis5", 5)):
        value = found.value(name)
        if len(value) > longest:
            raise DraftRefused(f"location.{name}: at most {longest} characters")
        setattr(draft, name, value or (None if name == "nis5" else ""))
    draft.precision = part_reader.one_of(found.code("precision"), codes.Precision, "address", "precision")
    _point(draft, place)


def _point(draft: LocationDraft, place: Taker) -> None:
    """Both coordinates, in the world; others are kept as words."""
    written = [place.raw("latitude"), place.raw("longitude")]
    if all(value in (None, "") for value in written):
        return
    try:
        lat, lon = (float(str(value).replace(",", ".")) for value in written)
    except ValueError:
        lat = lon = float("nan")
    if -90 <= lat <= 90 and -180 <= lon <= 180 and (lat, lon) != (0.0, 0.0):
        draft.lat, draft.lon = lat, lon
    else:
        place.words.keep("point", written, "no latitude and longitude")


def _address(draft: LocationDraft, place: Taker, setting: Setting) -> bool:
    """Fill in the physical address, else the first; the others are words. Whether there was one."""
    found = [Taker(item, "addresses", place.words, place.language) for item in place.objects("addresses")]
    if not found:
        return False
    found.sort(key=lambda address: address.raw("address_type") not in ("physical", None, ""))
    seen = set()
    first, *others = found
    lines = {
        name: first.text(name) for name in ("address_1", "address_2", "city", "region", "state_province")
    }
    postcode, country = first.text("postal_code"), _country({"country": first.raw("country")})
    first.keep_the_rest("address", but=["address_type"])
    seen.add((lines["address_1"], postcode))
    for other in others:
        text = [
            other.text(name) for name in ("address_1", "address_2", "city", "state_province", "postal_code")
        ]
        if (text[0], text[4]) not in seen:
            place.words.keep(
                f"{other.text('address_type') or 'other'} address", ", ".join(filter(None, text))
            )
            seen.add((text[0], text[4]))
    nis5 = setting.books.commune(lines["city"]) if country in ("", "BE") else None
    if country == "BE" or (
        not country and (nis5 or (re.fullmatch(r"\d{4}", postcode) and not lines["state_province"]))
    ):
        _belgian(draft, place, lines, postcode, nis5)
    else:
        _foreign(draft, place, lines, postcode, country)
    return True


def _belgian(
    draft: LocationDraft, place: Taker, lines: dict[str, str], postcode: str, nis5: str | None
) -> None:
    street, box = split_box(lines["address_1"])
    number = ""
    if match := _NUMBER.fullmatch(street):
        street, number = match["street"].strip(" ,"), match["number"].strip()
    if lines["address_2"]:
        street = ", ".join(filter(None, [street, lines["address_2"]]))
    if lines["city"] and nis5 is None:
        place.words.keep("city", lines["city"], "no commune of this name")
    _set_street(draft, place, street)
    draft.house_number, draft.box = number[:20], box[:20]
    draft.postcode, draft.nis5 = _short_postcode(place, postcode), nis5


def _foreign(draft: LocationDraft, place: Taker, lines: dict[str, str], postcode: str, country: str) -> None:
    """Town, state and country stand in the street's line: the catalogue has communes of Belgium only."""
    town = " ".join(filter(None, [lines["city"], lines["state_province"] or lines["region"]]))
    street = ", ".join(filter(None, [lines["address_1"], lines["address_2"], town, country]))
    _set_street(draft, place, street)
    # Four digits alone would be taken for a Belgian postcode.
    if re.fullmatch(r"\d{4}", postcode) and country:
        postcode = f"{country}-{postcode}"
    draft.postcode = _short_postcode(place, postcode)


def _set_street(draft: LocationDraft, place: Taker, street: str) -> None:
    if len(street) > 200:
        place.words.keep("address", street, "longer than 200 characters")
        street = street[:199] + "…"
    draft.street = {place.language: street} if street else {}


def _short_postcode(place: Taker, postcode: str) -> str:
    if len(postcode) > 10:
        place.words.keep("postcode", postcode, "longer than 10 characters")
        return ""
    return postcode


def _accessibility(place: Taker) -> list[str]:
    found: dict[str, None] = {}
    for item in place.objects("accessibility"):
        one = Taker(item, "accessibility", place.words, place.language)
        texts = [one.text("details"), one.text("description")]
        for text in texts:
            short = text.lower().replace("_", " ").strip(". ")
            code = short.replace(" ", "_")
            if code in codes.Accessibility.values or short in _ACCESS:
                found[_ACCESS.get(short, code)] = None
                break
        else:
            place.words.keep("accessibility", " ".join(filter(None, reversed(texts))))
            one.raw("url")
    return list(found)
