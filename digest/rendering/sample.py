"""Two invented digests, one with everything and one empty, and short forms of the first.

`digest check` renders both, so that a mistake in a template shows before it costs a digest.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Final

from msgspec.structs import replace

from digest.model import (
    CountCondition,
    Coverage,
    Digest,
    Entry,
    LearnedScore,
    MarkedText,
    Match,
    Name,
    Paper,
    PartialDate,
    Reason,
    Refusal,
    Section,
    Segment,
    WeightedWord,
)
from digest.model.lengths import Form, Forms
from digest.model.matches import CountRise, Update
from digest.model.review import DigestEnd, Review, ReviewDay, ReviewLine

_DAY = date(2026, 1, 5)
_MARKED: MarkedText = (
    Segment("Routing "),
    Segment("sparse experts", marked=True),
    Segment(" without a router"),
)
_FULL = Entry(
    paper=Paper(
        id="2601.00001",
        title="Routing sparse experts without a router",
        abstract="We train sparse experts. They need no router.",
        authors=(
            Name("Rivera", "A."),
            Name("Lind", "B."),
            Name("Okafor", "C."),
            Name("Sato", "D."),
        ),
        author_count=6,
        organization="Example Lab",
        organization_handle="example-lab",
        published=PartialDate(2026, 1, 2),
        url="https://arxiv.org/abs/2601.00001",
        pdf_url="https://arxiv.org/pdf/2601.00001",
        code_url="https://example.org/code",
        arxiv_id="2601.00001",
        doi="10.1000/182",
        categories=("cs.LG", "cs.CL"),
        upvotes=12,
        comments=3,
        sources=("dumps",),
        first_seen=_DAY,
    ),
    section="Mixture of experts",
    score=8.0,
    points=6.0,
    title=_MARKED,
    sentence=(Segment("We train "), Segment("sparse experts", marked=True), Segment(".")),
    quote=(Segment("They need no "), Segment("router", marked=True), Segment(".")),
    abstract=(Segment("We train sparse experts. They need no router."),),
    reasons=(
        Reason(
            "Mixture of experts",
            6.0,
            ("sparse expert*", "router"),
            strength=3,
            title_words=("sparse experts",),
            words=("router",),
            people=("B. Lind",),
        ),
        Reason("Popular", 2.0, (), asked=(CountCondition("upvotes", 12, 10, None),)),
    ),
    matches=(Match("Mixture of experts", "sparse expert*", "title", 8, 22, 6.0),),
    carried_since=date(2026, 1, 4),
    sentence_at=(0, 24),
    followed=(1,),
    rise=CountRise("upvotes", 2, 12, date(2025, 12, 30)),
    learned=LearnedScore(1.25, (WeightedWord("router", 0.75), WeightedWord("survey", -0.25))),
)
_BARE = Entry(
    paper=Paper(id="t-0123456789abcdef", title="A title and nothing else"),
    section="Popular",
    score=1.0,
    points=1.0,
    title=(Segment("A title and nothing else"),),
    sentence=(),
    quote=(),
    abstract=(),
    reasons=(Reason("Popular", 1.0, ()),),
    matches=(),
)

_NEWS = replace(
    _BARE,
    paper=replace(_BARE.paper, id="t-fedcba9876543210"),
    update=Update(2, _DAY, date(2025, 12, 1), ("title", "abstract")),
)

FULL = Digest(
    profile="daily",
    title="My reading list",
    day=_DAY,
    number=2,
    created=datetime(2026, 1, 5, 7, tzinfo=UTC),
    language="en",
    summary="2 of today’s 40 papers match your rules.",
    intro="A word *before* the papers.",
    sections=(
        Section("Mixture of experts", (_FULL,), 2, "A *note* on the rule."),
        Section("Popular", (_BARE,), 2),
        Section("Scaling laws", (), 0),
    ),
    carried_over=(_BARE,),
    listed=(_FULL, _BARE),
    coverage=Coverage(
        records=41,
        papers=40,
        dumps=1,
        carried=1,
        refused=(Refusal("dumps/a.txt", 3, "cut off"),),
        missing=("arXiv",),
    ),
    news=(_NEWS,),
    details=("From Hugging Face.",),
    missing="Not in: arXiv.",
    abstracts=True,
    front_matter=True,
    closing=DigestEnd(
        still=(
            ReviewLine(
                "2512.00001", "Pruning <b>at scale</b>", "https://example.org/a", "since Monday"
            ),
            ReviewLine("t-0123456789abcdef", "A title and nothing else", None, ""),
        ),
        review=Review(
            days=tuple(
                ReviewDay(_DAY + timedelta(days=number - 7), 40 * number, number % 3)
                for number in range(7)
            ),
            dropped=1,
            waiting=12,
            oldest=date(2025, 12, 1),
            titles=(ReviewLine("2512.00002", "Read and done", "https://example.org/b", "Rivera"),),
        ),
    ),
)
EMPTY = Digest(
    profile="daily",
    title="My reading list",
    day=_DAY,
    number=1,
    created=datetime(2026, 1, 5, 7, tzinfo=UTC),
    language="en",
    summary="Nothing new today.",
    intro="",
    sections=(),
    carried_over=(),
    listed=(),
    coverage=Coverage(),
    details=("No new list of papers has come since your last digest.",),
)
_SHORTER: Final[tuple[Form, ...]] = ("short", "line", "counted")
FORMS: Final = tuple(Forms({_FULL.paper.id: form, _BARE.paper.id: form}) for form in _SHORTER)
"""The mail of `FULL` without space for its papers."""
