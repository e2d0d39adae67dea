"""One agent of the desk's load: signs in as a browser does, then takes calls through the desk's own addresses."""

import http.client
import random
import re
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

SECONDS = 60.0
WORDS = (
    "aide ménagère", "repas à domicile", "psychologue", "logement", "voedselhulp", "thuisverpleging",
    "garde d'enfants", "facture énergie", "solitude", "vervoer",
)  # fmt: skip
PLACES = ("1000", "1030", "1070", "1080", "1190", "Ixelles", "")
SIGN_IN, SECOND = "/admin/login/", "/admin/second-step/"
_SERVICE = re.compile(r'name="service" value="([0-9a-f-]{36})"')
_LISTING = re.compile(r'<a href="([^"]*/services/[^"]*)"')
_DUE = re.compile(r'href="(/desk/day/[0-9a-f-]{36}/)"')


@dataclass
class Taken:
    """Milliseconds of every answered request by step, and what failed: (step, what)."""

    took: dict[str, list[float]] = field(default_factory=dict)
    errors: list[tuple[str, str]] = field(default_factory=list)
    calls: int = 0


class Failed(Exception):
    """An answer that is not the expected one; it is noted already."""


class _Fields(HTMLParser):
    """What a form of a page sends untouched, and the values of its radio buttons."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden: dict[str, str] = {}
        self.radios: dict[str, list[str]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        of = dict(attrs)
        name, value = of.get("name"), of.get("value") or ""
        if tag != "input" or not name:
            return
        if of.get("type") == "hidden":
            self.hidden[name] = value
        elif of.get("type") == "radio":
            self.radios.setdefault(name, []).append(value)


class Agent:
    """`address` is sent as the client's by the proxy that production has: one agent, one address, as in real life."""

    def __init__(
        self, *, port: int, name: str, password: str, secret: str, number: int, think: float
    ) -> None:
        self.port, self.name, self.password, self.secret = port, name, password, secret
        self.address, self.think = f"10.1.{number // 250}.{number % 250 + 1}", think
        self.chance = random.Random(number)  # noqa: S311 (what an agent types)
        self.taken = Taken()
        self.cookies: dict[str, str] = {}
        self.line: http.client.HTTPConnection | None = None

    def ask(
        self,
        step: str,
        path: str,
        fields: Any = None,
        *,
        script: bool = False,
        good: tuple[int, ...] = (200,),
    ) -> tuple[str, str]:
        """(text, Location) of one request; a POST when there are fields. Raises Failed."""
        origin = f"https://127.0.0.1:{self.port}"
        headers = {"X-Forwarded-For": self.address, "X-Forwarded-Proto": "https", "Accept": "text/html"}
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        body = None
        if fields is not None:
            body = urlencode(fields, doseq=True)
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "X-CSRFToken": self.cookies.get("csrftoken", ""),
                "Origin": origin,
            }
        if script:
            headers |= {"X-Desk": "1"}
        began = time.perf_counter()
        try:
            if self.line is None:
                self.line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
            self.line.request("GET" if body is None else "POST", path, body, headers)
            answer = self.line.getresponse()
            text = answer.read().decode()
        except (OSError, http.client.HTTPException) as error:
            if self.line is not None:
                self.line.close()
            self.line = None
            self.taken.errors.append((step, type(error).__name__))
            raise Failed from error
        if answer.will_close:
            self.line.close()
            self.line = None
        for line in answer.headers.get_all("Set-Cookie") or ():
            self.cookies |= {name: one.value for name, one in SimpleCookie(line).items()}
        if answer.status not in good:
            self.taken.errors.append((step, f"answered {answer.status}"))
            raise Failed
        self.taken.took.setdefault(step, []).append((time.perf_counter() - began) * 1000)
        return text, answer.headers.get("Location", "")

    def pause(self, seconds: float) -> None:
        time.sleep(self.chance.uniform(0.5, 1.5) * seconds * self.think)

    def sign_in(self) -> None:
        """Password, then the code of the app, as everybody."""
        from accounts.one_time import code_now

        self.ask("(sign in)", SIGN_IN)
        typed = {"username": self.name, "password": self.password, "next": "/desk/"}
        self.ask("(sign in)", SIGN_IN, typed, good=(302,))
        self.ask("(sign in)", f"{SECOND}?next=/desk/", {"code": code_now(self.secret)}, good=(302,))

    def work(self, until: Callable[[], bool]) -> None:
        """Calls one after another until `until()`; what fails ends that call and the next one begins."""
        while not until():
            try:
                self.call()
                self.taken.calls += 1
            except Failed:
                self.pause(1.0)

    def call(self) -> None:
        self.ask("the desk opens", "/desk/")
        _, place = self.ask("a call begins", "/desk/calls/", {"direction": "incoming"}, good=(302,))
        self.ask("its screen", place)
        self.pause(4)
        where, version = self.chance.choice(PLACES), 1
        situation = {"place": where, "age_band": self.chance.choice(("", "65_74", "75_84"))}
        self.ask(
            "the situation is kept",
            f"{place}keep/",
            situation | {"version": version, "note": ""},
            script=True,
        )
        found = ""
        for typed in keystrokes(self.chance.choice(WORDS)):
            self.pause(0.3)
            found, _ = self.ask(
                "search at a keystroke", f"{place}search/", situation | {"q": typed}, script=True
            )
        self.pause(6)
        if listing := _LISTING.search(found):
            self.ask("a listing is opened", listing[1])
            self.pause(8)
        self.ask("a need is noted", f"{place}needs/", {"need_text": "food"}, script=True)
        self.pause(2)
        if service := _SERVICE.search(found):
            given = {"service": service[1], "key": str(uuid.uuid4())}
            self.ask("details are given", f"{place}orient/", given, script=True)
            self.pause(3)
        self.ask("a person without a name", f"{place}person/", {"who": ""}, script=True)
        self.ask("call back is set", f"{place}call-back/", {"quick": "1"}, script=True)
        self.pause(2)
        self.ask("the call is closed", f"{place}close/", {}, script=True)
        self.pause(2)
        self.follow_up()
        self.pause(4)

    def follow_up(self) -> None:
        """The oldest of what is due today, recorded."""
        day, _ = self.ask("my day", "/desk/day/")
        due = _DUE.search(day)
        if due is None:
            return
        page, _ = self.ask("a follow-up is opened", due[1])
        form = _Fields()
        form.feed(page)
        self.pause(5)
        results = form.radios.get("result", [])
        chosen = next((one for one in ("helped", "talked", "accepted") if one in results), "unreachable")
        again = (datetime.now() + timedelta(days=3)).strftime("%Y-%m-%dT10:00")  # noqa: DTZ005 (the form's local time)
        self.ask(
            "a follow-up is recorded",
            due[1],
            form.hidden | {"result": chosen, "again_at": again},
            good=(302,),
        )


def keystrokes(words: str) -> Iterator[str]:
    """What the page's script sends: from the third letter, every second one, as quick typing is waited for."""
    yield from (words[:end] for end in range(3, len(words), 2))
    yield words


@contextmanager
def hung_up(agent: Agent) -> Iterator[Agent]:
    try:
        yield agent
    finally:
        if agent.line is not None:
            agent.line.close()
