"""Make a profile's digest and everything that is delivered of it.

What the library knows comes in as a `Draft`, and what it is to store goes out as a `MadeDigest`, so
that several processes can make the digests of many profiles. Reads templates and the last feed.
"""

from __future__ import annotations

import json
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec.structs import asdict, replace

from digest.digests.document import digest_to_json
from digest.digests.layout import compose
from digest.digests.storage import to_stored
from digest.library import CarriedOver, NewDelivery
from digest.mail.letter import Letter, archive_link
from digest.model import Mailbox
from digest.model.channels import SMALL_ROOM
from digest.model.review import NO_CLOSING
from digest.pipeline.drafts import MadeDigest
from digest.pipeline.profile_feeds import ProfileFeeds
from digest.rendering.notification import notification
from digest.rendering.templates import Links, Renderer
from digest.site.paths import digest_path

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping

    from digest.library import Channel
    from digest.mail.mime import Message
    from digest.mail.personal import PersonalLinks
    from digest.model import Digest, Pick, Profile, RenderingFormat
    from digest.model.channels import NotifySettings, Room, WebhookSettings
    from digest.pipeline.drafts import Draft
    from digest.rules import Rule

PREVIEW_RECIPIENT: Final = Mailbox("reader@localhost")
"""The recipient of the preview of a profile without `email`."""
SUFFIXES: Final[Mapping[RenderingFormat, str]] = {
    "markdown": ".md", "html": ".html", "text": ".txt", "eml": ".eml",
}  # fmt: skip
"""Of the files of one digest."""


