"""The library: the SQLite file that remembers dumps, papers, digests and deliveries.

All SQL is in this package. `docs/library.md` describes the tables.
"""

from __future__ import annotations

from digest.library.digests import (
    FeedEntry,
    NewDigest,
    NewEntry,
    ProfileStatus,
    StoredDigest,
    StoredEntry,
)
from digest.library.dumps import IngestResult, KnownFile, SourceDay
from digest.library.feed_files import FeedFile
from digest.library.library import Library
from digest.library.list_files import FileEntry, ListFile
from digest.library.outbox import Channel, Delivery, NewDelivery, WaitingDelivery
from digest.library.paper_history import Counts
from digest.library.papers import ShownCounts
from digest.library.profiles import CarriedOver
from digest.library.service_answers import StoredAnswer
from digest.library.snapshots import DigestText, PackedPick, SectionText, load_pick, pack_pick
from digest.library.subscriptions import Subscription

__all__ = [
    "CarriedOver",
    "Channel",
    "Counts",
    "Delivery",
    "DigestText",
    "FeedEntry",
    "FeedFile",
    "FileEntry",
    "IngestResult",
    "KnownFile",
    "Library",
    "ListFile",
    "NewDelivery",
    "NewDigest",
    "NewEntry",
    "PackedPick",
    "ProfileStatus",
    "SectionText",
    "ShownCounts",
    "SourceDay",
    "StoredAnswer",
    "StoredDigest",
    "StoredEntry",
    "Subscription",
    "WaitingDelivery",
    "load_pick",
    "pack_pick",
]
