"""A reading list as a Markdown file: reading it, taking it over, writing into it. Pure.

The file belongs to a person. It is read into blocks that together are its every character, and
what is written back changes the characters of our entries alone; docs/reading-list.md.
"""

from __future__ import annotations

from digest.reading_list.document import Document, Entry, parse
from digest.reading_list.merge import Seen, Takeover, take_over
from digest.reading_list.update import Known, Updated, Wanted, new_document, renew, update

__all__ = [
    "Document",
    "Entry",
    "Known",
    "Seen",
    "Takeover",
    "Updated",
    "Wanted",
    "new_document",
    "parse",
    "renew",
    "take_over",
    "update",
]
