"""The folder beside a library that holds the bodies of service answers, one gzip file each.

A file is written atomically and never changed. Its gzip comment holds the URL, the time and the
headers, for people who find the file without the library.
"""

from __future__ import annotations

import gzip
import os
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from digest.errors import DumpError
from digest.model import Refusal
from digest.pipeline.ingest import Intake, ingest_stream

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime
    from pathlib import Path

    from digest.library import IngestResult, Library, StoredAnswer
    from digest.sources.request import Answer


def answers_folder(library: Path) -> Path:
    """Return the folder, beside a library, that holds the bodies of answers."""
    return library.with_name(library.name + ".dumps")


def answer_name(source: str, day: date, number: int) -> str:
    """Return the path of an answer below the folder: `arxiv/2026-11-30-17.gz`."""
    folder = re.sub(r"[^\w.-]+", "-", source).strip("-.") or "source"
    return f"{folder}/{day}-{number}.gz"


def shown_name(folder: Path, stored: StoredAnswer) -> str:
    """Return the name of an answer in messages and as a dump."""
    return f"{folder.name}/{stored.file}"


def write_answer(path: Path, answer: Answer) -> None:
    """Write a compressed body atomically; the gzip comment holds its URL and time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    with part.open("wb") as file:
        file.write(pack(answer))
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def pack(answer: Answer) -> bytes:
    """Return the body as gzip; the comment (RFC 1952, section 2.3.1) says where it comes from."""
    lines = [answer.url, answer.moment.isoformat()]
    lines += [f"{name}: {value}" for name, value in answer.headers]
    comment = "\n".join(lines).encode("latin-1", "replace").replace(b"\0", b"")
    packed = gzip.compress(answer.body, mtime=0)
    flags_at, fixed = 3, 10
    head = bytearray(packed[:fixed])
    head[flags_at] |= 0x10
    return bytes(head) + comment + b"\0" + packed[fixed:]


@contextmanager
def open_answer(path: Path) -> Iterator[BinaryIO]:
    """Open a stored body; raises DumpError if it cannot be read."""
    try:
        with gzip.open(path) as stream:
            yield stream  # type: ignore[misc]  # a GzipFile reads bytes as a BinaryIO does
    except (OSError, EOFError) as error:
        raise DumpError(f"cannot be read: {error}") from None


def read_answer(
    library: Library, folder: Path, stored: StoredAnswer, *, today: date
) -> IngestResult:
    """Read a stored answer as a dump; raises `DumpError` if it is refused as a whole."""
    with open_answer(folder / stored.file) as stream:
        ingested = ingest_stream(
            library,
            stream,
            sha256=stored.sha256,
            source=stored.source,
            name=shown_name(folder, stored),
            today=today,
        )
    library.answers.mark_read(stored.id, ingested.dump)
    return ingested


def read_unread(
    library: Library, folder: Path, source: str, *, today: date, oldest: datetime
) -> tuple[Intake, dict[date, str]]:
    """Read the unread answers of a source that came since `oldest`.

    Return what they brought and, by day, why an answer could not be read.
    """
    ingested_answers: list[IngestResult] = []
    refused: list[Refusal] = []
    unreadable: dict[date, str] = {}
    for stored in library.answers.unread(source):
        if stored.fetched < oldest:
            continue
        try:
            ingested = read_answer(library, folder, stored, today=today)
        except DumpError as error:
            name = shown_name(folder, stored)
            refused.append(Refusal(name, error.line, f"the dump {error.reason}"))
            unreadable[stored.day] = f"its answer could not be read: it {error.reason}"
        else:
            ingested_answers.append(ingested)
            refused += ingested.refused
    intake = Intake(
        source,
        dumps=sum(not intake.repeated for intake in ingested_answers),
        records=sum(intake.records for intake in ingested_answers),
        new_papers=sum(intake.new_papers for intake in ingested_answers),
        refused=tuple(refused),
    )
    return intake, unreadable
