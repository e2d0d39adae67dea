"""What is done from time to time, by whichever worker comes first: name, how often, and the function."""

from dataclasses import dataclass
from datetime import timedelta

LEASE = timedelta(minutes=15)


@dataclass(frozen=True)
class Job:
    """`path` is a function without arguments that may run twice: a worker killed in the middle leaves the job to the next.

    `every` counts from start to start. After `lease` another worker takes a job that was started and never ended: give
    one that runs longer its own.
    """

    name: str
    every: timedelta
    path: str
    lease: timedelta = LEASE


JOBS = (
    Job("outbox.deliver", timedelta(seconds=30), "outbox.delivery.deliver_due"),
    Job("outbox.forget_recipients", timedelta(hours=1), "outbox.actions.forget_recipients"),
    Job("tasks.abandoned", timedelta(minutes=1), "directory_site.queue.fail_abandoned"),
    Job("care.follow", timedelta(minutes=1), "services.care.following.catch_up"),
    Job("care.refresh", timedelta(days=1), "services.care.following.nightly", lease=timedelta(hours=1)),
    Job("translations.follow", timedelta(minutes=1), "services.translating.following.catch_up"),
    Job(
        "translations.reconcile",
        timedelta(days=1),
        "services.translating.following.nightly",
        lease=timedelta(hours=1),
    ),
    Job(
        "duplicates.refresh",
        timedelta(minutes=10),
        "services.duplicates.refresh_pairs",
        lease=timedelta(hours=1),
    ),
    Job("sessions.forget", timedelta(days=1), "accounts.sessions.forget_old"),
    Job("sign_in.forget", timedelta(hours=1), "accounts.sign_in.forget_old"),
    Job("use.forget", timedelta(days=1), "services.use.forget_old"),
    Job("verification.requests", timedelta(hours=1), "services.verification.asking.send_due_requests"),
    Job("suggestions.forget", timedelta(hours=1), "services.suggestions.actions.forget"),
    Job("suggestions.forget_senders_of_a_day", timedelta(hours=1), "services.suggestions.quota.forget"),
    Job("orientations.expire", timedelta(hours=1), "referrals.actions.expiry.hourly"),
    Job("files.remind", timedelta(hours=1), "referrals.actions.reminders.hourly"),
    Job("reports.expire", timedelta(hours=1), "services.reports.actions.expire"),
    Job(
        "retention.nightly",
        timedelta(days=1),
        "referrals.actions.retention.nightly",
        lease=timedelta(hours=2),
    ),
    Job("tasks.prune", timedelta(days=1), "directory_site.queue.prune"),
)
