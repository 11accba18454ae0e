"""Papers as digests showed them repeat a record, are stored by the difference, and stay."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from digest.library import DigestText, NewDigest, NewEntry
from digest.library.compression import pack, pack_beside, unpack, without_base
from digest.model import Paper, Pick
from tests.library.samples import MORNING, add, dump, ids, record

if TYPE_CHECKING:
    from digest.library import Library

CHANCE = random.Random(3)
ABSTRACT = " ".join("".join(CHANCE.choices("abdeilnorst", k=6)) for _ in range(150))


def show(library: Library, paper: Paper) -> int:
    entry = NewEntry(Pick(paper, 1.0, ()), "Pruning", "shown", MORNING)
    digest = NewDigest("daily", MORNING.date(), 1, MORNING, DigestText(), (entry,))
    return library.digests.add(digest)


def shown(library: Library, digest: int) -> Paper:
    (entry,) = library.digests.entries(digest)
    return entry.pick.paper


def stored(library: Library) -> tuple[int, bool]:
    """Return the bytes of the one shown paper, and whether it has a base."""
    (row,) = library._connection.execute("SELECT length(body), base NOTNULL FROM shown_paper")
    return row[0], bool(row[1])


@pytest.fixture
def paper(library: Library) -> Paper:
    add(library, "a", [record("Pruning", abstract=ABSTRACT)])
    (identifier,) = ids(library)
    return library.papers.get(identifier) or Paper("", "")


def test_its_abstract_is_stored_once(library: Library, paper: Paper) -> None:
    number = show(library, paper)
    size, has_base = stored(library)
    assert has_base
    assert size < len(pack(ABSTRACT.encode()))
    assert shown(library, number) == paper


def test_it_stays_as_it_was_when_other_records_say_more(library: Library, paper: Paper) -> None:
    number = show(library, paper)
    add(library, "b", [record("Pruning", abstract=f"{ABSTRACT} Again.", upvotes=4)])
    assert shown(library, number) == paper


def test_it_stays_when_a_better_reading_replaces_its_record(library: Library, paper: Paper) -> None:
    number = show(library, paper)
    info = dump("a")
    read = library.dumps.number_of(info.sha256)
    assert read is not None
    library.dumps.replace(read, info, [record("Pruning", abstract=f"{ABSTRACT} Again.")])
    assert shown(library, number) == paper
    assert stored(library)[1] is False
    assert library._connection.execute("PRAGMA foreign_key_check").fetchall() == []


def test_a_paper_that_is_unlike_its_record_comes_back_too(library: Library, paper: Paper) -> None:
    changed = Paper(paper.id, "Quite another title", abstract="Grüße")
    assert shown(library, show(library, changed)) == changed


def test_a_text_comes_back_from_beside_another() -> None:
    base = pack(ABSTRACT.encode())
    packed = pack_beside(f"{ABSTRACT} and more".encode(), base)
    assert len(packed) < 40
    assert unpack(without_base(packed, base)) == f"{ABSTRACT} and more"
    assert without_base(base, None) == base
