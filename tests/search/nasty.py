"""Query strings that nobody should have to answer, made from a number: the same number gives the same one."""

import random
from collections.abc import Callable
from urllib.parse import quote, quote_plus

LETTERS = "abcdefghijklmnopqrstuvwxyzéèêëàçôûüöïœß"
WORDS = "cpas ocmw médecin dentiste épicerie hulp bij schulden repas Molenbeek 1030 dimanche 75 ans sans papiers".split()
LUCENE = ["AND", "OR", "NOT", "&&", "||", "!", "(", ")", "{", "}", "[", "]", "^", '"', "~", "*", "?", ":", "\\", "/",
          "+", "-", "TO", "_id:1", "*:*", "^4", "~2", "[* TO *]"]  # fmt: skip
REGEX = [
    "(a+)+$",
    "[^",
    ".*",
    "(?=",
    "\\d{1,99999}",
    "|",
    "[a-z]{3,}",
    "(x|y)*",
    "^",
    "$",
    "\\b",
    "(?<n>",
    "[[:alpha:]]",
]
SQL = ["' OR 1=1 --", '"; DROP TABLE services_service; --', "1 UNION SELECT password FROM accounts_user", "%' AND '1'='1",
       "pg_sleep(10)", "0x27", "';--"]  # fmt: skip
# The tag is looked for in the page: it must never stand there as it was typed.
TAG = "<nasty-tag"
MARKUP = [TAG + " onload=alert(1)>", "<script>" + TAG + ">", "\"'>" + TAG + ">", "</title>" + TAG + ">", "javascript:alert(1)",
          "{{ 7*7 }}", "{% debug %}", "${7*7}", "<!--", "]]>", "&#60;", "&lt;nasty", "<svg/onload=" + TAG + ">"]  # fmt: skip
TEMPLATES = ['{"match_all":{}}', '{"query":{"script":"1"}}', "ctx._source.remove('pk')", "doc['pk'].value", "../../etc/passwd",
             "\\u0000", "%s%s%n", "{0.__class__}", "file:///etc/passwd", "=cmd|' /C calc'!A0", "NaN", "-0", "1e309"]  # fmt: skip
PARAMETERS = ("near", "need", "audience", "cost", "language", "organisation_type", "commune", "bassin", "access_mode",
              "age", "radius", "radius_km", "open", "sort", "page", "size", "lang", "explain", "relax", "unheard_of")  # fmt: skip
VALUES = ["", "0", "-1", "1", "20", "9999999999999999999", "now", "2026-13-45T99:99", "2026-11-23T10:00", "0001-01-01T00:00",
          "9999-12-31T23:59", "NaN", "inf", "1e400", "food", "fr", "xx", "distance", "name", "50.85,4.35", "91,181", "-90,180",
          "1000", "Molenbeek", "é", "\x00", "[]", "food,food", "true", "on"]  # fmt: skip


def _plane(pick: random.Random) -> str:
    """Characters of one of Unicode's planes, unassigned and half ones included."""
    plane = pick.choice([0, 0, 0, 1, 1, 2, 3, 14, 15, 16])
    return "".join(chr((plane << 16) + pick.randrange(0x10000)) for _ in range(pick.randint(1, 30)))


def _emoji(pick: random.Random) -> str:
    joined = ["👩\u200d👩\u200d👧", "🏳️\u200d🌈", "👍🏽", "🇧🇪", "❤️", "1️⃣"]
    return "".join(
        pick.choice([*joined, chr(pick.randint(0x1F300, 0x1FAFF))]) for _ in range(pick.randint(1, 9))
    )


def _scripts(pick: random.Random) -> str:
    """Right to left, combining, wide, full width, ligatures, and what turns direction around."""
    starts = (0x0590, 0x0600, 0x0900, 0x0E00, 0x1100, 0x3040, 0x4E00, 0xAC00, 0xFB00, 0xFE20, 0xFF00, 0x0300)
    start = pick.choice(starts)
    text = "".join(chr(start + pick.randrange(0x60)) for _ in range(pick.randint(1, 25)))
    return (
        pick.choice(["", "\u202e", "\u2066", "\ufeff", "a\u0301"])
        + text
        + pick.choice(["", "\u202c", " cpas"])
    )


def _controls(pick: random.Random) -> str:
    return "".join(
        pick.choice([chr(pick.randrange(32)), "\x7f", "\u2028", "\u200b", *"ab "]) for _ in range(20)
    )


def _length(pick: random.Random) -> str:
    size = pick.choice([1, 2, 99, 255, 256, 257, 498, 499, 500, 501, 502, 1500])
    unit = pick.choice(
        ["a", "é", "ß", "İ", "ﷺ", "\u0301", "漢", "😀", "a b ", "ab-", "l'", "1", ". ", "a.b.", "repas "]
    )
    return (unit * size)[:size]


def _token(pick: random.Random) -> str:
    return "".join(pick.choice(LETTERS) for _ in range(pick.choice([3, 20, 120, 254, 255, 256, 490])))


def _numbers(pick: random.Random) -> str:
    made = [str(pick.randrange(10 ** pick.randint(1, 60))), f"{pick.uniform(-1e9, 1e9):.20f}", "٣٤٥", "Ⅻ", "½", "1030 1050",
            "0" * pick.randint(1, 300), "02/555.12.12", "+32 2 555 12 12", "85.07.30-033.28", "٪"]  # fmt: skip
    return pick.choice(made)


def _some(values: list[str]) -> Callable[[random.Random], str]:
    def make(pick: random.Random) -> str:
        mixed = [pick.choice([*values, *values, pick.choice(WORDS)]) for _ in range(pick.randint(1, 8))]
        return pick.choice([" ", ""]).join(mixed)

    return make


def _surrogates(pick: random.Random) -> str:
    return (
        pick.choice(WORDS)
        + chr(pick.randint(0xD800, 0xDFFF))
        + pick.choice(["", chr(pick.randint(0xDC00, 0xDFFF)), "x"])
    )


KINDS: tuple[Callable[[random.Random], str], ...] = (
    _plane, _emoji, _scripts, _controls, _length, _token, _numbers, _surrogates,
    _some(LUCENE), _some(REGEX), _some(SQL), _some(MARKUP), _some(TEMPLATES), _some(WORDS),
)  # fmt: skip


def query_string(number: int) -> str:
    """As it stands after the “?”: q, sometimes twice, sometimes with other parameters, sometimes badly encoded."""
    pick = random.Random(number)
    kinds = [KINDS[number % len(KINDS)], *(pick.choice(KINDS) for _ in range(pick.choice([0, 0, 1, 2])))]
    text = pick.choice([" ", "", " "]).join(kind(pick) for kind in kinds)
    encode = pick.choice([quote, quote_plus])
    parts = [("q", encode(text, errors="surrogatepass", safe=""))]
    if pick.random() < 0.05:
        parts[0] = (
            "q",
            parts[0][1] + pick.choice(["%", "%f", "%ff%fe", "%c0%80", "%u0041", "%00", "%ed%a0%80"]),
        )
    for _ in range(pick.choice([0] * 9 + [1, 2, 3])):
        value = pick.choice(VALUES) if pick.random() < 0.8 else pick.choice(KINDS)(pick)
        parts.append((pick.choice(PARAMETERS), encode(value, errors="surrogatepass", safe="")))
    if pick.random() < 0.03:
        parts.append(parts[0])
    return "&".join(f"{name}={value}" for name, value in parts)
