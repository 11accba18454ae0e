"""Turn one profile's selection into its digest, renderings and waiting deliveries.

`Publisher.publish` decides and renders everything, then writes digest, deliveries, candidates and
cursor down in one transaction; nothing leaves the process here.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from digest.digests import review
from digest.digests.layout import compose
from digest.digests.storage import entry_from_stored, snapshot, to_stored
from digest.library import Candidate, NewDelivery
from digest.mail.letter import Letter
from digest.model import FeedItem
from digest.model.review import NO_CLOSING, NO_REMINDERS, Closing
from digest.rendering.templates import Links, Renderer

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping
    from datetime import date, datetime

    from digest.library import Channel, Library
    from digest.model import Digest, Pick, Profile, RenderingFormat, Selection

PREVIEW_RECIPIENT: Final = "reader@localhost"
"""To whom the preview of a message is addressed where the profile has no `email`."""
SUFFIXES: Final[Mapping[RenderingFormat, str]] = {
    "markdown": ".md", "html": ".html", "text": ".txt", "eml": ".eml",
}  # fmt: skip
"""Of the files of one digest."""


class Published(NamedTuple):
    """A digest with the number under which the library has it, and its files."""

    digest: Digest
    number: int
    files: Mapping[RenderingFormat, str]
    """Paths under the output folder."""


class Publisher:
    """Publishes digests into one library; templates are compiled once for each folder of them."""

    def __init__(self, library: Library, limits: Mapping[str, int | None]) -> None:
        self._library = library
        self._limits = limits
        self._renderers: dict[str | None, Renderer] = {}

    def publish(
        self, profile: Profile, selection: Selection, *, created: datetime, cursor: int
    ) -> Published:
        """Make the next digest of `profile`; `cursor` is the last dump that it has considered."""
        digest = self.preview(profile, selection, created=created)
        snapshots = {pick.paper.id: pick for pick in selection.picks}
        with self._library.transaction():
            stored = self._library.digests.add(to_stored(digest, snapshots))
            self._library.profiles.hold_back(
                profile.name, _held_back(digest, snapshots), digest=stored
            )
            self._library.profiles.advance(profile.name, cursor)
            # After `add`: the feed holds this digest's entries, too.
            letter = self.letter(profile, digest)
            files = dict(self._render(profile, digest, letter))
            written = [NewDelivery("file", path, content) for path, content in files.values()]
            # One message at a time: a thousand recipients would hold as many copies.
            deliveries = chain(written, self._messages(profile, digest, letter))
            self._library.outbox.add(stored, profile.name, deliveries, now=created)
        return Published(digest, stored, {name: path for name, (path, _) in files.items()})

    def preview(self, profile: Profile, selection: Selection, *, created: datetime) -> Digest:
        """Compose the digest that `publish` would make, and write nothing."""
        number = self._library.digests.count_on(profile.name, created.date()) + 1
        digest = compose(selection, profile, self._limits, created=created, number=number)
        closing = self._closing(profile, created.date())
        return digest if closing is NO_CLOSING else replace(digest, closing=closing)

    def _closing(self, profile: Profile, day: date) -> Closing:
        """Look back on the reading list as far as the profile asks for it."""
        week = None
        if profile.review is not None:
            last = self._library.digests.last(profile.name)
            week = review.due_week(profile.review, day, last.day if last else None)
        if week is None and profile.still_on_list == NO_REMINDERS:
            return NO_CLOSING
        queue = self._library.reading.queue(profile.name, profile.reader)
        still = review.still_waiting(queue, profile.still_on_list)
        read = () if week is None else review.read_within(queue, week, profile.timezone)
        papers = self._library.papers.get_many(each.paper for each in (*still, *read))
        return Closing(
            review.still_lines(still, papers),
            None if week is None else review.review(queue, papers, week, profile.timezone),
        )

    def renderer(self, profile: Profile) -> Renderer:
        """Return the templates of `profile`, compiled once."""
        folder = profile.templates
        if folder not in self._renderers:
            self._renderers[folder] = Renderer(None if folder is None else Path(folder))
        return self._renderers[folder]

    def letter(self, profile: Profile, digest: Digest) -> Letter:
        """Return `digest` as mail."""
        return Letter(self.renderer(profile), profile, digest)

    def pages(
        self, profile: Profile, digest: Digest, letter: Letter, formats: Container[str]
    ) -> Iterator[tuple[RenderingFormat, bytes]]:
        """Yield the digest as it is looked at: its Markdown, and the mail in all its parts."""
        if "markdown" in formats:
            yield "markdown", self._markdown(profile, digest)
        if "html" in formats:
            recipient = profile.email.to[0] if profile.email else PREVIEW_RECIPIENT
            bodies = letter.bodies(recipient)
            yield "html", bodies.html.encode()
            yield "text", bodies.text.encode()
            # Without the library's id, which is chance: a preview is the same in each of them.
            yield "eml", letter.message(recipient, library_id="").content

    def _markdown(self, profile: Profile, digest: Digest) -> bytes:
        links = Links(
            feed="feed.xml" if "rss" in profile.formats else None,
            markdown=f"{digest.name}.md",
        )
        return self.renderer(profile).markdown(digest, links).encode()

    def _render(
        self, profile: Profile, digest: Digest, letter: Letter
    ) -> Iterator[tuple[RenderingFormat, tuple[str, bytes]]]:
        """Yield each format that the profile wants, with its path and its bytes."""
        stem = f"{profile.name}/{digest.name}"
        for name, content in self.pages(profile, digest, letter, profile.formats):
            yield name, (f"{stem}{SUFFIXES[name]}", content)
            if name == "markdown":
                yield "latest", (f"{profile.name}/latest.md", content)
        if "rss" in profile.formats:
            yield "rss", (f"{profile.name}/feed.xml", self._feed(profile, digest))

    def _messages(self, profile: Profile, digest: Digest, letter: Letter) -> Iterator[NewDelivery]:
        """Yield a message for each recipient."""
        email = profile.email
        if email is None or (digest.empty_reason and not email.when_empty):
            return
        channel: Channel = "maildir" if email.maildir else "smtp"
        for recipient in email.to:
            message = letter.message(recipient, library_id=self._library.id)
            yield NewDelivery(channel, message.recipient, message.content, message.message_id)

    def _feed(self, profile: Profile, digest: Digest) -> bytes:
        """Render the feed: the entries of `digest`, which is stored already, and older ones."""
        from digest.rendering.rss import render_feed

        composed = {each.paper.id: each for each in (*digest.entries, *digest.expiring)}
        items = []
        for stored in self._library.digests.feed(profile.name, digest.created):
            name = f"{stored.day}" if stored.number == 1 else f"{stored.day}-{stored.number}"
            own = composed.get(stored.paper) if name == digest.name else None
            items.append(FeedItem(own or entry_from_stored(stored), stored.selected_at, name))
        describe = self.renderer(profile).feed_item
        return render_feed(profile, items, describe=describe, updated=digest.created)


def _held_back(digest: Digest, picks: Mapping[str, Pick]) -> Iterator[Candidate]:
    for each in digest.leftovers:
        since = each.carried_since or digest.day
        pick = picks[each.paper.id]._replace(carried_since=since)
        yield Candidate(each.paper.id, since, snapshot(pick))
