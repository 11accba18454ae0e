"""Choose the record of each field of a paper."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.identity import PaperMerger, SightedRecord
from digest.model import DumpFormat, Paper, PartialDate, Record
from digest.model.marks import ADDED_SOURCE
from tests.identity.records import A1, D1, record
from tests.people import people
from tests.strategies import built

if TYPE_CHECKING:
    from collections.abc import Sequence

MONDAY, TUESDAY = date(2026, 1, 5), date(2026, 1, 6)


def merge(
    identifier: str, records: Sequence[SightedRecord], *, aliases: Sequence[str] = ()
) -> Paper:
    merging = PaperMerger()
    for seen_record in records:
        merging.offer(seen_record)
    return merging.paper(identifier, aliases=aliases)


def seen(
    record: Record,
    format_: DumpFormat = "jsonl",
    *,
    content: bytes = b"",
    newest: date | None = MONDAY,
    earliest: date = MONDAY,
    source: str = "dumps",
) -> SightedRecord:
    content = content or repr(record).encode()
    return SightedRecord(record, content, format_, newest, earliest, frozenset({source}))


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
    built(
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
    fields: dict[str, Any] = {"published": PartialDate(2027, 1, 9), "published_inferred": True}
    paper = merge("x", [seen(record(arxiv_id=A1)), seen(record(**fields), "huggingface-page")])
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
