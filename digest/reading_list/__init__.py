"""The reading list as a Markdown file (docs/reading-list.md).

The file belongs to a person. `parse` splits it into blocks that together are its full text,
`take_over` finds the person's changes, and `update` changes only the program's own entries; all
three are pure. `digest.reading_list.sync` keeps files and library in step.
"""

from __future__ import annotations

from digest.reading_list.document import Document, Entry, parse
from digest.reading_list.merge import FileChanges, SeenEntry, take_over
from digest.reading_list.update import (
    KnownEntries,
    UpdatedFile,
    WantedEntry,
    new_document,
    renew,
    update,
)

__all__ = [
    "Document",
    "Entry",
    "FileChanges",
    "KnownEntries",
    "SeenEntry",
    "UpdatedFile",
    "WantedEntry",
    "new_document",
    "parse",
    "renew",
    "take_over",
    "update",
]
