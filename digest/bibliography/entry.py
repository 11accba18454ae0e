"""Shared by the readers of references: their results, and arXiv identifiers in texts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from digest.dumps.identifiers import parse_arxiv_id

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digest.model.references import ReferenceEntry

MAX_FIELD: Final = 400_000
"""Maximum length of a field in characters, far above that of any real field."""

_MENTIONED = re.compile(
    r"(?:\barxiv\s*[:\s]\s*|arxiv\.org/(?:abs|pdf|html)/|^abs/)((?:[a-z-]+(?:\.[A-Z]{2})?/)?[\d.]+\d)",
    re.IGNORECASE,
)


class FoundEntry(Struct, frozen=True):
    """One entry that a reader found."""

    line: int
    """1-based line on which it begins."""
    entry: ReferenceEntry


class DamagedEntry(Struct, frozen=True):
    """A place where a reader found no entry that can be read."""

    line: int
    reason: str


_WHOLE_NOTE = re.compile(
    r"\s*(?:also\s+)?(?:available\s+(?:at|as|on)\s+)?(?:e-?print\s*:?\s*|preprint\s*,?\s*)?"
    r"arXiv(?:\s+(?:preprint|e-?print)\s+arXiv)?\s*:?\s*"
    r"((?:[a-z-]+(?:\.[A-Z]{2})?/)?[\d.]+\d(?:v\d+)?)\s*(?:\[[\w.-]+\])?\s*\.?\s*",
    re.IGNORECASE,
)


def arxiv_id_of_note(note: str) -> str | None:
    """Return the identifier if it is the whole note: `arXiv: 2401.12345`, not `Extends arXiv:…`."""
    match = _WHOLE_NOTE.fullmatch(note[:200])
    return parse_arxiv_id(match[1]) if match else None


def arxiv_id_in(texts: Iterable[str | None]) -> str | None:
    """Return the first arXiv identifier that is one of the texts, or is named there as arXiv's.

    As in `arXiv preprint arXiv:2401.12345`, in place of the journal in many bibliographies, or
    `abs/2401.12345`, DBLP's volume.
    """
    for text in texts:
        if not text:
            continue
        if identifier := parse_arxiv_id(text):
            return identifier
        mentioned = _MENTIONED.search(text[:2_000])
        if mentioned and (identifier := parse_arxiv_id(mentioned[1])):
            return identifier
    return None
