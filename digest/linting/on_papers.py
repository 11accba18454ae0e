"""Try rules on the papers of a library, and tell what looks wrong: warnings, never errors.

Rules that match nothing or nearly everything, that others shadow or repeat; keywords that are
probably misspelt; fields that no paper has. One pass: rules and single keywords are asked together.
What the rules alone show is `digest.linting.static`'s business.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from digest.linting.dead import Fault
from digest.linting.typos import Vocabulary
from digest.matching import compile_rules
from digest.matching.plan import bare, leaves_of
from digest.matching.verdict import describe
from digest.rules import Rule
from digest.rules.syntax import Exact, Label, Near, Pattern, Phrase
from digest.text.words import cut

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from digest.model import Paper, Profile
    from digest.rules.syntax import Leaf

    Ints: TypeAlias = NDArray[np.int64]

FEW_PAPERS: Final = 100
"""A library of fewer says nothing of what a rule will find."""
NEARLY_ALL: Final = 0.5
"""Share of the papers from which on a rule selects nearly everything."""
RARE: Final = 2
"""Papers up to which a keyword may be misspelt: others have made the same slip."""
SAME: Final = 5
"""Papers from which on two rules with the same ones are hardly so by chance."""
COUNTED: Final = 5_000
"""Papers whose words are counted; more would not make other words frequent."""

_KNOWN: Final[dict[str, Callable[[Paper], bool]]] = {
    "abstract": lambda paper: bool(paper.abstract),
    "author": lambda paper: bool(paper.authors),
    "org": lambda paper: bool(paper.organization),
    "category": lambda paper: bool(paper.categories),
    "published": lambda paper: paper.published is not None,
    "upvotes": lambda paper: paper.upvotes is not None,
    "comments": lambda paper: paper.comments is not None,
    "authors": lambda paper: paper.author_count is not None or bool(paper.authors),
}


class Trial:
    """Rules on trial: `add` every paper of a library, then ask for `faults`."""

    def __init__(
        self, rules: Sequence[Rule], profiles: Sequence[Profile], *, today: date, papers: int
    ) -> None:
        """Prepare for a library of that many `papers`."""
        self._rules = tuple(rules)
        self._profiles = profiles
        self._leaves_of = [tuple(dict.fromkeys(map(bare, _all_leaves(rule)))) for rule in rules]
        leaves = list(dict.fromkeys(leaf for found in self._leaves_of for leaf in found))
        self._matcher = compile_rules(
            [*rules, *(Rule("", keywords=(leaf,)) for leaf in leaves)], today=today
        )
        self._number = {leaf: len(rules) + place for place, leaf in enumerate(leaves)}
        self._counts = np.zeros(len(rules) + len(leaves), dtype=np.int64)
        self._known: Counter[str] = Counter()
        self._fields = {field for leaf in leaves if (field := leaf.field) in _KNOWN}
        self._vocabulary = Vocabulary()
        self._every = max(1, papers // COUNTED)
        self._papers = 0
        self._parts: list[tuple[Ints, Ints, NDArray[np.float64]]] = []

    def add(self, papers: Sequence[Paper]) -> None:
        """Ask all rules about `papers`."""
        selected = self._matcher.select(papers)
        self._counts += np.bincount(selected.rule, minlength=len(self._counts))
        own = selected.rule < len(self._rules)
        self._parts.append(
            (selected.rule[own], selected.paper[own] + self._papers, selected.points[own])
        )
        for field in self._fields:
            self._known[field] += sum(map(_KNOWN[field], papers))
        self._vocabulary.add(papers[:: self._every])
        self._papers += len(papers)

    def faults(self) -> tuple[Fault, ...]:
        """Return what the papers say against the rules, rule by rule; too few say nothing."""
        if self._papers < FEW_PAPERS:
            return ()
        shadows = self._shadows()
        found: list[Fault] = []
        for number, rule in enumerate(self._rules):
            found += self._unfilled(number, rule)
            found += self._doubted(number, rule)
            found += self._extremes(number, rule)
            if number in shadows:
                found.append(shadows[number])
        return tuple(found)

    # --- fields and keywords

    def _unfilled(self, number: int, rule: Rule) -> Iterator[Fault]:
        """Yield a fault for what asks for a field, or a label, that no paper has."""
        fields: set[str] = set()
        for leaf in self._leaves_of[number]:
            if leaf.field in self._fields and not self._known[leaf.field or ""]:
                if leaf.field not in fields:
                    fields.add(leaf.field or "")
                    message = (
                        f"asks for {leaf.field}, which none of the library's {self._papers:,} "
                        "papers has"
                    )
                    instead = "leave it out, or add a source that tells it"
                    yield Fault("warning", rule.name, describe(leaf), message, instead)
            elif isinstance(leaf, Label) and leaf.field != "id" and not self._count(leaf):
                message = f"matches none of the library's {self._papers:,} papers"
                yield Fault("warning", rule.name, describe(leaf), message, "look at its spelling")

    def _doubted(self, number: int, rule: Rule) -> Iterator[Fault]:
        """Yield a fault for each keyword that is probably misspelt."""
        for leaf in self._leaves_of[number]:
            if leaf.field in (None, "title", "abstract") and self._count(leaf) <= RARE:
                for word in _plain_words(leaf):
                    meant = self._vocabulary.likelier(word)
                    if meant is not None:
                        count = self._count(leaf)
                        message = (
                            f"matches {count or 'none'} of the library's {self._papers:,} papers; "
                            f"“{word}” may be misspelt"
                        )
                        stem = f", or {word}* for any ending" if meant.startswith(word) else ""
                        instead = f"did you mean “{meant}”{stem}?"
                        yield Fault("warning", rule.name, describe(leaf), message, instead)

    def _count(self, leaf: Leaf) -> int:
        return int(self._counts[self._number[leaf]])

    # --- rules

    def _extremes(self, number: int, rule: Rule) -> Iterator[Fault]:
        count = int(self._counts[number])
        if not count:
            message = f"selects none of the library's {self._papers:,} papers"
            instead = f"see what it just misses: digest explain --rule {rule.name!r}"
            yield Fault("warning", rule.name, "", message, instead)
        elif count > NEARLY_ALL * self._papers:
            share = 100 * count / self._papers
            message = f"selects {count:,} of the library's {self._papers:,} papers ({share:.0f} %)"
            widest = max(self._leaves_of[number], key=self._count)
            instead = (
                f"ask for something narrower than {describe(widest)} "
                f"({self._count(widest):,} papers), or set a `limit`"
            )
            yield Fault("warning", rule.name, "", message, instead)

    def _shadows(self) -> dict[int, Fault]:
        """Return a fault for each rule that another makes useless wherever it is used."""
        rule, paper, points = (np.concatenate(each) for each in zip(*self._parts, strict=True))
        order = np.argsort(rule, kind="stable")
        rule, paper, points = rule[order], paper[order], points[order]
        first = np.searchsorted(rule, np.arange(len(self._rules) + 1))
        numbers = {each.name: number for number, each in enumerate(self._rules)}
        used: Counter[int] = Counter()
        useless: dict[int, list[Fault]] = defaultdict(list)
        for names in dict.fromkeys(profile.rules for profile in self._profiles):
            own = [numbers[name] for name in names]
            used.update(own)
            parts = [slice(first[number], first[number + 1]) for number in own]
            found = _Profile(self._rules, own, parts, paper, points)
            for number, fault in found.useless():
                useless[number].append(fault)
        return {
            number: faults[0] for number, faults in useless.items() if len(faults) == used[number]
        }


class _Profile:
    """What the rules of one profile select, and under which rule each paper stands."""

    def __init__(
        self,
        rules: Sequence[Rule],
        own: Sequence[int],
        parts: Sequence[slice],
        paper: Ints,
        points: NDArray[np.float64],
    ) -> None:
        self._rules = [rules[number] for number in own]
        self._numbers = own
        self._papers = [paper[part] for part in parts]
        counts = [len(each) for each in self._papers]
        self._place = np.repeat(np.arange(len(own)), counts)
        self._paper = np.concatenate([*self._papers, np.zeros(0, dtype=np.int64)])
        weights = np.concatenate([points[part] for part in parts] or [points[:0]])
        # Under the rule that gives most points; among equals under the first of the profile.
        order = np.lexsort((self._place, -weights, self._paper))
        sorted_papers = self._paper[order]
        leads = np.ones(len(order), dtype=np.bool_)
        leads[1:] = sorted_papers[1:] != sorted_papers[:-1]
        self._led = sorted_papers[leads]
        self._leader = self._place[order][leads]

    def useless(self) -> Iterator[tuple[int, Fault]]:
        """Yield the rules whose papers are another's, and those whose section stays empty."""
        shown = np.bincount(self._leader, minlength=len(self._rules))
        seen: dict[bytes, int] = {}
        for place, papers in enumerate(self._papers):
            if len(papers) < SAME:
                continue
            twin = seen.setdefault(papers.tobytes(), place)
            if twin != place:
                yield self._numbers[place], self._repeated(place, twin)
            elif not shown[place]:
                yield self._numbers[place], self._shadowed(place)

    def _repeated(self, place: int, twin: int) -> Fault:
        count = len(self._papers[place])
        message = f"selects the very {count:,} papers that “{self._rules[twin].name}” selects"
        return Fault("warning", self._rules[place].name, "", message, "make one rule of the two")

    def _shadowed(self, place: int) -> Fault:
        papers = self._papers[place]
        leaders = Counter(self._leader[np.searchsorted(self._led, papers)].tolist())
        (most, _), *others = leaders.most_common()
        name = f"“{self._rules[most].name}”" + (
            f" and {len(others)} more, which give" if others else ", which gives"
        )
        message = (
            f"has a section that stays empty: each of its {len(papers):,} papers in the library "
            f"stands under {name} it at least as many points"
        )
        instead = "give it more weight, or make one rule of the two"
        return Fault("warning", self._rules[place].name, "", message, instead)


def _all_leaves(rule: Rule) -> Iterator[Leaf]:
    for node in (rule.selecting, *rule.require, *rule.exclude):
        yield from leaves_of(node)


def _plain_words(leaf: Leaf) -> tuple[str, ...]:
    """Return the words of a keyword that stand for themselves."""
    if isinstance(leaf, (Phrase, Pattern, Near)):
        return leaf.words
    if isinstance(leaf, Exact):
        return tuple(word.text for word in cut(leaf.literal))
    return ()
