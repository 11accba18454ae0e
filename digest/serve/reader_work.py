"""Use the reading list of one reader, its files included."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, TypeVar

from digest.errors import LibraryError
from digest.reading_list.reader_lists import ReaderLists
from digest.reading_list.sync import ReadingLists

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.library import Library
    from digest.serve.state import ServerState

Result = TypeVar("Result")


def with_reader_lists(
    app_state: ServerState,
    reader: str,
    work: Callable[[ReaderLists], Result],
    *,
    changes: bool = False,
) -> Callable[[Library], Result]:
    """Return a job for `ServerState.ask` that does some work on a reader's lists.

    Changes in the files are stored before it and, if it `changes` anything, the files are updated
    after it. An active run does both itself; then the files are left to it, and to the next check
    of `digest.serve.refresh`. A change is in the library in any case.
    """

    def job(library: Library) -> Result:
        profiles = app_state.profiles(reader)
        lists = ReadingLists(library, app_state.config.output, profiles, clock=app_state.clock)
        reader_lists = ReaderLists(library, lists, reader, profiles, app_state.clock())
        with ExitStack() as stack:
            is_free = True
            try:
                stack.enter_context(library.lock())
            except LibraryError:
                is_free = False
            if is_free:
                lists.read()
            result = work(reader_lists)
            if is_free and (changes or reader in app_state.unwritten):
                lists.write()
                app_state.unwritten.discard(reader)
        if changes and not is_free:
            app_state.unwritten.add(reader)
        return result

    return job
