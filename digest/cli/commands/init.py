"""`digest init`: write a config for your field, or one with example dumps to try."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from digest.cli.commands._fields import (
    FIELDS,
    NEEDS_MORE,
    ConfigWishes,
    config_with_rules,
    default_sources,
    starter_config,
)
from digest.cli.commands._options import DONE
from digest.config.values import did_you_mean
from digest.errors import UsageError
from digest.model import Mailbox

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from digest.cli.commands._options import Context

EXAMPLES = """\
  digest init                                  invented dumps, to see how it works
  digest init papers --field nlp               today's papers of a field, in the folder papers
  digest init --field nlp --field vision --source arxiv --source huggingface
  digest init --field nlp --email you@example.org --at 07:00
  digest init --from thesis.bib                keywords from your references, to be struck out
  digest init --from config.yaml               rules from the config of another program"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `digest init`."""
    parser.add_argument("folder", nargs="?", default=".", metavar="DIR", help="default: here")
    parser.add_argument(
        "--field", action="append", default=[], metavar="NAME",
        help="a field of research, such as nlp; may be repeated (`--field list` names them)",
    )  # fmt: skip
    parser.add_argument(
        "--source", action="append", default=[], metavar="KIND",
        help="a kind of source, such as arxiv; default: those of the field",
    )  # fmt: skip
    parser.add_argument(
        "--from", dest="origin", metavar="FILE",
        help="a file of references, or another program's config, to take rules from",
    )  # fmt: skip
    parser.add_argument(
        "--contact", default="", metavar="ADDRESS", help="your mail address, for the services"
    )
    parser.add_argument(
        "--email", default="", metavar="ADDRESS", help="send each digest to this address, too"
    )
    parser.add_argument(
        "--at", default="", metavar="HH:MM", help="when `digest schedule` makes a digest"
    )
    parser.add_argument("--site", action="store_true", help="also make pages of all digests")


def examples() -> Path:
    """Return the folder of examples: in the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parents[2]
    inside = package / "examples"
    return inside if inside.is_dir() else package.parent / "examples"


def execute(arguments: argparse.Namespace, context: Context) -> int:
    """Write the missing files, and print what to do next."""
    folder = Path(arguments.folder)
    fields: list[str] = arguments.field
    if arguments.origin is None and not fields and not arguments.source and _is_terminal(context):
        fields, arguments.email = _ask_user(context)
    if fields == ["list"]:
        _list_fields(context)
        return DONE
    wishes = _wishes(arguments)
    if arguments.source and not fields and arguments.origin is None:
        raise UsageError("--source needs a --field; `digest init --field list` names them")
    if arguments.origin is not None:
        files = _from_file(arguments, wishes, context)
    elif fields:
        files = _starter(fields, arguments.source, wishes)
    elif wishes != ConfigWishes():
        raise UsageError(
            "--contact, --email, --at and --site need a --field or --from; "
            "`digest init --field list` names the fields"
        )
    else:
        files = _example_files()
    try:
        (folder / "dumps").mkdir(parents=True, exist_ok=True)
        for name, content in files:
            _write(folder / name, content, context)
    except FileExistsError as error:
        raise UsageError(f"{error.filename} is a file; a folder of that name is needed") from error
    except OSError as error:
        raise UsageError(f"cannot write {error.filename or folder}: {error.strerror}") from error
    place = "" if arguments.folder == "." else f"cd {quote(arguments.folder)} && "
    more = (
        "Then replace the example rules in config.yaml with your own."
        if fields
        else "Then delete the keywords in config.yaml that you do not want."
        if arguments.origin is not None
        else "Then put your rules into config.yaml, and lists of papers into dumps/."
    )
    context.console.result(f"\nNext: {place}digest run\n{more}")
    return DONE


def _example_files() -> list[tuple[str, bytes]]:
    source = examples()
    paths = [source / "config.yaml", *sorted((source / "dumps").iterdir())]
    return [(path.relative_to(source).as_posix(), path.read_bytes()) for path in paths]


def _wishes(arguments: argparse.Namespace) -> ConfigWishes:
    """Return where and when to deliver digests; raises `UsageError` for invalid values."""
    try:
        email = Mailbox.parse(arguments.email).address if arguments.email else ""
    except ValueError as error:
        raise UsageError(f"--email {arguments.email!r} {error}") from error
    if arguments.at and not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", arguments.at):
        raise UsageError(f"--at {arguments.at!r} must be a time such as 07:00")
    return ConfigWishes(arguments.contact, email, arguments.at, arguments.site)


def _starter(
    names: Sequence[str], sources: Sequence[str], wishes: ConfigWishes
) -> list[tuple[str, bytes]]:
    """Return the config for these fields; raises `UsageError` for an unknown field."""
    from digest.config.sources import KINDS

    for name in names:
        if name not in FIELDS:
            known = f"known: {', '.join(FIELDS)}"
            raise UsageError(f"there is no field {name!r}; {known}{did_you_mean(name, FIELDS)}")
    fields = [FIELDS[name] for name in dict.fromkeys(names)]
    kinds = list(dict.fromkeys(sources))
    for kind in kinds:
        if kind not in KINDS:
            known = f"known: {', '.join(KINDS)}"
            raise UsageError(
                f"there is no kind of source {kind!r}; {known}{did_you_mean(kind, KINDS)}"
            )
        if kind in NEEDS_MORE:
            raise UsageError(f"{kind} needs its {NEEDS_MORE[kind]}; add it to config.yaml yourself")
    if not kinds:
        kinds = list(dict.fromkeys(kind for field in fields for kind in default_sources(field)))
    text = starter_config(fields, kinds, wishes)
    return [("config.yaml", text.encode())]


def _from_file(
    arguments: argparse.Namespace, wishes: ConfigWishes, context: Context
) -> list[tuple[str, bytes]]:
    """Return a config with rules from somebody's references or another program's config."""
    from digest.cli.commands._first_rules import rules_from

    rules, categories = rules_from(Path(arguments.origin), context)
    kinds = list(dict.fromkeys(arguments.source)) or ["arxiv", "huggingface"]
    text = config_with_rules(rules, kinds, categories, wishes)
    return [("config.yaml", text.encode())]


def _is_terminal(context: Context) -> bool:
    """Return whether a person can be asked."""
    return sys.stdin is not None and sys.stdin.isatty() and context.console.err.isatty()


def _ask_user(context: Context) -> tuple[list[str], str]:
    """Ask for fields and a mail address; without fields, write the examples."""
    context.console.note(f"Fields: {', '.join(FIELDS)}")
    answer = _answer(
        "Which are yours? (several with commas; Enter for invented examples) ", context
    )
    fields = [name.strip().lower() for name in answer.split(",") if name.strip()]
    if not fields or fields == ["list"]:
        return fields, ""
    return fields, _answer("Where to mail each digest? (Enter for files alone) ", context)


def _answer(question: str, context: Context) -> str:
    context.console.err.write(question)
    context.console.err.flush()
    return sys.stdin.readline().strip()


def _list_fields(context: Context) -> None:
    from digest.cli.commands._fields import FIELDS
    from digest.cli.console import table

    rows = [(name, field.title, ", ".join(field.arxiv)) for name, field in FIELDS.items()]
    context.console.result(table(rows))


def _write(target: Path, content: bytes, context: Context) -> None:
    """Write one file; never overwrite an existing one."""
    try:
        with target.open("xb") as file:
            file.write(content)
    except FileExistsError:
        context.console.result(f"kept   {target}")
    else:
        context.console.result(f"wrote  {target}")
