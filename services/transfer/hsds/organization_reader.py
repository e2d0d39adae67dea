"""HSDS organization as a draft."""

from typing import Any

from services import codes
from services.transfer.create_parts import DraftRefused
from services.transfer.drafts import OrganizationDraft

from . import part_reader
from .reading import ReadOrganization, Setting
from .taking import Taker, Words

_FIELDS = ("name", "alternate_name", "description", "website", "email", "phones", "contacts")


def read(item: Any, setting: Setting, profile_of_file: str, country: str) -> tuple[ReadOrganization, Words]:
    """Raises DraftRefused. A name may be missing: of a known organization nothing more is needed."""
    ours = bool(profile_of_file)
    words = Words()
    taker = Taker(item, "organization", words, setting.language)
    identifier = str(taker.raw("id") or "").strip()
    if not identifier or len(identifier) > 120:
        raise DraftRefused("organization.id is missing or too long")
    own_type = taker.attributes.code(codes.Taxonomy.ORGANISATION_TYPE)
    draft = OrganizationDraft(
        external_id=identifier,
        scheme=setting.source,
        name=taker.texts("name", 200),
        alternate_name=taker.texts("alternate_name", 400),
        description=taker.texts("description"),
        organisation_type=own_type or None,
        website=part_reader.url(taker, "website"),
        email=part_reader.email(taker),
        phones=part_reader.phones(taker, ours, country),
        contacts=part_reader.contacts(taker, ours, country),
        other_ids=_identifiers(taker),
        is_example=bool(taker.attributes.pairs("example")),
        source=(taker.attributes.value("source") or setting.source)[:500],
        source_date=taker.attributes.value("source_date")[:10],
    )
    if not ours:
        for name in ("locations", "programs", "services"):
            taker.raw(name)
        _their_terms(taker, draft, setting)
        taker.keep_the_rest("organization")
    draft.data_note = taker.attributes.value("data_note") or words.note
    spoken = {*_FIELDS, "organisation_type"} if ours else {name for name in _FIELDS if getattr(draft, name)}
    if draft.organisation_type:
        spoken.add("organisation_type")
    return ReadOrganization(draft, frozenset(spoken)), words


def _their_terms(taker: Taker, draft: OrganizationDraft, setting: Setting) -> None:
    for item in taker.attributes.all:
        term = item.get("taxonomy_term")
        if not isinstance(term, dict):
            continue
        taxonomy, code, name = (str(term.get(key) or "") for key in ("taxonomy", "code", "name"))
        found = setting.books.term(taxonomy, code, name)
        if found is not None and found[0] == codes.Taxonomy.ORGANISATION_TYPE:
            draft.organisation_type = found[1]
        else:
            taker.words.keep(
                "term", " ".join(filter(None, [name or code, str(item.get("value") or "")])), "unknown term"
            )


def _identifiers(taker: Taker) -> list[tuple[str, str]]:
    found = []
    for item in taker.objects("organization_identifiers"):
        one = Taker(item, "organization_identifiers", taker.words, taker.language)
        scheme = one.text("identifier_scheme") or one.text("identifier_type")
        found.append((scheme, one.text("identifier")))
    return part_reader.pairs(found)
