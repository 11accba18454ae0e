"""Decide which pages of the site have to be rebuilt, and build them.

A fingerprint covers what all pages depend on (config, rules, templates). While it stays the same, a
build makes only the pages of what came since the last one: the new digests, the papers in them or
seen again, their rules, their months of the search index, and the feeds of all these. The state is
written last, so that the next build repeats a killed one.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from digest import __version__
from digest.bibliography import ExportFormat, Reference, write
from digest.library.site_queries import LibraryState
from digest.rendering.feeds import MEDIA_TYPES, feed_path
from digest.rendering.templates import Renderer, template_bytes
from digest.site import exports, paths, search_index
from digest.site.citation_keys import citation_keys
from digest.site.feeds import FeedMaker
from digest.site.files import SiteFiles, fingerprint
from digest.site.pages import (
    FeedLink,
    Pages,
    SiteContext,
    Week,
    digest_link,
    weeks_before,
)
from digest.site.plots import monday_of, small_multiples, weekly
from digest.site.related_rules import near_misses, other_rules
from digest.site.rule_words import asks_for
from digest.site.similar_papers import find_alike
from digest.site.trends import NOW, first_day, trends
from digest.wording.languages import words_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from digest.library import Library
    from digest.library.site_queries import DigestCount
    from digest.model import Profile
    from digest.rendering.feeds import Channel
    from digest.rules import Rule

FOLDER: Final = "site"
"""Under the config's output."""
_ASSETS: Final = ("site.css", "site.js", "search.js", "icon.svg")
_AT_ONCE: Final = 250
_PLOTTED: Final = 12
"""Number of rules whose papers per week the trends show."""
_BEST: Final = 5
"""Number of papers that the list of days shows for their upvotes."""
_CITED: Final[tuple[tuple[str, ExportFormat], ...]] = (
    ("BibTeX", "bibtex"), ("RIS", "ris"), ("CSL-JSON", "csl-json"),
)  # fmt: skip
"""Citation formats of a paper's page."""
_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""Dates the feeds of an empty library."""


class Site(Struct, frozen=True):
    """The site's settings from the config."""

    title: str
    folder: Path
    profiles: tuple[Profile, ...]
    rules: tuple[Rule, ...]
    url: str | None
    language: str
    public_marks: bool = False
    """Whether the feeds of stars and tags are among its files."""


class BuildResult(Struct, frozen=True):
    """The result of a build."""

    pages: int
    """Number of files that it made."""
    written: int
    """Number of files that were new or different."""


def build_site(library: Library, site: Site, *, anew: bool = False) -> BuildResult:
    """Build the site, completely if `anew`; raise `DeliveryError` or `TemplateError`."""
    return _Build(library, site).run(anew=anew)


