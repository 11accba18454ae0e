"""Many queries on a whole library give the same answers as on its papers."""

from __future__ import annotations

import random
import shutil
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import astuple

from digest.library import Library
from digest.library.connection import connect
from digest.library.migrations import MIGRATIONS
from digest.library.schema import APPLICATION_ID, apply
from digest.matching import compile_rules
from digest.matching.word_index_bytes import VERSION
from digest.model import PartialDate
from digest.search import (
    LibrarySearch,
    as_rule,
    count_all,
    count_queries,
    look_at,
    refresh_forms,
    spread,
    vocabulary_of,
)
from digest.search import queries as search
from tests.library.samples import MONDAY, TUESDAY, add, record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.model import Paper, Record, RuleMatch
    from digest.rules import Rule

TODAY = date(2026, 1, 5)
QUERIES = [
    "pruning",
    '"data set"',
    "scaling law^3",
    "title:model NOT bias*",
    "upvotes:>=3 OR cat:cs.*",
    "pruning upvotes:>=2",
    '"model law"~3',
    "=GPT",
    "nothing",
    "a OR NOT pruning",
]
WORDS = "pruning datasets data-set models scaling laws biases GPT matrices a of the".split()  # noqa: SIM905 (words read better so)


def made_up(count: int) -> Iterator[Record]:
    """Papers of few words, so that many are equal in points, upvotes or day."""
    chance = random.Random(2026)
    for number in range(count):
        title, abstract = (" ".join(chance.choices(WORDS, k=k)) for k in (3, 8))
        yield record(
            f"{title} {number:04}",
            abstract=chance.choice([None, abstract]),
            upvotes=chance.choice([None, 0, 3, 7]),
            published=chance.choice([None, PartialDate(2025, 12, 30), PartialDate(2026, 1, 2)]),
            categories=chance.choice([("cs.CL",), ("math.AG",)]),
        )


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of three groups of papers."""
    path = tmp_path_factory.mktemp("library") / "digest.db"
    with Library.open(path, new_id=lambda: "made-for-a-test") as library:
        add(library, "d1", made_up(2_200))
        refresh_forms(library)
    return path


def rules() -> list[Rule]:
    return [as_rule(query, query) for query in QUERIES]


def expected(library: Library) -> list[list[str]]:
    """Return the papers that each rule selects, best first, matched one by one."""
    papers = list(library.papers)
    matched = compile_rules(rules(), today=TODAY).match(papers)
    return [
        [
            paper.id
            for match, paper in sorted(
                (
                    (match, paper)
                    for paper, found in zip(papers, matched, strict=True)
                    for match in found
                    if match.rule == query
                ),
                key=lambda pair: _rank(*pair),
            )
        ]
        for query in QUERIES
    ]


def _rank(match: RuleMatch, paper: Paper) -> tuple[object, ...]:
    """Return what a lookup orders by: points, upvotes, day, title; what is missing last."""
    upvotes, day = paper.upvotes, paper.published
    return (
        -match.points,
        (upvotes is None, -(upvotes or 0)),
        (day is None, [-part for part in day or () if part]),
        paper.title,
        paper.id,
    )


def test_a_library_answers_as_its_papers_do(filled: Path) -> None:
    with Library.open(filled) as library:
        search = LibrarySearch(library, rules(), today=TODAY)
        wanted = expected(library)
        assert [search.best(number) for number in range(len(QUERIES))] == wanted
        assert search.counts == [len(ids) for ids in wanted]
        assert count_all(library, rules(), today=TODAY) == search.counts
    assert {len(ids) == 0 for ids in wanted} == {True, False}


@pytest.mark.parametrize("limit", [1, 2, 7, 50, 10_000])
def test_the_best_are_the_first_of_all(filled: Path, limit: int) -> None:
    """Where more papers have the same points than fit, upvotes, day and title decide."""
    with Library.open(filled) as library:
        search = LibrarySearch(library, rules(), today=TODAY, limit=limit)
        everything = LibrarySearch(library, rules(), today=TODAY)
        assert search.counts == everything.counts
        for number in range(len(QUERIES)):
            assert search.best(number) == everything.best(number)[:limit]


def test_two_processes_answer_as_one_does(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Library.open(filled) as library:
        alone = LibrarySearch(library, rules(), today=TODAY)
        monkeypatch.setattr(search, "PARALLEL_FROM", 0)
        monkeypatch.setattr(search, "AT_ONCE", 1)
        monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1})
        together = LibrarySearch(library, rules(), today=TODAY)
        assert together.counts == alone.counts
        assert count_all(library, rules(), today=TODAY) == alone.counts
        for number in range(len(QUERIES)):
            assert together.best(number) == alone.best(number)


def test_two_processes_show_what_one_does(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Library.open(filled) as library:
        asked = LibrarySearch(library, rules(), today=TODAY, limit=30)
        alone = list(asked.shown(astuple))
        assert [len(found) for found in alone] == [min(30, count) for count in asked.counts]
        assert [[item[0] for item in found] for found in alone] == [
            asked.best(number) for number in range(len(QUERIES))
        ]
        monkeypatch.setattr(search, "PARALLEL_FROM", 0)
        monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1})
        for at_once in (1, 40, 10_000):
            monkeypatch.setattr(search, "SHOWN_AT_ONCE", at_once)
            assert list(asked.shown(astuple)) == alone


@pytest.mark.parametrize("shared", ["nothing", "papers", "rules"])
def test_queries_are_counted_and_faulty_ones_named(
    filled: Path, monkeypatch: pytest.MonkeyPatch, shared: str
) -> None:
    queries = ["(", *QUERIES, "pruning AND", "NOT pruning"]
    with Library.open(filled) as library:
        expected = [None, *LibrarySearch(library, rules(), today=TODAY).counts, None, None]
        if shared != "nothing":
            monkeypatch.setattr(search, "PARALLEL_FROM", 0)
            monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1, 2})
            monkeypatch.setattr(search, "PAPERS_A_RULE", 1_000 if shared == "rules" else 0)
        assert count_queries(library, queries, today=TODAY) == expected


def test_two_processes_cut_words_as_one_does(
    filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = Path(shutil.copy(filled, tmp_path / "copy.db"))
    with Library.open(filled) as alone:
        kept = [alone.forms.get(number, VERSION) for number in alone.forms.groups()]
    monkeypatch.setattr(search, "PARALLEL_FROM", 0)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1})
    with Library.open(copy) as library:
        for number in library.forms.groups():
            library.forms.put(number, VERSION - 1, b"of an earlier version")
        assert library.forms.missing(VERSION) == library.forms.groups()
        refresh_forms(library)
        assert [library.forms.get(number, VERSION) for number in library.forms.groups()] == kept


def test_a_library_without_papers_answers_nothing() -> None:
    with Library.in_memory() as library:
        search = LibrarySearch(library, rules(), today=TODAY)
        assert search.counts == [0] * len(QUERIES)
        assert search.best(0) == search.best(9) == []
        assert list(search.shown(astuple)) == [[]] * len(QUERIES)
        assert count_all(library, rules(), today=TODAY) == [0] * len(QUERIES)


# --- stored words --------------------------------------------------------------------------------


def counts(library: Library, *queries: str) -> list[int]:
    return LibrarySearch(library, [as_rule(query) for query in queries], today=TODAY).counts


def test_words_that_are_stored_and_words_cut_now_give_the_same() -> None:
    with Library.in_memory() as library:
        add(library, "d1", made_up(300))
        cut_now = counts(library, *QUERIES)
        assert library.forms.missing(VERSION) == library.forms.groups()
        refresh_forms(library)
        assert library.forms.missing(VERSION) == ()
        assert counts(library, *QUERIES) == cut_now


def test_a_new_paper_is_found_at_once() -> None:
    with Library.in_memory() as library:
        add(library, "d1", [record("Pruning at Scale")])
        refresh_forms(library)
        add(library, "d2", [record("Routing at Scale")])
        assert counts(library, "pruning", "routing", "scale") == [1, 1, 2]


@pytest.mark.parametrize("refreshed", [False, True])
def test_a_text_that_changes_loses_its_old_words(refreshed: bool) -> None:
    """A newer dump brings another title and an abstract: what was stored is out of date."""
    with Library.in_memory() as library:
        add(library, "d1", [record("Pruning Nets", arxiv_id="2601.00001"), record("Other")])
        refresh_forms(library)
        assert counts(library, "pruning", "distilling", "teachers") == [1, 0, 0]
        changed = record("Distilling Nets", arxiv_id="2601.00001", abstract="Of teachers.")
        add(library, "d2", [changed], TUESDAY)
        if refreshed:
            refresh_forms(library)
        (paper,) = [p for p in library.papers if p.arxiv_id]
        expected = ["distilling" in paper.title.lower(), "teachers" in (paper.abstract or "")]
        assert expected[1]
        assert counts(library, "distilling", "teachers") == expected
        assert counts(library, "pruning") == [not expected[0]]


def test_a_title_that_changes_alone_loses_its_old_words() -> None:
    """Which of two titles stands is the merging's matter: in one of both orders it changes."""
    titles = ["Pruning Nets", "Distilling Nets"]
    stood = []
    for order in (titles, titles[::-1]):
        with Library.in_memory() as library:
            for title in order:
                add(library, title, [record(title, arxiv_id="2601.00001")])
                refresh_forms(library)
            (paper,) = library.papers
            stood.append(paper.title == order[0])
            expected = [int(title == paper.title) for title in titles]
            assert counts(library, "pruning", "distilling") == expected
    assert sorted(stood) == [False, True]


