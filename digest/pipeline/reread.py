"""Read dumps again after a reader was fixed: answers of services, and files of folders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from digest.bibliography.dump import READERS
from digest.dumps import read_dump
from digest.dumps.dump_limits import mostly_understood
from digest.dumps.reader_types import Fields
from digest.errors import DumpError
from digest.model import DumpInfo, FolderSource, Refusal
from digest.pipeline.answer_files import answers_folder, open_answer, read_answer, shown_name
from digest.sources.folder import collect, open_dump

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from contextlib import AbstractContextManager
    from datetime import date
    from pathlib import Path
    from typing import BinaryIO

    from digest.config import Config
    from digest.library import IngestResult, Library
    from digest.model.sources import Source


class RereadResult(Struct, frozen=True):
    """The result of reading again."""

    dumps: int = 0
    records: int = 0
    new_records: int = 0
    """Records that the earlier reading did not have."""
    refused: tuple[Refusal, ...] = ()


def reread(
    library: Library,
    config: Config,
    sources: Iterable[Source],
    *,
    since: date | None,
    today: date,
) -> RereadResult:
    """Read the dumps of `sources` for day `since` or later again, oldest first."""
    folder = answers_folder(config.library)
    total = RereadResult()
    for source in sources:
        if isinstance(source, FolderSource):
            dumps = _from_folder(library, source, since, today)
        else:
            dumps = _from_answers(library, folder, source.name, since, today)
        for dump in dumps:
            total = _sum(total, dump)
    return total


def _sum(total: RereadResult, result: IngestResult | Refusal) -> RereadResult:
    if isinstance(result, Refusal):
        return replace(total, refused=(*total.refused, result))
    return RereadResult(
        total.dumps + 1,
        total.records + result.records,
        total.new_records + result.new_papers,
        (*total.refused, *result.refused),
    )


def _from_answers(
    library: Library, folder: Path, source: str, since: date | None, today: date
) -> Iterator[IngestResult | Refusal]:
    for stored in library.answers.all_of(source, since=since):
        name = shown_name(folder, stored)
        try:
            if stored.dump is None:
                yield read_answer(library, folder, stored, today=today)
            else:
                opened = open_answer(folder / stored.file)
                yield _read_again(
                    library, opened, stored.dump, (name, source, stored.sha256), today
                )
        except DumpError as error:
            yield Refusal(name, error.line, f"the dump {error.reason}")


def _from_folder(
    library: Library, source: FolderSource, since: date | None, today: date
) -> Iterator[IngestResult | Refusal]:
    """Read files whose content the library knows; new ones are left to `run`."""
    for dump in collect(source).dumps:
        try:
            with open_dump(dump.path) as opened:
                number = library.dumps.number_of(opened.sha256)
                day = library.dumps.day_of(number) if number is not None else None
                if number is None or (since is not None and (day is None or day < since)):
                    continue
                reading = read_dump(
                    opened.stream,
                    name=dump.name,
                    today=today,
                    fields=Fields(source.fields),
                    readers=READERS,
                )
                info = DumpInfo(
                    dump.name,
                    source.name,
                    opened.sha256,
                    reading.format,
                    reading.day,
                    reading.day_inferred,
                )
                items = mostly_understood(reading.items, dump.name, reading.folded)
                yield library.dumps.replace(number, info, items)
        except DumpError as error:
            yield Refusal(dump.name, error.line, f"the dump {error.reason}")


def _read_again(
    library: Library,
    opened: AbstractContextManager[BinaryIO],
    number: int,
    dump: tuple[str, str, str],
    today: date,
) -> IngestResult:
    name, source, sha256 = dump
    with opened as stream:
        reading = read_dump(stream, name=name, today=today, readers=READERS)
        info = DumpInfo(name, source, sha256, reading.format, reading.day, reading.day_inferred)
        items = mostly_understood(reading.items, name, reading.folded)
        return library.dumps.replace(number, info, items)
