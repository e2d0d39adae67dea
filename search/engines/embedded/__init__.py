"""The embedded engine: tantivy for words, NumPy columns beside it for everything that is exact."""

from .engine import EmbeddedEngine

__all__ = ["EmbeddedEngine"]
