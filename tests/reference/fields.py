"""Find a keyword in the fields of a paper."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import re2

from tests.reference.aliases import Aliases, spellings
from tests.reference.characters import in_word
from tests.reference.near import Span, find_near, find_pair
from tests.reference.people import is_author
from tests.reference.phrases import find
from tests.reference.terms import label_pattern
from tests.reference.text import Cut, cut
from tests.reference.tree import LABELS, PEOPLE, Leaf, Pair

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.model import Name, Paper


@dataclass(frozen=True, slots=True)
class Place:
    """Where a keyword stands: which text, which of several, from where to where."""

    field: str
    index: int
    start: int | None
    end: int | None


def places_of(node: Leaf | Pair, paper: Paper, aliases: Aliases) -> list[Place]:
    """Return every place of a keyword in a paper."""
    return [
        Place(field, index, *span)
        for field, index, value in texts(paper, node.field)
        for span in sorted(spans(node, value, aliases))
    ]


def texts(paper: Paper, field: str | None) -> Iterator[tuple[str, int, str | Name]]:
    """Yield the texts of a field, or without one of title and abstract: field, index, text."""
    # "match in the title or in the abstract"
    for name in ("title", "abstract") if field is None else (field,):
        known_values = [value for value in values(paper, name) if value is not None]
        yield from ((name, index, value) for index, value in enumerate(known_values))


def values(paper: Paper, field: str) -> tuple[str | Name | None, ...]:
    """Return what a paper has in a field."""
    authors = tuple(paper.authors or ())
    if field == "last_author":
        # The page: "`last_author:` does not hold where the list is cut short"
        cut_short = paper.author_count is not None and paper.author_count > len(authors)
        return () if cut_short else authors[-1:]
    if field == "has":
        return tuple(label for label, there in owned(paper).items() if there)
    by_name: dict[str, tuple[str | Name | None, ...]] = {
        "title": (paper.title,),
        "abstract": (paper.abstract,),
        "author": authors,
        "first_author": authors[:1],
        "org": (paper.organization,),
        "journal": (getattr(paper, "journal", None),),
        "comment": (getattr(paper, "comment", None),),
        "category": paper.categories,
        "primary": (getattr(paper, "primary", None),),
        "source": paper.sources,
        "doi": (paper.doi,),
        "type": (getattr(paper, "announce", None),),
        "id": tuple(dict.fromkeys((paper.id, paper.arxiv_id, paper.doi, *paper.aliases))),
    }
    return by_name[field]


def owned(paper: Paper) -> dict[str, bool]:
    """Return what a paper has, for `has:`."""
    return {
        "abstract": bool(paper.abstract),
        "code": bool(paper.code_url),
        "doi": bool(paper.doi),
        "pdf": bool(paper.pdf_url),
        "journal": bool(getattr(paper, "journal", None)),
        "upvotes": paper.upvotes is not None,
    }


def spans(node: Leaf | Pair, value: str | Name, aliases: Aliases) -> set[Span]:
    """Return all places of a keyword in one text, as characters."""
    text = str(value)
    if isinstance(node, Pair):
        left, right = (
            {span for leaf in side for span in spans(leaf, value, aliases)}
            for side in (node.left, node.right)
        )
        return find_pair(left, right, node.distance, cut(text), ordered=node.ordered)
    if node.field in LABELS:
        return (
            {(0, len(text))} if re.fullmatch(label_pattern(node.value), text.casefold()) else set()
        )
    if node.kind == "exact":
        return set(find_exact(node.value, text))
    if node.kind == "regex":
        return {match.span() for match in re2.finditer(node.value, text)}
    if node.field in PEOPLE and node.kind == "words":
        return {(0, len(text))} if is_author(node.value, value) else set()
    return words(node, cut(text), () if node.field in PEOPLE else aliases)


def words(leaf: Leaf, text: Cut, aliases: Aliases) -> set[Span]:
    """Return the places of words or of a near, in any spelling."""
    # "`org:`, `journal:`, `comment:` without plurals and without this", of spelling
    plurals = leaf.field in (None, "title", "abstract")
    places: set[Span] = set()
    for spelling in spellings(leaf.value, aliases, plurals=plurals):
        if leaf.kind == "near":
            places |= find_near(spelling, leaf.distance, text, plurals=plurals)
        else:
            places |= {(path[0], path[-1]) for path in find(spelling, text, plurals=plurals)}
    result = {(text.words[first].start, text.words[last].end) for first, last in places}
    if re.match(r"\.[^\W\d_]", leaf.value.lstrip()):
        result = {span for span in result if dot_before(text.text, span[0])}
    return result


def dot_before(text: str, start: int) -> bool:
    """Do: "only where a dot stands right before, after white space, `(`, `[` or the start"."""
    before = text[:start]
    return before.endswith(".") and (len(before) == 1 or before[-2].isspace() or before[-2] in "([")


def find_exact(value: str, text: str) -> Iterator[Span]:
    """Find the characters as they are.

    "these characters stand so in the clean text, case included, nothing in them special, with no
    letter or digit (Han, Hiragana and Katakana apart) right before or after them, nor `.` or `,`
    and a digit after"
    """
    start = text.find(value)
    while start >= 0:
        before, after = text[:start][-1:], text[start + len(value) :]
        number_goes_on = after[:1] in (".", ",") and after[1:2].isdigit()
        if not in_word(before) and not in_word(after[:1]) and not number_goes_on:
            yield start, start + len(value)
        start = text.find(value, start + 1)
