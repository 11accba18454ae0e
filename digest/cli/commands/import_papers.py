"""`digest import-papers`: papers that somebody owns, from a reference manager's file."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import asdict, replace

from digest.cli.commands._options import (
    INCOMPLETE,
    add_json,
    print_refused,
    read_config,
    refused_json,
)
from digest.cli.commands._reading_list import add_reader, open_lists
from digest.errors import DumpError, UsageError
from digest.model.marks import OWNED_SOURCE, Mark
from digest.wording import counted

if TYPE_CHECKING:
    import argparse

    from digest.bibliography.read import File
    from digest.cli.commands._options import Context
    from digest.cli.commands._reading_list import CommandLists
    from digest.library import Library
    from digest.model import Refusal
    from digest.model.references import ReferenceEntry

EXAMPLES = """\
  digest import-papers library.bib              an export of Zotero, JabRef, …
  digest import-papers mine.ris more.json       RIS and CSL-JSON, several files at once
  digest import-papers --zotero                 the library that the config names
  digest import-papers ours.bib --profile lab   for the reader of this profile"""

MOST_OF_ZOTERO = 1 << 30
"""Maximum size of a Zotero library in bytes; it comes page by page from a trusted service."""
NAMED = 10
"""Maximum number of printed entries whose papers were known; the JSON has all."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `digest import-papers`."""
    parser.add_argument(
        "files", nargs="*", metavar="FILE", help="BibTeX, RIS, CSL-JSON, NBIB or WoS text"
    )
    parser.add_argument("--zotero", action="store_true", help="read the config's Zotero library")
    add_reader(parser)
    add_json(parser)


class Merged(Struct, frozen=True):
    """An entry for a paper that already had a citation key."""

    key: str
    into: str
    """The paper's existing key."""
    title: str


class _ImportResult(Struct, frozen=True):
    """What the files brought."""

    entries: int
    papers: int
    new_papers: int
    """Papers that no dump had shown before."""
    marked: int
    """Papers that are now marked as done and were not before."""
    merged: tuple[Merged, ...]
    refused: tuple[Refusal, ...]


def execute(arguments: argparse.Namespace, context: Context) -> int:
    """Read the files, store what is new, and mark all of it as owned."""
    from digest.search import refresh_forms

    files = {name: _read(name) for name in dict.fromkeys(arguments.files)}
    if arguments.zotero:
        name, file = _read_zotero(arguments, context)
        files[name] = file
    if not files:
        raise UsageError("name a file of references, or --zotero")
    with open_lists(arguments, context) as reader_lists:
        named = context.console.progress(list(files.items()), "reading")
        parts = [_take_in(reader_lists, name, file) for name, file in named]
        refresh_forms(reader_lists.library)
    imported = _ImportResult(
        entries=sum(part.entries for part in parts),
        papers=sum(part.papers for part in parts),
        new_papers=sum(part.new_papers for part in parts),
        marked=sum(part.marked for part in parts),
        merged=tuple(merged for part in parts for merged in part.merged),
        refused=tuple(refusal for part in parts for refusal in part.refused),
    )
    _print(imported, context, json=arguments.json)
    return INCOMPLETE if imported.refused else reader_lists.code


def _read(name: str) -> File:
    """Read a file of references; raise `UsageError` if it is not one."""
    from digest.bibliography.read import MAX_BYTES, read_references

    path = Path(name)
    if path.exists() and not path.is_file():
        raise UsageError(f"{name} cannot be imported: it is not a file")
    try:
        with path.open("rb") as file:
            return read_references(file.read(MAX_BYTES + 1), path.as_posix())
    except OSError as error:
        raise UsageError(f"{name} cannot be read: {error.strerror}") from None
    except DumpError as error:
        raise UsageError(f"{name} cannot be imported: it {error.reason}") from None


def _read_zotero(arguments: argparse.Namespace, context: Context) -> tuple[str, File]:
    """Read the config's Zotero library, from its export or from the web."""
    from digest.bibliography.read import read_references
    from digest.sources.zotero import ZoteroLibrary

    config = read_config(arguments)
    if config.zotero is None:
        raise UsageError(f"{config.path} has no `zotero`; docs/export.md shows one")
    if config.zotero.file is not None:
        return str(config.zotero.file), _read(str(config.zotero.file))
    content = ZoteroLibrary(config.zotero, context.environment).read()
    return "zotero", read_references(content, "zotero", most=MOST_OF_ZOTERO)


