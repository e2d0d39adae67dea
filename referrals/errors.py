"""What the desk refuses, a name per cause."""


class ReferralError(Exception):
    """Anything refused about persons, calls, needs and orientations."""


class IllegalMove(ReferralError):
    """An orientation may not go there. `code` and `field` are those of states.Refusal."""

    def __init__(self, code: str, field: str, of: str, to: str) -> None:
        super().__init__(f"{of} → {to}: {code}")
        self.code, self.field, self.of, self.to = code, field, of, to


class Outdated(ReferralError):
    """Somebody else has changed it since it was read; `version` is the one it has now."""

    def __init__(self, version: int) -> None:
        super().__init__(f"changed by somebody else: it has version {version}")
        self.version = version


class NotListed(ReferralError):
    """The service is not published, or closed for good: nobody is sent there."""


class ConsentNeeded(ReferralError):
    """A file is sent with the person's recorded consent only."""


class DoNotContact(ReferralError):
    """The person asked not to be contacted."""


class NationalNumber(ReferralError):
    """A text holds a national register or BIS number. `field` names it; the text is not repeated."""

    def __init__(self, field: str) -> None:
        super().__init__(f"{field} holds a national number")
        self.field = field


class Closed(ReferralError):
    """The call, need or follow-up has ended."""


class BadValue(ReferralError):
    """A code or a text that the field does not take. `field` names it."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field, self.why = field, why
