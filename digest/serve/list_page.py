"""Gather the content of a page of the reading list."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from msgspec import Struct
from msgspec.structs import replace

from digest.rendering.escape import web_url
from digest.serve.list_query import ALL, TABS, ListQuery, Tab, empty, names, narrowed, orders
from digest.site.feeds import added_entry
from digest.site.pages import present_entry
from digest.site.paths import paper_path, slug

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from digest.model import Entry
    from digest.model.marks import Mark
    from digest.reading_list.reader_lists import Item, ReaderLists
    from digest.wording.languages import Words

ON_A_PAGE: Final = 50
BELOW: Final = 10
"""Papers to read that are shown below the inbox."""


class Link(Struct, frozen=True):
    """A link to a part of the list, with its number of papers."""

    name: str
    path: str
    papers: int = 0
    current: bool = False


class Row(Struct, frozen=True):
    """One paper."""

    paper: str
    entry: Entry
    path: str
    """Path of its page: on the site, else elsewhere; empty for none."""
    told: str
    note: str
    tags: tuple[Link, ...]
    mark: Mark


class Group(Struct, frozen=True):
    """Papers under one heading."""

    name: str
    papers: int
    rows: tuple[Row, ...]
    place: str
    """Their place, as in `digest.model.marks.Place`; empty for several places."""
    path: str = ""
    """The address of all of them, if only some are shown."""


class ListPage(Struct, frozen=True):
    """The content of a page."""

    today: date
    place: Tab
    title: str
    tabs: tuple[Link, ...]
    about: str
    problems: tuple[str, ...]
    shown_by: str
    all_path: str
    groups: tuple[Group, ...]
    empty: str
    earlier: str
    later: str
    rules: tuple[str, ...]
    rule: str
    orders: tuple[tuple[str, str], ...]
    order: str
    words: str
    tag: str
    tags: tuple[Link, ...]
    files: tuple[Link, ...]
    week: str
    undecided: int


class PapersByPlace(Struct, frozen=True):
    """The papers of a reader's lists by place, and all marks."""

    waiting: tuple[Item, ...]
    decided: Mapping[str, Mark]
    """Snoozed, read or dropped papers, on any of the lists."""
    marks: Mapping[str, Mark]

    @classmethod
    def of(cls, reader_lists: ReaderLists) -> PapersByPlace:
        """Load the lists."""
        reading = reader_lists.library.reading
        marks = reader_lists.library.marks.of(reader_lists.reader)
        away = [
            paper for paper, mark in marks.items() if mark.place in ("later", "done", "dropped")
        ]
        listed = {
            queued.paper
            for profile in reader_lists.profiles
            for queued in reading.queue(profile.name, reader_lists.reader, away)
        }
        decided = {paper: marks[paper] for paper in away if paper in listed}
        return cls(tuple(reader_lists.items(waiting=True)), decided, marks)

    def counts(self) -> list[int]:
        """Return how many papers each of `TABS` has."""
        places: Counter[str | None] = Counter(item.place for item in self.waiting)
        places.update(mark.place for mark in self.decided.values())
        return [places[tab.place] for tab in TABS]

    def items(self, reader_lists: ReaderLists, tab: Tab) -> list[Item]:
        """Return the papers of a tab."""
        if tab.key in ("inbox", "to-read"):
            return [item for item in self.waiting if item.place == tab.place]
        ids = [
            paper for paper, mark in self.decided.items() if tab is ALL or mark.place == tab.place
        ]
        items = reader_lists.items(papers=ids)
        return [*self.waiting, *items] if tab is ALL else items


