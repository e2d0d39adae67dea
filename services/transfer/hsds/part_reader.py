"""Parts of HSDS objects as drafts: phones, contacts, notices, web and mail addresses, identifiers."""

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, URLValidator

from services import codes
from services.rules import phone_e164
from services.transfer.create_parts import DraftRefused
from services.transfer.drafts import ContactDraft, NoticeDraft, PhoneDraft

from . import profile
from .numbers import numbers
from .taking import Taker, plain_text

_url_is_valid = URLValidator(schemes=["http", "https"])
_email_is_valid = EmailValidator()
_TYPES = {"voice": "voice", "fax": "fax", "text": "text", "sms": "text", "cell": "voice", "mobile": "voice"}
_EMPTY_URLS = frozenset({"http://", "https://", "n/a", "none"})


def phones(taker: Taker, ours: bool, country: str = "", name: str = "phones") -> list[PhoneDraft]:
    """What cannot be dialled is kept as words; a number that is told twice is one."""
    found: dict[tuple[str, str], PhoneDraft] = {}
    for item in taker.objects(name):
        phone = Taker(item, name, taker.words, taker.language)
        for draft in _ours(phone) if ours else _theirs(phone, country):
            found.setdefault((phone_e164(draft.number) or draft.number, draft.type), draft)
    return list(found.values())


def _ours(phone: Taker) -> list[PhoneDraft]:
    return [
        PhoneDraft(
            phone.text("number"),
            one_of(phone.text("type"), codes.PhoneType, "voice", "phones.type"),
            phone.texts("description", 120),
            one_of(phone.attributes.code("visibility"), codes.Visibility, "public", "phones.visibility"),
        )
    ]


def _theirs(phone: Taker, country: str) -> list[PhoneDraft]:
    written = phone.text("number")
    found = numbers(written, country)
    if written and not found:
        phone.words.keep("phone", written, "no number that can be dialled")
    kind = phone.text("type").lower()
    extension = phone.text("extension").removesuffix(".0")
    languages = [
        str(item.get("name") or item.get("code"))
        for item in phone.objects("languages")
        if isinstance(item, dict)
    ]
    said = [
        phone.text("description"),
        "" if kind in _TYPES else kind,
        f"ext. {extension}" if extension else "",
        ", ".join(languages or [phone.text("language")]),
    ]
    phone.keep_the_rest("phone", but=["contact_id", "service_at_location_id"])
    drafts = []
    for number, beside in found:
        text = ", ".join(filter(None, dict.fromkeys([*said, beside])))
        if len(text) > 120:
            phone.words.keep(f"phone {number}", text)
            text = text[:119] + "…"
        drafts.append(PhoneDraft(number, _TYPES.get(kind, "voice"), {phone.language: text} if text else {}))
    return drafts


def contacts(taker: Taker, ours: bool, country: str = "") -> list[ContactDraft]:
    """For professionals, unless our own profile says otherwise; a second phone is kept as words."""
    found = []
    for item in taker.objects("contacts"):
        contact = Taker(item, "contacts", taker.words, taker.language)
        title = contact.texts("title", 120)
        department = contact.text("department")
        if department and department != title.get(contact.language):
            title[contact.language] = ", ".join(filter(None, [title.get(contact.language), department]))[:120]
        lines = phones(contact, ours, country)
        for extra in lines[1:]:
            taker.words.keep("contact phone", extra.number)
        draft = ContactDraft(
            name=contact.text("name", 120),
            title=title,
            email=email(contact),
            phone=lines[0].number if lines else "",
            visibility=one_of(
                contact.attributes.code("visibility"),
                codes.Visibility,
                "professionals",
                "contacts.visibility",
            ),
        )
        if draft.name or draft.title or draft.email or draft.phone:
            found.append(draft)
    return found


def one_of(code: str, choices: Any, default: str, name: str) -> str:
    """Raises DraftRefused on a code of our profile that is not ours."""
    code = code or default
    if code and code not in choices.values:
        raise DraftRefused(f'{name}: unknown code "{code[:60]}"; known: {", ".join(choices.values)}')
    return code


def several(found: Iterable[str], choices: Any, name: str) -> list[str]:
    return [one_of(code, choices, "", name) for code in dict.fromkeys(found) if code]


def url(taker: Taker, name: str) -> str:
    text = taker.text(name)
    if not text or text.lower() in _EMPTY_URLS:
        return ""
    full = text if "://" in text else f"http://{text}"
    try:
        _url_is_valid(full)
    except ValidationError:
        full = ""
    if not full or len(full) > 500:
        taker.words.keep(name, text, "no web address")
        return ""
    return full


def email(taker: Taker) -> str:
    text = taker.text("email").removeprefix("mailto:")
    if not text:
        return ""
    try:
        _email_is_valid(text)
    except ValidationError:
        taker.words.keep("email", text, "no e-mail address")
        return ""
    return text


def notices(taker: Taker) -> list[NoticeDraft]:
    """Those of our profile. Raises DraftRefused."""
    found = []
    for kind, value in taker.attributes.pairs(profile.NOTICE):
        try:
            said = json.loads(value)
            found.append(
                NoticeDraft(
                    one_of(kind, codes.NoticeKind, "message", "notice"),
                    {str(code): plain_text(text, "notice") for code, text in said["text"].items()},
                    date.fromisoformat(said["starts_on"]),
                    date.fromisoformat(said["ends_on"]) if said.get("ends_on") else None,
                )
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            if isinstance(error, DraftRefused):
                raise
            raise DraftRefused(f"notice: no readable value ({' '.join(str(error).split())[:80]})") from None
    return found


def external_ids(taker: Taker) -> list[tuple[str, str]]:
    return pairs(taker.attributes.pairs(profile.EXTERNAL_ID))


def pairs(found: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """(scheme, identifier) of a length that the catalogue keeps. Raises DraftRefused."""
    kept = []
    for scheme, identifier in found:
        if not scheme or not identifier:
            continue
        if len(scheme) > 60 or len(identifier) > 120:
            raise DraftRefused(
                f"identifier: a scheme of at most 60 and an id of at most 120 characters: {scheme[:60]}"
            )
        kept.append((scheme, identifier))
    return list(dict.fromkeys(kept))
