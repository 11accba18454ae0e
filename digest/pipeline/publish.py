"""Turn one profile's selection into its digest, renderings and waiting deliveries.

`Publisher.publish` composes and renders everything first. Then one transaction stores the digest,
its deliveries, the carried-over papers and the profile's cursor. Nothing is delivered here.
"""

from __future__ import annotations

import json
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import asdict, replace

from digest.digests import review
from digest.digests.document import digest_to_json
from digest.digests.feed_items import FEED_LEAST, FEED_PERIOD, dated_item, stored_item
from digest.digests.layout import compose
from digest.digests.storage import to_stored
from digest.library import CarriedOver, NewDelivery
from digest.mail.letter import Letter, archive_link
from digest.model import Mailbox
from digest.model.channels import SMALL_ROOM
from digest.model.review import NO_CLOSING, NO_REMINDERS, Closing
from digest.pipeline.recipients import recipients
from digest.reading_list.inbox import inbox_left
from digest.rendering.notification import notification
from digest.rendering.templates import Links, Renderer
from digest.site.paths import digest_path
from digest.wording.languages import words_in

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Mapping
    from datetime import date, datetime

    from digest.library import Channel, Library, StoredEntry
    from digest.mail.mime import Message
    from digest.mail.personal import PersonalLinks
    from digest.model import Digest, FeedItem, Pick, Profile, RenderingFormat, Selection
    from digest.model.channels import NotifySettings, Room, WebhookSettings
    from digest.rules import Rule

PREVIEW_RECIPIENT: Final = Mailbox("reader@localhost")
"""The recipient in the preview of a profile without `email`."""
SUFFIXES: Final[Mapping[RenderingFormat, str]] = {
    "markdown": ".md", "html": ".html", "text": ".txt", "eml": ".eml",
}  # fmt: skip
"""Suffixes of the files of one digest."""
MOST_FEED_ITEMS: Final = 2_048
"""Rendered feed items that are kept for the next profile; one takes some 3 kB."""


class Published(Struct, frozen=True):
    """A digest with its number in the library, and its files."""

    digest: Digest
    number: int
    files: Mapping[RenderingFormat, str]
    """Paths under the output folder."""


