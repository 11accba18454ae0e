"""The program as a process: ``digest`` and ``python -m digest``."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from typing import Final, NoReturn

_OBJECTS: Final = 200_000
"""New objects after which Python looks for rings of unused ones: more than a daily run makes. At
its own 700 it looks at all that a start imports, over and over, and finds nothing: a sixth of the
time of such a run."""


def program() -> NoReturn:
    """Run the command line, and end the process with its exit code."""
    gc.set_threshold(_OBJECTS)
    from digest.cli import main  # which already makes thousands of objects

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
