"""Render the pages of the site."""

from __future__ import annotations

from calendar import Calendar as MonthCalendar
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct
from msgspec.structs import replace

from digest.digests.entries import entry as compose_entry
from digest.digests.entries import reason as reason_of
from digest.digests.storage import from_stored
from digest.model import PartialDate
from digest.rendering.feeds import feed_path
from digest.site import paths
from digest.site.paper_details import citation, details, events, identifiers, upvotes
from digest.site.plots import WEEKS, monday_of, week_bars, weekly
from digest.site.related_rules import SHOWN_RULES
from digest.site.rule_words import rule_sentences
from digest.text.one_line import one_line
from digest.wording import papers as wording
from digest.wording.languages import words_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from digest.library import StoredDigest, StoredEntry
    from digest.library.paper_history import Sighting
    from digest.library.similar_papers import EarlierPaper
    from digest.library.site_queries import DigestCount, UpvotedPaper
    from digest.model import Entry, Paper, Profile, Reason
    from digest.rendering.feeds import Channel
    from digest.rendering.templates import Renderer
    from digest.rules import Rule
    from digest.site.plots import RuleWeeks
    from digest.site.related_rules import NearMiss, OtherRule
    from digest.site.trends import Trends
    from digest.wording.languages import Words

SHOWN: Final = 50
"""Maximum number of papers that a rule's page lists."""
_AUTHORS: Final = 100


class FeedLink(Struct, frozen=True):
    """A feed that a page makes discoverable."""

    type: str
    title: str
    path: str


class SiteContext(Struct, frozen=True):
    """The values that all pages share."""

    title: str
    language: str
    """Of all pages but those of digests, which are in the language of their digest."""
    profiles: tuple[Profile, ...]
    rules: Mapping[str, Rule]
    """Those of the config."""
    rule_paths: Mapping[str, str]
    """Of all rules that have a page."""


class Cell(Struct, frozen=True):
    """One day of a calendar; `day` is 0 outside the month."""

    day: int
    papers: int = 0
    path: str = ""


class Month(Struct, frozen=True):
    """One month of a calendar."""

    name: str
    weekdays: tuple[tuple[str, str], ...]
    weeks: tuple[tuple[Cell, ...], ...]


class ProfileDays(Struct, frozen=True):
    """The digests of a profile, month by month, newest month first."""

    title: str
    digests: int
    papers: int
    since: date
    months: tuple[Month, ...]
    more: tuple[DigestLink, ...]
    """Digests of a day after its first."""


class DigestLink(Struct, frozen=True):
    """A digest with its path."""

    path: str
    title: str
    day: date
    number: int
    papers: int


class Week(Struct, frozen=True):
    """What came in seven days."""

    came: int
    """New papers."""
    shown: int
    """Those of them and of earlier ones that were in digests."""


class Row(Struct, frozen=True):
    """A paper on one line."""

    day: date
    short_day: str
    title: str
    path: str
    reason: Reason
    note: str


