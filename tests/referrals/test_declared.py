"""Every field of the desk's tables is declared: kept, emptied or sealed when its person is forgotten."""

from collections import Counter

import pytest
from django.apps import apps

from referrals.declared import TABLES
from sealing.fields import SealedTextField

MODELS = {model.__name__: model for model in apps.get_app_config("referrals").get_models()}


def test_every_table_is_declared_and_no_other():
    assert set(TABLES) == set(MODELS)


@pytest.mark.parametrize("name", MODELS)
def test_every_field_is_declared_once(name):
    fields = [one.name for one in MODELS[name]._meta.get_fields() if one.concrete]
    declared = Counter(TABLES[name].names)
    assert sorted(declared) == sorted(fields), (
        "referrals/declared.py says what a person who is forgotten leaves"
    )
    assert set(declared.values()) == {1}


@pytest.mark.parametrize("name", MODELS)
def test_what_is_sealed_is_what_is_declared_so(name):
    sealed = {one.name for one in MODELS[name]._meta.concrete_fields if isinstance(one, SealedTextField)}
    assert set(TABLES[name].seal.split()) == sealed


@pytest.mark.parametrize("name", MODELS)
def test_no_pointer_to_a_person_is_kept(name):
    """Except from one file to the one it was merged into: both are emptied."""
    person = MODELS["Person"]
    pointers = {one.name for one in MODELS[name]._meta.concrete_fields if one.related_model is person}
    assert not (pointers & set(TABLES[name].keep.split())) - {"merged_into"}


def test_a_field_that_nobody_declared_is_found():
    fields = {one.name for one in MODELS["Person"]._meta.concrete_fields} | {"nickname"}
    assert fields - set(TABLES["Person"].names) == {"nickname"}
