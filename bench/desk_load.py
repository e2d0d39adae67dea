"""python -m bench.desk_load: agents at the desk, all at once, on the real PostgreSQL; how long each step takes them.

Each agent is a thread with a connection of its own that does the steps of STEPS in turn, thinking between them. The
steps go through the search and the desk's actions, as its pages do; the web server is not in between. Prints Markdown.
"""

import argparse
import random
import threading
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from bench.servers import Missing, own_database, postgres_url
from bench.starting import conditions, own_folder, say, show, start_django
from bench.tables import markdown

GOAL_MS = 300.0  # p95


class Agent:
    """One who takes calls: `call`, `need`, `made` are those of the call under way."""

    def __init__(self, user: Any, team: Any, services: list[Any], terms: list[Any], seed: int) -> None:
        self.user, self.team, self.services, self.terms = user, team, services, terms
        self.chance = random.Random(seed)  # noqa: S311 (what an agent types)


def begin(agent: Agent) -> None:
    from referrals.actions import calls, persons

    person = persons.begin(team=agent.team, by=agent.user, situation={"postcode": "1080"})
    agent.call = calls.begin(team=agent.team, by=agent.user, person=person)


def keep(agent: Agent) -> None:
    from referrals.actions import calls

    agent.call = calls.keep(
        call=agent.call, by=agent.user, version=agent.call.version, note="Vit seule, peu de visites."
    )


def note_need(agent: Agent) -> None:
    from referrals.actions import calls

    agent.need = calls.add_need(call=agent.call, term=agent.chance.choice(agent.terms), by=agent.user)


def search(agent: Agent) -> None:
    from django.test import Client

    answer = Client().get("/api/v1/search", {"q": agent.chance.choice(agent.services).name_fr[:12]})
    if answer.status_code != 200:
        raise RuntimeError(f"the search answered {answer.status_code}")


def give(agent: Agent) -> None:
    from referrals.actions import orientations

    agent.made = orientations.give(
        need=agent.need, service=agent.chance.choice(agent.services), by=agent.user, key=uuid.uuid4()
    )


def follow_up(agent: Agent) -> None:
    from django.utils import timezone

    from referrals import selectors
    from referrals.actions import follow_ups, orientations

    due = list(selectors.pending(selectors.follow_ups(agent.user)).order_by("due_at")[:50])
    mine = [one for one in due if one.assignee_id == agent.user.pk and one.kind == "person"]
    follow_ups.set_call_back(
        call=agent.call, at=timezone.now() + timedelta(days=2), by=agent.user, need=agent.need
    )
    if mine:
        follow_ups.done(follow_up=mine[0], by=agent.user)
    orientations.move(orientation=agent.made, to="completed", by=agent.user, outcome="got_help")


STEPS: tuple[tuple[str, Callable[[Agent], None]], ...] = (
    ("a call begins", begin),
    ("the note is kept", keep),
    ("a need is noted", note_need),
    ("search", search),
    ("an orientation is given", give),
    ("it is followed up", follow_up),
)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("--agents", type=int, default=65)
    arguments.add_argument("--calls", type=int, default=3, help="of each agent")
    arguments.add_argument("--think", type=float, default=2.0, help="seconds between steps, on average")
    arguments.add_argument("--listings", type=int, default=300)
    chosen = arguments.parse_args()
    try:
        server = postgres_url()
    except Missing as missing:
        show(f"The desk's load was not measured: {missing}")
        return
    with own_folder(), own_database(server) as url:
        start_django(database_url=url)
        from django.db import connections

        agents = prepared(chosen)
        took, errors = run(agents, chosen)
        connections.close_all()
    tell(took, errors, chosen)


def prepared(chosen: argparse.Namespace) -> list[Agent]:
    from django.core.management import call_command
    from django.utils.timezone import localdate

    from accounts.models import Membership, Team, User
    from audit.actor import acting
    from geo.actions import load_geography
    from search import engines, indexing
    from services.generate.actions import make_listings
    from services.models import Service, TaxonomyTerm
    from services.transfer.fixtures import load_taxonomy

    say("making the database …")
    call_command("migrate", verbosity=0)
    load_geography(by="bench", progress=say)
    with acting("bench"):
        load_taxonomy()
    make_listings(chosen.listings, seed=1, today=localdate(), by="bench", progress=say)
    indexing.rebuild(engines.embedded_engine())
    team = Team.objects.create(code="load", name="Load", kind="fund")
    services = list(Service.objects.filter(live=True, lifecycle="active").exclude(name_fr=None)[:200])
    terms = list(TaxonomyTerm.objects.filter(taxonomy="need", retired=False)[:20])
    agents = []
    for number in range(chosen.agents):
        user = User.objects.create_user(f"agent{number}")
        Membership.objects.create(user=user, team=team, role="agent")
        agents.append(Agent(user, team, services, terms, number))
    return agents


def run(agents: list[Agent], chosen: argparse.Namespace) -> tuple[dict[str, list[float]], list[str]]:
    """Milliseconds by step, and what went wrong."""
    took: dict[str, list[float]] = {name: [] for name, _step in STEPS}
    errors: list[str] = []

    def work(agent: Agent) -> None:
        from django.db import connection

        connection.ensure_connection()
        time.sleep(agent.chance.uniform(0, chosen.think))
        for _call in range(chosen.calls):
            for name, step in STEPS:
                began = time.perf_counter()
                try:
                    step(agent)
                except Exception as error:  # every failure is told
                    errors.append(f"{name}: {type(error).__name__}")
                    break
                took[name].append((time.perf_counter() - began) * 1000)
                time.sleep(agent.chance.uniform(0.5, 1.5) * chosen.think)
        connection.close()

    say(f"{len(agents)} agents begin …")
    threads = [threading.Thread(target=work, args=(agent,)) for agent in agents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return took, errors


def share(values: list[float], part: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * part))] if values else float("nan")


def tell(took: dict[str, list[float]], errors: list[str], chosen: argparse.Namespace) -> None:
    show(
        f"## The desk: {chosen.agents} agents, {chosen.calls} calls each, {chosen.think:g} s between steps\n"
    )
    rows = [
        (name, str(len(values)), *(f"{share(values, part):.0f} ms" for part in (0.5, 0.95, 0.99)))
        for name, values in took.items()
    ]
    show(markdown(("step", "times", "p50", "p95", "p99"), rows, words=(0,)))
    worst = max(share(values, 0.95) for values in took.values())
    verdict = "met" if worst <= GOAL_MS and not errors else "missed"
    show(
        f"\nSlowest p95 {worst:.0f} ms of {GOAL_MS:.0f}; {len(errors)} errors: {verdict}. {sorted(set(errors))}"
    )
    show(f"\n{conditions()}\n")


if __name__ == "__main__":
    main()