def list_page(reader_lists: ReaderLists, ask: ListQuery, words: Words) -> ListPage:
    """Return the requested part of a reader's lists."""
    shelf = PapersByPlace.of(reader_lists)
    titles = names(words)
    items_of_tab = shelf.items(reader_lists, ask.place)
    items = _ordered([item for item in items_of_tab if _is_wanted(item, ask)], ask.order)
    first = (ask.page - 1) * ON_A_PAGE
    shown = items[first : first + ON_A_PAGE]
    counts = shelf.counts()
    more = first + ON_A_PAGE < len(items)
    rules = {item.queued.rule for item in items_of_tab if item.queued and item.queued.rule}
    return ListPage(
        today=reader_lists.today,
        place=ask.place,
        title=titles[ask.place.key],
        tabs=tuple(
            Link(titles[tab.key], ListQuery(tab).path, count, tab == ask.place)
            for tab, count in zip(TABS, counts, strict=True)
        ),
        about=_about(reader_lists, ask.place, words),
        problems=tuple(problem.reason for problem in reader_lists.lists.problems),
        shown_by=narrowed(ask, words),
        all_path=ListQuery(ask.place if ask.place is not ALL else TABS[0]).path,
        groups=(
            *_groups(reader_lists, items, shown, ask, words),
            *_below(reader_lists, shelf, ask, words),
        ),
        empty="" if shown else empty(ask, words),
        earlier=replace(ask, page=ask.page - 1).path if ask.page > 1 else "",
        later=replace(ask, page=ask.page + 1).path if more else "",
        rules=tuple(sorted(rules)),
        rule=ask.rule,
        orders=tuple(orders(words).items()),
        order=ask.order,
        words=ask.words,
        tag=ask.tag,
        tags=_tags(shelf.marks.values()),
        files=_files(reader_lists, words),
        week=_week(reader_lists, shelf.marks.values(), words),
        undecided=counts[0],
    )


def _is_wanted(item: Item, ask: ListQuery) -> bool:
    if ask.tag and ask.tag not in item.mark.tags:
        return False
    if ask.rule and (item.queued is None or item.queued.rule != ask.rule):
        return False
    if not ask.words:
        return True
    paper = item.paper
    text = " ".join((paper.title, *map(str, paper.authors or ()), item.mark.note)).casefold()
    return all(word in text for word in ask.words.casefold().split())


def _ordered(items: list[Item], order: str) -> list[Item]:
    if order == "best":
        return sorted(items, key=lambda item: -item.score)
    return items[::-1] if order == "old" else items


def _about(reader_lists: ReaderLists, tab: Tab, words: Words) -> str:
    days = reader_lists.profiles[0].inbox_days
    if tab.key != "inbox" or days is None:
        return ""
    return words.count(
        "What came in the last day and is still undecided. It leaves by itself after that; that "
        "does not count as dropped.",
        "What came in the last {number} days and is still undecided. It leaves by itself after "
        "that; that does not count as dropped.",
        days,
    )


# --- rows ----------------------------------------------------------------------------------------


def _groups(
    reader_lists: ReaderLists,
    items: Sequence[Item],
    shown: Sequence[Item],
    ask: ListQuery,
    words: Words,
) -> tuple[Group, ...]:
    rows = _rows(reader_lists, shown, words)
    if ask.place.key != "inbox" or ask.order != "digest":
        return (
            (Group(names(words)[ask.place.key], len(items), tuple(rows), ask.place.place),)
            if rows
            else ()
        )
    counts = Counter(_day(item) for item in items)
    days = dict.fromkeys(_day(item) for item in shown)
    return tuple(
        Group(
            _day_name(day, reader_lists.today, words),
            counts[day],
            tuple(row for row, item in zip(rows, shown, strict=True) if _day(item) == day),
            ask.place.place,
        )
        for day in days
    )


def _below(
    reader_lists: ReaderLists, shelf: PapersByPlace, ask: ListQuery, words: Words
) -> tuple[Group, ...]:
    """Return the papers to read, for the end of the inbox."""
    if ask.place.key != "inbox" or ask.is_narrow or ask.page > 1:
        return ()
    tab = TABS[1]
    items = shelf.items(reader_lists, tab)
    if not items:
        return ()
    rows = tuple(_rows(reader_lists, items[:BELOW], words))
    return (Group(names(words)[tab.key], len(items), rows, tab.place, ListQuery(tab).path),)


def _day(item: Item) -> date | None:
    return item.queued.day if item.queued else None


def _day_name(day: date | None, today: date, words: Words) -> str:
    if day is None:
        return words.text("Added")
    return words.text("Today") if day == today else words.long_day(day)


