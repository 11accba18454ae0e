"""The library's tables, as numbered migrations; docs/library.md describes them for people.

A migration, once released, is never edited: a change is a new one at the end.
"""

from __future__ import annotations

from digest.library.migrations import first, later

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    first.FIRST,
    first.FORMS,
    first.OUTBOX,
    first.READING,
    first.CITATIONS,
    first.LARGER_FORMS,
    later.FILE_STAMPS,
    later.MORE_FIELDS,
    later.COVERAGE,
    later.REFERENCES,
    later.INBOX,
    later.VOCABULARY,
    later.LOOKUPS,
)
