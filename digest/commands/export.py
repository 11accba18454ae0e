"""`digest export`: papers as the file of a reference manager, or as a table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from digest.commands.options import (
    DONE,
    day,
    one_profile,
    open_library,
    plain_text,
    read_config,
)
from digest.errors import UsageError
from digest.marks import STATES
from digest.references import FORMATS, SUFFIXES

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from digest.commands.options import Context
    from digest.config import Config
    from digest.library import Library
    from digest.marks import Mark
    from digest.model import Paper, Profile
    from digest.references import ExportFormat

EXAMPLES = """\
  digest export                                   the reading list, as BibTeX
  digest export --state done --output read.ris    what was read; the name says the format
  digest export 'scaling law' --output laws.json  what a query finds in all that came in
  digest export --digest 2026-01-05 --format csv  the papers of that day's digests"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `digest export`."""
    parser.add_argument(
        "query", nargs="?", type=plain_text, metavar="QUERY",
        help="only what it selects; docs/rule-language.md",
    )  # fmt: skip
    parser.add_argument(
        "--format", choices=FORMATS, help="default: as FILE's name says, else bibtex"
    )
    parser.add_argument("--list", action="store_true", help="the reading list (the default)")
    parser.add_argument(
        "--state", action="append", choices=STATES, default=[],
        help="of the list, what is in this state; may be repeated",
    )  # fmt: skip
    parser.add_argument("--digest", type=day, metavar="DAY", help="the digests of that day")
    parser.add_argument("--profile", metavar="PROFILE", help="whose; needed if there are several")
    parser.add_argument("--output", metavar="FILE", help="write here, not to stdout")


def execute(arguments: argparse.Namespace, context: Context) -> int:
    """Write the papers, with their keys, in the order of the list, the digest or the points."""
    from digest.references import Reference, write
    from digest.wording import counted

    listed = arguments.list or bool(arguments.state)
    if listed and arguments.digest is not None:
        raise UsageError("--digest does not go with --list or --state; name one of them")
    form = _format(arguments)
    config = read_config(arguments)
    with open_library(config) as library:
        papers, marks = _chosen(arguments, config, library, context)
        keys = _keys(library, papers)
    references = [Reference(keys[paper.id], paper, marks.get(paper.id)) for paper in papers]
    text = write(form, references)
    if arguments.output is None:
        context.console.document(text)
    else:
        _write(Path(arguments.output), text)
    context.console.note(counted(len(papers), "paper"))
    return DONE


def _format(arguments: argparse.Namespace) -> ExportFormat:
    """Return the format that is asked for, or that the name of the file tells."""
    named = SUFFIXES.get(Path(arguments.output or "").suffix.lower())
    form: ExportFormat = arguments.format or named or "bibtex"
    if arguments.output and arguments.format is None and named is None:
        raise UsageError(
            f"the name {arguments.output!r} says no format: end it in {', '.join(SUFFIXES)}, or "
            "name one with --format"
        )
    return form


def _chosen(
    arguments: argparse.Namespace, config: Config, library: Library, context: Context
) -> tuple[Sequence[Paper], Mapping[str, Mark]]:
    """Return the papers in their order, and what the reader made of those of a list."""
    listed = arguments.list or arguments.state or arguments.query is None
    if arguments.digest is None and not listed:
        return _found(library, arguments.query, context.today), {}
    profile = one_profile(config, arguments.profile)
    marks: dict[str, Mark] = {}
    if arguments.digest is not None:
        ids = _digested(library, profile, arguments.digest)
    else:
        marks = _on_list(library, profile, arguments.state)
        ids = list(marks)
    known = library.papers.get_many(ids)
    papers = [known[identifier] for identifier in ids if identifier in known]
    if arguments.query is not None:
        papers = _selected(papers, arguments.query, context.today)
    return papers, marks


def _found(library: Library, query: str, today: date) -> list[Paper]:
    from digest.lookup import Lookup, as_rule

    ids = Lookup(library, [as_rule(query)], today=today).best(0)
    known = library.papers.get_many(ids)
    return [known[identifier] for identifier in ids]


def _selected(papers: Sequence[Paper], query: str, today: date) -> list[Paper]:
    """Return those of the papers that the query selects, in their own order."""
    from digest.lookup import as_rule
    from digest.rules import compile_rules

    matched = compile_rules([as_rule(query)], today=today).match(papers)
    return [paper for paper, matches in zip(papers, matched, strict=True) if matches]


def _digested(library: Library, profile: Profile, asked: date) -> list[str]:
    """Return the ids of the papers of the profile's digests of a day; `UsageError` without any."""
    digests = library.digests.of_day(profile.name, asked)
    if not digests:
        raise UsageError(f"{profile.name} has no digest of {asked}; `digest status` lists them")
    entries = (entry for digest in digests for entry in library.digests.entries(digest.id))
    return list(dict.fromkeys(entry.paper for entry in entries))


def _on_list(library: Library, profile: Profile, states: Iterable[str]) -> dict[str, Mark]:
    """Return the marks of what is on the list, in its order; without `states` all but dropped."""
    wanted = set(states) or set(STATES) - {"dropped"}
    queue = library.reading.queue(profile.name, profile.reader)
    return {queued.paper: queued.mark for queued in queue if queued.mark.state in wanted}


def _keys(library: Library, papers: Sequence[Paper]) -> Mapping[str, str]:
    """Return the papers' keys, by id; those that had none are given one, for good."""
    from digest.references import allot

    ids = [paper.id for paper in papers]
    kept = library.citations.of(ids)
    if len(kept) < len(ids):
        with library.transaction():
            kept = library.citations.of(ids)  # another process may have given some meanwhile
            kept = allot(papers, library.citations.taken(), kept)
            library.citations.keep(kept)
    return kept


def _write(path: Path, text: str) -> None:
    """Write the file, replacing an earlier one; `DeliveryError` where that is impossible."""
    from digest.deliver import write_file

    write_file(path.parent, path.name, text.encode())
