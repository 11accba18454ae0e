"""One digest as mail: its bodies, within the profile's limit, and each message.

Pure: the same digest, profile, key and templates give the same bytes. It sends and stores nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import quote

from digest.mail.fit import counted_only, fit
from digest.model import EmailSettings
from digest.model.lengths import Forms, named_carried_over
from digest.rendering.templates import Links

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from digest.mail.mime import Message, Size
    from digest.mail.personal import PersonalLinks
    from digest.model import Digest, Mailbox, Profile
    from digest.model.lengths import Form
    from digest.rendering.papers import Papers
    from digest.rendering.templates import Renderer


MOST_TRIES: Final = 6
"""Renderings of a mail that is too large; the last one holds no papers."""
MANY: Final = 20
"""Papers from which on it pays to measure them before the mail is rendered."""
_SHOWN: Final[tuple[Form, ...]] = ("full", "short", "line")
HEADING_BYTES: Final = 430
"""Approximate size of a section's heading and of the line that counts its other papers."""


class Bodies(NamedTuple):
    """The two bodies of a message."""

    html: str
    text: str


class Letter:
    """A digest of `profile`, rendered once for all recipients with the same kinds of links."""

    def __init__(
        self,
        renderer: Renderer,
        profile: Profile,
        digest: Digest,
        *,
        personal: PersonalLinks | None = None,
        page: str | None = None,
    ) -> None:
        """`personal` makes the links that only one recipient may use, if there are any.

        `page` is the URL of the whole digest, unless the profile's `archive` names another.
        """
        self._renderer = renderer
        self._profile = profile
        self._digest = digest
        self._settings = profile.email or EmailSettings(())
        self._page = page
        self._bodies: dict[tuple[str | None, bool], Bodies] = {}
        self._personal = None if personal is None else personal.of(profile, digest)

    def bodies(self, recipient: Mailbox, *, signed: bool = True) -> Bodies:
        """Return HTML and text for `recipient`; without `signed`, links as in a file."""
        personal = self._personal if signed else None
        acts = personal is not None and personal.acts(recipient)
        stops = personal is not None and personal.stops(recipient)
        stop: str | None = None
        if personal is not None and stops:
            stop = personal.stop_marker
        elif self._profile.email:
            stop = unsubscribe_link(self._profile, recipient)
        if (stop, acts) not in self._bodies:
            actions = personal.actions if personal is not None and acts else {}
            papers = self._renderer.papers(self._digest, actions)
            self._bodies[stop, acts] = self._fitted(self._links(stop), papers)
        bodies = self._bodies[stop, acts]
        if personal is None or not (acts or stops):
            return bodies
        return Bodies(*personal.addressed(bodies, recipient))

    def message(
        self,
        recipient: Mailbox,
        *,
        library_id: str,
        date: datetime | None = None,
        repetition: str = "",
        signed: bool = True,
    ) -> Message:
        """Return the message to `recipient`.

        `date` is the digest's own unless given. The Message-ID follows from the digest and the
        recipient, so that every attempt has the same; `repetition` makes a different one on
        purpose.
        """
        from digest.mail.mime import build_message, message_id, subject

        bodies = self.bodies(recipient, signed=signed)
        stop, stop_mail = self._stop_links(recipient, signed=signed)
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
                digest=f"{self._digest.name} {repetition}".rstrip(),
                recipient=recipient,
                sender=self._settings.sender,
            ),
            list_id=self._settings.list_id,
            list_unsubscribe=stop,
            unsubscribe_mail=stop_mail,
        )

    def _stop_links(self, recipient: Mailbox, *, signed: bool) -> tuple[str, str | None]:
        """Return the unsubscribe link, and a mail address that unsubscribes too."""
        if signed and self._personal is not None and self._personal.stops(recipient):
            return self._personal.stop_links(recipient)
        return unsubscribe_link(self._profile, recipient), None

    def _fitted(self, links: Links, papers: Papers) -> Bodies:
        """Render with the longest forms within the profile's `max_bytes`.

        Papers are measured one by one and their sizes added up, so that the whole is rendered only
        a few times. Rendering shows what a template adds around them; the excess is then subtracted
        from the space for papers.
        """
        from digest.mail.mime import encoded_size

        limit = self._settings.max_bytes
        if not self._is_too_large(papers, limit):
            # Mostly the HTML is the larger one: if it is too large, the text is not rendered.
            html = self._renderer.html(self._digest, links, Forms(), papers)
            if encoded_size(html) <= limit:
                text = self._renderer.text(self._digest, links, Forms(), papers)
                if encoded_size(text) <= limit:
                    return Bodies(html, text)
        sizes = self._sizes(links, papers)
        room = limit
        for _ in range(MOST_TRIES):
            forms = fit(self._digest, room, sizes.measure)
            bodies = self._rendered(links, forms, papers)
            excess = max(map(encoded_size, bodies)) - limit
            if excess <= 0:
                return bodies
            room = sizes.measure(forms) - excess  # less than what was tried: the next is smaller
        return self._rendered(links, counted_only(self._digest), papers)

    def _is_too_large(self, papers: Papers, limit: int) -> bool:
        """Return whether the papers in full are too large for certain, without the mail."""
        entries = self._digest.entries
        if len(entries) < MANY or not papers.can_be_placed:
            return False
        from digest.mail.mime import Size, size_of_piece

        pages = papers.inlined([(entry, "full", False) for entry in entries])
        # Less is known only once the mail is rendered: it may be encoded in another way.
        return Size.total(map(size_of_piece, pages)).encoded > 1.1 * limit

    def _rendered(self, links: Links, forms: Forms, papers: Papers) -> Bodies:
        return Bodies(
            self._renderer.html(self._digest, links, forms, papers),
            self._renderer.text(self._digest, links, forms, papers),
        )

    def _sizes(self, links: Links, papers: Papers) -> _Sizes:
        """Measure each paper in each form, and the mail without papers."""
        from digest.mail.mime import Size, size_of_piece

        digest = self._digest
        empty = self._renderer.html(digest, links, counted_only(digest), papers)
        sizes: dict[tuple[str, Form], Size] = {}
        entries = (*digest.entries, *digest.news, *digest.listed, *named_carried_over(digest))
        for form in _SHOWN:
            shown = digest.entries if form != "line" else entries
            html = papers.inlined([(entry, form, False) for entry in shown])
            for entry, page in zip(shown, html, strict=True):
                sizes[entry.paper.id, form] = size_of_piece(page)
        return _Sizes(digest, Size.of(empty), sizes)

    def _links(self, unsubscribe: str | None) -> Links:
        archive = archive_link(self._profile, self._digest) or self._page
        return Links(archive=archive, unsubscribe=unsubscribe)