class Pages:
    """Renders pages; each method returns a path and the page."""

    def __init__(self, renderer: Renderer, about: SiteContext, feeds: Sequence[FeedLink]) -> None:
        """Take the feeds of pages that have none of their own."""
        self._renderer = renderer
        self._about = about
        self._feeds = feeds
        self._words = words_in(about.language)

    def _page(
        self,
        template: str,
        target: str,
        language: str = "",
        **values: Any,  # noqa: ANN401 - a template's
    ) -> tuple[str, str]:
        shared: dict[str, Any] = {
            "site": self._about,
            "root": paths.root_of(target),
            "path": target,
            "here": target,
            "feeds": self._feeds,
            "rule_paths": self._about.rule_paths,
        }
        name, language = f"site/{template}.html.j2", language or self._about.language
        return target, self._renderer.page(name, language, **(shared | values))

    # --- digests --------------------------------------------------------------------------------

    def digest(
        self,
        stored: StoredDigest,
        entries: Sequence[StoredEntry],
        page: str = "",
        calendar: Sequence[DigestCount] = (),
        **around: Any,  # noqa: ANN401 - a template's
    ) -> tuple[str, str]:
        """Render a digest as `page`, or its own; `around` has the values beside it.

        `calendar` has the digests for the calendar of its month; without any there is none.
        """
        profile = next(entry for entry in self._about.profiles if entry.name == stored.profile)
        digest = from_stored(stored, entries, profile)
        # The page of a paper has its current id; the entry has the id that was shown.
        where = {entry.pick.paper.id: paths.paper_path(entry.paper) for entry in entries}
        digest_page = paths.digest_path(stored.profile, stored.day, stored.number)
        words, day = words_in(digest.language), stored.day
        month = month_of(day.year, day.month, calendar, words) if calendar else None
        values = {
            "month": month,
            "others": (),
            "earlier": None,
            "later": None,
            "week": None,
        } | around
        return self._page(
            "digest",
            page or digest_page,
            digest.language,
            digest=digest,
            day=stored.day,
            paths=where,
            **(values | {"path": digest_page}),
        )

    def nothing(self) -> tuple[str, str]:
        """Render the first page before the first digest."""
        return self._page("nothing", paths.HOME)

    def days(
        self, digests: Sequence[DigestCount], best: Sequence[UpvotedPaper] = ()
    ) -> tuple[str, str]:
        """Render the calendar of all digests, and the `best` papers beside it."""
        calendars = [
            profile_days(
                profile.title,
                [digest_count for digest_count in digests if digest_count.profile == profile.name],
                self._words,
            )
            for profile in self._about.profiles
            if any(digest_count.profile == profile.name for digest_count in digests)
        ]
        last = max((digest.day for digest in digests), default=None)
        newest = next(
            (digest_link(digest_count) for digest_count in digests if digest_count.day == last),
            None,
        )
        upvoted = [(paths.paper_path(digest_count.paper), digest_count) for digest_count in best]
        return self._page(
            "days", paths.DAYS, calendars=calendars, newest=newest, upvoted=upvoted, day=last
        )

    # --- rules ----------------------------------------------------------------------------------

    def rules(self, counts: Mapping[str, int], feeds: Mapping[str, str]) -> tuple[str, str]:
        """Render the list of rules: papers of each, and the path of its feed."""
        rows = [
            {"name": name, "path": path, "papers": counts.get(name, 0), "feed": feeds[name]}
            for name, path in self._about.rule_paths.items()
        ]
        return self._page("rules", paths.RULES, rules=rows)

    def rule(  # noqa: PLR0913 - keywords, each a part of the page
        self,
        name: str,
        entries: Sequence[StoredEntry],
        *,
        papers: int,
        days: Sequence[date],
        last: date,
        feeds: Sequence[FeedLink],
        near: Sequence[NearMiss],
        others: Sequence[OtherRule],
    ) -> tuple[str, str]:
        """Render a rule's page; `days` are those of its papers of the last weeks.

        `near` has its near misses; `others` the rules with most papers.
        """
        rule = self._about.rules.get(name)
        sentences = rule_sentences(rule, self._words) if rule else ()
        return self._page(
            "rule",
            self._about.rule_paths[name],
            here=paths.RULES,
            rule={"name": name, "note": rule.note if rule else ""},
            sentences=sentences,
            papers=papers,
            plot=week_bars(weekly(days, last), last, self._words),
            items=[_row(stored, name, self._words) for stored in entries[:SHOWN]],
            near=[
                {
                    "day": other.day,
                    "short_day": self._words.narrow_day(other.day),
                    "title": other.title,
                    "path": other.path,
                    "url": other.url,
                    "note": wording.lacking(other.miss, self._words),
                }
                for other in near
            ],
            week=monday_of(last),
            others=[other for other in others if other.name != name][:SHOWN_RULES],
            keywords=keyword_counts(entries, name),
            counted=len(entries),
            feeds=feeds,
        )

    # --- papers ---------------------------------------------------------------------------------

    def paper(
        self,
        paper: Paper,
        delivered: Sequence[tuple[str, StoredEntry]],
        sightings: Sequence[Sighting],
        references: Mapping[str, str],
        alike: Sequence[EarlierPaper] = (),
    ) -> tuple[str, str]:
        """Render a paper's page from the library's current data.

        `references` has it as a reference, by the name of the format; `alike` its similar papers.
        """
        shown = delivered[-1][1]
        entry = present_entry(paper, shown)
        titles = {profile.name: profile.title for profile in self._about.profiles}
        names = [one_line(str(author)) for author in paper.authors or ()]
        return self._page(
            "paper",
            paths.paper_path(paper.id),
            here="",
            day=shown.day,
            entry=entry,
            authors=self._words.listed(names, _AUTHORS),
            details=details(paper, self._words),
            reasons=[
                (reason, _reason_text(entry, reason, self._words)) for reason in entry.reasons
            ],
            events=events(delivered, sightings, titles, self._words),
            upvotes=upvotes(sightings, self._words),
            references=references,
            identifiers=identifiers(paper),
            alike=[
                {
                    "title": one_line(other.title),
                    "path": paths.paper_path(other.paper),
                    "day": other.day,
                }
                for other in alike
            ],
            citation=citation(paper),
        )

    # --- the rest -------------------------------------------------------------------------------

    def trends(
        self,
        trends: Trends | None,
        rules: Sequence[RuleWeeks] = (),
        sources: Mapping[str, int] | None = None,
    ) -> tuple[str, str]:
        """Render the trends; `sources` has how many new papers each brought."""
        plot = None if trends is None else trends.plot
        return self._page(
            "trends", paths.TRENDS, trends=trends, plot=plot, rules=rules, sources=sources or {}
        )

    def search(self, papers: int, months: Sequence[str]) -> tuple[str, str]:
        """Render the search page; `months` are those of the index, newest first."""
        return self._page("search", paths.SEARCH, papers=papers, months=months)

    def feeds(self, channels: Sequence[Channel]) -> tuple[str, str]:
        """Render the list of feeds."""
        rows = [
            {
                "title": channel.title,
                "paths": [
                    ("RSS", feed_path(channel.name, "rss")),
                    ("Atom", feed_path(channel.name, "atom")),
                    ("JSON", feed_path(channel.name, "json")),
                ],
            }
            for channel in channels
        ]
        return self._page("feeds", paths.FEEDS, channels=rows)

    def asset(self, name: str) -> tuple[str, str]:
        """Render the style sheet, a script or the icon."""
        return name, self._renderer.page(f"site/{name}.j2", self._about.language).lstrip("\n")


