"""Read JSON of any layout: objects one a line, lists, documents with their papers under a key.

JSON Lines are read some hundred lines at a time, possibly by other processes;
`digest.dumps.json_documents` walks through everything else. `digest.dumps.json_objects` interprets
the objects. Memory use stays at some megabytes for any dump.
"""

from __future__ import annotations

from collections import Counter
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from digest.dumps.common_keys import not_understood
from digest.dumps.dates import parse_day
from digest.dumps.fields import BadRecordError, LeftOutError, day_in_name
from digest.dumps.json_documents import FoundObject, find_papers, is_document, is_paper
from digest.dumps.json_objects import format_of, read_entry
from digest.dumps.json_scan import Scanner, parse_json
from digest.dumps.lines import MAX_LINE, cut_lines, whole_lines
from digest.dumps.reader_types import NO_FIELDS
from digest.errors import DumpError
from digest.model import Record, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date

    from digest.dumps.lines import Lines
    from digest.dumps.reader_types import Fields, ReadOptions
    from digest.model import DumpFormat

    Read: TypeAlias = list[Record | Refusal]

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

AT_ONCE: Final = 500
"""Entries of a list that are read before the day of the dump is decided."""


class Share(Protocol[T_co]):
    """Runs `work` for groups of lines, in order, possibly in other processes."""

    def __call__(
        self, work: Callable[[Lines], Read], lines: Iterable[Lines], /
    ) -> Iterable[Iterable[T_co]]:
        """Yield the result for each of `lines`."""


class JsonDump(Struct, frozen=True):
    """The format and day of a JSON dump, and its items."""

    format: DumpFormat
    day: date | None
    items: Iterator[Any]


def is_lines(head: bytes, fields: Fields = NO_FIELDS) -> bool:
    """Return whether a dump has one object per line: one of its first lines is a paper."""
    complete = head.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")[:-1]
    # Top-level objects; those inside an object on several lines are indented.
    objects = [line for line in complete if line.lstrip(b"\xef\xbb\xbf").startswith(b"{")]
    if not objects or (objects[0].rstrip().endswith((b"{", b"[", b",")) and len(objects) < 3):
        return False
    for line in objects[:4]:
        value = _value(line)
        if isinstance(value, dict):
            mapped = fields.of(value)
            return is_paper(mapped) and isinstance(mapped, dict) and not is_document(mapped)
    return False


def read_lines(
    chunks: Iterator[bytes], options: ReadOptions, share: Share[T], head: bytes
) -> JsonDump:
    """Return a dump with one object on each line."""
    formats = (
        format_of(value)
        for line in head.split(b"\n")[:4]
        if isinstance(value := _value(line), dict)
    )
    day = day_in_name(options.name)
    return JsonDump(next(formats, "jsonl"), day, _lines(chunks, options, share))


def _value(line: bytes) -> object:
    try:
        return parse_json(line.decode("utf-8-sig"))
    except (BadRecordError, UnicodeDecodeError):
        return None


def _lines(chunks: Iterator[bytes], options: ReadOptions, share: Share[T]) -> Iterator[T | Refusal]:
    """Yield the record (as `share` transforms it) or the refusal of each line that is not blank."""
    end: list[Refusal] = []
    work = partial(_read_lines, options.name, options.fields, options.after)
    yield from chain.from_iterable(share(work, _some_lines(chunks, options, end)))
    yield from end


def _some_lines(
    chunks: Iterator[bytes], options: ReadOptions, end: list[Refusal]
) -> Iterator[Lines]:
    """Yield the lines, some hundred at a time; append the error that ended them to `end`."""
    last = 0
    try:
        for lines in whole_lines(chunks):
            last = lines.last
            if last > options.after:
                yield lines
    except DumpError as error:
        reason = f"{error.reason}; what came before it was read"
        end.append(Refusal(options.name, last + 1, reason))


