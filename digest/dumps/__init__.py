"""Read dumps: bytes in, records and refusals out.

One reader per format, chosen by content. JSON, XML and tables are read lazily, at any size; pages,
mails and other texts are read as a whole, up to `MAX_WHOLE`. This module knows neither where a dump
is nor the current time: `today` bounds the year of a page that does not state its year.

Readers are imported when they are used: most runs need few of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO, Final, TypeVar, overload

from msgspec.structs import replace

from digest.dumps.reader_types import NO_FIELDS, ReadOptions, ReadResult
from digest.errors import DumpError
from digest.model import Record, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from digest.dumps.json_reader import Share
    from digest.dumps.reader_types import Fields, Reader
    from digest.dumps.stream import Content

__all__ = ["MAX_WHOLE", "ReadOptions", "ReadResult", "read_dump"]

MAX_WHOLE: Final = 16 << 20
"""In bytes; the largest page or mail ever seen has some 300 kB."""

_Item = TypeVar("_Item")


@overload
def read_dump(
    stream: BinaryIO,
    *,
    name: str,
    today: date,
    fields: Fields = NO_FIELDS,
    readers: Sequence[Reader] = (),
    after: int = 0,
) -> ReadResult[Record | Refusal]: ...


@overload
def read_dump(
    stream: BinaryIO,
    *,
    name: str,
    today: date,
    share: Share[_Item] | None,
    fields: Fields = NO_FIELDS,
    readers: Sequence[Reader] = (),
    after: int = 0,
) -> ReadResult[Record | Refusal | _Item]: ...


def read_dump(  # noqa: PLR0913 - a dump, and how it is read
    stream: BinaryIO,
    *,
    name: str,
    today: date,
    share: Share[_Item] | None = None,
    fields: Fields = NO_FIELDS,
    readers: Sequence[Reader] = (),
    after: int = 0,
) -> ReadResult[Record | Refusal | _Item]:
    """Return the content of the dump `name`, in its order.

    Raises `DumpError` if the dump as a whole is refused: empty, of unknown format, too large, a
    decompression bomb, a service's error message. Later errors are items: a `Refusal` of a record,
    or of the rest of a dump that is cut off or damaged. `share` may parse lines in other processes
    and transform the records. `fields` maps the keys of a user's own JSON or CSV. `readers` read
    what this package does not: files of references. JSON Lines are read after the line `after`.
    """
    from digest.dumps.stream import Content

    content = Content(stream)
    options = ReadOptions(name, today, fields, tuple(readers), after)
    if content.archive:
        from digest.dumps.archives import read_archive

        return read_archive(content, stream, options)
    return replace(read_content(content, options, share), folded=lambda: content.folded)


def read_content(content: Content, options: ReadOptions, share: Any = None) -> ReadResult[Any]:  # noqa: ANN401 - see `read_dump`
    """Read bytes that are not an archive, with the reader for their format."""
    from digest.dumps.sniff import sniff

    head = content.head
    kind = "csv" if _is_mapped_table(head, options) else sniff(head)
    if kind == "json":
        return _read_json(content, options, share)
    if kind == "xml":
        from digest.dumps.xml_reader import read_xml

        xml = read_xml(iter(content), head, options.name)
        return ReadResult(xml.format, xml.day, items=xml.items)
    if kind == "csv":
        from digest.dumps.table import read_table

        return read_table(iter(content), options)
    if kind == "medline":
        from digest.dumps.medline import read_medline

        return read_medline(iter(content), options)
    if kind in ("references", "unknown"):
        from digest.dumps.plugins import read_by_plugin

        return read_by_plugin(content, options) or _refuse(head)
    return _read_whole(kind, content, options)


def _read_json(content: Content, options: ReadOptions, share: Any) -> ReadResult[Any]:  # noqa: ANN401 - see `read_dump`
    from digest.dumps import json_reader as json

    if json.is_lines(content.head, options.fields):
        dump = json.read_lines(iter(content), options, share or map, content.head)
        return ReadResult(dump.format, dump.day, items=dump.items, by_lines=True)
    dump = json.read_values(iter(content), options.name, options.fields)
    return ReadResult(dump.format, dump.day, items=dump.items)


def _is_mapped_table(head: bytes, options: ReadOptions) -> bool:
    """Return whether a dump has a header with columns from the config's `fields`."""
    if not options.fields.names or head[:1] in b"{[<":
        return False
    from digest.dumps.table import columns

    first_line = head.decode(errors="replace").splitlines()[0] if head.strip() else ""
    return bool(columns(first_line, frozenset(path for _, path in options.fields.names)))


def _refuse(head: bytes) -> ReadResult[Any]:
    from digest.dumps.sniff import KNOWN, describe

    raise DumpError(f"is in no known format: it {describe(head)}; {KNOWN}")


def _read_whole(kind: str, content: Content, options: ReadOptions) -> ReadResult[Any]:
    """Read a text that must be held as a whole."""
    from digest.dumps.stream import read_whole

    description = {"page": "a page", "html": "a web page", "mail": "a mail"}.get(kind, "a text")
    data, damage = read_whole(iter(content), MAX_WHOLE, description)
    if kind == "mail":
        from digest.dumps.mail import read_mail

        reading = read_mail(data, options)
    elif kind == "html":
        from digest.dumps.html_page import read_html

        reading = read_html(data, options)
    else:
        text = decoded(data, damage).replace("\r\n", "\n").replace("\r", "\n")
        reading = read_text(kind, text, options, damage)
    return replace(reading, items=_and_damage(reading.items, damage, data, options.name))


def read_text(
    kind: str, text: str, options: ReadOptions, damage: DumpError | None = None
) -> ReadResult[Any]:
    """Read a listing, a copy of the Daily Papers page, or Markdown."""
    if kind == "listing":
        from digest.dumps.listing import read_listing

        return read_listing(text, options)
    if kind == "nep":
        from digest.dumps.nep import read_report

        return read_report(text, options)
    if kind == "page":
        from digest.dumps.daily_papers_reader import read_page_text

        return read_page_text(text, options, damage)
    from digest.dumps.markdown import read_markdown

    return read_markdown(text, options)


def decoded(content: bytes, damage: DumpError | None = None) -> str:
    """Decode UTF-8; a character that the damage cut in two is dropped."""
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        if damage and error.end == len(content):
            return content[: error.start].decode()
        line = content.count(b"\n", 0, error.start) + 1
        raise DumpError(
            f"is not UTF-8: byte {error.start + 1}, on line {line}; save it as UTF-8", line=line
        ) from None


def _and_damage(
    items: Iterator[Any], damage: DumpError | None, content: bytes, name: str
) -> Iterator[Any]:
    yield from items
    if damage:
        line = content.count(b"\n") + 1
        yield Refusal(name, line, f"the dump {damage.reason}; what came before it was read")
