"""What a listing would be once a file was taken in: the catalogue's draft and the file's, field by field. Pure.

Only what the file speaks of changes: its fields, its languages; what it cannot have seen (phones for professionals in
a public export, the visibility of somebody else's contact) stays.
"""

from collections.abc import Callable, Collection
from dataclasses import fields, is_dataclass, replace
from typing import Any

from services.opening_hours import osm, schedules
from services.rules import phone_e164
from services.transfer.drafts import ContactDraft, CostDraft, NoticeDraft, PhoneDraft

from . import profile
from .reading import languages_of

SERVICE_TEXTS = "name alternate_name summary description eligibility_description application_process fees_description".split()
ORGANIZATION_TEXTS = ("name", "alternate_name", "description")
LOCATION_TEXTS = ("name", "street", "transportation")
LINK_FIELDS = ("link_description", "phones", "schedules", "notices")
_TEXTS = frozenset((*SERVICE_TEXTS, *LOCATION_TEXTS, "link_description"))
_HOURS = (
    "freq byday opens_at closes_at valid_from valid_to yearly on_holidays closed dtstart until interval bymonthday"
).split()
Texts = dict[str, str]


class Merger:
    """Merges under one file's rules."""

    def __init__(self, profile_of_file: str, language: str) -> None:
        self.profile = profile_of_file
        self.languages = languages_of(profile_of_file, language)
        self._merge: dict[str, Callable[[Any, Any], Any]] = {
            "phones": self._phones,
            "contacts": self._contacts,
            "documents": self._documents,
            "cost_options": self._costs,
            "schedules": self._schedules,
            "notices": self._notices,
        }

    def changes(self, now: Any, wanted: Any, names: Collection[str]) -> dict[str, Any]:
        """{field: what it becomes} of the named fields that really change."""
        found = {}
        for name in sorted(names):
            before = getattr(now, name)
            after = self._merged(name, before, getattr(wanted, name))
            if comparable(before) != comparable(after):
                found[name] = after
        return found

    def _merged(self, name: str, now: Any, wanted: Any) -> Any:
        if name in _TEXTS:
            return self._texts(now, wanted)
        merge = self._merge.get(name)
        return merge(now, wanted) if merge else wanted

    def _texts(self, now: Texts, wanted: Texts) -> Texts:
        told = {code: wanted[code] for code in self.languages if wanted.get(code)}
        return {**{code: text for code, text in now.items() if code not in self.languages}, **told}

    def _hidden(self, now: list[Any]) -> list[Any]:
        """What the file cannot have seen."""
        return (
            [] if self.profile == profile.COMPLETE else [part for part in now if part.visibility != "public"]
        )

    def _phones(self, now: list[PhoneDraft], wanted: list[PhoneDraft]) -> list[PhoneDraft]:
        hidden = self._hidden(now)
        known = {_phone_key(phone): phone for phone in now}
        told = []
        for phone in wanted:
            before = known.get(_phone_key(phone))
            if before is None:
                told.append(phone)
            elif any(before is one for one in hidden):
                continue  # an editor keeps it from the public; the file does not undo that
            else:
                description = self._texts(before.description, phone.description)
                number = phone.number if self.profile else before.number
                told.append(replace(phone, number=number, description=description))
        return [*told, *hidden]

    def _contacts(self, now: list[ContactDraft], wanted: list[ContactDraft]) -> list[ContactDraft]:
        known = {_contact_key(contact): contact for contact in now}
        told = []
        for contact in wanted:
            before = known.get(_contact_key(contact))
            if before is None or self.profile:
                told.append(contact)
            else:
                told.append(replace(before, title=self._texts(before.title, contact.title)))
        return [*told, *(self._hidden(now) if self.profile else [])]

    def _documents(self, now: list[Texts], wanted: list[Texts]) -> list[Texts]:
        if self.profile:
            return wanted
        known = {_first(texts, self.languages): texts for texts in now}
        return [known.get(_first(texts, self.languages), texts) for texts in wanted]

    def _costs(self, now: list[CostDraft], wanted: list[CostDraft]) -> list[CostDraft]:
        if self.profile:
            return wanted
        known = {cost.option: cost for cost in now}
        return [known.get(cost.option, cost) for cost in wanted]

    def _schedules(self, now: list[dict], wanted: list[dict]) -> list[dict]:
        """Of somebody else's hours only their meaning counts, not how many rows say it."""
        if not self.profile and (meaning := _meaning(wanted)) is not None and meaning == _meaning(now):
            return now
        return wanted

    def _notices(self, now: list[NoticeDraft], wanted: list[NoticeDraft]) -> list[NoticeDraft]:
        """Somebody else's alert has no dates of its own: the same text is the same notice, and others stay."""
        if self.profile:
            return wanted
        told = {text for notice in now for text in notice.text.values()}
        fresh = [notice for notice in wanted if not set(notice.text.values()) & told]
        return [*now, *fresh]


def _phone_key(phone: PhoneDraft) -> tuple[str, str]:
    return phone_e164(phone.number) or phone.number, phone.type


def _contact_key(contact: ContactDraft) -> tuple[str, str, str]:
    return contact.name, contact.email, phone_e164(contact.phone) or contact.phone


def _first(texts: Texts, languages: Collection[str]) -> str:
    return next((texts[code] for code in languages if code in texts), "")


def _meaning(rows: list[dict]) -> str | None:
    try:
        notes = "|".join(sorted(text for row in rows for text in row["notes"].values()))
        return osm.format(schedules.from_schedule_rows(rows)) + notes
    except ValueError:
        return None


def comparable(value: Any) -> Any:
    """Equal for values that say the same: white space at the ends, absent and empty, the order of several."""
    if value in (None, "", [], {}, ()):
        return ""
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n").strip()
    if isinstance(value, dict):
        if "byday" in value:
            hours = [str(value.get(name) or ("1" if name == "interval" else "")) for name in _HOURS]
            return repr([*hours, comparable(value.get("notes"))])
        return repr(sorted((code, comparable(text)) for code, text in value.items() if comparable(text)))
    if is_dataclass(value):
        return repr([comparable(getattr(value, item.name)) for item in fields(value)])
    if isinstance(value, list | tuple):
        return repr(sorted(repr(comparable(item)) for item in value))
    if isinstance(value, float):
        return repr(round(value, 7))
    return repr(value)
