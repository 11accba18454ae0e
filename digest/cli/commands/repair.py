"""`digest repair`: restore a damaged library from its readable parts and its backups."""

from __future__ import annotations

from os import urandom
from typing import TYPE_CHECKING

from digest.cli.commands._options import DONE, read_config
from digest.errors import UsageError
from digest.wording import counted

if TYPE_CHECKING:
    import argparse

    from digest.cli.commands._options import Context

EXAMPLES = """\
  digest repair            restore the library, if it is damaged
  digest check --library   only look"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add no arguments: `digest repair` has none of its own."""
    parser.set_defaults()


def execute(arguments: argparse.Namespace, context: Context) -> int:
    """Restore what can be restored, and print what to do next."""
    from digest.library.backup import repair
    from digest.library.integrity import faults_of
    from digest.library.lock import hold

    console = context.console
    library = read_config(arguments).library
    if not library.exists():
        raise UsageError(f"there is no library at {library}")
    with hold(library):
        faults = faults_of(library)
        if not faults:
            console.result(f"{library} is sound; nothing was changed.")
            return DONE
        for fault in faults:
            console.note(f"{library}: {fault}")
        repaired = repair(library, now=context.clock(), new_id=urandom(16).hex())
    console.result(
        f"Restored {counted(repaired.restored_rows, 'row')} of the library"
        + (
            f", and {repaired.from_backup:,} from {repaired.backup}."
            if repaired.backup
            else "; there was no backup."
        )
    )
    console.result(f"The damaged file is kept as {repaired.damaged}.")
    console.result("Next: `digest run` reads the dumps again that are missing.")
    return DONE
