"""Cards as they are kept: JSON, deflated with a dictionary of other cards, for all cards have the same keys."""

import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson

_PLAIN, _DEFLATED = b"p", b"d"
NO_CARD = _PLAIN + b"null"
DICTIONARY_BYTES = 32_000
LEVEL = 6
WINDOW_BITS = -15  # raw: no header, no checksum of its own


class Packer:
    """Knows the dictionary of one index."""

    def __init__(self, dictionary: bytes) -> None:
        self._dictionary = dictionary
        self._begun = zlib.compressobj(LEVEL, zlib.DEFLATED, WINDOW_BITS, zdict=dictionary)

    @classmethod
    def taught_by(cls, cards: Iterable[dict[str, Any]]) -> "Packer":
        """With a dictionary of these cards; the last ones count most."""
        return cls(b"".join(orjson.dumps(card) for card in cards)[-DICTIONARY_BYTES:])

    def packed(self, card: dict[str, Any]) -> bytes:
        compressor = self._begun.copy()  # reading the dictionary costs more than packing a card
        return _DEFLATED + compressor.compress(orjson.dumps(card)) + compressor.flush()

    @staticmethod
    def plain(card: dict[str, Any]) -> bytes:
        """For writers that do not know the index's dictionary."""
        return _PLAIN + orjson.dumps(card)

    def card(self, kept: bytes) -> dict[str, Any] | None:
        """The card; None for a deleted listing. Raises ValueError on what is no card."""
        if kept[:1] == _DEFLATED:
            try:
                text = zlib.decompressobj(WINDOW_BITS, self._dictionary).decompress(kept[1:])
            except zlib.error as error:
                raise ValueError(f"a card cannot be unpacked: {error}") from error
        else:
            text = kept[1:]
        found: dict[str, Any] | None = orjson.loads(text)
        return found

    def save(self, path: Path) -> None:
        path.write_bytes(self._dictionary)

    @classmethod
    def load(cls, path: Path) -> "Packer":
        """Raises OSError."""
        return cls(path.read_bytes())
