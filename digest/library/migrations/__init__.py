"""The library's tables, as numbered migrations; docs/library.md describes them for people.

A released migration is never edited: a change is a new one at the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from digest.library.migrations import first, later, outputs, texts

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.library.connection import Connection

    Step: TypeAlias = str | Callable[[Connection], None]
    """A statement, or a function for what SQL cannot do."""

MIGRATIONS: Final[tuple[tuple[Step, ...], ...]] = (
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
    texts.ONE_COPY,
    later.ENTRY_RULES,
    later.RUNS,
    later.STARTED,
    later.UPDATES,
    later.PRUNED,
    later.RULE_TEXTS,
    later.ACCOUNTS,
    later.SUBSCRIPTIONS,
    later.CHANNELS,
    later.MODEL_REQUESTS,
    later.MORE,
    later.UNFINISHED,
    later.ALIKE,
    later.SHOWN_PAPERS,
    outputs.DELIVERY_CONTENT,
    outputs.FEED_FILES,
    later.FASTER_CODEC,
    outputs.DIGESTS_OF_PROFILE,
    outputs.BASE_OF_SHOWN,
)
ONE_COPY_FROM: Final = MIGRATIONS.index(texts.ONE_COPY) + 1
"""The version from which each text is stored once."""