class _Build:
    """One build."""

    def __init__(self, library: Library, site: Site) -> None:
        self._library = library
        self._site = site
        folder = site.profiles[0].templates
        self._templates = None if folder is None else Path(folder)
        self._renderer = Renderer(self._templates)
        self._files = SiteFiles(site.folder)
        self._counts = library.site.rules()
        names = dict.fromkeys((*(rule.name for rule in site.rules), *self._counts))
        self._rules = tuple(names)
        self._about = SiteContext(
            site.title,
            site.language,
            site.profiles,
            {rule.name: rule for rule in site.rules},
            {name: paths.rule_path(name) for name in self._rules},
        )
        self._makers = FeedMaker(
            library, self._renderer, site.title, site.url, site.language, _EPOCH, {}
        )
        self._channels = [self._makers.of_profile(profile) for profile in site.profiles]
        self._pages = Pages(self._renderer, self._about, _links(self._channels))
        profiles = {profile.name for profile in site.profiles}
        self._digests = tuple(
            digest for digest in library.site.digests() if digest.profile in profiles
        )
        self._words = words_in(site.language)
        self._last = max((digest.day for digest in self._digests), default=_EPOCH.date())

    def run(self, *, anew: bool) -> BuildResult:
        now = self._library.site.seen()
        readers: dict[str, None] = {}
        if self._site.public_marks:
            readers = dict.fromkeys(profile.reader for profile in self._site.profiles)
        marks = {reader: self._library.marks.changed(reader) for reader in readers}
        depends = fingerprint(
            __version__, self._library.id, replace(self._site, folder=Path()),
            template_bytes(self._templates),
        )  # fmt: skip
        state = self._files.read_state()
        anew = anew or state.get("depends") != depends
        before = LibraryState(0, 0) if anew else LibraryState(state["digest"], state["dump"])
        if not anew:
            self._makers = replace(self._makers, earlier=self._files.read)
        week = monday_of(self._last).isoformat()
        if anew or before != now:
            self._new_pages(before, is_new_week=state.get("week") != week)
        for reader in readers:
            if anew or state["marks"].get(reader) != marks[reader]:
                self._write_all(self._makers.reader_feeds(reader))
        self._lists(readers)
        if anew:
            self._files.remove_others()
        self._files.write_state(
            {
                "depends": depends,
                "digest": now.digest,
                "dump": now.dump,
                "marks": marks,
                "week": week,
            }
        )
        return BuildResult(self._files.pages, self._files.written)

    def _new_pages(self, before: LibraryState, *, is_new_week: bool) -> None:
        """Build the pages that changed with digests and dumps after `before`.

        With a new week the plots of all rules begin a week later.
        """
        is_first = before == LibraryState(0, 0)
        for name in _ASSETS:
            self._write(self._pages.asset(name))
        self._make_digests(before.digest)
        is_all = is_first or is_new_week
        rules = self._rules if is_all else self._library.site.changed_rules(before.digest)
        self._make_rules([rule for rule in rules if rule in self._about.rule_paths])
        changed = None if is_first else self._library.site.changed_papers(before)
        self._make_papers(self._library.site.papers() if changed is None else sorted(changed))
        self._make_index(changed)
        new = {digest.profile for digest in self._digests if digest.id > before.digest}
        for profile in self._site.profiles:
            if is_first or profile.name in new:
                self._write_all(self._makers.profile_feed(profile))
        self._make_trends()

    # --- pages ----------------------------------------------------------------------------------

    def _make_digests(self, after: int) -> None:
        """Build the pages of digests after `after`, of those before them, and the first page."""
        for profile in self._site.profiles:
            profile_digests = [digest for digest in self._digests if digest.profile == profile.name]
            for place, digest in enumerate(profile_digests):
                later = profile_digests[place + 1] if place + 1 < len(profile_digests) else None
                if digest.id > after or (later is not None and later.id > after):
                    earlier = profile_digests[place - 1] if place else None
                    self._make_digest(digest, earlier, later)
        self._make_home()

    def _make_digest(
        self, digest: DigestCount, earlier: DigestCount | None, later: DigestCount | None
    ) -> None:
        stored = self._library.site.digest(digest.id)
        entries = self._library.digests.entries(digest.id)
        self._write(
            self._pages.digest(
                stored,
                entries,
                here=paths.DAYS,
                earlier=earlier and digest_link(earlier),
                later=later and digest_link(later),
            )
        )

    def _make_home(self) -> None:
        last = {digest.profile: digest for digest in self._digests}
        newest = [
            last[site_profile.name]
            for site_profile in self._site.profiles
            if site_profile.name in last
        ]
        if not newest:
            self._write(self._pages.nothing())
            return
        first, *more = newest
        profile_digests = [digest for digest in self._digests if digest.profile == first.profile]
        titles = {profile.name: profile.title for profile in self._site.profiles}
        self._write(
            self._pages.digest(
                self._library.site.digest(first.id),
                self._library.digests.entries(first.id),
                page=paths.HOME,
                calendar=profile_digests,
                week=self._week(profile_digests),
                others=[digest_link(other, titles[other.profile]) for other in more],
                earlier=digest_link(profile_digests[-2]) if len(profile_digests) > 1 else None,
            )
        )

    def _week(self, digests: Sequence[DigestCount]) -> Week:
        """Return what came in the seven days up to the last of these digests."""
        last = digests[-1].day
        first = last - timedelta(days=6)
        shown = sum(digest.papers for digest in digests if digest.day >= first)
        return Week(self._library.site.came(first, last), shown)

    def _make_rules(self, names: Sequence[str]) -> None:
        """Build the pages and feeds of rules."""
        queries, last = self._library.site, self._last
        related = other_rules(queries, self._rules, last)
        newest = queries.newest_days(names)
        known = self._about.rules
        rules = [(known[name], newest.get(name)) for name in names if name in known]
        near = near_misses(self._library, rules, last)
        for name in names:
            entries = self._makers.rule_entries(name)
            self._write(
                self._pages.rule(
                    name,
                    entries,
                    papers=self._counts.get(name, 0),
                    days=queries.days_of_rule(name, weeks_before(last)),
                    last=last,
                    feeds=_links([self._makers.of_rule(name)]),
                    near=near.get(name, ()),
                    others=related,
                )
            )
            self._write_all(self._makers.rule_feed(name, entries))

    def _make_papers(self, ids: Sequence[str]) -> None:
        find_alike(self._library, ids)
        for batch in _batches(ids):
            papers = self._library.papers.get_many(batch)
            delivered = self._library.site.entries_of(batch)
            sightings = self._library.site.sightings_of(batch)
            keys = citation_keys(self._library, batch)
            alike = self._library.alike.of(batch)
            for paper in batch:
                reference = [Reference(keys[paper], papers[paper])]
                self._write(
                    self._pages.paper(
                        papers[paper],
                        delivered[paper],
                        sightings.get(paper, ()),
                        {name: write(form, reference).strip() for name, form in _CITED},
                        alike.get(paper, ()),
                    )
                )

    def _make_index(self, changed: frozenset[str] | None) -> None:
        """Build the months of the search index and of the exports that have a changed paper.

        None: all months.
        """
        queries = self._library.site
        months = queries.months()
        for month, ids in months.items():
            if changed is not None and changed.isdisjoint(ids):
                continue
            known = self._library.papers.get_many(ids)
            papers = [known[paper] for paper in reversed(ids)]
            days, rules = queries.days_of(ids), queries.rules_of(ids)
            self._write_all(search_index.month_files(month, papers, days, rules, self._words))
            keys = citation_keys(self._library, ids)
            self._write_all(exports.month_files(month, papers, keys, days, rules, self._site.url))
        total = sum(map(len, months.values()))
        newest_first = sorted(months, reverse=True)
        self._write(self._pages.search(total, newest_first))
        self._write_all(exports.joined_files(newest_first, self._files.read))

    def _make_trends(self) -> None:
        last = self._library.site.last_day()
        term_trends = None
        if last is not None:
            titles = self._library.site.titles_since(first_day(last))
            term_trends = trends(titles, last, asks_for(self._site.rules), self._words)
        queries, since = self._library.site, weeks_before(self._last)
        most = sorted(self._rules, key=lambda rule: -self._counts.get(rule, 0))[:_PLOTTED]
        weeks = {
            rule: weekly(queries.days_of_rule(rule, since), self._last)
            for rule in self._rules
            if rule in most and rule in self._counts
        }
        sources = {} if last is None else queries.new_by_source(last - timedelta(weeks=NOW))
        plots = small_multiples(weeks, self._last, self._words)
        self._write(self._pages.trends(term_trends, plots, sources))

    def _lists(self, readers: Iterable[str]) -> None:
        """Build the lists of digests, rules and feeds."""
        month = self._last - timedelta(days=29)
        best = self._library.site.most_upvoted(month, _BEST)
        self._write(self._pages.days(self._digests, best))
        rules = [self._makers.of_rule(rule) for rule in self._rules]
        where = {
            rule: feed_path(channel.name, "rss")
            for rule, channel in zip(self._rules, rules, strict=True)
        }
        self._write(self._pages.rules(self._counts, where))
        channels = [*self._channels, *rules]
        for reader in readers:
            channels.append(self._makers.of_stars(reader))
            tags = self._library.site.tags(reader)
            channels += [self._makers.of_tag(reader, tag) for tag in tags]
        self._write(self._pages.feeds(channels))
        self._write(self._makers.opml(channels))

    def _write(self, file: tuple[str, str | bytes]) -> None:
        self._files.write(*file)

    def _write_all(self, files: Iterable[tuple[str, str | bytes]]) -> None:
        for file in files:
            self._write(file)


def _links(channels: Iterable[Channel]) -> tuple[FeedLink, ...]:
    """Return the RSS, Atom and JSON feeds of channels, for auto-discovery."""
    return tuple(
        FeedLink(kind, channel.title, feed_path(channel.name, form))
        for channel in channels
        for form, kind in MEDIA_TYPES.items()
    )


def _batches(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    return (ids[first : first + _AT_ONCE] for first in range(0, len(ids), _AT_ONCE))
