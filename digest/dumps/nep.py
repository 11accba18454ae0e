"""Read NEP's reports (RePEc): numbered papers with authors, abstract and `URL:`, listed twice."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from digest.dumps.draft import Draft, to_record
from digest.dumps.fields import BadRecordError, day_in_name
from digest.dumps.reader_types import ReadResult
from digest.model import Refusal
from digest.text.names import Authors, parse_name, without_affiliations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.dumps.reader_types import ReadOptions
    from digest.model import Record

_START = re.compile(r"^\s{0,4}(\d{1,4})\. (?=\S)", re.MULTILINE)
_LABEL = re.compile(r"^(Date|By|URL|Keywords|JEL):[ \t]*", re.MULTILINE)
_URL: Final = re.compile(r"^URL:\s*https?://\S+", re.MULTILINE)
_RULER = re.compile(r"^-{20,}\s*$", re.MULTILINE)


def is_report(text: str) -> bool:
    """Return whether a text is a report: it names NEP, and papers with their addresses."""
    named = (
        "nep.repec.org" in text
        or "NEP: New Economics Papers" in text
        or "d.repec.org/n?u=RePEc" in text
    )
    return named and _URL.search(text) is not None and _START.search(text) is not None


def read_report(text: str, options: ReadOptions) -> ReadResult[Record | Refusal]:
    """Return the papers of a report; the list of contents before them is skipped."""
    return ReadResult("nep", day_in_name(options.name), _records(text, options.name))


def _records(text: str, name: str) -> Iterator[Record | Refusal]:
    starts = list(_START.finditer(text))
    for number, start in enumerate(starts):
        end = starts[number + 1].start() if number + 1 < len(starts) else len(text)
        block = text[start.end() : end]
        if ruler := _RULER.search(block):
            block = block[: ruler.start()]
        if not _URL.search(block):
            continue  # a line of the contents
        line = text.count("\n", 0, start.end()) + 1
        try:
            yield to_record(_draft(block), line)
        except BadRecordError as error:
            yield Refusal(name, line, f"this record {error}")


def _draft(block: str) -> Draft:
    marks = list(_LABEL.finditer(block))
    fields: dict[str, str] = {}
    for number, mark in enumerate(marks):
        end = marks[number + 1].start() if number + 1 < len(marks) else len(block)
        fields.setdefault(mark[1], block[mark.end() : end].strip())
    top = block[: marks[0].start()] if marks else block
    paragraphs = [part for part in re.split(r"\n[ \t]*\n", top) if part.strip()]
    # A title continues on the next line if that is indented like it; names are indented more.
    title = paragraphs[0].split("\n")[0] if "By" not in fields else paragraphs[0]
    people = fields["By"].split("\n") if "By" in fields else []
    abstract = None
    if "By" in fields:
        address, _, abstract = fields.get("URL", "").partition("\n")
        fields["URL"] = address
    else:
        rest = paragraphs[1:]
        if rest and all(line.startswith("  ") for line in rest[0].split("\n") if line.strip()):
            people = rest.pop(0).split("\n")
        abstract = " ".join(rest)
    parsed = (parse_name(without_affiliations(person)) for person in people)
    names = tuple(name for name in parsed if any(name))
    return Draft(
        title=title,
        abstract=abstract,
        authors=Authors(names, total=len(names) or None),
        published=(fields.get("Date"),),
        urls=(fields.get("URL", "").split()[0] if fields.get("URL") else None,),
    )
