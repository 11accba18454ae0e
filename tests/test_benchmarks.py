"""The benchmark of matching works, and the engines agree, on a few invented papers."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from benchmarks import cores, matching, snapshot
from benchmarks.agreement import compare
from benchmarks.corpus import rewritten, write_dump
from benchmarks.forms import KINDS, Form, Term, draw, load, save
from benchmarks.languages import as_digest, as_fts5, as_tantivy
from benchmarks.report import BEGIN, END, table, write_docs

FORM = Form(
    (Term(("graph",)), Term(("neural", "network"))),
    (Term(("routing",), "title"),),
    (Term(("survey",)),),
)


def texts(folder: Path, papers: int) -> list[tuple[str, str]]:
    path = folder / "papers.jsonl"
    write_dump(path, papers, source=None, seed=3)
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return [(row["title"], row["abstract"]) for row in rows]


def test_a_rule_is_said_in_every_language() -> None:
    assert as_digest(FORM) == '(graph OR "neural network") title:routing NOT survey'
    assert as_tantivy(FORM) == '+(graph "neural network") +title:routing -survey'
    assert as_fts5(FORM) == ('(("graph" OR "neural network") AND title:"routing") NOT "survey"')


def test_the_same_seed_draws_the_same_rules(tmp_path: Path) -> None:
    papers = texts(tmp_path, 60)
    assert papers == texts(tmp_path, 60)
    for kind in ("mixed", *KINDS):
        forms = draw(papers, kind, 10, seed=1)
        assert len(set(forms)) == 10
        assert forms == draw(papers, kind, 10, seed=1)
        save(forms, tmp_path / "forms")
        assert load(tmp_path / "forms") == forms


def test_rewritten_papers_hold_plain_words_between_slashes() -> None:
    assert rewritten([("Fine-tuning LMs in 4.5 ways", "Models, and  glasses")]) == [
        ("fine/tuning/lm/in/way", "model/and/glass")
    ]


def test_a_difference_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A comparison that cannot fail would show nothing."""

    def blurred(form: Form) -> str:
        return as_fts5(Form(form.any_of))

    monkeypatch.setattr("benchmarks.engines.as_fts5", blurred)
    compared = compare(texts(tmp_path, 200), {"mixed": 60}, seed=1)
    (fts5,) = (comparison for comparison in compared if comparison.engine == "FTS5")
    assert fts5.differences
    assert " by FTS5 alone, e.g. number " in fts5.differences[0]


def test_engines_agree_on_made_up_papers(tmp_path: Path) -> None:
    rules = {"mixed": 150, "wildcard": 30, "near": 30, "exact": 20, "regex": 20}
    for comparison in compare(texts(tmp_path, 300), rules, seed=2):  # type: ignore[arg-type]  # as above
        assert not comparison.differences
        assert comparison.hits


def test_figures_go_between_the_marks(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"# Title\n\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    write_docs(page, table(["what", "figure"], [["one", "2"]]))
    figures = "| what | figure |\n| ---- | -----: |\n| one  |      2 |"
    assert page.read_text(encoding="utf-8") == (
        f"# Title\n\n{BEGIN}\n\n{figures}\n\n{END}\nafter\n"
    )
    page.write_text("# Title\n", encoding="utf-8")
    with pytest.raises(ValueError, match="lacks the lines"):
        write_docs(page, "")


def test_the_page_has_the_marks(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_bytes(matching.DOCS.read_bytes())
    write_docs(page, "figures")


@pytest.mark.judges
@pytest.mark.slow
def test_the_whole_command_works(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if os.environ.get("CI") != "true":
        pytest.importorskip("tantivy", reason="tantivy comes with the extra `bench`")
    absent = str(tmp_path / "absent.gz")
    code = matching.main(
        f"--quick --rules 20 --papers 120 --corpus {absent} --only library,incoming"
        f" --output {tmp_path / 'out'}".split()
    )
    shown = capsys.readouterr().out
    assert code == 0
    assert "120 made-up papers" in shown
    assert "**different**" not in shown
    output = json.loads((tmp_path / "out" / "matching.json").read_text(encoding="utf-8"))
    measured = {(row["part"], row["engine"]) for row in output["measurements"]}
    assert {("incoming", "tantivy"), ("library", "FTS5"), ("incoming", "regexes")} <= measured
    assert all(row["rows"] for row in output["measurements"])


@pytest.mark.slow
def test_what_more_cores_bring_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cores, "REAL", Path("nowhere"))
    monkeypatch.setattr(cores, "RULES", (20,))
    options = ["--library", "150", "--rounds", "1", "--only", "match --json"]
    assert cores.main(options) == 0
    (line,) = capsys.readouterr().out.splitlines()[4:]
    assert line.split("|")[1].strip() == "match --json, 20 rules"
    assert "×" in line


@pytest.mark.slow
def test_how_a_snapshot_is_read_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(snapshot, "REAL", Path("nowhere"))
    assert snapshot.main(["--records", "30", "--rounds", "1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("|")[1].strip() for line in lines[2:4]] == ["30", "60"]
    assert lines[-1].startswith("Medians of 1.")
