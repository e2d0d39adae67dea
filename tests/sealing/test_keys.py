"""Sealing single texts: whole, opaque, refused with a wrong key; hashes that find exactly the same text."""

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from sealing import keys
from sealing.errors import BadKeys, WrongKey

OLD, NEW, FOREIGN = (Fernet.generate_key().decode() for _number in range(3))
# Surrogates are no text: no form and no database gives them.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@given(TEXTS)
def test_what_is_sealed_opens_whole(text):
    assert keys.unseal(keys.seal(text)) == text


@given(TEXTS.filter(lambda text: len(text) > 4))
def test_the_token_shows_nothing_and_is_never_the_same(text):
    first, second = keys.seal(text), keys.seal(text)
    assert first != second
    assert text not in first
    assert first.startswith(keys.TOKEN_BEGINS)
    assert first.isascii()


@given(TEXTS, st.data())
def test_a_changed_token_is_refused(text, data):
    token = keys.seal(text)
    place = data.draw(st.integers(5, len(token) - 5))
    changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
    with pytest.raises(WrongKey):
        keys.unseal(changed)


@given(TEXTS)
def test_what_is_no_token_is_refused(text):
    with pytest.raises(WrongKey) as refusal:
        keys.unseal(text)
    assert not text.strip() or len(text) < 3 or text not in str(refusal.value)


def test_every_key_opens_and_the_newest_seals(settings):
    settings.SEALING_KEYS = [OLD]
    old_token = keys.seal("Odette")
    settings.SEALING_KEYS = [NEW, OLD]
    assert keys.unseal(old_token) == "Odette"
    assert not keys.sealed_with_newest(old_token)
    new_token = keys.reseal(old_token)
    assert keys.sealed_with_newest(new_token)
    settings.SEALING_KEYS = [NEW]
    assert keys.unseal(new_token) == "Odette"
    with pytest.raises(WrongKey):
        keys.unseal(old_token)
    with pytest.raises(WrongKey):
        keys.reseal(old_token)


@pytest.mark.parametrize(
    "bad", ["", "short", "x" * 44, OLD[:-4], "é" * 44], ids=["empty", "short", "x", "cut", "é"]
)
def test_a_key_that_is_none_is_named_by_its_place_and_not_shown(settings, bad):
    settings.SEALING_KEYS = [NEW, bad]
    with pytest.raises(BadKeys, match="key 2 of 2") as refusal:
        keys.seal("x")
    assert not bad or bad not in str(refusal.value)


def test_no_key_at_all(settings):
    settings.SEALING_KEYS = []
    with pytest.raises(BadKeys, match="SEALING_KEYS is empty"):
        keys.seal("x")


@given(TEXTS, TEXTS)
def test_hashes_are_equal_when_texts_are(one, other):
    assert (keys.keyed_hash(one) == keys.keyed_hash(other)) == (one == other)
    assert len(keys.keyed_hash(one)) == 64


def test_hashes_depend_on_their_own_secret_only(settings):
    before = keys.keyed_hash("+3221234567")
    settings.SEALING_KEYS = [NEW]
    assert keys.keyed_hash("+3221234567") == before
    settings.SEALING_HASH_KEY = "another secret of thirty-two characters or more"
    assert keys.keyed_hash("+3221234567") != before
    settings.SEALING_HASH_KEY = "short"
    with pytest.raises(BadKeys, match="SEALING_HASH_KEY"):
        keys.keyed_hash("+3221234567")