class DigestMaker:
    """Makes the digests of one run; templates are compiled once for each folder of them."""

    def __init__(
        self,
        rules: Iterable[Rule],
        *,
        library_id: str,
        output: Path | None = None,
        site_url: str | None = None,
        personal: PersonalLinks | None = None,
    ) -> None:
        """`output` is where feeds are written; unchanged items are taken from there.

        `site_url` is where the site is published; feeds and mails link to it. `personal` makes the
        links of mails that only one recipient may use.
        """
        self._rules = {rule.name: rule for rule in rules}
        self._library_id = library_id
        self._site_url = site_url
        self._personal = personal
        self._renderers: dict[str | None, Renderer] = {}
        self._feeds = ProfileFeeds(output, site_url)

    def compose(self, draft: Draft) -> Digest:
        """Lay the selection out as a digest."""
        digest = compose(
            draft.selection,
            draft.profile,
            self._rules,
            created=draft.created,
            number=draft.number,
            rules_before=draft.rules_before,
        )
        return digest if draft.closing is NO_CLOSING else replace(digest, closing=draft.closing)

    def make(self, draft: Draft) -> MadeDigest:
        """Make the digest, its files and the first of its messages."""
        profile, selection = draft.profile, draft.selection
        digest = self.compose(draft)
        letter = self.letter(profile, digest)
        picks = {
            pick.paper.id: pick for pick in (*selection.picks, *selection.news, *selection.more)
        }
        stored = to_stored(digest, picks)
        files = dict(self._render(profile, digest, letter))
        feed = None
        if "rss" in profile.formats:
            content, feed = self._feeds.make(draft, digest, stored, self.renderer(profile))
            files["rss"] = f"{profile.name}/feed.xml", content
        messages = self._messages(draft, digest, letter)
        first = next(messages, None)  # rendered here; the others differ only in their links
        mails = messages if first is None else chain([first], messages)
        others = tuple(self.channel_deliveries(profile, digest, draft.rooms))
        return MadeDigest(
            digest,
            stored,
            tuple(_carried_over(digest, picks)),
            {name: path for name, (path, _) in files.items()},
            chain(_deliveries(profile, files.values(), mails), others),
            feed,
            digest.shown,
        )

    def renderer(self, profile: Profile) -> Renderer:
        """Return the renderer with the templates of `profile`, compiled once."""
        folder = profile.templates
        if folder not in self._renderers:
            self._renderers[folder] = Renderer(None if folder is None else Path(folder))
        return self._renderers[folder]

    def letter(self, profile: Profile, digest: Digest) -> Letter:
        """Return `digest` as mail."""
        page = self._page(profile, digest)
        return Letter(self.renderer(profile), profile, digest, personal=self._personal, page=page)

    def _page(self, profile: Profile, digest: Digest) -> str | None:
        """Return the digest's URL on the site; None without `site_url`."""
        path = digest_path(profile.name, digest.day, digest.number)
        return f"{self._site_url}{path}" if self._site_url else None

    def pages(
        self, profile: Profile, digest: Digest, letter: Letter, formats: Container[str]
    ) -> Iterator[tuple[RenderingFormat, bytes]]:
        """Yield the digest for viewing: its Markdown, and the mail in all its parts."""
        if "markdown" in formats:
            yield "markdown", self._markdown(profile, digest)
        if "html" in formats:
            email = profile.email
            recipient = email.to[0] if email and email.to else PREVIEW_RECIPIENT
            # Without the library's id and signed links, which are random: previews stay equal, and
            # whoever reads the file cannot act as the recipient.
            bodies = letter.bodies(recipient, signed=False)
            yield "html", bodies.html.encode()
            yield "text", bodies.text.encode()
            yield "eml", letter.message(recipient, library_id="", signed=False).content

    def _markdown(self, profile: Profile, digest: Digest) -> bytes:
        links = Links(
            feed="feed.xml" if "rss" in profile.formats else None,
            reading_list="reading-list.md" if profile.reading_list else None,
        )
        return self.renderer(profile).markdown(digest, links).encode()

    def _render(
        self, profile: Profile, digest: Digest, letter: Letter
    ) -> Iterator[tuple[RenderingFormat, tuple[str, bytes]]]:
        """Yield each format of the profile but the feed, with its path and its bytes."""
        stem = f"{profile.name}/{digest.name}"
        for name, content in self.pages(profile, digest, letter, profile.formats):
            yield name, (f"{stem}{SUFFIXES[name]}", content)
            if name == "markdown":
                yield "latest", (f"{profile.name}/latest.md", content)

    def _messages(self, draft: Draft, digest: Digest, letter: Letter) -> Iterator[Message]:
        """Yield a message for each recipient."""
        email = draft.profile.email
        if email is None or (digest.is_empty and not email.when_empty):
            return
        for recipient in draft.recipients:
            yield letter.message(recipient, library_id=self._library_id)

    def channel_deliveries(
        self, profile: Profile, digest: Digest, rooms: Mapping[str, Room], *, repetition: str = ""
    ) -> Iterator[NewDelivery]:
        """Yield the digest's message for each channel, a new one for each `repetition`.

        `rooms` says how long a message may be for each of its services.
        """
        if not (profile.webhooks or profile.notify):
            return
        from digest.pipeline.channels import idempotency_key

        def delivery(channel: Channel, name: str, content: object) -> NewDelivery:
            digest_name = f"{digest.name} {repetition}".rstrip()
            key = idempotency_key(self._library_id, profile.name, digest_name, name)
            body = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
            return NewDelivery(channel, name, body.encode("utf-8", "replace"), key)

        if webhooks := [webhook for webhook in profile.webhooks if wants(webhook, digest)]:
            document = digest_to_json(digest)
            for webhook in webhooks:
                yield delivery("webhook", webhook.name, document)
        renderer = self.renderer(profile)
        for service in profile.notify:
            if wants(service, digest):
                links = Links(archive=archive_link(profile, digest) or self._page(profile, digest))
                room = rooms.get(service.name, SMALL_ROOM)
                message = notification(renderer, digest, service, room, links)
                yield delivery("notify", service.name, asdict(message))


def wants(settings: NotifySettings | WebhookSettings, digest: Digest) -> bool:
    """Return whether a channel gets the digest; an empty one only with `when_empty`."""
    return settings.when_empty or not digest.is_empty


def _deliveries(
    profile: Profile, files: Iterable[tuple[str, bytes]], messages: Iterable[Message]
) -> Iterator[NewDelivery]:
    for path, content in files:
        yield NewDelivery("file", path, content)
    channel: Channel = "maildir" if profile.email and profile.email.maildir else "smtp"
    for message in messages:
        yield NewDelivery(channel, message.recipient.address, message.content, message.message_id)


def _carried_over(digest: Digest, picks: Mapping[str, Pick]) -> Iterator[CarriedOver]:
    for entry in digest.carried_over:
        since = entry.carried_since or digest.day
        pick = replace(picks[entry.paper.id], carried_since=since)
        yield CarriedOver(entry.paper.id, since, pick)
