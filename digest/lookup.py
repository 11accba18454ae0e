"""Try many queries on a whole library, group by group of papers: the back of `match` and `papers`.

Of each paper that a query selects its number and points are kept, never the paper, so that a
library of any size is gone through in flat memory. Where the work is long, processes share it: each
takes some of the papers or, where rules are what is many, some of the rules.
"""

from __future__ import annotations

from functools import cache, partial
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np

from digest.cores import dealt, shared, workers
from digest.errors import QueryError
from digest.library import Library
from digest.library.forms import GROUP_BITS
from digest.rules import Rule, compile_rules, parse_query
from digest.rules.scan import Batch
from digest.rules.stored import VERSION, pack, unpack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from digest.library import Ranked
    from digest.rules.index import WordIndex
    from digest.rules.matcher import Matcher

_Result = TypeVar("_Result")

AT_ONCE = 4
"""Groups evaluated together; what each rule costs a batch is shared by 4,096 papers."""
PARALLEL_FROM = 4_000
"""Papers from which a second process is worth what it costs."""
PAPERS_A_RULE = 4
"""Papers that cost, to be read, what a rule costs to be parsed and compiled: 40 microseconds."""


def as_rule(query: str, name: str = "query") -> Rule:
    """Return the rule that `query` as a whole is; raises `QueryError`."""
    return Rule(name, query=parse_query(query), query_text=query)


def refresh_forms(library: Library, *, growing: bool = True) -> None:
    """Cut the papers into words whose texts are new or have changed, for all later matching.

    Without `growing`, the last group is left as it is: it would be cut with each day's papers.
    """
    missing = library.forms.missing(VERSION)
    if not growing and missing[-1:] == library.forms.groups()[-1:]:
        missing = missing[:-1]
    if not missing:
        return
    with library.transaction():
        for number, form in zip(missing, _cut(library, missing), strict=True):
            library.forms.put(number, VERSION, form)


def _cut(library: Library, groups: Sequence[int]) -> Iterator[bytes]:
    """Yield the form of each of some groups, whose papers are as the file has them."""
    path = _shared_file(library, groups)
    if path is None:
        yield from (_form(library, number) for number in groups)
        return
    forms = shared(partial(_form_in, path), groups)
    yield next(forms)
    # Not before: processes must not be forked while a thread is at work.
    with library.writing_back():
        yield from forms


def _form_in(path: Path, group: int) -> bytes:
    return _form(_opened(path), group)


@cache
def _opened(path: Path) -> Library:
    return Library.open(path, scratch=True)


def _form(library: Library, group: int) -> bytes:
    from digest.rules.memory import keep_freed_memory

    keep_freed_memory()
    return pack(_index(library, group))


class _Part(NamedTuple):
    """What was selected: rule, place of the paper (group and number in it), points."""

    group: int
    """The first of the groups that were looked at."""
    rule: np.ndarray
    place: np.ndarray
    points: np.ndarray


class Lookup:
    """Which papers of a library each of `rules` selects."""

    def __init__(self, library: Library, rules: Sequence[Rule], *, today: date) -> None:
        self._library = library
        self._count = len(rules)
        matcher = compile_rules(rules, today=today)
        parts = chain.from_iterable(_for_all(library, matcher, _select))
        self._rule, self._place, self._points = _joined(list(parts))
        self._ranked: dict[int, tuple[Ranked, ...]] = {}

    def counts(self) -> list[int]:
        """Return how many papers each rule selects."""
        return [int(count) for count in np.bincount(self._rule, minlength=self._count)]

    def best(self, rule: int, limit: int | None = None) -> list[str]:
        """Return the ids of the papers that a rule selects, best first, at most `limit`.

        In the order of docs/rule-language.md: points, upvotes, day, title; what is missing last.
        """
        first, last = np.searchsorted(self._rule, [rule, rule + 1])
        points, places = self._points[first:last], self._place[first:last]
        if limit is not None and limit < len(points):
            # Only what may be among the best is read: all of at least the limit-th points.
            least = np.partition(points, -limit)[-limit]
            points, places = points[points >= least], places[points >= least]
        rows = [
            (-value, *_tie_break(ranked), ranked.id)
            for value, ranked in zip(points.tolist(), self._papers(places), strict=True)
        ]
        rows.sort()
        return [row[-1] for row in rows[:limit]]

    def _papers(self, places: np.ndarray) -> Iterator[Ranked]:
        for place in places.tolist():
            group, number = divmod(place, 1 << GROUP_BITS)
            if group not in self._ranked:
                self._ranked[group] = self._library.forms.ranked(group)
            yield self._ranked[group][number]


def _tie_break(ranked: Ranked) -> tuple[float, int, str]:
    upvotes = float("inf") if ranked.upvotes is None else -ranked.upvotes
    day = -int(ranked.published.replace("-", "")) if ranked.published else 0
    return upvotes, day, ranked.title


def count_all(library: Library, rules: Sequence[Rule], *, today: date) -> list[int]:
    """Return how many papers of `library` each of `rules` selects."""
    return _total(_for_all(library, compile_rules(rules, today=today), _count), len(rules))


