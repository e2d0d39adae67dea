"""Tasks that tests put into the queue of a real worker."""

import os
import time
from pathlib import Path

from django_tasks import task


class Broken(Exception):
    pass


@task(backend="background")
def who_runs_me() -> list[int]:
    """[process, its parent]"""
    return [os.getpid(), os.getppid()]


@task(backend="background")
def fail_about(person: str) -> None:
    raise Broken(f"cannot reach {person}")


@task(backend="background")
def take_long(begun: str) -> None:
    Path(begun).touch()
    time.sleep(120)
