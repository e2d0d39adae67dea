"""A machine that speaks LibreTranslate's protocol: POST /translate with {"q": [...], "source", "target", "format"}.

Settings: MACHINE_TRANSLATION="services.translating.libretranslate.LibreTranslate", MACHINE_TRANSLATION_URL, and
MACHINE_TRANSLATION_KEY where the server wants one. Protocol: libretranslate.com/docs.
"""

import json
import urllib.error
import urllib.request
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from .machine import MachineAnswerWrong, MachineRefused, MachineUnavailable

MOST_ANSWERED = 5 * 1024 * 1024  # bytes


class _NoDetours(urllib.request.HTTPRedirectHandler):
    """Texts and key go to the server that was named, and to no other."""

    def redirect_request(self, *args, **kwargs):
        return None


class LibreTranslate:
    def __init__(self, url: str = "", key: str = "", seconds: float = 0) -> None:
        self._url = (url or settings.MACHINE_TRANSLATION_URL).rstrip("/")
        self._key = key or settings.MACHINE_TRANSLATION_KEY
        self._seconds = seconds or settings.MACHINE_TRANSLATION_SECONDS
        if urlsplit(self._url).scheme not in ("http", "https") or not urlsplit(self._url).hostname:
            raise ImproperlyConfigured(
                "MACHINE_TRANSLATION_URL: the address of a LibreTranslate server, https://…"
            )

    def translate(self, texts: Sequence[str], source: str, target: str) -> list[str]:
        """Raises MachineUnavailable, MachineRefused, MachineAnswerWrong."""
        if not texts:
            return []
        asked: dict[str, Any] = {"q": list(texts), "source": source, "target": target, "format": "text"}
        if self._key:
            asked["api_key"] = self._key
        found = self._post(asked)
        answer = found.get("translatedText") if isinstance(found, dict) else None
        if not isinstance(answer, list) or not all(isinstance(text, str) for text in answer):
            raise MachineAnswerWrong("the answer has no list “translatedText”")
        if len(answer) != len(texts):
            raise MachineAnswerWrong(f"{len(texts)} texts were asked for, {len(answer)} came back")
        return answer

    def _post(self, asked: dict[str, Any]) -> Any:
        request = urllib.request.Request(  # noqa: S310  the scheme was looked at above
            f"{self._url}/translate",
            data=json.dumps(asked).encode(),
            headers={"Content-Type": "application/json", "Accept": "application/json"},
        )
        try:
            with urllib.request.build_opener(_NoDetours).open(request, timeout=self._seconds) as answer:
                body = answer.read(MOST_ANSWERED + 1)
        except urllib.error.HTTPError as error:
            with error:
                if error.code >= 500:
                    raise MachineUnavailable(f"the server answered {error.code}") from None
                raise MachineRefused(f"the server answered {error.code}") from None
        except OSError as error:
            reason = getattr(error, "reason", error)
            raise MachineUnavailable(f"the server does not answer ({type(reason).__name__})") from None
        if len(body) > MOST_ANSWERED:
            raise MachineAnswerWrong(f"the answer is longer than {MOST_ANSWERED // 1024**2} MB")
        try:
            return json.loads(body)
        except ValueError:
            raise MachineAnswerWrong("the answer is no JSON") from None
