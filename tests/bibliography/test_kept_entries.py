"""Imported entries of references are exported with all their fields."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import rispy

from digest.bibliography import Reference, write
from digest.bibliography.bibtex import write_work
from digest.bibliography.bibtex_names import read_names, write_name
from digest.bibliography.dates import parse_date
from digest.bibliography.read import read_references
from digest.model import Name, Paper, PartialDate
from digest.model.marks import Mark
from tests.bibliography.bibtex import entries_of

if TYPE_CHECKING:
    from digest.bibliography import ExportFormat

BIB = r"""
@string{jt = "Journal of Tides"}
@Article{high:2019, Title={High {W}ater}, author={Marsh, Ana and {The Tide Group}}, journal=jt,
  year=2019, month=apr, volume=3, number={2}, pages={10--19}, my-field={as it was},
  keywords={tide, moon}}
@inproceedings{low, title={Low Water}, author={Kaas, Bo}, crossref={proc}}
@proceedings{proc, title={Harbor Conference}, year=2018}
"""
RIS = """TY  - CHAP
ID  - low
TI  - Low Water
AU  - Kaas, Bo
BT  - Tides of the World
SP  - 3
EP  - 9
KW  - tide
KW  - moon
C1  - as it was
PY  - 2018
ER  -
"""
CSL = [
    {
        "id": "low", "type": "chapter", "title": "Low <i>Water</i>",
        "author": [{"family": "Mer", "non-dropping-particle": "de la", "given": "Ana"}],
        "container-title": "Tides", "page": "3-9", "issued": {"date-parts": [["2018", 4]]},
        "custom": {"mine": [1, 2]},
    }
]  # fmt: skip
NBIB = """
PMID- 12345678
TI  - Tides of the moon and of
      the sun.
FAU - Marsh, Ana B
AU  - Marsh AB
CN  - Tide Group
JT  - Journal of tides
DP  - 2019 Apr 5
LID - 10.1000/tide.1 [doi]
AB  - Water comes.
"""
WOS = """FN Clarivate Analytics Web of Science
VR 1.0
PT J
AU Marsh, A
   Kaas, B
AF Marsh, Ana
   Kaas, Bo
TI Tides of the moon and of
   the sun
SO JOURNAL OF TIDES
PD APR
PY 2019
VL 3
BP 10
EP 19
DI 10.1000/tide.1
ER