def digest_link(digest: DigestCount, title: str = "") -> DigestLink:
    """Return a link to a digest."""
    path = paths.digest_path(digest.profile, digest.day, digest.number)
    return DigestLink(path, title, digest.day, digest.number, digest.papers)


def profile_days(title: str, digests: Sequence[DigestCount], words: Words) -> ProfileDays:
    """Return the calendar of a profile's digests."""
    firsts = {digest.day: digest for digest in reversed(digests)}
    months = sorted({(day.year, day.month) for day in firsts}, reverse=True)
    return ProfileDays(
        title,
        len(digests),
        sum(digest.papers for digest in digests),
        min(firsts),
        tuple(month_of(*month, digests, words) for month in months),
        tuple(digest_link(digest) for digest in reversed(digests) if digest.number > 1),
    )


def month_of(year: int, month: int, digests: Sequence[DigestCount], words: Words) -> Month:
    """Return a month with the digests of its days; a day's first digest is linked."""
    by_day = {
        digest_count.day.day: digest_count
        for digest_count in reversed(digests)
        if (digest_count.day.year, digest_count.day.month) == (year, month)
    }
    weeks = []
    for week in MonthCalendar().monthdayscalendar(year, month):
        cells = []
        for day in week:
            digest = by_day.get(day) if day else None
            link = digest and digest_link(digest)
            cells.append(Cell(day, link.papers, link.path) if link else Cell(day))
        weeks.append(tuple(cells))
    return Month(words.day(PartialDate(year, month)), words.weekdays(), tuple(weeks))


def present_entry(paper: Paper, shown: StoredEntry) -> Entry:
    """Return the library's current paper, with the reasons of the digest.

    Words are marked only if the texts are still those that the rules matched.
    """
    entry = compose_entry(shown.pick)
    old = shown.pick.paper
    if (old.title, old.abstract) == (paper.title, paper.abstract):
        return compose_entry(replace(shown.pick, paper=paper)) if old != paper else entry
    rules = tuple(replace(rule, matches=()) for rule in shown.pick.rules)
    present = compose_entry(replace(shown.pick, paper=paper, rules=rules))
    return replace(present, reasons=entry.reasons)


def _reason_text(entry: Entry, reason: Reason, words: Words) -> str:
    """Return what a rule matched in the paper."""
    return wording.why(replace(entry, reasons=(reason,), learned=None), words)


def _row(stored: StoredEntry, rule: str, words: Words) -> Row:
    """Return a paper on one line, without its sentences, which take long to find."""
    pick = stored.pick
    chosen = next(
        (rule_match for rule_match in pick.rules if rule_match.rule == rule), pick.rules[0]
    )
    paper = replace(pick.paper, abstract=None, summary=None)
    entry = compose_entry(replace(pick, paper=paper, rules=(replace(chosen, matches=()),)))
    reason = reason_of(chosen, pick.paper)
    return Row(
        stored.day,
        words.narrow_day(stored.day),
        one_line(pick.paper.title),
        paths.paper_path(stored.paper),
        reason,
        _reason_text(entry, reason, words),
    )


def keyword_counts(entries: Iterable[StoredEntry], rule: str) -> tuple[tuple[str, int], ...]:
    """Return how many of these papers each keyword of a rule matched, most frequent first."""
    counts = Counter(
        keyword
        for stored in entries
        for chosen in stored.pick.rules
        if chosen.rule == rule
        for keyword in {match.keyword for match in chosen.matches if match.keyword}
    )
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def weeks_before(last: date) -> date:
    """Return the first day that a rule's plot shows."""
    return date.fromordinal(monday_of(last).toordinal() - 7 * (WEEKS - 1))
