"""Queries over the papers of a library, and the words that occur in them."""

from digest.search.queries import (
    FoundPaper,
    LibrarySearch,
    as_rule,
    batch_of,
    count_all,
    count_queries,
)
from digest.search.sampling import BUDGET, SearchedGroup, look_at, spread
from digest.search.vocabulary import refresh_forms, vocabulary_of

__all__ = [
    "BUDGET",
    "FoundPaper",
    "LibrarySearch",
    "SearchedGroup",
    "as_rule",
    "batch_of",
    "count_all",
    "count_queries",
    "look_at",
    "refresh_forms",
    "spread",
    "vocabulary_of",
]
