"""The program as a process: ``digest`` and ``python -m digest``."""

from __future__ import annotations

import sys
from typing import Final, NoReturn

INTERRUPTED: Final = 130
"""128 and the number of SIGINT, as shells have it."""


def program() -> NoReturn:
    """Run the command line and exit with its exit code."""
    try:
        from digest.cli.app import main

        code = main()
    except KeyboardInterrupt:  # while modules are loaded, or before a command could handle it
        sys.stderr.write("digest: interrupted\n")
        code = INTERRUPTED
    raise SystemExit(code)


if __name__ == "__main__":
    program()