class Publisher:
    """Publishes digests into one library; templates are compiled once per folder."""

    def __init__(
        self,
        library: Library,
        rules: Iterable[Rule],
        *,
        site_url: str | None = None,
        personal: PersonalLinks | None = None,
        room: Callable[[NotifySettings], Room] = lambda _settings: SMALL_ROOM,
    ) -> None:
        """Take `site_url`, where the site is published; feeds and mails link to it.

        `personal` makes the links that only one recipient may use; `room` returns the maximum
        length of a message for a service.
        """
        self._room = room
        self._library = library
        self._site_url = site_url
        self._personal = personal
        self._rules = {rule.name: rule for rule in rules}
        self._renderers: dict[str | None, Renderer] = {}
        self._feed_items: dict[tuple[FeedItem, str, str | None], bytes] = {}

    def publish(
        self, profile: Profile, selection: Selection, *, created: datetime, cursor: int
    ) -> Published:
        """Make the next digest of `profile`; `cursor` is the last dump that it has considered."""
        digest = self.preview(profile, selection, created=created)
        letter = self.letter(profile, digest)
        files = dict(self._render(profile, digest, letter))
        messages = self._messages(profile, digest, letter)
        first = next(messages, None)  # rendered once; the others differ only in their links
        channel_deliveries = tuple(self.channel_deliveries(profile, digest))
        all_picks = (*selection.picks, *selection.news, *selection.more)
        picks = {pick.paper.id: pick for pick in all_picks}
        stored = to_stored(digest, picks)
        carried_over = list(_carried_over(digest, picks))
        with self._library.transaction():
            number = self._library.digests.add(stored)
            self._library.profiles.carry_over(profile.name, carried_over, digest=number)
            self._library.profiles.advance(profile.name, cursor)
            mails = messages if first is None else chain([first], messages)
            deliveries = chain(_deliveries(profile, files.values(), mails), channel_deliveries)
            self._library.outbox.add(number, profile.name, deliveries, now=created)
        return Published(digest, number, {name: path for name, (path, _) in files.items()})

    def preview(self, profile: Profile, selection: Selection, *, created: datetime) -> Digest:
        """Compose the digest that `publish` would make, without storing anything."""
        number = self._library.digests.count_on(profile.name, created.date()) + 1
        # A digest for some rules says nothing about the others.
        is_whole = not selection.coverage.only
        last = self._library.digests.last_whole(profile.name) if is_whole else None
        digest = compose(
            selection,
            profile,
            self._rules,
            created=created,
            number=number,
            rules_before=[section.name for section in last.text.sections if section.of_rule]
            if last
            else (),
        )
        closing = self._closing(profile, created.date())
        return digest if closing is NO_CLOSING else replace(digest, closing=closing)

    def _closing(self, profile: Profile, day: date) -> Closing:
        """Return the reminders and the review of the reading list for the profile's digest."""
        week = None
        if profile.review is not None:
            last = self._library.digests.last_whole(profile.name)
            week = review.due_week(profile.review, day, last.day if last else None)
        if week is None and profile.still_on_list == NO_REMINDERS:
            return NO_CLOSING
        reading = self._library.reading
        cutoff = inbox_left(self._library, profile, day)
        waiting = reading.waiting(profile.name, profile.reader, cutoff)
        queue = () if week is None else reading.queue(profile.name, profile.reader)
        still = review.still_waiting(waiting, profile.still_on_list)
        read = () if week is None else review.read_within(queue, week, profile.timezone)
        papers = self._library.papers.get_many(queued.paper for queued in (*still, *read))
        words = words_in(profile.language)
        return Closing(
            review.still_lines(still, papers, words),
            None
            if week is None
            else review.review(queue, waiting, papers, week, profile.timezone, words),
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
        """Yield each format of the profile, with its path and its bytes."""
        stem = f"{profile.name}/{digest.name}"
        for name, content in self.pages(profile, digest, letter, profile.formats):
            yield name, (f"{stem}{SUFFIXES[name]}", content)
            if name == "markdown":
                yield "latest", (f"{profile.name}/latest.md", content)
        if "rss" in profile.formats:
            yield "rss", (f"{profile.name}/feed.xml", self._feed(profile, digest))

    def _messages(self, profile: Profile, digest: Digest, letter: Letter) -> Iterator[Message]:
        """Yield a message for each recipient, one at a time: a thousand take a lot of memory."""
        email = profile.email
        if email is None or (digest.is_empty and not email.when_empty):
            return
        library_id = self._library.id
        for recipient in recipients(self._library, profile):
            yield letter.message(recipient, library_id=library_id)

    def channel_deliveries(
        self, profile: Profile, digest: Digest, *, repetition: str = ""
    ) -> Iterator[NewDelivery]:
        """Yield the digest's message for each channel, a new one for each `repetition`."""
        if not (profile.webhooks or profile.notify):
            return
        from digest.pipeline.channels import idempotency_key

        def delivery(channel: Channel, name: str, content: object) -> NewDelivery:
            digest_name = f"{digest.name} {repetition}".rstrip()
            key = idempotency_key(self._library.id, profile.name, digest_name, name)
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
                message = notification(renderer, digest, service, self._room(service), links)
                yield delivery("notify", service.name, asdict(message))

    def _feed(self, profile: Profile, digest: Digest) -> bytes:
        """Render the feed: the entries of `digest`, which is not stored yet, and earlier ones."""
        from digest.rendering.feeds import (  # 52 ms, for feedgen
            RenderedItem,
            items_of,
            profile_channel,
            render_feed,
        )

        since = digest.created - FEED_PERIOD
        earlier = self._library.digests.feed(profile.name, since=since, at_least=FEED_LEAST)
        renderer = self.renderer(profile)

        def describe(item: FeedItem) -> str:
            return renderer.feed_item(item.entry, item.day, profile.language)

        # An item is the same in the feeds of all profiles that show the paper at the same place.
        known = self._feed_items
        items = {
            (item, profile.language, profile.templates): item
            for item in feed_items(digest, earlier)
        }
        feed = render_feed(
            profile_channel(profile, self._site_url),
            [
                RenderedItem(item.selected, known[key]) if key in known else item
                for key, item in items.items()
            ],
            describe=describe,
            updated=digest.created,
        )
        if len(known) > MOST_FEED_ITEMS:
            known.clear()
        known.update(zip(items, items_of(feed, "rss"), strict=True))
        return feed


def feed_items(digest: Digest, earlier: Iterable[StoredEntry]) -> list[FeedItem]:
    """Return the items of a feed: the entries of `digest` and those of earlier digests.

    Newest first: the items of the last `FEED_PERIOD`, and at least `FEED_LEAST`.
    """
    items = [
        dated_item(entry, digest.created, digest.day, place)
        for place, entry in enumerate((*digest.entries, *digest.listed, *digest.news))
    ]
    items += map(stored_item, earlier)
    items.sort(key=lambda item: item.selected, reverse=True)
    since = digest.created - FEED_PERIOD
    return [
        item for place, item in enumerate(items) if place < FEED_LEAST or item.selected >= since
    ]


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
