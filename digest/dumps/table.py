"""Read tables: CSV with commas, semicolons or tabs, and a header that names a title.

A row is read as an object whose keys are the header's names; `digest.dumps.json_objects` decides
what they mean. The exports of PubMed, Zotero and Readwise are tables of this form.
"""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from digest.dumps.common_keys import common, normal_key
from digest.dumps.dates import parse_date
from digest.dumps.draft import Draft, to_record
from digest.dumps.fields import BadRecordError, LeftOutError, day_in_name
from digest.dumps.lines import MAX_LINE, cut_lines, whole_lines
from digest.dumps.reader_types import ReadResult
from digest.errors import DumpError
from digest.model import Record, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.dumps.reader_types import ReadOptions

MAX_ROW_LINES: Final = 2_000
"""Maximum number of lines in a row; an open quotation mark would otherwise take the rest of the
table."""
_TITLES: Final = frozenset({
    "title", "papertitle", "articletitle", "papername", "标题", "论文标题", "题目",
})  # fmt: skip
_COMPANIONS: Final = frozenset({
    "authors", "author", "abstract", "summary", "doi", "url", "link", "arxivid", "arxiv", "id",
    "pmid", "year", "published", "date", "journal", "venue", "categories", "category", "pdf",
    "pdfurl", "publicationyear", "abstractnote", "key", "documenttags", "upvotes", "作者", "摘要",
    "keywords", "createdate", "paperid", "tags",
    "publicationtitle", "citations", "source", "arxivurl",
})  # fmt: skip
_SEPARATORS: Final = (",", "\t", ";", "|")
_MAY_BE_A_HEADER = re.compile(
    r"\A[^\n]{0,2000}(?:title|paper.?name|标题|题目)[^\n]{0,2000}\Z", re.I
)
"""A row that may be another header: tested before all names are compared."""


def columns(
    first_line: str, mapped: frozenset[str] = frozenset()
) -> tuple[str, list[str]] | tuple[()]:
    """Return the separator and the names of a table's columns; () if the line is not a header.

    `mapped` has the names of columns from the config.
    """
    line = first_line.strip("\ufeff\r\n")
    if len(line) > 20_000:
        return ()
    for sign in _SEPARATORS:
        names = _names(line, sign)
        keys = {normal_key(name) for name in names}
        if len(names) > 1 and all(len(name) < 80 for name in names) and (
            (keys & _TITLES and keys & _COMPANIONS)
            or len(keys & _COMPANIONS) > 2
            or not mapped.isdisjoint(names)
        ):  # fmt: skip
            return sign, names
    return ()


def _names(line: str, sign: str) -> list[str]:
    try:
        return [name.strip() for name in next(csv.reader(io.StringIO(line), delimiter=sign), [])]
    except csv.Error:
        return []


def read_table(chunks: Iterator[bytes], options: ReadOptions) -> ReadResult[Record | Refusal]:
    """Return the papers of a table; raise `DumpError` for one without a column of titles."""
    rows = _rows(chunks)
    line, header = next(rows)
    mapped = frozenset(path for _, path in options.fields.names)
    layout = columns(header, mapped)
    if not layout:
        raise DumpError("is empty")
    sign, names = layout
    if not {normal_key(name) for name in names} & _TITLES and mapped.isdisjoint(names):
        raise DumpError(
            f"is a table (CSV) with the columns {', '.join(names[:12])}, none of which is a title; "
            "say which is with `fields:` in the config"
        )
    del line
    return ReadResult("csv", day_in_name(options.name), _records(rows, sign, names, options))


def _rows(chunks: Iterator[bytes]) -> Iterator[tuple[int, str]]:
    """Yield each row's first line and text; a quoted cell may contain line ends."""
    row_lines: list[str] = []
    first = quotes = 0
    for line in (line for lines in whole_lines(chunks) for line in cut_lines(lines)):
        text = _decoded(line.content or b"")
        if not row_lines:
            if not text.strip():
                continue
            first = line.number
        row_lines.append(text)
        quotes += text.count('"')
        if quotes % 2 == 0:
            yield first, "\n".join(row_lines)
            row_lines, quotes = [], 0
        elif len(row_lines) > MAX_ROW_LINES or sum(map(len, row_lines)) > MAX_LINE:
            yield from _by_line(first, row_lines)
            row_lines, quotes = [], 0
    yield from _by_line(first, row_lines)


