"""Try the templates of the site on invented papers."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from digest.dumps import read_dump
from digest.library import DigestText, Library, NewDigest, NewEntry, SectionText
from digest.model import DumpInfo, Match, Pick, RuleMatch
from digest.pipeline.site import build

if TYPE_CHECKING:
    from digest.config import Config

_DAYS: Final = (date(2026, 1, 5), date(2026, 1, 6))
_TITLES: Final = ("Routing sparse experts without a router", "Experts, counted")


def try_templates(config: Config) -> None:
    """Build a site of two digests in a temporary folder; raise `TemplateError`."""
    with TemporaryDirectory() as folder, Library.in_memory() as library:
        for number, day in enumerate(_DAYS):
            _read(library, number, day)
            _deliver(library, config, number, day)
        build(replace(config, output=Path(folder), public_marks=True), library)


def _read(library: Library, number: int, day: date) -> None:
    """Store both papers in the library, as in a dump of the day."""
    rows = [
        {
            "title": title,
            "arxiv_id": f"2601.0000{place}",
            "abstract": "We train sparse experts. They need no router.",
            "authors": ["Ada Lie", "Bo Ek"],
            "upvotes": 3 + number,
        }
        for place, title in enumerate(_TITLES)
    ]
    content = "".join(json.dumps(row) + "\n" for row in rows).encode()
    reading = read_dump(BytesIO(content), name=f"{day}.jsonl", today=day)
    info = DumpInfo(f"{day}.jsonl", "examples", f"{number}" * 64, reading.format, day)
    library.dumps.add(info, reading.items, read_on=day)


def _deliver(library: Library, config: Config, number: int, day: date) -> None:
    """Store a digest of one of the papers."""
    profile, rule = config.profiles[0].name, config.rules[0].name
    paper = library.papers.get_many([f"2601.0000{number}"])[f"2601.0000{number}"]
    at = paper.title.lower().index("experts")
    match = Match(rule, "experts", "title", at, at + len("experts"), 2.0)
    pick = Pick(paper, 2.0, (RuleMatch(rule, 2.0, (match,)),))
    moment = datetime(day.year, day.month, day.day, 7, tzinfo=UTC)
    text = DigestText(title=config.title, summary="One match.", sections=(SectionText(rule, 1),))
    entry = NewEntry(pick, rule, "shown", moment)
    library.digests.add(NewDigest(profile, day, 1, moment, text, (entry,)))
