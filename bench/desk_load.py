"""python -m bench.desk_load: agents at the desk, all at once, on the real PostgreSQL; how long each step takes them.

Starts gunicorn as in production (its workers, the production settings) on a database of its own with generated
listings. Each agent is a thread of this process with an account, a second factor and a session of its own, and does
through the desk's addresses what an agent does in a call: it types letter by letter, reads, opens a listing, gives
details, sets a call back, records a follow-up of earlier days. The agents and the server share this machine's cores.
Prints Markdown.
"""

import argparse
import os
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

from bench.data import ROOT
from bench.desk_agent import Agent, Failed, Taken, hung_up
from bench.load import served
from bench.servers import Missing, elasticsearch_url, own_database, own_prefix, postgres_url
from bench.starting import conditions, own_folder, say, show, start_django
from bench.tables import markdown

GOAL_MS = 300.0  # p95
# Due before today, of each agent: more than one records in ten minutes.
DUE = 30
PASSWORD = "only-for-measurements-of-the-desk"  # noqa: S105


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("--agents", type=int, default=65)
    arguments.add_argument("--minutes", type=float, default=5.0)
    arguments.add_argument(
        "--think", type=float, default=1.0, help="times the usual pauses; 0: none, the ceiling"
    )
    arguments.add_argument("--listings", type=int, default=10_000)
    arguments.add_argument("--workers", type=int, default=2)
    arguments.add_argument("--threads", type=int, default=1, help="of a worker; 1: gunicorn's sync workers")
    arguments.add_argument("--engine", choices=("embedded", "elasticsearch"), default="embedded")
    chosen = arguments.parse_args()
    with ExitStack() as stack:
        search_url = ""
        try:
            server = postgres_url()
            if chosen.engine == "elasticsearch":
                search_url = elasticsearch_url()
                os.environ["SEARCH_INDEX_PREFIX"] = stack.enter_context(own_prefix(search_url))
        except Missing as missing:
            show(f"The desk's load was not measured: {missing}")
            return
        folder = stack.enter_context(own_folder())
        url = stack.enter_context(own_database(server))
        start_django(database_url=url, search_url=search_url)
        fill(chosen.listings)
        measure(chosen, folder)


def measure(chosen: argparse.Namespace, folder: Path) -> None:
    """On a database with listings and an index: makes the accounts, serves, lets the agents work, tells."""
    from django.db import connections

    accounts = with_accounts(chosen.agents)
    connections.close_all()
    collected()
    with served(chosen.workers, chosen.threads, folder) as address:
        agents = [
            Agent(
                port=int(address.rpartition(":")[2]),
                number=number,
                think=chosen.think,
                password=PASSWORD,
                **one,
            )
            for number, one in enumerate(accounts)
        ]
        seconds = run(agents, chosen.minutes * 60)
        memory = resident(folder)
    tell([agent.taken for agent in agents], seconds, memory, chosen)


def collected() -> None:
    """The static files under the names of production, which its pages do not do without."""
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "bench.load_settings"},
        check=True,
    )


def fill(listings: int) -> None:
    from django.core.management import call_command
    from django.db import connection
    from django.utils.timezone import localdate

    from audit.actor import acting
    from geo.actions import load_geography
    from search import engines, indexing
    from services.generate.actions import make_listings
    from services.transfer.fixtures import load_taxonomy

    say("making the database …")
    call_command("migrate", verbosity=0)
    load_geography(by="bench", progress=say)
    with acting("bench"):
        load_taxonomy()
    make_listings(listings, seed=1, today=localdate(), by="bench", progress=say)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    for engine in engines.named("all"):
        indexing.rebuild(engine)


