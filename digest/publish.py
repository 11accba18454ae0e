"""Turn one profile's selection into its digest, renderings and waiting deliveries.

`Publisher.publish` decides and renders everything, then writes digest, deliveries, candidates and
cursor down in one transaction; nothing leaves the process here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from digest.compose import compose, entry
from digest.json_form import pick_from_json, pick_to_json
from digest.library import Candidate, NewDelivery, NewDigest, NewEntry
from digest.model import FeedItem
from digest.render import Links, Renderer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from digest.library import Library
    from digest.model import Digest, Pick, Profile, RenderingFormat, Selection

PREVIEW_RECIPIENT: Final = "reader@localhost"
"""To whom the preview of a message is addressed where the profile has no `email`."""
PREVIEW_SENDER: Final = "digest@localhost"


@dataclass(frozen=True, slots=True)
class Published:
    """A digest with the number under which the library has it, and its files."""

    digest: Digest
    number: int
    files: Mapping[RenderingFormat, str]
    """Paths under the output folder."""


@dataclass(frozen=True, slots=True)
class _Bodies:
    """What a message says, twice over."""

    html: str
    text: str


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
        number = self._library.digests.count_on(profile.name, created.date()) + 1
        digest = compose(selection, profile, self._limits, created=created, number=number)
        snapshots = {pick.paper.id: pick for pick in selection.picks}
        with self._library.transaction():
            stored = self._library.digests.add(_stored(digest, snapshots))
            self._library.profiles.hold_back(
                profile.name, _held_back(digest, snapshots), digest=stored
            )
            self._library.profiles.advance(profile.name, cursor)
            # After `add`: the feed holds this digest's entries, too.
            files = dict(self._render(profile, digest))
            deliveries = [NewDelivery("file", path, content) for path, content in files.values()]
            deliveries += self._messages(profile, digest)
            self._library.outbox.add(stored, profile.name, deliveries, now=created)
        return Published(digest, stored, {name: path for name, (path, _) in files.items()})

    def preview(self, profile: Profile, selection: Selection, *, created: datetime) -> Digest:
        """Compose the digest that `publish` would make, and write nothing."""
        number = self._library.digests.count_on(profile.name, created.date()) + 1
        return compose(selection, profile, self._limits, created=created, number=number)

    def renderer(self, profile: Profile) -> Renderer:
        """Return the templates of `profile`, compiled once."""
        folder = profile.templates
        if folder not in self._renderers:
            self._renderers[folder] = Renderer(None if folder is None else Path(folder))
        return self._renderers[folder]

    def _render(
        self, profile: Profile, digest: Digest
    ) -> Iterator[tuple[RenderingFormat, tuple[str, bytes]]]:
        """Yield each format that the profile wants, with its path and its bytes."""
        stem = f"{profile.name}/{digest.name}"
        links = Links(
            feed="feed.xml" if "rss" in profile.formats else None,
            markdown=f"{digest.name}.md" if "markdown" in profile.formats else None,
        )
        renderer = self.renderer(profile)
        if "markdown" in profile.formats:
            markdown = renderer.markdown(digest, links).encode()
            yield "markdown", (f"{stem}.md", markdown)
            yield "latest", (f"{profile.name}/latest.md", markdown)
        if "html" in profile.formats:
            bodies = self._bodies(profile, digest)
            yield "html", (f"{stem}.html", bodies.html.encode())
            yield "text", (f"{stem}.txt", bodies.text.encode())
            recipient = profile.email.to[0] if profile.email else PREVIEW_RECIPIENT
            # Without the library's id, which is chance: a preview is the same in each of them.
            _, preview = self._message(profile, digest, recipient, bodies, library_id="")
            yield "eml", (f"{stem}.eml", preview)
        if "rss" in profile.formats:
            yield "rss", (f"{profile.name}/feed.xml", self._feed(profile, digest.created))

    def _messages(self, profile: Profile, digest: Digest) -> Iterator[NewDelivery]:
        """Yield a message for each recipient."""
        email = profile.email
        if email is None or (digest.empty_reason and not email.when_empty):
            return
        bodies = self._bodies(profile, digest)
        for recipient in email.to:
            identifier, content = self._message(
                profile, digest, recipient, bodies, library_id=self._library.id
            )
            yield NewDelivery("smtp", _bare(recipient), content, identifier)

    def _bodies(self, profile: Profile, digest: Digest) -> _Bodies:
        renderer = self.renderer(profile)
        return _Bodies(renderer.html(digest), renderer.text(digest))

    def _message(
        self,
        profile: Profile,
        digest: Digest,
        recipient: str,
        bodies: _Bodies,
        *,
        library_id: str,
    ) -> tuple[str, bytes]:
        """Return Message-ID and bytes of the message to one recipient."""
        from digest.message import build_message, message_id, subject

        sender = profile.email.sender if profile.email else PREVIEW_SENDER
        template = profile.email.subject if profile.email else "{title}: {count} papers"
        identifier = message_id(
            library_id=library_id,
            profile=profile.name,
            digest=digest.name,
            recipient=_bare(recipient),
            sender=sender,
        )
        content = build_message(
            digest_name=profile.title,
            subject=subject(template, digest),
            sender=sender,
            recipient=recipient,
            date=digest.created,
            html=bodies.html,
            text=bodies.text,
            message_id=identifier,
        )
        return identifier, content

    def _feed(self, profile: Profile, now: datetime) -> bytes:
        from digest.feeds import render_feed

        items = [
            FeedItem(
                # Under the id that it was shown with, which is its guid, even where the paper has
                # turned out to be another one since.
                entry(pick_from_json(json.loads(stored.snapshot))),
                stored.selected_at,
                f"{stored.day}" if stored.number == 1 else f"{stored.day}-{stored.number}",
            )
            for stored in self._library.digests.feed(profile.name, now)
        ]
        describe = self.renderer(profile).feed_item
        return render_feed(profile, items, describe=describe, updated=now)


def _bare(recipient: str) -> str:
    from digest.message import address

    return address(recipient).addr_spec


def _stored(digest: Digest, picks: Mapping[str, Pick]) -> NewDigest:
    entries = [(each, "shown") for each in digest.entries]
    entries += [(each, "one-liner") for each in digest.expiring]
    return NewDigest(
        profile=digest.profile,
        day=digest.day,
        number=digest.number,
        created=digest.created,
        payload=json.dumps(
            {
                "title": digest.title,
                "summary": digest.summary,
                "empty_reason": digest.empty_reason,
                "considered": digest.coverage.papers + digest.coverage.carried,
                "leftover": len(digest.leftovers),
            },
            ensure_ascii=False,
        ),
        entries=tuple(
            NewEntry(
                paper=each.paper.id,
                section=each.section,
                kind="shown" if kind == "shown" else "one-liner",
                snapshot=_snapshot(picks[each.paper.id]),
                selected_at=digest.created,
            )
            for each, kind in entries
        ),
    )


def _held_back(digest: Digest, picks: Mapping[str, Pick]) -> Iterator[Candidate]:
    for each in digest.leftovers:
        since = each.carried_since or digest.day
        pick = replace(picks[each.paper.id], carried_since=since)
        yield Candidate(each.paper.id, since, _snapshot(pick))


def _snapshot(pick: Pick) -> str:
    return json.dumps(pick_to_json(pick), ensure_ascii=False, separators=(",", ":"))
