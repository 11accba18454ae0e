"""Picks and the words of digests as JSON text, the way the tables store them.

The only module that knows this JSON: the library takes and returns typed values.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from digest.model.review import NO_CLOSING
from digest.model.serialize import (
    closing_from_json,
    closing_to_json,
    pick_from_json,
    pick_to_json,
)

if TYPE_CHECKING:
    from digest.model import Pick
    from digest.model.review import Closing


class SectionText(NamedTuple):
    """The heading of one section of a stored digest."""

    name: str
    selected: int
    note: str = ""
    of_rule: bool = True


class DigestText(NamedTuple):
    """Everything of a stored digest but its entries."""

    title: str = ""
    summary: str = ""
    intro: str = ""
    details: tuple[str, ...] = ()
    missing: str = ""
    sections: tuple[SectionText, ...] = ()
    """Empty for a digest of the first versions, which stored its sections with its entries only."""
    closing: Closing = NO_CLOSING
    only: tuple[str, ...] = ()
    """The rules for which alone the run looked back; empty if all rules were asked."""


def encode_pick(pick: Pick) -> str:
    """Return `pick` as JSON text."""
    return json.dumps(pick_to_json(pick), ensure_ascii=False, separators=(",", ":"))


def decode_pick(text: str) -> Pick:
    """Return the pick that `encode_pick` wrote, with the id and fields that it had then."""
    return pick_from_json(json.loads(text))


def encode_text(text: DigestText) -> str:
    """Return the words of a digest as JSON text."""
    form: dict[str, Any] = {
        "title": text.title,
        "summary": text.summary,
        "intro": text.intro,
        "details": text.details,
        "missing": text.missing,
        "sections": text.sections,
    }
    if text.closing != NO_CLOSING:
        form["closing"] = closing_to_json(text.closing)
    if text.only:
        form["only"] = text.only
    return json.dumps(form, ensure_ascii=False)


def decode_text(text: str) -> DigestText:
    """Return what `encode_text` wrote, also in an earlier version."""
    form: dict[str, Any] = json.loads(text)
    return DigestText(
        title=form.get("title", ""),
        summary=form.get("summary", ""),
        intro=form.get("intro", ""),
        details=_details(form),
        missing=form.get("missing", ""),
        sections=tuple(SectionText(*section) for section in form.get("sections", ())),
        closing=closing_from_json(form["closing"]) if "closing" in form else NO_CLOSING,
        only=tuple(form.get("only", ())),
    )


def _details(form: dict[str, Any]) -> tuple[str, ...]:
    """Return the sentences below the summary; earlier versions kept them under two other names."""
    if "details" in form:
        return tuple(form["details"])
    earlier = (form.get("empty_reason", ""), *form.get("notes", ()))
    return tuple(sentence for sentence in earlier if sentence)
