"""What generated listings are made of: the fixtures' own sentences and codes, by kind of organisation."""

import json
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from services.records import Texts
from services.transfer.fixtures import FIXTURES

_SENTENCE = re.compile(r"(?<=[.!?])\s+")
# Sentences that say "invented example" come from the mark, not from here.
_MARKS = ("invent", "Beispiel zur", "démonstration", "demonstratie", "demonstration", "verzonnen", "erfunden")
TEXT_FIELDS = ("description", "summary", "eligibility_description", "application_process", "fees_description")


@dataclass
class Kind:
    """One kind of organisation: its weight is how many fixtures have it."""

    code: str
    label: Texts
    weight: int = 0
    sentences: dict[str, list[str]] = field(default_factory=dict)  # language → sentences
    examples: list[dict] = field(default_factory=list)  # fixture lines, for their codes


@dataclass
class Material:
    kinds: list[Kind]
    sentences: dict[str, list[str]]  # of every kind, by language
    hours: list[str]
    documents: list[Texts]


@cache
def material(folder: Path = FIXTURES) -> Material:
    """Read once a process."""
    labels = _labels(folder / "taxonomy.json", "organisation_type")
    kinds = {code: Kind(code, label) for code, label in labels.items()}
    everything: dict[str, list[str]] = {}
    hours: dict[str, None] = {}
    documents: dict[str, Texts] = {}
    for path in sorted((folder / "listings").glob("*.jsonl")):
        if path.name.startswith("organizations"):
            continue
        for line in path.read_text(encoding="utf-8").splitlines():
            values = json.loads(line)
            kind = kinds.get(values.get("organisation_type") or "")
            if kind is None:
                continue
            kind.weight += 1
            kind.examples.append(values)
            _collect(values, kind.sentences, everything)
            hours.update(dict.fromkeys(_hours(values)))
            for texts in values.get("required_documents") or []:
                documents[json.dumps(texts, sort_keys=True)] = texts
    used = [kind for kind in kinds.values() if kind.weight and kind.sentences.get("fr")]
    return Material(used, everything, list(hours), list(documents.values()))


def _labels(path: Path, taxonomy: str) -> dict[str, Texts]:
    found: dict[str, Texts] = {}

    def add(terms: list[dict]) -> None:
        for term in terms:
            found[term["code"]] = term["name"]
            add(term.get("terms") or [])

    for table in json.loads(path.read_text(encoding="utf-8"))["taxonomies"]:
        if table["code"] == taxonomy:
            add(table["terms"])
    return found


def _collect(values: dict, *pools: dict[str, list[str]]) -> None:
    for name in TEXT_FIELDS:
        for language, text in (values.get(name) or {}).items():
            for sentence in _SENTENCE.split(text.replace("\n", " ")):
                if len(sentence) > 15 and not any(mark in sentence for mark in _MARKS):
                    for pool in pools:
                        pool.setdefault(language, []).append(sentence)


def _hours(values: dict) -> list[str]:
    found = [values.get("hours"), *(place.get("hours") for place in values.get("locations") or [])]
    return [text for text in found if text]
