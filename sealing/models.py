"""Which keys the database's sealed texts need: one row a key, itself sealed with that key."""

from django.db import models


class KeyProof(models.Model):
    """As long as the row is there, texts may be sealed with this key; `sealing_rotate` removes it (see `proof`)."""

    fingerprint = models.CharField(
        max_length=16, unique=True, help_text="names the key, see keys.fingerprint"
    )
    token = models.TextField(help_text="proof.PHRASE sealed with the key")
    hashed = models.CharField(max_length=64, help_text="proof.PHRASE under SEALING_HASH_KEY")
    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.fingerprint} ({self.made_at:%Y-%m-%d})"
