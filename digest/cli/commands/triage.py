"""`digest triage`: decide on the papers of the inbox, one key each."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from digest.cli.commands._options import DONE, INCOMPLETE, day, open_library, read_config
from digest.cli.commands._reading_list import add_reader, profiles_of_reader
from digest.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from digest.cli.commands._options import Context
    from digest.cli.triage.session import Session
    from digest.cli.triage.store import Store

EXAMPLES = """\
  digest triage                 the papers of the last digest: s star, l later, d drop, ? all keys
  digest triage 2026-03-05      those of that day
  digest triage --profile lab   of this profile alone"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `digest triage`."""
    parser.add_argument(
        "day", nargs="?", type=day, metavar="DAY", help="default: the day of the last digest"
    )
    add_reader(parser)


def execute(arguments: argparse.Namespace, context: Context) -> int:
    """Show the screen; print a summary when the reader quits."""
    from digest.cli.triage.screen import Screen
    from digest.cli.triage.store import Store
    from digest.reading_list.sync import ReadingLists

    if not (sys.stdin.isatty() and context.console.out.isatty()):
        raise UsageError(
            "triage needs a terminal; `digest list --state inbox` prints the inbox, and "
            "`digest mark PAPER... STATUS` decides"
        )
    config = read_config(arguments)
    profiles = profiles_of_reader(config, arguments)
    shown = profiles[:1] if arguments.profile is not None else profiles
    with open_library(config) as library:
        lists = ReadingLists(library, config.output, profiles, clock=context.clock)
        store = Store(
            config, library, lists, shown, clock=context.clock, environment=context.environment
        )
        store.read_files()
        session = store.session(arguments.day)
        encoding = (getattr(context.console.out, "encoding", None) or "").lower()
        screen = Screen(
            session,
            store,
            unicode=encoding.replace("-", "") == "utf8",
            color=not context.environment.get("NO_COLOR"),
        )
        session = screen.run()
        written = store.write_files()
        _print(session, store, context)
        if not written:
            context.console.note("A run is at work; it, or the next one, updates reading-list.md.")
        for problem in store.problems:
            context.console.problem(f"digest: {problem.reason}")
        return INCOMPLETE if store.problems else DONE


def _print(session: Session, store: Store, context: Context) -> None:
    """Print the decisions, so that they stay in the terminal."""
    counts = (
        (session.count("star"), "starred"),
        (session.count("read"), "read"),
        (session.count("later"), "later"),
        (session.count("drop", "fewer"), "dropped"),
        (sum(card.paper not in session.decided for card in session.cards), "undecided"),
    )
    summary = ", ".join(f"{count:,} {word}" for count, word in counts if count)
    context.console.result(summary[:1].upper() + summary[1:] if summary else "Nothing to decide.")
    context.console.result(store.to_read())
