"""Encrypted mail with real certificates: only valid ones are accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from tests.pipeline.certificates import Authority
from tests.pipeline.mail_sink import MailSink
from tests.pipeline.test_mail import mailing, states

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator

    from tests.pipeline.world import World

HERE: Final = "DNS:localhost,IP:127.0.0.1"
SECURITY: Final = pytest.mark.parametrize("security", ["starttls", "tls"])
LOGIN: Final = ", username: anna"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("certificates") / "authority")


@pytest.fixture(scope="module")
def contexts(authority: Authority) -> dict[str, ssl.SSLContext]:
    """Return servers' certificates by what is wrong with them."""
    return {
        "good": authority.server("good", HERE),
        "expired": authority.server("expired", HERE, begin="20200101", end="20200201"),
        "other": authority.server("other", "DNS:mail.example.org"),
    }


@pytest.fixture
def sink() -> Iterator[MailSink]:
    with MailSink(users={"anna": "open sesame"}) as sink:
        yield sink


def encrypted(
    world: World, sink: MailSink, context: ssl.SSLContext | None, security: str, *, smtp: str
) -> None:
    """Configure TLS in server and config, with the right password."""
    sink.certificate = context
    sink.starttls = "220 go ahead" if security == "starttls" else None
    world.environment["DIGEST_SMTP_PASSWORD"] = "open sesame"
    settings = f", security: {security}{smtp}{LOGIN}"
    world.configure(mailing(sink.port, "a@example.org", "b@example.org", smtp=settings))


def assert_nothing_was_told(sink: MailSink) -> None:
    assert not {"AUTH", "MAIL", "RCPT", "DATA"} & set(sink.commands)
    assert sink.delivered == []


@SECURITY
def test_mail_goes_over_a_connection_that_is_trusted(
    world: World, sink: MailSink, authority: Authority, contexts: dict[str, ssl.SSLContext],
    security: str,
) -> None:  # fmt: skip
    encrypted(world, sink, contexts["good"], security, smtp=f", ca_file: {authority.file}")
    assert world.run().complete
    assert sink.recipients == ["a@example.org", "b@example.org"]
    assert sink.commands.count("AUTH") == 1
    greeting = ["EHLO", "STARTTLS"] if security == "starttls" else []
    assert sink.overheard == greeting, "everything else is encrypted"


@SECURITY
@pytest.mark.parametrize(
    ("certificate", "trusted", "reason"),
    [
        ("expired", True, "the server's certificate has expired"),
        ("other", True, "the server's certificate is for another name than 127.0.0.1; `host`"),
        ("good", False, "the server's certificate is not trusted here ("),
    ],
)
def test_a_certificate_that_is_not_right_gets_no_mail_and_no_password(
    world: World, sink: MailSink, authority: Authority, contexts: dict[str, ssl.SSLContext],
    *, security: str, certificate: str, reason: str, trusted: bool,
) -> None:  # fmt: skip
    smtp = f", ca_file: {authority.file}" if trusted else ""
    encrypted(world, sink, contexts[certificate], security, smtp=smtp)
    state, told = states(world.run())["a@example.org"]
    assert state == "waiting"
    assert told is not None
    place = f"127.0.0.1:{sink.port}"
    assert told.startswith(f"the encrypted connection to {place} failed: {reason}")
    assert world.pauses == [], "a pause makes no certificate better"
    assert_nothing_was_told(sink)


@SECURITY
def test_a_server_that_cannot_encrypt_is_told_nothing(
    world: World, sink: MailSink, authority: Authority, security: str
) -> None:
    encrypted(world, sink, None, security, smtp=f", ca_file: {authority.file}")
    sink.starttls = None
    state, told = states(world.run())["a@example.org"]
    assert state == "waiting"
    assert told is not None
    assert ("does not offer" if security == "starttls" else "the port may not speak TLS") in told
    assert_nothing_was_told(sink)


@SECURITY
def test_a_login_that_is_refused_sends_nothing(
    world: World, sink: MailSink, authority: Authority, contexts: dict[str, ssl.SSLContext],
    security: str,
) -> None:  # fmt: skip
    encrypted(world, sink, contexts["good"], security, smtp=f", ca_file: {authority.file}")
    world.environment["DIGEST_SMTP_PASSWORD"] = "close sesame"
    state, told = states(world.run())["a@example.org"]
    assert state == "waiting"
    assert told is not None
    assert "does not accept the user 'anna' with the password in DIGEST_SMTP_PASSWORD" in told
    assert (sink.commands.count("AUTH"), sink.delivered) == (1, [])
    world.environment["DIGEST_SMTP_PASSWORD"] = "open sesame"
    assert world.run().complete
    assert sink.recipients == ["a@example.org", "b@example.org"]
