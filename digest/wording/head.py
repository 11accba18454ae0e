"""The head and foot of a digest, and the subject of its mail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from digest.model.lengths import named_carried_over
from digest.text.one_line import shortened
from digest.wording.languages import MOST_LISTED, words_in
from digest.wording.papers import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.model import Coverage, Digest, Section
    from digest.model.lengths import Forms
    from digest.wording.languages import Words

SUBJECT: Final = 60
"""Maximum length of the titles in a subject; a phone shows some 40 characters."""
SHOWN_TITLES: Final = 3
PREHEADER: Final = 140
"""Maximum number of characters that mail programs show beside the subject."""
OVERVIEW_FROM: Final = 9
"""A digest of fewer papers needs no overview."""
OVERVIEW_ROWS: Final = 25
LONGEST_NAME: Final = 60
"""Maximum length of a rule's name in a list of names."""


# --- head ----------------------------------------------------------------------------------------


def summary(coverage: Coverage, matched: int, words: Words) -> str:
    """Return how many papers match, as in "8 of today’s 433 papers match your rules".

    `matched` counts the new papers that any rule selected, whether or not a limit cut them.
    """
    papers = coverage.papers
    if not papers:
        return words.text("Nothing new today.")
    if coverage.earlier is not None or coverage.since is not None:
        return _summary_of_more_days(papers, matched, words)
    if not matched:
        return words.count(
            "No rule matched today’s only paper.",
            "No rule matched any of today’s {number} papers.",
            papers,
        )
    if papers == 1:
        return words.text("Today’s only paper matches your rules.")
    return words.count(
        "{number} of today’s {papers} papers matches your rules.",
        "{number} of today’s {papers} papers match your rules.",
        matched,
        papers=words.number(papers),
    )


def _summary_of_more_days(papers: int, matched: int, words: Words) -> str:
    """Return how many papers match that are not only today's: first digest, or looking back."""
    if not matched:
        return words.count(
            "No rule matched the only new paper.",
            "No rule matched any of {number} new papers.",
            papers,
        )
    if papers == 1:
        return words.text("The only new paper matches your rules.")
    return words.count(
        "{number} of {papers} new papers matches your rules.",
        "{number} of {papers} new papers match your rules.",
        matched,
        papers=words.number(papers),
    )


def details(  # noqa: PLR0913 - counts of one digest
    coverage: Coverage,
    words: Words,
    *,
    matched: int,
    again: int,
    earlier: int,
    waiting: int,
    listed: int,
    news: int = 0,
) -> tuple[str, ...]:
    """Return the sentences that follow the summary: what else is below, and what is not.

    `again` counts the papers that had been considered before and match now, `earlier` the
    carried-over papers that are shown, `waiting` those that are carried over to the next digest,
    `listed` those in one line, `news` the new versions of papers that were sent.
    """
    sentences = []
    if news:
        sentences.append(
            words.count(
                "{number} paper that you were sent has a new version.",
                "{number} papers that you were sent have a new version.",
                news,
            )
        )
    if again:
        sentences.append(
            words.count(
                "{number} paper that had come before matches now.",
                "{number} papers that had come before match now.",
                again,
            )
        )
    if earlier:
        sentences.append(
            words.count(
                "{number} paper carried over from earlier days is below.",
                "{number} papers carried over from earlier days are below.",
                earlier,
            )
        )
    if waiting:
        sentences.append(
            words.count(
                "{number} more did not fit and will be offered again.",
                "{number} more did not fit and will be offered again.",
                waiting,
            )
        )
    if listed:
        sentences.append(
            words.count(
                "{number} is listed in one line.", "{number} are listed in one line each.", listed
            )
        )
    if coverage.settled:
        sentences.append(
            words.count(
                "{number} that you already know was left out.",
                "{number} that you already know were left out.",
                coverage.settled,
            )
        )
    if not (matched or again or news or coverage.papers or coverage.sources):
        sentences += _nothing_came(coverage, words)
    return tuple(sentences)


def _nothing_came(coverage: Coverage, words: Words) -> list[str]:
    """Return why there is no new paper."""
    if coverage.records:
        return [words.text("Every paper that came had come before.")]
    if coverage.dumps:
        return [words.text("None of the lists that came could be read.")]
    if coverage.earlier:
        return [
            words.text(
                "This is your first digest: it begins with what comes from now on. "
                "`digest run --since DAY` looks back."
            )
        ]
    if coverage.earlier == 0:
        return [words.text("No list of papers has come yet.")]
    return [words.text("No new list of papers has come since your last digest.")]


def missing(coverage: Coverage, words: Words) -> str:
    """Name the sources that could not be read; empty if all could."""
    if not coverage.missing:
        return ""
    return words.text("Not in: {sources}.", sources=words.listed(coverage.missing))


def looked_back(coverage: Coverage, words: Words) -> str:
    """Name the only rules for which a digest looks back; empty if all rules were asked."""
    if not coverage.only or coverage.since is None:
        return ""
    return words.text(
        "Looks back to {day}, for these rules alone: {rules}.",
        day=words.day(coverage.since),
        rules=words.listed([f"“{name}”" for name in coverage.only], 5),
    )


def refused(coverage: Coverage, words: Words) -> str:
    """Return that something could not be read, without naming a file; empty if all was read."""
    if not coverage.refused:
        return ""
    return words.count(
        "{number} entry could not be read; `digest status` says which.",
        "{number} entries could not be read; `digest status` says which.",
        len(coverage.refused),
    )


