"""Why a suggestion cannot be decided as asked."""

from services.errors import CatalogueError


class AlreadyDecided(CatalogueError):
    """Somebody decided about it meanwhile."""


class Outdated(CatalogueError):
    """The listing says something else than what the decider saw. `indexes` of the changes concerned."""

    def __init__(self, indexes: list[int]):
        super().__init__("the listing was changed meanwhile")
        self.indexes = indexes


class DraftOpen(CatalogueError):
    """A draft waits for publication: what is accepted can go into it, not beside it. `author` may be None."""

    def __init__(self, author):
        super().__init__("a draft of the listing is open")
        self.author = author


class Locked(CatalogueError):
    """The listing, or the version under review, is locked for this user."""


class PlaceOfOthers(CatalogueError):
    """The address is kept by another team, or has a draft of its own. `place` in words."""

    def __init__(self, place: str):
        super().__init__("the place cannot be changed from here")
        self.place = place


class NotAccepted(CatalogueError):
    """A value cannot be put into the listing. `index` of the change, `messages` in the active language."""

    def __init__(self, index: int, messages: list[str]):
        super().__init__("; ".join(messages))
        self.index = index
        self.messages = messages
