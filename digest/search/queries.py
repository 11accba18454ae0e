"""Try many queries on a whole library, in groups of papers: the back end of `match` and `papers`.

Only key and points of each selected paper are kept, never the paper, so that memory use does not
depend on the size of the library. Long work is shared by processes: each takes some of the papers
or, if there are many rules, some of the rules.
"""

from __future__ import annotations

from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, TypeVar

import numpy as np
from msgspec import Struct

from digest.errors import QueryError
from digest.library import Library
from digest.library.word_index import GROUP_BITS
from digest.matching import compile_rules
from digest.matching.scan import Batch
from digest.matching.word_index_bytes import VERSION, pack, unpack
from digest.parallel import shared, workers
from digest.rules import Rule, connect_query, parse_query

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from digest.matching.matcher import Matcher
    from digest.matching.word_index import WordIndex
    from digest.model import Match
    from digest.rules import Aliases

_Result = TypeVar("_Result")
_Shown = TypeVar("_Shown")

AT_ONCE = 4
"""Groups evaluated together: the cost of each rule per batch is shared by 4,096 papers."""
PARALLEL_FROM = 4_000
"""Number of papers from which a second process pays off."""
SHOWN_AS_READ = 8
"""Showing one paper costs as much as scanning the words of this many."""
SHOWN_AT_ONCE = 100
"""Number of shown papers that a process takes at once."""
PAPERS_A_RULE = 4
"""Reading this many papers costs as much as parsing and compiling a rule: 40 microseconds."""


def as_rule(
    query: str, name: str = "query", *, rules: Sequence[Rule] = (), aliases: Aliases | None = None
) -> Rule:
    """Return a rule made from the whole `query`; raises `QueryError`."""
    node = connect_query(parse_query(query), rules, aliases)
    return Rule(name, query=node, query_text=query)


def cut_papers(library: Library, *, growing: bool = True) -> None:
    """Cut new and changed papers into words, for all later matching.

    Without `growing`, the last group is left: it would be cut with each day's papers.
    """
    missing = library.forms.missing(VERSION)
    if not growing and missing[-1:] == library.forms.groups()[-1:]:
        missing = missing[:-1]
    if not missing:
        return
    path = shared_file(library, len(missing) << GROUP_BITS)
    with library.transaction(durable=False):
        for number, form in zip(missing, _cut(library, missing, path), strict=True):
            library.forms.put(number, VERSION, form)


def _cut(library: Library, groups: Sequence[int], path: Path | None) -> Iterator[bytes]:
    """Yield the data of each group; with `path`, computed by other processes from that file."""
    if path is None:
        yield from (_form(library, number) for number in groups)
        return
    forms = shared(partial(_form_in, path), groups)
    yield next(forms)
    # Not before: processes must not be forked while a thread is running.
    with library.writing_back():
        yield from forms


def _form_in(path: Path, group: int) -> bytes:
    with Library.open(path, scratch=True) as library:
        return _form(library, group)


def _form(library: Library, group: int) -> bytes:
    from digest.matching.allocator import keep_freed_memory

    keep_freed_memory()
    return pack(_index(library, group))


class _Part(NamedTuple):
    """What was selected: rule, key of the paper, points."""

    group: int
    """The first of the searched groups."""
    rule: np.ndarray
    key: np.ndarray
    points: np.ndarray


class FoundPaper(Struct, frozen=True):
    """A paper that a rule selects."""

    id: str
    title: str
    points: float
    matches: tuple[Match, ...]


