"""What surrounds a paper's title and sentence: facts, the reason why, links, news.

Every format shows these parts in the same order; see `docs/templates.md`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from digest.model.links import Link, huggingface_url, lookup_links, related_links
from digest.text.one_line import one_line as one_line_of
from digest.text.one_line import shortened
from digest.wording.people import people
from digest.wording.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from digest.model import CountCondition, Entry, MarkedText, Paper, Pick, Reason
    from digest.model.matches import MostSimilar, RuleMiss, Update
    from digest.wording.languages import Words

RECENT: Final = timedelta(days=3)
"""A day of publication this near to the digest's day is not shown."""
SHOWN_WORDS: Final = 8
"""Number of matched words that are named for one rule."""
MODEL_NAME: Final = 60
"""Maximum length of a model's name in a label."""
LONGEST_KEYWORDS: Final = 100
"""Maximum length of the keywords of a near miss."""
SHOWN_RULES: Final = 5
"""Number of further rules that are named."""


class Kicker(Struct, frozen=True):
    """The line above a title with news about an earlier paper."""

    text: str
    detail: str = ""
    sentence: str = ""
    """The authors' comment on a new version."""


class Fact(Struct, frozen=True):
    """One fact of the line below a title; a link if it has a page."""

    text: str
    url: str | None = None


def kicker(entry: Entry | Pick, words: Words, day: date) -> Kicker | None:
    """Return what is news about a paper that had come before; None for a new one.

    `Rising: ▲ 12 → 57 in 6 days`, `since 10 April`;
    `v2 of a paper that you were sent on 3 March: title changed`.
    """
    if entry.update is not None:
        return _version(entry.update, words, day)
    rise = entry.rise
    if rise is None:
        return None
    if rise.field == "upvotes":
        change = f"▲ {words.number(rise.before)} → {words.number(rise.now)}"
    else:
        change = words.count(
            "{before} → {number} comment",
            "{before} → {number} comments",
            rise.now,
            before=words.number(rise.before),
        )
    change = _unbroken(change)
    since = words.text("since {day}", day=_unbroken(words.day_near(rise.since, day)))
    days = (day - rise.since).days
    if days < 1:
        return Kicker(words.text("Rising: {change}", change=change), since)
    return Kicker(
        words.count(
            "Rising: {change} in {number} day",
            "Rising: {change} in {number} days",
            days,
            change=change,
        ),
        since,
    )


def _version(update: Update, words: Words, day: date) -> Kicker:
    sent, change = _unbroken(words.day_near(update.sent, day)), _difference(update, words)
    if update.version is None:
        text = words.text(
            "New version of a paper that you were sent on {day}: {change}", day=sent, change=change
        )
    else:
        text = words.text(
            "v{version} of a paper that you were sent on {day}: {change}",
            version=update.version,
            day=sent,
            change=change,
        )
    comment = update.comment and words.text(
        "{comment} (comment by the authors)", comment=update.comment
    )
    return Kicker(text, sentence=comment)


def _difference(update: Update, words: Words) -> str:
    """Return the differences from the version that was sent."""
    if not update.changed:
        return words.text("title and abstract unchanged")
    if len(update.changed) == 2:
        return words.text("title and abstract changed")
    if "title" in update.changed:
        return words.text("title changed")
    return words.text("abstract changed")


def authors_of(entry: Entry, words: Words) -> MarkedText:
    """Return the people of an entry, with those that a rule asked for marked."""
    return people(entry.paper, words, entry.followed)


def facts(paper: Paper, words: Words, day: date) -> tuple[Fact, ...]:
    """Return day, upvotes and comments, journal and category; unknown ones are left out."""
    facts: list[Fact] = []
    published = None if paper.published_inferred else paper.published
    if published and not published.first - RECENT <= day <= published.last + RECENT:
        facts.append(Fact(_unbroken(words.day(published))))
    if counts := _counts(paper, words):
        facts.append(Fact(counts, huggingface_url(paper)))
    if paper.journal:
        facts.append(Fact(paper.journal))
    if category := paper.primary or next(iter(paper.categories), None):
        facts.append(Fact(category))
    return tuple(facts)


