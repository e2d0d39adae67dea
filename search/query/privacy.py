"""Whether the words of a search may be kept: not when they may tell who somebody is or where they live. Pure.

When in doubt, no: a search that is not kept costs the gap register one row, a number that is kept costs a person.
Numbers are not told apart by checksum: seven digits in a row are refused whether they are a phone, a national number
(NISS or BIS, right or mistyped) or an account.
"""

import re
import unicodedata

from .analysis import exact
from .stopwords import is_stopword

LONGEST = 120  # characters
MOST_WORDS = 12  # longer than this is a story, and stories tell of people
MOST_DIGITS = 6  # a local phone number without its area has seven

# Digits with at most three signs between them: 02/123.45.67, +32 (0)2 123 45 67, 48.03.12-345.67.
_DIGITS = re.compile(r"\d(?:[\W_]{0,3}\d)*")
_POSTCODES = re.compile(
    r"[1-9]\d{3}(?:[\W_]{1,3}[1-9]\d{3}){0,2}"
)  # up to three of them stand beside each other
_IBAN = re.compile(r"\b[a-z]{2}\d{2}(?: ?[a-z\d]{4}){2,}")

_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_MONTH_NUMBER = r"(?:0?[1-9]|1[0-2])"
_YEAR = r"(?:1[89]\d\d|20\d\d)"
_MONTHS = (
    "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre "
    "januari februari maart april mei juni juli augustus september oktober november december "
    "january february march may june july august october "
    "januar jaenner februar marz maerz juli august dezember "
    "janv fevr avr juil sept oct nov dec jan feb mrt apr jun jul aug okt dez"
).split()
_MONTH = rf"(?:{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\b\.?"
_AFTER_DAY = r"(?:er|e|de|ste|st|nd|rd|th|\.)?"
_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        # 12/03/1948, 12.3.48, 12 3 48, and the American and the ISO order
        rf"\b{_DAY}[\W_]{{1,3}}{_MONTH_NUMBER}[\W_]{{1,3}}(?:{_YEAR}|\d\d)\b",
        rf"\b{_MONTH_NUMBER}[\W_]{{1,3}}{_DAY}[\W_]{{1,3}}(?:{_YEAR}|\d\d)\b",
        rf"\b{_YEAR}[\W_]{{1,3}}{_MONTH_NUMBER}[\W_]{{1,3}}{_DAY}\b",
        # 12 mars 1948, 12de maart '48, 12. März 1948, 12th of May 1948, May 12, 1948, mars 1948
        rf"\b{_DAY}{_AFTER_DAY} ?(?:of |de |d')?{_MONTH}[\W_]{{0,3}}(?:{_YEAR}|\d\d)\b",
        rf"\b{_MONTH} ?{_DAY}{_AFTER_DAY}[\W_]{{1,3}}(?:{_YEAR}|\d\d)\b",
        rf"\b{_MONTH} ?(?:19\d\d|20[01]\d)\b",
        # née le 12, né en 1948, geboren op 12 maart, born 1948; "acte de naissance 1030" is none of it
        rf"\b(?:nee?(?= (?:le|en|a)\b)|naissance|geboren|geboortedatum|geb|born|birth|dob|geburtsdatum)\b"
        rf"(?:[\W_]+[a-z]+){{0,3}}[\W_]+(?:{_DAY}|{_YEAR})\b",
    )
)

_NUMBER = r"\d{1,4} ?[a-z]?\b"
_STREETS = (
    "rue avenue av ave boulevard bd bld boul chaussee chee place square quai allee dreve clos impasse sentier chemin "
    "venelle straat str laan steenweg stwg weg plein lei dreef kaai street road lane strasse allee platz"
).split()
_STREET = rf"\b(?:{'|'.join(_STREETS)})\b\.?"
# What is counted is no house: "à la rue depuis 3 mois", "place pour 2 enfants".
_NOT_COUNTED = (
    r"(?! ?(?:ans?|annees?|mois|jours?|semaines?|enfants?|personnes?|heures?|h|km|euros?|eur|jaar|jaren|maand|maanden|"
    r"dagen|weken|kinderen|personen|uur|uren|years?|months?|days?|weeks?|children|kids|people|hours?|jahre?|monate?|"
    r"kinder|stunden)\b)"
)
_ADDRESSES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?<!a la ){_STREET}(?:[\W_]+[a-z]+){{1,5}}[\W_]+{_NUMBER}{_NOT_COUNTED}",
        rf"\b(?!op straat)[a-z]{{2,}} ?(?:straat|straatje|laan|steenweg|weg|plein|dreef|kaai|strasse|platz|allee)"
        rf"(?:[\W_]+(?:nr|no|n|nummer)\b)?[\W_]+{_NUMBER}{_NOT_COUNTED}",
        rf"\b\d{{1,4}} ?[a-z]?\b[\W_]{{1,3}}(?:{'|'.join(_STREETS)})\b\.? [a-z]{{2,}}",
        r"\b\d{1,4}[a-z]?[\W_]{1,3}(?:bte|boite|bus|box|b)[\W_]{0,3}\d",
    )
)

_TITLE = re.compile(
    r"\b(?:monsieur|madame|mademoiselle|mr|mme|mlle|mevrouw|mevr|mw|meneer|mijnheer|dhr|mrs|ms|miss|herr|frau)"
    r"\b\.? +(\w+)",
    re.IGNORECASE,
)
_INTRODUCES = re.compile(
    r"\b(?:m'appelle|s'appelle|mon nom est|mijn naam is|ik heet|hij heet|zij heet|my name is|his name is|her name is|"
    r"ich heisse|mein name ist|national nummer|numero national|rijksregisternummer|niss|insz)\b.*\w"
)


def normalised(text: str) -> str:
    """As it is stored: lower case, single spaces, no invisible characters, no signs around it.

    So nothing begins with a sign that a spreadsheet would take for a formula.
    """
    plain = _plain(text).lower()
    inside = [place for place, char in enumerate(plain) if char.isalnum()]
    return plain[inside[0] : inside[-1] + 1] if inside else ""


def may_be_logged(text: str) -> bool:
    """Whether these words may stand in the log of searches that found nothing."""
    plain = _plain(text)
    if len(plain) > LONGEST or len(plain.split()) > MOST_WORDS:
        return False
    if sum(map(str.isalnum, plain)) < 2 or "@" in plain:
        return False
    key = exact(plain.lower().replace("’", "'"))
    if any(_is_long_number(match.group()) for match in _DIGITS.finditer(key)):
        return False
    if any(pattern.search(key) for pattern in (_IBAN, _INTRODUCES, *_DATES, *_ADDRESSES)):
        return False
    return not _names_somebody(plain)


def _plain(text: str) -> str:
    """One line of ordinary characters: digits of other scripts' forms made ours, what cannot be seen left out."""
    text = unicodedata.normalize("NFKC", text)
    shown = "".join(
        " " if char.isspace() else char
        for char in text
        if char.isspace() or unicodedata.category(char)[0] != "C"
    )
    return " ".join(shown.split())


def _is_long_number(run: str) -> bool:
    return sum(map(str.isdigit, run)) > MOST_DIGITS and not _POSTCODES.fullmatch(run)


def _names_somebody(text: str) -> bool:
    """ "Madame Dupont": a title and a capital. In "bonjour Madame Je cherche" the capital is no name."""
    return any(
        match.group(1)[0].isupper() and not is_stopword(exact(match.group(1).lower()))
        for match in _TITLE.finditer(text)
    )
