"""Read the sources of the config into the library, one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.model import FolderSource
from digest.pipeline.ingest import ingest_source

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from digest.library import Library
    from digest.model.sources import Source
    from digest.pipeline.fetch import Fetcher
    from digest.pipeline.ingest import Intake, Progress


def collect_sources(  # noqa: PLR0913 - keywords
    library: Library,
    sources: Iterable[Source],
    *,
    fetcher: Fetcher,
    today: date,
    progress: Progress,
    is_online: bool = True,
) -> tuple[Intake, ...]:
    """Read the folders and fetch the services; offline, only read what is already stored."""
    intakes: list[Intake] = []
    for source in sources:
        if isinstance(source, FolderSource):
            intakes.append(ingest_source(library, source, today=today, progress=progress))
        elif is_online:
            intakes.append(fetcher.fetch(source, today=today))
        else:
            intakes.append(fetcher.read(source, today=today))
    if is_online:
        fetcher.look_up()
    return tuple(intakes)


def index_new_words(library: Library, sources: Iterable[Intake]) -> None:
    """Index the words of new papers for `digest match`, at most a thousand papers per run."""
    if any(source.records for source in sources) and len(library.forms.groups()) > 1:
        from digest.search import refresh_forms  # here: numpy, and many runs have nothing new

        refresh_forms(library, growing=False)
