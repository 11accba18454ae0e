"""Exported papers are recognised when they are imported again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.bibliography import write
from digest.bibliography.read import read_references
from digest.identity import title_id
from digest.text.clean import clean_text
from tests.bibliography.builders import HOSTILE, PAPERS, arxiv, paper, references
from tests.people import people

if TYPE_CHECKING:
    from digest.model import Paper

READABLE = ("bibtex", "ris", "csl-json")
FORMS = st.sampled_from(READABLE)


@pytest.mark.parametrize("form", READABLE)
def test_papers_are_the_same_papers(form: str) -> None:
    exported = references(*PAPERS)
    result = read_references(write(form, exported).encode(), "x")  # type: ignore[arg-type]
    assert result.refused == ()
    assert [item.entry.key for item in result.items] == [paper.key for paper in exported]
    for item, one in zip(result.items, PAPERS, strict=True):
        record = item.record
        assert (record.arxiv_id, record.doi) == (one.arxiv_id, one.doi)
        assert record.title == one.title
        assert record.authors == one.authors
        assert record.url == one.url or (record.url, one.url)[1] is None
        assert record.abstract == one.abstract


WORDS = st.lists(st.sampled_from(["Rain", "on", "BERT", "x", *HOSTILE]), min_size=1, max_size=6)
TEXTS = WORDS.map(" ".join).map(clean_text).map(clean_text)
TITLES = TEXTS.filter(lambda text: any(map(str.isalnum, text)))


@settings(max_examples=80)
@given(st.lists(TITLES, min_size=1, max_size=4), st.lists(TITLES, max_size=3), FORMS)
def test_hostile_papers_are_known_again(titles: list[str], names: list[str], form: str) -> None:
    papers: list[Paper] = [
        paper(title, id=f"t-{number}", authors=people(*names) or None, abstract=title)
        for number, title in enumerate(titles)
    ]
    papers += [arxiv("2401.12345", titles[0]), paper(titles[-1], doi="10.1000/a_b(1)")]
    text = write(form, references(*papers))  # type: ignore[arg-type]
    result = read_references(text.encode(), "x")
    assert result.refused == ()
    for item, one in zip(result.items, papers, strict=True):
        assert (item.record.arxiv_id, item.record.doi) == (one.arxiv_id, one.doi)
        assert title_id(item.record.title) == title_id(one.title)
        assert len(item.record.authors or ()) == len(one.authors or ())
