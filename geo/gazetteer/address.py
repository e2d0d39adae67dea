"""Reads an address: street, number, postcode and place, in the orders people write them. Pure."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from .places import Place
from .words import is_street_like

if TYPE_CHECKING:
    from .index import Gazetteer

_NUMBER = re.compile(r"\d{1,4}[a-z]?")
_BOX_NUMBER = re.compile(r"\d{1,3}")  # four digits are a postcode, known or not
# May stand around a number or a place and say nothing by themselves.
_NUMBER_WORDS = frozenset({"n", "nr", "no", "num", "numero", "nummer"})
_BOX_WORDS = frozenset({"bte", "boite", "bus", "box", "b", "bt", "etage", "verdieping", "rdc"})
_LINKS = frozenset({"a", "te", "in", "b", "be"})
_COUNTRY = frozenset({"belgique", "belgie", "belgium", "belgien"})
ADDRESS_RADIUS_M = 100


def read(gazetteer: "Gazetteer", tokens: Sequence[str], *, only_known: bool = False) -> list[Place]:
    """Places for the words of an address, best first; empty where a word is left that is part of none.

    A street that is not known there answers with the centre of its postcode or place, which the `precision` says;
    with `only_known` it does not answer.
    """
    rest = list(tokens)
    while len(rest) > 1 and rest[-1] in _COUNTRY:
        rest.pop()
    postcode, before, after = _split_at_postcode(gazetteer, rest)
    if postcode is None:
        return _without_postcode(gazetteer, rest, only_known)
    area, left = _leading_area(gazetteer, after, postcode)
    if not before and not left:
        return _postcode_and_area(gazetteer, postcode, area)
    if not area and not left and len(before) > 0:
        ahead = [place for place in gazetteer.areas(before) if set(place.nis5s) & set(postcode.nis5s)]
        if ahead:  # "Schaerbeek 1030"
            return _postcode_and_area(gazetteer, postcode, ahead)
    if before and left:
        return []
    return _in_street(gazetteer, before or left, postcode, area, only_known)


def _split_at_postcode(gazetteer: "Gazetteer", rest: list[str]) -> tuple[Place | None, list[str], list[str]]:
    for position in range(len(rest) - 1, -1, -1):
        token = rest[position]
        code = token[1:] if token[:1] == "b" and len(token) == 5 else token
        if code in gazetteer.postcodes:
            before = rest[:position]
            if before and before[-1] in _LINKS:
                before.pop()
            return gazetteer.postcodes[code], before, rest[position + 1 :]
    return None, rest, []


def _leading_area(gazetteer: "Gazetteer", after: list[str], postcode: Place) -> tuple[list[Place], list[str]]:
    for end in range(len(after), 0, -1):
        places = [place for place in gazetteer.areas(after[:end]) if _meets(place, postcode)]
        if places:
            return places, after[end:]
    return [], after


def _meets(place: Place, postcode: Place) -> bool:
    return place.kind == "region" or bool(set(place.nis5s) & set(postcode.nis5s))


def _postcode_and_area(gazetteer: "Gazetteer", postcode: Place, area: list[Place]) -> list[Place]:
    finer = [place for place in area if place.kind in ("locality", "neighbourhood")]
    communes = [place for place in area if place.kind == "commune"]
    return [*finer, postcode, *communes]


def _without_postcode(gazetteer: "Gazetteer", rest: list[str], only_known: bool) -> list[Place]:
    # The whole first: "12 chaussée d'Ixelles" ends in a commune's name and is a street.
    places = _in_street(gazetteer, rest, None, [], only_known=True)
    for start in range(1, len(rest)):
        if places:
            return places
        area = gazetteer.areas(rest[start:])
        if area:
            before = rest[: start - 1] if rest[start - 1] in _LINKS and start > 1 else rest[:start]
            places = _in_street(gazetteer, before, None, area, only_known)
    return places


def _in_street(
    gazetteer: "Gazetteer", tokens: list[str], postcode: Place | None, area: list[Place], only_known: bool
) -> list[Place]:
    named = {nis5 for place in area if place.kind != "region" for nis5 in place.nis5s}
    reached = postcode.nis5s if postcode else tuple(named)
    for street_tokens, number in _street_and_number(tokens):
        streets = gazetteer.streets(street_tokens)
        here = [street for street in streets if not reached or street.nis5s[0] in reached]
        if here:
            # First the commune that is named, then a street whose own point is known.
            here.sort(key=lambda street: (street.nis5s[0] not in named, street.precision != "street"))
            return [_pointed(street, number, postcode, area) for street in here]
    if only_known or not (postcode or area) or not is_street_like(tokens):
        return []
    return _postcode_and_area(gazetteer, postcode, area) if postcode else area


def _street_and_number(tokens: list[str]) -> list[tuple[list[str], str]]:
    """Every way to read words as a street and a number, the longest street first."""
    readings: list[tuple[list[str], str]] = []
    for end in range(len(tokens), 0, -1):
        number = _number(tokens[end:])
        if number is not None:
            readings.append((tokens[:end], number))
    if len(tokens) > 1 and _NUMBER.fullmatch(tokens[0]):
        readings.append((tokens[1:], tokens[0]))
    return readings


def _number(tail: list[str]) -> str | None:
    """The house number of what follows a street's name: "12", "12 a", "nr 12 bte 3"; None where it is none."""
    tail = tail[1:] if tail and tail[0] in _NUMBER_WORDS else tail
    if not tail:
        return ""
    if not _NUMBER.fullmatch(tail[0]):
        return None
    number, more = tail[0], tail[1:]
    if more and len(more[0]) == 1 and more[0].isalpha() and not (more[0] == "b" and len(more) > 1):
        number, more = number + more[0], more[1:]
    said = all(word in _BOX_WORDS or _BOX_NUMBER.fullmatch(word) or len(word) == 1 for word in more)
    return number if said and len(more) <= 3 else None


def _pointed(street: Place, number: str, postcode: Place | None, area: list[Place]) -> Place:
    """The street as an answer: its own point, else the finest centre that the address names."""
    place = street
    if street.precision != "street":
        localities = [near for near in area if near.kind in ("locality", "neighbourhood")]
        nearer = localities[0] if localities else postcode
        if nearer:
            place = replace(
                street, lat=nearer.lat, lon=nearer.lon, radius_m=nearer.radius_m, precision=nearer.precision
            )
            if nearer.kind == "neighbourhood":
                place = replace(place, precision="locality")
    elif number:
        place = replace(street, radius_m=ADDRESS_RADIUS_M * 3)
    return replace(
        place,
        kind="address" if number else "street",
        house_number=number,
        postcode=postcode.code if postcode else "",
    )
