"""`digest ingest`: read dumps into the library, without selecting."""

from __future__ import annotations

from functools import partial
from itertools import groupby, islice
from pathlib import Path
from typing import TYPE_CHECKING

from digest.cli.commands._options import (
    DONE,
    INCOMPLETE,
    add_json,
    open_library,
    print_notes,
    print_refused,
    read_config,
    refused_json,
)
from digest.errors import UsageError
from digest.model import FolderSource
from digest.wording import counted

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from digest.cli.commands._options import Context
    from digest.config import Config
    from digest.pipeline.ingest import Intake
    from digest.sources.folder import FoundDump

EXAMPLES = """\
  digest ingest ~/Downloads/papers.txt   one dump
  digest ingest old/ 2026-01.jsonl.gz    a folder of dumps, and a file"""

OUTSIDE = "files"
"""Source name for dumps outside the folders of the config."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `digest ingest`."""
    parser.add_argument("paths", nargs="+", metavar="PATH", help="a dump, or a folder of dumps")
    add_json(parser)


def execute(arguments: argparse.Namespace, context: Context) -> int:
    """Read each path; a dump in a folder of the config belongs to that source."""
    from digest.pipeline.ingest import Intake, ingest_dumps
    from digest.search import refresh_forms

    config = read_config(arguments)
    dumps = find(arguments.paths)
    with open_library(config) as library, library.lock():
        parts: list[Intake] = []
        shown = iter(context.console.progress(dumps, "reading"))
        for source, group in groupby(dumps, key=partial(_source, config)):
            source_dumps = list(group)
            part = islice(shown, len(source_dumps))
            parts.append(
                ingest_dumps(library, source_dumps, source, today=context.today, shown=part)
            )
        refresh_forms(library)
    total = Intake(
        OUTSIDE,
        dumps=sum(part.dumps for part in parts),
        records=sum(part.records for part in parts),
        new_papers=sum(part.new_papers for part in parts),
        refused=tuple(refusal for part in parts for refusal in part.refused),
        notes=tuple(note for part in parts for note in part.notes),
    )
    _print(total, len(dumps), context, json=arguments.json)
    return INCOMPLETE if total.refused else DONE


def find(paths: Sequence[str]) -> list[FoundDump]:
    """Return the dumps at `paths`, searching folders; raises `UsageError` for a missing path."""
    return [dump for path in paths for dump in _find(path)]


def _find(path: str) -> Iterator[FoundDump]:
    from digest.sources.folder import FoundDump, collect, printable

    place = Path(path)
    if place.is_dir():
        collected = collect(FolderSource(path, place.absolute(), place.as_posix()))
        if collected.state == "failed":
            raise UsageError(collected.reason)
        yield from collected.dumps
    elif place.is_file():
        yield FoundDump(place, printable(place.as_posix()))
    elif place.exists():  # reading a pipe would block, and a device has no end
        raise UsageError(f"{path!r} is neither a file nor a folder")
    else:
        raise UsageError(f"there is no dump {path!r}")


def _source(config: Config, dump: FoundDump) -> str:
    path = dump.path.absolute()
    for source in config.sources:
        if isinstance(source, FolderSource) and path.is_relative_to(source.folder):
            return source.name
    return OUTSIDE


def _print(total: Intake, files: int, context: Context, *, json: bool) -> None:
    console = context.console
    if json:
        console.json(
            {
                "dumps": total.dumps,
                "records": total.records,
                "new_papers": total.new_papers,
                "refused": refused_json(total.refused),
                "notes": refused_json(total.notes),
            }
        )
        return
    console.result(
        f"{total.dumps:,} new of {counted(files, 'dump')}: "
        f"{counted(total.records, 'record')}, {counted(total.new_papers, 'new paper')}."
    )
    print_refused(total.refused, console)
    print_notes(total.notes, console)