def _rows(reader_lists: ReaderLists, items: Sequence[Item], words: Words) -> list[Row]:
    delivered = reader_lists.library.site.entries_of(item.paper.id for item in items)
    names = {profile.name for profile in reader_lists.profiles}
    rows = []
    for item in items:
        paper = item.paper
        entries = delivered.get(paper.id, ())
        of_reader = [entry for profile, entry in entries if profile in names]
        entry = present_entry(paper, of_reader[-1]) if of_reader else added_entry(paper)
        rows.append(
            Row(
                paper=paper.id,
                entry=entry,
                path=paper_path(paper.id) if entries else web_url(paper.url) or "",
                told=_waiting_time(reader_lists, item, words),
                note=item.mark.note,
                tags=tuple(Link(tag, ListQuery(ALL, tag=tag).path) for tag in item.mark.tags),
                mark=item.mark,
            )
        )
    return rows


def _waiting_time(reader_lists: ReaderLists, item: Item, words: Words) -> str:
    """Return how long a paper has been in its place, or stays there."""
    mark, today, zone = item.mark, reader_lists.today, reader_lists.profiles[0].timezone
    if item.place == "inbox" and item.queued:
        days = next(
            (
                profile.inbox_days
                for profile in reader_lists.profiles
                if profile.name == item.queued.profile
            ),
            None,
        )
        if days is None:
            return words.text("in the inbox")
        until = item.queued.day + timedelta(days=days)
        return words.text("in the inbox until {day}", day=words.day_near(until, today))
    if mark.state == "snoozed" and mark.until:
        return words.text("back on {day}", day=words.day_near(mark.until, today))
    state = "starred" if mark.starred and mark.state == "queued" else mark.state
    moment = mark.star_at if state == "starred" else mark.state_at
    since = moment.astimezone(zone).date() if moment else _day(item)
    return _decided_when(state, words.day_near(since, today) if since else "", words)


def _decided_when(state: str, day: str, words: Words) -> str:
    """Return what was done with a paper, and on which day if that is known."""
    phrases = {
        "starred": (words.text("starred on {day}", day=day), words.text("starred")),
        "done": (words.text("read on {day}", day=day), words.text("read")),
        "dropped": (words.text("dropped on {day}", day=day), words.text("dropped")),
        "reading": (words.text("being read since {day}", day=day), words.text("being read")),
    }
    to_read = words.text("to read since {day}", day=day), words.text("to read")
    dated, undated = phrases.get(state, to_read)
    return dated if day else undated


# --- beside the list -----------------------------------------------------------------------------


def _tags(marks: Iterable[Mark]) -> tuple[Link, ...]:
    counts = Counter(tag for mark in marks for tag in mark.tags)
    return tuple(
        Link(tag, ListQuery(ALL, tag=tag).path, count)
        for tag, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    )


def _files(reader_lists: ReaderLists, words: Words) -> tuple[Link, ...]:
    lists = [profile for profile in reader_lists.profiles if profile.reading_list]
    names = [
        Link(
            "reading-list.md" if len(lists) == 1 else f"{profile.name}/reading-list.md",
            f"list.md?{urlencode({'profile': profile.name})}",
        )
        for profile in lists
    ]
    feed = f"feeds/starred/{slug(reader_lists.reader)}.xml"
    starred = Link(words.text("feed of what has a star"), feed)
    return *names, Link("BibTeX", "list.bib"), Link("RIS", "list.ris"), starred


def _week(reader_lists: ReaderLists, marks: Iterable[Mark], words: Words) -> str:
    """Return what was done in the last seven days."""
    since = reader_lists.today - timedelta(days=6)
    zone = reader_lists.profiles[0].timezone
    decided: Counter[str] = Counter()
    for mark in marks:
        if mark.starred and mark.star_at and mark.star_at.astimezone(zone).date() >= since:
            decided["starred"] += 1
        if mark.state in ("done", "dropped") and mark.state_at and mark.origin != "owned":
            decided[mark.state] += mark.state_at.astimezone(zone).date() >= since
    names = {profile.name for profile in reader_lists.profiles}
    arrived = sum(
        digest.papers
        for digest in reader_lists.library.site.digests()
        if digest.profile in names and digest.day >= since
    )
    counts = (
        (words.text("Came"), arrived),
        (words.text("Starred"), decided["starred"]),
        (words.text("Read"), decided["done"]),
        (words.text("Dropped"), decided["dropped"]),
    )
    return " · ".join(f"{name} {words.number(count)}" for name, count in counts)
