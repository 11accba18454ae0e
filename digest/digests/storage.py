"""Convert a digest to its stored form, and back.

A loaded digest has the same papers, sections and texts, but not the carried-over papers: they have
come in later digests, or will.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.digests.entries import entry
from digest.errors import UsageError
from digest.library import DigestText, NewDigest, NewEntry, SectionText, pack_pick
from digest.model import Coverage, Digest, Section

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from digest.library import Library, StoredDigest, StoredEntry
    from digest.library.digests import EntryKind
    from digest.model import Entry, Pick, Profile


def to_stored(digest: Digest, picks: Mapping[str, Pick]) -> NewDigest:
    """Return the stored form of `digest`; `picks` has its papers' picks, by id."""

    def entries(shown: Sequence[Entry], kind: EntryKind) -> tuple[NewEntry, ...]:
        chosen = ((entry, picks[entry.paper.id]) for entry in shown)
        return tuple(
            NewEntry(pick, entry.section, kind, digest.created, pack_pick(pick))
            for entry, pick in chosen
        )

    return NewDigest(
        profile=digest.profile,
        day=digest.day,
        number=digest.number,
        created=digest.created,
        text=_text(digest),
        entries=(
            *entries(digest.entries, "shown"),
            *entries(digest.listed, "one-liner"),
            *entries(digest.news, "news"),
        ),
    )


def read_digest(library: Library, stored: StoredDigest, profile: Profile) -> Digest:
    """Load a digest for rendering with the profile's current settings."""
    return from_stored(stored, library.digests.entries(stored.id), profile)


def last_digest(library: Library, profile: Profile) -> Digest:
    """Load the profile's last digest; raise `UsageError` if it has had none."""
    stored = library.digests.last(profile.name)
    if stored is None:
        raise UsageError(f"{profile.name} has had no digest yet; `digest run` makes one")
    return read_digest(library, stored, profile)


def from_stored(stored: StoredDigest, entries: Sequence[StoredEntry], profile: Profile) -> Digest:
    """Return a stored digest with its `entries`, for rendering with the profile's current settings.

    Each entry has the id that it was shown with, which is its guid, even if the paper has another
    id now.
    """
    text = stored.text
    shown = [
        ((stored.section, not stored.pick.more), entry(stored.pick))
        for stored in entries
        if stored.kind == "shown"
    ]
    # A digest of the first versions has the names of its sections only in its entries.
    headings = text.sections or tuple(
        SectionText(name, 0) for name, _ in dict.fromkeys(place for place, _ in shown)
    )
    sections = []
    for heading in headings:
        place = heading.name, heading.of_rule
        section_entries = tuple(stored for at, stored in shown if at == place)
        selected = max(heading.selected, len(section_entries))
        sections.append(
            Section(heading.name, section_entries, selected, heading.note, heading.of_rule)
        )
    return Digest(
        profile=stored.profile,
        title=text.title,
        day=stored.day,
        number=stored.number,
        created=stored.created,
        language=profile.language,
        summary=text.summary,
        intro=text.intro,
        sections=tuple(sections),
        carried_over=(),
        listed=tuple(entry(stored.pick) for stored in entries if stored.kind == "one-liner"),
        coverage=Coverage(),
        news=tuple(entry(stored.pick) for stored in entries if stored.kind == "news"),
        details=text.details,
        missing=text.missing,
        detail=profile.detail,
        abstracts=profile.abstracts,
        front_matter=profile.front_matter,
        closing=text.closing,
    )


def _text(digest: Digest) -> DigestText:
    return DigestText(
        title=digest.title,
        summary=digest.summary,
        intro=digest.intro,
        details=digest.details,
        missing=digest.missing,
        sections=tuple(
            SectionText(section.name, section.selected, section.note, section.of_rule)
            for section in digest.sections
        ),
        closing=digest.closing,
        only=digest.coverage.only,
    )
