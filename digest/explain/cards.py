"""What the screen shows of one paper. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from digest.digests.contribution import contribution
from digest.digests.excerpt import mark
from digest.digests.sentences import sentences
from digest.model import Segment
from digest.model.links import lookup_links, related_links
from digest.wording.languages import ENGLISH
from digest.wording.papers import kicker

if TYPE_CHECKING:
    from datetime import date

    from digest.model import MarkedText, Match, Paper, Pick, RuleMatch

NAMES: Final = {0: "", 1: "mention", 2: "good", 3: "strong"}
MOST_WORDS: Final = 6


class Reason(Struct, frozen=True):
    """Why one rule selected the paper."""

    rule: str
    points: float
    """Before the rule's weight."""
    strength: int
    """0 (no words counted) to 3."""
    words: tuple[str, ...]
    """The matched words as they are in the paper, or the value of the condition."""
    in_title: bool


class Link(Struct, frozen=True):
    """A page about the paper, and the key that opens it."""

    key: str
    name: str
    url: str


class Card(Struct, frozen=True):
    """One paper."""

    paper: str
    """The paper's id."""
    title: MarkedText
    facts: tuple[str, ...]
    """People, number of authors, organization, upvotes and comments, category."""
    sentence: MarkedText
    """What the paper does; empty if no source says so."""
    sentence_by: str
    """Who wrote the sentence; empty if it is from the abstract."""
    quote: MarkedText
    """A sentence that shows what matched; empty if title and sentence show it."""
    abstract: MarkedText
    extra: str
    """The authors' comment."""
    reasons: tuple[Reason, ...]
    """The section's rule first."""
    links: tuple[Link, ...]
    look_up: tuple[Link, ...]
    """Where to search for a paper without a page."""
    kicker: str = ""
    """News about a paper that had come before: `New version: v2`."""
    since: str = ""
    """When it came, or since when its count has risen: `in your digest of 3 March`."""

    @property
    def name(self) -> str:
        """The title as plain text."""
        return "".join(segment.text for segment in self.title)

    @property
    def strength(self) -> int:
        """The strength of the section's rule."""
        return self.reasons[0].strength if self.reasons else 0

    @property
    def section(self) -> str:
        """The section's rule; empty for a paper that a person added."""
        return self.reasons[0].rule if self.reasons else ""


def card(pick: Pick, paper_id: str, day: date) -> Card:
    """Return what is shown on `day` of a selected paper; `paper_id` is its current id."""
    paper = pick.paper
    abstract = paper.abstract or ""
    matches = [match for rule in pick.rules for match in rule.matches]
    in_abstract = _spans(matches, "abstract")
    sentence, contribution_span = _sentence(paper, in_abstract)
    news = kicker(pick, ENGLISH, day)
    return Card(
        paper=paper_id,
        title=mark(paper.title, _spans(matches, "title")),
        facts=tuple(_facts(paper)),
        sentence=sentence,
        sentence_by=paper.summary_by or "" if paper.summary else "",
        quote=_quote(abstract, pick, contribution_span),
        abstract=mark(abstract, in_abstract),
        extra=paper.comment or "",
        reasons=tuple(_reason(rule, paper) for rule in pick.rules),
        links=_links(paper),
        look_up=() if paper.url else _numbered(paper),
        kicker=news.text if news else "",
        since=news.detail if news else "",
    )


def people(paper: Paper) -> str:
    """Return the authors: up to three in full, else the first, the last and the number."""
    names = [str(name) for name in paper.authors or ()]
    total = max(paper.author_count or 0, len(names))
    if not names or total > len(names) > 1:
        shown = names[:1]
    elif total <= 2:
        return " and ".join(names)
    elif total == 3:
        return ", ".join(names)
    else:
        shown = [names[0], names[-1]]
    return " · ".join(filter(None, (" … ".join(shown), _count(total, "author") if total else "")))


def _facts(paper: Paper) -> list[str]:
    counts = ", ".join(
        part
        for part in (
            f"▲ {paper.upvotes:,}" if paper.upvotes else "",
            _count(paper.comments, "comment") if paper.comments else "",
        )
        if part
    )
    category = paper.primary or (paper.categories[0] if paper.categories else "")
    facts = (*people(paper).split(" · "), paper.organization or "", counts, category)
    return [fact for fact in facts if fact]


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _spans(matches: list[Match], field: str) -> list[tuple[int, int]]:
    return [
        (match.start, match.end)
        for match in matches
        if match.field == field and match.start is not None and match.end is not None
    ]


def _sentence(
    paper: Paper, spans: list[tuple[int, int]]
) -> tuple[MarkedText, tuple[int, int] | None]:
    """Return what the paper does, and the place of that in the abstract."""
    if paper.summary:
        return (Segment(paper.summary),), None
    abstract = paper.abstract or ""
    span = contribution(abstract, paper.title)
    return ((), None) if span is None else (mark(abstract, spans, *span), span)


def _quote(abstract: str, pick: Pick, contribution_span: tuple[int, int] | None) -> MarkedText:
    """Return the first sentence with a word of the section's rule, if nothing above shows one."""
    if not pick.rules:
        return ()
    matches = list(pick.rules[0].matches)
    spans = _spans(matches, "abstract")
    shown = _spans(matches, "title")
    if contribution_span is not None:
        shown += [span for span in spans if contribution_span[0] <= span[0] < contribution_span[1]]
    if shown or not spans:
        return ()
    for first, last in sentences(abstract):
        if first <= spans[0][0] < last:
            return mark(abstract, spans, first, last)
    return ()


def _reason(rule: RuleMatch, paper: Paper) -> Reason:
    points = rule.points / rule.weight if rule.weight else rule.points
    title = _words(rule, paper, "title")
    words = (*title, *(word for word in _words(rule, paper, "abstract") if word not in title))
    names = tuple(
        dict.fromkeys(
            match.keyword for match in rule.matches if match.field not in ("title", "abstract")
        )
    )
    conditions = tuple(f"{ask.field}: {ask.value:,}" for ask in rule.asked)
    strength = 0 if not words and not names else 3 if points >= 3 else 2 if points >= 2 else 1
    return Reason(
        rule.rule, points, strength, (*words, *names, *conditions)[:MOST_WORDS], bool(title)
    )


def _words(rule: RuleMatch, paper: Paper, field: str) -> tuple[str, ...]:
    text = paper.title if field == "title" else paper.abstract or ""
    texts = (" ".join(text[first:last].split()) for first, last in _spans([*rule.matches], field))
    words: dict[str, str] = {}
    for word in filter(None, texts):
        words.setdefault(word.casefold(), word)
    return tuple(words.values())


def _links(paper: Paper) -> tuple[Link, ...]:
    related = {link.name: link.url for link in related_links(paper)}
    known = (
        ("o", "arXiv" if paper.arxiv_id else "page", paper.url),
        ("p", "PDF", paper.pdf_url),
        ("h", "HTML", paper.html_url),
        ("c", "code", paper.code_url),
        ("t", "project page", paper.project_url),
        ("f", "Hugging Face", related.get("Hugging Face")),
    )
    return tuple(Link(key, name, url) for key, name, url in known if url)


def _numbered(paper: Paper) -> tuple[Link, ...]:
    return tuple(
        Link(str(number), link.name, link.url) for number, link in enumerate(lookup_links(paper), 1)
    )
