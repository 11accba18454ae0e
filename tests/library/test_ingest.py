"""Store dumps: records, merged papers, independence of the order."""

from __future__ import annotations

import random
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.identity import title_id
from digest.library import Library
from digest.library.dumps import MOST_REFUSALS
from digest.library.merge import Clustering
from digest.model import DumpInfo, PartialDate, Record, Refusal
from tests.library.samples import MONDAY, TUESDAY, WEDNESDAY, add, dump, ids, record
from tests.people import people
from tests.strategies import built

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from digest.model import DumpFormat, Paper


def test_a_dump_brings_records_and_papers(library: Library) -> None:
    result = add(library, "a", [record("One"), record("Two"), record("One")])
    assert (result.dump, result.records, result.new_papers, result.refused) == (1, 3, 2, ())
    assert library.papers.count() == 2
    assert library.dumps.newest() == 1


def test_a_paper_is_new_once(library: Library) -> None:
    add(library, "a", [record("One", arxiv_id="2601.00001")])
    second = add(library, "b", [record("One"), record("Two")], TUESDAY)
    assert second.new_papers == 1


def test_every_field_survives_the_library(library: Library) -> None:
    said = Record(
        title="μP – “quoted”",
        line=3,
        abstract="x < y",
        authors=people("A. Author", "B. Writer"),
        author_count=2,
        organization="Example Lab",
        organization_handle="examplelab",
        published=PartialDate(2025, 12),
        listed=TUESDAY,
        url="https://example.org/",
        pdf_url="https://example.org/pdf",
        code_url="https://example.org/code",
        arxiv_id="2601.00001",
        doi="10.1000/one",
        categories=("cs.CL",),
        upvotes=0,
        comments=5,
        summary="Less is enough.",
        summary_by="Example",
        journal="Journal of Examples 5",
        comment="12 pages",
        primary="cs.CL",
        announce="cross",
        updated=TUESDAY,
        version=2,
        html_url="https://example.org/html",
        project_url="https://example.org/project",
        license="CC BY 4.0",
    )
    add(library, "a", [said])
    (paper,) = library.papers
    for name in set(Record.__struct_fields__) - {"line", "listed", "authors_open"}:
        assert getattr(paper, name) == getattr(said, name), name
    assert (paper.first_seen, paper.sources, paper.aliases) == (TUESDAY, ("dumps",), ())


def test_a_year_that_was_worked_out_survives_the_library(library: Library) -> None:
    add(library, "a", [record(published=PartialDate.of(MONDAY), published_inferred=True)])
    (paper,) = library.papers
    assert (paper.published, paper.published_inferred) == (PartialDate.of(MONDAY), True)


def test_the_same_content_is_read_once(library: Library) -> None:
    add(library, "a", [record()])
    before = list(library.papers)

    def unread() -> Iterator[Record]:
        pytest.fail("a known dump was read again")
        yield record()

    second = add(library, "a", unread())
    assert second.repeated
    assert second.dump == 1
    assert list(library.papers) == before
    files = library.dumps.files("dumps")
    assert {name: [file.sha256 for file in known] for name, known in files.items()} == {
        "a": [dump("a").sha256]
    }


def test_a_copy_under_another_name_gives_the_earlier_day_and_its_source(library: Library) -> None:
    add(library, "b", [record()], WEDNESDAY)
    copied = add(library, "a", [], MONDAY, source="other", of="b")
    (paper,) = library.papers
    assert copied.repeated
    assert paper.first_seen == MONDAY
    assert paper.sources == ("dumps", "other")
    add(library, "c", [], TUESDAY, of="b")
    assert list(library.papers) == [paper]


def test_what_is_refused_is_kept_and_told(library: Library) -> None:
    refusal = Refusal("a", 7, "has no title")
    result = add(library, "a", [record(), refusal])
    assert result.refused == (refusal,)
    assert library.dumps.refusals(result.dump) == (refusal,)


