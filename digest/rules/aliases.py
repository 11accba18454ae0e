"""Treat terms as equal that the config's `aliases` name: *LLM* and *large language model*.

docs/rule-language.md, "Aliases". A keyword that contains a term gets a spelling for each other term
of the group; the matcher looks for all of them.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Final, TypeAlias, cast

from msgspec import Struct
from msgspec.structs import replace

from digest.errors import QueryError
from digest.rules.syntax import Near, Pattern, Phrase, Proximity
from digest.rules.terms import units
from digest.text.folding import fold_word
from digest.text.words import ANY_ONE, ANY_RUN, Break, Words, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from digest.rules.syntax import Exact, Leaf

    Side: TypeAlias = Phrase | Pattern | Exact

MAX_SPELLINGS: Final = 64
"""Maximum number of spellings of one keyword."""
_LONG: Final = 3
"""Minimum length of two words that may be written as one keyword."""
_UNFOLDED: Final = frozenset(("org", "journal", "comment"))


class _Term(Struct, frozen=True):
    text: str
    words: Words
    letters: frozenset[str]
    """Folded, in each reading, without breaks."""


class Aliases:
    """Groups of terms with the same meaning."""

    def __init__(self, groups: Sequence[Sequence[str]]) -> None:
        self.groups = tuple(map(tuple, groups))
        self._terms = [
            [_Term(text, words, frozenset(letters_of(words))) for text in group
             for words in (words_of(" ".join(text.split())),)]
            for group in groups
        ]  # fmt: skip

    def runs(self, words: Words, *, fold: bool) -> Iterator[tuple[int, int, Words]]:
        """Yield first word, end and replacement of each run of `words` that equals a term."""
        spelling = letters_of(words)
        for group in self._terms:
            for term in group:
                if not any(part in letters for part in term.letters for letters in spelling):
                    continue
                for start, end in equal_runs(term.words, words, fold=fold):
                    for other in group:
                        if other.text != term.text:
                            yield start, end, other.words


def with_aliases(leaf: Leaf, aliases: Aliases) -> Leaf:
    """Return `leaf` with the spellings from `aliases`; raise `QueryError` for too many."""
    if isinstance(leaf, Proximity):
        left, right = (
            tuple(cast("Side", with_aliases(term, aliases)) for term in side)
            for side in (leaf.left, leaf.right)
        )
        return replace(leaf, left=left, right=right)
    fold = leaf.field not in _UNFOLDED
    if isinstance(leaf, (Phrase, Pattern)):
        spelled = _spellings(leaf.text, leaf.spelling, aliases, fold=fold)
        return (
            replace(leaf, spellings=tuple(words for words, _ in spelled[1:])) if spelled else leaf
        )
    if isinstance(leaf, Near):
        spelled = _spellings(leaf.text, _joined(leaf.units), aliases, fold=fold)
        near = [tuple(units(words, together)) for words, together in spelled[1:]]
        return replace(leaf, spellings=tuple(near)) if spelled else leaf
    return leaf


def _spellings(
    text: str, words: Words, aliases: Aliases, *, fold: bool
) -> list[tuple[Words, tuple[int, ...]]]:
    """Return all spellings, the one as written first; with each the gaps inside inserted terms."""
    runs = list(aliases.runs(words, fold=fold))
    if not runs:
        return []
    different: dict[object, tuple[Words, tuple[int, ...]]] = {}
    for chosen in _choices(0, len(words.texts), runs):
        spelling = _replaced(words, chosen)
        different.setdefault(spelling, spelling)
        if len(different) > MAX_SPELLINGS:
            raise QueryError(
                f"the aliases give {text!r} more than {MAX_SPELLINGS} spellings",
                text=text, start=0, end=len(text),
                hint="Write a shorter keyword, or give the aliases fewer terms.",
            )  # fmt: skip
    return list(different.values())


_Run = tuple[int, int, Words]


def _choices(at: int, end: int, runs: Sequence[_Run]) -> Iterator[tuple[_Run, ...]]:
    """Yield every set of runs that do not overlap, from word `at`; first the empty set."""
    if at >= end:
        yield ()
        return
    yield from _choices(at + 1, end, runs)
    for run in runs:
        if run[0] == at:
            for rest in _choices(run[1], end, runs):
                yield (run, *rest)


def _replaced(words: Words, chosen: Sequence[_Run]) -> tuple[Words, tuple[int, ...]]:
    """Return `words` with the chosen runs replaced, and the gaps inside the insertions."""
    texts: list[str] = []
    gaps: list[Break] = []
    unfolded: list[int] = []
    inside: list[int] = []
    at = 0
    by_start = {run[0]: run for run in chosen}
    while at < len(words.texts):
        if at:
            gaps.append(words.gaps[at - 1])
        run = by_start.get(at)
        if run is None:
            if at in words.kept:
                unfolded.append(len(texts))
            texts.append(words.texts[at])
            at += 1
            continue
        _, at, term = run
        unfolded += (len(texts) + place for place in term.kept)
        inside += (len(texts) + place for place in range(len(term.gaps)))
        texts += term.texts
        gaps += term.gaps
    dotted = words.dotted and 0 not in by_start
    return Words(tuple(texts), tuple(gaps), tuple(unfolded), dotted), tuple(inside)


def _joined(parts: Sequence[Words]) -> Words:
    """Return the words of a near in a row, as they were before being cut into units."""
    texts = tuple(text for part in parts for text in part.texts)
    gaps: list[Break] = []
    unfolded: list[int] = []
    start = 0
    for part in parts:
        if start:
            gaps.append(Break.SPACE)
        gaps += part.gaps
        unfolded += (start + place for place in part.kept)
        start += len(part.texts)
    return Words(texts, tuple(gaps), tuple(unfolded))


# --- equality of words ---------------------------------------------------------------------------


def forms_of(words: Words, place: int, *, fold: bool = True) -> tuple[str, ...]:
    """Return how one word of a keyword may be folded: `sars` as *sar*, and as *sars* (SARS)."""
    word = words.texts[place]
    if not fold or place in words.kept or ANY_RUN in word or ANY_ONE in word:
        return (word,)
    folded = fold_word(word)
    may_be_capitals = len(word) in (4, 5) and word[-1] == "s" and folded != word
    return (folded, word) if may_be_capitals else (folded,)


def letters_of(words: Words) -> set[str]:
    """Return the letters of all words joined, folded in some readings, for a quick test."""
    count = range(len(words.texts))
    choices = [forms_of(words, place) for place in count]
    limited = [choice if len(choices) < MAX_SPELLINGS // 8 else choice[:1] for choice in choices]
    return {"".join(chosen) for chosen in product(*limited)} | {"".join(words.texts)}


def equal_runs(term: Words, words: Words, *, fold: bool) -> Iterator[tuple[int, int]]:
    """Yield where `term`, as a keyword, matches runs of `words`, read as a text."""
    for start in range(len(words.texts)):
        for end in range(start + 1, len(words.texts) + 1):
            if _equal(term, words, start, end, fold=fold):
                yield start, end


def _equal(term: Words, words: Words, start: int, end: int, *, fold: bool) -> bool:
    run = [forms_of(words, place, fold=fold) for place in range(start, end)]
    wild = any(ANY_RUN in word or ANY_ONE in word for word in words.texts[start:end])
    if wild or sum(len(forms[-1]) for forms in run) > 2 * sum(map(len, term.texts)) + 8:
        return False
    spellings = [forms_of(term, place, fold=fold) for place in range(len(term.texts))]
    return any(
        "".join(run_forms) == "".join(term_forms)
        and _breaks_agree(term, term_forms, words, start, run_forms)
        for run_forms in product(*run)
        for term_forms in product(*spellings)
    )


def _breaks_agree(
    term: Words, term_forms: Sequence[str], words: Words, start: int, run_forms: Sequence[str]
) -> bool:
    at = 0
    own_breaks: dict[int, Break] = {}
    for form, gap in zip(term_forms, term.gaps, strict=False):
        at += len(form)
        own_breaks[at] = gap
    at = 0
    met_breaks = set()
    for place, form in enumerate(run_forms[:-1]):
        at += len(form)
        gap = words.gaps[start + place]
        if at in own_breaks:
            met_breaks.add(at)
            if gap == Break.STOP and own_breaks[at] != Break.STOP:
                return False
        elif not _may_join(form, run_forms[place + 1], gap):
            return False
    return all(
        place in met_breaks or gap in (Break.SPACE, Break.HYPHEN)
        for place, gap in own_breaks.items()
    )


def _may_join(first: str, second: str, gap: Break) -> bool:
    if gap == Break.HYPHEN:
        return True
    if gap != Break.SPACE:
        return False
    if len(first) >= _LONG and len(second) >= _LONG:
        return True
    ends = first[-1] + second[0]
    return (ends[0].isdigit() and ends[1].isalpha()) or (ends[0].isalpha() and ends[1].isdigit())