EF
"""


def references(text: str, mark: Mark | None = None) -> list[Reference]:
    return [
        Reference(item.entry.key or "made", Paper(f"t-{place}", item.record.title), mark,
                  (item.entry,))
        for place, item in enumerate(read_references(text.encode(), "mine").items)
    ]  # fmt: skip


def test_bibtex_goes_out_with_its_types_keys_and_fields() -> None:
    entries = entries_of(write("bibtex", references(BIB)))
    assert [(entry.type, entry.key) for entry in entries] == [
        ("article", "high:2019"), ("inproceedings", "low"), ("proceedings", "proc"),
    ]  # fmt: skip
    high = entries[0].fields
    assert high["journal"] == "Journal of Tides"
    assert (high["month"], high["my-field"], high["title"]) == (
        "April",
        "as it was",
        "High {W}ater",
    )
    assert set(entries[1].fields) == {"title", "author", "crossref"}


def test_what_is_a_crossref_stands_behind_what_names_it() -> None:
    text = write("bibtex", list(reversed(references(BIB))))
    assert text.index("{low,") < text.index("{proc,")


def test_ris_goes_out_with_its_tags() -> None:
    (entry,) = rispy.loads(write("ris", references(RIS)))
    (original,) = rispy.loads(RIS)
    assert entry == original


def test_csl_goes_out_with_its_variables() -> None:
    assert json.loads(write("csl-json", references(json.dumps(CSL)))) == CSL


@pytest.mark.parametrize("form", ["bibtex", "ris", "csl-json"])
def test_tags_and_notes_are_added(form: ExportFormat) -> None:
    mark = Mark("t-0", "done", None, starred=True, tags=("thesis",), note="Read again.")
    text = write(form, references({"bibtex": BIB, "ris": RIS}.get(form, json.dumps(CSL)), mark))
    assert "thesis" in text
    assert "starred" in text
    assert "Read again." in text
    assert form == "csl-json" or "moon" in text


def test_a_second_export_does_not_keep_an_older_state() -> None:
    first = Mark("t-0", "queued", None, tags=("thesis",))
    second = references(write("bibtex", references(BIB, first)), Mark("t-0", "done", None))
    assert "keywords      = {tide, moon, thesis, done}" in write("bibtex", second)


@pytest.mark.parametrize(
    ("text", "kind", "parts"),
    [
        (BIB, "article", {"journal": "Journal of Tides", "volume": "3", "pages": "10--19"}),
        (RIS, "incollection", {"booktitle": "Tides of the World", "pages": "3--9"}),
        (json.dumps(CSL), "incollection", {"author": "de la Mer, Ana", "year": "2018"}),
        (NBIB, "article", {"author": "Marsh, Ana B and {Tide Group}", "month": "April"}),
        (WOS, "article", {"author": "Marsh, Ana and Kaas, Bo", "pages": "10--19"}),
    ],
)
def test_other_formats_become_bibtex_of_the_right_type(
    text: str, kind: str, parts: dict[str, str]
) -> None:
    # Only an entry of another format is written from what it says.
    first = references(text)[0]
    (written,) = entries_of(write_work(first.work))
    assert written.type == kind
    fields = written.fields
    assert {name: fields.get(name) for name in parts} == parts


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (r"Mu\~{n}oz, Ana and N{\'u}\~nez, Pablo", [Name("Muñoz", "Ana"), Name("Núñez", "Pablo")]),
        ("Ana~Marsh", [Name("Marsh", "Ana")]),
        ("{The Tide Group} and Ana Marsh", [Name(literal="The Tide Group"), Name("Marsh", "Ana")]),
        ("Peyton Jones, Simon", [Name("Peyton Jones", "Simon")]),
        ("Ludwig van Beethoven", [Name("Beethoven", "Ludwig", "van")]),
        ("de la Mer, Jr., Ana", [Name("Mer", "Ana", "de la", "Jr.")]),
        (r"\O{}stergaard, Liv", [Name("Østergaard", "Liv")]),
        (r"{\'E}mile {\'e}tang Zola", [Name("Zola", "Émile", "étang")]),
        (r"Cirel\cprime son, B. S.", [Name("Cirelʹson", "B. S.")]),
        (r"Andri\ifmmode \acute{c}\else \'{c}\fi{}, T.", [Name("Andrić", "T.")]),
        (
            "family=Raadt, given=Michael, prefix=de, useprefix=true",
            [Name("Raadt", "Michael", "de")],
        ),
        ("Sand {and} Sons and Plato", [Name("Sons", "Sand and"), Name("Plato")]),
    ],
)
def test_names_are_read_as_bibtex_reads_them(text: str, names: list[Name]) -> None:
    assert list(read_names(text)[0]) == names


@pytest.mark.parametrize(
    "name",
    [
        Name("Peyton Jones", "Simon"), Name("Mer", "Ana", "de la", "Jr."), Name("Plato"),
        Name(literal="The Tide Group"), Name(literal="Sun and Moon"), Name("Muñoz", "Ana"),
        Name("García Márquez"),
    ],
)  # fmt: skip
def test_a_name_comes_back(name: Name) -> None:
    (result,), more = read_names(f"{write_name(name)} and others")
    assert str(result) == str(name)
    assert more


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2019", PartialDate(2019)), ("2019-04", PartialDate(2019, 4)),
        ("2019/04/05/", PartialDate(2019, 4, 5)), ("2019-04~", PartialDate(2019, 4)),
        ("2019/2021", PartialDate(2019)), ("2019 Apr 5", PartialDate(2019, 4, 5)),
        ("2019 Apr-May", PartialDate(2019, 4)), ("in press 2019", PartialDate(2019)),
        ("2019-13-01", PartialDate(2019)), ("2019-02-30", PartialDate(2019, 2)),
        ("{\\noopsort{a}}1999", PartialDate(1999)), ("soon", None), ("", None), ("12345", None),
    ],
)  # fmt: skip
def test_dates_are_read_as_far_as_they_are_known(text: str, date: PartialDate | None) -> None:
    assert parse_date(text) == date


def test_html_in_an_entry_goes_out_as_latex() -> None:
    bib = r"@misc{a, title={D\&amp;\#x0B3; and x &gt; 2 and CO<sub>2</sub>}, url={http://h/?a&lt;}}"
    (reference,) = references(bib)
    assert reference.paper.title == "D³ and x > 2 and CO₂"
    text = write("bibtex", [reference])
    assert "{D{$^{3}$} and x {\\textgreater} 2 and CO{$_{2}$}}" in text
    assert "http://h/?a&lt;" in text
