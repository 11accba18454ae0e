"""The program as a process: ``digest`` and ``python -m digest``."""

from __future__ import annotations

from typing import NoReturn


def program() -> NoReturn:
    """Run the command line and exit with its exit code."""
    from digest.cli.app import main

    raise SystemExit(main())


if __name__ == "__main__":
    program()
