"""Read files of reference managers, as programs and people write them, whole and damaged."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.bibliography import bibtex_blocks
from digest.bibliography import read as reader
from digest.bibliography.read import File, own_ids, read_references
from digest.errors import DumpError
from digest.model import PartialDate, Record
from tests.bibliography.builders import HOSTILE
from tests.people import people

if TYPE_CHECKING:
    from digest.model import Record

BIBTEX = """\
% Written by a program.
@string{hc = "Harbor Conference"}
@preamble{"\\newcommand{\\x}{x}"}
@comment{ignored, title={Not me}}

@article{he2024,
  title = {Model {M}erging at {\\"O}dland},
  author = "He, Anna and Laurens van der Berg and {The Harbor Team} and others",
  journal = {arXiv preprint arXiv:2401.12345},
  booktitle = hc,
  year = 2024,
}

@InProceedings(moon,
  Title = "Rain on the Moon: 5\\% of it",
  author = {Sato, Jr., Emi},
  doi = {https://doi.org/10.1000/ABC},
  url = {https://example.org/rain},
  date = {2023-04-05},
)
@online{web, title={Old}, eprint={hep-th/9901001v2}, eprinttype={arxiv}, eprintclass={hep-th}}
@misc{pm, title={Not arXiv}, eprint={12345678}, eprinttype={pubmed}}
"""

RIS = """\
TY  - JOUR
ID  - he2024
T1  - Model Merging
A1  - He, Anna
AU  - van der Berg, Laurens, Jr.
AU  - The Harbor Team
Y1  - 2024/01/22/
N2  - First line
of two.
JO  - arXiv preprint arXiv:2401.12345
KW  - merging
ER  -

TY  - CONF
TI  - Rain on the Moon
DA  - 2023/4/5
DO  - 10.1000/ABC
UR  - https://example.org/rain
ER  -
"""

CSL = [
    {
        "id": "he2024",
        "type": "article",
        "title": "Model Merging",
        "author": [
            {"family": "He", "given": "Anna"},
            {"family": "Berg", "given": "Laurens", "non-dropping-particle": "van der"},
            {"literal": "The Harbor Team"},
        ],
        "issued": {"date-parts": [["2024", 1, "22"]]},
        "number": "arXiv:2401.12345",
    },
    {
        "id": "http://example.org/items/ABC",
        "title": "Rain on the Moon",
        "DOI": "10.1000/ABC",
        "URL": "https://example.org/rain",
        "issued": {"date-parts": [[2023]]},
    },
]


def read(text: str, name: str = "mine") -> File:
    return read_references(text.encode(), name)


def records(text: str) -> list[Record]:
    result = read(text)
    assert result.refused == ()
    return [item.record for item in result.items]


def test_bibtex_is_read() -> None:
    he, moon, web, other = records(BIBTEX)
    assert he.title == "Model Merging at Ödland"
    assert he.authors == people("Anna He", "Laurens van der Berg", "The Harbor Team")
    assert (he.arxiv_id, he.published, he.line) == ("2401.12345", PartialDate(2024), 6)
    assert moon.title == "Rain on the Moon: 5% of it"
    assert moon.authors == people(
        "Emi Sato Jr.",
    )
    assert (moon.doi, moon.url) == ("10.1000/abc", "https://example.org/rain")
    assert (moon.published, moon.line) == (PartialDate(2023, 4, 5), 14)
    assert (web.arxiv_id, web.categories) == ("hep-th/9901001", ("hep-th",))
    assert other.arxiv_id is None


def test_ris_is_read() -> None:
    he, moon = records(RIS)
    assert he.authors == people("Anna He", "Laurens van der Berg Jr.", "The Harbor Team")
    assert he.abstract == "First line of two."
    assert (he.arxiv_id, he.published, he.line) == ("2401.12345", PartialDate(2024, 1, 22), 1)
    assert (moon.title, moon.doi) == ("Rain on the Moon", "10.1000/abc")
    assert (moon.published, moon.line) == (PartialDate(2023, 4, 5), 14)
    assert records(RIS.replace("\n", "\r\n")) == [he, moon]
    assert records("\ufeff" + RIS) == [he, moon]


def test_csl_json_is_read() -> None:
    he, moon = records(json.dumps(CSL, indent=1))
    assert he.authors == people("Anna He", "Laurens van der Berg", "The Harbor Team")
    assert (he.arxiv_id, he.published, he.line) == ("2401.12345", PartialDate(2024, 1, 22), 2)
    assert (moon.doi, moon.published) == ("10.1000/abc", PartialDate(2023))
    assert [record.title for record in records(json.dumps(CSL[1]))] == ["Rain on the Moon"]


@pytest.mark.parametrize(
    ("fields", "arxiv_id", "doi", "url"),
    [
        (r"doi={10.1000/a\_b\_c}", None, "10.1000/a_b_c", None),
        (r"url={\url{https://example.org/a\_b}}", None, None, "https://example.org/a_b"),
        ("url={http://arxiv.org/pdf/2401.12345v3.pdf}", "2401.12345", None,
         "http://arxiv.org/pdf/2401.12345v3.pdf"),
        ("doi={10.48550/arXiv.2401.12345}", "2401.12345", None, None),
        ("journal={CoRR}, volume={abs/2401.12345}", "2401.12345", None, None),
        ("howpublished={\\url{https://arxiv.org/abs/2401.12345}}", "2401.12345", None, None),
        ("journal={arXiv:2401.12345 [cs.CL]}", "2401.12345", None, None),
        ("note={Extends arXiv:2401.12345}", None, None, None),
        ("eprint={2401.12345}, archivePrefix={arXiv}", "2401.12345", None, None),
        ("url={javascript:alert(1)}", None, None, None),
    ],
)  # fmt: skip
def test_identifiers_are_found_where_people_write_them(
    fields: str, arxiv_id: str | None, doi: str | None, url: str | None
) -> None:
    (result,) = records(f"@article{{a, title={{One}}, {fields}}}")
    assert (result.arxiv_id, result.doi) == (arxiv_id, doi)
    assert result.url == url


def test_only_keys_that_every_program_takes_are_kept() -> None:
    assert [item.entry.key for item in read(BIBTEX).items] == ["he2024", "moon", "web", "pm"]
    assert [item.entry.key for item in read(RIS).items] == ["he2024", ""]
    for key in ("DBLP:journals/corr/abs-2401-12345", "he_2024+a.b", "müller2024"):
        assert read(f"@misc{{{key}, title={{One}}}}").items[0].entry.key == key
    for key in ("a b", "http://example.org/1", "a" * 121, "{a}"):
        assert [item.entry.key for item in read(f"@misc{{{key}, title={{One}}}}").items] in (
            [""],
            [],
        )
    assert [item.entry.key for item in read(json.dumps(CSL)).items] == ["he2024", ""]


@pytest.mark.parametrize(
    ("text", "titles", "refused"),
    [
        (
            "@misc{a, title={One}}\n@misc{b, title={open\n\n@misc{c, title={Three}}\n",
            ["One", "Three"],
            [(2, "this entry is damaged: its braces or quotes do not close")],
        ),
        (
            "@misc{a, title={One}}\n\n@misc{b, author={He, Anna}}\n@misc{c, title={{}}}",
            ["One"],
            [(3, "this entry has no title"), (4, "this entry has no title")],
        ),
        (
            "@misc{a, title={One}, title={Again}}\n@misc{a, title={Two}}\n@misc{e, title={cut",
            ["One", "Two"],
            [(3, "this entry is damaged: its braces or quotes do not close")],
        ),
        (
            "TY  - JOUR\nTI  - One\nTY  - JOUR\nTI  - Two\nER  - \nlost\nlost\nTY  - X\nTI  - C",
            ["Two"],
            [
                (1, "this entry has no end: another begins before its ER"),
                (6, "this line is outside any entry: none began with TY"),
                (8, "this entry is cut off: it has no ER"),
            ],
        ),
        (
            '[{"title": "One"},\n3,\n{"title": ""},\n{"title": "Two"},\n{"title": "cut',
            ["One", "Two"],
            [
                (2, "this entry is not a JSON object"),
                (3, "this entry has no title"),
                (5, "the list is cut off in this entry, at line 5"),
            ],
        ),
    ],
)
def test_a_damaged_entry_costs_that_entry(
    text: str, titles: list[str], refused: list[tuple[int, str]]
) -> None:
    result = read(text)
    assert [item.record.title for item in result.items] == titles
    assert [(item.line, item.reason) for item in result.refused] == refused
    assert {item.dump for item in result.refused} <= {"mine"}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is not a file of references"),
        (b"title: no\n", "is not a file of references"),
        (b"\x89PNG\r\n\x1a\n\xff", "is not UTF-8: byte 1, on line 1"),
        ("@misc{a,\ntitle={Caf\xe9}}".encode("latin-1"), "is not UTF-8: byte 20, on line 2"),
    ],
)
def test_what_is_no_file_of_references_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(DumpError) as caught:
        read_references(content, "mine")
    assert reason in caught.value.reason


def test_a_file_is_not_larger_than_any_bibliography(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MAX_BYTES", 10)
    with pytest.raises(DumpError, match="is larger than"):
        read("@misc{a, title={One}}")


def test_a_file_has_no_more_entries_than_any_bibliography(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bibtex_blocks, "MAX_ENTRIES", 2)
    assert len(read("@misc{a, title={One}}\n@misc{b, title={Two}}").items) == 2
    with pytest.raises(DumpError, match="holds more than 2 entries"):
        read("@misc{" * 3)


def test_an_abbreviation_that_many_entries_name_does_not_swell_them() -> None:
    bomb = f"@string{{long = {{{'x' * 100_000}}}}}\n"
    result = read(bomb + "@misc{a, title={One}, abstract=long}\n" * 3)
    assert {len(item.record.abstract or "") for item in result.items} == {300}


def test_refusals_are_counted_to_a_thousand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MOST_REFUSED", 3)
    result = read("TY  - X\nER  - \n" * 50)
    assert len(result.refused) == 4
    assert result.refused[-1].reason.startswith("3 entries were refused above")


@pytest.mark.parametrize("text", [BIBTEX, RIS, json.dumps(CSL, indent=1)])
def test_a_record_has_the_line_of_its_entry(text: str) -> None:
    file = read(text)
    lines = [item.record.line for item in file.items]
    assert lines == sorted(set(lines))
    assert max(lines) <= text.count("\n") + 1
    assert own_ids(file.items)[0] == "2401.12345"


def test_the_hash_of_a_file_is_that_of_its_bytes() -> None:
    text = "@misc{a, title={One}}"
    assert read(text).sha256 == hashlib.sha256(text.encode()).hexdigest()


PIECES = st.sampled_from([
    *HOSTILE, "@misc{a, title={A}}", "@misc{", "title={", "author = \"", "\n", ",", "=", "#",
    "TY  - JOUR\n", "TI  - B\n", "AU  - ", "ER  - \n", "[", "{\"title\": \"C\"}", "]",
    "@string{x={", "@comment", "@preamble{", "crossref={a}", "\\'", "{\\", "date={", "2401.12345",
])  # fmt: skip


@settings(max_examples=100)
@given(st.lists(PIECES, max_size=25).map("".join))
def test_nothing_that_is_read_breaks_the_reader(text: str) -> None:
    try:
        result = read(text)
    except DumpError:
        return
    for item in result.items:
        assert item.record.title
        assert item.record.line <= text.count("\n") + text.count("\r") + 1
