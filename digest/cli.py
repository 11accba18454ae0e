"""The command line: arguments in, exit code out.

Nothing is decided here. Errors that a user can cause end in one line on stderr and the error's
exit code, never in a traceback; see docs/commands.md.
"""

from __future__ import annotations

import argparse
import os
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from digest import __version__
from digest.commands import (
    check,
    explain,
    import_rules,
    ingest,
    init,
    match,
    papers,
    run,
    schedule,
    status,
)
from digest.commands.options import Context
from digest.console import Console
from digest.errors import DigestError

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = {
    "init": init,
    "run": run,
    "ingest": ingest,
    "match": match,
    "explain": explain,
    "check": check,
    "import-rules": import_rules,
    "papers": papers,
    "status": status,
    "schedule": schedule,
}
INTERRUPTED = 130
"""Exit code after Ctrl-C: 128 and the signal's number, as shells have it."""


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "-c", "--config", default=argparse.SUPPRESS, metavar="FILE",
        help="the config file (default: config.yaml)",
    )  # fmt: skip
    common.add_argument(
        "-v", "--verbose", action="store_const", dest="verbosity", const=1,
        default=argparse.SUPPRESS, help="say more",
    )  # fmt: skip
    common.add_argument(
        "-q", "--quiet", action="store_const", dest="verbosity", const=-1,
        default=argparse.SUPPRESS, help="say only what went wrong",
    )  # fmt: skip
    parser = argparse.ArgumentParser(
        prog="digest",
        description="Select papers by rules; render them as Markdown, e-mail and RSS.",
        parents=[common],
    )
    parser.add_argument("--version", action="version", version=f"digest {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, module in COMMANDS.items():
        command = commands.add_parser(
            name,
            parents=[common],
            help=module.SUMMARY,
            description=module.SUMMARY[0].upper() + module.SUMMARY[1:] + ".",
            epilog=f"examples:\n{module.EXAMPLES}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        module.configure(command)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program; return its exit code."""
    parsed = build_parser().parse_args(arguments)
    parsed.config = getattr(parsed, "config", "config.yaml")
    console = Console(sys.stdout, sys.stderr, os.environ, getattr(parsed, "verbosity", 0))
    context = Context(console, lambda: datetime.now(UTC), os.environ)
    try:
        code: int = COMMANDS[parsed.command].execute(parsed, context)
        sys.stdout.flush()
    except DigestError as error:
        console.problem(f"digest: {error}")
        return error.exit_code
    except KeyboardInterrupt:
        console.problem("digest: interrupted; the next run completes what was begun")
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our output (`digest papers | head`) has had enough. Python would complain
        # once more when it closes stdout; https://docs.python.org/3/library/signal.html#note-on-sigpipe
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code
