"""Bring renderings to their places: files under the output folder, messages to a mail server.

A file appears whole or not at all. A mail counts as sent when the server has answered 250; every
other end of a try says whether a later one makes sense. What is tried when, and what becomes of
it, is `digest.dispatch`'s business.
"""

from __future__ import annotations

import os
import socket
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from digest.errors import DeliveryError

if TYPE_CHECKING:
    import smtplib
    import ssl
    from collections.abc import Mapping

    from digest.model import SmtpSettings


class PermanentError(DeliveryError):
    """The place will never take this: trying again is a person's decision."""


class UnreachableError(DeliveryError):
    """The mail server as a whole cannot be used now; other messages need not try."""


def write_file(folder: Path, target: str, content: bytes) -> None:
    """Write `content` to `target` under `folder`, replacing what is there; raise `DeliveryError`.

    Written beside its place, forced to the disk, then renamed: a reader, or a crash, meets the
    old file or the new one and nothing between.
    """
    path = folder / target
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_file() and path.read_bytes() == content:
            return  # its date stays, and so do the caches of those who poll it
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(0o666 & ~_umask())
            Path(name).replace(path)
        except BaseException:
            with suppress(OSError):
                Path(name).unlink()
            raise
    except OSError as error:
        raise DeliveryError(f"{path} cannot be written: {error.strerror}") from error


def _umask() -> int:
    """Return the process's mask for new files, which `mkstemp` does not apply."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


class Mailer:
    """One connection to the mail server, opened when first needed and used for all messages."""

    def __init__(self, settings: SmtpSettings, environment: Mapping[str, str]) -> None:
        self._settings = settings
        self._environment = environment
        self._server: smtplib.SMTP | None = None

    def send(self, sender: str, recipient: str, message: bytes) -> None:
        """Hand one message over; both addresses without names.

        Raises `PermanentError` where the server will never take it, `UnreachableError` where it
        takes nothing now, and `DeliveryError` where this message may pass later.
        """
        import smtplib

        server = self._connected()
        try:
            server.sendmail(sender, [recipient], message)
        except smtplib.SMTPRecipientsRefused as error:
            self._reset()
            raise _refused(*error.recipients[recipient]) from error
        except smtplib.SMTPResponseException as error:
            self._reset()
            raise _refused(error.smtp_code, error.smtp_error) from error
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise DeliveryError(f"the connection to the mail server broke: {error}") from error

    def close(self) -> None:
        """End the connection, politely where that is possible."""
        if self._server is not None:
            server, self._server = self._server, None
            with suppress(Exception):
                server.quit()
            server.close()

    def _reset(self) -> None:
        """Make the connection fit for the next message, or drop it."""
        if self._server is not None:
            try:
                self._server.rset()
            except Exception:  # noqa: BLE001 - whatever is wrong with it, a new one is opened
                self.close()

    def _connected(self) -> smtplib.SMTP:
        import smtplib
        import ssl

        if self._server is not None:
            return self._server
        settings = self._settings
        place = f"{settings.host}:{settings.port}"
        try:
            self._server = self._open()
            self._log_in(self._server)
        except UnreachableError:
            self.close()
            raise
        except smtplib.SMTPAuthenticationError as error:
            self.close()
            raise UnreachableError(
                f"{place} does not accept the user {settings.username!r} with the password in "
                f"{settings.password_env}: {_words(error.smtp_error)}"
            ) from error
        except smtplib.SMTPNotSupportedError as error:
            self.close()
            raise UnreachableError(
                f"{place} does not offer what the config asks for ({error}); "
                "nothing is ever sent without it"
            ) from error
        except ssl.SSLError as error:
            self.close()
            raise UnreachableError(
                f"the encrypted connection to {place} failed: {error.reason or error}; "
                "see `security` and `ca_file` under smtp"
            ) from error
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise UnreachableError(f"{place} cannot be reached: {error}") from error
        return self._server

    def _open(self) -> smtplib.SMTP:
        import smtplib

        settings = self._settings
        # The host's plain name: asking DNS for the full one can take many seconds.
        name = socket.gethostname() or "localhost"
        if settings.security == "tls":
            return smtplib.SMTP_SSL(
                settings.host,
                settings.port,
                local_hostname=name,
                timeout=settings.timeout,
                context=self._tls(),
            )
        server = smtplib.SMTP(
            settings.host, settings.port, local_hostname=name, timeout=settings.timeout
        )
        if settings.security == "starttls":
            try:
                server.starttls(context=self._tls())
            except BaseException:
                server.close()
                raise
        return server

    def _tls(self) -> ssl.SSLContext:
        import ssl

        return ssl.create_default_context(cafile=self._settings.ca_file)

    def _log_in(self, server: smtplib.SMTP) -> None:
        settings = self._settings
        if not settings.username:
            return
        password = self._environment.get(settings.password_env)
        if password is None:
            raise UnreachableError(
                f"the environment variable {settings.password_env}, which should hold the "
                f"password of the mail user {settings.username!r}, is not set"
            )
        server.login(settings.username, password)


def _refused(code: int, answer: bytes | str) -> DeliveryError:
    reason = f"the mail server answered {code} {_words(answer)}".rstrip()
    return PermanentError(reason) if 500 <= code < 600 else DeliveryError(reason)


def _words(answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return " ".join(text.split())[:200]
