"""Picks and the texts of digests as JSON, the way the tables store them.

The only module that knows this JSON: the library takes and returns typed values. A paper that
several digests showed is stored once as long as it is the same.
"""

from __future__ import annotations

import json
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from msgspec import Struct

from digest.library.compression import pack, pack_beside, unpack, unpack_bytes
from digest.model.review import NO_CLOSING
from digest.model.serialize import (
    closing_from_json,
    closing_to_json,
    paper_from_json,
    paper_to_json,
    pick_from_json,
    pick_to_json,
)

if TYPE_CHECKING:
    from digest.library.connection import Connection
    from digest.model import Paper, Pick
    from digest.model.review import DigestEnd


PICK: Final = (
    "snapshot, (SELECT without_base(shown_paper.body, record.body) FROM shown_paper"
    " LEFT JOIN record ON record.id = base WHERE number = shown)"
)
"""The columns of a pick, in `entry`, `candidate` and `update_sent`: what `load_pick` takes."""

IS_UNUSED: Final = " AND ".join(
    f"NOT EXISTS (SELECT 1 FROM {name} WHERE shown = shown_paper.number)"  # noqa: S608 - names of our own
    for name in ("entry", "candidate", "update_sent")
)
"""Whether a row of `shown_paper` belongs to no pick: the paper was carried over so, and then
changed."""


class SectionText(NamedTuple):
    """The heading of one section of a stored digest."""

    name: str
    selected: int
    note: str = ""
    of_rule: bool = True


class DigestText(Struct, frozen=True):
    """Everything of a stored digest except its entries."""

    title: str = ""
    summary: str = ""
    intro: str = ""
    details: tuple[str, ...] = ()
    missing: str = ""
    sections: tuple[SectionText, ...] = ()
    """Empty for a digest of the first versions, which stored its sections only with its entries."""
    closing: DigestEnd = NO_CLOSING
    only: tuple[str, ...] = ()
    """The only rules for which the run looked back; empty if all rules were asked."""


class PackedPick(Struct, frozen=True):
    """A pick as the library keeps it."""

    text: str
    """All of it but its paper, as JSON."""
    hash: bytes
    """Of the paper's JSON."""
    body: bytes
    """That JSON, packed."""


def pack_pick(pick: Pick) -> PackedPick:
    """Return `pick` as the library keeps it."""
    return PackedPick(_compact(pick_to_json(pick)), *_packed(pick.paper))


def store_pick(connection: Connection, pick: PackedPick, key: int) -> int:
    """Store the paper of `pick` as it is now; return its number. `key` is that of the paper.

    Its longest record says most of it already, so it is compressed beside that.
    """
    row = connection.execute("SELECT number FROM shown_paper WHERE hash = ?", (pick.hash,))
    if (known := row.fetchone()) is not None:
        return int(known[0])
    record, base = connection.execute(
        "SELECT record.id, record.body FROM identifier JOIN record USING (identifier)"
        " WHERE identifier.paper = ? ORDER BY length(record.body) DESC, record.id LIMIT 1",
        (key,),
    ).fetchone() or (None, None)
    body = pick.body if base is None else pack_beside(unpack_bytes(pick.body), base)
    inserted = connection.execute(
        "INSERT INTO shown_paper (hash, body, base) VALUES (?, ?, ?)", (pick.hash, body, record)
    )
    return int(inserted.lastrowid or 0)


def detach(connection: Connection, records: str) -> None:
    """Store papers as digests showed them without these records, a JSON list: they are deleted."""
    rows = connection.execute(
        "SELECT without_base(shown_paper.body, record.body), number FROM shown_paper"
        " JOIN record ON record.id = base WHERE base IN (SELECT value FROM json_each(?))",
        (records,),
    ).fetchall()
    connection.executemany(
        "UPDATE shown_paper SET body = ?, base = NULL WHERE number = ?",
        ((pack(unpack_bytes(body)), number) for body, number in rows),
    )


def load_pick(text: str, body: bytes | None) -> Pick:
    """Return the pick that `pack_pick` packed, with its paper's id and fields at that time.

    `text` and `body` are the columns `PICK`; a pick of earlier versions has no body.
    """
    form = json.loads(text)
    return pick_from_json(
        form, paper_from_json(form["paper"]) if body is None else load_paper(body)
    )


def load_title(text: str, body: bytes | None) -> str:
    """Return only the title of the paper that `load_pick` returns, in a tenth of its time."""
    paper = json.loads(text)["paper"] if body is None else json.loads(unpack(body))
    title: str = paper["title"]
    return title


def _compact(form: dict[str, Any]) -> str:
    return json.dumps(form, ensure_ascii=False, separators=(",", ":"))


# The profiles of an institution show the same papers.
@lru_cache(maxsize=1_024)
def _packed(paper: Paper) -> tuple[bytes, bytes]:
    text = _compact(paper_to_json(paper)).encode()
    return sha256(text).digest(), pack(text)


@lru_cache(maxsize=1_024)
def load_paper(body: bytes) -> Paper:
    """Return a paper as digests showed it; raise one of many errors if `body` is damaged."""
    return paper_from_json(json.loads(unpack(body)))


def encode_text(text: DigestText) -> str:
    """Return the texts of a digest as JSON."""
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
    """Return the sentences below the summary, also from the two keys of earlier versions."""
    if "details" in form:
        return tuple(form["details"])
    earlier = (form.get("empty_reason", ""), *form.get("notes", ()))
    return tuple(sentence for sentence in earlier if sentence)
