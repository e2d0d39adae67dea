"""Carries out a plan: organisations first, then new services in bulk, then changed ones through their models.

Each piece stands or falls alone: what cannot be written is refused with its line, and the rest is kept.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils.translation import gettext_noop as noop

from audit.actor import acting
from services.errors import RowRefused
from services.models import Service
from services.models.base import Listed
from services.reasons import Reason, as_reason, of

from .create import DraftRefused, Terms, create_organizations, create_services, existing_ids
from .csv_compare import Update
from .plan import Plan
from .update import rename_organization, update_service

CREATE_CHUNK = 1000
# Updates in one commit: the index follows once for all of them, and other writers wait no longer than a second or two.
UPDATE_CHUNK = 25

Progress = Callable[[str], None]


@dataclass
class Applied:
    created: int = 0
    updated: int = 0
    refused: list[RowRefused] = field(default_factory=list)  # beyond those of the plan


def apply(plan: Plan, *, by: str, progress: Progress = lambda line: None) -> Applied:
    """Write what the plan says; `by` goes to the change log and the audit record."""
    done = Applied()
    with acting(by):
        organizations = write_organizations(plan)
        for start in range(0, len(plan.creations), CREATE_CHUNK):
            chunk = plan.creations[start : start + CREATE_CHUNK]
            written = create_services([draft for _line, draft in chunk], organizations=organizations)
            done.created += written.created
            for position, reason in written.refused:
                done.refused.append(RowRefused(plan.file, chunk[position][0], reason))
            progress(f"  created {done.created:,} of {len(plan.creations):,}")
        terms = Terms()
        for start in range(0, len(plan.updates), UPDATE_CHUNK):
            _update(plan, plan.updates[start : start + UPDATE_CHUNK], terms, organizations, done)
            if (start // UPDATE_CHUNK) % 20 == 19:
                progress(f"  updated {done.updated:,} of {len(plan.updates):,}")
    return done


def used_organizations(plan: Plan) -> set[Hashable]:
    """The keys of the organisations that its new and changed services name."""
    used: set[Hashable] = {draft.organization for _line, draft in plan.creations}
    return used | {update.organization for update in plan.updates if update.organization is not None}


def write_organizations(
    plan: Plan, prepared: Callable[[Iterable[Listed]], None] = lambda instances: None
) -> dict[Hashable, int]:
    """Create and rename what the plan says; the primary key of each organisation that its services name."""
    used = used_organizations(plan)
    new = {key: draft for key, draft in plan.organizations.new.items() if key in used}
    create_organizations(list(new.values()), prepared=prepared)
    found: dict[Hashable, int] = {}
    by_scheme: dict[str, dict[str, Hashable]] = {}
    for key, draft in new.items():
        by_scheme.setdefault(draft.scheme, {})[draft.external_id] = key
    for scheme, keys in by_scheme.items():
        ids = existing_ids("organization", scheme, keys)
        found |= {keys[identifier]: pk for identifier, pk in ids.items()}
    for key in used - new.keys():
        pk = plan.organizations.primary_key(key)
        if pk is not None:
            found[key] = pk
    for pk, names in plan.organizations.renamed.items():
        with transaction.atomic():
            rename_organization(pk, names)
    return found


def _update(
    plan: Plan, updates: list[Update], terms: Terms, organizations: Mapping[Hashable, int], done: Applied
) -> None:
    with transaction.atomic():
        for update in updates:
            try:
                with transaction.atomic():
                    update_service(update, terms, organizations)
                done.updated += 1
            except (DraftRefused, ValidationError) as refusal:
                done.refused.append(RowRefused(plan.file, update.line, why_refused(refusal)))
            except (Service.DoesNotExist, DatabaseError) as refusal:
                done.refused.append(RowRefused(plan.file, update.line, why_refused(refusal)))


def why_refused(error: Exception) -> Reason:
    """What a report says of an error met while writing one listing."""
    if isinstance(error, ValidationError):
        return as_reason("; ".join(error.messages))
    if isinstance(error, Service.DoesNotExist):
        return Reason(noop("the listing was deleted meanwhile"))
    if isinstance(error, DatabaseError):
        return Reason(noop("the database refused it: %(why)s"), {"why": str(error)})
    return of(error)
