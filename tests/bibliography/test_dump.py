"""Files of references in a source's folder are read as papers."""

from __future__ import annotations

import gzip
import io
from datetime import date

import pytest

from digest.bibliography.dump import READERS
from digest.dumps import read_dump
from digest.errors import DumpError
from digest.model import Record, Refusal

BIBTEX = """% Encoding: UTF-8
@string{jv = {Journal of Volcanoes}}

@article{berg2026,
  title = {On {Sleeping} Volcanoes},
  author = {Berg, Ada and Day, Bo and others},
  journal = jv,
  year = 2026,
  month = mar,
  doi = {10.1234/volc.17},
  abstract = {They sleep.}
}

@misc{day2026,
  author = {Day, Bo},
  eprint = {2601.00017},
  archivePrefix = {arXiv}
}

@inproceedings{holt2025,
  title = {Pumice that Floats},
  author = {Holt, Cleo},
  booktitle = {Proceedings of Stones},
  year = {2025}
}
"""
RIS = """TY  - JOUR
TI  - Ash in the Air
AU  - Berg, Ada
PY  - 2024
DO  - 10.1234/ash.3
ER  -
"""


def read(content: bytes, name: str = "papers.bib") -> tuple[str, list[Record], list[Refusal]]:
    reading = read_dump(io.BytesIO(content), name=name, today=date(2026, 11, 30), readers=READERS)
    items = list(reading.items)
    records = [item for item in items if isinstance(item, Record)]
    return reading.format, records, [item for item in items if isinstance(item, Refusal)]


def test_bibtex_is_read_with_the_lines_of_its_entries() -> None:
    kind, records, refused = read(BIBTEX.encode())
    assert kind == "bibtex"
    assert [(record.line, record.title) for record in records] == [
        (4, "On Sleeping Volcanoes"),
        (20, "Pumice that Floats"),
    ]
    berg = records[0]
    assert (berg.doi, berg.published and berg.published.isoformat()) == (
        "10.1234/volc.17", "2026-03",
    )  # fmt: skip
    assert [str(name) for name in berg.authors or ()] == ["Ada Berg", "Bo Day"]
    assert berg.author_count is None, "and others: more than are named"
    assert [(refusal.line, refusal.reason) for refusal in refused] == [
        (14, "this entry has no title")
    ]


def test_ris_is_read() -> None:
    kind, records, refused = read(RIS.encode())
    assert (kind, [record.title for record in records], refused) == ("ris", ["Ash in the Air"], [])


@pytest.mark.parametrize("text", [BIBTEX, RIS])
def test_what_wraps_the_text_does_not_count(text: str) -> None:
    plain = read(text.encode())[1]
    for content in (
        text.replace("\n", "\r\n").encode(),
        b"\xef\xbb\xbf" + text.encode(),
        text.encode("utf-16"),
        gzip.compress(text.encode()),
    ):
        assert read(content)[1] == plain


def test_what_is_cut_off_is_read_as_far_as_it_goes() -> None:
    long = BIBTEX + "".join(f"@misc{{k{n}, title = {{Stone {n * 7919}}}}}\n" for n in range(20_000))
    folded = gzip.compress(long.encode())
    _, records, refused = read(folded[: len(folded) // 2])
    assert records[0].title == "On Sleeping Volcanoes"
    assert 100 < len(records) < 20_000
    assert "what came before it was read" in refused[-1].reason


def test_without_the_readers_it_is_refused_by_name() -> None:
    with pytest.raises(DumpError, match="a file of references"):
        read_dump(io.BytesIO(RIS.encode()), name="a.ris", today=date(2026, 11, 30))
