"""Rows by which processes agree: who runs a periodic job, which workers live, how often something was opened."""

from django.db import models


class PeriodicRun(models.Model):
    """One job of `jobs.JOBS`: when it is due, who is at it until when, and how it ended last."""

    name = models.CharField(max_length=100, unique=True)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, help_text="empty: nobody runs it")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=100, blank=True, help_text="the error's class, no more")
    runs = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return self.name


class WorkerBeat(models.Model):
    """A worker of the queue that was alive at `seen_at`."""

    worker_id = models.CharField(max_length=64, unique=True)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.worker_id


class Visits(models.Model):
    """How often something was opened in one window of time (directory_site.throttle); of whom is a keyed hash."""

    key = models.CharField(max_length=64, unique=True)
    count = models.PositiveIntegerField(default=0)
    until = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.key