def test_of_a_flood_of_refusals_the_first_are_kept_and_the_others_counted(library: Library) -> None:
    result = add(library, "a", (Refusal("a", n, "broken") for n in range(MOST_REFUSALS + 5)))
    assert len(result.refused) == MOST_REFUSALS + 1
    assert result.refused[-1] == Refusal("a", None, "5 more records were refused")


@pytest.mark.parametrize(
    "bad", [record("half a pair \ud800"), record(upvotes=2**63), record(url="\udfff")]
)
def test_a_record_that_cannot_be_stored_costs_only_itself(library: Library, bad: Record) -> None:
    result = add(library, "a", [bad, record("Good")])
    assert [refusal.line for refusal in result.refused] == [1]
    assert [paper.title for paper in library.papers] == ["Good"]


def test_a_failure_in_the_middle_leaves_the_library_as_it_was(library: Library) -> None:
    add(library, "a", [record("One")])
    before = list(library.papers)

    def interrupted() -> Iterator[Record]:
        yield record("Two")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        add(library, "b", interrupted())
    assert list(library.papers) == before
    assert library.dumps.newest() == 1
    assert add(library, "b", [record("Two")]).dump == 2


def revisions(library: Library, after: int = 0) -> Iterator[tuple[int, int, str]]:
    """Yield key, revision and id of the papers whose text changed in a later dump than `after`."""
    yield from library.papers._connection.execute(
        "SELECT key, revision, id FROM paper WHERE revision > ? ORDER BY revision, key", (after,)
    )


def test_an_unused_id_improves_with_what_is_learnt(library: Library) -> None:
    add(library, "a", [record()])
    (key, revision, by_title) = next(revisions(library))
    assert by_title.startswith("t-")
    add(library, "b", [record(doi="10.1000/one", abstract="More.")])
    add(library, "c", [record(arxiv_id="2601.00001", doi="10.1000/one")])
    (paper,) = library.papers
    assert paper.id == "2601.00001"
    assert paper.aliases == ("10.1000/one", by_title)
    assert library.papers.get(by_title) == library.papers.get("10.1000/one") == paper
    (key_now, revision_now, _) = next(revisions(library))
    assert key_now == key
    assert revision_now > revision


def test_two_papers_that_turn_out_to_be_one_become_one(library: Library) -> None:
    add(library, "a", [record("By title")])
    add(library, "b", [record("Published", arxiv_id="2601.00001")])
    add(library, "c", [record("By title", arxiv_id="2601.00001")])
    (paper,) = library.papers
    assert (paper.id, paper.aliases) == ("2601.00001", (title_id("By title"),))


def test_a_record_that_comes_again_counts_as_of_its_newest_dump(library: Library) -> None:
    low, high = record(doi="10.1000/one", upvotes=5), record(doi="10.1000/one", upvotes=6)
    add(library, "a", [low], MONDAY)
    add(library, "b", [high], TUESDAY)
    add(library, "c", [low], WEDNESDAY, of="the same vote withdrawn")
    assert [paper.upvotes for paper in library.papers] == [5]


def test_of_two_lists_in_one_dump_the_later_one_has_the_count(library: Library) -> None:
    """Votes can be withdrawn: the larger count is not the later one where the lists have days."""
    early = record(doi="10.1000/one", upvotes=6, listed=MONDAY)
    late = record(doi="10.1000/one", upvotes=5, listed=TUESDAY)
    add(library, "a", [early, late], WEDNESDAY)
    assert [paper.upvotes for paper in library.papers] == [5]


def test_a_revision_counts_changes_of_the_text_only(library: Library) -> None:
    add(library, "a", [record(arxiv_id="2601.00001", upvotes=1)])
    add(library, "b", [record(arxiv_id="2601.00001", upvotes=2)], TUESDAY)
    assert [paper.upvotes for paper in library.papers] == [2]
    assert list(revisions(library, after=1)) == []
    text = record(arxiv_id="2601.00001", abstract="Now there is one.")
    add(library, "c", [text], TUESDAY)
    assert [revision for _, revision, _ in revisions(library, after=1)] == [3]


# --- the order of reading does not matter --------------------------------------------------------

