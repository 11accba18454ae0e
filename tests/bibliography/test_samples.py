"""Import and export real files of references: the table of docs/export.md."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

import pytest

from digest.bibliography import SUFFIXES
from digest.bibliography.read import read_references
from digest.errors import DumpError
from tests.cli.conftest import write
from tests.conftest import PROJECT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from digest.model.references import ReferenceEntry
    from tests.cli.conftest import Answer

pytestmark = [pytest.mark.shared, pytest.mark.slow]

PAGE = PROJECT / "docs" / "export.md"
BEGIN, END = "<!-- samples -->\n", "<!-- /samples -->"
SUFFIX_OF: dict[str, str] = {form: suffix for suffix, form in SUFFIXES.items()}
KINDS = ("bib", "biblatex", "bibtex", "ris", "nbib", "json")
FOLDERS = ("zotero", "csl-json", "pmlr", "acl-anthology", "pubmed")


def files(shared: Path) -> Iterator[tuple[str, Path]]:
    """Yield the files that hold references, and how the table names them."""
    for folder in FOLDERS:
        for path in sorted((shared / "data/samples" / folder).glob("*")):
            if path.suffix[1:] in KINDS:
                yield f"{folder}/{path.name}", path
    for case in sorted((shared / "cases/real-files").glob("*")):
        if case.name.startswith(("bib-", "ref-")):
            for path in sorted(case.glob("a.*")):
                yield case.name, path


def lost(before: tuple[ReferenceEntry, ...], after: tuple[ReferenceEntry, ...]) -> tuple[int, int]:
    """Return how many fields and keys of entries are not there again."""
    known = {entry.key: {name for name, _ in entry.fields} for entry in after}
    keys = sum(entry.key not in known for entry in before if entry.key)
    fields = sum(
        name not in known.get(entry.key, ()) for entry in before if entry.key
        for name, _ in entry.fields
    )  # fmt: skip
    return fields, keys


class RoundTrip(NamedTuple):
    """What is kept of a file that is imported and exported again in its own format."""

    name: str
    format: str
    entries: int
    papers: int
    merged: int
    refused: int
    fields_lost: int
    """0 for formats that are only read."""
    keys_lost: int


def round_trip(
    name: str, path: Path, folder: Path, digest: Callable[..., Answer]
) -> RoundTrip | None:
    """Import a file and export it again; return None if it holds no references."""
    try:
        read = read_references(path.read_bytes(), path.name)
    except DumpError:
        return None
    if not read.items:
        return None
    folder.mkdir()
    write(folder / "config.yaml", "sources: [dumps/]\nrules: [{name: All, query: 'title:/./'}]\n")
    config = str(folder / "config.yaml")
    result = json.loads(digest("-c", config, "import-papers", str(path), "--json").out)
    entries = tuple(item.entry for item in read.items)
    form = entries[0].format
    suffix = SUFFIX_OF.get(form, ".bib")
    out = folder / f"out{suffix}"
    digest("-c", config, "export", "id:*", "--output", str(out))
    second = tuple(item.entry for item in read_references(out.read_bytes(), "out").items)
    fields, keys = lost(entries, second)
    return RoundTrip(
        name, form, len(entries), result["papers"], len(result["merged"]), len(result["refused"]),
        fields if form in SUFFIX_OF else 0, keys,
    )  # fmt: skip


def row(form: str, trips: list[RoundTrip]) -> str:
    """Return the line of a format: the sums of its files."""
    sums = map(sum, zip(*(trip[2:] for trip in trips), strict=True))
    return f"| {form} | {len(trips)} | {' | '.join(map(str, sums))} |"


def test_every_sample_goes_out_with_all_that_it_had(
    shared: Path, tmp_path: Path, digest: Callable[..., Answer], request: pytest.FixtureRequest
) -> None:
    trips = [
        trip
        for number, (name, path) in enumerate(files(shared))
        if (trip := round_trip(name, path, tmp_path / str(number), digest)) is not None
    ]
    assert len(trips) > 20
    assert [trip for trip in trips if trip.fields_lost or trip.keys_lost] == []
    forms = dict.fromkeys(trip.format for trip in trips)
    rows = [row(form, [trip for trip in trips if trip.format == form]) for form in sorted(forms)]
    columns = ("format", "files", *(name.replace("_", " ") for name in RoundTrip._fields[2:]))
    head = f"| {' | '.join(columns)} |\n|---|{'--:|' * (len(columns) - 1)}\n"
    table = head + "\n".join(rows) + "\n"
    page = PAGE.read_text("utf-8")
    before, rest = page.split(BEGIN)
    known, after = rest.split(END)
    if request.config.getoption("--renew"):
        PAGE.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}", encoding="utf-8")
        known = f"\n{table}\n"
    assert known.strip() == table.strip(), "docs/export.md: run this test with --renew"