def with_accounts(count: int) -> list[dict[str, str]]:
    """Name and secret of the second factor of each agent, who has DUE follow-ups of earlier days."""
    from django.utils import timezone

    from accounts.models import Authenticator, Membership, Team, User
    from accounts.one_time import new_secret
    from referrals.actions import calls, orientations, persons
    from referrals.models import FollowUp
    from services.models import Service, TaxonomyTerm

    say(f"making {count} agents with what they have to follow up …")
    team = Team.objects.create(code=f"load-{uuid.uuid4().hex[:6]}", name="Load", kind="fund")
    services = list(Service.objects.filter(live=True, lifecycle="published")[:200])
    term = TaxonomyTerm.objects.filter(taxonomy="need", retired=False)[0]
    accounts = []
    for number in range(count):
        name, secret = f"{team.code}-{number}", new_secret()
        user = User.objects.create_user(name, password=PASSWORD, language="fr")
        Membership.objects.create(user=user, team=team, role="agent")
        Authenticator.objects.create(user=user, secret=secret, last_step=0)
        for row in range(DUE):
            person = persons.begin(team=team, by=user, situation={"postcode": "1080"})
            call = calls.begin(team=team, by=user, person=person)
            need = calls.add_need(call=call, term=term, by=user)
            service = services[(number * DUE + row) % len(services)]
            orientations.give(need=need, service=service, by=user, key=uuid.uuid4())
            calls.close(call=call, by=user)
        accounts.append({"name": name, "secret": secret})
    FollowUp.objects.filter(team=team).update(due_at=timezone.now() - timedelta(days=1))
    return accounts


def run(agents: list[Agent], seconds: float) -> float:
    """Everybody signs in, then all begin; the seconds from there to the end of the last call."""
    say(f"{len(agents)} agents sign in …")

    def signed_in(agent: Agent) -> bool:
        try:
            agent.sign_in()
        except Failed:
            return False
        return True

    with ThreadPoolExecutor(8) as several:
        with_session = [
            agent for agent, done in zip(agents, several.map(signed_in, agents), strict=True) if done
        ]
    began = time.monotonic()

    def work(agent: Agent) -> None:
        with hung_up(agent):
            agent.pause(agent.chance.uniform(0, 20))  # nobody's telephone rings at the same moment
            agent.work(lambda: time.monotonic() - began > seconds)

    say(f"{len(with_session)} agents work …")
    threads = [threading.Thread(target=work, args=(agent,)) for agent in with_session]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.monotonic() - began


def resident(folder: Path) -> list[float]:
    """Resident memory in MB of each process of the server that is being measured; [] where `ps` is missing."""
    pid = (folder / "pid").read_text().strip()
    try:
        said = subprocess.run(["ps", "-o", "rss=", "--ppid", pid], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return []
    return [int(line) / 1024 for line in said.stdout.split()]


def share(values: list[float], part: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * part))] if values else float("nan")


def tell(taken: list[Taken], seconds: float, memory: list[float], chosen: argparse.Namespace) -> None:
    took: dict[str, list[float]] = {}
    for one in taken:
        for name, values in one.took.items():
            took.setdefault(name, []).extend(values)
    errors = Counter(failed for one in taken for failed in one.errors)
    show(
        f"## The desk: {chosen.agents} agents, {chosen.listings:,} listings ({chosen.engine}), {seconds:.0f} s, pauses × {chosen.think:g}, "
        f"gunicorn with {chosen.workers} workers of {chosen.threads} threads\n"
    )
    rows = [
        (name, str(len(values)), *(f"{share(values, part):.0f} ms" for part in (0.5, 0.95, 0.99, 1)))
        for name, values in took.items()
    ]
    show(markdown(("step", "times", "p50", "p95", "p99", "max"), rows, words=(0,)))
    # Who signs in waits for the hash of the password, once a day: told, and not held to the goal.
    held = {name: values for name, values in took.items() if not name.startswith("(")}
    requests = sum(len(values) for values in held.values())
    worst = max((share(values, 0.95) for values in held.values()), default=float("inf"))
    verdict = "met" if worst <= GOAL_MS and not errors else "missed"
    show(
        f"\n{sum(one.calls for one in taken)} calls, {requests / seconds:.1f} requests/s, "
        f"workers of {', '.join(f'{one:.0f}' for one in memory)} MB. "
        f"Slowest p95 {worst:.0f} ms of {GOAL_MS:.0f}; {errors.total()} errors: {verdict}."
    )
    for (step, what), count in errors.most_common():
        show(f"- {step}: {what}, {count} times")
    show(f"\n{conditions()}\n")


if __name__ == "__main__":
    main()
