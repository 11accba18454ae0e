"""One digest as mail: its bodies, no larger than its profile allows, and each message.

Pure: the same digest, profile and templates give the same bytes. Sends nothing and stores nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from digest.mail.fit import fit
from digest.model import EmailSettings
from digest.rendering.templates import Links

if TYPE_CHECKING:
    from datetime import datetime

    from digest.mail.mime import Message
    from digest.model import Digest, Mailbox, Profile
    from digest.model.lengths import Forms
    from digest.rendering.templates import Renderer


class Bodies(NamedTuple):
    """What a message says, twice over."""

    html: str
    text: str


class Letter:
    """A digest of `profile`, rendered once for all recipients who are shown the same links."""

    def __init__(self, renderer: Renderer, profile: Profile, digest: Digest) -> None:
        self._renderer = renderer
        self._profile = profile
        self._digest = digest
        self._settings = profile.email or EmailSettings(())
        self._bodies: dict[str | None, Bodies] = {}

    def bodies(self, recipient: Mailbox) -> Bodies:
        """Return HTML and text as `recipient` gets them."""
        stop = unsubscribe_link(self._profile, recipient) if self._profile.email else None
        if stop not in self._bodies:
            self._bodies[stop] = self._fitted(self._links(stop))
        return self._bodies[stop]

    def message(
        self, recipient: Mailbox, *, library_id: str, date: datetime | None = None, again: str = ""
    ) -> Message:
        """Return the message to `recipient`.

        `date` is the digest's own unless given. The Message-ID follows from the digest and the
        recipient, so that a message tried twice is one; `again` makes it another on purpose.
        """
        from digest.mail.mime import build_message, message_id, subject

        bodies = self.bodies(recipient)
        return build_message(
            digest_name=self._profile.title,
            subject=subject(self._settings.subject, self._digest),
            sender=self._settings.sender,
            recipient=recipient,
            date=date or self._digest.created,
            html=bodies.html,
            text=bodies.text,
            message_id=message_id(
                library_id=library_id,
                profile=self._profile.name,
                digest=f"{self._digest.name} {again}".rstrip(),
                recipient=recipient,
                sender=self._settings.sender,
            ),
            list_id=self._settings.list_id,
            list_unsubscribe=unsubscribe_link(self._profile, recipient),
        )

    def _fitted(self, links: Links) -> Bodies:
        """Render with the longest forms that stay under the profile's `max_bytes`."""
        from digest.mail.mime import encoded_size

        limit = self._settings.max_bytes
        rendered: tuple[Forms | None, Bodies] = (None, Bodies("", ""))

        def measure(forms: Forms) -> int:
            nonlocal rendered
            html = self._renderer.html(self._digest, links, forms)
            size = encoded_size(html)
            if size > limit:
                return size
            rendered = (forms, Bodies(html, self._renderer.text(self._digest, links, forms)))
            return max(size, encoded_size(rendered[1].text))

        forms = fit(self._digest, limit, measure)
        if rendered[0] != forms:
            rendered = (
                forms,
                Bodies(
                    self._renderer.html(self._digest, links, forms),
                    self._renderer.text(self._digest, links, forms),
                ),
            )
        return rendered[1]

    def _links(self, unsubscribe: str | None) -> Links:
        profile, digest = self._profile.name, self._digest.name
        archive = self._settings.archive
        return Links(
            archive=archive and _filled(archive, profile=profile, digest=digest),
            markdown=f"{profile}/{digest}.md" if "markdown" in self._profile.formats else None,
            unsubscribe=unsubscribe,
        )


def unsubscribe_link(profile: Profile, recipient: Mailbox) -> str:
    """Return the link that ends the mails of `profile` to `recipient`."""
    from digest.mail.mime import unsubscribe_uri

    settings = profile.email or EmailSettings(())
    if settings.unsubscribe is None:
        # The name, not the title: the header stays on a line of 78 octets.
        return unsubscribe_uri(settings.sender, profile.name)
    return _filled(settings.unsubscribe, profile=profile.name, to=recipient.address)


def _filled(template: str, **values: str) -> str:
    """Put values into the braces of a URI, percent-encoded (RFC 6570 section 3.2.2)."""
    for name, value in values.items():
        template = template.replace(f"{{{name}}}", quote(value, safe=""))
    return template
