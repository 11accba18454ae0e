"""The program as a process: ``digest`` and ``python -m digest``."""

from __future__ import annotations

import gc
import sys
from typing import Final, NoReturn

INTERRUPTED: Final = 130
"""128 plus the number of SIGINT, as in shells."""
_OBJECTS: Final = 200_000
"""New objects after which Python looks for unreachable cycles: more than a usual run creates. With
Python's default of 700 it scans all imported objects again and again: an eighth of a run's time."""


def program() -> NoReturn:
    """Run the command line and exit with its exit code."""
    gc.set_threshold(_OBJECTS)
    try:
        from digest.cli.app import main

        code = main()
    except KeyboardInterrupt:  # while modules are loaded, or before a command could handle it
        sys.stderr.write("digest: interrupted\n")
        code = INTERRUPTED
    raise SystemExit(code)


if __name__ == "__main__":
    program()
