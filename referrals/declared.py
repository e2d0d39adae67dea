"""What each field of the desk's tables is to a person who is forgotten: kept, emptied, or sealed and emptied.

`anonymise` is driven by this table, and a test compares it with the models: a new field that is not declared fails.
Pure of any model, so that it is read as a list.
"""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Table:
    """`goes`: the rows are deleted, found by this path to the person; empty: they stay, without what tells of somebody.

    `keep`: tells nothing of a person. `scrub`: field → what it becomes. `seal`: encrypted in the database, then empty.
    In a table whose rows go the three say what the fields are; nothing of them is left.
    """

    keep: str
    scrub: dict[str, Any] = field(default_factory=dict)
    seal: str = ""
    goes: str = ""
    identity: bool = False  # goes already with the identity, before the file

    @property
    def names(self) -> list[str]:
        return [*self.keep.split(), *self.scrub, *self.seal.split()]

    def emptied(self) -> dict[str, Any]:
        """What `update()` of a row that stays is given."""
        return {**self.scrub, **dict.fromkeys(self.seal.split())}


# In the order in which rows go: what points at something goes before it.
TABLES: dict[str, Table] = {
    "FollowUp": Table(
        "id uuid team kind need orientation declined assignee due_at done_at done_by cancelled_at cancelled_because"
        " created_at version",
        scrub={"person": None},
        goes="need__in|person__in",
    ),
    "TransmittedFile": Table(
        "id uuid orientation reference language sent_at expires_at opened_at answered_at reminded_at undelivered_at",
        seal="content answer_note",
        goes="orientation__need__in",
    ),
    "OrientationEvent": Table(
        "id orientation of to by_kind by reason outcome at recorded_at", goes="orientation__need__in"
    ),
    "Orientation": Table(
        "id uuid need call team service service_uuid snapshot mode state outcome replaces author assignee"
        " created_at changed_at version",
        scrub={"person": None, "reason": "", "appointment_at": None},
        goes="need__in",
    ),
    "Need": Table(
        "id uuid call team term urgency status outcome withdrawn_at created_at sort_order",
        scrub={"person": None, "barriers": []},
        seal="note",
        goes="pk__in",
    ),
    # That an agent had a call stays; what was said in it, and by whom, does not.
    "Call": Table(
        "id uuid team agent direction started_at ended_at version",
        scrub={"person": None, "situation": {}, "bassin": ""},
        seal="note",
    ),
    "Consent": Table(
        "id channel script_version recorded_by",
        scrub={"person": None, "kind": "", "service_uuid": None, "given_at": None, "withdrawn_at": None},
        goes="person__in",
    ),
    "PersonPhone": Table(
        "id is_bad created_at",
        scrub={"person": None, "number_hash": ""},
        seal="number",
        goes="person__in",
        identity=True,
    ),
    "PersonIdentity": Table(
        "id changed_at",
        scrub={"person": None},
        seal="first_name last_name address email how_to_ask",
        goes="person__in",
        identity=True,
    ),
    "Opening": Table(
        "id user team opened_at until seen_at owner_seen_at",
        scrub={"person": None},
        seal="reason",
        goes="person__in",
    ),
    # `reference` becomes "#" and the row's number (it must stay unique); the action does that.
    "Person": Table(
        "id uuid team created_at merged_into anonymised_at version",
        scrub={
            "reference": "",
            "age_band": "",
            "year_of_birth": None,
            "commune": None,
            "postcode": "",
            "languages": [],
            "bim": None,
            "mobility": "",
            "audiences": [],
            "contact_preference": "",
            "do_not_contact": True,  # nobody is called by what is left of a file
            "last_contact_on": None,
            "retention_due_on": None,
        },
        seal="contact_safety",
    ),
    # By value, without a name or a number: they outlive the person and go by their own period.
    "AccessRow": Table("id at actor_id actor_label team_id action object_kind object_uuid count reason"),
    "DeletionRecord": Table("id kind object_uuid what reason run at"),
    "RetentionRun": Table("id uuid started_at ended_at counts"),
    "MonthlyCount": Table("id team month age_band commune_nis5 bassin need status outcome count"),
    "MonthlyBarrier": Table("id team month bassin barrier count"),
    "IdempotencyKey": Table("id user key act object_uuid at"),
}
