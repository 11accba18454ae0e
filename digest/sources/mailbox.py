"""Mails of a Maildir, an mbox or an IMAP server, as bytes; none is changed or marked as read.

`digest.dumps` decides which mails are alerts; this module only finds them.
"""

from __future__ import annotations

import mailbox
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.parser import BytesHeaderParser
from email.utils import parsedate_to_datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from digest.errors import SourceError

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator, Mapping
    from datetime import date
    from pathlib import Path

    from imap_tools import BaseMailBox

    from digest.model.sources import MailboxSource

MAX_MAIL: Final = 32 << 20
"""In bytes; a listing of all of arXiv has one mebibyte."""
TIMEOUT: Final = 60.0
"""Seconds for one answer of an IMAP server."""


class Mail(Struct, frozen=True):
    """One mail of a mailbox."""

    url: str
    """Its place; the same in each run."""
    content: bytes
    received: date | None
    """Day in its `Date` header; None if that cannot be read."""


def title(source: MailboxSource) -> str:
    """Return the source in words."""
    return source.name


def mails(
    source: MailboxSource, *, known: frozenset[str], now: datetime, environment: Mapping[str, str]
) -> Iterator[Mail]:
    """Yield the mails that are not `known` by their URL and not older than `catch_up` days.

    Raises `SourceError` if the mailbox cannot be opened.
    """
    since = now - timedelta(days=source.catch_up)
    if source.host:
        yield from _on_server(source, known, since, environment)
    else:
        yield from _in_files(source, known, since)


# --- files ---------------------------------------------------------------------------------------


def _in_files(source: MailboxSource, known: frozenset[str], since: datetime) -> Iterator[Mail]:
    try:
        messages = _in_maildir(source.maildir) if source.maildir else _in_mbox(source.mbox)
        for url, content in messages:
            if url not in known:
                mail = _mail(url, content)
                if mail.received is None or mail.received >= since.date():
                    yield mail
    except OSError as error:
        place = source.maildir or source.mbox
        raise SourceError(f"{place} cannot be read: {error.strerror}") from None


def _in_maildir(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the mails in the order of their names, which do not change with their flags."""
    if not (folder / "cur").is_dir():
        raise SourceError(f"{folder} is not a Maildir: it has no folder cur/")
    box = mailbox.Maildir(folder, create=False)
    for key in sorted(box.keys()):
        try:
            with box.get_file(key) as file:
                content = file.read(MAX_MAIL)
        except (FileNotFoundError, KeyError):
            continue  # another program has moved it meanwhile; the next run finds it
        yield f"maildir:{key}", content


def _in_mbox(path: Path | None) -> Iterator[tuple[str, bytes]]:
    """Yield the mails, named by their content, because an mbox has no names."""
    if path is None or not path.is_file():
        raise SourceError(f"there is no file {path}")
    box = mailbox.mbox(path, create=False)
    try:
        for key in box.keys():  # noqa: SIM118 - a mailbox yields its mails, not its keys
            with box.get_file(key) as file:
                content = file.read(MAX_MAIL)
            yield f"mbox:{sha256(content).hexdigest()}", content
    finally:
        box.close()


# --- a server ------------------------------------------------------------------------------------


def _on_server(
    source: MailboxSource,
    known: frozenset[str],
    since: datetime,
    environment: Mapping[str, str],
) -> Iterator[Mail]:
    from imap_tools import A

    with _logged_in(source, environment) as box:
        valid = box.folder.status(source.folder, ["UIDVALIDITY"])["UIDVALIDITY"]
        root = f"imap://{source.host}/{source.folder};UIDVALIDITY={valid}/;UID="
        for uid in box.uids(A(date_gte=since.date())):
            url = f"{root}{uid}"
            if url not in known:
                mail = _mail(url, _fetched(box, uid)[:MAX_MAIL])
                if mail.content and (mail.received is None or mail.received >= since.date()):
                    yield mail


def _fetched(box: BaseMailBox, uid: str) -> bytes:
    """Return a mail as it is on the server; BODY.PEEK leaves it unread (RFC 9051, 6.4.5)."""
    _, parts = box.client.uid("fetch", uid, "(BODY.PEEK[])")
    return next((part[1] for part in parts if isinstance(part, tuple)), b"")


@contextmanager
def _logged_in(source: MailboxSource, environment: Mapping[str, str]) -> Iterator[BaseMailBox]:
    import imaplib

    from imap_tools import ImapToolsError

    password = environment.get(source.password_env, "")
    if not password:
        raise SourceError(f"the environment variable {source.password_env} holds no password")
    try:
        box = _connected(source)
        try:
            box.login(source.username, password, None)
            box.folder.set(source.folder, readonly=True)  # so that nothing can be changed
            yield box
        finally:
            with suppress(OSError, imaplib.IMAP4.error):
                box.client.logout()
            with suppress(OSError):  # closed already, unless the server did not answer
                box.client.shutdown()
    except (ImapToolsError, imaplib.IMAP4.error) as error:
        raise SourceError(_failure_reason(source, error)) from None
    except OSError as error:
        why = error.strerror or "no answer in time"
        raise SourceError(f"{source.host} could not be reached: {why}") from None


def _connected(source: MailboxSource) -> BaseMailBox:
    from imap_tools import MailBox, MailBoxStartTls, MailBoxUnencrypted

    place = {"host": source.host, "port": source.port, "timeout": TIMEOUT}
    if source.security == "none":
        return MailBoxUnencrypted(**place)
    kind = MailBox if source.security == "tls" else MailBoxStartTls
    return kind(**place, ssl_context=_context(source))


def _context(source: MailboxSource) -> ssl.SSLContext:
    import ssl

    return ssl.create_default_context(cafile=source.ca_file)


def _failure_reason(source: MailboxSource, error: Exception) -> str:
    """Return why a server refused, without name and password."""
    from imap_tools import MailboxFolderSelectError, MailboxFolderStatusError, MailboxLoginError

    if isinstance(error, MailboxLoginError):
        return f"{source.host} refused user name and password"
    if isinstance(error, MailboxFolderSelectError | MailboxFolderStatusError):
        return f"{source.host} has no folder {source.folder} that can be read"
    return f"{source.host} answered with an error"


def _mail(url: str, content: bytes) -> Mail:
    return Mail(url, content, _day(content))


def _day(content: bytes) -> date | None:
    head = BytesHeaderParser().parsebytes(content[:65_536], headersonly=True)
    try:
        moment = parsedate_to_datetime(str(head["date"]))
    except (ValueError, TypeError):
        return None
    return (moment if moment.tzinfo is None else moment.astimezone(UTC)).date()
