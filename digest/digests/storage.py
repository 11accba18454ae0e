"""A digest as the library keeps it, and back.

What comes back has the same papers, sections and words. Papers that a limit kept back are named no
more: they have come in later digests, or will.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from digest.digests.layout import entry
from digest.errors import UsageError
from digest.library import NewDigest, NewEntry
from digest.model import Coverage, Digest, Section
from digest.model.review import NO_CLOSING
from digest.model.serialize import (
    closing_from_json,
    closing_to_json,
    pick_from_json,
    pick_to_json,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from digest.library import Library, StoredDigest, StoredEntry
    from digest.model import Entry, Pick, Profile


def to_stored(digest: Digest, picks: Mapping[str, Pick]) -> NewDigest:
    """Return what the library keeps of `digest`; `picks` are those of its papers, by id."""
    entries = [(each, "shown") for each in digest.entries]
    entries += [(each, "one-liner") for each in digest.expiring]
    return NewDigest(
        profile=digest.profile,
        day=digest.day,
        number=digest.number,
        created=digest.created,
        payload=json.dumps(_payload(digest), ensure_ascii=False),
        entries=tuple(
            NewEntry(
                paper=each.paper.id,
                section=each.section,
                kind="shown" if kind == "shown" else "one-liner",
                snapshot=snapshot(picks[each.paper.id]),
                selected_at=digest.created,
            )
            for each, kind in entries
        ),
    )


def snapshot(pick: Pick) -> str:
    """Return a pick as the library keeps it."""
    return json.dumps(pick_to_json(pick), ensure_ascii=False, separators=(",", ":"))


def entry_from_stored(stored: StoredEntry) -> Entry:
    """Return an entry under the id that it was shown with.

    That is its guid, even where the paper has turned out to be another one since.
    """
    return entry(pick_from_json(json.loads(stored.snapshot)))


def read_digest(library: Library, stored: StoredDigest, profile: Profile) -> Digest:
    """Return a digest of the library again, to be rendered as `profile` asks today."""
    return from_stored(stored, library.digests.entries(stored.id), profile)


def last_digest(library: Library, profile: Profile) -> Digest:
    """Return the profile's last digest; raise `UsageError` where it has had none."""
    stored = library.digests.last(profile.name)
    if stored is None:
        raise UsageError(f"{profile.name} has had no digest yet; `digest run` makes one")
    return read_digest(library, stored, profile)


def from_stored(stored: StoredDigest, entries: Sequence[StoredEntry], profile: Profile) -> Digest:
    """Return the digest again, to be rendered as `profile` asks today."""
    kept: dict[str, Any] = json.loads(stored.payload)
    shown = [(each.section, entry_from_stored(each)) for each in entries if each.kind == "shown"]
    lines = tuple(entry_from_stored(each) for each in entries if each.kind == "one-liner")
    # A digest of the first versions tells its sections only by its entries.
    names = {name: (0, "") for name, _ in shown}
    names = {name: (count, note) for name, count, note in kept.get("sections", ())} or names
    sections = []
    for name, (selected, note) in names.items():
        own = tuple(each for section, each in shown if section == name)
        sections.append(Section(name, own, max(selected, len(own)), note))
    return Digest(
        profile=stored.profile,
        title=kept["title"],
        day=stored.day,
        number=stored.number,
        created=stored.created,
        language=profile.language,
        summary=kept["summary"],
        intro=kept.get("intro", ""),
        sections=tuple(sections),
        leftovers=(),
        expiring=lines,
        coverage=Coverage(),
        empty_reason=kept["empty_reason"],
        notes=tuple(kept.get("notes", ())),
        abstracts=profile.abstracts,
        front_matter=profile.front_matter,
        closing=closing_from_json(kept["closing"]) if "closing" in kept else NO_CLOSING,
    )


def _payload(digest: Digest) -> dict[str, Any]:
    closing = {} if digest.closing == NO_CLOSING else {"closing": closing_to_json(digest.closing)}
    return {
        "title": digest.title,
        "summary": digest.summary,
        "empty_reason": digest.empty_reason,
        "considered": digest.coverage.papers + digest.coverage.carried,
        "leftover": len(digest.leftovers),
        "intro": digest.intro,
        "notes": digest.notes,
        "sections": [[each.name, each.selected, each.note] for each in digest.sections],
        **closing,
    }
