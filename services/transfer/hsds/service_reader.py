"""One HSDS service as drafts. Own files are read exactly; of others what has no place with us is kept as a note."""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from services import codes
from services.transfer.create_parts import DraftRefused
from services.transfer.drafts import CostDraft, NoticeDraft, ServiceDraft

from . import hours_reader, organization_reader, part_reader, place_reader, profile
from .entries import Entry
from .reading import ReadService, Setting, languages_of
from .taking import Taker, Words

_LIFECYCLE = {hsds: ours for ours, hsds in profile.STATUS.items()}
_FREE = frozenset(
    {"free", "free to everyone", "free of charge", "gratuit", "gratis", "kostenlos", "none", "none."}
)
_TEXTS = {
    "name": 200,
    "alternate_name": 400,
    "summary": 200,
    "description": 20_000,
    "application_process": 20_000,
    "fees_description": 20_000,
    "eligibility_description": 20_000,
}
_OWN = frozenset(
    "organization website email minimum_age maximum_age verified_on lifecycle phones schedules contacts languages "
    "cost_options documents service_areas places needs audiences organisation_type access_modes access_steps "
    "mobilisable_by visibility capacity verification_channel notices replaced_by".split()
)


def read(entry: Entry, setting: Setting) -> ReadService:
    """Raises DraftRefused."""
    words = Words()
    taker = Taker(entry.service, "service", words, setting.language)
    mine = taker.attributes.code(profile.PROFILE)
    if mine and mine not in (profile.PUBLIC, profile.COMPLETE):
        raise DraftRefused(f'profile: "{mine[:40]}" is not {profile.PUBLIC} or {profile.COMPLETE}')
    if mine and (told := taker.attributes.value(profile.PROFILE)):
        setting = Setting(setting.source, told, setting.books, setting.today)
        taker.language = told
    identifier = str(taker.raw("id") or "").strip()
    if not identifier or len(identifier) > 120:
        raise DraftRefused("id is missing or longer than 120 characters")
    places = taker.objects("service_at_locations")
    country = place_reader.country_of(places)
    organization = None
    if taker.has("organization"):
        organization, more = organization_reader.read(taker.one("organization"), setting, mine, country)
        words.warnings += more.warnings
    elif entry.service.get("organization_id"):
        organization, _more = organization_reader.read(
            {"id": entry.service["organization_id"]}, setting, mine, country
        )
    draft = ServiceDraft(
        external_id=identifier,
        scheme=setting.source,
        organization=None,
        **{name: taker.texts(name, longest) for name, longest in _TEXTS.items()},
        website=part_reader.url(taker, "url"),
        email=part_reader.email(taker),
        minimum_age=_age(taker, "minimum_age"),
        maximum_age=_age(taker, "maximum_age"),
        verified_on=_verified_on(taker, setting.today),
        phones=part_reader.phones(taker, bool(mine), country),
        contacts=part_reader.contacts(taker, bool(mine), country),
        source=(taker.attributes.value("source") or setting.source)[:500],
    )
    status = taker.text("status").lower().replace("_", " ")
    if status and status not in _LIFECYCLE:
        raise DraftRefused(f'status: unknown "{status[:40]}"; known: {", ".join(_LIFECYCLE)}')
    draft.lifecycle = _LIFECYCLE.get(status, codes.Lifecycle.PUBLISHED.value)
    found = ReadService(
        entry.line, entry.where, draft, frozenset(), languages_of(mine, setting.language), mine, organization
    )
    _read_places(found, places, setting, words, country, taker)
    if mine:
        _own(draft, taker, setting)
        found.spoken = _OWN | _TEXTS.keys()
    else:
        _their_audience(draft, taker)
        _their_costs(draft, taker)
        _their_schedules(draft, taker)
        _their_notices(draft, taker)
        _their_terms(draft, taker, setting)
        _documents(draft, taker)
        _areas(draft, taker, setting)
        _languages(draft, taker.objects("languages"), taker, setting)
        taker.keep_the_rest()
        draft.data_note = words.note
        found.spoken = _spoken(found, bool(status))
    if (
        draft.minimum_age is not None
        and draft.maximum_age is not None
        and draft.minimum_age > draft.maximum_age
    ):
        raise DraftRefused(f"minimum_age: {draft.minimum_age} is above maximum_age {draft.maximum_age}")
    found.warnings = words.warnings
    return found


def _spoken(found: ReadService, has_status: bool) -> frozenset[str]:
    """Of somebody else's file: what it has a value for."""
    plain = "website email minimum_age maximum_age verified_on phones schedules contacts languages cost_options".split()
    lists = "documents service_areas needs audiences organisation_type notices".split()
    spoken = {
        name for name in (*_TEXTS, *plain, *lists) if getattr(found.draft, name) not in ("", None, [], {})
    }
    spoken |= {"lifecycle"} if has_status else set()
    spoken |= {"places"} if found.places else set()
    spoken |= {"organization"} if found.organization is not None else set()
    return frozenset(spoken)


