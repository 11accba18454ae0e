"""gzip, encodings, foreign formats, sizes: everything before a record is read."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import tracemalloc
import zipfile
import zlib
from typing import TYPE_CHECKING, Literal

import pytest
from backports import zstd

from digest.dumps import read_dump
from digest.dumps.lines import cut_lines, whole_lines
from digest.dumps.stream import Content
from digest.dumps.unpack import CHUNK, RATIO_FREE
from digest.errors import DumpError
from digest.model import Record
from tests.dumps.read_bytes import TODAY, read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LINES = b"".join(b'{"title": "Paper %d"}\n' % number for number in range(2000))


def bomb(size: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    zeros = bytes(1 << 20)
    return b"".join(packer.compress(zeros) for _ in range(size >> 20)) + packer.flush()


def test_gzip_is_opened_whatever_the_name() -> None:
    assert read(gzip.compress(LINES), name="papers.txt").records == read(LINES).records


@pytest.mark.parametrize("compress", [bz2.compress, lzma.compress, zstd.compress])
def test_other_compressions_are_opened(compress: Callable[[bytes], bytes]) -> None:
    packed = compress(LINES)
    assert read(packed, name="papers.txt").records == read(LINES).records
    assert read(compress(LINES[:600]) + compress(LINES[600:])).records == read(LINES).records


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:xz"])
def test_members_of_an_archive_are_dumps(mode: Literal["w", "w:gz", "w:xz"]) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for name, content in MEMBERS.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    check_members(out.getvalue())


def test_members_of_a_zip_archive_are_dumps() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in MEMBERS.items():
            archive.writestr(name, content)
    check_members(out.getvalue())


MEMBERS = {
    "README.md": b"Nothing but words.\n",
    "../2026-01-05.jsonl": b'{"title": "Salt"}\n',
    "more/2026-01-06.jsonl.gz": gzip.compress(b'{"title": "Rain"}\n'),
    "more/broken.csv": b"title,doi\nSand,10.1234/x,y,z\nSnow,10.1234/y\n",
}


def check_members(archive: bytes) -> None:
    result = read(archive, name="papers.zip")
    assert result.titles == ("Salt", "Rain", "Snow")
    assert [str(record.listed) for record in result.records] == ["2026-01-05", "2026-01-06", "None"]
    assert [(refusal.dump, refusal.kind) for refusal in result.refusals] == [
        ("papers.zip/README.md", "left out"),
        ("papers.zip/more/broken.csv", "refused"),
    ]


def test_gzip_of_several_members_and_padding() -> None:
    first, second = LINES[:600], LINES[600:]
    both = gzip.compress(first) + gzip.compress(second) + bytes(700)
    assert read(both).records == read(LINES).records


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.95])
def test_a_cut_gzip_keeps_what_came_before(kept: float) -> None:
    packed = gzip.compress(LINES, compresslevel=1)
    result = read(packed[: int(len(packed) * kept)])
    assert result.records
    assert result.records == read(LINES).records[: len(result.records)]
    assert result.refusals[-1].line == len(result.records) + 1
    assert "cut off" in result.refusals[-1].reason


def test_a_damaged_gzip_keeps_what_came_before() -> None:
    body = bytearray(gzip.compress(LINES * 8, compresslevel=1))
    body[-20_000:-19_000] = bytes(1000)
    result = read(bytes(body))
    assert result.records
    assert "damaged" in result.refusals[-1].reason


def test_a_cut_gzip_of_a_list_keeps_its_whole_entries() -> None:
    text = b"[" + b",\n".join(b'{"title": "Paper %d"}' % number for number in range(5_000)) + b"]"
    packed = gzip.compress(text)
    result = read(packed[: len(packed) // 2])
    assert 100 < len(result.records) < 5_000
    assert any("gzip ends in the middle" in refusal.reason for refusal in result.refusals)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (gzip.compress(b""), "is empty"),
        (gzip.compress(gzip.compress(LINES)), "gzip inside gzip"),
        (b"%PDF-1.7 ...", "a PDF"),
        (b"PAR1" + bytes(40), "a Parquet file"),
        (b"<?xml version='1.0'?><library/>", "XML with the root element <library>"),
        (b"<?xml?><OAI-PMH ?>", "begins like XML and has no root element"),
        (b"<!DOCTYPE html><title>Home</title><p>x", 'a saved web page titled "Home"'),
        (b"Dear diary,\ntoday nothing.\n", "no known format: it looks like a text"),
        (b"\x00\x01\x02\x03" * 100, "looks like binary data"),
        (b"def rain():\n    return 1\n", "looks like a program"),
        (b"{'title': 'Salt'}\n", "Python dictionaries"),
        (b"@article{salt, title={Salt}}\n", "import-papers"),
        (b"TY  - JOUR\nTI  - Salt\nER  -\n", "import-papers"),
        (b"From: a@example.org\nSubject: News\n\nHello\n", r'an e-mail message \("News"\)'),
        (b"id,year,doi,venue\n1,2,3,4\n", r"a table \(CSV\) with the columns id, year, doi, venue"),
        (b"Daily Papers\n\nGet trending papers in your email inbox!\n", "without a single paper"),
        (b"Daily Papers\nGet trending papers in your email inbox!\nS\xe4lz\n", "not UTF-8"),
        (
            b"Daily Papers\nGet trending papers in your email inbox!\n" + b" " * (17 << 20),
            "larger than 16",
        ),
    ],
    # By the reason alone: gzip notes the time, and several processes must name tests alike.
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_dump_that_is_refused_says_why(content: bytes, reason: str) -> None:
    with pytest.raises(DumpError, match=reason):
        read(content)


def test_what_no_reader_knows_is_told_where_to_look() -> None:
    with pytest.raises(DumpError, match=r"docs/formats\.md"):
        read("nothing of the kind")


@pytest.mark.parametrize("head", [b"", b'{"title": "Salt"}\n'])
def test_a_bomb_is_refused_early(head: bytes) -> None:
    content = gzip.compress(head) + bomb(RATIO_FREE * 3) if head else bomb(RATIO_FREE * 3)
    tracemalloc.start()
    try:
        try:
            reason = read(content).refusals[-1].reason
        except DumpError as error:
            reason = str(error)
        assert "decompression bombs" in reason or "no known format" in reason
        assert tracemalloc.get_traced_memory()[1] < 32 << 20
    finally:
        tracemalloc.stop()


def test_lines_are_read_one_by_one() -> None:
    given = 0

    class Endless(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            nonlocal given
            given += 1
            return LINES

    reading = read_dump(Endless(), name="dump", today=TODAY)  # type: ignore[call-overload]  # a raw stream reads alike
    first = [next(reading.items) for _ in range(5000)]
    assert all(isinstance(item, Record) for item in first)
    assert given < 10


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_chunk_borders_do_not_matter(size: int) -> None:
    content = b"one\r\ntwo\n\nfour\r\n\xc3\xa9nd"

    def pieces() -> Iterator[bytes]:
        for start in range(0, len(content), size):
            yield content[start : start + size]

    lines = [tuple(line) for some in whole_lines(pieces()) for line in cut_lines(some)]
    assert [line for line in lines if line[1]] == [
        (1, b"one"), (2, b"two"), (4, b"four"), (5, "énd".encode()),
    ]  # fmt: skip


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_over_long_lines_are_told_wherever_chunks_end(
    size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digest.dumps.lines.MAX_LINE", 5)
    content = b"1234\r\n123456\n\n1234567890123\n12345\n123456"
    pieces = iter([content[start : start + size] for start in range(0, len(content), size)])
    lines = [line for some in whole_lines(pieces) for line in cut_lines(some)]
    result = [(line.number, line.content) for line in lines if line.content != b""]
    assert result == [(1, b"1234"), (2, None), (4, None), (5, b"12345"), (6, None)]


def test_a_stream_that_gives_little_at_a_time_is_read_whole() -> None:
    class Slow(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(min(size or 1, 5))

    packed = gzip.compress(LINES)
    assert b"".join(Content(Slow(packed))) == LINES
    assert CHUNK > 5


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_marks_tell_the_encoding(encoding: str) -> None:
    assert read('{"title": "Sälz"}\n'.encode(encoding)).titles == ("Sälz",)
