"""A listing's page from a Service, saved or not: what it is, whether it is open, how to get in, and how fresh this is."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext

from services import codes
from services.models import Contact, Service
from services.reports.selectors import banners, open_reports
from services.reports.words import lines as agents_lines
from services.rules import LISTED_LIFECYCLES, STALE_AFTER_DAYS, current_capacity, phone_display, phone_e164
from services.selectors import contacts_for, rhythm_of

from ..addresses import listing_url
from .cards import State, spoken
from .hours import HoursBlock, hours_block
from .notices import NoticeLine, notice_lines
from .places import PhoneLine, Place, phone_lines, places
from .reports import banner_sentences
from .texts import Said, labels, said_of, texts_of
from .words import Freshness, day_text, freshness, partial_date


@dataclass(frozen=True)
class CostLine:
    label: str
    amount: str
    about: Said


@dataclass(frozen=True)
class ContactLine:
    name: str
    title: Said
    email: str
    phone: PhoneLine | None
    professional: bool


@dataclass(frozen=True)
class ForWhom:
    only: list[str]
    mainly: list[str]
    everybody: bool
    age: str
    conditions: Said

    @property
    def said(self) -> bool:
        return bool(self.only or self.mainly or self.everybody or self.age or self.conditions)


@dataclass(frozen=True)
class Listing:
    uuid: str
    url: str
    name: Said
    alternate_name: Said
    organization: Said
    organization_about: Said
    kind: Said
    needs: list[tuple[str, Said]]
    summary: Said
    description: Said
    example: bool
    lifecycle: str
    for_professionals: bool
    replaced_by: tuple[Said, str] | None
    state: State
    hours: HoursBlock
    notices: list[NoticeLine]
    warnings: list[str]  # what several agents found: "Two people told us that …"
    agents_say: list[str]  # what one agent found is enough; for professionals
    places: list[Place]
    phones: list[PhoneLine]
    website: tuple[str, str] | None  # (host, address)
    email: str
    contacts: list[ContactLine]
    access_modes: list[str]
    access_steps: list[tuple[str, str]]  # (code, label)
    referral_only: bool
    application: Said
    documents: list[Said]
    costs: list[CostLine]
    fees: Said
    for_whom: ForWhom
    languages: list[tuple[str, str]]
    areas: list[Said]
    capacity: tuple[str, str, str] | None  # (code, label, since when)
    freshness: Freshness
    source: str
    source_date: str

    @property
    def gone(self) -> bool:
        return self.lifecycle == codes.Lifecycle.CLOSED_PERMANENTLY

    @property
    def mapped(self) -> list[Place]:
        return [place for place in self.places if place.has_point]

    @property
    def known_hours(self) -> bool:
        return bool(self.hours) or any(place.hours for place in self.places)

    @property
    def first_call(self) -> PhoneLine | None:
        """The number of the big button: the service's own, else the first place's."""
        every = [*self.phones, *(phone for place in self.places for phone in place.phones)]
        return None if self.gone else next((phone for phone in every if phone.href), None)


def listing_page(service: Service, *, professional: bool, now: datetime, lang: str) -> Listing:
    """`now`: naive local time, Europe/Brussels; `lang` must be the active language."""
    own_notices = list(service.notices.all())
    own_hours = hours_block(service.schedules.all(), own_notices, service.lifecycle, now, lang)
    its_places = places(service, professional=professional, now=now, lang=lang)
    organization = service.organization if service.organization_id else None
    website = service.website or (organization.website if organization else "")
    own_phones = phone_lines(service.phones.all(), professional)
    if not own_phones and not any(place.phones for place in its_places) and organization:
        own_phones = phone_lines(organization.phones.all(), professional)
    kind = service.organisation_type or (organization.organisation_type if organization else None)
    organization_name = said_of(organization, "name") if organization else Said()
    name = said_of(service, "name")
    return Listing(
        uuid=str(service.uuid),
        url=listing_url(service.uuid, texts_of(service, "name"), lang),
        name=name,
        alternate_name=said_of(service, "alternate_name"),
        organization=organization_name if organization_name.text != name.text else Said(),
        organization_about=said_of(organization, "description") if organization else Said(),
        kind=said_of(kind, "name") if kind else Said(),
        needs=[(term.code, said_of(term, "name")) for term in service.needs.all() if not term.retired],
        summary=said_of(service, "summary"),
        description=said_of(service, "description"),
        example=service.is_example,
        lifecycle=service.lifecycle,
        for_professionals=service.visibility != codes.Visibility.PUBLIC,
        replaced_by=_replacement(service, lang),
        state=_state(own_hours, its_places),
        hours=own_hours,
        notices=notice_lines(own_notices, now.date()),
        **_reported(service, professional, now),
        places=its_places,
        phones=own_phones,
        website=_website(website),
        email=service.email or (organization.email if organization else ""),
        contacts=[_contact(contact) for contact in contacts_for(service, professional=professional)],
        access_modes=labels(codes.AccessMode, service.access_modes),
        access_steps=list(
            zip(service.access_steps, labels(codes.AccessStep, service.access_steps), strict=True)
        ),
        referral_only=service.mobilisable_by == [codes.MobilisableBy.PROFESSIONAL],
        application=said_of(service, "application_process"),
        documents=[said_of(part, "document") for part in service.required_documents.all()],
        costs=[_cost(option) for option in service.cost_options.all()],
        fees=said_of(service, "fees_description"),
        for_whom=_for_whom(service),
        languages=spoken(service.languages),
        areas=[said_of(area.territory, "name") for area in service.service_areas.all()],
        capacity=_capacity(service, now),
        freshness=freshness(
            service.verified_on,
            service.verification_channel,
            service.source_date,
            now.date(),
            rhythm_of(service) if service.organization_id else STALE_AFTER_DAYS,
        ),
        source=service.source,
        source_date=partial_date(service.source_date),
    )


def _reported(service: Service, professional: bool, now: datetime) -> dict[str, list[str]]:
    """`warnings` and `agents_say`; nothing about what was never saved or is gone. One query."""
    if service.pk is None or service.lifecycle == codes.Lifecycle.CLOSED_PERMANENTLY:
        return {"warnings": [], "agents_say": []}
    if not professional:
        told = banners([service.pk], today=now.date()).get(service.pk, {})
        return {"warnings": banner_sentences(told), "agents_say": []}
    said = agents_lines(
        open_reports([service.pk], today=now.date()).get(service.pk, []), timezone.make_aware(now)
    )
    return {
        "warnings": banner_sentences({line.reason: line.people for line in said if line.banner}),
        "agents_say": [line.text for line in said],
    }


def _state(own: HoursBlock, its_places: list[Place]) -> State:
    """One sentence for the top: of the service's own hours, else of its places; an open one says the most."""
    if own or not its_places:
        return own.state
    known = [place.hours.state for place in its_places]
    return min(
        known,
        key=lambda state: ("open", "closed").index(state.kind) if state.kind in ("open", "closed") else 2,
    )


