"""The example config: equal in the checkout and in `digest init`, and useful."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Final

import pytest

from digest.config import Config, load_config, parse_config
from digest.config import channels as channel_keys
from digest.config import email as email_keys
from digest.config import profiles as profile_keys
from digest.config import rules as rule_keys
from digest.config import settings as top_keys
from digest.config import sources as source_keys
from digest.config import summaries as summary_keys
from digest.dumps import read_dump
from digest.errors import ConfigError
from digest.matching import compile_rules
from digest.model import FolderSource, Paper, Record
from digest.sources.folder import collect, open_dump

PROJECT: Final = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def config() -> Config:
    return load_config(PROJECT / "config.yaml")


def test_both_examples_differ_in_the_folder_alone() -> None:
    def lines(name: str) -> list[list[str]]:
        text = (PROJECT / name).read_text(encoding="utf-8")
        return [line.split() for line in text.replace("examples/dumps/", "dumps/").splitlines()]

    assert lines("config.yaml") == lines("examples/config.yaml")


def test_the_example_of_init_finds_the_dumps_beside_it() -> None:
    config = load_config(PROJECT / "examples" / "config.yaml")
    (source,) = config.sources
    assert isinstance(source, FolderSource)
    assert source.folder == PROJECT / "examples" / "dumps"


def test_every_rule_of_the_example_selects_some_of_the_papers_but_not_most(config: Config) -> None:
    papers: dict[str, Paper] = {}
    (source,) = config.sources
    assert isinstance(source, FolderSource)
    for found in collect(source).dumps:
        with open_dump(found.path) as dump:
            for item in read_dump(dump.stream, name=found.name, today=date(2026, 1, 12)).items:
                assert isinstance(item, Record), item
                known = papers.get(item.title)
                papers[item.title] = Paper(
                    item.title,
                    item.title,
                    item.abstract,
                    categories=item.categories or (known.categories if known else ()),
                    upvotes=item.upvotes or (known.upvotes if known else None),
                )
    matcher = compile_rules(config.rules, today=date(2026, 1, 12))
    counts = dict.fromkeys((rule.name for rule in config.rules), 0)
    for matches in matcher.match(list(papers.values())):
        for match in matches:
            counts[match.rule] += 1
    assert all(2 <= count <= 6 for count in counts.values()), counts
    beyond = [rule.name for rule in config.rules if rule.limit and counts[rule.name] > rule.limit]
    assert beyond == ["Small and cheap models"], "a limit is shown at work"


def test_the_faults_that_the_documentation_shows_are_told() -> None:
    text = (PROJECT / "docs" / "config.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```(?:yaml|text)\n(.*?)```", text, re.DOTALL)
    assert parse_config(blocks[0], Path("config.yaml")).rules
    with pytest.raises(ConfigError) as caught:
        parse_config(blocks[1], Path("config.yaml"))
    assert str(caught.value) == blocks[2].rstrip("\n")


@pytest.mark.parametrize(
    "keys",
    [
        top_keys.KEYS,
        source_keys.SOURCE_KEYS,
        top_keys.SMTP_KEYS,
        rule_keys.KEYS,
        profile_keys.KEYS,
        email_keys.KEYS,
        channel_keys.NOTIFY_KEYS,
        channel_keys.WEBHOOK_KEYS,
        summary_keys.SUMMARY_KEYS,
    ],
)
def test_every_key_is_documented(keys: tuple[str, ...]) -> None:
    text = (PROJECT / "docs" / "config.md").read_text(encoding="utf-8")
    documented = re.findall(r"^- `(\w+)`", text, re.MULTILINE)
    assert set(keys) - set(documented) == set()