def _read_places(
    found: ReadService, places: list[Any], setting: Setting, words: Words, country: str, taker: Taker
) -> None:
    service_numbers = {(phone.number, phone.type) for phone in found.draft.phones}
    for item in places:
        read_place = place_reader.read(item, setting, words, found.profile, country)
        if read_place is None:
            continue
        place, languages, contacts = read_place
        if any(place.draft.external_id == other.draft.external_id for other in found.places):
            continue
        if not found.is_ours:
            place.draft.phones = [
                phone for phone in place.draft.phones if (phone.number, phone.type) not in service_numbers
            ]
            _languages(found.draft, languages, taker, setting)
            more = Taker({"contacts": contacts}, "service_at_locations", words, setting.language)
            found.draft.contacts += part_reader.contacts(more, False, country)
        found.places.append(place)
    found.draft.locations = [place.draft for place in found.places]


def _age(taker: Taker, name: str) -> int | None:
    value = taker.raw(name)
    if value in (None, ""):
        return None
    try:
        age = float(str(value))
    except ValueError:
        age = float("nan")
    if 0 <= age <= 120:
        return int(age)
    taker.words.keep(name.replace("_", " "), value, "no age from 0 to 120")
    return None


def _verified_on(taker: Taker, today: date) -> date | None:
    text = taker.text("assured_date")[:10]
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        taker.words.keep("assured date", text, "no date")
        return None
    return found if found <= today else None


def _own(draft: ServiceDraft, taker: Taker, setting: Setting) -> None:
    """What our profile's attributes say, exactly. Raises DraftRefused on codes that are not ours."""
    found = taker.attributes
    draft.needs = list(dict.fromkeys(found.codes(codes.Taxonomy.NEED)))
    draft.audiences = [
        (code, part_reader.one_of(welcome, codes.Welcome, "preferential", "audience"))
        for code, welcome in found.pairs(codes.Taxonomy.AUDIENCE)
    ]
    draft.organisation_type = found.code(codes.Taxonomy.ORGANISATION_TYPE) or None
    draft.access_modes = part_reader.several(found.codes("access_mode"), codes.AccessMode, "access_mode")
    draft.access_steps = part_reader.several(found.codes("access_step"), codes.AccessStep, "access_step")
    draft.mobilisable_by = part_reader.several(
        found.codes("mobilisable_by"), codes.MobilisableBy, "mobilisable_by"
    )
    draft.visibility = part_reader.one_of(found.code("visibility"), codes.Visibility, "public", "visibility")
    draft.capacity = part_reader.one_of(found.code("capacity"), codes.Capacity, "unknown", "capacity")
    draft.capacity_updated_on = _own_day(found.value("capacity"), "capacity")
    draft.verification_channel = part_reader.one_of(
        found.code("verification_channel"), codes.VerificationChannel, "", "verification_channel"
    )
    draft.languages = part_reader.several(
        [str(item.get("code") or "") for item in taker.objects("languages") if isinstance(item, dict)],
        codes.Language,
        "languages",
    )
    draft.cost_options = [_own_cost(item, taker) for item in taker.objects("cost_options")]
    draft.documents = [
        Taker(item, "required_documents", taker.words, taker.language).texts("document", 200)
        for item in taker.objects("required_documents")
    ]
    draft.schedules = [
        hours_reader.own_row(Taker(row, "schedules", taker.words, taker.language))
        for row in taker.objects("schedules")
    ]
    draft.service_areas = [_own_area(item, setting) for item in taker.objects("service_areas")]
    draft.notices = part_reader.notices(taker)
    draft.other_ids = part_reader.external_ids(taker)
    draft.replaced_by = found.value("replaced_by") or None
    draft.is_example = bool(found.pairs("example"))
    draft.source_date = found.value("source_date")[:10]
    draft.data_note = found.value("data_note")


