"""Requests to services and their answers, as values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from digest.model.sources import ServiceSource

Content: TypeAlias = Literal["json", "xml", "feed", "any", "ignored"]
"""`ignored`: any content is accepted with a status of success."""


class Key(Struct, frozen=True):
    """A key for a service: where it is sent, and the environment variable that has it."""

    place: Literal["header", "query"]
    name: str
    variable: str
    prefix: str = ""
    """Text before the key in a header, such as `Bearer `."""


class Request(Struct, frozen=True):
    """One request. The URL of a service never contains a key, so it can be shown and stored."""

    url: str
    content: Content
    """Required kind of the answer; anything else, such as a page for people, is refused."""
    is_dump: bool = True
    """False for an answer without papers, which only leads to further requests."""
    key: Key | None = None
    """Sent if its variable is set."""
    headers: tuple[tuple[str, str], ...] = ()
    """Sent in addition to those of every request."""


class Answer(Struct, frozen=True):
    """The answer to one request."""

    url: str
    """As requested."""
    moment: datetime
    status: int
    """200, or 304 if nothing has changed since."""
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str:
        """Return the value of a header, or an empty text."""
        return next((value for key, value in self.headers if key.lower() == name), "")


class DayRequest(Struct, frozen=True):
    """What a service is asked for: one day of one source."""

    day: date
    is_today: bool
    contact: str = ""


class Service(Struct, frozen=True):
    """How to ask one kind of source."""

    title: Callable[[ServiceSource], str]
    """The source in words for people."""
    first: Callable[[ServiceSource, DayRequest], tuple[Request, ...]]
    """The first requests for a day."""
    following: Callable[[Request, bytes], tuple[Request, ...]]
    """The requests that follow from an answer: the next page. Raises `SourceError` for an error
    message."""
    pause: float
    """Seconds between two requests."""
    is_daily: Callable[[ServiceSource], bool]
    """Whether it has a list for each day; else it has only current content."""
    quiet: Callable[[date], str]
    """Why nothing is listed on a day, as a clause; empty if something is expected."""
    zone: str = "UTC"
    """Time zone of the service's days."""
    due_hour: int = 0
    """Hour of the day, in that zone, at which the list should be there."""
    posts_on_weekends: bool = False
    """Whether papers may come on a weekend day without a list."""
    grows: bool = True
    """Whether papers are added to a day's list until that day is over."""
    may_be_empty: Callable[[ServiceSource], bool] = lambda _source: False
    """Whether an empty list is normal, as for a search."""
    has_counts: bool = False
    """Whether its lists have upvotes, which go on rising after the list is complete."""
    settled_hours: int = 12
    """Hours after the end of a day from which its list is final."""


def no_quiet_day(_day: date) -> str:
    """Return no reason: papers may come on any day."""
    return ""


def one_page(_request: Request, _body: bytes) -> tuple[Request, ...]:
    """Return no further request."""
    return ()
