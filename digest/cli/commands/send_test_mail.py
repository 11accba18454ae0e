"""`digest test-mail`: test the mail settings, and say in plain words what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from digest.cli.commands._options import DONE, FAILED, mail_address, one_profile, read_config
from digest.errors import DeliveryError, UsageError
from digest.model import EmailSettings

if TYPE_CHECKING:
    import argparse
    from datetime import datetime
    from pathlib import Path

    from digest.cli.commands._options import Context
    from digest.mail.mime import Message
    from digest.model import Mailbox, Profile, SmtpSettings

EXAMPLES = """\
  digest test-mail daily                        a small message to the first of its addresses
  digest test-mail daily --to you@example.org   to another one"""

_PAGE: Final = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="color-scheme" content="light dark">
<title>A test</title>
</head>
<body><p>{}</p></body>
</html>
"""
_SECURITY: Final = {
    "none": "not encrypted",
    "starttls": "encrypted by STARTTLS, its certificate checked",
    "tls": "encrypted by TLS, its certificate checked",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `digest test-mail`."""
    parser.add_argument("profile", nargs="?", metavar="PROFILE", help="needed if there are several")
    parser.add_argument(
        "--to", type=mail_address, metavar="ADDRESS", help="default: the profile's first address"
    )


def execute(arguments: argparse.Namespace, context: Context) -> int:
    """Send a small message and report the server's answer."""
    config = read_config(arguments)
    profile = one_profile(config, arguments.profile)
    recipients = (arguments.to,) if arguments.to else profile.email.to if profile.email else ()
    if not recipients:
        raise UsageError(
            f"the profile {profile.name!r} has no recipient in {config.path}; "
            "add one under `email`, or use --to"
        )
    recipient = recipients[0]
    message = _message(profile, recipient, context.clock())
    if profile.email and profile.email.maildir:
        return _leave(profile.email.maildir, message, context)
    return _hand_over(config.smtp, profile, message, context)


def _hand_over(smtp: SmtpSettings, profile: Profile, message: Message, context: Context) -> int:
    """Send the message to the server; report the error if it is refused."""
    from digest.delivery.smtp import Mailer

    console = context.console
    sender = (profile.email or EmailSettings(())).sender.address
    recipient = message.recipient.address
    place = f"{smtp.host}:{smtp.port}"
    console.note(f"{place}, {_SECURITY[smtp.security]}, {_login(smtp)}")
    console.note(f"from {sender} to {recipient}")
    mailer = Mailer(smtp, context.environment)
    try:
        mailer.send(sender, recipient, message.content)
    except DeliveryError as error:
        console.problem(f"digest: {error}")
        if advice := advise(error, smtp):
            console.problem(f"digest: {advice}")
        return FAILED
    finally:
        mailer.close()
    console.result(
        f"{place} took the message for {recipient}. Is it not in the inbox within minutes, "
        "look among the unwanted mail."
    )
    return DONE


def _leave(maildir: Path, message: Message, context: Context) -> int:
    """Put the message into the profile's Maildir; raise `DeliveryError` if that fails."""
    from digest.delivery.maildir import write_to_maildir

    write_to_maildir(maildir, message.message_id, message.content)
    context.console.result(f"The message is in the Maildir {maildir}.")
    return DONE


def _message(profile: Profile, recipient: Mailbox, now: datetime) -> Message:
    """Return a small message with the same headers as a digest's."""
    from html import escape

    from digest.mail.letter import unsubscribe_link
    from digest.mail.mime import build_message, message_id

    settings = profile.email or EmailSettings(())
    words = (
        f"This is a test of the mail settings of “{profile.title}”, sent by digest test-mail. "
        "That you read it means that they work."
    )
    identifier = message_id(
        library_id="",
        profile=profile.name,
        digest=f"test {now.isoformat()}",
        recipient=recipient,
        sender=settings.sender,
    )
    return build_message(
        digest_name=profile.title,
        subject=f"{profile.title}: a test",
        sender=settings.sender,
        recipient=recipient,
        date=now.astimezone(profile.timezone).replace(microsecond=0),
        html=_PAGE.format(escape(words)),
        text=f"{words}\n",
        message_id=identifier,
        list_id=settings.list_id,
        list_unsubscribe=unsubscribe_link(profile, recipient),
    )


def _login(smtp: SmtpSettings) -> str:
    if not smtp.username:
        return "without login"
    return f"as {smtp.username}, with the password in {smtp.password_env}"


def advise(error: DeliveryError, smtp: SmtpSettings) -> str:
    """Return what to check first after an error; empty if the error says it."""
    cause = error.__cause__
    # A timeout is the real cause: smtplib reports it as a closed connection.
    causes = cause, cause.__context__ if cause else None
    for kind, security, advice in _advice():
        if any(isinstance(cause, kind) for cause in causes) and smtp.security in security:
            return advice.format(host=smtp.host, port=smtp.port, seconds=smtp.timeout)
    return ""


def _advice() -> tuple[tuple[type[BaseException], tuple[str, ...], str], ...]:
    """Return causes, the kinds of security they apply to, and advice; the first match counts."""
    import smtplib
    import socket
    import ssl

    any_security = tuple(_SECURITY)
    return (
        (
            ConnectionRefusedError, any_security,
            ("Nothing answers at port {port} of {host}: does the server run, and is the port right"
            " (mostly 587 with starttls, 465 with tls)?"),
        ),
        (
            socket.gaierror, any_security,
            "There is no host {host}, or no network: see `host` under smtp.",
        ),
        (ssl.SSLCertVerificationError, any_security, ""),  # the error itself says what to do
        (
            ssl.SSLError, ("tls",),
            "Mostly port 465 speaks TLS from the start; for port 587 try `security: starttls`.",
        ),
        (
            TimeoutError, any_security,
            ("No answer within {seconds:g} seconds: a firewall may block it, or the port"
            " needs another `security` (465: tls; 587: starttls)."),
        ),
        (
            smtplib.SMTPServerDisconnected, ("none", "starttls"),
            "The server hung up: at port 465 it wants `security: tls`.",
        ),
        (
            smtplib.SMTPAuthenticationError, any_security,
            "Many providers want a password made for programs (an app password) here.",
        ),
        (
            smtplib.SMTPNotSupportedError, ("none",),
            ("The server may offer a login only once the connection is encrypted: try"
            " `security: starttls`."),
        ),
        (
            smtplib.SMTPNotSupportedError, ("starttls",),
            "The server may speak TLS at another port: try `security: tls` and port 465.",
        ),
        (
            smtplib.SMTPSenderRefused, any_security,
            "The server does not let this sender pass: see `from` under email.",
        ),
        (
            smtplib.SMTPRecipientsRefused, any_security,
            ("The server takes no mail for this address, or none without login: see `to` under"
            " email, and `username` under smtp."),
        ),
    )  # fmt: skip