class LibrarySearch:
    """Which papers of a library each of `rules` selects; with `limit`, at least 1, the best."""

    def __init__(
        self, library: Library, rules: Sequence[Rule], *, today: date, limit: int | None = None
    ) -> None:
        self._library = library
        self._rules = rules
        self._today = today
        self._limit = limit
        matcher = compile_rules(rules, today=today)
        rule, key, points = _joined(list(_for_all(library, matcher, _select)))
        counts = np.bincount(rule, minlength=len(rules))
        self.counts: list[int] = counts.tolist()
        """How many papers each rule selects."""
        if limit is not None:
            may_be_best = _may_be_best(points, self.counts, limit)
            rule, key, points = rule[may_be_best], key[may_be_best], points[may_be_best]
            counts = np.bincount(rule, minlength=len(rules))
        self._first = np.concatenate(([0], np.cumsum(counts)))
        self._points = points
        keys = np.unique(key)
        ranked = library.forms.ranked(keys.tolist())
        self._ids = [identifier for _, identifier in ranked]
        rank = np.zeros(len(keys), dtype=np.int32)
        rank[np.searchsorted(keys, [key for key, _ in ranked])] = np.arange(len(keys))
        self._rank = rank[np.searchsorted(keys, key)]

    def best(self, rule: int) -> list[str]:
        """Return the ids of the papers that a rule selects, best first: by points, then rank."""
        hits = slice(self._first[rule], self._first[rule + 1])
        rank = self._rank[hits]
        order = np.lexsort((rank, -self._points[hits]))[: self._limit]
        return [self._ids[place] for place in rank[order].tolist()]

    def shown(self, form: Callable[[FoundPaper], _Shown]) -> Iterator[list[_Shown]]:
        """Yield each rule's best papers, as `form` returns them.

        `form`, a module-level function, is called where they are loaded: in other processes, from
        which plain values come back much faster than matches.
        """
        best_papers = ((rule, self.best(number)) for number, rule in enumerate(self._rules))
        path = shared_file(self._library, len(self._points) * SHOWN_AS_READ)
        if path is None:
            for rule, best in best_papers:
                yield list(map(form, _found_papers(self._library, rule, best, self._today)))
            return
        work = partial(_shown_in, path, self._today, form)
        yield from chain.from_iterable(shared(work, _by_papers(best_papers)))


def _may_be_best(points: np.ndarray, counts: Sequence[int], limit: int) -> np.ndarray:
    """Return which hits may be among the best of their rule, by the points of the limit-th."""
    may_be_best = np.ones(len(points), dtype=np.bool_)
    first = 0
    for count in counts:
        if count > limit:
            rule_points = points[first : first + count]
            may_be_best[first : first + count] = (
                rule_points >= np.partition(rule_points, -limit)[-limit]
            )
        first += count
    return may_be_best


_RulePapers: TypeAlias = "tuple[Rule, list[str]]"
"""A rule, and papers that it selects."""


def _by_papers(best_papers: Iterable[_RulePapers]) -> Iterator[list[_RulePapers]]:
    """Group rules so that a group has about as many papers as are read at once."""
    group: list[_RulePapers] = []
    papers = 0
    for item in best_papers:
        group.append(item)
        papers += len(item[1])
        if papers >= SHOWN_AT_ONCE:
            yield group
            group, papers = [], 0
    yield group


def _shown_in(
    path: Path,
    today: date,
    form: Callable[[FoundPaper], _Shown],
    best_papers: Sequence[_RulePapers],
) -> list[list[_Shown]]:
    with Library.open(path, scratch=True) as library:
        return [
            list(map(form, _found_papers(library, rule, best, today))) for rule, best in best_papers
        ]


def _found_papers(
    library: Library, rule: Rule, best: Sequence[str], today: date
) -> Iterator[FoundPaper]:
    known = library.papers.get_many(best)
    papers = [known[identifier] for identifier in best]
    matched = compile_rules([rule], today=today).match(papers)
    for paper, rule_matches in zip(papers, matched, strict=True):
        yield FoundPaper(paper.id, paper.title, rule_matches[0].points, rule_matches[0].matches)


def count_all(library: Library, rules: Sequence[Rule], *, today: date) -> list[int]:
    """Return how many papers of `library` each of `rules` selects."""
    return _total(_for_all(library, compile_rules(rules, today=today), _count), len(rules))


def count_queries(
    library: Library,
    queries: Sequence[str],
    *,
    today: date,
    parse: Callable[[str], Rule] = as_rule,
) -> list[int | None]:
    """Count the papers that each query selects; None for a query that does not parse.

    `parse` makes a rule from a query, with the aliases and rules that a query may name.
    """
    groups = library.forms.groups()
    path = shared_file(library, len(groups) << GROUP_BITS)
    if path is None or len(groups) << GROUP_BITS > PAPERS_A_RULE * len(queries):
        return _counted(queries, parse, partial(count_all, library, today=today))
    # Few papers for so many rules: each process reads all of them, and parses only its rules.
    processes = workers()
    shares = shared(
        lambda number: _count_in(path, queries[number::processes], parse, today), range(processes)
    )
    counts: list[int | None] = [None] * len(queries)
    for number, share in enumerate(shares):
        counts[number::processes] = share
    return counts


