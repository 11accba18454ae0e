"""Try rules on papers of a library, and report suspicious results: warnings, never errors.

Rules that match nothing or nearly everything, that others shadow or repeat; keywords that are
probably misspelled; fields that no paper has. Rules and single keywords are matched in one pass.
`digest.linting.static` reports what the rules alone show.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from digest.linting.dead_rules import Fault
from digest.linting.typos import UsualWords
from digest.matching import compile_rules
from digest.matching.plan import bare
from digest.matching.verdict import describe
from digest.rules import Rule
from digest.rules.syntax import Exact, Label, Near, Pattern, Phrase, leaves_of
from digest.text.words import cut

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from digest.matching.scan import Batch
    from digest.matching.vocabulary import Vocabulary
    from digest.model import Profile
    from digest.rules.syntax import Leaf

    Ints: TypeAlias = NDArray[np.int64]

FEW_PAPERS: Final = 100
"""A library with fewer papers says nothing about a rule."""
NEARLY_ALL: Final = 0.5
"""Share of the papers from which a rule selects nearly everything."""
RARE: Final = 2
"""Number of papers up to which a keyword may be misspelled: others make the same mistake."""
SAME: Final = 5
"""Number of papers from which two rules with the same ones are hardly so by chance."""


class Trial:
    """Rules on trial: `add` papers, then ask for `faults`."""

    def __init__(
        self,
        rules: Sequence[Rule],
        profiles: Sequence[Profile],
        vocabulary: Vocabulary,
        *,
        today: date,
        library: int | None = None,
    ) -> None:
        """Compile the rules; `library` is its number of papers, None if all will be added."""
        self._rules = tuple(rules)
        self._profiles = profiles
        self._leaves_of = [tuple(dict.fromkeys(map(bare, _all_leaves(rule)))) for rule in rules]
        leaves = list(dict.fromkeys(leaf for of_rule in self._leaves_of for leaf in of_rule))
        self._matcher = compile_rules(
            [*rules, *(Rule("", keywords=(leaf,)) for leaf in leaves)], today=today
        )
        self._number = {leaf: len(rules) + place for place, leaf in enumerate(leaves)}
        self._counts = np.zeros(len(rules) + len(leaves), dtype=np.int64)
        self._known: Counter[str] = Counter()
        self._usual = UsualWords(vocabulary)
        self._library = library
        self._papers = 0
        self._parts: list[tuple[Ints, Ints, NDArray[np.float64]]] = []

    @property
    def fields(self) -> frozenset[str]:
        """The fields that keywords ask for."""
        fields = {leaf.field for leaf in self._number}
        return frozenset(field for field in fields if field is not None)

    def add(self, batch: Batch, known: Mapping[str, int]) -> None:
        """Match all rules against papers; `known` says how many papers have some fields."""
        selected = self._matcher.select_batch(batch)
        self._counts += np.bincount(selected.rule, minlength=len(self._counts))
        of_rules = selected.rule < len(self._rules)
        self._parts.append(
            (
                selected.rule[of_rules],
                selected.paper[of_rules] + self._papers,
                selected.points[of_rules],
            )
        )
        self._known.update(known)
        self._papers += batch.size

    @property
    def papers(self) -> int:
        """The number of papers that were added."""
        return self._papers

    def count(self, leaf: Leaf) -> int:
        """Return how many of the papers a keyword matches."""
        return int(self._counts[self._number[bare(leaf)]])

    def faults(self) -> tuple[Fault, ...]:
        """Return the findings on the papers, rule by rule; none for too few papers."""
        if self._papers < FEW_PAPERS:
            return ()
        shadows = self._shadows()
        faults: list[Fault] = []
        for number, rule in enumerate(self._rules):
            faults += self._unfilled(number, rule)
            faults += self._doubted(number, rule)
            faults += self._extremes(number, rule)
            if number in shadows:
                faults.append(shadows[number])
        return tuple(faults)

    # --- fields and keywords

    def _unfilled(self, number: int, rule: Rule) -> Iterator[Fault]:
        """Yield a fault for each field, or label, that is asked for and that no paper has."""
        fields: set[str] = set()
        for leaf in self._leaves_of[number]:
            field = leaf.field or ""
            if field in self._known and not self._known[field]:
                if field not in fields:
                    fields.add(field)
                    message = f"asks for {field}, which none of {self._all_papers} has"
                    advice = "leave it out, or add a source that tells it"
                    yield Fault("warning", rule.name, describe(leaf), message, advice)
            elif isinstance(leaf, Label) and leaf.field != "id" and not self.count(leaf):
                message = f"matches none of {self._all_papers}"
                yield Fault("warning", rule.name, describe(leaf), message, "look at its spelling")

    def _doubted(self, number: int, rule: Rule) -> Iterator[Fault]:
        """Yield a fault for each keyword that is probably misspelled."""
        for leaf in self._leaves_of[number]:
            if leaf.field in (None, "title", "abstract") and self.count(leaf) <= RARE:
                for word in _plain_words(leaf):
                    likely_word = self._usual.correction(word)
                    if likely_word is not None:
                        count = self.count(leaf)
                        message = (
                            f"matches {count or 'none'} of {self._all_papers}; "
                            f"“{word}” may be misspelt"
                        )
                        stem = (
                            f", or {word}* for any ending" if likely_word.startswith(word) else ""
                        )
                        advice = f"did you mean “{likely_word}”{stem}?"
                        yield Fault("warning", rule.name, describe(leaf), message, advice)

    @property
    def _all_papers(self) -> str:
        """Describe the searched papers."""
        if self._library is None or self._library <= self._papers:
            return f"the library's {self._papers:,} papers"
        return f"{self._papers:,} papers looked at of the library's {self._library:,}"

    # --- rules

    def _extremes(self, number: int, rule: Rule) -> Iterator[Fault]:
        count = int(self._counts[number])
        if not count:
            message = f"selects none of {self._all_papers}"
            advice = f"see what it just misses: digest explain --rule {rule.name!r}"
            yield Fault("warning", rule.name, "", message, advice)
        elif count > NEARLY_ALL * self._papers:
            share = 100 * count / self._papers
            message = f"selects {count:,} of {self._all_papers} ({share:.0f} %)"
            widest = max(self._leaves_of[number], key=self.count)
            advice = (
                f"ask for something narrower than {describe(widest)} "
                f"({self.count(widest):,} papers), or set a `limit`"
            )
            yield Fault("warning", rule.name, "", message, advice)

    def _shadows(self) -> dict[int, Fault]:
        """Return a fault for each rule that another makes useless in every profile."""
        rule, paper, points = (
            np.concatenate(named_rule) for named_rule in zip(*self._parts, strict=True)
        )
        order = np.argsort(rule, kind="stable")
        rule, paper, points = rule[order], paper[order], points[order]
        first = np.searchsorted(rule, np.arange(len(self._rules) + 1))
        numbers = {named_rule.name: number for number, named_rule in enumerate(self._rules)}
        used: Counter[int] = Counter()
        useless: dict[int, list[Fault]] = defaultdict(list)
        for names in dict.fromkeys(profile.rules for profile in self._profiles):
            rule_numbers = [numbers[name] for name in names]
            used.update(rule_numbers)
            parts = [slice(first[number], first[number + 1]) for number in rule_numbers]
            comparison = _Profile(self._rules, rule_numbers, parts, paper, points)
            for number, fault in comparison.useless():
                useless[number].append(fault)
        return {
            number: faults[0] for number, faults in useless.items() if len(faults) == used[number]
        }


class _Profile:
    """What the rules of one profile select, and under which rule each paper is."""

    def __init__(
        self,
        rules: Sequence[Rule],
        rule_numbers: Sequence[int],
        parts: Sequence[slice],
        paper: Ints,
        points: NDArray[np.float64],
    ) -> None:
        self._rules = [rules[number] for number in rule_numbers]
        self._numbers = rule_numbers
        self._papers = [paper[part] for part in parts]
        counts = [len(papers) for papers in self._papers]
        self._place = np.repeat(np.arange(len(rule_numbers)), counts)
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
        (most, _), *more_leaders = leaders.most_common()
        name = f"“{self._rules[most].name}”" + (
            f" and {len(more_leaders)} more, which give" if more_leaders else ", which gives"
        )
        message = (
            f"has a section that stays empty: each of its {len(papers):,} papers in the library "
            f"stands under {name} it at least as many points"
        )
        advice = "give it more weight, or make one rule of the two"
        return Fault("warning", self._rules[place].name, "", message, advice)


def _all_leaves(rule: Rule) -> Iterator[Leaf]:
    for node in (rule.selecting, *rule.require, *rule.exclude):
        yield from leaves_of(node)


def _plain_words(leaf: Leaf) -> tuple[str, ...]:
    """Return the words of a keyword without wildcards."""
    if isinstance(leaf, (Phrase, Pattern, Near)):
        return leaf.words
    if isinstance(leaf, Exact):
        return tuple(word.text for word in cut(leaf.literal))
    return ()
