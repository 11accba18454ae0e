"""`digest init`: a config to begin with, and dumps to try it on."""

from __future__ import annotations

from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from digest.cli.commands._options import DONE
from digest.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from digest.cli.commands._options import Context

EXAMPLES = """\
  digest init           in this folder
  digest init papers    in the folder papers, made if need be"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `digest init`."""
    parser.add_argument("folder", nargs="?", default=".", metavar="DIR", help="default: here")


def examples() -> Path:
    """Return the folder of examples: inside an installed package, beside it in a checkout."""
    package = Path(__file__).resolve().parents[2]
    inside = package / "examples"
    return inside if inside.is_dir() else package.parent / "examples"


def execute(arguments: argparse.Namespace, context: Context) -> int:
    """Copy the examples that are not there yet, and say what to do next."""
    folder = Path(arguments.folder)
    source = examples()
    files = [source / "config.yaml", *sorted((source / "dumps").iterdir())]
    try:
        (folder / "dumps").mkdir(parents=True, exist_ok=True)
        for path in files:
            _copy(path, folder / path.relative_to(source), context)
    except FileExistsError as error:
        raise UsageError(f"{error.filename} is a file; a folder of that name is needed") from error
    except OSError as error:
        raise UsageError(f"cannot write {error.filename or folder}: {error.strerror}") from error
    place = "" if arguments.folder == "." else f"cd {quote(arguments.folder)} && "
    context.console.result(
        f"\nNext: {place}digest run\n"
        "Then put your rules into config.yaml, and your dumps into dumps/."
    )
    return DONE


def _copy(source: Path, target: Path, context: Context) -> None:
    """Copy one file; one that is there stays, whatever it holds."""
    try:
        with target.open("xb") as file:
            file.write(source.read_bytes())
    except FileExistsError:
        context.console.result(f"kept   {target}")
    else:
        context.console.result(f"wrote  {target}")