class _Sizes:
    """The size of a mail without papers, and of each of its papers in each form."""

    def __init__(
        self, digest: Digest, empty: Size, papers: Mapping[tuple[str, Form], Size]
    ) -> None:
        self._empty = empty
        self._papers = papers
        self._sections = [section.entries for section in digest.filled]
        self._others = (*digest.news, *digest.listed, *named_carried_over(digest))

    def measure(self, forms: Forms) -> int:
        """Return the approximate size of the mail in `forms`, in bytes."""
        from digest.mail.mime import Size

        sizes = [self._empty]
        for entries in self._sections:
            shown = [
                self._papers[entry.paper.id, forms.of(entry)] for entry in forms.shown(entries)
            ]
            if shown:
                sizes += (Size(HEADING_BYTES, 0, HEADING_BYTES), *shown)
        for entry in forms.shown(self._others):
            sizes.append(self._papers[entry.paper.id, "line"])
        return Size.total(sizes).encoded


def archive_link(profile: Profile, digest: Digest) -> str | None:
    """Return the URL of the whole digest, if the config has one."""
    archive = profile.email.archive if profile.email else None
    return archive and _filled(archive, profile=profile.name, digest=digest.name)


def unsubscribe_link(profile: Profile, recipient: Mailbox) -> str:
    """Return the link that unsubscribes `recipient` from `profile`."""
    from digest.mail.mime import unsubscribe_uri

    settings = profile.email or EmailSettings(())
    if settings.unsubscribe is None:
        # The name, not the title: the header stays on a line of 78 octets.
        return unsubscribe_uri(settings.sender, profile.name)
    return _filled(settings.unsubscribe, profile=profile.name, to=recipient.address)


def _filled(template: str, **values: str) -> str:
    """Fill the braces of a URI with percent-encoded values (RFC 6570 section 3.2.2)."""
    for name, value in values.items():
        template = template.replace(f"{{{name}}}", quote(value, safe=""))
    return template
