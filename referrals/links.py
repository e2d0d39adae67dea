"""The signed link by which a service reads a file and answers. It carries the file's uuid and nothing else."""

from django.utils import timezone

from sealing.links import LinkExpired, LinkWrong, sign, unsign

from .models import TransmittedFile

PURPOSE = "referrals.links"
# The file says itself when its time is over; the signature's own end is a second door behind it.
DAYS = 90


def token(file: TransmittedFile) -> str:
    return sign(file.uuid, purpose=PURPOSE)


def read(text: str) -> TransmittedFile:
    """The file a link is about, answered or not; its orientation with it. Raises LinkWrong, LinkExpired."""
    found = (
        TransmittedFile.objects.select_related("orientation__team", "orientation__need__term")
        .filter(uuid=unsign(text, purpose=PURPOSE, days=DAYS))
        .first()
    )
    if found is None:
        raise LinkWrong
    if found.expires_at <= timezone.now():
        raise LinkExpired
    return found
