"""A digest as a short message of plain text, within a service's limit.

The message is cut between two papers, and says how many are missing. Pure: the same digest,
template and room give the same text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from digest.model.channels import Notification
from digest.rendering.escape import chat_text
from digest.text.one_line import shortened
from digest.wording.languages import words_in

if TYPE_CHECKING:
    from digest.model import Digest
    from digest.model.channels import NotifySettings, Room
    from digest.rendering.templates import Links, Renderer

_TITLE: Final = 120
"""Maximum length of the title, above the message or in its first line."""
_AROUND: Final = 16
"""Characters that a service without titles puts around the title."""


def notification(
    renderer: Renderer, digest: Digest, settings: NotifySettings, room: Room, links: Links
) -> Notification:
    """Return the message of a digest: as many papers as fit, best first.

    Raises `TemplateError`.
    """
    papers = (*digest.best, *digest.news, *digest.listed)
    day = words_in(digest.language).day(digest.day)
    title = chat_text(shortened(f"{digest.title} · {day}", _TITLE))
    space = room.limit - room.size(title) - _AROUND

    def body(count: int) -> str:
        more = len(papers) - count
        text = renderer.notification(settings.template, digest, papers[:count], more, links)
        return text.strip()

    text = body(len(papers))
    if room.size(text) <= space:
        return Notification(title, text)
    fits, too_many = 0, len(papers)
    while too_many - fits > 1:
        middle = (fits + too_many) // 2
        if room.size(body(middle)) <= space:
            fits = middle
        else:
            too_many = middle
    return Notification(title, _cut(body(fits), replace(room, limit=space)))


def _cut(text: str, room: Room) -> str:
    """Cut a text that is too long even without papers."""
    while room.size(text) > room.limit:
        text = shortened(text, max(2, len(text) * room.limit // room.size(text)))
    return text
