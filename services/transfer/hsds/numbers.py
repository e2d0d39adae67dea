"""Phone numbers as feeds write them, as numbers that can be dialled: extensions, letters, North American habits."""

import re

import phonenumbers

from services.rules import phone_e164

_EXTENSION = re.compile(
    r"[\s,;]*(?:\bextension|\bext\b\.?|\bposte\b|\btoestel\b|(?<=[\d\s])x)\s*(\d{1,6})\s*$", re.IGNORECASE
)
_AMERICAN = re.compile(r"1?[\s.-]*\(?[2-9]\d{2}\)?[\s.-]*\d{3}[\s.-]*\d{4}")
_BRACKETED = re.compile(r"(.*?)\(([^()]*)\)\s*")
_LETTERS = re.compile(r"(?=.*[A-Z])[\dA-Z][\dA-Z .()-]{9,}")
_SEVERAL = re.compile(r"\s+or\s+|\s+ou\s+|\s+of\s+|[;/|]")
LONGEST = 40


def numbers(text: str, country: str = "") -> list[tuple[str, str]]:
    """(number, what to say beside it) of each number in the text; none when it holds no number.

    `country`: two letters of the address it belongs to, or empty. What can be dialled in Belgium stays as written;
    others are written with their country's code.
    """
    text = text.strip().strip("\"'").strip()
    if not text:
        return []
    extension = _EXTENSION.search(text)
    if extension:
        text = text[: extension.start()].strip()
    beside = f"ext. {extension[1]}" if extension else ""
    one = _one(text, country)
    if one:
        return [(one, beside)]
    bracketed = _BRACKETED.fullmatch(text)
    if bracketed:
        for part, other in ((bracketed[2], bracketed[1]), (bracketed[1], bracketed[2])):
            if one := _one(part.strip(), country):
                return [(one, ", ".join(filter(None, [other.strip(), beside])))]
    parts = [_one(part.strip(), country) for part in _SEVERAL.split(text)]
    if len(parts) > 1 and all(parts):
        return [(part, beside) for part in parts if part]
    letters = _LETTERS.fullmatch(text.upper())
    if letters:
        digits = phonenumbers.convert_alpha_characters_in_number(text.upper())
        if one := _one(digits, country or "US"):
            return [(one, ", ".join(filter(None, [text, beside])))]
    return []


def _one(text: str, country: str) -> str:
    """The number as the catalogue keeps it, "" when it is none."""
    if not text or re.search(r"[A-Za-z]", text) or sum(letter.isdigit() for letter in text) < 3:
        return ""
    region = country.upper() or "BE"
    if region == "BE":
        if _is_valid(text, "BE"):
            return text[:LONGEST]
        if _AMERICAN.fullmatch(text) and not country:
            region = "US"
    if region != "BE":
        parsed = _parsed(text, region)
        if parsed is not None and phonenumbers.is_possible_number(parsed):
            return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
        return ""
    return text if phone_e164(text) and len(text) <= LONGEST else ""


def _parsed(text: str, region: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None


def _is_valid(text: str, region: str) -> bool:
    parsed = _parsed(text, region)
    return parsed is not None and phonenumbers.is_valid_number(parsed)