def _read_lines(name: str, fields: Fields, after: int, lines: Lines) -> Read:
    items: Read = []
    read_at_once = _reader_of_usual_lines(lines, fields)
    for line in cut_lines(lines):
        if line.number <= after:
            continue
        if line.content and read_at_once and (record := read_at_once(line.content, line.number)):
            items.append(record)
        elif line.content is None:
            reason = f"the line is longer than {MAX_LINE >> 20} MiB"
            items.append(Refusal(name, line.number, reason))
        elif line.content.strip():
            items += _read_line(line.content, name, line.number, fields)
    return items


def _reader_of_usual_lines(
    lines: Lines, fields: Fields
) -> Callable[[bytes, int], Record | None] | None:
    """Return the reader for most lines of arXiv's snapshot; None for lines of other dumps."""
    first_line = (lines.content or b"").partition(b"\n")[0]
    if fields.names or b'"authors_parsed"' not in first_line:
        return None
    from digest.dumps.snapshot_line import read_line  # 15 ms

    return read_line


def _read_line(content: bytes, name: str, number: int, fields: Fields) -> Read:
    try:
        value = parse_json(content.decode())
    except UnicodeDecodeError as error:
        return [Refusal(name, number, f"not UTF-8: byte {error.start + 1} of the line")]
    except BadRecordError as error:
        return [Refusal(name, number, f"this record {error}")]
    return list(read_found(FoundObject(number, value), name, fields))


def read_found(
    paper: FoundObject, name: str, fields: Fields = NO_FIELDS
) -> Iterator[Record | Refusal]:
    """Yield the record of an object, or its refusal, and notes on what was not understood."""
    if paper.fault:
        yield Refusal(name, paper.line, paper.fault)
        return
    value = fields.of(paper.value)
    try:
        record = read_entry(value, paper.line, paper.key)
    except BadRecordError as error:
        yield Refusal(name, paper.line, f"this record {error}")
    except LeftOutError as error:
        yield Refusal(name, paper.line, f"this record {error}", "left out")
    else:
        yield record
        if not record.arxiv_id and (odd := not_understood(value)):
            reason = f"the field {odd}, which is not an arXiv identifier"
            yield Refusal(name, paper.line, reason, "note")


def read_values(chunks: Iterator[bytes], name: str, fields: Fields) -> JsonDump:
    """Return a dump that consists of lists or documents.

    The day is the one that most entries were listed on; without such days (before the summer of
    2025 the Daily Papers had none), the day in the dump's name, else that of most outer
    `publishedAt`: the moment of listing in the format's first years only.
    """
    end: list[Refusal] = []
    scanner = Scanner(_sound(chunks, name, end))
    papers = find_papers(scanner)
    first = list(islice(papers, AT_ONCE))
    format_ = next((format_of(entry.value) for entry in first if not entry.fault), "jsonl")
    day = None
    if format_ == "huggingface-api":
        listed = Counter(_days(first, "paper", "submittedOnDailyAt"))
        shifted = Counter(_days(first, "publishedAt"))
        day = _most_common(listed) or day_in_name(name) or _most_common(shifted)
    items = chain.from_iterable(read_found(entry, name, fields) for entry in chain(first, papers))
    return JsonDump(format_, day or day_in_name(name), chain(items, _late(end, scanner)))


def _late(end: list[Refusal], scanner: Scanner) -> Iterator[Refusal]:
    """Yield the error that ended the dump, with the line that was reached."""
    for refusal in end:
        yield replace(refusal, line=scanner.line())


def _sound(chunks: Iterator[bytes], name: str, end: list[Refusal]) -> Iterator[bytes]:
    """Yield the chunks up to an error, which is appended to `end`."""
    try:
        yield from chunks
    except DumpError as error:
        end.append(Refusal(name, None, f"the dump {error.reason}; what came before it was read"))


def _days(papers: list[FoundObject], *path: str) -> Iterator[date]:
    for entry in papers:
        value = entry.value
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        if day := parse_day(value):
            yield day


def _most_common(days: Counter[date]) -> date | None:
    """Return the commonest day; of equally common ones the latest."""
    return max(days, key=lambda day: (days[day], day)) if days else None
