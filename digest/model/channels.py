"""The channels of a profile besides mail: services that show messages, and users' programs."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

NOTIFICATION: Final = "notification.txt.j2"
"""The project's template of a message."""


class NotifySettings(Struct, frozen=True):
    """A chat, a phone or another service that shows a digest as a short message, by Apprise."""

    name: str
    """Its name in reports; never an address."""
    url_env: str
    """Name of the environment variable that holds Apprise's URL, which has secrets in it."""
    template: str = NOTIFICATION
    """File in the profile's folder of templates, or the project's."""
    limit: int | None = None
    """Maximum length of a message; None: the service's limit."""
    when_empty: bool = False


class WebhookSettings(Struct, frozen=True):
    """A program that gets each digest as JSON."""

    name: str
    """Its name in reports; never an address."""
    url: str = ""
    url_env: str = ""
    """Name of the environment variable with the URL, if that contains secrets."""
    secret_env: str = ""
    """Name of the environment variable that holds the key of the signature; empty: not signed."""
    when_empty: bool = True


class Room(Struct, frozen=True):
    """The maximum length of a message for one service."""

    limit: int
    in_bytes: bool = False
    """Whether the limit counts bytes of UTF-8, not characters (units of UTF-16)."""

    def size(self, text: str) -> int:
        """Return how much of the limit `text` takes."""
        if self.in_bytes:
            return len(text.encode("utf-8", "surrogatepass"))
        return len(text.encode("utf-16-le", "surrogatepass")) // 2


SMALL_ROOM: Final = Room(2_000)
"""The limit of nearly every service, also of unknown ones."""


class Notification(Struct, frozen=True):
    """A digest as a short message of plain text."""

    title: str
    body: str
