"""Read JSON a value at a time from a stream: lists and documents of any size in little memory.

A `Scanner` walks through the text; the standard library decodes the values. A broken entry of a
list costs that entry: reading continues where the next one seems to begin.
"""

from __future__ import annotations

import codecs
import json
import re
from typing import TYPE_CHECKING, Any, Final

from digest.dumps.fields import BadRecordError
from digest.dumps.lines import MAX_LINE

if TYPE_CHECKING:
    from collections.abc import Iterator

_SPACE = re.compile(r"[ \t\n\r\ufeff]*")
_LAST_TOKEN = re.compile(r"[^\s{}\[\],:]{0,40}\s*\Z")
_TOP_LEVEL = re.compile(r"\n(?=[{\[])")
_FIRST_KEY = re.compile(r"\{\s*(\"(?:[^\"\\\n]|\\.){0,80}\")\s*:")
MAX_ENTRY: Final = MAX_LINE
"""Maximum length, in characters, of one value."""


class CutOffError(Exception):
    """The text ends inside a value."""


class TooLongError(BadRecordError):
    """A value is too long to be decoded."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a repeated key: RFC 8259 leaves open which of the two counts."""
    entry = dict(pairs)
    if len(entry) != len(pairs):
        raise BadRecordError("has one key twice")
    return entry


def _constant(constant: str) -> object:
    raise BadRecordError(f"is not JSON: {constant} is not a JSON value")


# Numbers with a point keep their written form: an unquoted `2601.00010` is an identifier.
DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object, parse_constant=_constant, parse_float=str
)


def parse_json(text: str) -> object:
    """Return one JSON value; raise `BadRecordError` with a reason for anything else."""
    try:
        return DECODER.decode(text)
    except (json.JSONDecodeError, RecursionError, ValueError) as error:
        raise BadRecordError(json_fault(error)) from None


def json_fault(error: Exception) -> str:
    """Return in a few words why the decoder failed."""
    if isinstance(error, RecursionError):
        return "is nested too deeply"
    if isinstance(error, json.JSONDecodeError):
        return f"is not JSON: {error.msg} at character {error.pos + 1}"
    return "holds a number of too many digits"


class Scanner:
    """A position in a JSON text that comes in chunks of UTF-8."""

    def __init__(self, chunks: Iterator[bytes], *, line: int = 1) -> None:
        self._chunks = chunks
        # Invalid UTF-8 becomes lone surrogates, which spoil the value that contains them.
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self._text = ""
        self._at = 0
        self._counted = 0
        self._line = line
        self._ended = False
        self.value_text = ""
        """Text of the last decoded value, if requested."""

    def _more(self) -> bool:
        """Read at least as much again as is buffered; return False at the end of the text.

        Doubling keeps the work linear for a value that is tried again with more text.
        """
        if self._ended:
            return False
        self.line()
        parts = [self._text[self._at :]]
        self._at = self._counted = 0
        least = max(len(parts[0]), 1)
        size = 0
        while size < least:
            chunk = next(self._chunks, None)
            if chunk is None:
                self._ended = True
                parts.append(self._decoder.decode(b"", final=True))
                break
            parts.append(self._decoder.decode(chunk))
            size += len(parts[-1])
        self._text = "".join(parts)
        return True

    def line(self) -> int:
        """Return the 1-based line of the position."""
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._line

    def last_line(self) -> int:
        """Return the line on which the buffered text ends, not counting blank ones."""
        return self.line() + self._text.rstrip().count("\n", self._at)

    def end(self) -> None:
        """Go to the end of the text, which is all buffered."""
        self._at = len(self._text)

    def peek(self) -> str:
        """Return the next character that is not white space, unconsumed; "" at the end."""
        while True:
            match = _SPACE.match(self._text, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def skip(self) -> None:
        """Consume the character that `peek` returned."""
        self._at += 1

    def ahead(self, size: int = 400) -> str:
        """Return some of the text that follows, without consuming it."""
        while len(self._text) - self._at < size and self._more():
            pass
        return self._text[self._at : self._at + size]

    def value(self, limit: int = MAX_ENTRY, *, keep: bool = False) -> Any:  # noqa: ANN401 - JSON
        """Decode the value at this position and go after it.

        Raises `BadRecordError` for an invalid value, or one longer than `limit`, and `CutOffError`
        if the text ends in it; the position is then still before it.
        """
        self.peek()
        while True:
            try:
                value, end = DECODER.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                if not self._is_incomplete(error):
                    line = self.line() + self._text.count("\n", self._at, error.pos)
                    raise BadRecordError(f"is not JSON: {error.msg} at line {line}") from None
                if len(self._text) - self._at > limit:
                    raise TooLongError(f"is longer than {limit >> 20} MiB") from None
                if not self._more():
                    raise CutOffError from None
                continue
            except (RecursionError, ValueError) as error:
                raise BadRecordError(json_fault(error)) from None
            if end == len(self._text) and not self._ended and self._more():
                continue  # a number may continue
            if end - self._at > limit:
                raise TooLongError(f"is longer than {limit >> 20} MiB")
            self._refuse_bytes(end)
            self.value_text = self._text[self._at : end] if keep else ""
            self._at = end
            return value

    def _is_incomplete(self, error: json.JSONDecodeError) -> bool:
        """Return whether more text may resolve the error, which is at the end of the buffer."""
        # A JSON string holds no line feed, so one without an end reached that of the text.
        unterminated = error.msg.startswith("Unterminated string")
        return unterminated or _LAST_TOKEN.match(self._text, error.pos) is not None

    def _refuse_bytes(self, end: int) -> None:
        text = self._text[self._at : end]
        if not text.isascii():
            try:
                text.encode()
            except UnicodeEncodeError:
                raise BadRecordError("is not UTF-8") from None

    def beginning(self) -> re.Pattern[str]:
        """Return an expression for entries that begin like the one at this position.

        It uses their indentation if they are on separate lines, else by their first key.
        """
        line = self._text[self._text.rfind("\n", 0, self._at) + 1 : self._at]
        if line and not line.strip() and "\n" in self._text[: self._at]:
            return re.compile(rf"\n{re.escape(line)}(?=\{{)")
        key = _FIRST_KEY.match(self.ahead())
        return re.compile(rf"[,\n\]}}]\s*(?=\{{\s*{re.escape(key[1])}\s*:)") if key else _TOP_LEVEL

    def resume(self, pattern: re.Pattern[str] | None = None) -> bool:
        """Skip to the apparent beginning of the next entry of a list, or the next document.

        Return False if there is none. A guess: the fault may have hidden where this one ends.
        """
        pattern = pattern or _TOP_LEVEL
        while True:
            match = pattern.search(self._text, self._at + 1)
            if match is not None:
                self._at = match.end()
                return True
            self._at = max(self._at + 1, len(self._text) - 100)
            if self._at >= len(self._text) or self._ended:
                self.line()
                self._at = len(self._text)
                if not self._more():
                    return False
