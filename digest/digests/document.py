"""A digest as a JSON document, for programs: docs/json.md is the contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from digest.model.serialize import (
    closing_to_json,
    learned_to_json,
    match_to_json,
    missed_to_json,
    paper_to_json,
    rise_to_json,
    update_to_json,
    written_to_json,
)
from digest.wording import papers, plain
from digest.wording.languages import words_in

if TYPE_CHECKING:
    from digest.model import Digest, Entry
    from digest.wording.languages import Words


def digest_to_json(digest: Digest) -> dict[str, Any]:
    """Return all that a digest shows, as a webhook gets it."""
    words = words_in(digest.language)
    return {
        "profile": digest.profile,
        "title": digest.title,
        "digest": digest.name,
        "day": digest.day.isoformat(),
        "created": digest.created.isoformat(),
        "language": digest.language,
        "summary": digest.summary,
        "details": [*digest.details, *([digest.missing] if digest.missing else [])],
        "papers": [
            {**entry_to_json(entry), **_words_of(entry, words)}
            for entry in (*digest.entries, *digest.listed)
        ],
        "news": [{**entry_to_json(entry), **_words_of(entry, words)} for entry in digest.news],
        "leftover": len(digest.carried_over),
        **closing_to_json(digest.closing),
    }


def entry_to_json(entry: Entry) -> dict[str, Any]:
    """Return a paper of a digest."""
    return {
        **paper_to_json(entry.paper),
        "points": entry.score,
        "section": entry.section,
        "of_rule": entry.of_rule,
        "learned": learned_to_json(entry.learned),
        "missed": missed_to_json(entry.missed),
        "rise": rise_to_json(entry.rise),
        "update": update_to_json(entry.update),
        "written": written_to_json(entry.written),
        "matches": [match_to_json(match) for match in entry.matches],
    }


def _words_of(entry: Entry, words: Words) -> dict[str, Any]:
    """Return the texts of a paper in a digest, in the digest's language."""
    return {
        "why": papers.why(entry, words),
        "sentence": plain(entry.sentence) or None,
        "sentence_by": entry.sentence_by or None,
    }
