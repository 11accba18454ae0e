"""Mails are found once, complete, and left unread."""

from __future__ import annotations

import mailbox
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from digest.errors import SourceError
from digest.model.sources import MailboxSource
from digest.sources.mailbox import mails
from tests.conftest import missing
from tests.sources.imap import PASSWORD, USER, dovecot, has_dovecot, small_server

if TYPE_CHECKING:
    from pathlib import Path

    from digest.sources.mailbox import Mail
    from tests.sources.imap import Server

NOW = datetime(2026, 1, 12, 7, tzinfo=UTC)


def mail(subject: str, day: str = "Mon, 5 Jan 2026 06:00:00 +0100") -> bytes:
    head = f"From: alerts@example.org\r\nSubject: {subject}\r\nDate: {day}\r\n"
    return f"{head}Message-ID: <{subject}@example.org>\r\n\r\nBody of {subject}.\r\n".encode()


TWO = (mail("one"), mail("two"))
OLD = mail("old", "Mon, 1 Dec 2025 06:00:00 +0100")


def look(source: MailboxSource, *known: str, password: str = PASSWORD) -> list[Mail]:
    environment = {"DIGEST_IMAP_PASSWORD": password}
    return list(mails(source, known=frozenset(known), now=NOW, environment=environment))


def subjects(mails: list[Mail]) -> list[str]:
    return [item.content.partition(b"Subject: ")[2][:3].decode() for item in mails]


# --- files


def test_a_maildir(tmp_path: Path) -> None:
    box = mailbox.Maildir(tmp_path / "box")
    for content in (*TWO, OLD):
        box.add(content)
    source = MailboxSource("alerts", maildir=tmp_path / "box")
    result = look(source)
    assert subjects(result) == ["one", "two"]
    assert result[0].received == date(2026, 1, 5)
    assert look(source, result[0].url) == result[1:]
    assert all(not message.get_flags() for message in box)  # still new, and unread
    assert len(list((tmp_path / "box/new").iterdir())) == 3


def test_an_mbox_from_which_mails_are_deleted(tmp_path: Path) -> None:
    path = tmp_path / "alerts.mbox"
    box = mailbox.mbox(path)
    keys = [box.add(content) for content in TWO]
    box.flush()
    source = MailboxSource("alerts", mbox=path)
    before = path.read_bytes()
    first, second = look(source)
    assert path.read_bytes() == before
    box.remove(keys[0])
    box.flush()
    box.close()
    assert look(source, first.url, second.url) == []


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ({"maildir": "nowhere"}, "is not a Maildir"),
        ({"mbox": "nowhere"}, "there is no file"),
    ],
)
def test_a_mailbox_that_is_not_there(source: dict[str, str], told: str, tmp_path: Path) -> None:
    paths = {key: tmp_path / value for key, value in source.items()}
    with pytest.raises(SourceError, match=told):
        look(MailboxSource("alerts", **paths))  # type: ignore[arg-type]


# --- a server


def on(server: Server, **more: object) -> MailboxSource:
    settings = {"host": "127.0.0.1", "port": server.port, "security": "none", "username": USER}
    return MailboxSource("alerts", **{**settings, **more})  # type: ignore[arg-type]


def test_a_server_is_only_read() -> None:
    with small_server(TWO) as server:
        result = look(on(server))
        assert [item.content for item in result] == list(TWO)
        assert result[0].url == "imap://127.0.0.1/INBOX;UIDVALIDITY=7/;UID=1"
        assert look(on(server), result[0].url) == result[1:]
    verbs = {command.split(" ")[0] for command in server.commands}
    assert verbs <= {"CAPABILITY", "LOGIN", "EXAMINE", "STATUS", "UID", "CLOSE", "LOGOUT"}
    assert "UID SEARCH" in " ".join(server.commands)
    assert all("PEEK" in command for command in server.commands if "UID fetch" in command)


@pytest.mark.parametrize(
    ("password", "more", "told"),
    [
        ("", {}, "DIGEST_IMAP_PASSWORD holds no password"),
        ("wrong", {}, "refused user name and password"),
        (PASSWORD, {"folder": "Nowhere"}, "has no folder Nowhere"),
        (PASSWORD, {"port": 9}, "could not be reached"),
    ],
)
def test_why_a_server_cannot_be_read(password: str, more: dict[str, object], told: str) -> None:
    with small_server(TWO) as server, pytest.raises(SourceError, match=told) as caught:
        look(on(server, **more), password=password)
    assert PASSWORD not in str(caught.value)


@pytest.mark.judges
def test_dovecot(tmp_path: Path) -> None:
    """A real server agrees: whole mails, none marked as read, old ones left alone."""
    if not has_dovecot():
        missing("dovecot")
    with dovecot(tmp_path, (*TWO, OLD)) as server:
        result = look(on(server))
        assert sorted(item.content for item in result) == sorted(TWO)
        assert look(on(server), *(item.url for item in result)) == []
        with pytest.raises(SourceError, match="has no folder Nowhere"):
            look(on(server, folder="Nowhere"))
        with pytest.raises(SourceError, match="refused user name and password"):
            look(on(server), password="wrong")
    assert [path.name.endswith(",") for path in (tmp_path / "mail/cur").iterdir()] == [True] * 3
