"""The message catalogues: complete, compiled as they stand, and with the same blanks to fill in as their source."""

import re
from pathlib import Path

import polib
import pytest

LOCALE = Path(__file__).resolve().parents[2] / "locale"
TRANSLATED = ("fr", "nl", "de")  # English is the source
BLANK = re.compile(r"%\((\w+)\)[sd]|%[sd]|<a href=|</a>")


def catalogue(lang: str) -> polib.POFile:
    return polib.pofile(str(LOCALE / lang / "LC_MESSAGES" / "django.po"))


@pytest.mark.parametrize("lang", TRANSLATED)
def test_every_message_is_translated(lang: str) -> None:
    missing = [entry.msgid for entry in catalogue(lang) if not entry.translated() and not entry.obsolete]
    assert not missing


@pytest.mark.parametrize("lang", TRANSLATED)
def test_blanks_are_kept(lang: str) -> None:
    for entry in catalogue(lang):
        if entry.msgid_plural:
            assert len(entry.msgstr_plural) == 2, entry.msgid
            one, many = entry.msgstr_plural.values()
            said, known = (set(BLANK.findall(text)) for text in (one, entry.msgid_plural))
            assert said <= known, (
                f"{lang}: {entry.msgid} → {one}"
            )  # one may go without its number: "every day"
            pairs = [(entry.msgid_plural, many)]
        else:
            pairs = [(entry.msgid, entry.msgstr)]
        for source, text in pairs:
            wanted, found = (sorted(match[0] for match in BLANK.finditer(one)) for one in (source, text))
            assert found == wanted, f"{lang}: {source} → {text}"


@pytest.mark.parametrize("lang", [*TRANSLATED, "en"])
def test_the_compiled_catalogue_is_that_of_the_source(lang: str) -> None:
    compiled = {
        (entry.msgctxt, entry.msgid): entry.msgstr or entry.msgstr_plural
        for entry in polib.mofile(str(LOCALE / lang / "LC_MESSAGES" / "django.mo"))
    }
    source = {
        (entry.msgctxt, entry.msgid): entry.msgstr or entry.msgstr_plural
        for entry in catalogue(lang)
        if entry.translated()
    }
    assert compiled == source, "run `manage.py compilemessages`"
