"""Write to the terminal: results on stdout, everything else on stderr.

Colour is used only on a terminal, never as the only signal, and not at all if `NO_COLOR` is set
(https://no-color.org). Widths are at most 100 columns. Output may come from a file name or a mail
server: characters that could control a terminal are shown as �.
"""

from __future__ import annotations

import json
import os
import re
import unicodedata
from collections.abc import Sized
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TextIO, TypeVar

from digest.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    Style = Literal["bold", "dim", "mark"]
    Level = Literal["debug", "info", "warning"]

_Item = TypeVar("_Item")

MAX_WIDTH: Final = 100
MIN_WIDTH: Final = 60
"""A narrower terminal wraps lines: shorter text would be unreadable."""

_CODES: Final = {"bold": "1", "dim": "2", "mark": "1;33"}
_PROGRESS_FROM: Final = 3
"""With fewer steps no progress bar is shown: it would be gone before anybody read it."""
_STEERING: Final = re.compile(r"\x1b(?!\[(?:0|1|2|1;33)m)|[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f]")
"""Control characters except tab, newline and the sequences that `styled` makes."""
_ON_ONE_LINE: Final = {escaped: json.JSONEncoder(ensure_ascii=escaped) for escaped in (True, False)}
"""Created once: `json.dumps` would create an encoder for each of ten thousand answers."""
_LINE_ENDS: Final = re.compile("[\x7f-\x9f\u2028\u2029]")
"""Line ends that JSON leaves alone and that `str.splitlines` and the like split at."""


class Console(NamedTuple):
    """The two output streams of one call, and how verbose it is."""

    out: TextIO
    err: TextIO
    environment: Mapping[str, str]
    verbosity: int = 0
    """-1: errors only; 1: with details."""
    log: Callable[[Level, str, Mapping[str, object]], None] | None = None
    """Receives what would go to stderr, as level, text and fields."""

    @property
    def width(self) -> int:
        """Columns to fill: those of the terminal, or the value of `COLUMNS`."""
        columns = self.environment.get("COLUMNS", "")
        if columns.isascii() and columns.isdigit() and int(columns[:9]):
            width = int(columns[:9])
        else:
            try:
                width = os.get_terminal_size(self.out.fileno()).columns or MAX_WIDTH
            except (OSError, ValueError):  # not a terminal, or not a file at all
                width = MAX_WIDTH
        return max(MIN_WIDTH, min(MAX_WIDTH, width))

    def result(self, text: str = "") -> None:
        """Print a result; raise `OutputError` if stdout cannot be written."""
        self._write_out(_STEERING.sub("\N{REPLACEMENT CHARACTER}", text))

    def document(self, text: str) -> None:
        """Print the content of a file unchanged, line ends included, if there is any."""
        if text:
            lines = text.split("\r\n")
            shown = (_STEERING.sub("\N{REPLACEMENT CHARACTER}", line) for line in lines)
            self._write_out("\r\n".join(shown).removesuffix("\n"))

    def json(self, value: object, *, indent: int | None = None) -> None:
        """Print a value as JSON: on one line, or indented."""
        encoding = getattr(self.out, "encoding", None) or "utf-8"
        escaped = encoding.lower().replace("_", "-") not in ("utf-8", "utf8")
        if indent is None:
            text = _ON_ONE_LINE[escaped].encode(value)
        else:
            text = json.dumps(value, ensure_ascii=escaped, indent=indent)
        if not text.isprintable():
            text = _LINE_ENDS.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
        self._write_out(text)

    def _write_out(self, line: str) -> None:
        try:
            self.out.write(line + "\n")
        except BrokenPipeError:
            raise
        except OSError as error:
            raise OutputError(f"cannot write the output: {error.strerror}") from error

    def note(self, text: str) -> None:
        """Print a message; silent with --quiet."""
        if self.verbosity >= 0:
            self._say("info", text)

    def detail(self, text: str) -> None:
        """Print a detail; only with --verbose."""
        if self.verbosity > 0:
            self._say("debug", text)

    def problem(self, text: str) -> None:
        """Print an error, always."""
        self._say("warning", text)

    def event(self, text: str, fields: Mapping[str, object], *, is_detail: bool = False) -> None:
        """Log an event; a JSON log also gets its fields."""
        if self.log is not None:
            self.log("info", text, fields)
        elif is_detail:
            self.detail(text)
        else:
            self.note(text)

    def _say(self, level: Level, text: str) -> None:
        if self.log is not None:
            self.log(level, text, {})
        else:
            self._write_err(text)

    def _write_err(self, text: str) -> None:
        # If both go to one terminal, print earlier results before the problem.
        with suppress(OSError):
            self.out.flush()
        with suppress(OSError):
            self.err.write(_STEERING.sub("\N{REPLACEMENT CHARACTER}", text) + "\n")

    def styled(self, text: str, style: Style) -> str:
        """Return `text` with terminal styles for stdout, if it shows any."""
        plain = self.environment.get("NO_COLOR") or self.environment.get("TERM") == "dumb"
        if plain or not self.out.isatty():
            return text
        return f"\x1b[{_CODES[style]}m{text}\x1b[0m"

    def progress(self, items: Iterable[_Item], label: str) -> Iterable[_Item]:
        """Yield `items`; show a progress bar if stderr is a terminal."""
        if self.verbosity < 0 or not self.err.isatty():
            return items
        if isinstance(items, Sized) and len(items) < _PROGRESS_FROM:
            return items
        from tqdm import tqdm

        return tqdm(items, desc=label, file=self.err, leave=False, ncols=min(80, self.width))


def columns(text: str) -> int:
    """Return how many columns of a terminal `text` fills."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def _columns(character: str) -> int:
    """Return 2 for a wide character, 0 for a combining one, else 1."""
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def fitted(text: str, width: int) -> str:
    """Cut `text` to at most `width` columns, with an ellipsis if it was longer."""
    filled = 0
    fits = 0
    for place, character in enumerate(text):
        filled += _columns(character)
        if filled < width:
            fits = place + 1
        elif filled > width:
            return text[:fits].rstrip() + "…"
    return text


def table(rows: Iterable[Collection[str]], *, right: Collection[int] = ()) -> str:
    """Align `rows` in columns; the columns with numbers in `right` are right-aligned."""
    cells = [tuple(row) for row in rows]
    if not cells:
        return ""
    widths = [max(columns(row[number]) for row in cells) for number in range(len(cells[0]))]
    lines = []
    for row in cells:
        padded = [
            " " * (width - columns(cell)) + cell if number in right
            else cell + " " * (width - columns(cell))
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]  # fmt: skip
        lines.append("  ".join(padded).rstrip())
    return "\n".join(lines)
