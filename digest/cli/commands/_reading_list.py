"""Shared by the reading-list commands: the reader, finding a paper, showing one.

Each command imports changes from the list files first and updates the files after a change.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from digest.cli.commands._options import (
    DONE,
    INCOMPLETE,
    chosen_profiles,
    open_library,
    plain_text,
    read_config,
)
from digest.cli.console import columns, fitted
from digest.errors import UsageError
from digest.model.serialize import paper_to_json
from digest.reading_list.lines import BOXES, STAR
from digest.reading_list.reader_lists import ReaderLists

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from digest.cli.commands._options import Context
    from digest.config import Config
    from digest.library import Library
    from digest.model import Paper, Profile
    from digest.reading_list.reader_lists import Item


class SeveralReadersError(UsageError):
    """The config has several readers, and the command names none."""


_SHOWN: Final = 5
"""Number of papers that the message about an ambiguous title names."""


class CommandLists(ReaderLists, frozen=True):
    """What a command on the reading list works with."""

    config: Config

    @property
    def code(self) -> int:
        """The exit code: incomplete if a file was left unchanged."""
        return INCOMPLETE if self.lists.problems else DONE

    def find(self, text: str) -> Paper:
        """Return the only paper with this identifier or title; else raise `UsageError`."""
        papers = self.library.papers.find(text)
        if not papers:
            raise UsageError(
                f"no paper in the library matches {text!r}; `digest papers` lists them, "
                "`digest add` puts one on the list that no dump has shown"
            )
        if len(papers) > 1:
            names = "\n".join(
                f"  {paper.id}  {fitted(paper.title, 76)}" for paper in papers[:_SHOWN]
            )
            raise UsageError(f"{text!r} may be any of these; give its identifier:\n{names}")
        return papers[0]


def add_reader(parser: argparse.ArgumentParser) -> None:
    """Add `--profile` and `--reader`."""
    parser.add_argument("--profile", metavar="NAME", help="the list of this profile")
    parser.add_argument(
        "--reader", metavar="NAME", help="the lists of this reader; default: the only one"
    )


def add_paper(parser: argparse.ArgumentParser) -> None:
    """Add `PAPER`."""
    parser.add_argument(
        "paper", type=plain_text, metavar="PAPER", help="an identifier, a link or a title"
    )


def add_papers(parser: argparse.ArgumentParser) -> None:
    """Add `PAPER...`."""
    parser.add_argument(
        "papers", nargs="+", type=plain_text, metavar="PAPER",
        help="an identifier, a link or a title; several are allowed",
    )  # fmt: skip


def profiles_of_reader(config: Config, arguments: argparse.Namespace) -> tuple[Profile, ...]:
    """Return the profiles of the reader in question, the named profile first."""
    if arguments.profile is not None:
        (named,) = chosen_profiles(config, [arguments.profile])
        if arguments.reader not in (None, named.reader):
            raise UsageError(f"the reader of {named.name!r} is {named.reader!r}")
        profiles = [profile for profile in config.profiles if profile.reader == named.reader]
        return (named, *(profile for profile in profiles if profile is not named))
    readers = list(dict.fromkeys(profile.reader for profile in config.profiles))
    if arguments.reader is None and len(readers) > 1:
        raise SeveralReadersError(
            f"{config.path} has several readers; name one with --reader: {', '.join(readers)}"
        )
    reader = arguments.reader or readers[0]
    if reader not in readers:
        raise UsageError(f"{config.path} has no reader {reader!r}; it has: {', '.join(readers)}")
    return tuple(profile for profile in config.profiles if profile.reader == reader)


@contextmanager
def open_lists(
    arguments: argparse.Namespace, context: Context, papers: Sequence[str] = ()
) -> Iterator[CommandLists]:
    """Open the lists of the reader in question with the files' changes; write the files at the end.

    If the config has several readers and the command names none, it is the only reader with
    `papers` on a list.
    """
    from digest.reading_list.sync import ReadingLists

    config = read_config(arguments)
    with open_library(config) as library, library.lock():
        try:
            profiles = profiles_of_reader(config, arguments)
        except SeveralReadersError:
            profiles = _readers_of(papers, config, library)
            if not profiles:
                raise
        lists = ReadingLists(library, config.output, profiles, clock=context.clock)
        lists.read()
        yield CommandLists(library, lists, profiles[0].reader, profiles, context.clock(), config)
        lists.write()
        for problem in lists.problems:
            context.console.problem(f"digest: {problem.reason}")


def _readers_of(papers: Sequence[str], config: Config, library: Library) -> tuple[Profile, ...]:
    """Return the profiles of the only reader with all papers on a list; none if that is unclear.

    The command itself reports an unknown or ambiguous paper.
    """
    identifiers = [known[0].id for text in papers if len(known := library.papers.find(text)) == 1]
    readers = {
        profile.reader
        for profile in config.profiles
        if identifiers
        and len(library.reading.queue(profile.name, profile.reader, identifiers))
        == len(identifiers)
    }
    if len(readers) != 1:
        return ()
    return tuple(profile for profile in config.profiles if profile.reader in readers)


def item_to_json(item: Item) -> dict[str, Any]:
    """Return a paper with its reader's mark as JSON; docs/json.md."""
    mark, queued = item.mark, item.queued
    return {
        **paper_to_json(item.paper),
        "state": mark.state,
        "place": item.place,
        "state_at": _moment(mark.state_at),
        "until": mark.until.isoformat() if mark.until else None,
        "starred": mark.starred,
        "star_at": _moment(mark.star_at),
        "note": mark.note,
        "note_at": _moment(mark.note_at),
        "tags": list(mark.tags),
        "tags_at": _moment(mark.tags_at),
        "origin": mark.origin,
        "profiles": list(item.profiles),
        "day": queued.day.isoformat() if queued else None,
        "rule": (queued.rule or None) if queued else None,
        "points": item.score,
    }


def print_item(item: Item, context: Context, *, json: bool) -> None:
    """Print the state of one paper."""
    if json:
        context.console.json(item_to_json(item))
    else:
        context.console.result(row(item, context))


def row(item: Item, context: Context) -> str:
    """Return a paper of a list as one table row."""
    mark = item.mark
    day = item.queued.day.isoformat() if item.queued else ""
    head = f"[{BOXES[mark.state]}] {item.paper.id:<18}  {day:<10}  "
    until = f"  (until {mark.until})" if mark.until else ""
    tail = until + "".join(f" #{tag}" for tag in mark.tags)
    title = f"{STAR} {item.paper.title}" if mark.starred else item.paper.title
    room = max(20, context.console.width - columns(head) - columns(tail))
    return f"{head}{fitted(title, room)}{tail}"


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
