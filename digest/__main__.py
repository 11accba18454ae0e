"""The program as a process: ``digest`` and ``python -m digest``."""

from __future__ import annotations

import atexit
import os
import sys
from typing import NoReturn

from digest.cli import main


def program() -> NoReturn:
    """Run the command line, and end the process with its exit code."""
    code = main()
    atexit.register(_end, code)
    raise SystemExit(code)


def _end(code: int) -> None:
    """End the process now that all is done and written, and leave the rest to the system.

    Python would first take apart each module and object that lives, a tenth of the time of a daily
    run. This comes after all threads have ended and is called before whatever else is to be done
    at exit; should anything in it fail, Python ends in its own way.
    """
    atexit.unregister(_end)
    atexit._run_exitfuncs()  # noqa: SLF001 - there is no other way not to leave them out
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:  # closed by who called us
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    program()
