"""Read mails and mailboxes: arXiv's daily mailing, Google Scholar's alerts, NEP's reports.

The standard library parses a message; its texts go to the reader of their form. A mail of any other
kind is refused with its subject: a newsletter about papers is not a list of papers.
"""

from __future__ import annotations

import email
import re
from email import policy
from email.errors import MessageError
from email.header import decode_header, make_header
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from digest.dumps import nep
from digest.dumps.dates import parse_day
from digest.dumps.fields import day_in_name
from digest.dumps.html_page import read_html
from digest.dumps.listing import read_listing
from digest.dumps.reader_types import ReadResult
from digest.errors import DumpError
from digest.model import Record, Refusal
from digest.text.clean import clean_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from email.message import Message

    from digest.dumps.reader_types import ReadOptions

MAX_PARTS: Final = 200
_DAMAGE: Final = (LookupError, ValueError, MessageError)
_ENVELOPE: Final = re.compile(rb"^From \S.{0,200}\d{4}\r?$", re.MULTILINE)
_LISTING: Final = re.compile(
    r"^\\\\[ \t]*\n(?:arXiv:\s?\S+|Paper(?: \(\*cross-listing\*\))?:\s)", re.MULTILINE
)


def read_mail(content: bytes, options: ReadOptions) -> ReadResult[Record | Refusal]:
    """Return the papers of a message or a mailbox; raise `DumpError` for a mail without any."""
    blank = content[: len(content) - len(content.lstrip(b"\r\n"))]
    starts = [match.start() for match in _ENVELOPE.finditer(content)]
    if not starts or starts[0] != len(blank):
        return _read_message(content[len(blank) :], options, line=1 + blank.count(b"\n"))
    readings: list[ReadResult[Record | Refusal]] = []
    refused: list[Refusal] = []
    for number, start in enumerate(starts):
        end = starts[number + 1] if number + 1 < len(starts) else len(content)
        line = content.count(b"\n", 0, start) + 1
        message = content[start:end].partition(b"\n")[2]
        try:
            readings.append(_read_message(message, options, line=line + 1))
        except DumpError as error:
            refused.append(Refusal(options.name, line, f"this message {error.reason}"))
    if not readings:
        raise DumpError(refused[0].reason.removeprefix("this message ") if refused else "is empty")
    days = [reading.day for reading in readings if reading.day]
    return ReadResult(readings[0].format, max(days, default=None), _chained(readings, refused))


def _chained(
    readings: list[ReadResult[Record | Refusal]], refused: list[Refusal]
) -> Iterator[Record | Refusal]:
    for reading in readings:
        yield from reading.items
    yield from refused


def _read_message(
    content: bytes, options: ReadOptions, *, line: int
) -> ReadResult[Record | Refusal]:
    message = email.message_from_bytes(content, policy=policy.compat32)
    day = parse_day(_header(message, "Date"))
    for part in _parts(message):
        text = _text(part)
        kind = part.get_content_type()
        above = line - 1
        if part is message:  # the line of other parts is not known
            above += content.replace(b"\r\n", b"\n").partition(b"\n\n")[0].count(b"\n") + 2
        reading = _read_part(text, kind, options, day)
        if reading is not None:
            items = (replace(item, line=(item.line or 0) + above) if isinstance(item, Refusal)
                     else _moved(item, above) for item in reading.items)  # fmt: skip
            return replace(reading, day=day_in_name(options.name) or day, items=items)
    subject = clean_text(_header(message, "Subject"), latex=False)[:80]
    raise DumpError(
        f'is an e-mail message ("{subject}") of a kind that no reader knows; what can be read are '
        "arXiv's daily mailing, Google Scholar's alerts and NEP's reports"
    )


def _moved(record: Record, lines: int) -> Record:

    return replace(record, line=record.line + lines)


def _read_part(
    text: str, kind: str, options: ReadOptions, day: date | None
) -> ReadResult[Record | Refusal] | None:
    if kind == "text/plain" and _LISTING.search(text):
        return read_listing(text, options, day=day)
    if kind == "text/plain" and nep.is_report(text):
        return nep.read_report(text, options)
    if kind == "text/html" and "gse_alrt_title" in text:
        return read_html(text.encode("utf-8", "replace"), options)
    return None


def _parts(message: Message) -> Iterator[Message]:
    """Yield the text parts, at most `MAX_PARTS`."""
    for number, part in enumerate(message.walk()):
        if number >= MAX_PARTS:
            return
        if part.get_content_maintype() == "text":
            yield part


def _text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    charset = part.get_content_charset() or "utf-8"
    try:
        text = payload.decode(charset, "replace")
    except _DAMAGE:
        text = payload.decode("utf-8", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _header(message: Message, name: str) -> str:
    """Return a header as text; a damaged one unchanged."""
    try:
        value = str(message.get(name, ""))[:1_000]
    except _DAMAGE:  # an unknown encoding
        return ""
    try:
        return str(make_header(decode_header(value)))
    except _DAMAGE:
        return value
