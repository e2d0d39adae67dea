"""Carries out a plan of an HSDS import: organisations, then new services in bulk, then changed ones through their models.

Each listing stands or falls alone: what cannot be written is refused where it stands in the file, and the rest is kept.
"""

from collections.abc import Hashable

from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from audit.actor import acting
from services.models import Organization, Service
from services.transfer.apply import CREATE_CHUNK, UPDATE_CHUNK, Applied, Progress
from services.transfer.create import Places, Terms, create_organizations, create_services, existing_ids
from services.transfer.create_parts import DraftRefused

from .finding import Finder
from .plan import Plan, Update
from .update import Writer

_REFUSED = (DraftRefused, ValidationError, DatabaseError, Service.DoesNotExist, Organization.DoesNotExist)


def apply_hsds(plan: Plan, *, by: str, progress: Progress = lambda line: None) -> Applied:
    """Write what the plan says; `by` goes to the change log and the audit record. Afterwards the plan has no drafts."""
    done = Applied()
    with acting(by):
        terms = Terms()
        organizations = _organizations(plan, terms, done)
        places = Places(existing=plan.locations)
        successors = {
            line: (draft.external_id, draft.replaced_by)
            for line, draft in plan.creations
            if draft.replaced_by
        }
        for start in range(0, len(plan.creations), CREATE_CHUNK):
            chunk = plan.creations[start : start + CREATE_CHUNK]
            for _line, draft in chunk:
                draft.replaced_by = None  # linked below, when all are there
            written = create_services(
                [draft for _line, draft in chunk], organizations=organizations, places=places
            )
            done.created += written.created
            for position, reason in written.refused:
                done.refused.append(plan.refusal(chunk[position][0], reason))
            # What is written is let go: ten thousand drafts are 200 MB.
            plan.creations[start : start + len(chunk)] = [(line, None) for line, _draft in chunk]
            progress(f"  created {done.created:,} of {len(plan.creations):,}")
        _link_successors(plan, successors)
        writer = Writer(plan.source, terms, organizations, places)
        for start in range(0, len(plan.updates), UPDATE_CHUNK):
            _update(plan, plan.updates[start : start + UPDATE_CHUNK], writer, done)
            if (start // UPDATE_CHUNK) % 20 == 19:
                progress(f"  updated {done.updated:,} of {len(plan.updates):,}")
    return done


def _organizations(plan: Plan, terms: Terms, done: Applied) -> dict[Hashable, int]:
    """Create and change what the plan says; the primary key of each organisation that its services name."""
    new = plan.organizations.new
    create_organizations(list(new.values()))
    ids = existing_ids("organization", plan.source, [draft.external_id for draft in new.values()])
    found: dict[Hashable, int] = {
        key: ids[draft.external_id] for key, draft in new.items() if draft.external_id in ids
    }
    named = {draft.organization for _line, draft in plan.creations}
    named |= {update.organization for update in plan.updates if update.organization is not None}
    found |= {key: key[1] for key in named if isinstance(key, tuple) and key[0] == "pk"}
    for pk, values in plan.organizations.updates.items():
        try:
            with transaction.atomic():
                Writer(plan.source, terms, found, Places()).organization(pk, values)
        except _REFUSED as error:
            done.refused.append(plan.refusal(0, f"organization {pk}: {_reason(error)}"))
    return found


def _link_successors(plan: Plan, successors: dict[int, tuple[str, str]]) -> None:
    """Which of the new services is replaced by which other, old or new; one that is not there is left out."""
    finder = Finder("service", plan.source)
    finder.ask((identifier, []) for pair in successors.values() for identifier in pair)
    for pair in successors.values():
        pk, successor = (finder.primary_key(identifier, []) for identifier in pair)
        if pk is not None and successor is not None:
            service = Service.objects.get(pk=pk)
            service.replaced_by_id = successor
            service.save()


def _update(plan: Plan, updates: list[Update], writer: Writer, done: Applied) -> None:
    with transaction.atomic():
        for update in updates:
            try:
                with transaction.atomic():
                    writer.service(update)
                done.updated += 1
            except _REFUSED as error:
                done.refused.append(plan.refusal(update.line, _reason(error)))


def _reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return "; ".join(error.messages)
    if isinstance(error, Service.DoesNotExist | Organization.DoesNotExist):
        return "it was deleted meanwhile"
    return f"the database refused it: {error}" if isinstance(error, DatabaseError) else str(error)
