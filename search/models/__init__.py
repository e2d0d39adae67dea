"""What search keeps in the database: the concepts that editors maintain, and searches that found nothing."""

from .concept import Concept, ConceptsVersion
from .lost_search import SearchWithoutResult

__all__ = ["Concept", "ConceptsVersion", "SearchWithoutResult"]
