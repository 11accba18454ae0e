"""`digest mcp`: the library and the rules as tools for language models, over standard input."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.cli.commands._options import DONE, read_config
from digest.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from digest.cli.commands._options import Context

EXAMPLES = """\
  digest -c ~/papers/config.yaml mcp    the command that a client starts
  digest mcp --write                    also let it star, mark, note and tag papers"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `digest mcp`."""
    parser.add_argument(
        "--write", action="store_true", help="also offer the tools that change the reading list"
    )


def execute(arguments: argparse.Namespace, context: Context) -> int:
    """Serve until standard input ends; only the protocol uses standard output."""
    from importlib.util import find_spec

    read_config(arguments)  # report a faulty config now, not from each tool
    if find_spec("mcp") is None:
        raise UsageError(
            "`digest mcp` needs the SDK of the Model Context Protocol; "
            "`pip install 'digest-papers[mcp]'` installs it"
        )
    from digest.cli.mcp.server import make_server
    from digest.cli.mcp.tools import Tools

    tools = Tools(arguments.config, clock=context.clock, environment=context.environment)
    make_server(tools, may_write=arguments.write).run("stdio")
    return DONE