def test_an_abstract_that_comes_later_is_found() -> None:
    with Library.in_memory() as library:
        add(library, "d1", [record("Pruning Nets")], MONDAY)
        refresh_forms(library)
        add(library, "d2", [record("Pruning Nets", abstract="Of teachers.")], TUESDAY)
        assert counts(library, "teachers", "pruning") == [1, 1]


def test_only_the_group_of_a_changed_text_is_cut_anew(filled: Path, tmp_path: Path) -> None:
    with Library.open(Path(shutil.copy(filled, tmp_path / "copy.db"))) as library:
        first, middle, last = library.forms.groups()
        assert library.forms.groups(range(middle, last)) == (middle,)
        assert library.forms.missing(VERSION) == ()
        changed = record("Pruning Anew", arxiv_id="2601.00001")
        add(library, "d2", [changed])
        assert library.forms.missing(VERSION) == (last,)
        refresh_forms(library)
        for group in (first, middle):
            title = next(title for title, abstract in library.forms.texts(group) if not abstract)
            add(library, f"{group}", [record(title, abstract="Of teachers.")], TUESDAY)
            assert library.forms.missing(VERSION) == (group,)
            refresh_forms(library)
        assert counts(library, "teachers") == [2]


def test_forms_of_smaller_groups_are_dropped(tmp_path: Path) -> None:
    path = tmp_path / "digest.db"
    with Library(connect(path), path) as library:
        connection = library._connection
        for migration in MIGRATIONS[:5]:
            apply(connection, migration)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("PRAGMA user_version = 5")
        connection.executemany(
            "INSERT INTO paper (key, id, revision, title, published_inferred)"
            " VALUES (?, ?, 1, ?, 0)",
            ((key, f"t-{key}", f"Title {key}") for key in range(1, 301)),
        )
        library.forms.put(0, VERSION, b"the words of the first 256")
        library.forms.put(1, VERSION, b"the words of the others")
    with Library.open(path) as library:
        assert library.forms.missing(VERSION) == library.forms.groups() == (0,)
        refresh_forms(library)
        add(library, "d2", [record("Routing at Scale")])
        assert library.forms.missing(VERSION) == (0,)


