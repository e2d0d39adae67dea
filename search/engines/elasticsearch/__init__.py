"""The Elasticsearch engine: the embedded engine's answers from a server, for directories that outgrow one machine."""

from .client import Access
from .engine import ElasticsearchEngine

__all__ = ["Access", "ElasticsearchEngine"]
