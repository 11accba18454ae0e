"""`digest export` and `digest import-papers`, run as commands."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
from contextlib import chdir
from typing import TYPE_CHECKING

import pytest

from digest.cli.app import main
from tests.cli.conftest import DAY, Answer, process, write
from tests.conftest import PROJECT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Digest = Callable[..., Answer]

KEY = re.compile(r"^@\w+\{(.+),$", re.MULTILINE)
LIST = "digests/daily/reading-list.md"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    shutil.copytree(PROJECT / "examples", folder, dirs_exist_ok=True)
    config = folder / "config.yaml"
    text = config.read_text(encoding="utf-8")
    assert "name: daily\n" in text
    text = text.replace("name: daily\n", "name: daily\n    inbox_days: never\n")
    config.write_text(text, encoding="utf-8")
    with chdir(folder):
        assert main(["run", "--date", DAY, "--quiet"]) == 0
    return folder


@pytest.fixture
def run(place: Path, digest: Digest, made: Path) -> Digest:
    """Return the program in a folder that has had one digest, whose papers are still listed."""
    shutil.copytree(made, place, dirs_exist_ok=True)
    return digest


def keys(answer: Answer) -> list[str]:
    assert answer.code == 0, answer.err
    return KEY.findall(answer.out)


def titles(answer: Answer) -> list[str]:
    assert answer.code == 0, answer.err
    return [row["title"] for row in csv.DictReader(io.StringIO(answer.out.removeprefix("\ufeff")))]


# --- export


def test_the_reading_list_is_exported_as_it_stands(run: Digest) -> None:
    listed = [json.loads(line)["title"] for line in run("list", "--json").out.splitlines()]
    assert len(listed) > 10
    assert titles(run("export", "--format", "csv")) == listed
    assert all("{queued}" in entry for entry in run("export").out.split("\n\n"))


def test_what_was_ticked_in_the_file_counts(run: Digest, place: Path) -> None:
    file = place / LIST
    text = file.read_text("utf-8").replace("- [ ] [", "- [x] [", 1)
    file.write_text(text.replace("- [ ] [", "- [-] [", 1), "utf-8")
    everything = len(text.split("- [")) - 1
    assert len(keys(run("export", "--state", "done"))) == 1
    assert len(keys(run("export", "--state", "dropped"))) == 1
    assert len(keys(run("export", "--state", "waiting"))) == everything - 2
    assert len(keys(run("export"))) == everything - 1
    assert len(keys(run("export", "--state", "all"))) == everything


def test_notes_stars_and_tags_travel_along(run: Digest) -> None:
    run("note", "2601.99001", "Ask *them* #thesis")
    run("star", "2601.99001")
    for option in (("--starred",), ("--tag", "thesis"), ("--tag", "#thesis")):
        out = run("export", *option).out
        assert len(KEY.findall(out)) == 1
        assert "keywords      = {thesis, queued, starred}" in out
        assert "annote        = {Ask *them* \\#thesis}" in out
    assert "thesis" not in run("export", "id:2601.99001").out


def test_a_query_finds_in_the_library_and_narrows_a_list_and_a_digest(run: Digest) -> None:
    everywhere = titles(run("export", "robot", "--format", "csv"))
    listed = titles(run("export", "robot", "--list", "--format", "csv"))
    shown = titles(run("export", "robot", "--digest", DAY, "--format", "csv"))
    assert set(shown) == set(listed) < set(everywhere)
    whole = titles(run("export", "--digest", DAY, "--format", "csv"))
    assert set(shown) < set(whole)


def test_a_paper_has_one_key_whatever_else_is_exported(run: Digest) -> None:
    (alone,) = keys(run("export", "id:2601.99001"))
    assert alone == "rivera2026harborrouting"
    assert alone in keys(run("export"))
    all_keys = keys(run("export", "published:>=2000"))
    assert len(set(all_keys)) == len(all_keys)
    assert keys(run("export", "id:2601.99001")) == [alone]


@pytest.mark.parametrize(
    ("name", "begin"),
    [("a.bib", "@misc{"), ("a.RIS", "TY  - "), ("a.json", "[\n"), ("a.csv", "\ufeffkey,id,")],
)
def test_the_name_of_a_file_tells_its_format(
    name: str, begin: str, run: Digest, place: Path
) -> None:
    answer = run("export", "--output", name)
    assert (answer.code, answer.out) == (0, "")
    assert answer.err.endswith("papers\n")
    content = (place / name).read_bytes()
    assert content.decode().startswith(begin)
    assert run("export", "--output", name).code == 0
    assert (place / name).read_bytes() == content


def test_a_link_stays_a_link_and_what_is_no_file_stays_what_it_is(run: Digest, place: Path) -> None:
    (place / "shared").mkdir()
    (place / "mine.bib").symlink_to("shared/thesis.bib")
    assert run("export", "--output", "mine.bib").code == 0
    assert (place / "mine.bib").is_symlink()
    assert (place / "shared/thesis.bib").read_text().startswith("@misc{")
    os.mkfifo(place / "pipe.bib")
    for name in ("pipe.bib", "shared"):
        answer = run("export", "--output", name, "--format", "bibtex")
        assert (answer.code, f"{name} is not a file" in answer.err) == (2, True)
    assert not (place / "pipe.bib").is_file()


def test_a_name_that_tells_nothing_needs_a_format(run: Digest, place: Path) -> None:
    answer = run("export", "--output", "papers.txt")
    assert answer.code == 2
    assert "says no format" in answer.err
    assert run("export", "--output", "papers.txt", "--format", "ris").code == 0
    assert run("export", "--output", "papers.bib", "--format", "ris").code == 0
    assert (place / "papers.txt").read_bytes() == (place / "papers.bib").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--digest", DAY, "--list"), "does not go with"),
        (("--digest", "2020-01-01"), "daily has had no digest on 2020-01-01"),
        (("--digest", DAY, "--reader", "daily"), "--reader names a reading list"),
        (("--profile", "nobody"), "has no profile 'nobody'"),
        (("robot",), "(?!)"),
        (("(",), "digest: "),
    ],
)
def test_what_does_not_go_is_said(arguments: tuple[str, ...], said: str, run: Digest) -> None:
    answer = run("export", *arguments)
    if said == "(?!)":
        assert answer.code == 0
    else:
        assert answer.code == 2
        assert said in answer.err


def test_nothing_is_an_empty_file(place: Path, digest: Digest) -> None:
    assert digest("export") == Answer(0, "", "0 papers\n")
    assert digest("export", "--format", "csl-json").out == "[]\n"


def test_a_pipe_gets_the_very_bytes_of_the_file(run: Digest, place: Path) -> None:
    for form in ("ris", "csv"):
        run("export", "--output", "out.txt", "--format", form)
        with (place / "piped").open("wb") as file:
            process("export", "--format", form, "--quiet", cwd=place, stdout=file)
        assert (place / "piped").read_bytes() == (place / "out.txt").read_bytes()


# --- import


def test_what_is_had_is_done_and_no_digest_selects_it(place: Path, digest: Digest) -> None:
    bib = "@article{own, title={Renamed}, journal={arXiv preprint arXiv:2601.99001}}\n"
    write(place / "mine.bib", bib + "@misc{none, title={Nobody has Shown This}}\n")
    answer = digest("import-papers", "mine.bib")
    assert answer == Answer(0, "2 papers, 2 of them new; 2 marked as done.\n", "")
    assert digest("run", "--date", DAY, "--quiet").code == 0
    assert "2601.99001" not in (place / "digests/daily" / f"{DAY}.md").read_text("utf-8")
    assert keys(digest("export", "id:2601.99001")) == ["own"]
    assert "{Renamed}" in digest("export", "id:2601.99001").out
    assert digest("mark", "2601.99001", "queued").code == 0
    assert "own" in keys(digest("export"))


def test_the_same_file_again_changes_nothing(run: Digest, place: Path) -> None:
    run("export", "--output", "mine.ris")
    first = json.loads(run("import-papers", "mine.ris", "--json").out)
    assert first["papers"] == first["marked"] > 10
    assert first["new_papers"] == 0
    second = json.loads(run("import-papers", "mine.ris", "mine.ris", "--json").out)
    assert (second["papers"], second["marked"]) == (first["papers"], 0)
    assert "- [ ]" not in (place / LIST).read_text("utf-8")


def test_stars_and_notes_of_what_is_had_stay(run: Digest, place: Path) -> None:
    run("note", "2601.99001", "Mine #thesis")
    run("export", "--output", "mine.json")
    run("import-papers", "mine.json")
    out = run("export", "--tag", "thesis").out
    assert "keywords      = {thesis, done}" in out
    assert "annote        = {Mine \\#thesis}" in out


def test_a_damaged_entry_is_told_with_its_line(run: Digest, place: Path) -> None:
    write(place / "mine.bib", "@misc{a, title={One}}\n\n@misc{b, title={open\n@misc{c}\n")
    answer = run("import-papers", "mine.bib")
    assert answer.code == 3
    assert answer.out == "1 paper, 1 of them new; 1 marked as done.\n"
    assert answer.err.splitlines() == [
        "digest: refused mine.bib:3: this entry is damaged: its braces or quotes do not close",
        "digest: refused mine.bib:4: this entry has no title",
    ]


@pytest.mark.parametrize("name", ["absent.bib", "config.yaml", "dumps"])
def test_what_is_no_file_of_references_is_refused(name: str, run: Digest) -> None:
    answer = run("import-papers", name)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(f"digest: {name} cannot be ")


def test_of_several_readers_one_is_named(run: Digest, place: Path) -> None:
    config = (place / "config.yaml").read_text("utf-8")
    config = config.replace("name: daily\n", "name: daily\n  - name: lab\n")
    write(place / "config.yaml", config)
    write(place / "mine.bib", "@misc{a, title={One}, eprint={2601.99001}}")
    answer = run("import-papers", "mine.bib")
    assert (answer.code, "has several readers" in answer.err) == (2, True)
    assert run("import-papers", "mine.bib", "--profile", "lab").code == 0
    assert "2601.99001" in run("export", "--profile", "daily").out


def test_records_without_keys_complete_each_other(place: Path, run: Digest) -> None:
    """A database exports one work twice: what only one of the records says goes out as well."""
    record = (
        "TY  - JOUR\nTI  - Tides of the Inner Harbor\nAU  - Marsh, Ana\nPY  - 2018\n{}\nER  -\n"
    )
    file = place / "twice.ris"
    file.write_text(record.format("VL  - 7") + record.format("C1  - a note"), encoding="utf-8")
    assert run("import-papers", str(file)).code == 0
    out = run("export", "--format", "ris", "title:inner title:harbor").out
    assert out.count("TY  - ") == 1
    assert {"VL  - 7", "C1  - a note"} <= {line.strip() for line in out.splitlines()}