def _by_line(first: int, row_lines: list[str]) -> Iterator[tuple[int, str]]:
    """Yield lines as separate rows: a quotation mark was never closed."""
    yield from ((number, text) for number, text in enumerate(row_lines, first) if text.strip())


def _decoded(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("utf-8", "surrogateescape")


def _records(
    rows: Iterator[tuple[int, str]], sign: str, names: list[str], options: ReadOptions
) -> Iterator[Record | Refusal]:
    end: list[Refusal] = []
    mapped = frozenset(path for _, path in options.fields.names)
    for line, text, is_last in _with_the_last(_sound(rows, options.name, end)):
        # Concatenated tables have a header in between, perhaps a different one.
        if _MAY_BE_A_HEADER.search(text) and (header := columns(text, mapped)):
            sign, names = header
            continue
        if is_last and text.count(sign) < len(names) - 1:
            yield Refusal(options.name, line, "the table is cut off in this row")
            continue
        try:
            yield to_record(_draft(text, sign, names, options), line)
        except BadRecordError as error:
            yield Refusal(options.name, line, f"this row {error}")
        except LeftOutError as error:
            yield Refusal(options.name, line, f"this row {error}", "left out")
    yield from end


def _sound(
    rows: Iterator[tuple[int, str]], name: str, end: list[Refusal]
) -> Iterator[tuple[int, str]]:
    """Yield the rows up to an error, which is appended to `end`."""
    try:
        yield from rows
    except DumpError as error:
        end.append(Refusal(name, None, f"the dump {error.reason}; what came before it was read"))


def _with_the_last(rows: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str, bool]]:
    """Yield each row, and whether it is the last one."""
    previous: tuple[int, str] | None = None
    for row in rows:
        if previous is not None:
            yield (*previous, False)
        previous = row
    if previous is not None:
        yield (*previous, True)


def _draft(text: str, sign: str, names: list[str], options: ReadOptions) -> Draft:
    if not text.isascii() and re.search("[\udc80-\udcff]", text):
        raise BadRecordError("is not UTF-8; save the table as UTF-8")
    try:
        cells = next(csv.reader(io.StringIO(text), delimiter=sign, strict=False), [])
    except csv.Error as error:
        raise BadRecordError(f"is not CSV: {error}") from None
    if len(cells) > len(names) and any(cell.strip() for cell in cells[len(names) :]):
        raise BadRecordError(f"has {len(cells)} cells, and the header {len(names)}")
    if len(cells) < 2:
        raise BadRecordError(f"has {len(cells)} cells, and the header {len(names)}")
    row: dict[str, Any] = dict(zip(names, cells, strict=False))
    entry = options.fields.of_object(row)
    draft = common({key: value for key, value in entry.items() if value not in ("", None)})
    if "PMID" in names and "First Author" in names:
        authors = str(row.get("Authors") or "").removesuffix(".")
        pmid = row.get("PMID")
        return replace(draft, authors=authors, family_first=True, urls=(f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/",),
            title=str(draft.title or "").removesuffix("."),
            published=(_cited(str(row.get("Citation") or "")), *draft.published), comment=None,
        )  # fmt: skip
    if normal_key("Publication Year") in map(normal_key, names) and row.get("Date"):
        return replace(draft, published=(row["Date"], *draft.published))
    return draft


def _cited(citation: str) -> str | None:
    """Return the date in PubMed's citation: `JMIR Med Inform. 2022 Mar 1;10(3):e31`."""
    match = re.search(
        r"\. (\d{4}(?: [A-Z][a-z]{2}(?:-[A-Z][a-z]{2})?(?: \d{1,2})?)?)[;:.]", citation
    )
    return match[1] if match and parse_date(match[1]) else None
