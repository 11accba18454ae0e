"""Feed damaged dumps to the readers, and check that they only refuse them.

    python -m benchmarks.fuzz_readers --seconds 300 --family xml ../shared/data/samples

Seeds are the files of a folder, told apart by what they are. Each input is a seed that was cut, had
bits flipped, pieces dropped, doubled or swapped, was encoded or compressed anew, or was put
together with another. A finding is any exception but `DumpError`, a record with a field that no
record may have, a record of a cut dump that the whole dump does not have, or an input that takes
longer than ten times what its seed takes. Prints the counts and each finding, and exits with 1
where there is one.
"""

from __future__ import annotations

import argparse
import bz2
import gzip
import io
import random
import re
import sys
import time
import traceback
from collections import Counter
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from digest.bibliography.dump import READERS
from digest.dumps import read_dump
from digest.dumps.dump_limits import mostly_understood
from digest.dumps.sniff import sniff
from digest.dumps.stream import Content
from digest.errors import DumpError
from digest.model import Record, Refusal
from digest.text.addresses import safe_url
from digest.text.clean import clean_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

TODAY: Final = date(2026, 11, 30)
SLOW: Final = 2.0
"""Seconds of processor time that any input may take; more is slow if it is ten times its seed's,
for as many bytes."""
ARXIV: Final = re.compile(r"\d{4}\.\d{4,5}|[a-z]+(?:-[a-z]+)?/\d{7}")


class Seed(NamedTuple):
    """A dump that is as it should be."""

    name: str
    content: bytes


class Finding(NamedTuple):
    """An input with which something went wrong."""

    seed: str
    mutation: str
    what: str
    content: bytes


def read(content: bytes, name: str = "dump") -> list[Record]:
    """Return the records of a dump; none of one that is refused as a whole."""
    try:
        reading = read_dump(io.BytesIO(content), name=name, today=TODAY, readers=READERS)
        items = list(mostly_understood(reading.items, name, reading.folded))
    except DumpError:
        return []
    for item in items:
        if not isinstance(item, (Record, Refusal)):
            raise TypeError(f"an item that is neither record nor refusal: {item!r}")
    return [item for item in items if isinstance(item, Record)]


def fault_in(record: Record) -> str:
    """Return what no record may hold; "" where all is well."""
    if not record.title.strip() or len(record.title) > 2_000:
        return f"a title of {len(record.title)} characters"
    texts = (record.title, record.abstract, record.journal, record.comment, record.summary)
    urls = (record.url, record.pdf_url, record.code_url, record.html_url, record.project_url)
    if text := next((t for t in texts if t and clean_text(t, latex=False) != t), ""):
        return f"a text that is not clean: {text[:80]!r}"
    if url := next((url for url in urls if url and safe_url(url) != url), ""):
        return f"an address that is not safe: {url[:80]!r}"
    return _fault_in_identifiers(record)


def _fault_in_identifiers(record: Record) -> str:
    if record.arxiv_id is not None and not ARXIV.fullmatch(record.arxiv_id):
        return f"an identifier that is none: {record.arxiv_id!r}"
    if record.doi is not None and not record.doi.startswith("10."):
        return f"a DOI that is none: {record.doi!r}"
    if any(not str(name).strip() for name in record.authors or ()):
        return "an author without a name"
    if record.line < 1:
        return f"line {record.line}"
    return ""


# --- mutations -----------------------------------------------------------------------------------


def cut(data: bytes, chance: random.Random) -> bytes:
    """Keep the beginning."""
    return data[: chance.randrange(len(data) + 1)]


def flip(data: bytes, chance: random.Random) -> bytes:
    """Flip some bits."""
    mutated = bytearray(data)
    for _ in range(chance.choice((1, 1, 3, 20))):
        mutated[chance.randrange(len(mutated))] ^= 1 << chance.randrange(8)
    return bytes(mutated)


def drop(data: bytes, chance: random.Random) -> bytes:
    """Drop a piece."""
    start = chance.randrange(len(data))
    return data[:start] + data[start + chance.choice((1, 10, 500)) :]


def double(data: bytes, chance: random.Random) -> bytes:
    """Repeat a piece many times."""
    start = chance.randrange(len(data))
    piece = data[start : start + chance.choice((1, 8, 300))]
    return data[:start] + piece * chance.choice((2, 50, 2_000)) + data[start:]


def swap(data: bytes, chance: random.Random) -> bytes:
    """Exchange two pieces."""
    places = sorted(chance.randrange(len(data) + 1) for _ in range(3))
    a, b, c = places
    return data[:a] + data[b:c] + data[a:b] + data[c:]


def recode(data: bytes, chance: random.Random) -> bytes:
    """Encode as another program would."""
    text = data.decode("utf-8", "replace")
    encoding = chance.choice(("utf-16", "utf-8-sig", "latin-1", "cp1252", "utf-16-le", "utf-32"))
    return text.encode(encoding, "replace")


def compress(data: bytes, chance: random.Random) -> bytes:
    """Compress, and damage what is compressed."""
    packed = chance.choice((gzip.compress, bz2.compress))(data)
    return flip(packed, chance) if chance.random() < 0.5 else cut(packed, chance)


