"""Loads the repository's fixtures: taxonomy terms, real listings, invented examples. Idempotent: what exists stays."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.timezone import localdate

from audit.actor import acting
from services.errors import RowRefused
from services.models import TaxonomyTerm

from . import create, jsonl

FIXTURES = Path(settings.BASE_DIR) / "fixtures"


@dataclass
class Loaded:
    created: int = 0
    existing: int = 0
    refused: list[RowRefused] = field(default_factory=list)


@transaction.atomic
def load_taxonomy(path: Path = FIXTURES / "taxonomy.json") -> int:
    """Create the terms that are missing; returns how many. Terms that editors changed are kept."""
    made = 0
    known = {(term.taxonomy, term.code): term for term in TaxonomyTerm.objects.all()}

    def add(taxonomy: str, values: dict, parent: TaxonomyTerm | None, order: int) -> None:
        nonlocal made
        term = known.get((taxonomy, values["code"]))
        if term is None:
            term = TaxonomyTerm(
                taxonomy=taxonomy,
                code=values["code"],
                parent=parent,
                icon=values.get("icon") or "",
                sort_order=order,
                **create.texts_as_columns("name", values["name"]),
                **create.texts_as_columns("description", values.get("description") or {}),
            )
            term.save()
            known[taxonomy, values["code"]] = term
            made += 1
        for place, child in enumerate(values.get("terms") or []):
            add(taxonomy, child, term, order + 1 + place)

    for table in json.loads(path.read_text(encoding="utf-8"))["taxonomies"]:
        for place, values in enumerate(table["terms"]):
            add(table["code"], values, None, place * 100)
    return made


def load_listings(
    *,
    folder: Path = FIXTURES / "listings",
    by: str = "fixtures",
    progress: Callable[[str], None] = lambda line: None,
) -> Loaded:
    """Load organizations*.jsonl, then every other *.jsonl; a wrong line is refused and the rest is kept."""
    loaded = Loaded()
    with acting(by):
        files = sorted(
            folder.glob("*.jsonl"), key=lambda path: (not path.name.startswith("organizations"), path.name)
        )
        for path in files:
            organizations = path.name.startswith("organizations")
            build = jsonl.organization if organizations else jsonl.service
            drafts, lines = [], []
            for number, item in jsonl.read(path, build, localdate()):
                if isinstance(item, RowRefused):
                    loaded.refused.append(item)
                else:
                    drafts.append(item)
                    lines.append(number)
            written = (create.create_organizations if organizations else create.create_services)(drafts)
            loaded.created += written.created
            loaded.existing += written.existing
            loaded.refused += [
                RowRefused(path.name, lines[position], reason) for position, reason in written.refused
            ]
            progress(f"  {path.name}: {written.created} new, {written.existing} known")
    return loaded
