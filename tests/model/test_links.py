"""Addresses of papers."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from hypothesis import example, given
from hypothesis import strategies as st

from digest.model import Paper
from digest.model.links import doi_url, lookup_links, related_links


def test_a_paper_of_arxiv_has_a_page_on_hugging_face() -> None:
    paper = Paper("2601.00001", "A title", arxiv_id="2601.00001", doi="10.1000/a b")
    assert related_links(paper) == (
        ("Hugging Face", "https://huggingface.co/papers/2601.00001"),
        ("Publisher", "https://doi.org/10.1000/a%20b"),
    )
    assert lookup_links(paper) == ()


def test_a_paper_of_before_2007_has_none() -> None:
    assert related_links(Paper("x", "A title", arxiv_id="hep-th/9901001")) == ()


def test_a_link_that_the_paper_has_already_is_not_repeated() -> None:
    paper = Paper("x", "A title", doi="10.1000/one", url=doi_url("10.1000/one"))
    assert related_links(paper) == ()


@given(st.text(max_size=400))
@example("Is 5 & 7 > 3? #1: “A*” + 100% \ud800")
def test_a_title_stays_one_value_of_each_search(title: str) -> None:
    links = lookup_links(Paper("t-0", title))
    assert [link.name for link in links] == ["arXiv", "Hugging Face", "Scholar"]
    shown = " ".join(title.split())[:300].encode("utf-8", "replace").decode()
    for link, key in zip(links, ("query", "q", "q"), strict=True):
        assert link.url.isascii()
        values = parse_qs(urlsplit(link.url).query, keep_blank_values=True)
        assert values[key][0].strip('"') == shown.strip('"')
