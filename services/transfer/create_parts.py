"""Unsaved children of catalogue objects from drafts: phones, hours, notices, contacts, costs, identifiers."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_noop as noop

from services.models import Contact, CostOption, ExternalIdentifier, Notice, Phone, Schedule
from services.reasons import Reason, as_reason
from services.records import Texts
from services.rules import phone_e164

from .drafts import ContactDraft, CostDraft, NoticeDraft, PhoneDraft, ServiceDraft


class DraftRefused(ValueError):
    """Why a draft cannot be written: a sentence marked by gettext_noop and its values, `under` a column's name."""

    def __init__(self, msgid: str, params: dict[str, Any] | None = None, *, under: str = "") -> None:
        reason = msgid if isinstance(msgid, Reason) else Reason(msgid, params)
        super().__init__(reason.under(under) if under else reason)


@cache
def _language_codes() -> tuple[str, ...]:
    return tuple(code for code, _name in settings.LANGUAGES)


def texts_as_columns(name: str, texts: Texts) -> dict[str, str | None]:
    """{"name_fr": …} for all of the site's languages, None where there is no text; other languages are left out.

    All are named because modeltranslation takes a third of an import's time to find out the default of one that is not.
    """
    return {f"{name}_{code}": texts.get(code) for code in _language_codes()}


def columns(draft, *names: str) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for name in names:
        found |= texts_as_columns(name, getattr(draft, name))
    return found


def checked(instance, where: str = ""):
    """The instance, or DraftRefused naming its first wrong field. Foreign keys are resolved by us, not asked again."""
    skipped = [item.name for item in instance._meta.fields if item.is_relation] + ["id"]
    try:
        instance.clean_fields(exclude=skipped)
    except ValidationError as error:
        name, messages = next(iter(error.message_dict.items()))
        raise DraftRefused(as_reason(messages[0]), under=f"{where}{name}") from None
    return instance


def phones(drafts: Sequence[PhoneDraft], **owner) -> list[Phone]:
    found = []
    for order, draft in enumerate(drafts):
        if phone_e164(draft.number) is None:
            raise DraftRefused(
                noop("%(text)s is no phone number"), {"text": f'"{draft.number}"'}, under="phones"
            )
        found.append(
            checked(
                Phone(
                    number=draft.number,
                    type=draft.type,
                    visibility=draft.visibility,
                    sort_order=order,
                    **columns(draft, "description"),
                    **owner,
                ),
                "phones: ",
            )
        )
    return found


def schedules(rows: Sequence[dict], **owner) -> list[Schedule]:
    """Unsaved opening hours from HSDS rows; the `notes` of a row are Texts, or empty."""
    return [
        Schedule(
            **{name: row[name] for name in row if name != "notes" and row[name] is not None},
            **texts_as_columns("notes", row.get("notes") or {}),
            sort_order=order,
            **owner,
        )
        for order, row in enumerate(rows)
    ]


def notices(drafts: Sequence[NoticeDraft], **owner) -> list[Notice]:
    """Unsaved notices. Raises DraftRefused."""
    found = []
    for order, notice in enumerate(drafts):
        if notice.ends_on is not None and notice.ends_on < notice.starts_on:
            raise DraftRefused(noop("ends_on is before starts_on"), under="notices")
        found.append(
            Notice(
                kind=notice.kind,
                starts_on=notice.starts_on,
                ends_on=notice.ends_on,
                sort_order=order,
                **columns(notice, "text"),
                **owner,
            )
        )
    return found


def contacts(drafts: Sequence[ContactDraft], **owner) -> list[Contact]:
    """Unsaved contacts. Raises DraftRefused."""
    return [
        checked(
            Contact(
                name=contact.name,
                email=contact.email,
                phone=contact.phone,
                visibility=contact.visibility,
                sort_order=order,
                **columns(contact, "title"),
                **owner,
            ),
            "contacts: ",
        )
        for order, contact in enumerate(drafts)
    ]


def cost_options(draft: ServiceDraft, **owner) -> list[CostOption]:
    """Unsaved ways to pay. Raises DraftRefused."""
    found = [*(CostDraft(option) for option in draft.costs), *draft.cost_options]
    return [
        checked(
            CostOption(
                option=cost.option,
                amount=cost.amount,
                sort_order=order,
                **columns(cost, "amount_description"),
                **owner,
            ),
            "costs: ",
        )
        for order, cost in enumerate(found)
    ]


def identifiers(pairs: Iterable[tuple[str, str]], **owner) -> list[ExternalIdentifier]:
    return [
        ExternalIdentifier(scheme=scheme, identifier=identifier, **owner)
        for scheme, identifier in dict.fromkeys(pairs)
    ]