def _own_day(text: str, name: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise DraftRefused(f'{name}: "{text[:40]}" is no date such as 2026-11-22') from None


def _own_cost(item: Any, taker: Taker) -> CostDraft:
    cost = Taker(item, "cost_options", taker.words, taker.language)
    amount = cost.raw("amount")
    try:
        exact = None if amount in (None, "") else Decimal(str(amount)).quantize(Decimal("0.01"))
    except InvalidOperation:
        raise DraftRefused(f'cost_options.amount: "{str(amount)[:40]}" is no amount') from None
    return CostDraft(
        part_reader.one_of(cost.text("option"), codes.Cost, "", "cost_options.option"),
        exact,
        cost.texts("amount_description", 200),
    )


def _own_area(item: Any, setting: Setting) -> tuple[str, str]:
    extent = str(item.get("extent") or "") if isinstance(item, dict) else ""
    kind, _colon, code = extent.partition(":")
    if not setting.books.is_territory(kind, code):
        raise DraftRefused(f'service_areas: unknown territory "{extent[:60]}"')
    return kind, code


def _their_audience(draft: ServiceDraft, taker: Taker) -> None:
    """For whom, in words (Ohana): people see it with the conditions."""
    audience, conditions = taker.text("audience"), draft.eligibility_description.get(taker.language, "")
    if conditions.lower().strip(".") == "none":
        conditions = ""
        draft.eligibility_description.pop(taker.language)
    if audience or conditions:
        draft.eligibility_description[taker.language] = "\n".join(filter(None, [audience, conditions]))


def _their_costs(draft: ServiceDraft, taker: Taker) -> None:
    """A cost of ours by its code; others are said in words that people see."""
    said = []
    for item in taker.objects("cost_options"):
        cost = Taker(item, "cost_options", taker.words, taker.language)
        option, amount = cost.text("option"), cost.text("amount").removesuffix(".0")
        code = option.lower().replace(" ", "_")
        if code in codes.Cost.values and not amount:
            draft.cost_options.append(CostDraft(code))
            continue
        price = " ".join(filter(None, [amount, cost.text("currency").upper() if amount else ""]))
        said.append(
            ": ".join(
                filter(None, [option, " ".join(filter(None, [price, cost.text("amount_description")]))])
            )
        )
        cost.keep_the_rest("cost")
    old = taker.text("fees")
    current = draft.fees_description.get(taker.language, "")
    text = "\n".join(dict.fromkeys(filter(None, [current, old, *said])))
    if text:
        draft.fees_description[taker.language] = text
    if text.lower() in _FREE and not draft.cost_options:
        draft.cost_options.append(CostDraft(codes.Cost.FREE.value))


def _their_schedules(draft: ServiceDraft, taker: Taker) -> None:
    draft.schedules = hours_reader.rows(
        [Taker(row, "schedules", taker.words, taker.language) for row in taker.objects("schedules")]
    )


def _their_notices(draft: ServiceDraft, taker: Taker) -> None:
    """An alert is a message from the day on which the service was last changed; without that day, words."""
    alert, changed = taker.text("alert"), taker.text("last_modified")[:10]
    if not alert:
        return
    try:
        starts_on = date.fromisoformat(changed)
    except ValueError:
        taker.words.keep("alert", alert, "no day from which it holds")
        return
    if len(alert) > 400:
        taker.words.keep("alert", alert, "longer than 400 characters")
        alert = alert[:399] + "…"
    draft.notices = [NoticeDraft("message", {taker.language: alert}, starts_on)]


def _their_terms(draft: ServiceDraft, taker: Taker, setting: Setting) -> None:
    for item in taker.attributes.all:
        term = item.get("taxonomy_term")
        if not isinstance(term, dict):
            continue
        taxonomy, code, name = (str(term.get(key) or "") for key in ("taxonomy", "code", "name"))
        value = str(item.get("value") or "")
        found = setting.books.term(taxonomy, code, name)
        if found is None:
            shown = " ".join(
                filter(
                    None, [name or code or str(term.get("id") or ""), f"({code})" if name and code else ""]
                )
            )
            taker.words.keep("term", ": ".join(filter(None, [shown, value])), "unknown term")
        elif found[0] == codes.Taxonomy.NEED:
            draft.needs.append(found[1])
        elif found[0] == codes.Taxonomy.AUDIENCE:
            welcome = value if value in codes.Welcome.values else codes.Welcome.PREFERENTIAL.value
            draft.audiences.append((found[1], welcome))
        else:
            draft.organisation_type = found[1]
    draft.needs = list(dict.fromkeys(draft.needs))
    draft.audiences = list(dict(draft.audiences).items())


def _documents(draft: ServiceDraft, taker: Taker) -> None:
    for item in taker.objects("required_documents"):
        document = Taker(item, "required_documents", taker.words, taker.language)
        text = document.text("document", 200)
        if text.lower().strip(". ") not in ("", "none"):
            draft.documents.append({taker.language: text})
        document.keep_the_rest("document")


def _areas(draft: ServiceDraft, taker: Taker, setting: Setting) -> None:
    for item in taker.objects("service_areas"):
        area = Taker(item, "service_areas", taker.words, taker.language)
        name = area.text("name") or area.text("service_area")
        found = setting.books.territory(name) if name else None
        if found is not None:
            draft.service_areas.append(found)
        else:
            rest = ", ".join(filter(None, [name, area.text("description")]))
            taker.words.keep("service area", rest, "no territory of this name")
        area.keep_the_rest("service area", but=["extent", "extent_type", "uri", "description", "name"])
    draft.service_areas = list(dict.fromkeys(draft.service_areas))


def _languages(draft: ServiceDraft, items: list[Any], taker: Taker, setting: Setting) -> None:
    for item in items:
        language = Taker(item, "languages", taker.words, taker.language)
        code, name = language.text("code"), language.text("name") or language.text("language")
        found = setting.books.language(code, name)
        if found is None:
            taker.words.keep("language", name or code, "unknown language")
        elif found not in draft.languages:
            draft.languages.append(found)
        language.keep_the_rest("language")
