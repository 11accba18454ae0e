"""Decide which records are one paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.identity import Evidence, Keys, evidence_of, gather, keys_of
from digest.identity.gather import MOST_NAMESAKES
from tests.identity.records import A1, A2, D1, D2, record
from tests.people import people

if TYPE_CHECKING:
    import random

    from digest.model import Record

T, U = "t-1", "t-2"


@pytest.mark.parametrize(
    ("keys", "papers"),
    [
        pytest.param(
            [(A1, None, T), (A1, None, U)], {A1: A1}, id="one arXiv id, two titles: one paper"
        ),
        pytest.param(
            [(A1, D1, T), (A2, D1, T)], {A1: A1, A2: A2}, id="two arXiv ids are never one paper"
        ),
        pytest.param(
            [(None, D1, T), (None, D1, U)], {D1: D1}, id="a DOI alone is a paper of its own"
        ),
        pytest.param(
            [(A2, D1, U), (A1, D1, U), (None, D1, T)],
            {A1: A1, A2: A2, D1: A1},
            id="a DOI goes to the smallest arXiv paper that carries it",
        ),
        pytest.param(
            [(A2, D1, U), (A1, None, T), (None, D1, T)],
            {A1: A1, A2: A2, D1: A2},
            id="the DOI itself counts for more than the title",
        ),
        pytest.param(
            [(A1, None, T), (None, D1, T)], {A1: A1, D1: A1}, id="else to one of the same title"
        ),
        pytest.param(
            [(A1, D2, T), (A2, None, T), (None, D1, T)],
            {A1: A1, A2: A2, D1: A2},
            id="but not to one that carries another DOI",
        ),
        pytest.param([(None, None, T)], {T: T}, id="a title alone is a paper of its own"),
        pytest.param(
            [(None, None, T), (None, D1, T), (A1, D2, T)],
            {A1: A1, D1: D1, T: A1},
            id="a title goes to arXiv before DOI",
        ),
        pytest.param(
            [(None, None, T), (None, D2, T), (None, D1, T)],
            {D1: D1, D2: D2, T: D1},
            id="a title goes to the smallest DOI",
        ),
        pytest.param(
            [(A1, D1, U), (None, D1, T), (None, None, T)],
            {A1: A1, D1: A1, T: A1},
            id="a title goes where the DOI of that title went",
        ),
    ],
)
def test_records_are_one_paper_by_the_documented_rules(
    keys: list[tuple[str | None, str | None, str]], papers: dict[str, str]
) -> None:
    assert gather(Keys(*key) for key in keys) == papers


NAMES = st.tuples(
    st.sampled_from([None, A1, A2, "2601.00003"]),
    st.sampled_from([None, None, D1, D2]),
    st.sampled_from([T, U, "t-3"]),
    st.sampled_from(["", "-a", "-b", "-c"]),
)
KEYS = NAMES.map(
    lambda names: Keys(*names[:3], "" if names[0] or names[1] else names[2] + names[3])
)


@given(st.lists(KEYS, max_size=12), st.randoms(use_true_random=False))
def test_gathering_is_a_function_of_the_set(keys: list[Keys], chance: random.Random) -> None:
    papers = gather(keys)
    shuffled = keys * 2
    chance.shuffle(shuffled)
    assert gather(shuffled) == papers
    assert set(papers) == {key.identifier for key in keys}
    for paper in papers.values():
        assert papers[paper] == paper, "a paper is named by one of its own identifiers"


# --- works of one title ---------------------------------------------------------------------------

LONG = (
    "We train sparse experts on eight corpora and show that a fixed hash of every token routes as "
    "well as a learned router while the training needs half of the memory and no auxiliary loss"
)
OTHER = (
    "Tides of shallow lakes follow the wind rather than the moon; measurements over thirty winters "
    "reveal how sediment and reeds dampen each wave before it reaches the northern shore"
)
SAME_WORK = {
    "a bare title": ({}, {"authors": people("Ada Rivera"), "abstract": LONG}),
    "the same authors": (
        {"authors": people("Ada Rivera", "B. Lind")},
        {"authors": people("A. Rivera", "Bo Lind", "C. Okafor")},
    ),
    "a name turned round": ({"authors": people("Li Wei")}, {"authors": people("Wei Li")}),
    "an abstract that was cut": ({"abstract": LONG}, {"abstract": LONG[:80] + "…"}),
    "an abstract in other words": (
        {"abstract": LONG},
        {"abstract": LONG.replace("We train", "This paper trains").replace("half", "a third")},
    ),
    "two names of an organisation": (
        {"organization": "Example"}, {"organization": "Example Deep Lab"}
    ),
    "the same abstract from another organisation": (
        {"organization": "Example", "abstract": LONG}, {"organization": "Lab", "abstract": LONG}
    ),
}  # fmt: skip
OTHER_WORK = {
    "other authors": ({"authors": people("A. Rivera")}, {"authors": people("B. Lind")}),
    "a namesake": ({"authors": people("Ada Wang")}, {"authors": people("Bo Wang")}),
    "one author of many": (
        {"authors": people("A. Wang", "B. Lind", "C. Okafor", "D. Sato")},
        {"authors": people("A. Wang", "E. Novak", "F. Haddad", "G. Moreau")},
    ),
    "other organisations": ({"organization": "Example"}, {"organization": "Lab"}),
    "other abstracts": ({"abstract": LONG}, {"abstract": OTHER}),
    "other short abstracts": ({"abstract": "About C."}, {"abstract": "About D."}),
    "the same author on something else": (
        {"authors": people("A. Rivera"), "abstract": LONG},
        {"authors": people("A. Rivera"), "abstract": OTHER},
    ),
}  # fmt: skip
IDENTIFIED: tuple[dict[str, Any], ...] = ({}, {"arxiv_id": A1}, {"doi": D1})


def papers_of(*records: Record) -> int:
    keys = [keys_of(record) for record in records]
    evidence: dict[str, Evidence] = {}
    for key, item in zip(keys, records, strict=True):
        known = evidence.get(key.identifier, Evidence())
        evidence[key.identifier] = known | evidence_of(item)
    return len(set(gather(keys, evidence).values()))


@pytest.mark.parametrize("identified", IDENTIFIED, ids=["none", "arXiv", "DOI"])
@pytest.mark.parametrize(("one", "other"), SAME_WORK.values(), ids=SAME_WORK)
def test_records_of_one_title_that_do_not_contradict_are_one_paper(
    one: dict[str, Any], other: dict[str, Any], identified: dict[str, Any]
) -> None:
    assert papers_of(record(**one, **identified), record(**other)) == 1
    assert papers_of(record(**one), record(**other, **identified)) == 1


@pytest.mark.parametrize("identified", IDENTIFIED, ids=["none", "arXiv", "DOI"])
@pytest.mark.parametrize(("one", "other"), OTHER_WORK.values(), ids=OTHER_WORK)
def test_records_of_one_title_that_contradict_are_two(
    one: dict[str, Any], other: dict[str, Any], identified: dict[str, Any]
) -> None:
    assert papers_of(record(**one, **identified), record(**other)) == 2
    assert papers_of(record(**one), record(**other, **identified)) == 2


@pytest.mark.parametrize(("one", "other"), OTHER_WORK.values(), ids=OTHER_WORK)
def test_a_doi_does_not_go_to_an_arxiv_paper_that_contradicts(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    assert papers_of(record(**one, arxiv_id=A1), record(**other, doi=D1)) == 2


def test_two_dois_are_never_one_paper_and_the_better_one_goes_to_arxiv() -> None:
    preprint = record(arxiv_id=A1, authors=people("A. Rivera"))
    journal = record(doi=D2, authors=people("A. Rivera", "B. Lind"))
    unknown = record(doi=D1)
    assert papers_of(preprint, journal, unknown) == 2
    keys = [keys_of(item) for item in (preprint, journal, unknown)]
    known = zip(keys, (preprint, journal, unknown), strict=True)
    papers = gather(keys, {key.identifier: evidence_of(item) for key, item in known})
    assert papers == {A1: A1, D2: A1, D1: D1}


def test_a_record_that_fits_two_works_goes_where_it_agrees() -> None:
    works = [record(authors=people(name)) for name in ("A. Rivera", "B. Lind")]
    assert papers_of(*works, record(authors=people("B. Lind", "C. Sato"))) == 2
    assert papers_of(*works, record()) == 2


def test_a_title_of_many_works_joins_nothing() -> None:
    works = [record("Editorial", doi=f"10.1000/{number}") for number in range(MOST_NAMESAKES)]
    assert papers_of(*works[1:], record("Editorial")) == MOST_NAMESAKES - 1
    assert papers_of(*works, record("Editorial")) == MOST_NAMESAKES + 1
