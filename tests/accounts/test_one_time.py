"""Codes of authenticator apps against the table of RFC 6238, and codes on paper."""

import base64

import pytest

from accounts import one_time

# RFC 6238, appendix B (SHA-1): the last six of its eight digits.
SECRET = base64.b32encode(b"12345678901234567890").decode()
TABLE = [
    (59, "287082"),
    (1111111109, "081804"),
    (1111111111, "050471"),
    (1234567890, "005924"),
    (2000000000, "279037"),
    (20000000000, "353130"),
]


@pytest.mark.parametrize(("at", "code"), TABLE)
def test_the_codes_are_those_of_the_rfc(at, code):
    assert one_time.code_now(SECRET, at=at) == code
    assert one_time.step_of(SECRET, code, after=-1, at=at) == at // 30


@pytest.mark.parametrize(("away", "taken"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_phone_whose_clock_is_half_a_minute_wrong_is_believed_and_no_more(away, taken):
    code = one_time.code_now(SECRET, at=1111111111 + away)
    assert (one_time.step_of(SECRET, code, after=-1, at=1111111111) is not None) == taken


def test_a_code_is_good_once_and_no_older_one_afterwards():
    at = 1111111111
    step = one_time.step_of(SECRET, "050471", after=-1, at=at)
    assert one_time.step_of(SECRET, "050471", after=step, at=at) is None
    assert one_time.step_of(SECRET, one_time.code_now(SECRET, at=at - 30), after=step, at=at) is None
    assert one_time.step_of(SECRET, one_time.code_now(SECRET, at=at + 30), after=step, at=at) == step + 1


@pytest.mark.parametrize("typed", ["050 471", " 050471 "])
def test_spaces_are_forgiven(typed):
    assert one_time.step_of(SECRET, typed, after=-1, at=1111111111)


@pytest.mark.parametrize(
    "typed", ["", "50471", "0504710", "05047a", "０５０４７１", "-50471", "+50471", "٠٥٠٤٧١"]
)
def test_what_is_no_code_is_refused(typed):
    assert one_time.step_of(SECRET, typed, after=-1, at=1111111111) is None


def test_recovery_codes_differ_and_are_found_however_they_are_typed():
    codes = one_time.new_recovery_codes()
    assert len(set(codes)) == len(codes) == 10
    first = codes[0]
    kept = one_time.hash_of(first, user=1)
    assert first not in kept
    assert one_time.hash_of(f" {first.lower().replace('-', ' ')} ", user=1) == kept
    assert one_time.hash_of(first, user=2) != kept
    assert one_time.hash_of(codes[1], user=1) != kept


def test_the_address_for_apps_names_site_and_person():
    address = one_time.address_for_apps("ABC", name="ann é", site="Répertoire social")
    assert address == (
        "otpauth://totp/R%C3%A9pertoire%20social%3Aann%20%C3%A9"
        "?secret=ABC&issuer=R%C3%A9pertoire%20social&digits=6&period=30"
    )


def test_the_square_is_an_inline_svg_with_a_name():
    drawn = one_time.qr_svg("otpauth://totp/x?secret=ABC", title="QR & code")
    assert drawn.startswith("<svg")
    assert "<title>QR &amp; code</title>" in drawn
    assert "<script" not in drawn
