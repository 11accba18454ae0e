"""What a digest is made from, and what is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from digest.model.review import NO_CLOSING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from digest.library import CarriedOver, FeedEntry, FeedFile, NewDelivery, NewDigest
    from digest.model import Digest, Mailbox, Profile, RenderingFormat, Selection
    from digest.model.channels import Room
    from digest.model.review import DigestEnd


class Draft(Struct, frozen=True):
    """A selection, and what the library knows that its digest is made from."""

    profile: Profile
    selection: Selection
    created: datetime
    cursor: int
    """The last dump that the profile has considered."""
    number: int
    """1 for the profile's first digest of the day."""
    rules_before: tuple[str, ...] = ()
    """The sections of its last digest."""
    closing: DigestEnd = NO_CLOSING
    recipients: tuple[Mailbox, ...] = ()
    rooms: Mapping[str, Room] = {}
    """How long a message may be, by the names of the profile's services."""
    in_feed: tuple[FeedEntry, ...] = ()
    """The earlier papers of its feed, the newest first."""
    last_feed: FeedFile | None = None


class MadeDigest(Struct, frozen=True):
    """A digest, and what the library is to store of it."""

    digest: Digest
    stored: NewDigest
    carried_over: tuple[CarriedOver, ...]
    files: Mapping[RenderingFormat, str]
    """Paths under the output folder."""
    deliveries: Iterable[NewDelivery]
    """Messages to many recipients come one at a time: a thousand take a lot of memory."""
    feed: FeedFile | None
    shown: int
    """The number of papers in the digest."""

    def packed(self, *, keep: bool) -> MadeDigest:
        """Return the same with all deliveries, to be passed on by another process.

        Without `keep`, the papers of the digest are left out.
        """
        deliveries = tuple(delivery.packed() for delivery in self.deliveries)
        digest = self.digest if keep else self.digest.without_papers()
        return replace(self, digest=digest, deliveries=deliveries)
