"""Read the newer text of Hugging Face's pages, in which votes follow the day.

    ### [Title](https://huggingface.co/papers/2610.05608)
    abstract, or its summary
    [[image: lab] Lab](https://huggingface.co/lab) · Published on Oct 4, 2026
    [Upvote 117](https://huggingface.co/login…)
    [GitHub 131](https://github.com/…) [arXiv Page](https://arxiv.org/abs/2610.05608)

The page tells some papers twice; each is read once.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from digest.dumps import identifiers
from digest.dumps.daily_papers_entry import DAY, Page, PageEntry, parse_page_count, printed_day

if TYPE_CHECKING:
    from collections.abc import Iterator

_ID = r"(?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?"
_HEAD = re.compile(
    r"^#{2,4} \[(?P<title>[^\n]{1,3000}?)\]"
    rf"\(https?://huggingface\.co/papers/(?P<id>{_ID})\)[ \t]*$",
    re.MULTILINE,
)
_META = re.compile(
    r"(?:\[\[image(?:: (?P<handle>[^\]\n]{1,200}))?\] ?(?P<name>[^\]\n]{1,300})\]"
    r"\(https?://huggingface\.co/(?P<link>[\w.-]{1,100})\)"
    r"|^[-*•]?\s*(?P<count>[\d,]{1,7}) authors?)?"
    rf"\s{{0,8}}·\s{{0,4}}(?:Published on )?{DAY}",
    re.MULTILINE,
)
_UPVOTES = re.compile(r"\[\s*Upvote\s+(?P<votes>[\d,.]{1,9}k?|-)\s*\]", re.IGNORECASE)
_COMMENTS = re.compile(r"\[\s*(\d[\d,]{0,6})\s*\]\([^()\s]{1,300}#community\)")
_GITHUB = re.compile(
    r"\[GitHub[^\]\n]{0,40}\]\((https?://github\.com/[^()\s]{1,300})\)", re.IGNORECASE
)
_FURNITURE = re.compile(
    r"^(?:<a id=[^\n]*</a>|[-*] \[image\]|\[image\]|\[\[image\]\]\([^()\n]*\)|Submitted by|[-*] ?)"
    r"[ \t]*$",
    re.MULTILINE,
)


def is_trending(text: str) -> bool:
    """Return whether a page is of this form."""
    return "[Upvote" in text and _HEAD.search(text) is not None


def read_trending(text: str) -> Page:
    """Return the page's entries; it prints each day with its year, or without that of rendering."""
    heads = list(_HEAD.finditer(text))
    return Page(tuple(_entries(text, heads)))


def _entries(text: str, heads: list[re.Match[str]]) -> Iterator[PageEntry]:
    reported: set[str] = set()
    line, counted = 1, 0
    for number, head in enumerate(heads):
        end = heads[number + 1].start() if number + 1 < len(heads) else len(text)
        line, counted = line + text.count("\n", counted, head.start()), head.start()
        if head["id"] in reported:
            continue
        entry = _entry(head, text[head.end() : end], line)
        if not entry.fault:
            reported.add(head["id"])
        yield entry


def _entry(head: re.Match[str], body: str, line: int) -> PageEntry:
    meta = _META.search(body)
    day = printed_day(meta) if meta else None
    if meta is None or day is None:
        return PageEntry(line, head["title"], fault="the page is cut off in this paper")
    after = body[meta.end() :]
    votes, code, comments = _UPVOTES.search(after), _GITHUB.search(after), _COMMENTS.search(after)
    abstract = " ".join(_FURNITURE.sub("", body[: meta.start()]).split()).strip("- ")
    return PageEntry(
        line,
        head["title"],
        abstract or None,
        day,
        author_count=parse_page_count(meta["count"] or ""),
        organization=meta["name"],
        handle=meta["link"] or meta["handle"],
        upvotes=parse_page_count(votes["votes"]) if votes else None,
        comments=parse_page_count(comments[1]) if comments else None,
        arxiv_id=identifiers.parse_arxiv_id(head["id"]),
        code=code[1] if code else None,
    )
