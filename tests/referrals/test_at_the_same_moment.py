"""Agents who write at the same moment, on SQLite and on PostgreSQL, each in a connection of their own."""

import json

import pytest

AGENTS = 50
ROUNDS = 8


@pytest.fixture
def crowd(prepared_database):
    def run(what: str) -> dict:
        return json.loads(prepared_database.ask(f"from tests.referrals import crowd; crowd.{what}"))

    return run


def test_one_of_fifty_moves_it_and_the_others_are_told(crowd):
    found = crowd(f"move_the_same({AGENTS})")
    assert found == {
        "told": {"Orientation": 1, "Outdated": AGENTS - 1},
        "state": "accepted",
        "version": 2,
        "rows": 2,
    }


def test_fifty_clicks_give_one_orientation_and_each_gets_it(crowd):
    found = crowd(f"click_twice({AGENTS})")
    assert found == {
        "told": {"Orientation": AGENTS},
        "different": 1,
        "orientations": 1,
        "keys": 1,
        "rows": 1,
        "pending": ["expiry", "person"],
    }


def test_one_key_is_one_act(crowd):
    assert crowd("one_key_for_two_needs(10)") == {
        "told": {"Orientation": 1, "BadValue": 9},
        "orientations": 1,
    }


def test_the_same_need_noted_at_once_is_one(crowd):
    assert crowd("note_the_same_need(20)") == {"told": {"Need": 20}, "needs": 1}


def test_one_says_who_it_is_and_everything_follows(crowd):
    found = crowd("say_who_it_is(10)")
    assert found == {
        "told": {"Call": 1, "Outdated": 9, "Orientation": 10},
        "known": True,
        "others": 0,
        "doubled": 0,
        "asked": 10,
    }


def test_an_opposition_meanwhile_leaves_nothing_by_which_somebody_is_contacted(crowd):
    assert crowd(f"object_meanwhile({ROUNDS})") == {"errors": {}, "left": 0, "expiring": 3 * ROUNDS}


def test_nobody_waits_for_ever(crowd):
    assert crowd(f"everything_at_once({ROUNDS})") == {"errors": {}, "wrong": 0}


def test_files_are_merged_and_erased_while_agents_write_in_them(prepared_database):
    asked = f"from tests.referrals import crowd_files; crowd_files.files_at_once({ROUNDS})"
    assert json.loads(prepared_database.ask(asked)) == {"errors": {}, "left": {}}


@pytest.mark.parametrize("what", ["need", "call", "opposition", "orientation"])
def test_one_records_while_another_ends_it(prepared_database, what):
    asked = f"from tests.referrals import crowd_ending; crowd_ending.ending({what!r}, {ROUNDS})"
    assert json.loads(prepared_database.ask(asked)) == []