def noise(data: bytes, chance: random.Random) -> bytes:
    """Put signs that mean something to some reader into the middle."""
    start = chance.randrange(len(data) + 1)
    signs = (
        b"\x00",
        b"\r",
        b"{",
        b"[",
        b'"',
        b"<",
        b"]]>",
        b"<![CDATA[",
        b"&x;",
        b"\\\\\n",
        b"|",
        b"```\n",
        b"\xff",
        b"\xed\xa0\x80",
        b"\\u0000",
        b"1e999",
        b"NaN",
        b"</item>",
        b"<item>",
    )
    return data[:start] + chance.choice(signs) * chance.choice((1, 3, 300)) + data[start:]


MUTATIONS: Final[dict[str, Callable[[bytes, random.Random], bytes]]] = {
    "cut": cut, "flip": flip, "drop": drop, "double": double, "swap": swap, "recode": recode,
    "compress": compress, "noise": noise,
}  # fmt: skip


# --- the run -------------------------------------------------------------------------------------


def inputs(seeds: list[Seed], chance: random.Random) -> Iterator[tuple[Seed, str, bytes]]:
    """Yield damaged dumps without end."""
    while True:
        seed = chance.choice(seeds)
        if chance.random() < 0.1:
            yield seed, "joined", seed.content + chance.choice(seeds).content
            continue
        names = [chance.choice(list(MUTATIONS)) for _ in range(chance.choice((1, 1, 1, 2, 3)))]
        data = seed.content
        for name in names:
            data = MUTATIONS[name](data, chance) if data else data
        yield seed, "+".join(names), data


def check(seed: Seed, mutation: str, data: bytes, whole: Whole) -> Finding | None:
    """Read one input; return what went wrong with it."""
    begun = time.process_time()
    try:
        records = read(data, seed.name)
    except Exception:  # noqa: BLE001 - any exception is what is looked for
        return Finding(seed.name, mutation, traceback.format_exc(limit=-4), data)
    took = time.process_time() - begun
    larger = max(1.0, len(data) / len(seed.content))
    if took > SLOW and took > 10 * larger * whole.seconds(seed):
        return Finding(seed.name, mutation, f"took {took:.1f} s", data)
    fault = next(filter(None, map(fault_in, records)), "")
    if not fault and mutation == "cut":
        new = {record.title for record in records} - whole.titles(seed)
        fault = f"a title that the whole dump does not have: {min(new)!r}" if new else ""
    return Finding(seed.name, mutation, fault, data) if fault else None


class Whole:
    """What the seeds give as they are."""

    def __init__(self) -> None:
        self._known: dict[Seed, tuple[frozenset[str], float]] = {}

    def _read(self, seed: Seed) -> tuple[frozenset[str], float]:
        if seed not in self._known:
            begun = time.process_time()
            titles = frozenset(record.title for record in read(seed.content, seed.name))
            self._known[seed] = (titles, time.process_time() - begun)
        return self._known[seed]

    def titles(self, seed: Seed) -> frozenset[str]:
        """Return the titles of a seed."""
        return self._read(seed)[0]

    def seconds(self, seed: Seed) -> float:
        """Return the processor time that a seed takes."""
        return self._read(seed)[1]


def family(content: bytes) -> str:
    """Return what a seed is; "refused" for what no reader takes."""
    try:
        opened = Content(io.BytesIO(content))
        return opened.archive or sniff(opened.head)
    except DumpError:
        return "refused"


def seeds_in(folders: Iterable[Path], wanted: str) -> list[Seed]:
    """Return the seeds of a family, smaller than 300 kB."""
    seeds = []
    for path in sorted(path for folder in folders for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        if 0 < len(content) < 300_000 and wanted in ("all", family(content)):
            seeds.append(Seed(f"{path.parent.name}/{path.name}", content))
    return seeds


def main() -> int:
    """Fuzz for some seconds; return 1 where something was found."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--family", default="all", help="json, xml, html, mail, listing, csv, …")
    parser.add_argument("--seconds", type=float, default=60, help="of processor time")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, help="folder for inputs that were findings")
    arguments = parser.parse_args()
    seeds = seeds_in(arguments.folders, arguments.family)
    if not seeds:
        print(f"no seeds of the family {arguments.family}")
        return 2
    whole, end, counts = Whole(), time.process_time() + arguments.seconds, Counter[str]()
    result: dict[str, Finding] = {}
    for seed, mutation, data in inputs(seeds, random.Random(arguments.seed)):
        if time.process_time() > end:
            break
        counts["inputs"] += 1
        if arguments.keep:
            arguments.keep.mkdir(parents=True, exist_ok=True)
            (arguments.keep / "last").write_bytes(data)
        if finding := check(seed, mutation, data, whole):
            counts["findings"] += 1
            key = finding.what[-200:]
            if key not in result:
                result[key] = finding
                print(f"{finding.seed} {finding.mutation}:\n{finding.what}", flush=True)
                if arguments.keep:
                    (arguments.keep / f"{len(result):03}-{Path(finding.seed).name}").write_bytes(
                        finding.content
                    )
    print(
        f"{arguments.family}: {len(seeds)} seeds, {counts['inputs']:,} inputs, "
        f"{counts['findings']:,} findings, {len(result)} different"
    )
    return 1 if result else 0


if __name__ == "__main__":
    sys.exit(main())
