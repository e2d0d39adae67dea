"""python -m bench.desk_files: what the desk's pages and the retention cost when it holds the files of 100,000 persons.

A PostgreSQL database of its own with invented calls of eighteen months (make_calls); every file has a sealed number,
one agent has 5,000 follow-ups pending. Pages in process, through Django's client. Prints Markdown.
"""

import argparse
import resource
import time
from datetime import timedelta

from bench.servers import Missing, own_database, postgres_url
from bench.starting import conditions, own_folder, say, show, start_django
from bench.tables import markdown, milliseconds, p50

TRIES = 7
PENDING = 5_000
BATCH = 2_000


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("--persons", type=int, default=100_000)
    chosen = arguments.parse_args()
    try:
        server = postgres_url()
    except Missing as missing:
        show(f"The desk's files were not measured: {missing}")
        return
    with own_folder(), own_database(server) as url:
        start_django(database_url=url)
        from bench.desk_load import fill

        fill(1_000)
        users = filled(chosen.persons)
        rows = [*pages(users), *retention()]
    show(f"## The desk's files: {chosen.persons:,} persons, {users['needs']:,} needs\n")
    show(markdown(("what", "first", "p50", "note"), rows, words=(0, 3)))
    show(f"\n{conditions()}\n")


def filled(persons: int) -> dict:
    """Users by role, and how many needs there are."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.models import F
    from django.utils import timezone
    from django.utils.timezone import localdate

    from accounts.models import Membership, Team, User
    from referrals.actions.persons import phone_hash
    from referrals.models import FollowUp, Need, Person, PersonPhone

    team = Team.objects.create(code="files", name="Files", kind="fund")
    users = {}
    for role in ("agent", "coordinator", "analyst", "data_protection_officer"):
        users[role] = User.objects.create_user(f"files-{role}", language="fr")
        Membership.objects.create(user=users[role], team=team, role=role)
    say(f"making the files of {persons:,} persons …")
    call_command("make_calls", str(persons * 2), team="files", force=True)
    people = Person.objects.order_by("pk").values_list("pk", flat=True)
    batch: list[PersonPhone] = []
    for number, person in enumerate(people.iterator()):
        said = f"+3247{number % 10_000_000:07d}"
        batch.append(PersonPhone(person_id=person, number=said, number_hash=phone_hash(said) or ""))
        if len(batch) == BATCH:
            PersonPhone.objects.bulk_create(batch)
            batch = []
    PersonPhone.objects.bulk_create(batch)
    # One in ten is past its year, one past its half year, one goes within a month (where nothing is under way).
    for rest, days in enumerate((400, 200, 345)):
        some = Person.objects.alias(rest=F("pk") % 10).filter(rest=rest)
        some.update(
            last_contact_on=localdate() - timedelta(days=days),
            created_at=timezone.now() - timedelta(days=days),
        )
    waiting = FollowUp.objects.filter(done_at=None, cancelled_at=None).order_by("pk")
    waiting.update(assignee=users["coordinator"])
    mine = list(waiting.exclude(kind="expiry").values_list("pk", flat=True)[:PENDING])
    FollowUp.objects.filter(pk__in=mine).update(
        assignee=users["agent"], due_at=timezone.now() - timedelta(days=2)
    )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    users["needs"] = Need.objects.count()
    return users


def pages(users: dict) -> list[tuple[str, str, str, str]]:
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from referrals.models import FollowUp, Person

    settings.SECOND_FACTOR_REQUIRED = False  # no part of a page
    settings.LOOKUPS_PER_HOUR = 10**6  # one agent asks here more often than a person could
    due = FollowUp.objects.filter(assignee=users["agent"], done_at=None, cancelled_at=None).first()
    person = Person.objects.order_by("-pk")[1_000]
    asked = (
        ("my day, 5,000 pending", "agent", "/desk/day/", None),
        ("a follow-up opened", "agent", f"/desk/day/{due.uuid}/", None),
        ("a number looked up", "agent", "/desk/caller/", {"who": "0470 04 20 42"}),
        ("a person opened", "agent", f"/desk/persons/{person.uuid}/", None),
        ("files that go soon", "coordinator", "/desk/persons/due/", None),
        ("hand work over", "coordinator", "/desk/day/reassign/", None),
        ("figures, 18 months", "analyst", "/desk/figures/", None),
        ("who opened what", "data_protection_officer", "/desk/persons/access/", None),
    )
    rows = []
    for what, role, address, fields in asked:
        client = Client()
        client.force_login(users[role])

        def call(client=client, address=address, fields=fields) -> None:
            answer = client.get(address) if fields is None else client.post(address, fields)
            assert answer.status_code == 200, (address, answer.status_code)  # noqa: S101 (else it measures an error)

        with CaptureQueriesContext(connection) as queries:
            (first,) = milliseconds([call])
        asked_for = len(queries)  # the next request empties the list
        taken = milliseconds([call] * TRIES)
        rows.append((what, f"{first:.0f} ms", f"{p50(taken):.0f} ms", f"{asked_for} queries"))
        say(f"  {what}: {p50(taken):.0f} ms")
    return rows


def retention() -> list[tuple[str, str, str, str]]:
    """The dry run, then the files past their period really forgotten."""
    from referrals.actions import retention as acts

    began = time.perf_counter()
    due = acts.past_due()
    dry = time.perf_counter() - began
    say(f"  retention, dry: {dry:.1f} s")
    began = time.perf_counter()
    counts = acts.run().counts
    wet = time.perf_counter() - began
    files = sum(counts.get(kind, 0) for kind in ("wish", "person", "unused", "identity"))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    told = ", ".join(f"{kind} {number:,}" for kind, number in due.items())
    return [
        ("retention, dry run", f"{dry:.1f} s", "", told),
        (
            "retention, forgetting",
            f"{wet:.0f} s",
            "",
            f"{files / wet:.0f} files a second; this process had {memory:.0f} MB at most",
        ),
    ]


if __name__ == "__main__":
    main()