def _take_in(reader_lists: CommandLists, name: str, file: File) -> _ImportResult:
    """Store a file's records in the library, and mark their papers as owned."""
    from digest.pipeline.ingest import ingest_records

    library = reader_lists.library
    new_papers, refused = 0, file.refused
    if file.items:
        ingested = ingest_records(
            library,
            (item.record for item in file.items),
            sha256=file.sha256,
            source=OWNED_SOURCE,
            name=Path(name).as_posix(),
            today=reader_lists.today,
        )
        new_papers, refused = ingested.new_papers, refused + ingested.refused
    entries = _keep_entries(library, file)
    return _ImportResult(
        len(file.items),
        len(entries.papers),
        new_papers,
        _mark(reader_lists, entries.papers),
        entries.merged,
        refused,
    )


class _StoredEntries(Struct, frozen=True):
    papers: set[str]
    """Ids of the papers that the entries describe."""
    merged: tuple[Merged, ...]


def _keep_entries(library: Library, file: File) -> _StoredEntries:
    """Store the entries with their keys.

    A key that another paper has gets a number appended, so that keys stay unique.
    """
    from digest.bibliography.read import own_ids

    ids = own_ids(file.items)
    papers = library.papers.get_many(ids)
    with library.transaction():
        existing_keys = library.citations.of({paper.id for paper in papers.values()})
        used_keys = {key.lower() for key in library.citations.taken()}
        keys: dict[str, str] = {}
        merged: list[Merged] = []
        entries: list[tuple[str, ReferenceEntry]] = []
        for identifier, item in zip(ids, file.items, strict=True):
            paper = papers.get(identifier)
            if paper is None:  # refused when it was stored
                continue
            key = item.entry.key
            known = {entry.key for entry in library.references.of([paper.id]).get(paper.id, ())}
            if key and key != existing_keys.get(paper.id) and key not in known:
                key = _free(key, used_keys)
                if paper.id in existing_keys:
                    merged.append(Merged(item.entry.key, existing_keys[paper.id], paper.title))
                else:
                    existing_keys[paper.id] = keys[identifier] = key
            used_keys.add(key.lower())
            entries.append((identifier, replace(item.entry, key=key)))
        library.citations.keep(keys)
        library.references.put(entries)
    return _StoredEntries({paper.id for paper in papers.values()}, tuple(merged))


def _free(key: str, used_keys: set[str]) -> str:
    """Return the key, or the first free one of `key-2`, `key-3`, …."""
    if key.lower() not in used_keys:
        return key
    return next(f"{key}-{n}" for n in count(2) if f"{key}-{n}".lower() not in used_keys)


def _mark(reader_lists: CommandLists, papers: set[str]) -> int:
    """Mark papers as done and owned, keep stars, notes and tags; return how many were not done."""
    marks = reader_lists.library.marks
    known = marks.of(reader_lists.reader)
    changed = [
        replace(mark, state="done", state_at=reader_lists.now, until=None, origin="owned")
        for mark in (known.get(paper, Mark(paper)) for paper in sorted(papers))
        if mark.state != "done"
    ]
    if changed:
        marks.put(reader_lists.reader, changed)
    return len(changed)


def _print(imported: _ImportResult, context: Context, *, json: bool) -> None:
    console = context.console
    if json:
        console.json(
            {
                "entries": imported.entries,
                "papers": imported.papers,
                "new_papers": imported.new_papers,
                "marked": imported.marked,
                "merged": [asdict(merged) for merged in imported.merged],
                "refused": refused_json(imported.refused),
            }
        )
        return
    console.result(
        f"{counted(imported.papers, 'paper')}, {imported.new_papers:,} of them new; "
        f"{imported.marked:,} marked as done."
    )
    if imported.merged:
        verb = "describes" if len(imported.merged) == 1 else "describe"
        pairs = [f"{merged.key} → {merged.into}" for merged in imported.merged[:NAMED]]
        more = f" and {len(imported.merged) - NAMED} more" if len(imported.merged) > NAMED else ""
        console.note(
            f"{counted(len(imported.merged), 'entry', 'entries')} {verb} papers that you had: "
            f"{', '.join(pairs)}{more}. Both keys are kept."
        )
    print_refused(imported.refused, console)
