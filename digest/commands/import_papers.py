"""`digest import-papers`: what somebody has already, from the file of a reference manager."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from digest.commands.options import (
    DONE,
    INCOMPLETE,
    add_json,
    one_profile,
    open_library,
    read_config,
    refused_line,
)
from digest.errors import DumpError, UsageError
from digest.marks import Mark
from digest.wording import counted

if TYPE_CHECKING:
    import argparse
    from datetime import datetime

    from digest.commands.options import Context
    from digest.config import Config
    from digest.library import Library
    from digest.model import Refusal
    from digest.references.reading import File

EXAMPLES = """\
  digest import-papers library.bib              what Zotero, JabRef or a thesis has
  digest import-papers mine.ris more.json       RIS and CSL-JSON, several files at once
  digest import-papers ours.bib --profile lab   as those of one of several profiles' readers"""

SOURCE = "owned"
"""Name of the source that such papers come from."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `digest import-papers`."""
    parser.add_argument("files", nargs="+", metavar="FILE", help="BibTeX, RIS or CSL-JSON")
    parser.add_argument("--profile", metavar="PROFILE", help="whose reader has them")
    add_json(parser)


class _Imported(NamedTuple):
    """What the files brought."""

    papers: int
    new_papers: int
    """Those that no dump had shown before."""
    marked: int
    """Those that are marked as done now and were not before."""
    refused: tuple[Refusal, ...]


def execute(arguments: argparse.Namespace, context: Context) -> int:
    """Read the files, take in what is new, and mark all of it as had."""
    from digest.lookup import refresh_forms

    config = read_config(arguments)
    reader = _reader(config, arguments.profile)
    files = {name: _read(name) for name in dict.fromkeys(arguments.files)}
    with open_library(config) as library, library.lock():
        parts = [
            _take_in(library, name, file, reader, context)
            for name, file in context.console.progress(list(files.items()), "reading")
        ]
        refresh_forms(library)
    whole = _Imported(
        papers=sum(part.papers for part in parts),
        new_papers=sum(part.new_papers for part in parts),
        marked=sum(part.marked for part in parts),
        refused=tuple(refusal for part in parts for refusal in part.refused),
    )
    _tell(whole, context, json=arguments.json)
    return INCOMPLETE if whole.refused else DONE


def _reader(config: Config, name: str | None) -> str:
    """Return the reader of the profile of that name, or the only reader of the config."""
    readers = {profile.reader for profile in config.profiles}
    if name is None and len(readers) == 1:
        return readers.pop()
    return one_profile(config, name).reader


def _read(name: str) -> File:
    """Read a file; raise `UsageError` where there is none of references."""
    from digest.references.reading import MAX_BYTES, read_references

    path = Path(name)
    if path.exists() and not path.is_file():
        raise UsageError(f"{name} cannot be imported: it is no file")
    try:
        with path.open("rb") as file:
            return read_references(file.read(MAX_BYTES + 1), path.as_posix())
    except OSError as error:
        raise UsageError(f"{name} cannot be read: {error.strerror}") from None
    except DumpError as error:
        raise UsageError(f"{name} cannot be imported: it {error.reason}") from None


def _take_in(library: Library, name: str, file: File, reader: str, context: Context) -> _Imported:
    """Take a file's records into the library, and mark their papers as had."""
    from digest.intake import take_in_content
    from digest.references.reading import own_ids

    content = file.as_dump()
    brought = None
    if content:
        brought = take_in_content(
            library, content, source=SOURCE, name=Path(name).as_posix(), today=context.today
        )
    ids = own_ids(file.items)
    papers = library.papers.get_many(ids)
    marked = _mark(library, reader, {paper.id for paper in papers.values()}, context.clock())
    library.citations.keep(
        {identifier: item.key for identifier, item in zip(ids, file.items, strict=True) if item.key}
    )
    return _Imported(
        papers=len({paper.id for paper in papers.values()}),
        new_papers=brought.new_papers if brought else 0,
        marked=marked,
        refused=file.refused + (brought.refused if brought else ()),
    )


def _mark(library: Library, reader: str, papers: set[str], now: datetime) -> int:
    """Mark papers as done and had, stars, notes and tags kept; return how many were not."""
    known = library.reading.marks(reader)
    changed = [
        replace(mark, state="done", state_at=now, until=None, origin="owned")
        for mark in (known.get(paper, Mark(paper)) for paper in sorted(papers))
        if mark.state != "done"
    ]
    if changed:
        library.reading.put(reader, changed)
    return len(changed)


def _tell(whole: _Imported, context: Context, *, json: bool) -> None:
    console = context.console
    if json:
        console.json(
            {
                "papers": whole.papers,
                "new_papers": whole.new_papers,
                "marked": whole.marked,
                "refused": [
                    {"dump": refusal.dump, "line": refusal.line, "reason": refusal.reason}
                    for refusal in whole.refused
                ],
            }
        )
        return
    console.result(
        f"{counted(whole.papers, 'paper')}, {whole.new_papers:,} of them new; "
        f"{whole.marked:,} marked as done."
    )
    for refusal in whole.refused[:10]:
        console.problem(refused_line(refusal))
    if len(whole.refused) > 10:
        console.problem(f"digest: … and {len(whole.refused) - 10:,} more; see --json")
