"""The docs are true: what they name exists, and what exists is named."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from digest.cli.app import COMMANDS, build_parser, main
from digest.config import parse_config
from tests.cli.test_help import command
from tests.conftest import PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGES = sorted([*PROJECT.glob("*.md"), *(PROJECT / "docs").glob("*.md")])
README = (PROJECT / "README.md").read_text(encoding="utf-8")
COMMANDS_PAGE = (PROJECT / "docs/commands.md").read_text(encoding="utf-8")
JSON_PAGE = (PROJECT / "docs/json.md").read_text(encoding="utf-8")

_FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`[^`\n]*`")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_MACHINE_PATH = re.compile(r"/(?:home|Users|work|tmp|root)/\w|[A-Z]:\\\\")


def name_of(path: Path) -> str:
    return str(path.relative_to(PROJECT))


def blocks(text: str, language: str) -> list[str]:
    """Return the fenced blocks of one language."""
    return [block for kind, block in _FENCED.findall(text) if kind == language]


def marked_blocks(text: str, mark: str) -> list[tuple[str, str]]:
    """Return what stands behind `mark` in a comment, and the block right after it."""
    pattern = rf"^<!-- {mark}(?:: (.*?))? -->\n```\w*\n(.*?)^```$"
    return re.findall(pattern, text, re.MULTILINE | re.DOTALL)


# --- pages


def anchors(page: Path) -> set[str]:
    """Return the anchors that GitHub gives to the headings of a page."""
    text = _FENCED.sub("", page.read_text(encoding="utf-8"))
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    text = _CODE.sub("", _FENCED.sub("", page.read_text(encoding="utf-8")))
    for link in _LINK.findall(text):
        if not link.startswith("https://"):
            name, _, anchor = link.partition("#")
            target = page.parent / name if name else page
            assert target.exists(), link
            assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_no_page_knows_a_machine(page: Path) -> None:
    assert _MACHINE_PATH.findall(page.read_text(encoding="utf-8")) == []


def test_every_page_is_in_the_table_of_contents() -> None:
    contents = (PROJECT / "docs/README.md").read_text(encoding="utf-8")
    listed = set(_LINK.findall(contents))
    assert listed == {path.name for path in (PROJECT / "docs").glob("*.md")} - {"README.md"}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_command_line_that_is_shown_parses(page: Path) -> None:
    for block in blocks(page.read_text(encoding="utf-8"), "sh"):
        for line in block.splitlines():
            if line.startswith("digest "):
                build_parser().parse_args(shlex.split(line, comments=True)[1:])


@pytest.mark.parametrize("name", ["docs/guide.md", "docs/rule-language.md"])
def test_every_rule_that_is_shown_can_be_read(name: str, tmp_path: Path) -> None:
    shown = blocks((PROJECT / name).read_text(encoding="utf-8"), "yaml")
    assert shown
    for block in shown:
        if block.startswith("rules:"):
            parse_config(f"sources: [dumps/]\n{block}", tmp_path / "config.yaml")


# --- README


def test_the_configs_of_the_readme_can_be_read(tmp_path: Path) -> None:
    shown = marked_blocks(README, "config")
    assert len(shown) == 2
    for _, block in shown:
        parse_config(block, tmp_path / "config.yaml")
    assert len(shown[0][1].splitlines()) == 3


def test_the_output_of_the_readme_is_what_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(PROJECT / "config.yaml", tmp_path)
    shutil.copytree(PROJECT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLUMNS", raising=False)
    shown = marked_blocks(README, "shown")
    assert len(shown) == 2
    for what, block in shown:
        if what.startswith("digest "):
            assert main(shlex.split(what)[1:]) == 0
            assert capsys.readouterr().out == block
        else:
            assert block in (tmp_path / what).read_text(encoding="utf-8")


def test_the_commands_of_the_readme_are_marked_for_ci() -> None:
    (run,), (test,) = (
        [block for what, block in marked_blocks(README, "ci") if what == name]
        for name in ("run", "test")
    )
    assert run.endswith(".venv/bin/digest run\n")
    assert test.endswith(".venv/bin/python -m pytest -n auto\n")


# --- commands


def section(text: str, title: str) -> str:
    """Return what stands under a heading of the second level."""
    match = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert match, f"no section {title}"
    return match[1]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_documented(name: str) -> None:
    here = section(COMMANDS_PAGE, name)
    common = COMMANDS_PAGE.partition("## Exit codes")[0]
    for action in command(name)._actions:
        page = common if action.dest in ("help", "config", "verbosity", "log") else here
        for name_ in action.option_strings or [str(action.metavar)]:
            assert re.search(rf"(?<![\w-]){re.escape(name_)}(?![\w-])", page), name_


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_that_is_documented_is_there(name: str) -> None:
    there = {option for action in command(name)._actions for option in action.option_strings}
    shown = re.findall(r"^- `(--[\w-]+)", section(COMMANDS_PAGE, name), re.MULTILINE)
    assert set(shown) <= there


def test_every_command_is_named_where_commands_are_listed() -> None:
    titles = re.findall(r"^## (.*)$", COMMANDS_PAGE, re.MULTILINE)
    assert titles == ["Exit codes", *COMMANDS]
    changelog = (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in changelog for name in COMMANDS)


# --- JSON


def keys_of(value: Any) -> Iterator[str]:
    """Yield every key of every object in a value."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from keys_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from keys_of(inner)


@pytest.fixture
def used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder in which everything has happened that JSON can tell of."""
    shutil.copytree(PROJECT / "examples", tmp_path, dirs_exist_ok=True)
    (tmp_path / "dumps/broken.jsonl").write_text("{", encoding="utf-8")
    (tmp_path / "owned.bib").write_text("@misc{a, title={Mine}}\n@misc{b,", encoding="utf-8")
    (tmp_path / "digests").write_text("a file where a folder should be", encoding="utf-8")
    text = (tmp_path / "config.yaml").read_text(encoding="utf-8")
    text = text.replace("rules:\n", "rules:\n  - {name: Twice, keywords: [robot, robots]}\n", 1)
    (tmp_path / "config.yaml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("title", "arguments"),
    [
        ("run", ["run"]),
        ("ingest", ["ingest", "dumps"]),
        ("import-papers", ["import-papers", "owned.bib"]),
        ("match, one object a query", ["match", "robot", "("]),
        ("papers, one paper a line", ["papers"]),
        ("explain PAPER", ["explain", "Sparse Upcycling"]),
        ("explain --rule", ["explain", "--rule", "Life sciences"]),
        ("check", ["check"]),
        ("expand", ["expand", "robot"]),
        ("suggest", ["suggest"]),
        ("status", ["status"]),
    ],
)
def test_every_key_is_documented(
    title: str, arguments: list[str], used: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if title not in ("run", "ingest"):
        main(["run", "--quiet"])
    capsys.readouterr()
    main([*arguments, "--json"])
    output = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert output
    documented = set(re.findall(r"`(\w+)`", JSON_PAGE))
    assert set(keys_of(output)) <= documented
    # Those on top belong to the command's own section, but for a whole paper, which has its own.
    if title != "papers, one paper a line":
        here = set(re.findall(r"`(\w+)`", section(JSON_PAGE, title)))
        assert {key for row in output for key in row} <= here
