"""An entry of a file of references, on its way to a record: what the three readers have in common.

An entry becomes an object with the names of fields that JSON Lines dumps have, and is read as one
of those is, so that there is one way in.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

from digest.dumps.fields import MAX_AUTHORS
from digest.dumps.identifiers import parse_arxiv_id

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digest.model import Name

MAX_FIELD: Final = 400_000
"""Characters of one field; nothing that is read from one is near it."""

Object: TypeAlias = "dict[str, Any]"

_MENTIONED = re.compile(
    r"(?:\barxiv\s*[:\s]\s*|arxiv\.org/(?:abs|pdf|html)/|^abs/)((?:[a-z-]+(?:\.[A-Z]{2})?/)?[\d.]+\d)",
    re.IGNORECASE,
)


class Found(NamedTuple):
    """One entry that a reader found."""

    line: int
    """1-based line on which it begins."""
    key: str
    """Its citation key; empty where it has none."""
    fields: Object


class Damaged(NamedTuple):
    """A place where a reader found no entry that can be read."""

    line: int
    reason: str


def to_object(  # noqa: PLR0913 - the fields of an entry
    *,
    title: str | None,
    authors: Iterable[Name] = (),
    abstract: str | None = None,
    published: str | None = None,
    url: str | None = None,
    doi: str | None = None,
    arxiv_id: str | None = None,
    categories: Iterable[str] = (),
) -> Object:
    """Return the fields that are there, under the names that a JSON Lines dump gives them."""
    named: Object = {
        "title": title,
        "authors": [name._asdict() for name in authors if any(name)][:MAX_AUTHORS],
        "abstract": abstract,
        "published": published,
        "url": url,
        "doi": doi,
        "arxiv_id": arxiv_id,
        "categories": list(categories),
    }
    return {name: value for name, value in named.items() if value}


def arxiv_id_in(texts: Iterable[str | None]) -> str | None:
    """Return the first arXiv identifier that one of the texts is, or names as arXiv's.

    As in `arXiv preprint arXiv:2401.12345`, which stands for the journal in many bibliographies,
    or `abs/2401.12345`, which DBLP has as the volume.
    """
    for text in texts:
        if not text:
            continue
        if found := parse_arxiv_id(text):
            return found
        mentioned = _MENTIONED.search(text[:2_000])
        if mentioned and (found := parse_arxiv_id(mentioned[1])):
            return found
    return None
