"""Builds generated listings as drafts: each from its own random numbers, so that more of them never change the first."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from services import codes
from services.opening_hours import osm, schedules
from services.records import Texts
from services.transfer.drafts import LocationDraft, NoticeDraft, OrganizationDraft, PhoneDraft, ServiceDraft

from .material import Kind, Material
from .names import person, proper_name
from .places import Commune, Places, phone_in, point_in

SCHEME = SOURCE = "generated"
# The share of listings with a text in each language; French is always there.
LANGUAGE_SHARES = {"nl": 0.6, "en": 0.3, "de": 0.15}
LISTINGS_PER_ORGANIZATION = 3
MARK = {
    "fr": "Fiche inventée pour des essais.",
    "nl": "Verzonnen fiche om te testen.",
    "en": "Invented listing for tests.",
    "de": "Erfundener Eintrag für Tests.",
}
LEGAL_FORMS = {"fr": "asbl", "nl": "vzw"}
_ASKED = {
    "fr": "Demandez {person} au service {name}.",
    "nl": "Vraag naar {person} van de dienst {name}.",
    "en": "Ask for {person} at the {name} desk.",
    "de": "Fragen Sie nach {person} im Dienst {name}.",
}
_NOTICES = {
    "closure": {
        "fr": "Fermé pour congé annuel.",
        "nl": "Gesloten wegens jaarlijks verlof.",
        "en": "Closed for annual leave.",
    },
    "message": {
        "fr": "Nouveau numéro de téléphone.",
        "nl": "Nieuw telefoonnummer.",
        "en": "New phone number.",
    },
    "hours": {"fr": "Horaire d'été.", "nl": "Zomeruren.", "en": "Summer hours."},
}


class Generator:
    def __init__(self, *, seed: int, material: Material, places: Places, today: date) -> None:
        self._seed, self._material, self._places, self._today = seed, material, places, today
        self._weights = [kind.weight for kind in material.kinds]
        self._hours = [schedules.to_schedule_rows(osm.parse(text)) for text in material.hours]

    def _random(self, what: str, number: int) -> Random:
        return Random(f"{self._seed}:{what}:{number}")  # noqa: S311 (nothing secret)

    def organization_id(self, number: int) -> str:
        """Of the organisation that offers listing `number`."""
        return f"gen-{self._seed}-org-{number // LISTINGS_PER_ORGANIZATION:06d}"

    def organization(self, number: int) -> OrganizationDraft:
        random = self._random("organization", number // LISTINGS_PER_ORGANIZATION)
        name = proper_name(random)
        return OrganizationDraft(
            external_id=self.organization_id(number),
            scheme=SCHEME,
            name={code: f"{name} {form}" for code, form in LEGAL_FORMS.items()},
            website=f"https://{name.lower()}.example".replace("è", "e") if random.random() < 0.5 else "",
            is_example=True,
            source=SOURCE,
        )

    def listing(self, number: int) -> ServiceDraft:
        random = self._random("listing", number)
        kind = random.choices(self._material.kinds, self._weights)[0]
        model = random.choice(kind.examples)
        other = random.choice(kind.examples)
        commune = self._places.commune(random)
        languages = ["fr", *(code for code, share in LANGUAGE_SHARES.items() if random.random() < share)]
        name = proper_name(random)
        on_site = random.random() < 0.9
        minimum, maximum = self._ages(random)
        draft = ServiceDraft(
            external_id=f"gen-{self._seed}-{number:06d}",
            scheme=SCHEME,
            organization=self.organization_id(number),
            name=self._name(kind, name, commune, languages, random),
            summary={code: self._sentence(kind, code, random)[:200] for code in languages},
            description=self._description(kind, name, languages, random),
            organisation_type=kind.code,
            needs=list(dict.fromkeys([*(model.get("needs") or []), *(other.get("needs") or [])[:1]])),
            audiences=self._audiences(model),
            minimum_age=minimum,
            maximum_age=maximum,
            languages=self._languages(random),
            access_modes=self._modes(on_site, random),
            access_steps=list(other.get("access_steps") or []),
            mobilisable_by=list(model.get("mobilisable_by") or []),
            costs=list(model.get("costs") or other.get("costs") or []),
            documents=random.sample(self._material.documents, min(2, len(self._material.documents)))
            if random.random() < 0.2
            else [],
            phones=[PhoneDraft(phone_in(commune, random))],
            website=f"https://{name.lower()}.example".replace("è", "e") if random.random() < 0.4 else "",
            email=f"info@{name.lower()}.example".replace("è", "e") if random.random() < 0.4 else "",
            lifecycle=random.choices(["published", "suspended", "closed_permanently"], [96, 2, 2])[0],
            visibility="professionals" if random.random() < 0.03 else "public",
            is_example=True,
            source=SOURCE,
        )
        if on_site:
            draft.locations = [
                self._place(commune, random) for _ in range(random.choices([1, 2, 3, 4], [88, 8, 3, 1])[0])
            ]
        else:
            draft.service_areas = self._areas(commune, random)
            draft.schedules = random.choice(self._hours)
        if random.random() < 0.8:
            draft.verified_on = self._today - timedelta(days=random.randrange(700))
            draft.verification_channel = random.choice(codes.VerificationChannel.values)
        if random.random() < 0.3:
            draft.capacity = random.choice(codes.Capacity.values)
            draft.capacity_updated_on = self._today - timedelta(days=random.randrange(60))
        if random.random() < 0.05:
            draft.notices = [self._notice(random)]
        return draft

    def _name(
        self, kind: Kind, name: str, commune: Commune, languages: Sequence[str], random: Random
    ) -> Texts:
        with_commune = random.random() < 0.3
        found = {}
        for code in languages:
            label = kind.label.get(code) or kind.label["fr"]
            where = commune.names.get(code) or next(iter(commune.names.values()))
            found[code] = f"{label} {name} ({where})" if with_commune else f"{label} {name}"
        return found

    def _sentence(self, kind: Kind, language: str, random: Random) -> str:
        own = kind.sentences.get(language)
        # One sentence in five is of another kind: services overlap in life too.
        pool = own if own and random.random() < 0.8 else self._material.sentences[language]
        return random.choice(pool)

    def _description(self, kind: Kind, name: str, languages: Sequence[str], random: Random) -> Texts:
        count, who = random.randrange(3, 8), person(random)
        return {
            code: " ".join(
                [
                    *dict.fromkeys(self._sentence(kind, code, random) for _ in range(count)),
                    _ASKED[code].format(person=who, name=name),
                    MARK[code],
                ]
            )
            for code in languages
        }

    @staticmethod
    def _audiences(model: dict) -> list[tuple[str, str]]:
        found = [text.partition(":") for text in model.get("audiences") or []]
        return [(code, welcome or "preferential") for code, _colon, welcome in found]

    @staticmethod
    def _ages(random: Random) -> tuple[int | None, int | None]:
        return random.choices([(None, None), (18, None), (60, None), (0, 18), (12, 25)], [75, 12, 7, 3, 3])[0]

    @staticmethod
    def _languages(random: Random) -> list[str]:
        others = [code for code in codes.Language.values if code not in ("fr", "nl")]
        return ["fr", *(["nl"] if random.random() < 0.6 else []), *random.sample(others, random.randrange(4))]

    @staticmethod
    def _modes(on_site: bool, random: Random) -> list[str]:
        if not on_site:
            return random.choice((["by_phone"], ["at_home"], ["by_phone", "online"], ["at_home", "by_phone"]))
        return [
            "on_site",
            *(["by_phone"] if random.random() < 0.2 else []),
            *(["at_home"] if random.random() < 0.1 else []),
        ]

    @staticmethod
    def _areas(commune: Commune, random: Random) -> list[tuple[str, str]]:
        return random.choices(
            ([("commune", commune.nis5)], list(commune.parents), [("country", "be")]), [60, 30, 10]
        )[0]

    def _place(self, commune: Commune, random: Random) -> LocationDraft:
        street, lat, lon = point_in(commune, random)
        return LocationDraft(
            external_id="",
            street=street,
            house_number=str(random.randrange(1, 250)),
            postcode=random.choice(commune.postcodes) if commune.postcodes else "",
            nis5=commune.nis5,
            lat=lat,
            lon=lon,
            precision="street" if commune.streets else "address",
            address_visibility="address_hidden" if random.random() < 0.02 else "public",
            accessibility=[code for code in codes.Accessibility.values if random.random() < 0.15],
            schedules=random.choice(self._hours) if random.random() < 0.85 else [],
            phones=[PhoneDraft(phone_in(commune, random))] if random.random() < 0.2 else [],
        )

    def _notice(self, random: Random) -> NoticeDraft:
        kind = random.choice(list(_NOTICES))
        starts_on = self._today + timedelta(days=random.randrange(-20, 40))
        return NoticeDraft(
            kind, dict(_NOTICES[kind]), starts_on, starts_on + timedelta(days=random.randrange(1, 30))
        )
