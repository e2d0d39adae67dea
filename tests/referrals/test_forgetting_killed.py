"""The retention killed again and again, and keys changed while others write: on SQLite and on PostgreSQL."""

import os
import signal
import time

import pytest
from cryptography.fernet import Fernet

FILES = 240

MAKE = f"""
from datetime import timedelta
from django.utils import timezone
from tests.referrals import builders as desk
from referrals.actions import persons, orientations
from referrals.models import Call, Need, Person
from services.models import TaxonomyTerm
by, term = desk.agent(), desk.need_term()
people = [desk.person(by, postcode="1080", age_band="75_84") for _n in range({FILES})]
for one in people:
    persons.identify(person=one, by=by, last_name=f"Peeters {{one.pk}}")
    persons.add_phone(person=one, number=f"0470 {{one.pk:06}}", by=by)
    desk.need(by, about=one)
old = timezone.now() - timedelta(days=400)
Person.objects.update(last_contact_on=old.date(), created_at=old)
"""
SLOWLY = """
import time
from referrals.actions import retention
print("begun", flush=True)
retention.run(batch=10, after_batch=lambda: time.sleep(0.02))
"""
ASK = """
from django.db.models import Sum
from referrals.models import DeletionRecord, MonthlyCount, Need, Person, PersonIdentity, PersonPhone
done = Person.objects.exclude(anonymised_at=None).count()
print(done, MonthlyCount.objects.aggregate(n=Sum("count"))["n"] or 0, DeletionRecord.objects.count(),
      Need.objects.count(), PersonIdentity.objects.count(), PersonPhone.objects.count())
"""


@pytest.mark.slow
def test_killed_in_the_middle_nobody_is_counted_twice_or_half_forgotten(prepared_database):
    database = prepared_database
    database.run(MAKE)
    unfinished = 0
    for _round in range(3):
        with database.start(SLOWLY) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(0.25)
            os.kill(process.pid, signal.SIGKILL)
            process.communicate()
        done, counted, records, needs, names, numbers = map(int, database.ask(ASK).split())
        assert counted == records == done
        assert needs == names == numbers == FILES - done
        unfinished += 0 < done < FILES
    assert unfinished, "no kill came in the middle"
    told = database.ask(
        "from django.core.management import call_command; call_command('retention', '--wet-run')"
    )
    assert "forgotten" in told
    assert database.ask(ASK) == f"{FILES} {FILES} {FILES} 0 0 0"
    log = "from referrals import deletion_log; print(len({one.uuid for one in deletion_log.read()}))"
    database.run("from referrals import deletion_log; deletion_log.catch_up()")
    assert database.ask(log) == str(FILES)


WRITE = """
from concurrent.futures import ThreadPoolExecutor
from django.db import connections
from accounts.models import User
from referrals.actions import persons
from referrals.models import Person, PersonIdentity
by = User.objects.get(username="ada")
def write(row):
    index, person = row
    for number in range(15):
        persons.identify(person=person, by=by, last_name=f"Maes {index}-{number}")
        assert PersonIdentity.objects.get(person=person).last_name == f"Maes {index}-{number}"
    connections.close_all()
people = list(enumerate(Person.objects.order_by("pk")))
print("begun", flush=True)
with ThreadPoolExecutor(10) as pool:
    list(pool.map(write, people))
"""
NAMES = """
from referrals.models import Person, PersonIdentity, PersonPhone
print(sorted(PersonIdentity.objects.values_list("last_name", flat=True)))
print(len({one.number for one in PersonPhone.objects.all()}))
"""


@pytest.mark.slow
def test_the_key_changes_while_ten_write(prepared_database):
    database = prepared_database
    database.run(
        "from tests.referrals import builders as desk\nfrom referrals.actions import persons\n"
        "by = desk.agent()\n"
        "for n in range(10):\n"
        "    one = desk.person(by, contact_safety=f'dog {n}')\n"
        "    persons.identify(person=one, by=by, last_name=f'Maes {n}')\n"
        "    persons.add_phone(person=one, number=f'0470 00 00 1{n}', by=by)\n"
    )
    new = Fernet.generate_key().decode()
    both = database.environment | {"TEST_SEALING_KEYS": f"{new},{database.key}"}
    with database.start(WRITE, both) as writers:
        assert writers.stdout is not None
        assert writers.stdout.readline() == "begun\n"
        told = database.ask(
            "from django.core.management import call_command; call_command('sealing_rotate')", both
        )
        _output, errors = writers.communicate(timeout=120)
    assert writers.returncode == 0, errors
    for field in ("Person.contact_safety", "PersonIdentity.last_name", "PersonPhone.number", "Call.note"):
        assert f"referrals.{field}: " in told
    assert "referrals.Person.contact_safety: 10 sealed anew" in told
    alone = database.environment | {"TEST_SEALING_KEYS": new}
    names, numbers = database.ask(NAMES, alone).splitlines()
    assert names == str(sorted(f"Maes {index}-14" for index in range(10)))
    assert numbers == "10"
    wrong = database.environment | {"TEST_SEALING_KEYS": Fernet.generate_key().decode()}
    with database.start(
        "from sealing.proof import require_right_keys; require_right_keys()", wrong
    ) as process:
        _output, errors = process.communicate(timeout=60)
    assert process.returncode != 0
    assert "which is not in SEALING_KEYS" in errors
    assert "Maes" not in errors
