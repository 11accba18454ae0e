"""`digest import-papers`: what somebody has already, from the file of a reference manager."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from digest.cli.commands._options import (
    INCOMPLETE,
    add_json,
    refused_json,
    tell_refused,
)
from digest.cli.commands._reading_list import add_reader, open_desk
from digest.errors import DumpError, UsageError
from digest.model.marks import OWNED_SOURCE, Mark
from digest.wording import counted

if TYPE_CHECKING:
    import argparse

    from digest.bibliography.read import File
    from digest.cli.commands._options import Context
    from digest.cli.commands._reading_list import Desk
    from digest.model import Refusal

EXAMPLES = """\
  digest import-papers library.bib              what Zotero, JabRef or a thesis has
  digest import-papers mine.ris more.json       RIS and CSL-JSON, several files at once
  digest import-papers ours.bib --profile lab   as those of one of several profiles' readers"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `digest import-papers`."""
    parser.add_argument("files", nargs="+", metavar="FILE", help="BibTeX, RIS or CSL-JSON")
    add_reader(parser)
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
    from digest.search import refresh_forms

    files = {name: _read(name) for name in dict.fromkeys(arguments.files)}
    with open_desk(arguments, context) as desk:
        named = context.console.progress(list(files.items()), "reading")
        parts = [_take_in(desk, name, file) for name, file in named]
        refresh_forms(desk.library)
    whole = _Imported(
        papers=sum(part.papers for part in parts),
        new_papers=sum(part.new_papers for part in parts),
        marked=sum(part.marked for part in parts),
        refused=tuple(refusal for part in parts for refusal in part.refused),
    )
    _tell(whole, context, json=arguments.json)
    return INCOMPLETE if whole.refused else desk.code


def _read(name: str) -> File:
    """Read a file; raise `UsageError` where there is none of references."""
    from digest.bibliography.read import MAX_BYTES, read_references

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


def _take_in(desk: Desk, name: str, file: File) -> _Imported:
    """Take a file's records into the library, and mark their papers as had."""
    from digest.bibliography.read import own_ids
    from digest.pipeline.ingest import ingest_records

    library = desk.library
    new_papers, refused = 0, file.refused
    if file.items:
        brought = ingest_records(
            library,
            (item.record for item in file.items),
            sha256=file.sha256,
            source=OWNED_SOURCE,
            name=Path(name).as_posix(),
            today=desk.today,
        )
        new_papers, refused = brought.new_papers, refused + brought.refused
    ids = own_ids(file.items)
    library.citations.keep(
        {identifier: item.key for identifier, item in zip(ids, file.items, strict=True) if item.key}
    )
    papers = {paper.id for paper in library.papers.get_many(ids).values()}
    return _Imported(len(papers), new_papers, _mark(desk, papers), refused)


def _mark(desk: Desk, papers: set[str]) -> int:
    """Mark papers as done and had, stars, notes and tags kept; return how many were not done."""
    reading = desk.library.reading
    known = reading.marks(desk.reader)
    changed = [
        mark._replace(state="done", state_at=desk.now, until=None, origin="owned")
        for mark in (known.get(paper, Mark(paper)) for paper in sorted(papers))
        if mark.state != "done"
    ]
    if changed:
        reading.put(desk.reader, changed)
    return len(changed)


def _tell(whole: _Imported, context: Context, *, json: bool) -> None:
    console = context.console
    if json:
        console.json(
            {
                "papers": whole.papers,
                "new_papers": whole.new_papers,
                "marked": whole.marked,
                "refused": refused_json(whole.refused),
            }
        )
        return
    console.result(
        f"{counted(whole.papers, 'paper')}, {whole.new_papers:,} of them new; "
        f"{whole.marked:,} marked as done."
    )
    tell_refused(whole.refused, console)
