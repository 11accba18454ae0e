"""`digest site`: build the static site and its feeds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.cli.commands._options import DONE, add_json, open_library, read_config
from digest.wording import counted

if TYPE_CHECKING:
    import argparse

    from digest.cli.commands._options import Context

EXAMPLES = """\
  digest site          make what has changed
  digest site --anew   make every page, and remove pages of papers and rules that are gone"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `digest site`."""
    parser.add_argument("--anew", action="store_true", help="make every page")
    add_json(parser)


def execute(arguments: argparse.Namespace, context: Context) -> int:
    """Build the site, and print its path."""
    from digest.pipeline.site import build
    from digest.site.build import FOLDER

    config = read_config(arguments)
    with open_library(config) as library, library.lock():
        built = build(config, library, rebuild=arguments.anew)
    index = config.output / FOLDER / "index.html"
    if arguments.json:
        context.console.json({"index": str(index), "pages": built.pages, "written": built.written})
    else:
        context.console.result(
            f"{index}: {counted(built.pages, 'file')} made, "
            f"{built.written:,} of them new or changed."
        )
    return DONE
