"""Convert the values that readers find to records: raw values in, a `Record` out.

A reader fills a `Draft` with its source's values of any type; this module interprets them, for all
readers alike. `to_record` raises `BadRecordError` if the draft is not a paper.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from digest.dumps import fields
from digest.dumps.dates import parse_date, parse_day
from digest.dumps.identifiers import ArxivId, parse_arxiv, parse_doi
from digest.model import Record
from digest.text.addresses import safe_url
from digest.text.clean import clean_text
from digest.text.names import Authors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import TypeVar

    T = TypeVar("T")

MAX_CATEGORIES: Final = 100
_SHORT: Final = 100
"""Maximum length of a text whose parsed value is cached."""
_CODE = re.compile(r"[a-z]+(?:-[a-z]+)*(?:\.[A-Za-z]+(?:-[A-Za-z]+)*)?")
_CODES_IN_BRACKETS = re.compile(r"\(([a-z]+(?:-[a-z]+)*(?:\.[A-Za-z]+(?:-[A-Za-z]+)*)?)\)")
_NOTHING: Final = frozenset({"", "na", "n/a", "none", "null", "nan", "-", "[]", "unknown"})
_ANNOUNCED: Final = {
    "new": "new", "cross": "cross", "replace": "replace", "replace-cross": "replace",
}  # fmt: skip


class Draft(Struct, frozen=True):
    """The raw values of a record; of several values the first usable one counts."""

    title: object = None
    abstract: object = None
    authors: object = None
    author_count: object = None
    organization: object = None
    published: tuple[object, ...] = ()
    listed: object = None
    updated: object = None
    identifiers: tuple[object, ...] = ()
    """Values that may contain an arXiv identifier."""
    dois: tuple[object, ...] = ()
    urls: tuple[object, ...] = ()
    pdfs: tuple[object, ...] = ()
    code: tuple[object, ...] = ()
    html: object = None
    project: object = None
    categories: object = None
    primary: object = None
    upvotes: object = None
    comments: tuple[object, ...] = ()
    summary: object = None
    summary_by: str | None = None
    journal: object = None
    comment: object = None
    announce: object = None
    version: object = None
    license: object = None
    markup: bool = False
    """True if the source's fields contain HTML, JATS or entities."""
    family_first: bool = False
    """True if the authors are one text in the style `Berg AB, Day C`."""


def to_record(draft: Draft, line: int) -> Record:
    """Turn a draft into a record; raise `BadRecordError` if it is not a paper."""
    title = fields.parse_title(_first_text(draft.title), markup=draft.markup)
    arxiv = first(draft.identifiers, parse_arxiv) or ArxivId("")
    url, pdf = first(draft.urls, parse_url), first(draft.pdfs, parse_url)
    if arxiv.id:
        arxiv_url, arxiv_pdf = fields.arxiv_links(arxiv.id)
        url, pdf = url or arxiv_url, pdf or arxiv_pdf
    authors = draft.authors
    if not isinstance(authors, Authors):
        authors = fields.parse_authors(
            authors, family_first=draft.family_first, markup=draft.markup
        )
    organization, handle = parse_organization(draft.organization)
    categories = parse_categories(draft.categories)
    primary = (parse_categories(draft.primary) or (None,))[0]
    if primary and categories:
        categories = tuple(dict.fromkeys((primary, *categories)))
    comment = parse_text(draft.comment, markup=draft.markup)
    return Record(
        title=title,
        line=line,
        abstract=fields.parse_abstract(_first_text(draft.abstract), markup=draft.markup),
        authors=authors.names or None,
        author_count=(count := fields.parse_count(draft.author_count, "authors") or authors.total),
        authors_open=authors.open and count is None and bool(authors.names),
        organization=organization,
        organization_handle=handle,
        published=first(draft.published, parse_date),
        listed=parse_day(draft.listed),
        updated=parse_day(draft.updated),
        url=url,
        pdf_url=pdf,
        code_url=first(draft.code, parse_url),
        html_url=parse_url(draft.html),
        project_url=parse_url(draft.project),
        arxiv_id=arxiv.id or None,
        doi=first(draft.dois, parse_doi),
        categories=categories or ((primary,) if primary else None),
        primary=primary,
        upvotes=fields.parse_count(draft.upvotes, "upvotes"),
        comments=first(draft.comments, lambda value: fields.parse_count(value, "comments")),
        summary=(summary := parse_text(draft.summary, markup=draft.markup)),
        summary_by=draft.summary_by if summary else None,
        journal=fields.parse_name_of_group(_first_text(draft.journal)),
        comment=comment,
        announce=_ANNOUNCED.get(draft.announce) if isinstance(draft.announce, str) else None,  # type: ignore[arg-type]  # the table's values are the literals
        version=fields.parse_count(draft.version, "versions") or arxiv.version,
        license=fields.parse_label(draft.license),
    )


