"""The gazetteer: every known place by its names, in memory. Pure: built from rows, no Django.

Safe to share between threads: nothing changes after it is built.
"""

import math
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from heapq import nsmallest

from geo.reading import Geography, TerritoryRow

from . import address
from .ordinary import ORDINARY_WORDS, PREPOSITIONS
from .places import Match, Place
from .words import is_street_like, key, keys_of, street_spellings, words

BRUSSELS = "04000"  # the pilot's region: of two places with one name, the one there comes first

# Which of two places with the same name comes first, within Brussels and outside: what people mean more often.
KIND_ORDER = {
    kind: position
    for position, kind in enumerate(
        (
            "commune",
            "neighbourhood",
            "locality",
            "postcode",
            "bassin",
            "province",
            "region",
            "country",
            "street",
        )
    )
}
LOCALITY_RADIUS_M = {"town": 2500, "village": 1500, "suburb": 1000, "neighbourhood": 600}  # rough, by kind
STREET_RADIUS_M = 300
# A name found is at most this many words, and a text looked up at most that many.
LONGEST_NAME = 10
LONGEST_TEXT = 25

# What `find_in` recognises when it is not told.
FOUND_KINDS = frozenset(
    {"commune", "postcode", "locality", "neighbourhood", "bassin", "province", "region", "street", "address"}
)


def radius_of(area_km2: float) -> int:
    """Metres from the centre that reach most of an area: a circle of its size, a third wider."""
    return round(1.3 * 1000 * math.sqrt(area_km2 / math.pi))


