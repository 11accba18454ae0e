"""The citation keys of papers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.bibliography import allot

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from digest.library import Library


def citation_keys(library: Library, ids: Sequence[str]) -> Mapping[str, str]:
    """Return the citation keys of papers; a paper without one gets a permanent one."""
    citations = library.citations
    keys = citations.of(ids)
    if len(keys) < len(ids):
        known = library.papers.get_many(ids)
        keys = allot([known[paper] for paper in ids], citations.taken(), keys)
        with library.transaction(durable=False):
            citations.keep(keys)
    return keys
