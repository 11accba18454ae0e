"""Send messages through a mail server.

A mail counts as sent when the server has answered 250. Every other answer raises an error whose
type says whether a later attempt makes sense; `digest.pipeline.outbox` decides when to try again.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from digest.delivery.failures import PermanentError
from digest.errors import DeliveryError

if TYPE_CHECKING:
    import smtplib
    import ssl
    from collections.abc import Mapping

    from digest.model import SmtpSettings


BREAKS = 3
"""Number of consecutive broken connections after which the server counts as broken."""

NOT_LOGGED_IN = 530
"""The server requires a login (RFC 4954 section 6): all messages fail, not only this one."""


class UnreachableError(DeliveryError):
    """The mail server cannot be used now; other messages need not be tried."""


class SettingsError(UnreachableError):
    """The server accepts nothing with these settings: a person has to correct them."""


class Mailer:
    """One connection to the mail server, opened when first needed and used for all messages."""

    def __init__(self, settings: SmtpSettings, environment: Mapping[str, str]) -> None:
        self._settings = settings
        self._environment = environment
        self._server: smtplib.SMTP | None = None
        self._breaks = 0

    def send(self, sender: str, recipient: str, message: bytes) -> None:
        """Send one message; both addresses without names.

        Raises `PermanentError` if the server will never accept it, `UnreachableError` if it accepts
        nothing now, and `DeliveryError` if this message may succeed later.
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
            if error.smtp_code == NOT_LOGGED_IN:
                raise SettingsError(str(_refused(error.smtp_code, error.smtp_error))) from error
            raise _refused(error.smtp_code, error.smtp_error) from error
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            self._breaks += 1
            reason = f"the connection to the mail server broke: {self._cause(error)}"
            # One message may break it; several in a row mean that each would wait for nothing.
            if self._breaks >= BREAKS:
                raise UnreachableError(reason) from error
            raise DeliveryError(reason) from error
        self._breaks = 0

    def close(self) -> None:
        """End the connection, with QUIT if possible."""
        if self._server is not None:
            with suppress(Exception):
                self._server.quit()
        self._drop()

    def _drop(self) -> None:
        """Close the connection without QUIT: a server that does not answer would cost a timeout."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def _reset(self) -> None:
        """Prepare the connection for the next message, or drop it."""
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
            # Here, because `sendmail` would take a refusal of the greeting for one of its message.
            self._server.ehlo_or_helo_if_needed()
            self._log_in(self._server)
        except UnreachableError:
            self.close()
            raise
        except smtplib.SMTPAuthenticationError as error:
            self.close()
            kind = UnreachableError if error.smtp_code < 500 else SettingsError
            raise kind(
                f"{place} does not accept the user {settings.username!r} with the password in "
                f"{settings.password_env}: {_words(error.smtp_error)}"
            ) from error
        except smtplib.SMTPNotSupportedError as error:
            self.close()
            raise SettingsError(
                f"{place} does not offer what the config asks for ({error}); "
                "nothing is ever sent without it"
            ) from error
        except ssl.SSLError as error:
            self._drop()
            raise SettingsError(
                f"the encrypted connection to {place} failed: {_fault(error, settings)}"
            ) from error
        except smtplib.SMTPResponseException as error:
            self.close()
            words = _words(error.smtp_error)
            raise UnreachableError(f"{place} answered {error.smtp_code} {words}") from error
        except UnicodeError as error:  # a name that DNS cannot contain
            self._drop()
            raise SettingsError(f"{place} cannot be used: {error}") from error
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise UnreachableError(f"{place} cannot be used: {self._cause(error)}") from error
        return self._server

    def _cause(self, error: Exception) -> str:
        """Return why a connection broke; `smtplib` hides a timeout behind a closed connection."""
        if any(isinstance(cause, TimeoutError) for cause in (error, error.__context__)):
            return f"no answer within {self._settings.timeout:g} seconds"
        return str(error)

    def _open(self) -> smtplib.SMTP:
        import socket

        from digest.delivery.smtp_connection import Connection, EncryptedConnection

        settings = self._settings
        # The host's short name: asking DNS for the full one can take many seconds.
        name = socket.gethostname() or "localhost"
        if settings.security == "tls":
            return EncryptedConnection(
                settings.host,
                settings.port,
                local_hostname=name,
                timeout=settings.timeout,
                context=self._tls(),
            )
        server = Connection(
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

        file = self._settings.ca_file
        try:
            return ssl.create_default_context(cafile=file)
        except OSError as error:
            # An SSLError, too, is an OSError: a file without a certificate in it.
            raise SettingsError(
                f"the certificates in {file} cannot be read: {error.strerror or error}"
            ) from error

    def _log_in(self, server: smtplib.SMTP) -> None:
        settings = self._settings
        if not settings.username:
            return
        password = self._environment.get(settings.password_env)
        if password is None:
            raise SettingsError(
                f"the environment variable {settings.password_env}, which should hold the "
                f"password of the mail user {settings.username!r}, is not set"
            )
        if not (settings.username + password).isascii():
            raise SettingsError(
                f"the mail user {settings.username!r} or the password in {settings.password_env} "
                "has other characters than ASCII, which this program cannot log in with"
            )
        server.login(settings.username, password)


_EXPIRED, _OTHER_NAMES = 10, (62, 64)
"""Numbers of OpenSSL (X509_verify_cert_error_string(3)): expired; for another host or address."""


def _fault(error: ssl.SSLError, settings: SmtpSettings) -> str:
    """Explain the error, with the key of the config that it concerns."""
    code = getattr(error, "verify_code", None)
    if code is None:
        reason = (error.reason or str(error)).replace("_", " ").lower()
        return f"{reason}; the port may not speak TLS as `security: {settings.security}` has it"
    if code == _EXPIRED:
        return "the server's certificate has expired"
    if code in _OTHER_NAMES:
        return (
            f"the server's certificate is for another name than {settings.host}; `host` under smtp "
            "must be the name in it"
        )
    return (
        "the server's certificate is not trusted here "
        f"({getattr(error, 'verify_message', '')}); see `ca_file` under smtp"
    )


def _refused(code: int, answer: bytes | str) -> DeliveryError:
    reason = f"the mail server answered {code} {_words(answer)}".rstrip()
    return PermanentError(reason) if 500 <= code < 600 else DeliveryError(reason)


def _words(answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return " ".join(text.split())[:200]
