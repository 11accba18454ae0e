"""Read PubMed's MEDLINE format (`.nbib`): four-letter tags, continuation lines with six spaces."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from digest.dumps.draft import Draft, to_record
from digest.dumps.fields import BadRecordError, LeftOutError, day_in_name
from digest.dumps.lines import cut_lines, whole_lines
from digest.dumps.reader_types import ReadResult
from digest.errors import DumpError
from digest.model import Name, Refusal
from digest.text.names import Authors, clean_name, parse_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.dumps.reader_types import ReadOptions
    from digest.model import Record

MAX_TAGS: Final = 20_000
"""Maximum number of lines in a record."""
_TEXTS: Final = ("TI", "BTI", "TT", "AB", "FAU", "AU")
_TAG = re.compile(r"([A-Z]{2,4}) *- ?(.*)")


def read_medline(chunks: Iterator[bytes], options: ReadOptions) -> ReadResult[Record | Refusal]:
    """Return the records of a dump in MEDLINE format."""
    return ReadResult("medline", day_in_name(options.name), _records(chunks, options.name))


def _records(chunks: Iterator[bytes], name: str) -> Iterator[Record | Refusal]:
    try:
        ended = _Ended(chunks)
        for line, tags in _blocks(iter(ended)):
            if ended.in_a_line and tags[-1][0] in _TEXTS:
                tags.pop()  # what the end of the dump cut off
            try:
                yield to_record(_draft(tags), line)
            except BadRecordError as error:
                yield Refusal(name, line, f"this record {error}")
            except LeftOutError as error:
                yield Refusal(name, line, f"this record {error}", "left out")
    except DumpError as error:
        yield Refusal(name, None, f"the dump {error.reason}; what came before it was read")


class _Ended:
    """Chunks and, once all were read, whether they end within a line."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self.in_a_line = False

    def __iter__(self) -> Iterator[bytes]:
        last = b"\n"
        for chunk in self._chunks:
            yield chunk
            last = chunk[-1:] or last
        self.in_a_line = last not in b"\r\n"


def _blocks(chunks: Iterator[bytes]) -> Iterator[tuple[int, list[tuple[str, str]]]]:
    """Yield each record's first line, and its tags with their values.

    A record ends with a blank line, or before the next record's number.
    """
    tags: list[tuple[str, str]] = []
    first = 1
    for lines in whole_lines(chunks):
        for number, content in cut_lines(lines):
            text = (content or b"").decode("utf-8", "replace").rstrip()
            match = _TAG.match(text)
            starts = match is not None and match[1] in ("PMID", "OWN") and any(
                tag == match[1] for tag, _ in tags
            )  # fmt: skip
            if tags and (not text or starts or len(tags) > MAX_TAGS):
                yield first, tags
                tags = []
            if match:
                if not tags:
                    first = number
                tags.append((match[1], match[2].strip()))
            elif text.startswith("      ") and tags:
                tag, value = tags[-1]
                tags[-1] = (tag, f"{value} {text.strip()}")
            elif text:
                if not tags:
                    first = number
                tags.append(("?", text))
    if tags:
        yield first, tags


def _draft(tags: list[tuple[str, str]]) -> Draft:
    values: dict[str, list[str]] = {}
    for tag, value in tags:
        values.setdefault(tag, []).append(value)
    if "?" in values:
        raise BadRecordError(f"has a line that does not fit the format: {values['?'][0][:60]!r}")

    def one(*names: str) -> str | None:
        return next((values[name][0] for name in names if values.get(name)), None)

    ids = [value.partition(" [") for value in values.get("LID", []) + values.get("AID", [])]
    pmid = one("PMID")
    title = one("TI", "BTI") or one("TT")
    names = tuple(parse_name(value) for value in values.get("FAU", ()) if value) or tuple(
        parse_name(value, family_first=True) for value in values.get("AU", ()) if value
    )
    groups = tuple(Name(literal=clean_name(value)) for value in values.get("CN", ()) if value)
    names = tuple(name for name in names + groups if any(name))
    return Draft(
        title=title.removesuffix(".") if title and not title.endswith("..") else title,
        abstract=one("AB", "OAB"),
        authors=Authors(names, total=len(names) or None),
        published=(one("DP"), one("DEP")),
        listed=one("EDAT") if pmid else None,
        identifiers=tuple(value for value, _, _ in ids),
        dois=tuple(value for value, _, kind in ids if kind.startswith("doi")),
        urls=(f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/",)
        if pmid
        else tuple(values.get("LID", ())),
        journal=one("JT", "TA", "JID") if pmid else one("JT", "TA"),
        markup=True,
    )
