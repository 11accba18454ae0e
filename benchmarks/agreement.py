"""Check that all engines select the same papers, if their meanings are the same.

Three comparisons, rule by rule and paper by paper:

- mixed rules, prefixes and near words on rewritten papers (`benchmarks.corpus.rewritten`), where
  simple words mean what our words mean: ours, tantivy, FTS5, and regexes on a part of the papers;
- exact names and regular expressions on the papers as they are: ours and Python's `re`;
- counts of whole processes: `digest match` on one core, on all, and in one process.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from benchmarks.corpus import rewritten
from benchmarks.engines import ENGINES, available
from benchmarks.forms import draw
from benchmarks.languages import as_digest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.corpus import Text
    from benchmarks.forms import Form, Mix

REGEX_PAPERS: Final = 150
"""Papers that are few enough for a loop of regexes."""
_ENGINES: Final[dict[Mix, tuple[str, ...]]] = {
    "mixed": ("tantivy", "FTS5", "regexes"),
    "wildcard": ("tantivy", "FTS5", "regexes"),
    "near": ("FTS5",),
    "exact": ("regexes",),
    "regex": ("regexes",),
}
_REWRITTEN: Final = frozenset({"mixed", "wildcard", "near"})


@dataclass(frozen=True, slots=True)
class Comparison:
    """One engine beside ours."""

    what: str
    engine: str
    rules: int
    papers: int
    hits: int
    """Of ours."""
    differences: tuple[str, ...]
    """A sentence for each rule about which the two differ, the first few."""


def compare(texts: Sequence[Text], rules: dict[Mix, int], *, seed: int) -> list[Comparison]:
    """Compare all engines on as many rules of each kind as `rules` says."""
    simple = rewritten(texts)
    separable = _separable(simple)
    result: list[Comparison] = []
    for mix, count in rules.items():
        papers: Sequence[Text] = simple if mix in _REWRITTEN else texts
        keep = separable if mix in _REWRITTEN else _any
        forms = draw(papers, mix, count, seed=seed, keep=keep)
        for engine in available(_ENGINES[mix]):
            some = papers[:REGEX_PAPERS] if engine == "regexes" else papers
            result.append(_compared(mix, engine, forms, some))
    return result


def _compared(mix: Mix, engine: str, forms: Sequence[Form], texts: Sequence[Text]) -> Comparison:
    ours, theirs = _selected("digest", forms, texts), _selected(engine, forms, texts)
    differences = [
        f"{as_digest(form)}: {len(one - other)} papers by ours alone,"
        f" {len(other - one)} by {engine} alone, e.g. number {min(one ^ other)}"
        for form, one, other in zip(forms, ours, theirs, strict=True)
        if one != other
    ]
    hits = sum(map(len, ours))
    return Comparison(mix, engine, len(forms), len(texts), hits, tuple(differences[:5]))


def _selected(engine: str, forms: Sequence[Form], texts: Sequence[Text]) -> list[frozenset[int]]:
    made = ENGINES[engine](forms)
    made.prepare(texts)
    return made.selected()


def _any(_form: Form) -> bool:
    return True


def _separable(texts: Sequence[Text]) -> Callable[[Form], bool]:
    """Return whether no spelling of a rule's phrases without a break is a word of these papers.

    `data set` selects *dataset* with us alone.
    """
    words = {word for pair in texts for text in pair for word in text.split("/")}

    def separable(form: Form) -> bool:
        return not any(
            "".join(term.words[start:end]) in words
            for term in form.terms
            if term.kind == "phrase"
            for start in range(len(term.words))
            for end in range(start + 2, len(term.words) + 1)
        )

    return separable
