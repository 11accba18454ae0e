"""The command line: arguments in, exit code out.

This module decides nothing. An error that a user can cause ends in a line or two on stderr and its
exit code, never in a traceback; see docs/commands.md.

A command's module is imported only when the command is called: otherwise `digest --help` would take
ten times as long, and each command would pay for the imports of all others.
"""

from __future__ import annotations

import argparse
import errno
import io
import os
import sys
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TextIO

from digest import __version__
from digest.cli.commands._options import DONE, FAILED, USAGE, Context
from digest.cli.console import Console
from digest.cli.environment import Environment
from digest.errors import DigestError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import ModuleType

GROUPS: Final = {
    "daily": {
        "init": "write a config, for a field of research or with examples",
        "run": "fetch, select, render and deliver: the main job",
        "show": "show a digest in the terminal",
        "schedule": "keep running, and run each profile at its time",
        "status": "show what came in, the last digests and runs, and what waits",
    },
    "rules": {
        "try": "show what a rule or a query would bring, as a digest",
        "match": "try queries on every paper so far, or on dumps",
        "explain": "show why a paper was selected, or what a rule misses",
        "check": "check the config, the rules and the templates",
        "expand": "list the spellings of a keyword in every paper so far",
        "suggest": "propose keywords from what you liked and dropped",
        "import-rules": "convert another program's keyword list to rules",
    },
    "reading list": {
        "list": "show the papers to read and the inbox",
        "triage": "decide on the papers of the inbox, one key each",
        "next": "show the one paper to read now",
        "mark": "set the status of papers: read, dropped, later",
        "star": "star papers, or remove the star",
        "note": "add a note and tags to a paper",
        "undo": "undo the last change of the reading list",
        "add": "add a paper that no rule selected",
    },
    "library": {
        "fetch": "fetch new lists from the services of the config",
        "ingest": "read dumps into the library",
        "reread": "read dumps again, for example after an upgrade",
        "papers": "list all papers, or those that match a query",
        "export": "write papers as BibTeX, RIS, CSL-JSON or CSV",
        "import-papers": "import papers that you have already (BibTeX, RIS, CSL-JSON)",
        "backup": "copy the library, even during a run",
        "prune": "remove the texts of old papers that nobody marked",
        "repair": "restore a damaged library from itself and its backups",
    },
    "delivery": {
        "preview": "write the next digest to files, and deliver nothing",
        "site": "make the static site and its feeds",
        "serve": "serve the site and the reading list over HTTP",
        "send": "send a digest again, or to somebody else",
        "outbox": "list, retry or drop deliveries that wait or failed",
        "recipients": "list who gets the mails; unsubscribe or subscribe an address",
        "test-mail": "send a small message to test the mail settings",
        "test-channel": "send a small message to test a `notify` or a `webhook`",
        "mcp": "offer the library to language models as tools (MCP)",
    },
}
"""Each command's summary, in the groups of `--help`."""

COMMANDS: Final = {
    name: summary for commands in GROUPS.values() for name, summary in commands.items()
}
"""Each command's name and summary; its module in `digest.cli.commands` has the rest."""

_MODULES: Final = {
    "test-channel": "try_channel", "test-mail": "send_test_mail", "try": "try_rule",
}  # fmt: skip
"""Modules with another name: test_… would be collected as a test, and `try` is a keyword."""

INTERRUPTED: Final = 130
"""Exit code after Ctrl-C: 128 and the signal's number, as shells have it."""

_OF_THE_MACHINE: Final = frozenset({
    errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOSPC,
    errno.EROFS,
})  # fmt: skip
"""Errors of the machine that any opened file can raise, even a module's."""

_FIRST_STEPS: Final = """\
first steps:
  digest init              write a config.yaml into this folder
  digest run               make a digest
  digest COMMAND --help    explain a command, with examples"""


class _Command(argparse.ArgumentParser):
    """The parser of one command, built (and the command imported) only when the command is called.

    Building the parsers of all twenty commands takes as long as reading a config.
    """

    def __init__(self, *, module: str, **options: Any) -> None:  # noqa: ANN401 - the base class's
        self._module = module
        self._options: dict[str, Any] | None = options
        """Arguments for building the parser; None once it is built."""

    def parse_known_args(self, *args: Any, **options: Any) -> Any:  # noqa: ANN401 - the base class's
        """Parse this command's arguments; argparse asks the chosen command alone."""
        self.complete()
        return super().parse_known_args(*args, **options)

    def complete(self) -> None:
        """Build the parser once: import the command and let it add its arguments and examples."""
        if self._options is not None:
            options, self._options = self._options, None
            command = import_command(self._module)
            super().__init__(**options, epilog=f"examples:\n{command.EXAMPLES}")
            _add_common(self)
            command.configure(self)


def import_command(name: str) -> ModuleType:
    """Return the module of a command."""
    module = _MODULES.get(name, name.replace("-", "_"))
    return import_module(f"digest.cli.commands.{module}")


