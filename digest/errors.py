"""The one tree of errors that a user can cause.

Each has the values that a caller branches on; `str()` of each is a sentence that says where the
fault is and what to do. Any other exception is a bug and propagates with its traceback.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

_QUOTED = 90
"""Longest query that is quoted whole, in characters; a longer one does not fit a line."""


class DigestError(Exception):
    """Base of all expected errors; `exit_code` is the exit code of the process (1: failed)."""

    exit_code = 1


class UsageError(DigestError):
    """The command line names something that does not exist, or contradicts itself."""

    exit_code = 2


class ConfigError(DigestError):
    """The config file cannot be used: `path`, 1-based `line` and `column` say where.

    `more` has the further faults of the file in order, so that a user can fix all at once.
    """

    exit_code = 2

    def __init__(
        self,
        reason: str,
        *,
        path: Path | None = None,
        line: int | None = None,
        column: int = 1,
        more: tuple[ConfigError, ...] = (),
    ) -> None:
        """Keep the place apart from `reason`, a sentence that quotes the text at fault."""
        super().__init__(reason)
        self.reason = reason
        self.path = path
        self.line = line
        self.column = column
        self.more = more

    def __str__(self) -> str:
        if self.path is None:
            first = self.reason
        elif self.line is None:
            first = f"{self.path}: {self.reason}"
        else:
            first = f"{self.path}:{self.line}:{self.column}: {self.reason}"
        return "\n".join([first, *map(str, self.more)])


class QueryError(DigestError):
    """A query or keyword does not parse.

    `text` is the whole query, `start` and `end` are the characters at fault (0-based, end
    exclusive), `reason` says what is wrong and `hint`, if there is one, what to write instead.
    """

    exit_code = 2

    def __init__(self, reason: str, *, text: str, start: int, end: int, hint: str = "") -> None:
        """Point at `text[start:end]`."""
        super().__init__(reason)
        self.reason = reason
        self.text = text
        self.start = start
        self.end = end
        self.hint = hint

    def __str__(self) -> str:
        hint = f" {self.hint}" if self.hint else ""
        size = len(self.text)
        text = repr(self.text) if size <= _QUOTED else f"the query of {size:,} characters"
        return f"{self.reason}, at character {self.start + 1} of {text}.{hint}"

    def pointer(self) -> str:
        """Return two lines: the query, or the part that fits a line, and carets under the fault."""
        first = max(0, self.start - _QUOTED // 2) if len(self.text) > _QUOTED else 0
        shown = self.text[first : first + _QUOTED]
        carets = min(max(1, self.end - self.start), len(shown) - self.start + first or 1)
        return f"{shown}\n{' ' * (self.start - first)}{'^' * carets}"


class DumpError(DigestError):
    """A dump cannot be read at all; `line` is 1-based, if known."""

    def __init__(self, reason: str, *, line: int | None = None) -> None:
        """Keep `line` for the report, which adds the dump's name."""
        super().__init__(reason)
        self.reason = reason
        self.line = line


class LibraryError(DigestError):
    """The library file cannot be opened, is of a newer version, or is in use by another run."""


class TemplateError(DigestError):
    """A template does not compile or render; the message names file and line."""

    exit_code = 2


class DeliveryError(DigestError):
    """A rendering could not be delivered to one place."""


class ListError(DigestError):
    """A reading list's file is left unchanged: `path`, 1-based `line` if known."""

    exit_code = 3

    def __init__(
        self, path: Path, reason: str, *, line: int | None = None, taken: bool = False
    ) -> None:
        """Keep the reason and the advice; `taken`: the file was read, but cannot be upgraded."""
        place = f"{path}" if line is None else f"{path}:{line}"
        advice = (
            "Its changes were read; the next run or command updates it"
            if taken
            else "It was neither read nor changed; correct it, or move it away to have it "
            "written again"
        )
        super().__init__(f"{place}: {reason}. {advice}")
        self.path = path
        self.reason = reason
        self.line = line


class OutputError(DigestError):
    """Standard output cannot be written: its disk is full."""


class SourceError(DigestError):
    """A source could not be reached, or its answer cannot be used.

    `reason` is a clause that follows the source's name; `retry_at` is the time before which the
    service refuses further requests, if it says so.
    """

    def __init__(self, reason: str, *, retry_at: datetime | None = None) -> None:
        """Keep the parts of the message for the report, which adds the source's name."""
        super().__init__(reason)
        self.reason = reason
        self.retry_at = retry_at
