r"""Read arXiv's listings: the text of the daily mails, and the files `new` and `pastweek`.

A record is between lines of two backslashes: fields, `\\`, abstract, `\\ ( link , size )`. A
cross-list has `*cross-listing*`; a replacement has its date and no abstract. `Date:` is the day of
the first version, identifiers have no version, and lines are wrapped.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from digest.dumps.dates import parse_day
from digest.dumps.draft import Draft, to_record
from digest.dumps.fields import BadRecordError, day_in_name
from digest.dumps.reader_types import ReadResult
from digest.errors import DumpError
from digest.model import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from digest.dumps.reader_types import ReadOptions
    from digest.model import Record

_START = re.compile(
    r"^\\\\[ \t]*\n(?=(?:arXiv:\s?\S|Paper(?: \(\*cross-listing\*\))?:\s))", re.MULTILINE
)
_NEXT: Final = re.compile(r"^\\\\", re.MULTILINE)
_FIELD = re.compile(r"^([A-Z][A-Za-z-]{2,20})(?: \(\*cross-listing\*\))?:[ \t]*", re.MULTILINE)
_FIRST = re.compile(r"(?:arXiv:\s?|Paper(?: \(\*cross-listing\*\))?:\s)(?P<id>[\w./-]+)")
_SENTENCE: Final = {
    "cross": re.compile(r"\*cross-listing\*|\(\*cross-list", re.IGNORECASE),
    "replace": re.compile(
        r"^replaced with revised version\s+(?P<day>.{0,60})", re.MULTILINE | re.IGNORECASE
    ),
}
_SIZE = re.compile(r"\((?P<size>[\d.]+ ?kb)(?:,[A-Z]+)?\)\s*$", re.IGNORECASE)
_RULER = re.compile(r"^[-%]{8,}.*$", re.MULTILINE)
_RECEIVED = re.compile(
    r"received from\s.{0,60}?\bto\s+(?P<day>[A-Z][a-z]{2} +\d{1,2} [A-Z][a-z]{2} \d{2,4})",
    re.DOTALL,
)
_DAY_MARK = re.compile(r"^/\* (?P<day>[^*\n]{6,40}) \*/", re.MULTILINE)


def read_listing(
    text: str, options: ReadOptions, *, day: date | None = None
) -> ReadResult[Record | Refusal]:
    """Return the records of a listing; `day` is that of its mail."""
    listed = day_in_name(options.name) or day or _day_of(text)
    return ReadResult("arxiv-listing", listed, _records(text, options.name))


def _day_of(text: str) -> date | None:
    """Return the last day of the listed submissions, if the listing names it."""
    days = [_short_day(match["day"]) for match in _RECEIVED.finditer(text[:20_000])]
    marks = [parse_day(match["day"]) for match in _DAY_MARK.finditer(text)]
    return max((day for day in days + marks if day), default=None)


def _short_day(text: str) -> date | None:
    """Return the day of `Thu  2 Mar 23`, whose year has two digits."""
    day, _, year = " ".join(text.split()).rpartition(" ")
    if len(year) == 2:
        year = ("19" if year > "90" else "20") + year
    return parse_day(f"{day.partition(' ')[2]} {year}")


def _records(text: str, name: str) -> Iterator[Record | Refusal]:
    starts = list(_START.finditer(text))
    marks = [(match.start(), parse_day(match["day"])) for match in _DAY_MARK.finditer(text)]
    line = counted = 0
    for number, start in enumerate(starts):
        end = starts[number + 1].start() if number + 1 < len(starts) else len(text)
        line, counted = line + text.count("\n", counted, start.end()), start.end()
        listed = max((mark for mark in marks if mark[0] < start.start()), default=(0, None))[1]
        try:
            yield to_record(_draft(text[start.end() : end], listed), line + 1)
        except BadRecordError as error:
            yield Refusal(name, line + 1, f"this record {error}")
    if not starts:
        raise DumpError("is a listing of arXiv without a single record")


def _draft(block: str, listed: date | None) -> Draft:
    head, mark, rest = _cut(block)
    if not mark:
        raise BadRecordError("is cut off")
    first = _FIRST.match(head)
    if first is None:
        raise BadRecordError("has no identifier")
    fields = _fields(head)
    abstract, mark, _ = _cut(rest) if rest.strip() else ("", "---", "")
    if not mark and abstract.strip() and not abstract.lstrip().startswith("( http"):
        raise BadRecordError("is cut off in its abstract")
    # A replacement has no abstract: its fields are followed by the link.
    is_link = abstract.lstrip().startswith("( http") or rest.lstrip().startswith("( http")
    replaced = _SENTENCE["replace"].search(head)
    crossed = _SENTENCE["cross"].search(head)
    if "Title" not in fields:
        raise BadRecordError("is cut off before its title" if not rest else "has no title")
    if not replaced and not crossed and not rest.strip():
        raise BadRecordError("is cut off before its abstract")
    day = _SIZE.sub("", fields.get("Date", "")).strip()
    return Draft(
        title=fields["Title"],
        abstract=None if is_link else abstract,
        authors=fields.get("Authors") or fields.get("Author"),
        published=(_full_year(day),),
        updated=_full_year(_SIZE.sub("", replaced["day"])) if replaced else None,
        listed=listed.isoformat() if listed else None,
        identifiers=(f"arXiv:{first['id']}",),
        dois=(fields.get("DOI"),),
        categories=fields.get("Categories") or fields.get("Subj-class"),
        primary=(fields.get("Categories") or "").split(" ")[0],
        journal=fields.get("Journal-ref"),
        comment=fields.get("Comments"),
        announce="replace" if replaced else "cross" if crossed else "new",
        license=fields.get("License"),
    )


def _full_year(day: str) -> str:
    """Return `Thu, 2 Jan 97` with a four-digit year."""
    match = re.match(r"(.*\b[A-Z][a-z]{2}) (\d\d)\b(?!\d)", day)
    if not match:
        return day
    return f"{match[1]} {'19' if match[2] > '90' else '20'}{match[2]}"


def _cut(block: str) -> tuple[str, str, str]:
    r"""Cut at the next line of two backslashes, or at a ruler."""
    match = _NEXT.search(block)
    ruler = _RULER.search(block)
    if ruler and (match is None or ruler.start() < match.start()):
        return block[: ruler.start()], "---", ""
    if match is None:
        return block, "", ""
    return block[: match.start()], "\\\\", block[match.end() :]


def _fields(head: str) -> dict[str, str]:
    """Return the fields of a record's head, their wrapped lines joined."""
    marks = list(_FIELD.finditer(head))
    fields: dict[str, str] = {}
    for number, mark in enumerate(marks):
        end = marks[number + 1].start() if number + 1 < len(marks) else len(head)
        fields.setdefault(mark[1], " ".join(head[mark.end() : end].split()))
    return fields