def rule_changes(before: Sequence[str], now: Sequence[str], words: Words) -> str:
    """Return which rules are new or gone since the last digest; empty without changes."""
    if not before:
        return ""
    known, current = set(before), set(now)
    new = [f"“{name}”" for name in now if name not in known]
    removed = [f"“{name}”" for name in before if name not in current]
    parts = []
    if new:
        parts.append(words.count("New rule: {rules}.", "New rules: {rules}.", len(new),
                                 rules=words.listed(new, 5)))  # fmt: skip
    if removed:
        parts.append(words.count("Rule that is gone: {rules}.", "Rules that are gone: {rules}.",
                                 len(removed), rules=words.listed(removed, 5)))  # fmt: skip
    return " ".join(parts)


def overview(digest: Digest) -> tuple[Section, ...]:
    """Return the sections of the overview; none for a digest of few papers."""
    if len(digest.entries) < OVERVIEW_FROM or len(digest.filled) < 2:
        return ()
    return digest.filled[:OVERVIEW_ROWS]


# --- foot ----------------------------------------------------------------------------------------


def unmatched(digest: Digest) -> str:
    """Name the rules without a section, and why: no match, or shown elsewhere.

    Without any section the head of the digest says that no rule matched.
    """
    words = words_in(digest.language)
    none: list[str] = []
    other: list[str] = []
    for section in digest.sections:
        if not section.entries:
            (other if section.selected else none).append(section.name)
    parts = []
    if none and digest.filled:
        rules = _listed(none, words)
        parts.append(words.text("No match today: {rules}.", rules=rules))
    if other:
        rules = _listed(other, words)
        parts.append(words.text("Matched only papers that are elsewhere: {rules}.", rules=rules))
    return " ".join(parts)


def _listed(names: Sequence[str], words: Words) -> str:
    """Name the first rules, each in at most `LONGEST_NAME` characters, and count the others."""
    first = [shortened(name, LONGEST_NAME) for name in names[:MOST_LISTED]]
    return words.listed([*first, *names[MOST_LISTED:]])


def waiting(digest: Digest, forms: Forms) -> str:
    """Return how many papers are carried over, and how many of them are named below."""
    words = words_in(digest.language)
    count = len(digest.carried_over)
    named = len(forms.shown(named_carried_over(digest)))
    first = words.count(
        "{number} more did not fit and will be offered again.",
        "{number} more did not fit and will be offered again.",
        count,
    )
    if not 0 < named < count:
        return first
    return f"{first} {words.count('The best:', 'The best {number}:', named)}"


def abridged(digest: Digest, forms: Forms) -> str:
    """Return what is shortened or left out in the mail because of its size; empty if nothing."""
    words = words_in(digest.language)
    short = forms.count("short", digest.entries)
    lines = forms.count("line", digest.entries)
    counted = forms.count("counted", (*digest.entries, *digest.news, *digest.listed))
    parts = []
    if short:
        parts.append(words.count("{number} paper without its sentence",
                                 "{number} papers without their sentence", short))  # fmt: skip
    if lines:
        parts.append(words.count("{number} in one line", "{number} in one line each", lines))
    if counted:
        parts.append(words.count("{number} only counted", "{number} only counted", counted))
    if not parts:
        return ""
    changes = words.text(", ").join(parts)
    return words.text("Shortened so that mail programs show it whole: {what}.", what=changes)


def why_you_get_it(digest: Digest) -> str:
    """Return why a reader gets this digest."""
    words = words_in(digest.language)
    return words.text("You receive this because you subscribe to “{title}”.", title=digest.title)


# --- subject -------------------------------------------------------------------------------------


def top_titles(digest: Digest) -> str:
    """Return the first titles of the first sections for a subject: `A, B and more`.

    Titles are cut at their colon, so that a subject has one at most.
    """
    words = words_in(digest.language)
    titles = [_short(one_line(entry)) for entry in digest.best[:SHOWN_TITLES]]
    if not titles and digest.news:
        title = _short(one_line(digest.news[0]))
        return f"{words.text('New version')}: {shortened(title, SUBJECT)}"
    if not titles:
        return digest.summary
    shown_titles = [shortened(titles[0], SUBJECT)]
    for title in titles[1:]:
        if len(title) > SUBJECT - sum(len(name) + 2 for name in shown_titles):
            break
        shown_titles.append(title)
    if len(digest.entries) > len(shown_titles):
        return words.text("{titles} and more", titles=words.text(", ").join(shown_titles))
    return words.joined(shown_titles)


def _short(title: str) -> str:
    """Cut a title at its colon, if what is before says enough; remove the colon."""
    for colon in (": ", "："):
        name = title.partition(colon)[0]
        if len(name) < len(title) and len(name) >= 3:
            return name.replace(":", "\u2236")
    return title.replace(": ", " – ").replace(":", "\u2236")


def preheader(digest: Digest) -> str:
    """Return what mail programs show beside the subject: titles that the subject lacks."""
    words = words_in(digest.language)
    if not digest.entries:
        return " ".join(digest.details) or digest.summary
    known = top_titles(digest)
    titles = [
        short for entry in digest.best[:10] if (short := _short(one_line(entry))) not in known
    ]
    room = PREHEADER
    shown_titles: list[str] = []
    for title in titles:
        if shown_titles and len(title) + 3 > room:
            break
        shown_titles.append(shortened(title, room))
        room -= len(shown_titles[-1]) + 3
    if not shown_titles:
        return digest.summary
    return words.text("Also: {titles}", titles=" · ".join(shown_titles))
