"""Read lists of JSON objects: answers of the Daily Papers API, and lists of plain records.

The list is decoded entry by entry, so that a file that is cut off keeps its whole entries and says
where it broke. Fields that nobody here knows are passed over: the format has grown every year.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from digest.dumps import fields, identifiers
from digest.dumps.fields import BadRecordError
from digest.dumps.jsonl import DECODER, json_fault, read_object, read_organization
from digest.model import Record, Refusal
from digest.text.addresses import safe_url

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from digest.model import Name

MAX_REFUSED = 1_000
"""Entries; a file of millions of empty ones would else fill the memory with reasons."""
_BETWEEN = re.compile(r"[\s,]*")
_LAST_TOKEN = re.compile(r"[^\s{}\[\],:]{0,40}\s*\Z")
_NEXT_ENTRY = re.compile(r"\n {0,4}\{|\},\s*(?=\{)")


def read_list(text: str, name: str) -> tuple[list[Record | Refusal], date | None, bool]:
    """Return what the entries of the list give, the list's day, and whether the API wrote it.

    The day is the one that most entries were listed on; where they do not say (before the summer
    of 2025 none did), the day in the dump's name, else that of most outer `publishedAt`.
    """
    is_api = True
    items: list[Record | Refusal] = []
    listed: Counter[date] = Counter()
    shifted: Counter[date] = Counter()
    refused = 0
    for line, entry in list_entries(text):
        if refused >= MAX_REFUSED:
            reason = f"{MAX_REFUSED:,} entries were refused above; the rest is not read"
            items.append(Refusal(name, line, reason))
            break
        if isinstance(entry, str):
            items.append(Refusal(name, line, entry))
            refused += 1
            continue
        try:
            record = _read_entry(entry, line)
        except BadRecordError as error:
            items.append(Refusal(name, line, f"this record {error}"))
            refused += 1
            continue
        items.append(record)
        is_api = "paper" in entry
        if record.listed:
            listed[record.listed] += 1
        if day := fields.parse_day(entry.get("publishedAt")):
            shifted[day] += 1
    # The outer publishedAt was the moment of listing in the format's first years only; later it
    # repeats the paper's own day, which `submittedOnDailyAt` then makes needless.
    day = _most_common(listed) or fields.day_in_name(name) or _most_common(shifted)
    return items, day, is_api


def _most_common(days: Counter[date]) -> date | None:
    """Return the commonest day, of equals the latest."""
    return max(days, key=lambda day: (days[day], day)) if days else None


def list_entries(text: str) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """Yield the line and the value of each entry, a text being the reason why there is none."""
    at, line, counted = text.index("[") + 1, 1, 0
    while True:
        at = _skip(text, at)
        line, counted = line + text.count("\n", counted, at), at
        if at >= len(text):
            yield line, "the list is cut off here; what came before it was read"
            return
        if text[at] == "]":
            return
        try:
            value, at = DECODER.raw_decode(text, at)
            yield line, value if isinstance(value, dict) else "this entry is no JSON object"
            continue
        except json.JSONDecodeError as error:
            broken = line + text.count("\n", at, error.pos)
            # A JSON string holds no line feed, so one without an end reached that of the file.
            if _LAST_TOKEN.match(text, error.pos) or error.msg.startswith("Unterminated string"):
                yield line, f"the list is cut off in this entry, at line {broken}"
                return
            yield line, f"this entry is not JSON: {error.msg} at line {broken}"
        except (BadRecordError, RecursionError, ValueError) as error:
            fault = error if isinstance(error, BadRecordError) else json_fault(error)
            yield line, f"this record {fault}"
        at = _resume(text, at)
        if at >= len(text):
            return


def _skip(text: str, at: int) -> int:
    found = _BETWEEN.match(text, at)
    return found.end() if found else at


def _resume(text: str, at: int) -> int:
    """Return where the next entry seems to begin after a broken one, by the way lists are laid out.

    A guess: entries inside the broken one may be met first. They have no title and are refused, or
    they are entries.
    """
    found = _NEXT_ENTRY.search(text, at + 1)
    if found is None:
        return len(text)
    return found.end() - found[0].endswith("{")


def _read_entry(entry: dict[str, Any], line: int) -> Record:
    paper = entry.get("paper")
    if not isinstance(paper, dict):
        return read_object(entry, line)
    arxiv_id = identifiers.parse_arxiv_id(paper.get("id"))
    url, pdf = fields.arxiv_links(arxiv_id) if arxiv_id else (None, None)
    code = paper.get("githubRepo")
    authors, count = _authors(paper.get("authors"))
    organization, handle = read_organization(paper.get("organization") or entry.get("organization"))
    return Record(
        title=fields.parse_title(paper.get("title") or entry.get("title")),
        line=line,
        abstract=fields.parse_abstract(paper.get("summary") or entry.get("summary")),
        authors=authors,
        author_count=count,
        organization=organization,
        organization_handle=handle,
        # The outer publishedAt is the moment of listing or the paper's own, shifted by some hours.
        published=fields.parse_published(paper.get("publishedAt")),
        listed=fields.parse_day(paper.get("submittedOnDailyAt")),
        url=url,
        pdf_url=pdf,
        code_url=safe_url(code) if isinstance(code, str) else None,
        arxiv_id=arxiv_id,
        upvotes=fields.parse_count(paper.get("upvotes"), "upvotes"),
        comments=fields.parse_count(entry.get("numComments"), "comments"),
    )


def _authors(value: object) -> tuple[tuple[Name, ...] | None, int | None]:
    """Return the names that are shown, and how many authors there are, hidden ones included."""
    if not isinstance(value, list) or not value:
        return None, None
    shown = [
        author
        for author in value[: fields.MAX_AUTHORS]
        if not (isinstance(author, dict) and author.get("hidden") is True)
    ]
    names = tuple(name for name in map(fields.parse_author, shown) if name)
    return names or None, len(value)