class Gazetteer:
    """Places by name. `lookup` reads a whole text, `find_in` finds names within words, `complete` continues one."""

    def __init__(self, geography: Geography) -> None:
        self._territories = {(row.kind, row.code): row for row in geography.territories}
        drafts = list(self._drafts(geography))
        drafts.sort(key=lambda draft: draft[0])
        self.places: list[Place] = [place for _, place, _, _ in drafts]
        self._brussels = [order[0] == 0 for order, _, _, _ in drafts]
        self.postcodes = {place.code: place for place in self.places if place.kind == "postcode"}
        self.communes: dict[str, Place] = {}
        for place in self.places:  # a former commune bears the code of the one it is part of, and comes later
            if place.kind == "commune" and place.precision == "commune":
                self.communes.setdefault(place.code, place)
        found: dict[str, dict[int, bool]] = defaultdict(dict)  # key → place → known by another name only
        streets: dict[str, dict[int, bool]] = defaultdict(dict)
        completions: set[tuple[str, int]] = set()
        for position, (_, place, names, aliases) in enumerate(drafts):
            table = streets if place.kind == "street" else found
            for is_alias, spellings in ((False, names), (True, aliases)):
                for name in spellings:
                    for spelling in keys_of(name):
                        if spelling:
                            table[spelling].setdefault(position, is_alias)
            # A postcode's localities are places themselves; it is completed by its digits.
            completed = names if place.kind == "postcode" else (*names, *aliases)
            completions.update((spelling, position) for name in completed for spelling in keys_of(name))
        self._found = self._settled(found)
        self._streets = self._settled(streets)
        ordered = sorted(completions)
        self._completion_keys = [spelling for spelling, _ in ordered]
        self._completion_places = [position for _, position in ordered]

    def __len__(self) -> int:
        return len(self.places)

    # Reading

    def lookup(self, text: str, lang: str = "fr") -> list[Place]:
        """Places that the whole text names, best first; empty where some of its words are no part of a place.

        Understands names, postcodes, NIS5 codes, "1030 Schaerbeek" and addresses ("rue Haute 12, 1000 Bruxelles").
        Where the language decides between two places of one name, the one called so in `lang` comes first.
        """
        tokens = words(text)
        if not tokens or len(tokens) > LONGEST_TEXT:
            return []
        return self._prefer(self.named(tokens) or address.read(self, tokens), key(tokens), lang)

    def find_in(self, tokens: Sequence[str], kinds: Collection[str] = FOUND_KINDS) -> list[Match]:
        """The longest place names within a sequence of words, from left to right, not overlapping."""
        plain = [key(words(token)) for token in tokens]
        matches = []
        start = 0
        while start < len(plain):
            match = self._longest(plain, start, kinds) if plain[start] else None
            if match:
                matches.append(match)
            start = match.end if match else start + 1
        return matches

    def complete(self, prefix: str, lang: str = "fr", limit: int = 10) -> list[Place]:
        """Places with a name that begins so, in any language: communes first, streets last."""
        spelling = key(words(prefix))
        if not spelling or limit < 1:
            return []
        start = bisect_left(self._completion_keys, spelling)
        end = bisect_left(self._completion_keys, spelling + "\uffff", lo=start)
        best: dict[int, bool] = {}  # place → whether it has a longer name than what is typed
        for position in range(start, end):
            place = self._completion_places[position]
            longer = self._completion_keys[position] != spelling
            best[place] = best.get(place, True) and longer
        # Twice as many, because a quarter may be both a neighbourhood and a locality and is shown once.
        chosen = nsmallest(
            2 * limit, best, key=lambda place: (best[place], KIND_ORDER[self.places[place].kind], place)
        )
        shown: dict[str, Place] = {}
        for position in chosen:
            shown.setdefault(self.label(self.places[position], lang), self.places[position])
        return list(shown.values())[:limit]

    def label(self, place: Place, lang: str) -> str:
        """The place's name with what tells it from others of that name: "Rue Haute 12 (Bruxelles)"."""
        name = place.name(lang)
        if place.kind == "address" and place.house_number:
            name = f"{name} {place.house_number}"
        if place.kind in ("street", "address", "locality", "neighbourhood"):
            communes = [self.communes[nis5].name(lang) for nis5 in place.nis5s[:1] if nis5 in self.communes]
            return f"{name} ({communes[0]})" if communes and communes[0] != name else name
        if place.kind == "postcode":
            return f"{place.code} {name}" if name != place.code else name
        return name

    # For `address`

    def named(self, tokens: Sequence[str]) -> list[Place]:
        """Places with exactly this name or code."""
        spelling = key(tokens)
        return [self.places[position] for position in self._found.get(spelling, ())] or self.streets(tokens)

    def areas(self, tokens: Sequence[str]) -> list[Place]:
        """Communes, localities and regions with this name: what stands after a street in an address."""
        return [
            self.places[position]
            for position in self._found.get(key(tokens), ())
            if self.places[position].kind in ("commune", "locality", "neighbourhood", "region")
        ]

    def streets(self, tokens: Sequence[str]) -> list[Place]:
        for spelling in street_spellings(list(tokens)):
            if spelling in self._streets:
                return [self.places[position] for position in self._streets[spelling]]
        return []

    # Inside

    def _longest(self, plain: list[str], start: int, kinds: Collection[str]) -> Match | None:
        for end in range(min(len(plain), start + LONGEST_NAME), start, -1):
            span = plain[start:end]
            if not span[-1]:
                continue
            places = self._recognised(span, kinds, plain[start - 1] if start else "")
            if places:
                return Match(start, end, tuple(places))
        return None

    def _recognised(self, span: list[str], kinds: Collection[str], before: str) -> list[Place]:
        if len(span) == 1 and not self._stands_alone(span[0], before):
            return []
        places = [self.places[position] for position in self._found.get(key(span), ())]
        if not places and is_street_like(span):
            places = self.streets(span)
        if (
            not places
            and len(span) > 1
            and (is_street_like(span) or any(word in self.postcodes for word in span))
        ):
            places = address.read(self, span, only_known=True)
        return [place for place in places if place.kind in kinds]

    def _stands_alone(self, word: str, before: str) -> bool:
        if word.isdigit():
            return word in self.postcodes
        return len(word) > 2 and (word not in ORDINARY_WORDS or before in PREPOSITIONS)

    def _prefer(self, places: list[Place], spelling: str, lang: str) -> list[Place]:
        def said_otherwise(place: Place) -> tuple[bool, bool]:
            own = place.names.get(lang) or place.name(lang)
            outside = not any(nis5 in self.communes and nis5.startswith("21") for nis5 in place.nis5s)
            return outside, spelling not in keys_of(own)

        if len({place.kind for place in places}) <= 1:
            return sorted(places, key=said_otherwise)
        return places

    def _settled(self, table: dict[str, dict[int, bool]]) -> dict[str, tuple[int, ...]]:
        return {
            spelling: tuple(
                sorted(places, key=lambda place: (not self._brussels[place], places[place], place))
            )
            for spelling, places in table.items()
        }

    def _drafts(
        self, geography: Geography
    ) -> Iterable[tuple[tuple[int, int, float, str], Place, list[str], list[str]]]:
        """(order, place, names, other names) of every place."""
        communes = {row.code: row for row in geography.territories if row.kind == "commune"}
        postcodes_in = Counter(row.nis5s[0] for row in geography.postcodes if row.nis5s)

        def draft(place: Place, aliases: Iterable[str], area: float):
            brussels = place.code == BRUSSELS or (
                bool(place.nis5s) and all(self._in_brussels(nis5) for nis5 in place.nis5s)
            )
            order = (0 if brussels else 1, KIND_ORDER[place.kind], -area, place.code)
            return order, place, list(dict.fromkeys(place.names.values())), list(aliases)

        for row in geography.territories:
            if row.lat is None or row.lon is None:
                continue
            area = row.area_km2 or sum(communes[part.nis5].area_km2 or 0 for part in row.parts if part.whole)
            place = Place(
                row.kind, row.code, row.names, row.lat, row.lon, radius_of(area), _communes_of(row), row.kind
            )
            yield draft(place, [*row.aliases, *_bilingual(row.names), *_code(row)], area)
        for row in geography.postcodes:
            area = (communes[row.nis5s[0]].area_km2 or 1.0) / postcodes_in[row.nis5s[0]] if row.nis5s else 1.0
            own = communes[row.nis5s[0]].names.values() if row.nis5s else ()
            names = {
                lang: ", ".join(sorted(localities, key=lambda name: name not in own)[:3])
                for lang, localities in (("fr", row.names_fr), ("nl", row.names_nl))
            }
            place = Place(
                "postcode",
                row.postcode,
                names,
                row.lat,
                row.lon,
                radius_of(area),
                row.nis5s,
                row.point,
                row.postcode,
            )
            order, place, _, _ = draft(place, (), area)
            yield order, place, [row.postcode], [*row.names_fr, *row.names_nl]
        for row in geography.localities:
            names = {"fr": row.name_fr, "nl": row.name_nl or row.name_fr}
            code = f"{row.nis5}/{key(words(row.name_fr))}"
            place = Place(
                "locality",
                code,
                names,
                row.lat,
                row.lon,
                LOCALITY_RADIUS_M[row.kind],
                (row.nis5,),
                "locality",
            )
            yield draft(place, _bilingual(names), communes[row.nis5].area_km2 or 0.0)
        for row in geography.former_communes:
            yield from self._former(row, communes[row.merged_into], draft)
        for row in geography.streets:
            names = {lang: name for lang, name in (("fr", row.name_fr), ("nl", row.name_nl)) if name}
            code = f"{row.nis5}/{key(words(row.name_fr or row.name_nl))}"
            commune = communes[row.nis5]
            exact = row.lat is not None and row.lon is not None
            place = Place(
                "street",
                code,
                names,
                row.lat if exact else commune.lat,
                row.lon if exact else commune.lon,
                STREET_RADIUS_M if exact else radius_of(commune.area_km2 or 1.0),
                (row.nis5,),
                "street" if exact else "commune",
            )
            yield draft(place, (), commune.area_km2 or 0.0)

    @staticmethod
    def _former(row, commune: TerritoryRow, draft):
        """A commune that merged is still what people say; it answers with the code of the commune it is part of."""
        names = {"fr": row.name_fr, "nl": row.name_nl or row.name_fr}
        lat, lon = (row.lat, row.lon) if row.lat is not None else (commune.lat, commune.lon)
        exact = row.lat is not None
        if row.name_fr in commune.names.values() or row.name_nl in commune.names.values():
            names = commune.names
        place = Place(
            "commune",
            commune.code,
            names,
            lat,
            lon,
            LOCALITY_RADIUS_M["town"] if exact else radius_of(commune.area_km2 or 1.0),
            (commune.code,),
            "locality" if exact else "commune",
        )
        yield draft(place, [row.nis5], (commune.area_km2 or 0.0) / 2)

    def _in_brussels(self, nis5: str) -> bool:
        row = self._territories.get(("commune", nis5))
        return row is not None and row.parent == ("region", BRUSSELS)


def _communes_of(row: TerritoryRow) -> tuple[str, ...]:
    if row.kind == "commune":
        return (row.code,)
    if row.kind == "neighbourhood":
        return tuple(dict.fromkeys([row.parent[1]] if row.parent else [])) + tuple(
            nis5 for nis5, _, _ in row.points if not row.parent or nis5 != row.parent[1]
        )
    return tuple(part.nis5 for part in row.parts)


def _bilingual(names) -> list[str]:
    """ "Ixelles/Elsene", "Laken - Laeken": both names in either order, as on a Brussels street sign."""
    fr, nl = names.get("fr"), names.get("nl")
    return [f"{fr} {nl}", f"{nl} {fr}"] if fr and nl and fr != nl else []


def _code(row: TerritoryRow) -> list[str]:
    return [row.code] if row.code.isdigit() and row.kind == "commune" else []