def count_queries(library: Library, queries: Sequence[str], *, today: date) -> list[int | None]:
    """Say how many papers of `library` each query selects; None for one that does not parse."""
    groups = library.forms.groups()
    path = _shared_file(library, groups)
    if path is None or len(groups) << GROUP_BITS > PAPERS_A_RULE * len(queries):
        return _counted(queries, partial(count_all, library, today=today))
    # Few papers for so many rules: each process reads all of them, and parses only its rules.
    processes = workers()
    shares = dealt(
        lambda numbers: [
            (number, _count_in(path, queries[number::processes], today)) for number in numbers
        ],
        range(processes),
    )
    counts: list[int | None] = [None] * len(queries)
    for number, share in chain.from_iterable(shares):
        counts[number::processes] = share
    return counts


def _count_in(path: Path, queries: Sequence[str], today: date) -> list[int | None]:
    """Count for some of the queries, in a process that shares them."""
    with Library.open(path, scratch=True) as library:
        groups = library.forms.groups()

        def count(rules: Sequence[Rule]) -> list[int]:
            share = _Share(library, compile_rules(rules, today=today))
            return _total([_count(share, _batches(groups, AT_ONCE))], len(rules))

        return _counted(queries, count)


def _counted(
    queries: Sequence[str], count: Callable[[Sequence[Rule]], Sequence[int]]
) -> list[int | None]:
    """Parse `queries` and count for those that can be."""
    rules = [_rule_or_none(query) for query in queries]
    counts = iter(count([rule for rule in rules if rule is not None]))
    return [None if rule is None else next(counts) for rule in rules]


def _rule_or_none(query: str) -> Rule | None:
    try:
        return as_rule(query)
    except QueryError:
        return None


def _total(parts: Iterable[np.ndarray], rules: int) -> list[int]:
    total = np.zeros(rules, dtype=np.int64)
    for counts in parts:
        total += counts
    return [int(count) for count in total]


def _is_long(groups: Sequence[int]) -> bool:
    """Whether other processes are worth their while for so many papers, and there are any."""
    return len(groups) << GROUP_BITS >= PARALLEL_FROM and workers() > 1


def _shared_file(library: Library, groups: Sequence[int]) -> Path | None:
    """Return the file that each process opens for its share; None where none is to help."""
    return library.path if library.on_disk and _is_long(groups) else None


def _for_all(
    library: Library, matcher: Matcher, work: Callable[[_Share, Iterable[Sequence[int]]], _Result]
) -> list[_Result]:
    """Let one or more processes do the work with all papers; return the result of each."""
    groups = library.forms.groups()
    path = _shared_file(library, groups)
    if path is None:
        return [work(_Share(library, matcher), _batches(groups, AT_ONCE))]

    def share(batches: Iterator[Sequence[int]]) -> _Result:
        with Library.open(path, scratch=True) as own:
            return work(_Share(own, matcher), batches)

    # Several batches for each process, so that none waits long for the last one's.
    return dealt(share, _batches(groups, max(1, min(AT_ONCE, len(groups) // (4 * workers())))))


def _batches(groups: Sequence[int], at_once: int) -> list[Sequence[int]]:
    return [groups[start : start + at_once] for start in range(0, len(groups), at_once)]


class _Share(NamedTuple):
    """What a process needs to do its share."""

    library: Library
    matcher: Matcher


def _count(share: _Share, batches: Iterable[Sequence[int]]) -> np.ndarray:
    total = np.zeros(len(share.matcher.rules), dtype=np.int64)
    for groups in batches:
        batch, _ = _batch(share.library, groups)
        total += share.matcher.count_batch(batch)
    return total


def _select(share: _Share, batches: Iterable[Sequence[int]]) -> list[_Part]:
    """Ask every rule about the papers, batch by batch."""
    return [_part(share, groups) for groups in batches]


def _part(share: _Share, groups: Sequence[int]) -> _Part:
    batch, sizes = _batch(share.library, groups)
    selected = share.matcher.select_batch(batch)
    group = np.repeat(np.array(groups, dtype=np.int64), sizes)
    within = np.concatenate([np.arange(size) for size in sizes])
    place = (group << GROUP_BITS | within)[selected.paper]
    return _Part(groups[0], selected.rule.astype(np.int32), place, selected.points)


def _batch(library: Library, groups: Sequence[int]) -> tuple[Batch, list[int]]:
    """Return the papers of some groups, and how many each has."""
    forms = library.forms
    words = [_words(library, number) for number in groups]
    sizes = [(len(index.first) - 1) // 2 for index in words]
    batch = Batch(
        sum(sizes), lambda: [paper for number in groups for paper in forms.papers(number)], words
    )
    return batch, sizes


def _words(library: Library, group: int) -> WordIndex:
    """Return the words of a group: stored, or cut now where a text has changed since."""
    stored = library.forms.get(group, VERSION)
    return _index(library, group) if stored is None else unpack(stored)


def _index(library: Library, group: int) -> WordIndex:
    from digest.rules.index import build_index

    return build_index([text for pair in library.forms.texts(group) for text in pair])


def _joined(parts: Sequence[_Part]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Bring rules, places and points together, ordered by rule, then by place."""
    if not parts:
        nothing = np.zeros(0, dtype=np.int32)
        return nothing, nothing.astype(np.int64), nothing.astype(np.float64)
    _, *columns = zip(*sorted(parts, key=lambda part: part.group), strict=True)
    rule, place, points = map(np.concatenate, columns)
    order = np.argsort(rule, kind="stable")
    return rule[order], place[order], points[order]