def test_forms_of_another_version_are_made_anew() -> None:
    with Library.in_memory() as library:
        add(library, "d1", [record("Pruning Nets")])
        (group,) = library.forms.groups()
        library.forms.put(group, VERSION + 1, b"no words at all")
        assert counts(library, "pruning") == [1]
        refresh_forms(library)
        assert library.forms.get(group, VERSION) is not None
        assert counts(library, "pruning") == [1]


def test_the_vocabulary_is_kept_and_may_lag(tmp_path: Path) -> None:
    with Library.open(tmp_path / "l.db") as library:
        add(library, "d1", [record(f"sparse routing {n}") for n in range(30)])
        refresh_forms(library)
        assert vocabulary_of(library).count("routing") == 30
        add(library, "d2", [record("routing again")])
        assert vocabulary_of(library).count("routing") == 30, "one of thirty is within the lag"
        add(library, "d3", [record(f"routing number {n}") for n in range(9)])
        assert vocabulary_of(library).count("routing") == 40


def test_the_papers_looked_at_are_spread_over_the_library() -> None:
    groups = list(range(100))
    assert sorted(spread(groups)) == groups
    for count in (5, 10, 20):
        beginning = sorted(spread(groups)[:count])
        gaps = [b - a for a, b in pairwise([0, *beginning, 99])]
        assert max(gaps) <= 3 * len(groups) // count


def test_looking_stops_at_the_budget(filled: Path) -> None:
    matcher = compile_rules([as_rule("pruning")], today=TODAY)
    with Library.open(filled, scratch=True) as library:
        (group,) = look_at(library, matcher, budget=1)
        whole = list(look_at(library, matcher, budget=None))
        (count,) = count_all(library, [as_rule("pruning")], today=TODAY)
        papers = library.papers.count()
    assert 0 < group.searched < papers
    assert sum(looked.searched for looked in whole) == papers
    assert sum(len(looked.papers) for looked in whole) == count
