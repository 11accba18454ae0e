"""Find keywords and phrases in a text that is cut: as words, or with wildcards.

A find is a path: the numbers of the text's words that it goes through, in order.
Where it crosses the bracket of an abbreviation, the numbers of the words in there are left out.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise, product
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.reference.text import Break, Cut, Word

Path: TypeAlias = tuple[int, ...]


class Spelling(NamedTuple):
    """Words and breaks that are searched for: a keyword as written, or with an alias put in."""

    words: tuple[Word, ...]
    breaks: tuple[Break, ...]
    terms: tuple[int, ...]
    """For each word 0, or the number of the alias that was put in there."""

    def part(self, start: int, end: int) -> Spelling:
        """Return the words from `start` to before `end`."""
        return Spelling(self.words[start:end], self.breaks[start : end - 1], self.terms[start:end])


def as_written(keyword: Cut) -> Spelling:
    """Return a keyword as it stands."""
    return Spelling(keyword.words, keyword.breaks, (0,) * len(keyword.words))


def find(spelling: Spelling, text: Cut, *, plurals: bool) -> set[Path]:
    """Return all finds."""
    if any(word.wild for word in spelling.words):
        return set(find_wild(spelling, text, plurals=plurals))
    return set(find_words(spelling, text, plurals=plurals))


# --- words ---------------------------------------------------------------------------------------


class Form(NamedTuple):
    """The words of a keyword written as one."""

    run: str
    seams: dict[int, Break]
    """Where in `run` a break of the keyword is, and which."""
    capitals: frozenset[tuple[int, int]]
    """The stretches that must be a word such as SARS in the text."""


def find_words(spelling: Spelling, text: Cut, *, plurals: bool) -> Iterator[Path]:
    """Find runs of words that read as the keyword's words do.

    "It matches a run of consecutive words of one text whose concatenation equals the concatenation
    of its own words, when at every break of the text inside the run …"
    """
    for form in forms(spelling, text, plurals=plurals):
        for first in text.starting_with(form.run[0]):
            yield from _runs(form, text, (first,), 0, frozenset(), plurals=plurals)


def forms(spelling: Spelling, text: Cut, *, plurals: bool) -> Iterator[Form]:
    """Write the keyword's words as one, in every way in which they are read."""
    in_capitals = {word.plain for word in text.words if word.capitals}
    choices = []
    for word in spelling.words:
        if not plurals:
            choices.append([(word.plain, False)])
            continue
        choice = [(shape, False) for shape in sorted(word.shapes)]
        # "in a text it equals the same letters in a keyword in whatever case: `SARS` and `sars`
        # both match SARS"
        if word.plain in in_capitals and word.plain not in word.shapes:
            choice.append((word.plain, True))
        choices.append(choice)
    for chosen in product(*choices):
        run, seams, capitals = "", {}, set()
        for i, (shape, in_capital) in enumerate(chosen):
            if i:
                seams[len(run)] = spelling.breaks[i - 1]
            if in_capital:
                capitals.add((len(run), len(run) + len(shape)))
            run += shape
        yield Form(run, seams, frozenset(capitals))


def _runs(
    form: Form, text: Cut, path: Path, done: int, met: frozenset[tuple[int, int]], *, plurals: bool
) -> Iterator[Path]:
    """Go on from `done` letters of the form with the last word of the path."""
    word = text.words[path[-1]]
    for shape in word.shapes if plurals else (word.plain,):
        end = done + len(shape)
        if not form.run.startswith(shape, done):
            continue
        # "A break of the keyword that is a hyphen or a space may be missing in the text; one that
        # is glue or a stop may not"
        if any(done < at < end and seam in ("glue", "stop") for at, seam in form.seams.items()):
            continue
        now_met = met | ({(done, end)} if word.capitals and shape == word.plain else set())
        if end == len(form.run):
            if form.capitals <= now_met:
                yield path
            continue
        for after, seam in text.after(path[-1]):
            if may_pass(form.seams.get(end), seam, word, text.words[after]):
                yield from _runs(form, text, (*path, after), end, now_met, plurals=plurals)


def may_pass(wanted: Break | None, there: Break, left: Word, right: Word) -> bool:
    """Decide on a break of the text; `wanted` is the keyword's at the same place, if it has one."""
    # "the keyword has a break at the same place: and then the text's is no stop, unless the
    # keyword's is a stop too"
    if wanted is not None:
        return there != "stop" or wanted == "stop"
    # "the keyword has none there: and then the text's is a hyphen, or a space with a word of at
    # least three characters on both sides, or a space between a letter and a digit"
    if there == "space":
        long = len(left.plain) >= 3 and len(right.plain) >= 3
        last, first = left.plain[-1], right.plain[0]
        letter_digit = (last.isalpha() and first.isdigit()) or (last.isdigit() and first.isalpha())
        return long or letter_digit
    return there == "hyphen"


# --- wildcards -----------------------------------------------------------------------------------


def find_wild(spelling: Spelling, text: Cut, *, plurals: bool) -> Iterator[Path]:
    """Find the words one by one, with and without each hyphen of the keyword.

    "In a phrase the words then stand one by one, with the breaks as above, a plain word in any
    spelling that it would have as a keyword of its own (…); and each hyphen of such a keyword may
    be missing in the text (`pre-train*` selects pretraining)."
    """
    choices = [(True, False) if seam == "hyphen" else (True,) for seam in spelling.breaks]
    for kept in product(*choices):
        cuts = [0, *(i + 1 for i, keep in enumerate(kept) if keep), len(spelling.words)]
        parts = [spelling.part(a, b) for a, b in pairwise(cuts)]
        seams = [spelling.breaks[i] for i, keep in enumerate(kept) if keep]
        places = [_part_places(part, text, plurals=plurals) for part in parts]
        if all(places):
            yield from _in_order(places, seams, text, ())


def _part_places(part: Spelling, text: Cut, *, plurals: bool) -> set[Path]:
    """Find words whose hyphens are missing: a plain word in any spelling, or one wild word."""
    if not any(word.wild for word in part.words):
        return set(find_words(part, text, plurals=plurals))
    # "A word with a wildcard is compared with the normalised word before plural folding."
    glob = _glob("".join(word.plain for word in part.words))
    return {(i,) for i, word in enumerate(text.words) if glob.fullmatch(word.plain)}


def _in_order(places: list[set[Path]], seams: list[Break], text: Cut, path: Path) -> Iterator[Path]:
    if len(path) == 0:
        nexts = set(places[0])
    else:
        seam = seams[-len(places)]
        allowed = {j for j, there in text.after(path[-1]) if there != "stop" or seam == "stop"}
        nexts = {place for place in places[0] if place[0] in allowed}
    for place in nexts:
        if len(places) == 1:
            yield path + place
        else:
            yield from _in_order(places[1:], seams, text, path + place)


@lru_cache(maxsize=10_000)
def _glob(wanted: str) -> re.Pattern[str]:
    return re.compile(re.escape(wanted).replace(r"\*", ".*").replace(r"\?", "."), re.DOTALL)