def _count_in(
    path: Path, queries: Sequence[str], parse: Callable[[str], Rule], today: date
) -> list[int | None]:
    """Count the papers of some queries, in one of several processes."""
    with Library.open(path, scratch=True) as library:
        groups = library.forms.groups()

        def count(rules: Sequence[Rule]) -> list[int]:
            share = _Share(library, compile_rules(rules, today=today))
            counted = (_count(share, batch) for batch in _batches(groups, AT_ONCE))
            return _total(counted, len(rules))

        return _counted(queries, parse, count)


def _counted(
    queries: Sequence[str],
    parse: Callable[[str], Rule],
    count: Callable[[Sequence[Rule]], Sequence[int]],
) -> list[int | None]:
    """Parse `queries` and count the papers of the valid ones."""
    rules = [_rule_or_none(query, parse) for query in queries]
    counts = iter(count([rule for rule in rules if rule is not None]))
    return [None if rule is None else next(counts) for rule in rules]


def _rule_or_none(query: str, parse: Callable[[str], Rule]) -> Rule | None:
    try:
        return parse(query)
    except QueryError:
        return None


def _total(parts: Iterable[np.ndarray], rules: int) -> list[int]:
    total = np.zeros(rules, dtype=np.int64)
    for counts in parts:
        total += counts
    return [int(count) for count in total]


def shared_file(library: Library, papers: int) -> Path | None:
    """Return the file that other processes open for their share of the work.

    None if there are too few `papers` for several processes, or no file.
    """
    long = papers >= PARALLEL_FROM and workers() > 1
    return library.path if long and library.on_disk else None


def _for_all(
    library: Library, matcher: Matcher, work: Callable[[_Share, Sequence[int]], _Result]
) -> Iterator[_Result]:
    """Run `work` on all papers, a batch of groups at a time, in one or more processes."""
    groups = library.forms.groups()
    path = shared_file(library, len(groups) << GROUP_BITS)
    if path is None:
        share = _Share(library, matcher)
        return (work(share, batch) for batch in _batches(groups, AT_ONCE))
    # Several batches for each process, so that none waits long for the last one.
    size = max(1, min(AT_ONCE, len(groups) // (4 * workers())))

    def work_there(batch: Sequence[int]) -> _Result:
        with Library.open(path, scratch=True) as scratch:
            return work(_Share(scratch, matcher), batch)

    return shared(work_there, _batches(groups, size))


def _batches(groups: Sequence[int], size: int) -> list[Sequence[int]]:
    return [groups[start : start + size] for start in range(0, len(groups), size)]


class _Share(Struct, frozen=True):
    """What a process needs for its share of the work."""

    library: Library
    matcher: Matcher


def _count(share: _Share, groups: Sequence[int]) -> np.ndarray:
    """Return how many papers of some groups each rule selects."""
    return share.matcher.count_batch(batch_of(share.library, groups))


def _select(share: _Share, groups: Sequence[int]) -> _Part:
    """Return the papers of some groups that each rule selects."""
    selected = share.matcher.select_batch(batch_of(share.library, groups))
    keys = np.array(
        [key for number in groups for key in share.library.forms.keys(number)], dtype=np.int64
    )
    return _Part(groups[0], selected.rule.astype(np.int32), keys[selected.paper], selected.points)


def batch_of(library: Library, groups: Sequence[int]) -> Batch:
    """Return the papers of some groups."""
    forms = library.forms
    words = [words_of(library, number) for number in groups]
    size = sum(index.texts // 2 for index in words)
    return Batch(
        size, lambda: [paper for number in groups for paper in forms.papers(number)], words
    )


def words_of(library: Library, group: int) -> WordIndex:
    """Return the words of a group: stored, or cut now if a text has changed since."""
    stored = library.forms.get(group, VERSION)
    return _index(library, group) if stored is None else unpack(stored)


def _index(library: Library, group: int) -> WordIndex:
    from digest.matching.word_index import build_index

    return build_index([text for pair in library.forms.texts(group) for text in pair])


def _joined(parts: Sequence[_Part]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Concatenate rules, keys and points, ordered by rule, then by key."""
    if not parts:
        empty = np.zeros(0, dtype=np.int32)
        return empty, empty.astype(np.int64), empty.astype(np.float64)
    _, *columns = zip(*sorted(parts, key=lambda part: part.group), strict=True)
    rule, key, points = map(np.concatenate, columns)
    order = np.argsort(rule, kind="stable")
    return rule[order], key[order], points[order]
