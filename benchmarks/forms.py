"""Rules for measurements, drawn from papers, before they are written for an engine.

A `Form` says what is asked; `benchmarks.languages` says it to each engine. The words are bounded
by the number of papers that hold them, so that 10,000 mixed rules give us about 64 hits a paper.
The same seed and papers give the same rules.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from benchmarks.corpus import Text

TermKind: TypeAlias = Literal["phrase", "title", "prefix", "near", "exact", "regex"]
Mix: TypeAlias = Literal["mixed", "wildcard", "near", "exact", "regex"]
KINDS: Final[tuple[Mix, ...]] = ("wildcard", "near", "exact", "regex")
"""What has lines of its own, for not every engine can do it."""
NEAR: Final = 5
"""Other words that may stand between the words of a near term."""

_LEAST, _MOST = 0.001, 0.025
"""Shares of the papers that hold a word, between which it is drawn."""
_TRIES: Final = 10_000
_WORD: Final = re.compile(r"[a-z]{3,}")
_RUN: Final = re.compile(r"[a-z]{3,}(?:[ /][a-z]{3,})+")
_NAME: Final = re.compile(r"\b(?:[A-Z][A-Za-z]*[A-Z][A-Za-z]*(?:-\d+)?|[A-Z][a-z]+-\d+)\b")


@dataclass(frozen=True, slots=True)
class Term:
    """One keyword: a phrase of one or more words, or what its `kind` says."""

    words: tuple[str, ...]
    kind: TermKind = "phrase"


@dataclass(frozen=True, slots=True)
class Form:
    """One rule: any of some terms, all of others, none of the rest."""

    any_of: tuple[Term, ...]
    all_of: tuple[Term, ...] = ()
    none_of: tuple[Term, ...] = ()

    @property
    def terms(self) -> tuple[Term, ...]:
        """Every term."""
        return self.any_of + self.all_of + self.none_of


def save(forms: Sequence[Form], path: Path) -> None:
    """Write one form a line."""
    rows = ([[(t.kind, t.words) for t in ts] for ts in _parts(form)] for form in forms)
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")


def load(path: Path, count: int | None = None) -> list[Form]:
    """Read the first `count` forms that `save` wrote."""
    lines = path.read_text(encoding="utf-8").splitlines()[:count]
    return [Form(*map(_terms, json.loads(line))) for line in lines]


def _parts(form: Form) -> tuple[tuple[Term, ...], ...]:
    return form.any_of, form.all_of, form.none_of


def _terms(rows: list[Any]) -> tuple[Term, ...]:
    return tuple(Term(tuple(words), kind) for kind, words in rows)


def draw(
    texts: Sequence[Text],
    mix: Mix,
    count: int,
    *,
    seed: int,
    keep: Callable[[Form], bool] = lambda _form: True,
) -> list[Form]:
    """Return up to `count` different rules of a kind; `keep` refuses some of those drawn."""
    drawer = _Drawer(texts, random.Random(f"{seed} {mix}"))
    one = drawer.mixed if mix == "mixed" else drawer.of(mix)
    result: dict[Form, None] = {}
    for _ in range(count * 20):  # a small corpus has not so many different ones
        if len(result) == count:
            break
        form = one()
        if keep(form):
            result[form] = None
    return list(result)


class _Drawer:
    """Draws terms from papers."""

    def __init__(self, texts: Sequence[Text], chance: random.Random) -> None:
        self._texts = texts
        self._chance = chance
        frequency = Counter(
            word for pair in texts for word in set(_WORD.findall(" ".join(pair).lower()))
        )
        low, high = max(2, _LEAST * len(texts)), max(4, _MOST * len(texts))
        self._words = sorted(word for word, papers in frequency.items() if low <= papers <= high)
        if not self._words:
            raise ValueError("there are too few papers to draw rules from")
        self._rare_enough = frozenset(self._words)
        by_stem: dict[str, list[str]] = defaultdict(list)
        for word in self._words:
            if len(word) > 6:
                by_stem[word[:6]].append(word[6:])
        self._families = [(stem, ends) for stem, ends in by_stem.items() if len(ends) > 1]

    def mixed(self) -> Form:
        """Draw words, phrases, AND, OR with NOT, and words of the title."""
        draw = self._chance.random()
        if draw < 0.35:
            return Form((self._word(),))
        if draw < 0.55:
            return Form((self._phrase(),))
        if draw < 0.70:
            return Form((self._either(),), all_of=(self._word(),))
        if draw < 0.90:
            return Form((self._word(), self._either()), none_of=(self._word(),))
        return Form((Term(self._word().words, "title"),))

    def of(self, mix: Mix) -> Callable[[], Form]:
        """Return what draws one rule of a kind."""
        one = {
            "wildcard": self._prefix, "near": self._near, "exact": self._exact, "regex": self._regex
        }[mix]  # fmt: skip
        return lambda: Form((one(),))

    def _word(self) -> Term:
        return Term((self._chance.choice(self._words),))

    def _either(self) -> Term:
        return self._phrase() if self._chance.random() < 0.4 else self._word()

    def _phrase(self) -> Term:
        """Draw two or three neighbouring words, one of them rare enough."""

        def one() -> tuple[str, ...]:
            run = self._chance.choice(_RUN.findall(self._text().lower()) or [""])
            words = re.split("[ /]", run)
            size = 2 if self._chance.random() < 0.7 else 3
            start = self._chance.randrange(max(1, len(words) - size + 1))
            chosen = tuple(words[start : start + size])
            fits = len(set(chosen)) > 1 and chosen[0] in self._rare_enough
            return chosen if fits else ()

        return Term(_first(one))

    def _text(self) -> str:
        return self._chance.choice(self._chance.choice(self._texts))

    def _prefix(self) -> Term:
        word = self._word().words[0]
        return Term((word[: max(4, len(word) - self._chance.randint(1, 3))],), "prefix")

    def _near(self) -> Term:
        def one() -> tuple[str, ...]:
            words = _WORD.findall(self._text().lower())
            start = self._chance.randrange(max(1, len(words)))
            window = list(dict.fromkeys(words[start : start + NEAR]))
            size = 2 if self._chance.random() < 0.75 else 3
            chosen = tuple(self._chance.sample(window, k=min(size, len(window))))
            fits = len(chosen) == size and not self._rare_enough.isdisjoint(chosen)
            return chosen if fits else ()

        return Term(_first(one), "near")

    def _exact(self) -> Term:
        def one() -> tuple[str, ...]:
            names = _NAME.findall(self._text())
            return (self._chance.choice(names),) if names else ()

        return Term(_first(one), "exact")

    def _regex(self) -> Term:
        if self._chance.random() < 0.2 or not self._families:
            return Term(("[- ]".join(self._phrase().words),), "regex")
        stem, ends = self._chance.choice(self._families)
        chosen = self._chance.sample(ends, k=min(len(ends), self._chance.randint(2, 3)))
        any_case = "(?i)" if self._chance.random() < 0.25 else ""
        return Term((f"{any_case}{stem}({'|'.join(chosen)})",), "regex")


def _first(one: Callable[[], tuple[str, ...]]) -> tuple[str, ...]:
    """Return the first words that `one` draws; raise `ValueError` where it never does."""
    for _ in range(_TRIES):
        if words := one():
            return words
    raise ValueError("there are too few papers to draw rules from")
