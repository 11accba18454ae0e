"""Digests for tests, with invented papers."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from digest.model import (
    Coverage,
    Digest,
    Entry,
    FeedItem,
    LearnedScore,
    MarkedText,
    MostSimilar,
    Paper,
    PartialDate,
    Profile,
    Reason,
    Section,
    Segment,
)
from digest.model.matches import RuleMiss
from digest.model.review import DigestEnd, Review, ReviewDay, ReviewLine
from tests.people import people

if TYPE_CHECKING:
    from collections.abc import Sequence

DAY = date(2026, 1, 5)
CREATED = datetime(2026, 1, 5, 6, 30, tzinfo=UTC)

_SUBJECTS = (
    "Routing tokens to sparse experts without a learned router",
    "Scaling laws for small data: what 4% of the tokens can tell, and what they cannot",
    "A pruned model is not a smaller model",
    "μ-transfer across depth, width and the number of experts in decoder-only language models",
    "Merging",
)
_SENTENCES = (
    "We train sparse experts on eight corpora; a fixed hash of the token routes as well as a net.",
    "The law holds over four orders of magnitude, from a laptop's worth of compute to a cluster's.",
    "Pruning keeps the loss and loses the calibration, most of all on rare words.",
    "Every step of the recipe can be run on one accelerator in a day.",
)
_NAMES = people(
    "A. Rivera", "B. Lind", "C. Okafor", "D. Sato", "E. Novak", "F. Haddad", "G. Moreau"
)


def marked(text: str) -> MarkedText:
    """Return segments of `text` in which `[[...]]` is marked."""
    segments = []
    for number, piece in enumerate(text.replace("]]", "[[").split("[[")):
        if piece:
            segments.append(Segment(piece, marked=number % 2 == 1))
    return tuple(segments)


def paper(number: int = 1, **changes: Any) -> Paper:
    """Return an invented paper that has everything, but for `changes`."""
    arxiv_id = f"2601.{number:05}"
    fields: dict[str, Any] = {
        "id": arxiv_id,
        "title": _SUBJECTS[number % len(_SUBJECTS)],
        "abstract": " ".join(_SENTENCES),
        "authors": _NAMES[: 1 + number % len(_NAMES)],
        "published": PartialDate(2026, 1, 1 + number % 5),
        "url": f"https://arxiv.org/abs/{arxiv_id}",
        "pdf_url": f"https://arxiv.org/pdf/{arxiv_id}",
        "code_url": f"https://example.org/code/{number}" if number % 3 == 0 else None,
        "arxiv_id": arxiv_id,
        "categories": ("cs.LG", "cs.CL"),
        "upvotes": 7 * number % 50,
        "comments": number % 4,
        "sources": ("dumps",),
        "first_seen": DAY,
    }
    return Paper(**(fields | changes))


def entry(
    number: int = 1,
    *,
    title: MarkedText | None = None,
    sentence: MarkedText | None = None,
    quote: MarkedText = (),
    more: dict[str, Any] | None = None,
    rule: str = "Mixture of experts",
    reasons: tuple[Reason, ...] | None = None,
    **changes: Any,
) -> Entry:
    """Return an entry of `paper(number)`; its title is that of `title`, where one is given.

    `changes` are of the paper, `more` of the entry.
    """
    if title is not None:
        changes["title"] = "".join(segment.text for segment in title)
    one = paper(number, **changes)
    words = one.title.split(" ", 2)
    default = (
        (Segment(words[0] + " "), Segment(words[1], marked=True), *_rest(words))
        if len(words) > 1
        else (Segment(one.title, marked=True),)
    )
    pieces = _SENTENCES[number % len(_SENTENCES)].split(" ", 4)
    shown = (Segment(" ".join(pieces[:2]) + " "), Segment(" ".join(pieces[2:4]), marked=True),
             Segment(" " + pieces[4]))  # fmt: skip
    return Entry(
        paper=one,
        section=rule,
        score=8.0,
        points=6.0,
        title=default if title is None else title,
        sentence=shown if sentence is None else sentence,
        quote=quote,
        abstract=(Segment(one.abstract),) if one.abstract else (),
        reasons=reasons
        or (
            Reason(
                rule, 6.0, ("sparse expert*", "=MoE"), strength=3, words=("sparse experts", "MoE")
            ),
            Reason("Small", 2.0, ()),
        ),
        matches=(),
        **(more or {}),
    )


def _rest(words: list[str]) -> tuple[Segment, ...]:
    return (Segment(" " + words[2]),) if len(words) > 2 else ()


def digest(entries: Sequence[Entry] = (), **changes: Any) -> Digest:
    """Return a digest of `entries`, a section for each of their rules."""
    names = dict.fromkeys(one.section for one in entries)
    sections = tuple(
        Section(name, own, len(own))
        for name in names
        for own in [tuple(one for one in entries if one.section == name)]
    )
    fields: dict[str, Any] = {
        "profile": "daily",
        "title": "Papers for Monday’s reading group",
        "day": DAY,
        "number": 1,
        "created": CREATED,
        "language": "en",
        "summary": f"{len(entries)} of today’s 433 papers match your rules.",
        "intro": "",
        "sections": sections,
        "carried_over": (),
        "listed": (),
        "coverage": Coverage(records=433, papers=433, dumps=5),
    }
    return Digest(**(fields | changes))


def many(count: int) -> Digest:
    """Return a digest of `count` papers in up to three sections."""
    rules = ("Mixture of experts", "Scaling laws", "Pruning and model compression")
    return digest([entry(n, rule=rules[n * 3 // max(count, 1) % 3]) for n in range(count)])


def full() -> Digest:
    """Return the digest of the golden files: something of everything that can be said."""
    bare = entry(
        5, title=marked("A title and [[nothing]] else"), sentence=(), rule="Scaling laws",
        reasons=(Reason("Scaling laws", 2.0, ("nothing",), 2, ("nothing",)),), authors=None,
        author_count=None, published=None, url=None, pdf_url=None, abstract=None, arxiv_id=None,
        categories=(),
        upvotes=None, comments=None,
    )  # fmt: skip
    lab = entry(
        3, rule="Scaling laws", title=marked("C++ for [[N:M sparsity]]: *when* <4%> is enough"),
        authors=None, author_count=12, organization="Example Lab", published_inferred=True,
    )  # fmt: skip
    shown = digest([entry(1), entry(2), lab, bare])
    return digest(
        [entry(1), entry(2), lab, bare],
        number=2,
        summary="6 of today’s 433 papers match your rules.",
        details=("2 more did not fit and will be offered again.", "From Hugging Face."),
        missing="Not in: arXiv.",
        intro="Read the *first* one for Monday; the\n[rota](https://example.org/rota) says who.\n\n"
        "- tea at ten\n- no slides",
        sections=(
            *shown.sections,
            Section("Pruning", (), 1),
            Section("Robots", (), 0),
            more_like_these(),
            near_misses(),
        ),
        carried_over=(entry(7), entry(8)),
        listed=(entry(9), bare),
        abstracts=True,
        front_matter=True,
        closing=closing(),
    )


def more_like_these() -> Section:
    """Return a section with one paper that no rule took."""
    like = MostSimilar(
        "2601.1", "Sparse Upcycling", "starred", DAY, ("sparse experts", "upcycling")
    )
    name = "More like these"
    near = entry(
        4, rule=name, reasons=(Reason(name, 0.0, ()),),
        more={"learned": LearnedScore(0.5, (), like), "of_rule": False},
    )  # fmt: skip
    note = "No rule took them; they are like papers that you starred, read or imported."
    return Section(name, (near,), 1, note, of_rule=False)


def near_misses() -> Section:
    """Return a section with papers that a rule only just missed, one in each way."""
    name = "Near misses"
    misses = (
        RuleMiss("Routing", "missing", ('"top *k*" or gate',)),
        RuleMiss("Pruning & *more*", "excluded", ("survey",)),
        RuleMiss("Scaling laws", "points"),
    )
    entries = tuple(
        entry(
            number, rule=name, reasons=(Reason(name, 0.0, ()),),
            more={"missed": miss, "of_rule": False},
        )
        for number, miss in enumerate(misses, 21)
    )  # fmt: skip
    note = "No rule took them; each only just missed one of your rules."
    return Section(name, entries, len(entries), note, of_rule=False)


def closing() -> DigestEnd:
    """Return the end of the golden digest: a paper with a page, one without, and a whole week."""
    numbers = [(12, 1), (31, 4), (0, 0), (2, 0), (1, 6), (0, 1), (7, 0)]
    page = "https://example.org/7"
    return DigestEnd(
        still=(
            ReviewLine("2512.00007", "*Waiting* for <routers> #1", page, "since 1 December 2025"),
            ReviewLine("t-00", "Nothing but a title", None, "since 2 December 2025 · being read"),
        ),
        review=Review(
            days=tuple(
                ReviewDay(DAY - timedelta(days=7 - number), came, read)
                for number, (came, read) in enumerate(numbers)
            ),
            dropped=3,
            waiting=41,
            oldest=date(2025, 12, 1),
            titles=(ReviewLine("2512.00009", "Read [twice](x)", page, "Rivera, Lind"),),
        ),
    )


def empty() -> Digest:
    """Return a digest of a day on which nothing was selected."""
    return digest(
        summary="No rule matched any of today’s 433 papers.",
        details=("From arXiv.",),
    )


def profile(**changes: Any) -> Profile:
    """Return the profile that the digests are of."""
    fields: dict[str, Any] = {
        "name": "daily",
        "title": "Papers for Monday’s reading group",
        "timezone": ZoneInfo("Europe/Zurich"),
        "rules": ("Mixture of experts", "Scaling laws"),
    }
    return Profile(**(fields | changes))


def feed_items(shown: Digest) -> tuple[FeedItem, ...]:
    """Return the entries of a digest as items of the feed."""
    return tuple(FeedItem(one, shown.created, shown.day) for one in shown.entries)
