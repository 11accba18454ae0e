"""Decide on the papers of a day, one at a time, with the keys of `digest triage`."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from msgspec import Struct

from digest.explain.cards import card
from digest.explain.why_in_inbox import explain_inbox_paper
from digest.model.marks import Mark
from digest.serve.buttons import all_buttons
from digest.serve.pages import render_for_reader
from digest.serve.reader_work import with_reader_lists
from digest.serve.routes import Endpoint
from digest.site.pages import present_entry
from digest.site.paths import paper_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from digest.explain.cards import Card
    from digest.reading_list.reader_lists import ReaderLists
    from digest.rules import Rule
    from digest.serve.routes import RequestContext
    from digest.wording.languages import Words

_NEXT: Final = 3
"""Undecided papers that are named beside the current one."""


class DayTriage(Struct, frozen=True):
    """The papers of a day, and the position of one of them."""

    day: date
    size: int
    at: int
    """Position of the paper, from 1; at the end the number of papers."""
    paper: str
    """The id of the current paper; empty at the end."""
    page: str
    before: str
    after: str
    """Addresses of the papers before and after it."""
    following: str
    """The address after a decision: of the next undecided paper, or of the end."""
    next: tuple[str, ...]
    """Titles of the next undecided papers."""
    left: int
    """Undecided papers of other days."""
    earlier: str
    """The address of the last other day with undecided papers; empty for none."""
    summary: tuple[str, ...]
    """The summary at the end."""


class _Day(Struct, frozen=True):
    """The papers and marks of a day."""

    day: date
    ids: tuple[str, ...]
    undecided: tuple[str, ...]
    marks: dict[str, Mark]
    elsewhere: tuple[date, ...]
    """The day of each undecided paper of another day."""


async def triage(context: RequestContext) -> Response:
    """Show one paper, or the end."""
    app_state = context.app_state
    work = partial(
        _page,
        day=context.asked("day"),
        paper=context.asked("paper"),
        rules=app_state.config.rules,
        words=context.words,
    )
    deck, values = await app_state.ask(with_reader_lists(app_state, context.reader, work))
    return render_for_reader(
        context,
        "triage",
        back=deck.following,
        here="list",
        day=deck.day,
        deck=deck,
        notice=app_state.notices.find(context.reader, context.asked("change")),
        **values,
    )


def _page(
    reader_lists: ReaderLists, day: str, paper: str, rules: Sequence[Rule], words: Words
) -> tuple[DayTriage, dict[str, Any]]:
    """Return the deck, and the template's values for the paper."""
    day_papers = _day(reader_lists, day)
    if not paper and day_papers.undecided:
        paper = day_papers.undecided[0]
    known = reader_lists.library.listings.names([paper]).get(paper, "") if paper else ""
    deck = _deck(reader_lists, day_papers, known if known in day_papers.ids else "", words)
    values: dict[str, Any] = {"entry": None, "links": (), "why": (), "buttons": ()}
    cards = _cards(reader_lists, day_papers.ids) if deck.paper else {}
    if deck.paper not in cards:
        return deck, values
    shown = cards[deck.paper]
    why = explain_inbox_paper(
        shown, tuple(cards.values()), library=reader_lists.library, rules=rules,
        profiles=reader_lists.profiles, today=reader_lists.today,
    )  # fmt: skip
    delivered = reader_lists.library.site.entries_of([deck.paper])[deck.paper]
    present = reader_lists.library.papers.get_many([deck.paper])[deck.paper]
    return deck, {
        "entry": present_entry(present, delivered[-1][1]),
        "links": (*shown.links, *shown.look_up),
        "why": why.rows,
        "buttons": all_buttons(day_papers.marks.get(deck.paper) or Mark(deck.paper), words),
    }


def _day(reader_lists: ReaderLists, requested_day: str) -> _Day:
    """Return the papers of the requested day, else of the last digest's."""
    library = reader_lists.library
    waiting = [item for item in reader_lists.items(waiting=True) if item.place == "inbox"]
    last = [library.digests.last(profile.name) for profile in reader_lists.profiles]
    day = max((digest.day for digest in last if digest), default=reader_lists.today)
    try:
        day = date.fromisoformat(requested_day) if requested_day else day
    except ValueError:
        requested_day = ""
    ids = dict.fromkeys(
        paper
        for profile in reader_lists.profiles
        for paper in library.reading.order_of(profile.name, reader_lists.reader, [day])
    )
    days = {item.paper.id: item.queued.day for item in waiting if item.queued}
    return _Day(
        day,
        tuple(ids),
        tuple(paper for paper in ids if paper in days),
        library.marks.of(reader_lists.reader, ids),
        tuple(other for paper, other in days.items() if paper not in ids),
    )


def _deck(reader_lists: ReaderLists, day_papers: _Day, paper: str, words: Words) -> DayTriage:
    ids, size = day_papers.ids, len(day_papers.ids)
    at = ids.index(paper) if paper else size
    # From the paper on, then from the first: as the terminal does.
    order = [*ids[at + 1 :], *ids[:at]]
    coming = [coming_paper for coming_paper in order if coming_paper in day_papers.undecided]
    after = ids[at + 1] if at + 1 < size else ""
    papers = reader_lists.library.papers.get_many(coming[:_NEXT])
    return DayTriage(
        day=day_papers.day,
        size=size,
        at=min(at + 1, size),
        paper=paper,
        page=paper_path(paper) if paper else "",
        before=_address(day_papers.day, ids[at - 1]) if at and ids else "",
        after=_address(day_papers.day, after) if after else "",
        following=_address(day_papers.day, coming[0] if coming else "end"),
        next=tuple(papers[coming_paper].title for coming_paper in coming[:_NEXT]) if paper else (),
        left=len(day_papers.elsewhere),
        earlier=_address(max(day_papers.elsewhere)) if day_papers.elsewhere else "",
        summary=() if paper else _summary(day_papers, words),
    )


def _address(day: date, paper: str = "") -> str:
    return f"triage?{urlencode({'day': day.isoformat(), **({'paper': paper} if paper else {})})}"


def _cards(reader_lists: ReaderLists, ids: Sequence[str]) -> dict[str, Card]:
    cards: dict[str, Card] = {}
    for profile in reader_lists.profiles:
        picks = reader_lists.library.reading.picks(profile.name, ids)
        for paper in ids:
            if paper in picks:
                cards.setdefault(paper, card(picks[paper], paper, reader_lists.today))
    return cards


def _summary(day_papers: _Day, words: Words) -> tuple[str, ...]:
    """Return a summary of the day's decisions."""
    if not day_papers.ids:
        no_paper = words.text("No paper came on {day}.", day=words.day(day_papers.day))
        return words.text("Nothing to decide"), no_paper
    marks = [day_papers.marks.get(paper) or Mark(paper) for paper in day_papers.ids]
    decided = len(day_papers.ids) - len(day_papers.undecided)
    counts = (
        (sum(mark.starred for mark in marks), words.text("Starred")),
        (sum(mark.state == "done" for mark in marks), words.text("Read")),
        (sum(mark.state == "snoozed" for mark in marks), words.text("Later")),
        (sum(mark.state == "dropped" for mark in marks), words.text("Dropped")),
        (len(day_papers.undecided), words.text("Undecided")),
    )
    counts_text = " · ".join(f"{name} {words.number(count)}" for count, name in counts if count)
    return words.count("Done: {number} paper", "Done: {number} papers", decided), counts_text


ENDPOINTS: Final = (Endpoint("/triage", triage),)