def _counts(paper: Paper, words: Words) -> str:
    parts = []
    if paper.upvotes:
        parts.append(f"▲ {words.number(paper.upvotes)}")
    if paper.comments:
        parts.append(words.count("{number} comment", "{number} comments", paper.comments))
    return _unbroken(words.text(", ").join(parts))


def _unbroken(text: str) -> str:
    """Join a number and its word with an unbreakable space."""
    return text.replace(" ", "\u00a0")


# --- why -----------------------------------------------------------------------------------------


def strength_name(reason: Reason, words: Words) -> str:
    """Return how strongly a rule matched, in words; empty if it counts no words."""
    if not reason.strength:
        return ""
    names = (words.text("brief mention"), words.text("good match"), words.text("strong match"))
    return names[reason.strength - 1]


def dots(reason: Reason) -> str:
    """Return how strongly a rule matched, as dots: `●●○`; empty if it counts no words."""
    return "●" * reason.strength + "○" * (3 - reason.strength) if reason.strength else ""


def why(entry: Entry, words: Words) -> str:
    """Return why the section's rule selected a paper: its words as in the paper, counts, people."""
    reason = entry.reasons[0]
    parts = [_matched(reason, words)]
    parts += [_condition(condition, words) for condition in reason.asked]
    if reason.people:
        names = words.joined(reason.people)
        parts.append(words.text("You follow {names}", names=names))
    if entry.learned is not None:
        parts.append(learned(entry, words))
    if entry.missed is not None:
        parts.append(missed(entry.missed, words))
    shown = [part for part in parts if part] or [words.text("Your rule asks for it")]
    return " · ".join(shown)


def also(entry: Entry, words: Words) -> str:
    """Name the other rules that selected the paper; empty if none did."""
    rules = [reason.rule for reason in entry.reasons[1:]]
    if not rules:
        return ""
    return words.text("also {rules}", rules=words.listed(rules, SHOWN_RULES))


def _matched(reason: Reason, words: Words) -> str:
    comma = words.text(", ")
    in_title, elsewhere = list(reason.title_words), list(reason.words)
    shown = in_title[:SHOWN_WORDS]
    shown_in_body = elsewhere[: SHOWN_WORDS - len(shown)]
    hidden = len(in_title) + len(elsewhere) - len(shown) - len(shown_in_body)
    parts = []
    if shown:
        parts.append(words.text("{words}, in the title", words=comma.join(shown)))
    if shown_in_body:
        parts.append(comma.join(shown_in_body))
    text = "; ".join(parts)
    return f"{text}{comma}+{hidden}" if hidden > 0 else text


def _condition(condition: CountCondition, words: Words) -> str:
    if condition.field == "upvotes":
        value = f"▲ {words.number(condition.value)}"
    elif condition.field == "comments":
        value = words.count("{number} comment", "{number} comments", condition.value)
    else:
        value = words.count("{number} author", "{number} authors", condition.value)
    low = "" if condition.low is None else words.number(condition.low)
    high = "" if condition.high is None else words.number(condition.high)
    value = _unbroken(value)
    if low and high:
        return words.text("{value}; you asked for {low} to {high}", value=value, low=low, high=high)
    if high:
        return words.text("{value}; you asked for {high} or fewer", value=value, high=high)
    return words.text("{value}; you asked for {low} or more", value=value, low=low)


def learned(entry: Entry, words: Words) -> str:
    """Return which liked paper a paper is similar to, and by which words; − marks words against it.

    `Like “Sparse Upcycling”, which you starred on 2 March 2026; words: router, −survey`
    """
    if entry.learned is None:
        return ""
    like = entry.learned.like
    if like is None:
        signed = [("+" if clue.weight > 0 else "−") + clue.word for clue in entry.learned.clues]
        if not signed:
            return words.text("Learned: none of its words is known")
        return words.text("Learned: {words}", words=words.text(", ").join(signed))
    against = ["−" + clue.word for clue in entry.learned.clues if clue.weight < 0]
    shown = [*like.words, *against]
    suffix = words.text("words: {words}", words=words.text(", ").join(shown)) if shown else ""
    return "; ".join(part for part in (_like(like, words), suffix) if part)