def _replacement(service: Service, lang: str) -> tuple[Said, str] | None:
    other = service.replaced_by
    if (
        other is None
        or not other.live
        or other.lifecycle not in LISTED_LIFECYCLES
        or other.visibility != "public"
    ):
        return None
    return said_of(other, "name"), listing_url(other.uuid, texts_of(other, "name"), lang)


def _website(url: str) -> tuple[str, str] | None:
    """Only web addresses become links; shown by their host."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    return parts.hostname.removeprefix("www."), url


def _contact(contact: Contact) -> ContactLine:
    number = phone_e164(contact.phone) if contact.phone else None
    phone = None
    if contact.phone:
        phone = PhoneLine(phone_display(contact.phone), f"tel:{number}" if number else "", Said(), False)
    return ContactLine(
        contact.name, said_of(contact, "title"), contact.email, phone, contact.visibility != "public"
    )


def _cost(option) -> CostLine:
    amount = ""
    if option.amount is not None:
        amount = gettext("%(amount)s euro") % {
            "amount": number_format(option.amount, 0 if option.amount % 1 == 0 else 2)
        }
    return CostLine(str(option.get_option_display()), amount, said_of(option, "amount_description"))


def _for_whom(service: Service) -> ForWhom:
    only, mainly, everybody = [], [], False
    for audience in service.audiences.all():
        if not audience.term_id:
            continue
        if audience.term.code == "everyone" or audience.welcome == codes.Welcome.UNCONDITIONAL:
            everybody = True
        elif audience.welcome == codes.Welcome.EXCLUSIVE:
            only.append(said_of(audience.term, "name").text)
        else:
            mainly.append(said_of(audience.term, "name").text)
    return ForWhom(
        only, mainly, everybody and not only, _age(service), said_of(service, "eligibility_description")
    )


def _age(service: Service) -> str:
    low, high = service.minimum_age, service.maximum_age
    if low and high is not None:
        return gettext("From %(low)d to %(high)d years old") % {"low": low, "high": high}
    if low:
        return ngettext("From %(age)d year old", "From %(age)d years old", low) % {"age": low}
    if high is not None:
        return ngettext("Up to %(age)d year old", "Up to %(age)d years old", high) % {"age": high}
    return ""


def _capacity(service: Service, now: datetime) -> tuple[str, str, str] | None:
    code = current_capacity(service.capacity, service.capacity_updated_on, now.date())
    if code == codes.Capacity.UNKNOWN or service.capacity_updated_on is None:
        return None
    return code, str(codes.Capacity(code).label), day_text(service.capacity_updated_on)
