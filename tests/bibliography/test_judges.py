"""Exported BibTeX files work in biber, BibTeX and pandoc."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from digest.bibliography import Reference, write
from digest.bibliography.read import read_references
from digest.identity import title_key
from digest.model import Paper
from tests.bibliography.builders import HOSTILE, MARK, PAPERS, paper, references
from tests.conftest import missing
from tests.people import people

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.judges, pytest.mark.slow]

STYLES = ("plain", "abbrv", "alpha", "unsrt")
NAMED = tuple(text for text in HOSTILE if any(map(str.isalnum, text)))
LISTS = {
    "ordinary": references(*PAPERS, mark=MARK),
    "odd": references(*(
        paper(title, id=f"t-{number}", authors=people(title, f"Anna {title}"), abstract=title,
              arxiv_id=f"2401.{number:05}")
        for number, title in enumerate(NAMED)
    )),
}  # fmt: skip
_TAG = re.compile(r"</?\w+[^>]*>")
OTHERS = sorted("others")
every_list = pytest.mark.parametrize("name", LISTS)


def run(program: str, *arguments: str, folder: Path) -> str:
    """Run a program in a folder; return all that it says."""
    if shutil.which(program) is None:
        missing(program)
    completed = subprocess.run(
        [program, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert completed.returncode == 0, completed.stdout + completed.stderr
    return completed.stdout + completed.stderr


def written(folder: Path, references: list[Reference]) -> Path:
    path = folder / "papers.bib"
    path.write_text(write("bibtex", references), encoding="utf-8")
    return path


@every_list
def test_biber_finds_nothing_to_warn_of(name: str, tmp_path: Path) -> None:
    path = written(tmp_path, LISTS[name])
    output = run(
        "biber", "--tool", "--validate-datamodel", "--output-file=out.bib", path.name,
        folder=tmp_path,
    )  # fmt: skip
    assert [line for line in output.splitlines() if not line.startswith("INFO")] == []
    read = (tmp_path / "out.bib").read_text(encoding="utf-8")
    assert read.count("@MISC{") == len(LISTS[name])


@every_list
@pytest.mark.parametrize("style", STYLES)
def test_bibtex_finds_nothing_to_warn_of(name: str, style: str, tmp_path: Path) -> None:
    path = written(tmp_path, LISTS[name])
    citation = f"\\citation{{*}}\n\\bibstyle{{{style}}}\n\\bibdata{{{path.stem}}}\n"
    (tmp_path / "thesis.aux").write_text(citation, encoding="ascii")
    output = run("bibtex", "thesis", folder=tmp_path)
    assert "warning" not in output.lower(), output
    assert (tmp_path / "thesis.bbl").read_bytes().count(b"\\bibitem") == len(LISTS[name])


THESIS = r"""
@string{jt = "Journal of Tides"}
@inproceedings{low, title={A {Low} Tide}, author={Peyton Jones, Simon and de la Mer, {\'E}lodie
  and {The Tide Group}}, crossref={proc}, pages={1--9}}
@article{high, title="High {W}ater in " # "the Strait", author={M{\'a}rquez, Ana and Mu\~noz, Bo
  and others}, journal=jt, year=2019, month=apr, volume=3, number={2}, pages={10--19},
  note={Reprinted}}
@phdthesis{ebb, title={Ebb}, author={Cirel\cprime son, B. S.}, school={Harbor College},
  year=1980}
@book{HIGH2, title={High Water in the Strait}, author={M{\'a}rquez, Ana}, publisher={Harbor Press},
  year=2021, edition={Second}, address={Odland}, isbn={978-3-16-148410-0}}
@proceedings{proc, title={Proceedings of the Harbor Conference}, booktitle={Proceedings of the
  Harbor Conference}, editor={Kaas, Bo}, year=2018, publisher={Harbor Press}}
"""
CITED = ("low", "high", "ebb", "HIGH2")


def test_a_thesis_has_the_same_bibliography_from_its_export(tmp_path: Path) -> None:
    items = read_references(THESIS.encode(), "thesis.bib").items
    exported = write(
        "bibtex",
        [
            Reference(item.entry.key, Paper(str(place), item.record.title), None, (item.entry,))
            for place, item in enumerate(items)
        ],
    )
    bibliographies = []
    for name, text in (("original", THESIS), ("export", exported)):
        (tmp_path / f"{name}.bib").write_text(text, encoding="utf-8")
        cited = "".join(f"\\citation{{{key}}}\n" for key in CITED)
        aux = f"\\relax\n{cited}\\bibstyle{{plain}}\n\\bibdata{{{name}}}\n"
        (tmp_path / f"{name}.aux").write_text(aux, encoding="utf-8")
        run("bibtex", name, folder=tmp_path)
        bibliographies.append((tmp_path / f"{name}.bbl").read_text(encoding="utf-8"))
    assert bibliographies[0] == bibliographies[1]
    assert all(f"\\bibitem{{{key}}}" in bibliographies[0] for key in CITED)


def test_pandoc_reads_the_titles_and_the_names(tmp_path: Path) -> None:
    result = LISTS["ordinary"]
    path = written(tmp_path, result)
    items: list[dict[str, Any]] = json.loads(
        run("pandoc", "-f", "bibtex", "-t", "csljson", path.name, folder=tmp_path)
    )
    for item, each in zip(items, result, strict=True):
        assert item["id"] == each.key
        names = [" ".join(author.values()) for author in item.get("author", ())]
        known = [_letters(str(name)) for name in each.work.authors]
        assert [letters for letters in map(_letters, names) if letters != OTHERS] == known
        # Formulas stay LaTeX there.
        title = _TAG.sub("", item["title"]).replace("\\alpha", "α")
        assert title_key(title) == title_key(each.paper.title)


def _letters(name: str) -> list[str]:
    return sorted(filter(str.isalnum, name))
