"""Whether a form was filled in by somebody: a signed sheet, a time, a little work for their machine or a sum for them.

No third party, no cookie. The sheet says when it was made and which sum it asks; it is used once (see quota).
"""

import secrets
import time
from dataclasses import dataclass
from typing import Literal

from django.conf import settings
from django.core import signing
from django.utils.translation import gettext

from .screening import proves_work

SALT = "suggestions.challenge"
Fault = Literal["broken", "too_old", "too_fast", "unanswered", "wrong_answer"]


class NotConvinced(Exception):
    """Why a form is not taken. `code`: broken, too_old, too_fast, unanswered or wrong_answer."""

    def __init__(self, code: Fault):
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Sheet:
    """`token` goes into the form; `nonce` is what the proof of work is about; the sum is `first` + `second`."""

    token: str
    nonce: str
    first: int
    second: int

    @property
    def question(self) -> str:
        """For who has no script: "How much is four plus three?"."""
        numbers = _numbers()
        return gettext("How much is %(first)s plus %(second)s?") % {
            "first": numbers[self.first],
            "second": numbers[self.second],
        }


def _numbers() -> dict[int, str]:
    return {
        2: gettext("two"),
        3: gettext("three"),
        4: gettext("four"),
        5: gettext("five"),
        6: gettext("six"),
        7: gettext("seven"),
        8: gettext("eight"),
        9: gettext("nine"),
    }


def new_sheet() -> Sheet:
    nonce, first, second = secrets.token_hex(8), secrets.choice(range(2, 10)), secrets.choice(range(2, 10))
    token = signing.dumps([nonce, first, second, int(time.time())], salt=SALT)
    return Sheet(token, nonce, first, second)


def sheet_of(token: str) -> Sheet:
    """The sheet that was given out. Raises NotConvinced: broken or too_old."""
    nonce, first, second, _made = _read(token)
    return Sheet(token, nonce, first, second)


def check(*, token: str, proof: str, answer: str) -> str:
    """The nonce of a form that was filled in by somebody. Raises NotConvinced."""
    nonce, first, second, made = _read(token)
    if time.time() - made < settings.SUGGESTION_MIN_SECONDS:
        raise NotConvinced("too_fast")
    if proof and proves_work(nonce, proof):
        return nonce
    if not answer.strip():
        raise NotConvinced("unanswered")
    if answer.strip() != str(first + second) and answer.strip().casefold() != _numbers().get(first + second):
        raise NotConvinced("wrong_answer")
    return nonce


def _read(token: str) -> tuple[str, int, int, int]:
    try:
        nonce, first, second, made = signing.loads(token, salt=SALT, max_age=settings.SUGGESTION_MAX_SECONDS)
    except signing.SignatureExpired:
        raise NotConvinced("too_old") from None
    except (signing.BadSignature, ValueError, TypeError):
        raise NotConvinced("broken") from None
    return nonce, first, second, made
