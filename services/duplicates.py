"""Finds listings that may be the same: candidates for a form or a file, and the pairs already in the catalogue.

The keys by which they are found (MatchKey) follow the change log as an index does: whoever asks brings them up to date
first. Nothing reads all listings to compare them with all. Addresses that are not public are neither compared nor told.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from . import following
from .codes import AddressVisibility, Lifecycle
from .likeness import POSSIBLE, Comparable, comparable, keys, likeness
from .models import DuplicatePair, MatchKey, Phone, Service, ServiceAtLocation

# Listings that share one key beyond this number share a habit of speech, not an identity.
COMMON = 150
CHUNK = 500
KEYS, PAIRS = "match_keys", "duplicate_pairs"  # their names as readers of the change log
# Changes that a person who types may have to wait for; the rest is left to whoever has time.
WHILE_TYPING = 300

WHY = {
    "name": _("like name"),
    "place": _("same place"),
    "phone": _("same phone"),
    "organization": _("same organisation"),
}
_LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)


@dataclass(frozen=True)
class Candidate:
    """A listing that may be the one meant. `score` of 100; `why`: codes of WHY."""

    uuid: UUID
    name: str
    score: int
    why: tuple[str, ...]
    pk: int
    live: bool


def candidates(
    name: str,
    postcode: str = "",
    phones: Iterable[str] = (),
    limit: int = 5,
    *,
    organization: str = "",
    without: int | None = None,
    among: QuerySet | None = None,
) -> list[Candidate]:
    """Listings that what somebody types may already be, likeliest first.

    `without`: primary key of the listing being edited; `among`: only these services (what the reader may see).
    Some eight queries, however many listings there are.
    """
    follow(most=WHILE_TYPING)
    wanted = comparable(
        [name], postcodes=[postcode], phones=phones, organizations=[organization] if organization else []
    )
    found = candidates_of({0: wanted}, without={without} if without else (), among=among)
    return found.get(0, [])[:limit]


def candidates_of(
    wanted: Mapping[int, Comparable], *, without: Iterable[int] = (), among: QuerySet | None = None
) -> dict[int, list[Candidate]]:
    """For each of many (a chunk of a file): its candidates, likeliest first. The keys must have been followed."""
    keys_of = {number: keys(one) for number, one in wanted.items()}
    members = _members({key for found in keys_of.values() for key in found})
    left_out = set(without)
    near = {
        number: {pk for key in found for pk in members.get(key, ())} - left_out
        for number, found in keys_of.items()
    }
    known = comparables({pk for pks in near.values() for pk in pks}, among=among)
    scored: dict[int, list[tuple[int, int, tuple[str, ...]]]] = {}
    for number, pks in near.items():
        for pk in pks & known.keys():
            alike = likeness(wanted[number], known[pk])
            if alike.score >= POSSIBLE:
                scored.setdefault(number, []).append((alike.score, pk, alike.why))
    shown = _shown({pk for rows in scored.values() for _score, pk, _why in rows})
    return {
        number: [
            Candidate(shown[pk][0], shown[pk][1], score, why, pk, shown[pk][2])
            for score, pk, why in sorted(rows, key=lambda row: (-row[0], row[1]))
        ]
        for number, rows in scored.items()
    }


def _members(wanted: set[int]) -> dict[int, list[int]]:
    """Key → primary keys of the services that have it, without the keys that too many have."""
    found: dict[int, list[int]] = defaultdict(list)
    ordered = sorted(wanted)
    for start in range(0, len(ordered), CHUNK):
        rows = MatchKey.objects.filter(key__in=ordered[start : start + CHUNK])
        rare = rows.values("key").annotate(n=Count("pk")).filter(n__lte=COMMON).values_list("key", flat=True)
        for key, pk in MatchKey.objects.filter(key__in=list(rare)).values_list("key", "service_id"):
            found[key].append(pk)
    return found


def _shown(pks: Iterable[int]) -> dict[int, tuple[UUID, str, bool]]:
    columns = [f"name_{code}" for code in _LANGUAGES]
    return {
        pk: (uuid, next((name for name in names if name), str(uuid)), live)
        for chunk in _chunks(pks)
        for pk, uuid, live, *names in Service.objects.filter(pk__in=chunk).values_list(
            "pk", "uuid", "live", *columns
        )
    }


def names_of(uuids: Sequence[UUID]) -> dict[UUID, str]:
    """The name each listing is shown under in a list: the first language that has one."""
    columns = [f"name_{code}" for code in _LANGUAGES]
    found: dict[UUID, str] = {}
    for start in range(0, len(uuids), CHUNK):
        rows = Service.objects.filter(uuid__in=uuids[start : start + CHUNK]).values_list("uuid", *columns)
        found |= {uuid: next((name for name in names if name), str(uuid)) for uuid, *names in rows}
    return found


def _chunks(pks: Iterable[int]) -> Iterable[list[int]]:
    ordered = sorted(pks)
    return (ordered[start : start + CHUNK] for start in range(0, len(ordered), CHUNK))


def comparables(pks: Iterable[int], *, among: QuerySet | None = None) -> dict[int, Comparable]:
    """What of these listings is compared; archived ones are left out. Three queries for each 500."""
    found: dict[int, Comparable] = {}
    for chunk in _chunks(pks):
        found |= _comparables(chunk, among)
    return found


def _comparables(pks: Sequence[int], among: QuerySet | None) -> dict[int, Comparable]:
    services = QuerySet(Service) if among is None else among
    names = [f"name_{code}" for code in _LANGUAGES]
    others = [f"alternate_name_{code}" for code in _LANGUAGES]
    organizations = [f"organization__name_{code}" for code in _LANGUAGES]
    rows = list(
        services.filter(pk__in=pks)
        .exclude(lifecycle=Lifecycle.ARCHIVED)
        .order_by()
        .values_list("pk", *names, *others, *organizations)
    )
    postcodes, streets, phones = defaultdict(list), defaultdict(list), defaultdict(list)
    street_columns = [f"location__street_{code}" for code in _LANGUAGES]
    places = QuerySet(ServiceAtLocation).filter(
        service__in=pks, location__address_visibility=AddressVisibility.PUBLIC
    )
    for pk, postcode, number, *roads in places.values_list(
        "service_id", "location__postcode", "location__house_number", *street_columns
    ):
        postcodes[pk].append(postcode)
        streets[pk] += [f"{road} {number}" for road in roads if road]
    for owner in ("service_id", "service_at_location__service_id"):
        for pk, number in (
            QuerySet(Phone).filter(**{f"{owner}__in": pks}).order_by().values_list(owner, "number")
        ):
            phones[pk].append(number)
    width = len(_LANGUAGES)
    found = {}
    for pk, *texts in rows:
        own, alternates, organization = texts[:width], texts[width : 2 * width], texts[2 * width :]
        spoken = [part for text in alternates if text for part in text.split(";")]
        found[pk] = comparable(
            [*(name for name in own if name), *spoken],
            postcodes=postcodes[pk],
            streets=streets[pk],
            phones=phones[pk],
            organizations=[name for name in organization if name],
        )
    return found


def follow(*, most: int | None = None) -> int:
    """Bring the keys up to the head of the change log; returns how many changes are left (0, unless `most` held it)."""

    def write(rows: list[following.Row]) -> None:
        write_keys(following.touched(rows, ("location",)))

    done, left = 0, max(0, following.head() - following.read_up_to(KEYS))
    while left and (most is None or done < most):
        count = following.follow(KEYS, write, most=CHUNK)
        if not count:
            break
        done, left = done + count, max(0, left - count)
    return left


def write_keys(pks: Iterable[int]) -> None:
    """Make the keys of these services anew, those of deleted and archived ones gone."""
    for chunk in _chunks(pks):
        MatchKey.objects.filter(service__in=chunk).delete()
        found = _comparables(chunk, None)
        MatchKey.objects.bulk_create(
            [MatchKey(service_id=pk, key=key) for pk, one in found.items() for key in keys(one)],
            batch_size=2000,
        )


def refresh_pairs() -> int:
    """Look at what changed since the last time and note the pairs that may be one; returns how many are new.

    For a background task: a first pass over 100,000 listings takes minutes. Pairs that people decided stay decided.
    """
    follow()
    new, limit = 0, following.read_up_to(KEYS)

    def note(rows: list[following.Row]) -> None:
        nonlocal new
        new += _note_pairs(following.touched(rows, ("location", "organization")))

    while following.read_up_to(PAIRS) < limit and following.follow(PAIRS, note, most=CHUNK):
        pass
    return new


def _note_pairs(pks: set[int]) -> int:
    new = 0
    for chunk in _chunks(pks):
        found = dict(_pairs(chunk))
        about = Q(first__in=chunk) | Q(second__in=chunk)
        known = {
            (first, second): (pk, state, score)
            for pk, first, second, state, score in DuplicatePair.objects.filter(about).values_list(
                "pk", "first_id", "second_id", "state", "score"
            )
        }
        opened = DuplicatePair.State.OPEN
        gone = [pk for pair, (pk, state, _s) in known.items() if pair not in found and state == opened]
        DuplicatePair.objects.filter(pk__in=gone).delete()
        for pair, (score, why) in found.items():
            if pair in known and known[pair][1:] != (opened, score) and known[pair][1] == opened:
                DuplicatePair.objects.filter(pk=known[pair][0]).update(score=score, why=" ".join(why))
        fresh = [
            DuplicatePair(first_id=pair[0], second_id=pair[1], score=score, why=" ".join(why))
            for pair, (score, why) in found.items()
            if pair not in known
        ]
        DuplicatePair.objects.bulk_create(fresh, batch_size=CHUNK, ignore_conflicts=True)
        new += len(fresh)
    return new


def _pairs(pks: Sequence[int]) -> Iterable[tuple[tuple[int, int], tuple[int, tuple[str, ...]]]]:
    """((lower, higher primary key), (score, why)) of the pairs that these services may be part of."""
    own: dict[int, set[int]] = defaultdict(set)
    for pk, key in MatchKey.objects.filter(service__in=pks).values_list("service_id", "key"):
        own[pk].add(key)
    members = _members({key for found in own.values() for key in found})
    near: dict[int, Counter[int]] = {
        pk: Counter(other for key in found for other in members.get(key, ()) if other != pk)
        for pk, found in own.items()
    }
    known = comparables({*own, *(other for found in near.values() for other in found)})
    for pk, found in near.items():
        if pk not in known:
            continue
        for other in found:
            if other not in known or (other in own and other < pk):  # the other one finds this pair too
                continue
            alike = likeness(known[pk], known[other])
            if alike.score >= POSSIBLE:
                yield (min(pk, other), max(pk, other)), (alike.score, alike.why)
