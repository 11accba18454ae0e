"""Which records are one paper, and what each field of it is."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.identity import (
    Evidence,
    Keys,
    Merging,
    Seen,
    evidence_of,
    gather,
    keys_of,
    strength,
    title_id,
    title_key,
)
from digest.identity.gather import MOST_NAMESAKES
from digest.model import DumpFormat, Paper, PartialDate, Record
from digest.model.marks import ADDED_SOURCE
from tests.people import people

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

MONDAY, TUESDAY = date(2026, 1, 5), date(2026, 1, 6)


def merge(identifier: str, found: Sequence[Seen], *, aliases: Sequence[str] = ()) -> Paper:
    merging = Merging()
    for each in found:
        merging.offer(each)
    return merging.paper(identifier, aliases=aliases)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Pruning at Scale", "pruning  at scale"),
        ("Pre-training: A Recipe", "Pretraining, a recipe."),
        ("Schrödinger Bridges", "Schrodinger bridges"),
        ("ﬁnite Straße", "Finite STRASSE"),
        ("注意力 机制", "注意力机制"),
    ],
)
def test_titles_that_differ_only_in_how_they_are_written_are_the_same(one: str, other: str) -> None:
    assert title_key(one) == title_key(other)
    assert title_id(one) == title_id(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Pruning 1", "Pruning 2"), ("???", "!!!"), ("机制", "注意")]
)
def test_titles_that_differ_in_a_letter_or_have_none_are_not_the_same(one: str, other: str) -> None:
    assert title_key(one) != title_key(other)


@given(st.text(max_size=40))
def test_every_title_has_a_key_that_is_its_own_key_unless_it_is_a_hash(title: str) -> None:
    key = title_key(title)
    assert key
    assert key.startswith("#") or title_key(key) == key


def test_a_title_id_is_short_and_says_what_it_is() -> None:
    assert title_id("Pruning at Scale").startswith("t-")
    assert len(title_id("Pruning at Scale")) == 18


def test_arxiv_is_stronger_than_doi_is_stronger_than_title() -> None:
    names = ["t-00", "10.1000/b", "2601.00002", "math/0101001", "10.1000/a", "2601.00001"]
    assert sorted(names, key=strength) == [
        "2601.00001", "2601.00002", "math/0101001", "10.1000/a", "10.1000/b", "t-00",
    ]  # fmt: skip


A1, A2, D1, D2, T, U = "2601.00001", "2601.00002", "10.1000/one", "10.1000/two", "t-1", "t-2"


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
    for key, each in zip(keys, records, strict=True):
        known = evidence.get(key.identifier, Evidence())
        evidence[key.identifier] = known | evidence_of(each)
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
    keys = [keys_of(each) for each in (preprint, journal, unknown)]
    known = zip(keys, (preprint, journal, unknown), strict=True)
    papers = gather(keys, {key.identifier: evidence_of(each) for key, each in known})
    assert papers == {A1: A1, D2: A1, D1: D1}


def test_a_record_that_fits_two_works_goes_where_it_agrees() -> None:
    works = [record(authors=people(name)) for name in ("A. Rivera", "B. Lind")]
    assert papers_of(*works, record(authors=people("B. Lind", "C. Sato"))) == 2
    assert papers_of(*works, record()) == 2


def test_a_title_of_many_works_joins_nothing() -> None:
    works = [record("Editorial", doi=f"10.1000/{number}") for number in range(MOST_NAMESAKES)]
    assert papers_of(*works[1:], record("Editorial")) == MOST_NAMESAKES - 1
    assert papers_of(*works, record("Editorial")) == MOST_NAMESAKES + 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Teaching C", "Teaching C++"),
        ("Teaching C#", "Teaching C++"),
        ("Teaching F", "Teaching F♯"),
        ("Fast A Search", "Fast A* Search"),
        ("C Algebras", "C*-Algebras"),
        ("Seeding k-means", "Seeding k-means++"),
        ("Na Channels", "Na⁺ Channels"),
    ],
)
def test_signs_that_tell_names_apart_count(one: str, other: str) -> None:
    assert title_key(one) != title_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("LSTM+CRF Taggers", "LSTM-CRF Taggers"),
        ("Pruning at Scale*", "Pruning at Scale"),
        ("Lesson #3", "Lesson 3"),
        ("A-Star Search in C-Sharp", "A* Search in C#"),
        ("1 + 1", "1 1"),
    ],
)
def test_other_signs_do_not(one: str, other: str) -> None:
    assert title_key(one) == title_key(other)


@pytest.mark.parametrize(
    ("doi", "work"),
    [
        ("10.1101/2024.01.02.573912v3", "10.1101/2024.01.02.573912"),
        ("10.64898/2025.12.01.691234v1", "10.64898/2025.12.01.691234"),
        ("10.1101/123456v2", "10.1101/123456"),
        ("10.26434/chemrxiv-2024-abcde-v2", "10.26434/chemrxiv-2024-abcde"),
        ("10.21203/rs.3.rs-123456/v1", "10.21203/rs.3.rs-123456"),
        ("10.20944/preprints202401.0001.v2", "10.20944/preprints202401.0001"),
        ("10.1000/v1", "10.1000/v1"),
        ("10.1101/gr.123v2", "10.1101/gr.123v2"),
    ],
)
def test_versions_of_a_preprint_have_one_doi_in_common(doi: str, work: str) -> None:
    assert keys_of(record(doi=doi)) == Keys(None, work, title_id("Pruning at Scale"))


def test_records_without_identifier_are_told_apart_by_what_they_say() -> None:
    bare, said = keys_of(record()), keys_of(record(abstract="Short."))
    assert bare.identifier == bare.public == said.public == title_id("Pruning at Scale")
    assert said.identifier.startswith(said.public + "-")
    assert keys_of(record(abstract=" SHORT… ")) == said


# --- merging -------------------------------------------------------------------------------------


def seen(
    record: Record,
    format_: DumpFormat = "jsonl",
    *,
    content: bytes = b"",
    newest: date | None = MONDAY,
    earliest: date = MONDAY,
    source: str = "dumps",
) -> Seen:
    return Seen(record, content or repr(record).encode(), format_, newest, earliest, {source})  # type: ignore[arg-type]


def record(title: str = "Pruning at Scale", **said: object) -> Record:
    return Record(title=title, line=1, **said)  # type: ignore[arg-type]


def test_each_field_comes_from_the_most_trusted_record_that_has_it() -> None:
    page = record("PRUNING AT SCALE", organization="Example Lab", abstract="Cut off …")
    lines = record("Pruning at scale", abstract="All of it.", doi="10.1000/one")
    api = record("Pruning at Scale", arxiv_id="2601.00001")
    paper = merge("x", [seen(page, "huggingface-page"), seen(lines), seen(api, "huggingface-api")])
    assert paper.title == "Pruning at Scale"
    assert paper.abstract == "All of it."
    assert paper.organization == "Example Lab"
    assert (paper.arxiv_id, paper.doi) == ("2601.00001", "10.1000/one")


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        pytest.param(("huggingface-api", {}), ("jsonl", {"arxiv_id": A1}), id="API before lines"),
        pytest.param(("jsonl", {"arxiv_id": A1}), ("jsonl", {"doi": D1}), id="arXiv before DOI"),
        pytest.param(("jsonl", {"doi": D1}), ("jsonl", {}), id="an identifier before none"),
        pytest.param(("jsonl", {}), ("huggingface-page", {"arxiv_id": A1}), id="lines before page"),
        pytest.param(
            ("huggingface-page", {"url": "https://example.org/"}),
            ("huggingface-page", {}),
            id="a page with links before one without",
        ),
    ],
)
def test_the_order_of_trust(
    better: tuple[DumpFormat, dict[str, object]], worse: tuple[DumpFormat, dict[str, object]]
) -> None:
    trusted = seen(record("Better", **better[1]), better[0], content=b"z")
    other = seen(record("Worse", **worse[1]), worse[0], content=b"a", newest=TUESDAY)
    assert merge("x", [trusted, other]).title == "Better"
    assert merge("x", [other, trusted]).title == "Better"


SAID = st.sampled_from([None, "", "something"])


@given(
    st.builds(
        Record,
        title=st.sampled_from(["", "Pruning at Scale"]),
        line=st.just(1),
        abstract=SAID,
        authors=st.sampled_from([None, (), people("A. Author")]),
        author_count=st.sampled_from([None, 0, 12]),
        organization=SAID,
        organization_handle=SAID,
        published=st.sampled_from([None, PartialDate.of(MONDAY)]),
        published_inferred=st.booleans(),
        listed=st.sampled_from([None, MONDAY]),
        url=SAID,
        pdf_url=SAID,
        code_url=SAID,
        arxiv_id=st.sampled_from([None, "", A1]),
        doi=st.sampled_from([None, "", D1]),
        categories=st.sampled_from([None, (), ("cs.CL",)]),
        upvotes=st.sampled_from([None, 0, 3]),
        comments=st.sampled_from([None, 0, 3]),
    )
)
def test_a_record_alone_says_what_it_says_when_it_is_weighed(said: Record) -> None:
    assert merge("x", [seen(said)]) == merge("x", [seen(said), seen(said)])


def test_equally_trusted_records_are_decided_by_their_content() -> None:
    one, other = seen(record("One"), content=b"1"), seen(record("Other"), content=b"2")
    assert merge("x", [one, other]) == merge("x", [other, one])
    assert merge("x", [one, other]).title == "One"


def test_what_changes_with_time_comes_from_the_newest_dump() -> None:
    old = seen(record(upvotes=10, comments=4), "huggingface-api", newest=MONDAY)
    new = seen(record(upvotes=7), "huggingface-page", newest=TUESDAY)
    unknown = seen(record(upvotes=99, comments=99), "huggingface-api", newest=None)
    paper = merge("x", [unknown, old, new])
    assert paper.upvotes == 7
    assert paper.comments == 4, "the newest that has it"


def test_what_a_person_handed_in_says_least() -> None:
    by_hand = seen(record("arXiv:2601.00001", arxiv_id="2601.00001"), source=ADDED_SOURCE)
    page = seen(record("Pruning at Scale"), "huggingface-page")
    assert merge("x", [by_hand, page]).title == "Pruning at Scale"


def test_of_two_dumps_of_one_day_the_later_listing_tells_the_upvotes() -> None:
    """The contents are such that their hashes alone would decide the other way round."""
    early = seen(record(upvotes=10, listed=MONDAY), content=b"a", newest=TUESDAY)
    late = seen(record(upvotes=20, listed=TUESDAY), content=b"b", newest=TUESDAY)
    assert merge("x", [early, late]).upvotes == 20
    assert merge("x", [late, early]).upvotes == 20


def test_a_printed_year_beats_a_worked_out_one_whoever_says_so() -> None:
    inferred = seen(
        record(published=PartialDate.of(MONDAY), published_inferred=True), "huggingface-api"
    )
    printed = seen(record(published=PartialDate.of(TUESDAY)), "huggingface-page")
    paper = merge("x", [inferred, printed])
    assert (paper.published, paper.published_inferred) == (PartialDate.of(TUESDAY), False)
    assert merge("x", [inferred]).published_inferred


def test_an_arxiv_identifier_dates_a_paper_where_no_record_does_better() -> None:
    month = PartialDate(2026, 1)
    assert merge("x", [seen(record(arxiv_id=A1))]).published == month
    said: dict[str, Any] = {"published": PartialDate(2027, 1, 9), "published_inferred": True}
    paper = merge("x", [seen(record(arxiv_id=A1)), seen(record(**said), "huggingface-page")])
    assert (paper.published, paper.published_inferred) == (PartialDate(2026, 1, 9), False)
    printed = seen(record(arxiv_id=A1, published=PartialDate(2025)))
    assert merge("x", [printed]).published == PartialDate(2025)


def test_first_seen_is_the_earliest_day_and_the_records_own_word_counts() -> None:
    assert merge("x", [seen(record(), earliest=TUESDAY), seen(record())]).first_seen == MONDAY
    listed = seen(record(listed=date(2026, 1, 1)), earliest=MONDAY)
    assert merge("x", [listed]).first_seen == date(2026, 1, 1)


def test_sources_are_joined_and_aliases_leave_the_id_out() -> None:
    records = [seen(record(), source="b"), seen(record("B"), source="a")]
    paper = merge("x", records, aliases=["y", "x"])
    assert paper.sources == ("a", "b")
    assert paper.aliases == ("y",)


def test_links_that_follow_from_an_identifier_are_given_where_no_record_has_one() -> None:
    paper = merge("x", [seen(record(arxiv_id="2601.00001"))])
    assert paper.url == "https://arxiv.org/abs/2601.00001"
    assert paper.pdf_url == "https://arxiv.org/pdf/2601.00001"
    assert merge("x", [seen(record(doi="10.1000/one"))]).url == "https://doi.org/10.1000/one"
    odd = record(doi="10.1000/(sici)4:8<6::aid-a4>3.0.co;2-o#a?b%2f")
    address = "https://doi.org/10.1000/(sici)4:8%3C6::aid-a4%3E3.0.co;2-o%23a%3Fb%252f"
    assert merge("x", [seen(odd)]).url == address
    own = record(arxiv_id="2601.00001", url="https://example.org/paper")
    assert merge("x", [seen(own)]).url == "https://example.org/paper"


def test_authors_are_counted_where_no_record_counts_them_better() -> None:
    listed = seen(record(authors=people("A. Author", "B. Writer")))
    counted = seen(record(author_count=12), "huggingface-page")
    assert merge("x", [listed, counted]).author_count == 2
    assert merge("x", [counted]).author_count == 12
    assert merge("x", [seen(record())]).author_count is None


def test_what_nobody_says_is_unknown() -> None:
    paper = merge("x", [seen(record())])
    assert (paper.abstract, paper.authors, paper.published, paper.upvotes, paper.url) == (None,) * 5
    assert paper.categories == ()


def test_the_keys_of_a_record_take_an_empty_identifier_for_none() -> None:
    keys = keys_of(record(arxiv_id="", doi="10.1000/one"))
    assert keys == Keys(None, "10.1000/one", title_id("Pruning at Scale"))
    assert keys.public == "10.1000/one"
    assert keys.identifier == "10.1000/one"
