"""Links of a paper, derived from its identifiers."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import quote, quote_plus

if TYPE_CHECKING:
    from digest.model.papers import Paper

_IN_DOIS: Final = "/:;()@!$&'*+,="
"""Characters of a DOI that are unchanged in an address; `#`, `?` and `%` would lead elsewhere."""
_NEW_ID: Final = re.compile(r"\d{4}\.\d{4,5}")
_MAX_TITLE: Final = 300
"""Maximum length of a title in a search; services refuse longer addresses."""


class Link(NamedTuple):
    """An address with its display name."""

    name: str
    url: str


def doi_url(doi: str) -> str:
    """Return the address of the resolver, which redirects to the publisher's page."""
    return f"https://doi.org/{quote(doi, safe=_IN_DOIS)}"


def huggingface_url(paper: Paper) -> str | None:
    """Return the address of the paper's page on Hugging Face, with its upvotes and comments.

    Hugging Face makes a page for any arXiv paper, except those with identifiers from before 2007.
    """
    if paper.arxiv_id and _NEW_ID.fullmatch(paper.arxiv_id):
        return f"https://huggingface.co/papers/{paper.arxiv_id}"
    return None


def related_links(paper: Paper) -> tuple[Link, ...]:
    """Return pages about a paper besides its own: Hugging Face's and the publisher's."""
    links = []
    if page := huggingface_url(paper):
        links.append(Link("Hugging Face", page))
    if paper.doi:
        links.append(Link("Publisher", doi_url(paper.doi)))
    return tuple(link for link in links if link.url != paper.url)


def lookup_links(paper: Paper) -> tuple[Link, ...]:
    """Return searches for the title of a paper without an identifier; none for any other."""
    if paper.arxiv_id or paper.doi:
        return ()
    return _searches(" ".join(paper.title.split())[:_MAX_TITLE])


@lru_cache(maxsize=512)  # each format of a digest, and its feed, needs the same titles
def _searches(text: str) -> tuple[Link, ...]:
    title = quote_plus(text.encode("utf-8", "replace"))
    return (
        Link("arXiv", f"https://arxiv.org/search/?searchtype=title&query=%22{title}%22"),
        Link("Hugging Face", f"https://huggingface.co/papers?q={title}"),
        Link("Scholar", f"https://scholar.google.com/scholar?q=%22{title}%22"),
    )
