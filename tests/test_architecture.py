"""Who may import whom, and which way foreign keys point (the contracts stand in pyproject.toml)."""

import tomllib
from pathlib import Path

from django.apps import apps
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

ROOT = Path(__file__).resolve().parents[1]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
LAYERS = next(contract for contract in CONTRACTS["contracts"] if contract["type"] == "layers")["layers"]
# Each package's place, counted from the right: {"geo": 0, "audit": 0, "accounts": 1, …}.
RANK = {name.strip(" ()"): place for place, layer in enumerate(reversed(LAYERS)) for name in layer.split("|")}


def test_imports_keep_their_contracts() -> None:
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == EXIT_STATUS_SUCCESS


def test_every_package_has_a_place_in_the_contracts() -> None:
    packages = {init.parent.name for init in ROOT.glob("*/__init__.py")} - {"tests", "scripts"}
    assert packages == set(CONTRACTS["root_packages"]), "add the package to root_packages in pyproject.toml"
    assert packages <= RANK.keys(), "add the package to the layers in pyproject.toml"


def test_no_foreign_key_points_left() -> None:
    wrong, seen = [], 0
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.get_fields():
            if not field.is_relation or field.auto_created or field.related_model is None:
                continue
            here, there = model.__module__.split(".")[0], field.related_model.__module__.split(".")[0]
            if here not in RANK or there not in RANK:
                continue
            seen += 1
            if RANK[there] > RANK[here] or (RANK[there] == RANK[here] and there != here):
                wrong.append(f"{model._meta.label}.{field.name} → {field.related_model._meta.label}")
    assert not wrong
    assert seen, "no relation was looked at: the packages are not found any more"