RECORDS = built(
    Record,
    title=st.sampled_from(["One", "Two", "one!", "Three"]),
    line=st.integers(1, 3),
    abstract=st.sampled_from([None, None, "Short.", "A longer one."]),
    authors=st.sampled_from([None, None, people("A. Lind"), people("A. Lind", "B. Sato")]),
    organization=st.sampled_from([None, None, "Example Lab", "Another Lab"]),
    published=st.sampled_from([None, *map(PartialDate.of, (MONDAY, TUESDAY))]),
    published_inferred=st.booleans(),
    listed=st.sampled_from([None, None, MONDAY]),
    arxiv_id=st.sampled_from([None, None, "2601.00001", "2601.00002", "2601.00003"]),
    doi=st.sampled_from([None, None, "10.1000/one", "10.1000/two"]),
    upvotes=st.sampled_from([None, 1, 2]),
)
FORMATS: list[DumpFormat] = ["jsonl", "huggingface-api", "huggingface-page"]
DUMPS = st.lists(
    st.tuples(
        st.sampled_from([None, MONDAY, TUESDAY, WEDNESDAY]),
        st.sampled_from(FORMATS),
        st.sampled_from(["dumps", "other"]),
        st.lists(RECORDS, max_size=4),
        st.sampled_from(["", "", "a copy"]),
    ),
    min_size=1,
    max_size=5,
)
Sample = tuple[date | None, "DumpFormat", str, list[Record], str]


def read(dumps: list[tuple[int, Sample]], absent: Path) -> list[Paper]:
    with Library.open(absent, scratch=True) as library:
        for number, (day, format_, source, records, copy) in dumps:
            infos = [DumpInfo(f"dump {number}", source, f"{number:064}", format_, day)]
            if copy:
                infos.append(
                    DumpInfo(f"{copy} of {number}", "dumps", f"{number:064}", format_, MONDAY)
                )
            for info in infos:
                library.dumps.add(info, records, read_on=WEDNESDAY)
        return list(library.papers)


@settings(max_examples=60)
@given(DUMPS, st.randoms(use_true_random=False))
def test_dumps_give_the_same_papers_in_any_order(
    tmp_path_factory: pytest.TempPathFactory, dumps: list[Sample], chance: random.Random
) -> None:
    absent = tmp_path_factory.getbasetemp() / "absent.db"
    numbered = list(enumerate(dumps))
    papers = read(numbered, absent)
    chance.shuffle(numbered)
    shuffled = [
        (number, (day, format_, source, chance.sample(records, len(records)), copy))
        for number, (day, format_, source, records, copy) in numbered
    ]
    assert read(shuffled, absent) == papers


