"""The mail as parsed by Python's parser with its strict policy."""

from __future__ import annotations

import email
import re
from datetime import UTC, datetime
from email import policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from digest.errors import ConfigError, DeliveryError
from digest.mail.mime import (
    build_message,
    check_subject,
    header_text,
    message_id,
    subject,
)
from digest.model import Mailbox
from digest.rendering.templates import Renderer
from digest.text.one_line import one_line
from tests.rendering.builders import CREATED, digest, empty, entry, full, many, marked

if TYPE_CHECKING:
    from collections.abc import Callable

MESSAGE_ID = "<0123456789abcdef@example.org>"


def build(**changes: Any) -> bytes:
    fields: dict[str, Any] = {
        "digest_name": "My reading list",
        "subject": "My reading list: 5 papers",
        "sender": "digest@example.org",
        "recipient": "you@example.org",
        "date": CREATED,
        "html": "<!doctype html><p>Hello — ünïcode</p>\n",
        "text": "Hello — ünïcode\n",
        "message_id": MESSAGE_ID,
    }
    fields |= changes
    for name in ("sender", "recipient"):
        fields[name] = Mailbox.parse(fields[name])
    return build_message(**fields).content


def parse(raw: bytes) -> EmailMessage:
    """Parse as strictly as Python can: a defect is an exception."""
    message = email.message_from_bytes(raw, policy=policy.strict + policy.SMTP)
    assert isinstance(message, EmailMessage)
    for part in message.walk():
        assert not part.defects
        for value in part.values():
            assert not getattr(value, "defects", ())
    return message


def content(part: Any) -> str:
    """Return the text of a part with the line ends of a file."""
    assert isinstance(part, EmailMessage)
    text: str = part.get_content()
    return text.replace("\r\n", "\n")


def raw_header(raw: bytes, name: str) -> str:
    """Return a header's value undecoded and unfolded."""
    return str(email.message_from_bytes(raw, policy=policy.compat32)[name]).replace("\r\n", "")


def assert_sound(raw: bytes) -> None:
    """Assert what RFC 5322 section 2.1.1 and RFC 5321 say of lines."""
    assert raw.endswith(b"\r\n")
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n|\0", raw)
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert raw.isascii()


def test_a_message_has_the_text_first_and_the_html_as_its_alternative() -> None:
    raw = build()
    assert_sound(raw)
    message = parse(raw)
    assert message.get_content_type() == "multipart/alternative"
    parts = [part for part in message.iter_parts() if isinstance(part, EmailMessage)]
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    assert content(parts[0]) == "Hello — ünïcode\n"
    assert content(parts[1]) == "<!doctype html><p>Hello — ünïcode</p>\n"


def test_the_header_says_who_when_and_how_to_stop() -> None:
    message = parse(build())
    assert message["From"] == "My reading list <digest@example.org>"
    assert message["To"] == "you@example.org"
    assert message["Date"].datetime == CREATED
    assert message["Message-ID"] == MESSAGE_ID
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Id"] == "<my-reading-list.example.org>"
    assert (
        message["List-Unsubscribe"]
        == "<mailto:digest@example.org?subject=unsubscribe%20My%20reading%20list>"
    )


def test_an_https_address_for_unsubscribing_is_offered_for_one_click() -> None:
    url = "https://example.org/stop?" + "x" * 200
    raw = build(list_unsubscribe=url, list_id="daily.example.org")
    assert f"\r\nList-Unsubscribe: <{url}>\r\n".encode() in raw
    message = parse(raw)
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Id"] == "<daily.example.org>"


def test_golden(golden: Callable[[str, str], None]) -> None:
    raw = build(subject="Scaling laws für alle: 5 papers, and one of them has a title that folds")
    golden("message.eml", raw.decode().replace("\r\n", "\n"))


def test_the_same_message_has_the_same_bytes() -> None:
    assert build() == build()


def test_whole_digests_make_sound_messages() -> None:
    renderer = Renderer()
    for shown in (full(), empty(), many(60)):
        raw = build(html=renderer.html(shown), text=renderer.text(shown))
        assert_sound(raw)
        assert content(parse(raw).get_body(("html",))) == renderer.html(shown)


@pytest.mark.parametrize("text", ["中文" * 2000, "a" * 5000, "--=_x\n.\n..\nFrom me\n", ""])
def test_any_body_survives(text: str) -> None:
    raw = build(text=text, html=text)
    assert_sound(raw)
    assert content(parse(raw).get_body(("plain",))).rstrip("\n") == text.rstrip("\n")


