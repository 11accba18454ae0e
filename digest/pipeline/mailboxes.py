"""Read the alert mails of a mailbox into the library.

A mail that a reader recognises is stored as a dump, like any answer. Of other mails only their
place is stored, so that they are not examined again before the program is updated.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from digest import __version__
from digest.dumps import read_dump
from digest.errors import DumpError, SourceError
from digest.library import StoredAnswer
from digest.model import DayCoverage
from digest.pipeline.answer_files import answer_name, write_answer
from digest.sources.mailbox import mails
from digest.sources.request import Answer
from digest.wording import counted

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from pathlib import Path

    from digest.library import Library
    from digest.model.sources import MailboxSource
    from digest.sources.mailbox import Mail

READ_BY = "digest-version"
"""Header of a mail that is not an alert: the program version that found so."""


class MailboxResult(Struct, frozen=True):
    """The result of reading a mailbox."""

    alerts: int = 0
    others: int = 0
    error: str = ""


def store_mails(
    library: Library,
    folder: Path,
    source: MailboxSource,
    *,
    now: datetime,
    environment: Mapping[str, str],
) -> MailboxResult:
    """Store the new alerts of a mailbox in `folder`, unread."""
    since = (now - timedelta(days=source.catch_up + 1)).date()
    urls = library.answers.urls(source.name, since=since)
    known = frozenset(
        url
        for url, stored in urls.items()
        if stored.is_dump or stored.header("request") or stored.header(READ_BY) == __version__
    )
    alerts = other_mails = 0
    try:
        for mail in mails(source, known=known, now=now, environment=environment):
            if _is_alert(mail, now.date()):
                _store(library, folder, source, mail, now)
                alerts += 1
            else:
                _pass_over(library, source, mail, now)
                other_mails += 1
    except SourceError as error:
        return MailboxResult(alerts, other_mails, error.reason)
    return MailboxResult(alerts, other_mails)


def _is_alert(mail: Mail, today: date) -> bool:
    """Return whether a reader finds papers in a mail."""
    try:
        reading = read_dump(BytesIO(mail.content), name="mail.eml", today=today)
        return next(iter(reading.items), None) is not None
    except DumpError:
        return False


def _store(
    library: Library, folder: Path, source: MailboxSource, mail: Mail, now: datetime
) -> None:
    day = mail.received or now.date()
    file = answer_name(source.name, day, library.answers.next_number())
    write_answer(folder / file, Answer(mail.url, now, 200, (), mail.content))
    sha256 = hashlib.sha256(mail.content).hexdigest()
    library.answers.add(
        StoredAnswer(0, source.name, day, mail.url, now, (), sha256, file, True, None)  # noqa: FBT003
    )


def _pass_over(library: Library, source: MailboxSource, mail: Mail, now: datetime) -> None:
    day = mail.received or now.date()
    headers = ((READ_BY, __version__),)
    library.answers.add(
        StoredAnswer(0, source.name, day, mail.url, now, headers, "", "", False, None)  # noqa: FBT003
    )


def mailbox_coverage(
    source: MailboxSource, gathered: MailboxResult, papers: int, *, now: datetime
) -> DayCoverage:
    """Return the coverage of a mailbox that was read at `now`."""
    row = DayCoverage(source.name, source.name, now.date(), "complete", papers=papers, checked=now)
    if gathered.error:
        return replace(row, state="failed", reason=gathered.error, final=False)
    if gathered.others:
        mails_ = counted(gathered.others, "mail")
        return replace(row, reason=f"{mails_} held no papers that can be read")
    return row
