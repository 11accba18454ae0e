"""`digest export`: papers as the file of a reference manager, or as a table."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from digest.bibliography import FORMATS, SUFFIXES, Reference, write
from digest.cli.commands._options import (
    DONE,
    INCOMPLETE,
    day,
    one_profile,
    open_library,
    plain_text,
    query_parser,
    read_config,
)
from digest.cli.commands._reading_list import add_reader, open_lists
from digest.errors import UsageError
from digest.model.marks import STATES, WAITING
from digest.wording import counted

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from digest.bibliography import ExportFormat
    from digest.cli.commands._options import Context
    from digest.library import Library
    from digest.model import Paper, Profile
    from digest.model.marks import Mark
    from digest.rules import Rule

EXAMPLES = """\
  digest export                                   the reading list, as BibTeX
  digest export --state done --output read.ris    what was read; the name says the format
  digest export --tag thesis --output thesis.bib  papers with this tag
  digest export 'scaling law' --output laws.json  papers of the library that a query selects
  digest export --digest 2026-01-05 --format csv  the papers of that day's digests
  digest export --starred --zotero                add starred papers to Zotero, each once"""

_STATES: Final = ("waiting", *STATES, "all")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `digest export`."""
    parser.add_argument(
        "query", nargs="?", type=plain_text, metavar="QUERY",
        help="only papers that it selects; docs/rule-language.md",
    )  # fmt: skip
    parser.add_argument("--format", choices=FORMATS, help="default: by FILE's name, else bibtex")
    parser.add_argument("--list", action="store_true", help="the reading list (the default)")
    parser.add_argument(
        "--state", choices=_STATES, metavar="STATE",
        help=f"of the list: {', '.join(_STATES)}; default: all but dropped",
    )  # fmt: skip
    parser.add_argument("--starred", action="store_true", help="only starred papers of the list")
    parser.add_argument(
        "--tag", type=plain_text, metavar="TAG", help="only papers of the list with this tag"
    )
    parser.add_argument("--digest", type=day, metavar="DAY", help="the digests of that day")
    parser.add_argument("--output", metavar="FILE", help="write FILE instead of stdout")
    parser.add_argument("--zotero", action="store_true", help="add them to the config's Zotero")
    add_reader(parser)


def execute(arguments: argparse.Namespace, context: Context) -> int:
    """Write the papers with their keys, in the order of the list, the digest or the points."""
    form = _format(arguments)
    listed = arguments.list or arguments.state or arguments.starred or arguments.tag is not None
    if listed and arguments.digest is not None:
        raise UsageError("--digest does not go with --list, --state, --starred or --tag")
    if arguments.digest is None and (listed or arguments.query is None):
        references, code = _of_list(arguments, context)
    else:
        references, code = _of_library(arguments, context), DONE
    if arguments.zotero:
        return _to_zotero(references, arguments, context) or code
    text = write(form, references)
    if arguments.output is None:
        context.console.document(text)
    else:
        _write(Path(arguments.output), text)
    context.console.note(counted(len(references), "paper"))
    return code


def _to_zotero(
    references: Sequence[Reference], arguments: argparse.Namespace, context: Context
) -> int:
    """Add the papers and their notes to the config's Zotero library."""
    from digest.bibliography.zotero import zotero_item, zotero_note
    from digest.sources.zotero import ZoteroLibrary, item_key

    config = read_config(arguments)
    if config.zotero is None or not config.zotero.library_id:
        raise UsageError(
            f"{config.path} names no Zotero library; write `zotero: {{library: users/NUMBER}}`"
        )
    items, notes = [], []
    for reference in references:
        key = item_key(reference.paper.id)
        items.append(zotero_item(reference.work, key))
        note = zotero_note(reference.work, item_key(f"note {reference.paper.id}"), key)
        notes += [note] if note else []
    library = ZoteroLibrary(config.zotero, context.environment)
    sent = library.add(items)
    library.add_children(notes)
    present = f"; {sent.present:,} were there already" if sent.present else ""
    context.console.result(f"{counted(sent.added, 'paper')} added to Zotero{present}.")
    for reason in dict.fromkeys(sent.failed):
        context.console.problem(f"digest: Zotero refused a paper: {reason}")
    return INCOMPLETE if sent.failed else DONE


def _format(arguments: argparse.Namespace) -> ExportFormat:
    """Return the requested format, or the one of the file name."""
    named = SUFFIXES.get(Path(arguments.output or "").suffix.lower())
    form: ExportFormat = arguments.format or named or "bibtex"
    if arguments.output and arguments.format is None and named is None:
        raise UsageError(
            f"the name {arguments.output!r} says no format: end it in {', '.join(SUFFIXES)}, or "
            "name one with --format"
        )
    return form


