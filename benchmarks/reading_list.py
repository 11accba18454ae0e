"""Measure a reading list: reading a file and writing one.

    python -m benchmarks.reading_list [--entries 5000] [--times 3]

In a folder of its own, on the disk of temporary files. First with that many papers ever listed and
the usual inbox of seven days: a sync in which nothing has changed, and one after a new digest. Then
with all of them kept in the file: the first writing; a sync in which nothing has changed; one after
every tenth box was ticked, every tenth entry was given a note and every tenth was deleted; and one
after a new digest. The best of some times.
"""

from __future__ import annotations

import argparse
import gc
import tempfile
import time
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from tests.reading_list.shelf import Shelf, profile

if TYPE_CHECKING:
    from collections.abc import Callable

A_DAY = 50
"""Papers of one digest."""


def measure(entries: int) -> list[tuple[str, float, float]]:
    """Return what was done, the seconds that it took, and those of the processor alone."""
    rows: list[tuple[str, float, float]] = []

    def timed(what: str, action: Callable[[], object]) -> None:
        begun, used = time.perf_counter(), time.process_time()
        action()
        rows.append((what, time.perf_counter() - begun, time.process_time() - used))

    with tempfile.TemporaryDirectory() as folder:
        shelf = _filled(Path(folder), entries, inbox_days=7)
        shelf.sync()
        timed(f"inbox, of {entries:,} listed: nothing new", shelf.sync)
        shelf.select(A_DAY)
        timed(f"inbox: {A_DAY} new ones, as many leave", partial(shelf.sync, days=1))
    with tempfile.TemporaryDirectory() as folder:
        shelf = _filled(Path(folder), entries, inbox_days=None)
        timed(f"write {entries:,} entries", shelf.sync)
        timed("nothing has changed", shelf.sync)
        shelf.text = "\n".join(_edited(shelf.text.split("\n")))
        timed("take in and write every third", shelf.sync)
        shelf.select(A_DAY)
        timed(f"write {A_DAY} new ones", shelf.sync)
    return rows


def _filled(folder: Path, entries: int, *, inbox_days: int | None) -> Shelf:
    """Return a shelf whose digests brought that many papers, a few a day."""
    shelf = Shelf(folder, replace(profile(), inbox_days=inbox_days))
    with shelf.library.transaction():
        for _ in range(0, entries, A_DAY):
            shelf.select(A_DAY)
            shelf.now += timedelta(days=1)
    return shelf


def _edited(lines: list[str]) -> list[str]:
    """Return the lines as a busy reader leaves them."""
    edited: list[str] = []
    for number, line in enumerate(lines):
        match number % 10 if line.startswith("- [ ]") else None:
            case 0:
                edited.append(line.replace("[ ]", "[x]", 1))
            case 1:
                edited += [line, "  A note of *mine*, on two", "  lines. #later"]
            case 2:
                pass
            case _:
                edited.append(line)
    return edited


def main() -> None:
    """Measure once, and print a line for each step."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--entries", type=int, default=5_000)
    gc.set_threshold(50_000)  # as the program itself
    parser.add_argument("--times", type=int, default=3)
    arguments = parser.parse_args()
    runs = [measure(arguments.entries) for _ in range(arguments.times)]
    for rows in zip(*runs, strict=True):
        what, seconds, used = min(rows, key=lambda row: row[1])
        print(f"{what:<42} {seconds * 1000:>8,.0f} ms {used * 1000:>8,.0f} ms of the processor")


if __name__ == "__main__":
    main()
