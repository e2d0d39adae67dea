"""Why a translation is not written; the sentence that a person reads stands in services.admin.translations.words."""

from services.errors import CatalogueError


class TranslationRefused(CatalogueError):
    """`code` names the reason, `key` the text it is about ("" for the listing)."""

    code = "refused"

    def __init__(self, key: str = "") -> None:
        super().__init__(f"{self.code}{f': {key}' if key else ''}")
        self.key = key


class IsTheOriginal(TranslationRefused):
    """The listing is written in this language: its texts are edited, not translated."""

    code = "original"


class UnknownText(TranslationRefused):
    """The original has no such text (any more)."""

    code = "unknown_text"


class TextRefused(TranslationRefused):
    """The text itself: `why` is empty, html, control or too_long (texts.refusal), or invalid (the model's own rule)."""

    def __init__(self, key: str, why: str) -> None:
        self.code = why
        super().__init__(key)


class ChangedMeanwhile(TranslationRefused):
    """Somebody saved another version after the one that was read."""

    code = "changed_meanwhile"


class OriginalChanged(TranslationRefused):
    """The original says something else than the text that was translated."""

    code = "outdated"


class DraftDiffers(TranslationRefused):
    """An open draft says something else in this text; a file or a machine does not overwrite it."""

    code = "draft_differs"


class ListingLocked(TranslationRefused):
    """Locked, scheduled, or in review by somebody else."""

    code = "locked"