def _add_common(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that may stand before or after a command."""
    parser.add_argument(
        "-c", "--config", default=argparse.SUPPRESS, metavar="FILE",
        help="the config file (default: config.yaml)",
    )  # fmt: skip
    parser.add_argument(
        "-v", "--verbose", action="store_const", dest="verbosity", const=1,
        default=argparse.SUPPRESS, help="report more",
    )  # fmt: skip
    parser.add_argument(
        "-q", "--quiet", action="store_const", dest="verbosity", const=-1,
        default=argparse.SUPPRESS, help="report only what went wrong",
    )  # fmt: skip
    parser.add_argument(
        "--log", choices=("text", "json"), default=argparse.SUPPRESS,
        help="how to write messages to stderr (default: text)",
    )  # fmt: skip


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = argparse.ArgumentParser(
        prog="digest",
        description="Select papers by rules, and deliver them as Markdown, e-mail and RSS.",
        epilog=f"{_grouped()}\n{_FIRST_STEPS}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_common(parser)
    parser.add_argument("--version", action="version", version=f"digest {__version__}")
    # Not `required`: without a command, the full help is more useful than one line.
    commands = parser.add_subparsers(
        dest="command", metavar="COMMAND", help="one of the commands below", parser_class=_Command
    )
    for name, summary in COMMANDS.items():
        commands.add_parser(
            name,
            module=name,
            description=summary[0].upper() + summary[1:] + ".",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
    return parser


def _grouped() -> str:
    """Return the commands with their summaries by group; argparse supports only one group."""
    width = max(map(len, COMMANDS))
    lines: list[str] = []
    for group, commands in GROUPS.items():
        lines += [f"{group}:"]
        lines += [f"  {name:<{width}}  {summary}" for name, summary in commands.items()]
        lines += [""]
    return "\n".join(lines)


def _now() -> datetime:
    return datetime.now(UTC)


def main(arguments: Sequence[str] | None = None, *, clock: Callable[[], datetime] = _now) -> int:
    """Run the program and return its exit code; `clock` returns the aware current time."""
    # numpy's linear algebra, unused here, starts a thread for each core when it is loaded: that
    # costs a tenth of a second, and a process with threads must not be forked.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    console = Console(_stream(sys.stdout), _stream(sys.stderr), os.environ)
    try:
        code = _execute(arguments, console, clock)
    except BrokenPipeError:
        # The reader of our output (`digest papers | head`) has stopped reading: no error.
        code = DONE
    return code if _is_flushed(console) else FAILED


def _execute(
    arguments: Sequence[str] | None, console: Console, clock: Callable[[], datetime]
) -> int:
    """Parse the arguments and execute their command; report errors."""
    parser = build_parser()
    try:
        parsed = parser.parse_args(arguments)
    except SystemExit as end:  # --help, --version, or an error that argparse has printed
        return end.code if isinstance(end.code, int) else USAGE
    if not parsed.command:
        parser.print_help(console.err)
        return USAGE
    parsed.config = getattr(parsed, "config", "config.yaml")
    console = console._replace(verbosity=getattr(parsed, "verbosity", 0))
    if getattr(parsed, "log", "text") == "json":
        from digest.cli.json_log import json_log

        console = console._replace(log=json_log(console.err))
    context = Context(console, clock, Environment(os.environ, console.problem))
    try:
        code: int = import_command(parsed.command).execute(parsed, context)
    except DigestError as error:
        console.problem(f"digest: {error}")
        return error.exit_code
    except KeyboardInterrupt:
        can_resume = parsed.command in ("run", "ingest")
        console.problem(
            "digest: interrupted" + "; the next run completes what was begun" * can_resume
        )
        return INTERRUPTED
    except OSError as error:
        if error.errno not in _OF_THE_MACHINE:
            raise
        at = f": {error.filename}" if error.filename else ""
        console.problem(f"digest: {error.strerror}{at}; mend that, then run the command again")
        return FAILED
    return code


def _stream(stream: TextIO | None) -> TextIO:
    """Return a stream that takes any text; stdout and stderr are None if they were closed."""
    if stream is None:
        return Path(os.devnull).open("w", encoding="utf-8")
    if isinstance(stream, io.TextIOWrapper):
        # A terminal of another encoding shows an escape for what it cannot display.
        stream.reconfigure(errors="backslashreplace")
    return stream


def _is_flushed(console: Console) -> bool:
    """Flush stdout; return False if that is impossible."""
    try:
        console.out.flush()
    except OSError as error:
        # Python would try again, and complain, when it closes the stream;
        # https://docs.python.org/3/library/signal.html#note-on-sigpipe
        os.dup2(os.open(os.devnull, os.O_WRONLY), console.out.fileno())
        if isinstance(error, BrokenPipeError):
            return True
        console.problem(f"digest: cannot write the output: {error.strerror}")
        return False
    return True
