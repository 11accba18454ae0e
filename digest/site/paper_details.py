"""Details on a paper's page besides its text: facts, history, and tags for Zotero."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from msgspec import Struct

from digest.rendering.escape import web_url
from digest.site import paths
from digest.site.plots import steps
from digest.text.one_line import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from digest.library import StoredEntry
    from digest.library.paper_history import Sighting
    from digest.model import Paper
    from digest.site.plots import Steps
    from digest.wording.languages import Words


class Event(Struct, frozen=True):
    """One line of a paper's history."""

    day: str
    """ISO."""
    shown: str
    text: str
    path: str = ""
    name: str = ""
    """The text of the link."""
    more: str = ""


def details(paper: Paper, words: Words) -> tuple[str, ...]:
    """Return the facts of a paper other than names: organisation, day, version, categories."""
    parts: list[str | None] = [paper.organization]
    if paper.published is not None:
        day = words.day(paper.published)
        inferred = paper.published_inferred
        parts.append(words.text("{day} (year inferred)", day=day) if inferred else day)
    if paper.version is not None and paper.version > 1:
        parts.append(_version(paper, words))
    parts += [paper.journal, ", ".join(paper.categories), paper.comment]
    if paper.upvotes:
        parts.append(f"▲ {words.number(paper.upvotes)}")
    if paper.license:
        parts.append(words.text("licence {name}", name=paper.license))
    return tuple(one_line(part) for part in parts if part)


def _version(paper: Paper, words: Words) -> str:
    if paper.updated is None:
        return words.text("version {version}", version=paper.version)
    day = words.day(paper.updated)
    return words.text("version {version} of {day}", version=paper.version, day=day)


def events(
    delivered: Sequence[tuple[str, StoredEntry]],
    sightings: Sequence[Sighting],
    titles: Mapping[str, str],
    words: Words,
) -> tuple[Event, ...]:
    """Return when and where the paper was seen, and the digests that had it, oldest first.

    `titles` names the profiles that have pages; digests of others are left out.
    """
    lines = [*_sighting_events(sightings, words), *_delivered(delivered, titles, words)]
    return tuple(sorted(lines, key=lambda event: event.day))


def _sighting_events(sightings: Sequence[Sighting], words: Words) -> Iterator[Event]:
    """Yield one line for each day and source, and for each new version."""
    by_day: dict[tuple[str, str], Sighting] = {}
    for sighting in sightings:
        by_day[sighting.day, sighting.source] = sighting
    version = 0
    for (day, source), sighting in by_day.items():
        parts = [words.text("Seen in {source}", source=source)]
        if sighting.version is not None and sighting.version > version:
            version = sighting.version
            parts.append(words.text("version {version}", version=version))
        if sighting.upvotes:
            parts.append(f"▲ {words.number(sighting.upvotes)}")
        shown = words.narrow_date(date.fromisoformat(day))
        yield Event(day, shown, one_line(words.text(", ").join(parts)))


def _delivered(
    delivered: Sequence[tuple[str, StoredEntry]], titles: Mapping[str, str], words: Words
) -> Iterator[Event]:
    for profile, entry in delivered:
        if profile not in titles:
            continue
        section = words.text("under {section}", section=one_line(entry.section))
        title = titles[profile] if len(titles) > 1 else ""
        yield Event(
            entry.day.isoformat(),
            words.narrow_date(entry.day),
            words.text("In the digest:"),
            paths.digest_path(profile, entry.day, entry.number),
            words.long_day(entry.day),
            "".join(f" · {part}" for part in (one_line(title), section) if part),
        )


def identifiers(paper: Paper) -> tuple[tuple[str, str], ...]:
    """Return the identifiers of a paper with the names of their kinds."""
    known = (("arXiv", paper.arxiv_id), ("DOI", paper.doi))
    return tuple((name, one_line(value)) for name, value in known if value)


def upvotes(sightings: Sequence[Sighting], words: Words) -> Steps | None:
    """Plot the upvotes over time; None if they did not change."""
    by_day: dict[date, int] = {}
    for sighting in sightings:
        if sighting.upvotes is not None:
            day = date.fromisoformat(sighting.day)
            by_day[day] = max(sighting.upvotes, by_day.get(day, 0))
    return steps(sorted(by_day.items()), words)


def citation(paper: Paper) -> tuple[tuple[str, str], ...]:
    """Return the `citation_*` tags that Zotero's connector and Google Scholar read."""
    tags: list[tuple[str, str | None]] = [("citation_title", paper.title)]
    tags += [("citation_author", str(author)) for author in (paper.authors or ())[:200]]
    if paper.published is not None:
        day = paper.published.isoformat().replace("-", "/")
        tags += [("citation_publication_date", day), ("citation_online_date", day)]
    tags += [
        ("citation_journal_title", paper.journal),
        ("citation_doi", paper.doi),
        ("citation_arxiv_id", paper.arxiv_id),
        ("citation_public_url", web_url(paper.url)),
        ("citation_pdf_url", web_url(paper.pdf_url)),
        ("citation_keywords", "; ".join(paper.categories)),
    ]
    return tuple((name, one_line(value)) for name, value in tags if value)
