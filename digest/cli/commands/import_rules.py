"""`digest import-rules`: turn other programs' keyword lists into rules."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from digest.cli.commands._options import DONE, FAILED, open_library, read_config
from digest.errors import ConfigError, LibraryError, UsageError

if TYPE_CHECKING:
    import argparse

    from digest.cli.commands._options import Context
    from digest.rule_import import ImportResult

EXAMPLES = """\
  digest import-rules keywords.txt                 a phrase a line, as YAML on stdout
  digest import-rules config.yaml --output r.yaml  topics with lists, weights, categories, queries
  echo 'ti:"world model" AND cat:cs.RO' | digest import-rules -"""

_MAX_BYTES = 4_000_000
"""Larger than the longest list that is read, in the widest UTF-8."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `digest import-rules`."""
    parser.add_argument(
        "file", metavar="FILE", help="YAML, JSON, TOML, lines, or a config.py of lists; - : stdin"
    )
    parser.add_argument("--output", metavar="FILE", help="write this new file instead of stdout")
    parser.add_argument("--name", help="name of a rule that has none (default: the file's name)")
    parser.add_argument(
        "--authors", action="store_true", help="look for each phrase among the authors as well"
    )
    parser.add_argument(
        "--no-categories", dest="categories", action="store_false",
        help="leave arXiv categories out, for dumps that have none",
    )  # fmt: skip


def execute(arguments: argparse.Namespace, context: Context) -> int:
    """Print the rules; report on stderr what could not be converted."""
    from digest.rule_import import Options, import_rules, write_yaml

    path = Path(arguments.file)
    stdin = arguments.file == "-"
    options = Options(
        name=arguments.name or ("Imported" if stdin else path.stem),
        categories=arguments.categories,
        authors=arguments.authors,
    )
    try:
        imported = import_rules(
            _text(path, stdin=stdin), suffix="" if stdin else path.suffix, options=options
        )
    except UsageError as error:
        raise UsageError(f"{arguments.file} cannot be imported: {error}") from None
    imported = _checked_on_papers(imported, arguments, context)
    if imported.rules:
        written = write_yaml(imported, origin="" if stdin else path.name)
        if arguments.output is None:
            context.console.result(written.rstrip("\n"))
        else:
            _write(Path(arguments.output), written)
    _report(arguments.file, imported, context)
    return DONE if imported.rules else FAILED


def _checked_on_papers(
    imported: ImportResult, arguments: argparse.Namespace, context: Context
) -> ImportResult:
    """Return `imported` with warnings from the library, if a config names one."""
    from digest.rule_import.on_papers import warn_on_papers

    try:
        config = read_config(arguments)
        if not config.library.exists():
            return imported
        with open_library(config, scratch=True) as library:
            return warn_on_papers(imported, library, today=context.today)
    except (ConfigError, LibraryError) as error:
        if Path(arguments.config).exists():
            context.console.note(f"The rules were not tried on your papers: {error}")
        return imported


def _text(path: Path, *, stdin: bool) -> str:
    try:
        if stdin:
            content = sys.stdin.buffer.read(_MAX_BYTES + 1)
        else:
            with path.open("rb") as file:
                content = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(error.strerror or str(error)) from None
    except ValueError as error:  # a NUL in the path
        raise UsageError(str(error)) from None
    if len(content) > _MAX_BYTES:
        raise UsageError(f"it is larger than {_MAX_BYTES // 10**6} MB, no list of keywords")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError("it is not UTF-8 text") from None


def _write(path: Path, content: str) -> None:
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(content)
    except FileExistsError:
        raise UsageError(f"{path} is there already, and nothing is overwritten") from None
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from None


def _report(name: str, imported: ImportResult, context: Context) -> None:
    console = context.console
    rules = len(imported.rules)
    for note in imported.notes:
        console.note(f"{name}: {note}")
    for rule in imported.rules:
        for note in rule.notes:
            console.note(f"{name}: rule {rule.name!r}: {note}")
    if rules:
        console.note(f"{name}: {rules} {'rule' if rules == 1 else 'rules'}.")
    else:
        console.problem(
            f"digest: {name}: nothing in it could be made a rule. Write one phrase per line, or "
            "`topic: [phrase, phrase]` in YAML; docs/import-rules.md lists what is read."
        )
