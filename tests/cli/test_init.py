"""`digest init` writes a config for each field that passes `digest check`."""

from __future__ import annotations

import os
import re
from datetime import time
from typing import TYPE_CHECKING

import pytest

from digest.cli.commands._fields import FIELDS, NEEDS_MORE
from digest.config import load_config
from digest.config.sources import KINDS
from digest.model.sources import ServiceSource
from tests.cli.conftest import process
from tests.cli.desk import Desk

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Answer


@pytest.fixture
def desk(folder: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(folder, capsys)


def kinds(folder: Path) -> list[str]:
    sources = load_config(folder / "config.yaml").sources
    return [source.kind for source in sources if isinstance(source, ServiceSource)]


@pytest.mark.parametrize("name", FIELDS)
def test_the_config_of_a_field_passes_its_check(name: str, desk: Desk) -> None:
    answer = desk.type("init", "new", "--field", name)
    assert answer.code == 0, answer.err
    assert "arxiv" in kinds(desk.folder / "new")
    checked = desk.type("check", "-c", "new/config.yaml")
    assert checked.code == 0, checked.err
    assert "0 warnings" in checked.out or "nothing wrong" in checked.out, checked.err


def test_sources_and_fields_can_be_chosen(desk: Desk) -> None:
    desk.type(
        "init", "new", "--field", "nlp", "--field", "vision", "--source", "arxiv",
        "--source", "pubmed", "--contact", "you@example.org",
    )  # fmt: skip
    config = load_config(desk.folder / "new/config.yaml")
    arxiv, pubmed, _ = config.sources
    assert isinstance(arxiv, ServiceSource)
    assert isinstance(pubmed, ServiceSource)
    assert arxiv.categories == ("cs.CL", "cs.CV")
    assert pubmed.query == '"language model" OR "computer vision"'
    assert config.contact == "you@example.org"
    assert len(config.rules) == 4


@pytest.mark.parametrize("kind", sorted(set(KINDS) - set(NEEDS_MORE)))
def test_each_kind_of_source_can_begin_a_config(kind: str, desk: Desk) -> None:
    assert desk.type("init", "new", "--field", "medicine", "--source", kind).code == 0
    assert kinds(desk.folder / "new") == [kind]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--field", "nlpp"], 'did you mean "nlp"?'),
        (["--field", "nlp", "--source", "arxvi"], 'did you mean "arxiv"?'),
        (["--field", "nlp", "--source", "feed"], "feed needs its address"),
        (["--source", "arxiv"], "--source needs a --field"),
        (["--email", "you@example.org"], "need a --field or --from"),
        (["--field", "nlp", "--email", "you"], "--email 'you' must be an address"),
        (["--field", "nlp", "--at", "7"], "--at '7' must be a time such as 07:00"),
    ],
)
def test_what_is_wrong_is_told(arguments: list[str], told: str, desk: Desk) -> None:
    answer = desk.type("init", "new", *arguments)
    assert answer.code == 2
    assert told in answer.err
    assert not (desk.folder / "new").exists()


def test_the_fields_are_listed(desk: Desk) -> None:
    answer = desk.type("init", "--field", "list")
    assert answer.out.startswith("nlp")
    assert len(answer.lines) == len(FIELDS)
    assert not (desk.folder / "config.yaml").exists()


@pytest.mark.parametrize("address", ["you@example.org", "o'brien@example.org"])
def test_a_config_says_where_and_when_digests_go(address: str, desk: Desk) -> None:
    arguments = ("--field", "nlp", "--email", address, "--at", "06:30", "--site")
    assert desk.type("init", "new", *arguments).code == 0
    config = load_config(desk.folder / "new/config.yaml")
    (profile,) = config.profiles
    assert profile.email is not None
    assert [to.address for to in profile.email.to] == [address]
    assert profile.at == time(6, 30)
    assert config.site
    assert desk.type("check", "-c", "new/config.yaml").code == 0


def test_at_a_terminal_init_asks(folder: Path) -> None:
    controller, terminal = os.openpty()
    os.write(controller, b"nlp, vision\nyou@example.org\n")
    completed = process("init", "new", cwd=folder, stdin=terminal, stderr=terminal)
    os.close(terminal)
    os.close(controller)
    assert completed.returncode == 0
    config = load_config(folder / "new/config.yaml")
    assert len(config.rules) == 4
    (profile,) = config.profiles
    assert profile.email is not None
    assert [str(to) for to in profile.email.to] == ["you@example.org"]


REFERENCES = "\n".join(
    f"@article{{k{number}, title={{Peat bogs of lake {number}}}, author={{Marsh, Ana}},"
    f" eprint={{2401.0000{number}}}, archivePrefix={{arXiv}}, primaryClass={{q-bio.PE}}}}"
    for number in range(4)
)


def test_rules_come_from_a_file_of_references(folder: Path, digest: Callable[..., Answer]) -> None:
    (folder / "mine.bib").write_text(REFERENCES, encoding="utf-8")
    assert digest("init", "--from", "mine.bib").code == 0
    text = (folder / "config.yaml").read_text("utf-8")
    assert "- arxiv: [q-bio.PE]" in text
    assert re.search("- peat bogs +# 4 papers, such as: Peat bogs of lake 0", text)
    assert digest("check").code == 0


def test_rules_come_from_another_programs_config(
    folder: Path, digest: Callable[..., Answer]
) -> None:
    other = "keywords: {Moss: {filters: [moss], exclude: [map]}}\narxiv: {categories: [q-bio.PE]}\n"
    (folder / "other.yaml").write_text(other, encoding="utf-8")
    assert digest("init", "--from", "other.yaml", "--source", "arxiv").code == 0
    text = (folder / "config.yaml").read_text("utf-8")
    assert "- name: Moss" in text
    assert "- arxiv: [q-bio.PE]" in text
    assert digest("check").code == 0


@pytest.mark.parametrize("content", ["", "I like moss very much, as everybody knows by now.\n"])
def test_a_file_without_rules_is_refused(
    folder: Path, digest: Callable[..., Answer], content: str
) -> None:
    (folder / "other.txt").write_text(content, encoding="utf-8")
    answer = digest("init", "--from", "other.txt")
    assert (answer.code, (folder / "config.yaml").exists()) == (2, False)
