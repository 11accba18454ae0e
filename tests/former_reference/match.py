"""Ask one rule about one paper, keyword by keyword, place by place.

No plan, no index: every keyword is tried at every word of every text. Returns all places; decides
nothing about order or limits.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, TypeAlias

import re2

from tests.former_reference.comparisons import compare, known
from tests.former_reference.query import (
    COMPARED,
    LABELS,
    And,
    Boosted,
    Leaf,
    Node,
    Not,
    Or,
    ReferenceQueryError,
    is_negation_alone,
    parse_keyword,
    parse_query,
)
from tests.former_reference.text import Break, Cut, Word, cut

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from digest.model import Paper

Span: TypeAlias = tuple[int, int]
Key: TypeAlias = tuple[str, str | None, str]
"""What makes two leaves one keyword: kind, field, text as written."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a keyword stands: which text, which of several, from where to where."""

    field: str
    index: int
    start: int | None
    end: int | None


@dataclass(frozen=True, slots=True)
class Hit:
    """One keyword in one place."""

    keyword: str
    field: str
    index: int
    start: int | None
    end: int | None


@dataclass(frozen=True, slots=True)
class Query:
    """An entry written `{query: …}`."""

    text: str


@dataclass(frozen=True, slots=True)
class RuleSpec:
    """A rule as `config.yaml` has it; entries are keywords or `Query`."""

    keywords: tuple[str, ...] = ()
    require: tuple[str | Query, ...] = ()
    exclude: tuple[str | Query, ...] = ()
    query: str | None = None
    weight: float = 1.0
    min_score: float | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What one rule says of one paper."""

    selected: bool
    points: float
    hits: frozenset[Hit]


@dataclass(frozen=True, slots=True)
class Trees:
    """A rule, read: what selects, what must be there too, what must not."""

    wanted: tuple[Node, ...]
    require: tuple[Node, ...]
    exclude: tuple[Node, ...]


@lru_cache(maxsize=10_000)
def read_rule(rule: RuleSpec) -> Trees:
    """Parse all that the rule holds; raise `ReferenceQueryError` where it is none."""
    wanted: tuple[Node, ...] = tuple(parse_keyword(keyword) for keyword in rule.keywords)
    if rule.query is not None:
        query = parse_query(rule.query)
        # "as a whole rule it is an error", of a negation alone
        if not wanted and is_negation_alone(query):
            raise ReferenceQueryError(f"{rule.query!r} asks for nothing")
        # "the full language; joined with keywords by OR"
        wanted = (*wanted, query)
    require = tuple(_entry(entry) for entry in rule.require)
    return Trees(wanted, require, tuple(_entry(entry) for entry in rule.exclude))


def _entry(entry: str | Query) -> Node:
    return parse_query(entry.text) if isinstance(entry, Query) else parse_keyword(entry)


def evaluate(rule: str | RuleSpec, paper: Paper, today: date) -> Result:
    """Apply a rule, or a query as a rule of its own."""
    if isinstance(rule, str):
        rule = RuleSpec(query=rule)
    trees = read_rule(rule)
    asked = _Asked(paper, today)
    selected = any(asked.holds(node) for node in trees.wanted)
    # "if given, at least one of these must match too"
    if trees.require:
        selected = selected and any(asked.holds(node) for node in trees.require)
    # "if any of these matches, the rule does not select the paper"
    selected = selected and not any(asked.holds(node) for node in trees.exclude)
    points, hits = _count(trees.wanted, asked)
    # Of comparisons alone: "A paper that the rule selects though none of its keywords matches
    # (by comparisons alone) gets `weight`"
    points = rule.weight * (points if hits else 1.0)
    # Said of `min_score`: "fewer points than this: not selected"
    if rule.min_score is not None and points < rule.min_score:
        selected = False
    return Result(True, points, hits) if selected else Result(False, 0.0, frozenset())


def _count(roots: tuple[Node, ...], asked: _Asked) -> tuple[float, frozenset[Hit]]:
    """Sum what the keywords give, each once, with the highest boost that it has anywhere."""
    boosts: dict[Key, float] = {}
    leaves: dict[Key, Leaf] = {}
    for root in roots:
        for leaf, boost in _counting(root, 1.0):
            key: Key = (leaf.kind, leaf.field, leaf.text)
            boosts[key] = max(boosts.get(key, 0.0), boost)
            leaves[key] = leaf
    points = 0.0
    hits: set[Hit] = set()
    for key, leaf in leaves.items():
        places = asked.places(leaf)
        if places:
            # "`boost × 2` if it matches in the title, else `boost × 1`"
            in_title = any(place.field == "title" for place in places)
            points += boosts[key] * (2 if in_title else 1)
            hits |= {Hit(leaf.text, p.field, p.index, p.start, p.end) for p in places}
    return points, frozenset(hits)


def _counting(node: Node, boost: float) -> Iterator[tuple[Leaf, float]]:
    """Yield the leaves that give points, and their boosts.

    "the ones on branches that were not needed too; what stands under NOT (…) does not count; a
    comparison gives no points unless it has a boost. A boost on a bracket multiplies"
    """
    match node:
        case Leaf():
            if node.kind != "comparison" or node.boost is not None:
                yield node, boost * (1.0 if node.boost is None else node.boost)
        case And(parts) | Or(parts):
            for part in parts:
                yield from _counting(part, boost)
        case Boosted(part, factor):
            yield from _counting(part, boost * factor)
        case Not():
            pass


class _Asked:
    """A paper that is asked about on a day."""

    def __init__(self, paper: Paper, today: date) -> None:
        self.paper = paper
        self.today = today

    def holds(self, node: Node) -> bool:
        match node:
            case And(parts):
                return all(self.holds(part) for part in parts)
            case Or(parts):
                return any(self.holds(part) for part in parts)
            case Not(part):
                return not self.holds(part)
            case Boosted(part, _):
                return self.holds(part)
            case Leaf():
                return bool(self.places(node))

    def places(self, leaf: Leaf) -> list[Place]:
        """Return every place where a keyword stands; one without span for a comparison."""
        if leaf.field in COMPARED:
            assert leaf.field is not None
            holds = compare(leaf, known(self.paper, leaf.field), self.today)
            return [Place(leaf.field, 0, None, None)] if holds else []
        return [
            Place(field, index, *span)
            for field, index, text in texts(self.paper, leaf.field)
            for span in find(leaf, text, plurals=field in ("title", "abstract"))
        ]


def texts(paper: Paper, field: str | None) -> Iterator[tuple[str, int, str]]:
    """Yield the texts of a field, or without one of title and abstract: field, index, text."""
    values: dict[str, tuple[str | None, ...]] = {
        "title": (paper.title,),
        "abstract": (paper.abstract,),
        "author": tuple(map(str, paper.authors or ())),
        "org": (paper.organization,),
        "category": paper.categories,
        "source": paper.sources,
        "id": tuple(dict.fromkeys((paper.id, paper.arxiv_id, paper.doi, *paper.aliases))),
    }
    # "match in the title or in the abstract"
    for name in ("title", "abstract") if field is None else (field,):
        known_values = [value for value in values[name] if value is not None]
        yield from ((name, index, value) for index, value in enumerate(known_values))


# --- keywords in texts ---------------------------------------------------------------------------


def find(leaf: Leaf, text: str, *, plurals: bool) -> list[Span]:
    """Return all places of a keyword in one text."""
    if leaf.field in LABELS:
        return list(find_label(leaf, text))
    if leaf.kind == "exact":
        return list(find_exact(leaf.value, text))
    if leaf.kind == "regex":
        return list(find_regex(leaf.value, text))
    if leaf.kind == "near":
        return list(find_near(leaf, cut(text), plurals=plurals))
    keyword = cut(leaf.value, keyword=True)
    if any(word.wild for word in keyword.words):
        return sorted(set(find_wild(keyword, cut(text), plurals=plurals)))
    return list(find_words(keyword, cut(text), plurals=plurals))


def shape(word: Word, *, plurals: bool) -> str:
    """Return the word as it is compared; authors and organisations: "text, without plurals"."""
    return word.folded if plurals else word.plain


def find_words(keyword: Cut, text: Cut, *, plurals: bool) -> Iterator[Span]:
    """Find a run of words that reads as the keyword's words do.

    "It matches a run of consecutive words of one text whose concatenation equals the concatenation
    of its own words, when at every break of the text inside the run …"
    """
    wanted, seams = "", {}
    for i, word in enumerate(keyword.words):
        if i:
            seams[len(wanted)] = keyword.breaks[i - 1]
        wanted += shape(word, plurals=plurals)
    if wanted not in text.run(plurals=plurals):
        return
    for first in range(len(text.words)):
        run = ""
        for last in range(first, len(text.words)):
            if last > first and not _may_pass(seams.get(len(run)), text, last - 1):
                break
            run += shape(text.words[last], plurals=plurals)
            if run == wanted:
                yield text.words[first].start, text.words[last].end
            if not wanted.startswith(run) or run == wanted:
                break


def _may_pass(seam: Break | None, text: Cut, i: int) -> bool:
    """Decide on the text's break `i`; `seam` is the keyword's at the same place, if it has one."""
    found, left, right = text.breaks[i], text.words[i].plain, text.words[i + 1].plain
    # "the keyword has a break at the same place: and then the text's is no stop, unless the
    # keyword's is a stop too"
    if seam is not None:
        return found != "stop" or seam == "stop"
    # "the keyword has none there: and then the text's is a hyphen, or a space with a word of at
    # least three characters on both sides, or a space between a letter and a digit"
    if found == "space":
        long = len(left) >= 3 and len(right) >= 3
        letter_digit = (left[-1].isalpha() and right[0].isdigit()) or (
            left[-1].isdigit() and right[0].isalpha()
        )
        return long or letter_digit
    return found == "hyphen"


def find_wild(keyword: Cut, text: Cut, *, plurals: bool) -> Iterator[Span]:
    """Find words one by one, with and without each hyphen of the keyword.

    "In a phrase the words then stand one by one, with the breaks as above; and each hyphen of such
    a keyword may be missing in the text (`pre-train*` selects pretraining)."
    """
    choices = [(True, False) if seam == "hyphen" else (True,) for seam in keyword.breaks]
    for kept in product(*choices):
        words, seams = [keyword.words[0]], []
        for word, seam, keep in zip(keyword.words[1:], keyword.breaks, kept, strict=True):
            if keep:
                words.append(word)
                seams.append(seam)
            else:
                last = words[-1]
                words[-1] = Word(last.plain + word.plain, last.folded + word.folded, 0, 0)
        yield from _find_in_order(words, seams, text, plurals=plurals)


def _find_in_order(
    words: list[Word], seams: list[Break], text: Cut, *, plurals: bool
) -> Iterator[Span]:
    count = len(words)
    for first in range(len(text.words) - count + 1):
        run = text.words[first : first + count]
        found = text.breaks[first : first + count - 1]
        if all(
            is_word(wanted, word, plurals=plurals) for wanted, word in zip(words, run, strict=True)
        ) and all(
            there != "stop" or seam == "stop" for there, seam in zip(found, seams, strict=True)
        ):
            yield run[0].start, run[-1].end


def is_word(wanted: Word, word: Word, *, plurals: bool) -> bool:
    """Compare one word of a keyword with one of a text.

    "A word with a wildcard is compared with the normalised word before plural folding."
    """
    if wanted.wild:
        return _glob(wanted.plain).fullmatch(word.plain) is not None
    return shape(wanted, plurals=plurals) == shape(word, plurals=plurals)


@lru_cache(maxsize=10_000)
def _glob(wanted: str) -> re.Pattern[str]:
    return re.compile(re.escape(wanted).replace(r"\*", ".*").replace(r"\?", "."))


def find_label(leaf: Leaf, value: str) -> Iterator[Span]:
    """Do: "any of the paper's values, as a whole, case ignored, `*` allowed"."""
    parts = leaf.value.casefold().split("*")
    pattern = ".*".join(re.escape(part) for part in parts)
    if re.fullmatch(pattern, value.casefold(), re.DOTALL):
        yield 0, len(value)


def find_exact(value: str, text: str) -> Iterator[Span]:
    """Find the characters as they are.

    "these characters stand so in the clean text, case included, nothing in them special, with no
    letter or digit right before or after them, nor `.` or `,` and a digit after"
    """
    start = text.find(value)
    while start >= 0:
        before, after = text[:start][-1:], text[start + len(value) :]
        number_goes_on = after[:1] in (".", ",") and after[1:2].isdigit()
        if not before.isalnum() and not after[:1].isalnum() and not number_goes_on:
            yield start, start + len(value)
        start = text.find(value, start + 1)


def find_regex(pattern: str, text: str) -> Iterator[Span]:
    """Do: "RE2 syntax, searched in the clean text as it stands"."""
    for found in re2.finditer(pattern, text):
        yield found.span()


def find_near(leaf: Leaf, text: Cut, *, plurals: bool) -> Iterator[Span]:
    """Find the smallest stretches in which all words of the phrase stand.

    "every word of the phrase (…) stands in one text at different places, the first and the last of
    them at most (words in the phrase + 5) words apart, both counted; order and breaks do not
    matter"
    """
    wanted = cut(leaf.value, keyword=True).words
    everything = text.run(plurals=plurals)
    if not all(word.wild or shape(word, plurals=plurals) in everything for word in wanted):
        return
    for first in range(len(text.words)):
        if not any(is_word(word, text.words[first], plurals=plurals) for word in wanted):
            continue  # a smallest stretch begins with a word that is asked for
        for last in range(first, min(first + len(wanted) + leaf.distance, len(text.words))):
            if _all_stand(wanted, text.words[first : last + 1], plurals=plurals):
                if not _all_stand(wanted, text.words[first + 1 : last + 1], plurals=plurals):
                    yield text.words[first].start, text.words[last].end
                break


def _all_stand(wanted: tuple[Word, ...], words: tuple[Word, ...], *, plurals: bool) -> bool:
    """Give each wanted word a place of its own, trying all ways."""
    if not wanted:
        return True
    return any(
        is_word(wanted[0], word, plurals=plurals)
        and _all_stand(wanted[1:], words[:i] + words[i + 1 :], plurals=plurals)
        for i, word in enumerate(words)
    )
