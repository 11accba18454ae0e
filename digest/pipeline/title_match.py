"""Find the identifier of a paper by its title, by asking a service.

Only a sure match counts: the same title, and nothing that contradicts it. Pure.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from digest.identity import title_key
from digest.sources import arxiv, semantic_scholar
from digest.sources.paging import query
from digest.sources.request import Key, Request

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digest.model import Paper, Record
    from digest.model.sources import ServiceKind

SHORTEST: Final = 20
"""Shortest title, in letters; shorter ones are shared by several papers."""
_SAME_YEAR: Final = 400
"""Maximum number of days between two dates of one paper."""
_WORDS: Final = re.compile(r"[^\W_]+")


def can_be_looked_up(paper: Paper) -> bool:
    """Return whether a title is long enough for a sure match."""
    return len(title_key(paper.title)) >= SHORTEST


def lookup_request(kind: ServiceKind, paper: Paper, endpoint: str = "") -> Request:
    """Return the request for a paper's title."""
    words = " ".join(_WORDS.findall(paper.title))
    if kind == "arxiv":
        parameters = query(search_query=f'ti:"{words}"', start=0, max_results=5)
        return Request(f"{endpoint or arxiv.API}/api/query?{parameters}", "any")
    parameters = query(query=words, fields=semantic_scholar.FIELDS)
    url = f"{endpoint or semantic_scholar.API}/graph/v1/paper/search/match?{parameters}"
    return Request(url, "any", key=Key("header", "x-api-key", semantic_scholar.KEY))


def sure_match(paper: Paper, records: Iterable[Record]) -> Record | None:
    """Return the only record that is surely this paper and has an identifier, or None."""
    key = title_key(paper.title)
    same = [record for record in records if title_key(record.title) == key]
    identifiers = {record.arxiv_id or record.doi for record in same}
    if len(identifiers) != 1 or None in identifiers or _contradicts(paper, same[0]):
        return None
    return same[0]


def _contradicts(paper: Paper, record: Record) -> bool:
    """Return whether authors, their number or the date show two different papers."""
    if paper.authors and record.authors:
        known = {name.surname.casefold() for name in paper.authors}
        if known.isdisjoint(name.surname.casefold() for name in record.authors):
            return True
    count = record.author_count or (len(record.authors) if record.authors else None)
    if paper.author_count and count and paper.author_count != count:
        return True
    if paper.published and record.published:
        apart = abs((paper.published.first - record.published.first).days)
        return apart > _SAME_YEAR
    return False