def test_work_in_pieces_gives_the_same_papers(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(7)
    records = [
        record(
            f"Title {chance.randrange(40)}",
            arxiv_id=chance.choice([None, f"2601.{chance.randrange(30):05}"]),
            doi=chance.choice([None, f"10.1000/{chance.randrange(30)}"]),
        )
        for _ in range(300)
    ]
    add(library, "a", records)
    monkeypatch.setattr("digest.library.merge.PIECE", 7)
    with Library.open(tmp_path / "pieces.db") as other:
        add(other, "a", records)
        assert list(other.papers) == list(library.papers)
    assert len(ids(library)) > 30


@pytest.mark.parametrize("at_once", [1, 3, 500])
def test_papers_of_one_record_are_those_that_are_worked_out_with_all_others(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    """Also where a later record turns out to be of the same paper, by title, DOI or identifier."""
    fields = {
        "published": PartialDate.of(MONDAY),
        "listed": TUESDAY,
        "authors": people("A. Author"),
        "categories": (),
    }
    records = [
        record("One", upvotes=0, **fields),
        record("Two", arxiv_id="2601.00002", doi="10.1000/two"),
        record("Three", doi="10.1000/three", url="https://example.org/three"),
        record("One", doi="10.1000/one"),
        record("Another Two", doi="10.1000/two"),
        record("Three", arxiv_id="2601.00003"),
        record("Two", arxiv_id="2601.00002", upvotes=3),
        record("Four", organization_handle="lab"),
        record("Four", organization_handle="lab"),
    ]
    monkeypatch.setattr("digest.library.dumps.AT_ONCE", at_once)
    result = add(library, "a", records)
    monkeypatch.setattr(Clustering, "lone", lambda *_: [])
    with Library.open(tmp_path / "other.db") as other:
        assert add(other, "a", records) == result
        assert list(other.papers) == list(library.papers)
        keys = "SELECT id, count(*) FROM paper JOIN identifier ON paper = key GROUP BY id"
        assert list(other._connection.execute(keys)) == list(library._connection.execute(keys))
    assert result.new_papers == len(ids(library)) == 4


@pytest.mark.parametrize("seed", range(20))
def test_new_papers_are_those_that_no_other_dump_shows(
    library: Library, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Whichever of them were written at once, worked out again later, or turned out to be one."""
    monkeypatch.setattr("digest.library.dumps.AT_ONCE", 3)
    monkeypatch.setattr("digest.library.merge.PIECE", 4)
    chance = random.Random(seed)
    new = 0
    for name in "abcdef":
        items = [
            record(
                f"Title {chance.randint(1, 12)}",
                arxiv_id=chance.choice([None, f"2601.0000{chance.randint(1, 9)}"]),
                doi=chance.choice([None, None, f"10.1000/{chance.randint(1, 6)}"]),
                abstract=chance.choice([None, "Of salt.", "Of water."]),
            )
            for _ in range(chance.randint(0, 14))
        ]
        result = add(library, name, items)
        shown = library._connection.execute(
            "SELECT paper, dump FROM identifier JOIN record USING (identifier)"
            " JOIN sighting ON record = record.id"
        ).fetchall()
        elsewhere = {paper for paper, dump in shown if dump != result.dump}
        assert result.new_papers == len({paper for paper, _ in shown} - elsewhere)
        new += result.new_papers
    assert new > 0


@pytest.fixture
def pieces(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Of how many keys the papers are that are worked out, piece by piece."""
    result: list[int] = []
    work_out = Clustering._work_out

    def counted(self: Clustering, keys: set[object]) -> None:
        result.append(len(keys))
        work_out(self, keys)  # type: ignore[arg-type]

    monkeypatch.setattr(Clustering, "_work_out", counted)
    return result


def test_most_papers_are_written_with_their_record(library: Library, pieces: list[int]) -> None:
    add(library, "a", [record(f"Paper {number}") for number in range(900)])
    assert pieces == []
    add(library, "b", [record(f"Paper {number}", upvotes=1) for number in range(899, 1_000)])
    assert pieces == [1]


def test_the_key_of_a_paper_that_is_gone_is_not_given_again(library: Library) -> None:
    """Who remembers a key would take the new paper for the old one."""
    first = [record("One", arxiv_id="2601.00001"), record("Two")]
    add(library, "a", first)
    (last,) = library._connection.execute("SELECT max(key) FROM paper").fetchone()
    add(library, "b", [record("Two", arxiv_id="2601.00001")])
    assert ids(library) == ["2601.00001"]
    add(library, "c", [record("Three"), record("Four")])
    keys = library._connection.execute(
        "SELECT key FROM paper WHERE title IN ('Three', 'Four') ORDER BY key"
    )
    assert [key for (key,) in keys] == [last + 1, last + 2]


def test_a_paper_is_worked_out_once_for_a_dump(
    library: Library, pieces: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a dump of one title, a thousand times over, would take the square of its length."""
    monkeypatch.setattr("digest.library.merge.PIECE", 10)
    result = add(library, "a", [record("Same", upvotes=number) for number in range(500)])
    assert result.new_papers == 1
    assert pieces == [1]


def test_many_works_of_one_title_are_compared_once_for_a_dump(
    library: Library, pieces: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digest.library.merge.PIECE", 10)
    result = add(library, "a", [record("Same", abstract=str(number)) for number in range(500)])
    assert result.new_papers == 500
    assert pieces == [500]