# --- header injection ----------------------------------------------------------------------------


@given(
    st.text(st.characters(codec="utf-8"), max_size=150)
    | st.text(st.characters(codec="ascii"), max_size=250)
)
@example("Deep nets\r\nBcc: evil@example.com")
@example("Deep nets\nX-Injected: 1\n\n<b>body</b>")
@example("=?utf-8?q?x=0d=0aBcc:_evil@example.com?=")
@example("=?utf-8?b?DQpCY2M6IGV2aWxAZXhhbXBsZS5jb20=?= café")
@example("==??utf-8?q?x=0d=0aBcc:_evil@example.com?=")
@example('Eve" <eve@evil.example>, "Bob')
@example("é " * 60)
@example("a" * 120)
@example("isolate \u2066left\u2069 \u202egnp.exe")
def test_no_text_in_a_subject_or_name_becomes_another_header(text: str) -> None:
    raw = build(subject=text, digest_name=text)
    assert_sound(raw)
    message = parse(raw)
    assert sorted(message.keys()) == sorted(parse(build()).keys())
    assert str(message["Subject"]) == header_text(text)
    (sender,) = message["From"].addresses
    assert sender.addr_spec == "digest@example.org"
    # Not the display name: in 3.11 it has a space where two encoded words meet in a phrase.
    shown = str(make_header(decode_header(raw_header(raw, "From"))))
    assert parseaddr(shown)[0] == header_text(text) or f"{header_text(text)} <" in shown


def test_header_text_shows_the_same_but_is_no_encoded_word() -> None:
    assert header_text("=?utf-8?q?x?=") == "=\u200b?utf-8?q?x?="
    assert header_text("a\r\n b\x00") == "a b"
    assert header_text("x" * 500) == "x" * 199 + "…"


# --- identifiers -------------------------------------------------------------------


def test_an_unsubscribe_address_that_no_client_could_use_is_told() -> None:
    for uri in ("http://example.org/", "https://example.org/ x", "https://example.org/>\r\nX: y"):
        with pytest.raises(DeliveryError, match="List-Unsubscribe"):
            build(list_unsubscribe=uri)


def test_a_message_id_is_of_one_digest_to_one_recipient_and_does_not_change() -> None:
    base = {
        "library_id": "a1", "profile": "daily", "digest": "2026-01-05",
        "recipient": "you@example.org", "sender": "digest@example.org",
    }  # fmt: skip

    def identify(**changes: str) -> str:
        fields: dict[str, Any] = base | changes
        for name in ("sender", "recipient"):
            fields[name] = Mailbox.parse(fields[name])
        return message_id(**fields)

    first = identify()
    assert first == identify()
    assert re.fullmatch(r"<[0-9a-f]{40}@example\.org>", first)
    others = {identify(**{key: "x@y.example"}) for key in base}
    assert len({first, *others}) == 6


# --- subjects ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("template", "count", "expected"),
    [
        ("{title}: {count} papers", 5, "Papers for Monday’s reading group: 5 papers"),
        ("{title}: {count} papers", 1, "Papers for Monday’s reading group: 1 paper"),
        ("{title}: {count} papers", 0, "Papers for Monday’s reading group: 0 papers"),
        ("{count} new papers for {profile}", 1, "1 new paper for daily"),
        ("{day} {{x}}", 1, "Monday 5 January 2026 {x}"),
        ("{top}", 0, "0 of today’s 433 papers match your rules."),
        ("Papers", 2, "Papers"),
    ],
)
def test_subjects(template: str, count: int, expected: str) -> None:
    assert subject(template, many(count)) == expected


def test_a_title_in_a_subject_is_not_a_template() -> None:
    hostile = digest([entry(1, title=marked("{count} {0.__class__} =?x?q?y?="))])
    assert subject("{top}", hostile) == "{count} {0.__class__} =\u200b?x?q?y?="
    assert one_line(subject("{top}", hostile)) == subject("{top}", hostile)


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{titel}", r"did you mean \{title\}\?"),
        ("{title.__class__}", r"\{title.__class__\}"),
        ("{title!r}", "not known"),
        ("{count:05}", "not known"),
        ("{}", "known: {title}"),
        ("{title", "a brace too many or too few"),
        ("title}", "a brace too many or too few"),
    ],
)
def test_a_subject_that_asks_for_the_unknown_is_an_error(template: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        check_subject(template)


def test_dates_keep_their_zone() -> None:
    assert (
        parse(build(date=datetime(2026, 7, 1, 7, tzinfo=UTC)))["Date"].datetime.tzinfo is not None
    )