def first(values: Iterable[object], parse: Callable[[object], T | None]) -> T | None:
    """Return the first value that parses; those in a list count one by one."""
    for value in values:
        if value is None:
            continue
        if isinstance(value, list):
            for inner in value[:20]:
                if inner is not None and (parsed := parse(inner)) is not None:
                    return parsed
        if (parsed := parse(value)) is not None:
            return parsed
    return None


def is_remark(value: object) -> bool:
    """Return whether `comments` is the authors' remark, not a number of comments."""
    return isinstance(value, str) and not value.replace(",", "").strip().isdigit()


def parse_url(value: object) -> str | None:
    """Return a safe address, adding a missing `https://`; None if it is not one."""
    if not isinstance(value, str) or "." not in value:
        return None
    if value.startswith(("arxiv.org/", "www.", "github.com/", "huggingface.co/", "doi.org/")):
        value = f"https://{value}"
    return safe_url(value)


def parse_organization(value: object) -> tuple[str | None, str | None]:
    """Return name and handle of an organisation given as text or as `{name, fullname}`."""
    if value is None:
        return None, None
    if isinstance(value, dict):
        handle = fields.parse_label(value.get("name"))
        return fields.parse_name_of_group(value.get("fullname")) or handle, handle
    return fields.parse_name_of_group(value), None


def parse_categories(value: object) -> tuple[str, ...] | None:
    """Return the categories in a text, in a list, or in objects such as `{term: cs.CL}`.

    A text may hold several, with spaces, commas or semicolons between them, or with their names:
    `Machine Learning (cs.LG)`. A text with a space or a bracket is not a category.
    """
    if value is None:
        return None
    if isinstance(value, str) and len(value) < _SHORT:
        return _short_categories(value)
    return _distinct(_labels(value))


@lru_cache(maxsize=4_096)  # papers of one field have the same categories
def _short_categories(text: str) -> tuple[str, ...] | None:
    return _distinct(_labels(text))


def _distinct(labels: list[str]) -> tuple[str, ...] | None:
    known = [label for label in labels if label.lower() not in _NOTHING]
    return tuple(dict.fromkeys(known[:MAX_CATEGORIES])) or None


def _labels(value: object) -> list[str]:
    if isinstance(value, list):
        return [label for item in value[:MAX_CATEGORIES] for label in _labels_of(item)]
    if not isinstance(value, str) or len(value) > 10_000:
        return []
    if codes := _CODES_IN_BRACKETS.findall(value):
        return list(codes)
    for sign in (";", ","):
        if sign in value:
            return [label for part in value.split(sign) for label in _labels_of(part)]
    return _clean_labels(value.split())


def _labels_of(item: object) -> list[str]:
    """Return the categories in one item of a list."""
    if isinstance(item, dict):
        keys = ("term", "id", "label", "name", "value", "code")
        return _labels_of(next((item[key] for key in keys if isinstance(item.get(key), str)), None))
    if not isinstance(item, str):
        return []
    words = item.split()
    if len(words) == 1:
        return _labels(item) if "(" in item or ";" in item or "," in item else _clean_labels(words)
    if _CODES_IN_BRACKETS.search(item):
        return _labels(item)
    return _clean_labels(words) if all(map(_is_code, words)) else []


def _is_code(word: str) -> bool:
    return _CODE.fullmatch(word) is not None and ("." in word or "-" in word)


def _clean_labels(words: list[str]) -> list[str]:
    return [label for word in words if (label := _clean_label(word))]


@lru_cache(maxsize=1_024)  # the records of one dump have mostly the same categories
def _clean_label(word: str) -> str | None:
    label = fields.parse_label(word.strip("[]'\""))
    return None if label and re.search(r"[\s(){}<>]", label) else label


def parse_text(value: object, *, markup: bool = False) -> str | None:
    """Return a clean text such as a comment; None for one that says `none` or `n/a`."""
    value = _first_text(value)
    if not isinstance(value, str) or value.strip().lower() in _NOTHING:
        return None
    return clean_text(fields.plain(value[:20_000], markup=markup))[:4_000].rstrip() or None


def _first_text(value: object) -> object:
    """Return the first text of a list, as services write titles; else the value."""
    if isinstance(value, list):
        return next((text for text in value if isinstance(text, str) and text.strip()), None)
    return value
