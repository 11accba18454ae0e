"""Turn one profile's selection into a stored digest and waiting deliveries.

`Publisher.draft` reads what the library knows, `digest.pipeline.digest_maker` makes and renders
everything, and `Publisher.store` stores the digest, its deliveries, the carried-over papers and the
profile's cursor in one transaction. Nothing is delivered here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from digest.digests import review
from digest.digests.feed_items import FEED_LEAST, FEED_PERIOD
from digest.model.channels import SMALL_ROOM
from digest.model.review import NO_CLOSING, NO_REMINDERS, DigestEnd
from digest.pipeline.digest_maker import DigestMaker
from digest.pipeline.drafts import Draft
from digest.pipeline.recipients import recipients
from digest.reading_list.inbox import inbox_left
from digest.wording.languages import words_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date, datetime
    from pathlib import Path

    from digest.library import Library
    from digest.mail.personal import PersonalLinks
    from digest.model import Digest, Profile, RenderingFormat, Selection
    from digest.model.channels import NotifySettings, Room
    from digest.pipeline.drafts import MadeDigest
    from digest.rules import Rule


class PublishedDigest(Struct, frozen=True):
    """A digest with its number in the library, and its files."""

    digest: Digest
    number: int
    files: Mapping[RenderingFormat, str]
    """Paths under the output folder."""


class Publisher:
    """Publishes digests into one library."""

    def __init__(  # noqa: PLR0913 - keywords, each a part of the world
        self,
        library: Library,
        rules: Iterable[Rule],
        *,
        output: Path | None = None,
        site_url: str | None = None,
        personal: PersonalLinks | None = None,
        room: Callable[[NotifySettings], Room] = lambda _settings: SMALL_ROOM,
    ) -> None:
        """`room` says how long a message may be for a service; see `DigestMaker` for the others."""
        self._room = room
        self._library = library
        self.maker = DigestMaker(
            rules, library_id=library.id, output=output, site_url=site_url, personal=personal
        )

    def draft(
        self, profile: Profile, selection: Selection, *, created: datetime, cursor: int
    ) -> Draft:
        """Return the next digest of `profile`, to be made.

        `cursor` is the last dump that it has considered.
        """
        draft = self._outline(profile, selection, created)
        draft = replace(draft, cursor=cursor)
        library = self._library
        if profile.email is not None:
            draft = replace(draft, recipients=recipients(library, profile))
        is_empty = not (selection.picks or selection.news or selection.more)
        if any(service.when_empty or not is_empty for service in profile.notify):
            draft = replace(draft, rooms=self.rooms(profile))
        if "rss" in profile.formats:
            since = created - FEED_PERIOD
            draft = replace(
                draft,
                in_feed=library.digests.feed(profile.name, since=since, at_least=FEED_LEAST),
                last_feed=library.feeds.get(profile.name),
            )
        return draft

    def preview(self, profile: Profile, selection: Selection, *, created: datetime) -> Digest:
        """Compose the digest that would be made, and write nothing."""
        return self.maker.compose(self._outline(profile, selection, created))

    def _outline(self, profile: Profile, selection: Selection, created: datetime) -> Draft:
        digests = self._library.digests
        # A digest for some rules says nothing about the others.
        is_whole = not selection.coverage.only
        last = digests.last_whole(profile.name) if is_whole else None
        sections = last.text.sections if last else ()
        return Draft(
            profile,
            selection,
            created,
            cursor=0,
            number=digests.count_on(profile.name, created.date()) + 1,
            rules_before=tuple(section.name for section in sections if section.of_rule),
            closing=self._closing(profile, created.date()),
        )

    def store(self, draft: Draft, made: MadeDigest) -> PublishedDigest:
        """Store a digest and all that is to be delivered."""
        profile, library = draft.profile, self._library
        with library.transaction():
            number = library.digests.add(made.stored)
            library.profiles.carry_over(profile.name, made.carried_over, digest=number)
            library.profiles.advance(profile.name, draft.cursor)
            library.outbox.add(number, profile.name, made.deliveries, now=draft.created)
            if made.feed is not None:
                library.feeds.put(profile.name, made.feed)
        return PublishedDigest(made.digest, number, made.files)

    def rooms(self, profile: Profile) -> dict[str, Room]:
        """Return how long a message may be for each of the profile's services."""
        return {service.name: self._room(service) for service in profile.notify}

    def _closing(self, profile: Profile, day: date) -> DigestEnd:
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
        still = review.pick_reminders(waiting, profile.still_on_list)
        read = () if week is None else review.read_in_week(queue, week, profile.timezone)
        papers = self._library.papers.get_many(queued.paper for queued in (*still, *read))
        words = words_in(profile.language)
        return DigestEnd(
            review.reminder_lines(still, papers, words),
            None
            if week is None
            else review.review(queue, waiting, papers, week, profile.timezone, words),
        )