def _of_list(arguments: argparse.Namespace, context: Context) -> tuple[list[Reference], int]:
    """Return the wanted papers of the lists, with the files' changes, and the exit code."""
    with open_lists(arguments, context) as reader_lists:
        named = reader_lists.profiles[:1] if arguments.profile is not None else None
        items = [item for item in reader_lists.items(named) if _is_wanted(item.mark, arguments)]
        marks = {item.paper.id: item.mark for item in items}
        papers: Sequence[Paper] = [item.paper for item in items]
        if arguments.query is not None:
            rule = query_parser(reader_lists.config)(arguments.query)
            papers = _selected(reader_lists.library, papers, rule, context.today)
        references = _references(reader_lists.library, papers, marks)
    return references, reader_lists.code


def _is_wanted(mark: Mark, arguments: argparse.Namespace) -> bool:
    state = arguments.state
    if state is None:
        in_state = mark.state != "dropped"
    else:
        in_state = state in ("all", mark.state) or (state == "waiting" and mark.state in WAITING)
    tagged = arguments.tag is None or arguments.tag.removeprefix("#") in mark.tags
    return in_state and tagged and (mark.starred or not arguments.starred)


def _of_library(arguments: argparse.Namespace, context: Context) -> list[Reference]:
    """Return the papers that a query selects, or those of a day's digests."""
    if arguments.reader is not None:
        raise UsageError("--reader names a reading list; name a digest's profile with --profile")
    config = read_config(arguments)
    with open_library(config) as library:
        papers: Sequence[Paper] | None = None
        if arguments.digest is not None:
            profile = one_profile(config, arguments.profile)
            papers = _digested(library, profile, arguments.digest)
        if papers is None or arguments.query is not None:
            rule = query_parser(config)(arguments.query)
            papers = _selected(library, papers, rule, context.today)
        return _references(library, papers, {})


def _selected(
    library: Library, papers: Iterable[Paper] | None, rule: Rule, today: date
) -> list[Paper]:
    """Return the papers that the rule selects, best first: of `papers`, or of the whole library."""
    from digest.search import LibrarySearch

    ids = LibrarySearch(library, [rule], today=today).best(0)
    if papers is None:
        known = library.papers.get_many(ids)
    else:
        known = {paper.id: paper for paper in papers}
    return [known[identifier] for identifier in ids if identifier in known]


def _digested(library: Library, profile: Profile, day: date) -> list[Paper]:
    """Return the papers of the profile's digests of a day; raise `UsageError` if there are none."""
    digests = library.digests.of_day(profile.name, day)
    if not digests:
        raise UsageError(f"{profile.name} has had no digest on {day}")
    entries = (entry for digest in digests for entry in library.digests.entries(digest.id))
    ids = list(dict.fromkeys(entry.paper for entry in entries))
    known = library.papers.get_many(ids)
    return [known[identifier] for identifier in ids]


def _references(
    library: Library, papers: Sequence[Paper], marks: Mapping[str, Mark]
) -> list[Reference]:
    """Return the papers with their keys; a paper without a key gets a permanent one."""
    keys = _keys(library, papers)
    entries = library.references.of(paper.id for paper in papers)
    return [
        Reference(keys[paper.id], paper, marks.get(paper.id), entries.get(paper.id, ()))
        for paper in papers
    ]


def _keys(library: Library, papers: Sequence[Paper]) -> Mapping[str, str]:
    """Return the papers' keys, by id."""
    from digest.bibliography import allot

    ids = [paper.id for paper in papers]
    keys = library.citations.of(ids)
    if len(keys) < len(ids):
        with library.transaction():
            keys = library.citations.of(ids)  # another process may have added some
            keys = allot(papers, library.citations.taken(), keys)
            library.citations.keep(keys)
    return keys


def _write(path: Path, text: str) -> None:
    """Write the file, replacing an earlier one; raise `DeliveryError` if that is impossible.

    A link stays a link. A target that is not a regular file, such as `/dev/null`, is never
    replaced.
    """
    from digest.delivery.files import write_file

    place = Path(os.path.realpath(path)) if path.is_symlink() else path
    if place.exists() and not place.is_file():
        raise UsageError(f"{path} is not a file; without --output it goes to stdout")
    write_file(place.parent, place.name, text.encode())