def _like(like: MostSimilar, words: Words) -> str:
    if like.how == "owned":
        return words.text("Like “{title}” in your library", title=like.title)
    if like.day is None:
        if like.how == "starred":
            return words.text("Like “{title}”, which you starred", title=like.title)
        return words.text("Like “{title}”, which you read", title=like.title)
    day = words.day(like.day)
    if like.how == "starred":
        return words.text("Like “{title}”, which you starred on {day}", title=like.title, day=day)
    return words.text("Like “{title}”, which you read on {day}", title=like.title, day=day)


def missed(miss: RuleMiss, words: Words) -> str:
    """Return which rule narrowly missed a paper, and what was missing.

    `Nearly “Scaling laws”: “compute optimal” is missing`
    """
    return words.text("Nearly “{rule}”: {lacking}", rule=miss.rule, lacking=lacking(miss, words))


def lacking(miss: RuleMiss, words: Words) -> str:
    """Return what a near miss of a rule lacks: `“survey” is excluded`."""
    keywords = ", ".join(one_line_of(word.replace('"', "")) for word in miss.words)
    keywords = shortened(keywords, LONGEST_KEYWORDS)
    if miss.shortfall == "missing":
        return words.text("“{keywords}” is missing", keywords=keywords)
    if miss.shortfall == "excluded":
        return words.text("“{keywords}” is excluded", keywords=keywords)
    return words.text("the match is too weak")


# --- links ---------------------------------------------------------------------------------------


def links(paper: Paper, words: Words) -> tuple[Link, ...]:
    """Return the links of a paper besides its page, which its title leads to.

    Its page on Hugging Face is left out if its upvotes lead there.
    """
    named = (
        (words.text("PDF"), paper.pdf_url),
        (words.text("HTML"), paper.html_url),
        (words.text("Code"), paper.code_url),
        (words.text("Project"), paper.project_url),
    )
    links = tuple(Link(name, url) for name, url in named if url)
    known = {link.url for link in links}
    if _counts(paper, words) and (page := huggingface_url(paper)):
        known.add(page)
    return (*links, *_named(related_links(paper), known, words))


def _named(related: Iterable[Link], known: set[str], words: Words) -> Iterator[Link]:
    for link in related:
        if link.url not in known:
            publisher = link.name == "Publisher"
            yield link._replace(name=words.text("Publisher")) if publisher else link


def look_up(paper: Paper) -> tuple[Link, ...]:
    """Return where to search for a paper without page and PDF."""
    return () if paper.url or paper.pdf_url else lookup_links(paper)


def source_of_sentence(entry: Entry, words: Words) -> str:
    """Label a sentence that is not from the abstract; empty for one that is."""
    if not entry.sentence_by:
        return ""
    if entry.written is not None and (entry.written.summary or entry.written.sentence):
        model = shortened(one_line_of(entry.written.model), MODEL_NAME)
        if entry.written.summary:
            return words.text("(summary by {model})", model=model)
        return words.text("(translated by {model})", model=model)
    if entry.sentence_by == "the authors":
        return words.text("(summary by the authors)")
    return words.text("(AI summary from {source})", source=entry.sentence_by)


def translated_title(entry: Entry, words: Words) -> str:
    """Return the title in the reader's language, with its translator; empty if there is none."""
    if entry.written is None or not entry.written.title:
        return ""
    model = shortened(one_line_of(entry.written.model), MODEL_NAME)
    label = words.text("(translated by {model})", model=model)
    return f"{entry.written.title} {label}"


def one_line(entry: Entry) -> str:
    """Return the title of an entry on one line."""
    return " ".join(plain(entry.title).split())
