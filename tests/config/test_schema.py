"""The JSON Schema of the config has every key, and accepts whatever the program accepts."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import jsonschema
import pytest
import yaml

from digest.cli.app import main
from digest.config import (
    channels,
    email,
    parse_config,
    profiles,
    rules,
    settings,
    sources,
    summaries,
    zotero,
)
from digest.errors import ConfigError
from tests.config.test_config_errors import AROUND, cases

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECT: Final = Path(__file__).resolve().parents[2]
PAGES: Final = (PROJECT / "README.md", *sorted((PROJECT / "docs").glob("*.md")))
SCHEMA: Final[dict[str, Any]] = json.loads(
    (PROJECT / "digest/config/schema.json").read_text(encoding="utf-8")
)
DEFINED: Final = SCHEMA["$defs"]

EVERYTHING: Final = """\
title: 2026
library: digest.db
output: digests/
language: de-CH
site: true
site_url: https://papers.example.org/
public_marks: no
served: on
contact: ada@example.org
lookup: semantic-scholar
heartbeat: beat
ping_url: https://hc-ping.com/check
metrics: digest.prom
aliases: [[LLM, large language model]]
sources:
  - dumps/
  - huggingface
  - biorxiv:
  - medrxiv: [neurology]
  - {huggingface: trending, name: trending, again: 3}
  - {kind: huggingface, list: daily, name: daily, catch_up: "3"}
  - {arxiv: cs.CL, name: nlp, endpoint: 'https://mirror.example.org', allow_private: false}
  - arxiv: [cs.LG, hep-th]
  - {kind: arxiv, categories: [cs.CV], name: vision}
  - {kind: arxiv, query: 'abs:"state space"', name: ssm}
  - {pubmed: sepsis, key_env: NCBI_KEY}
  - europepmc: sepsis
  - {crossref: soil, filter: 'issn:2041-1723'}
  - openalex: soil
  - semantic-scholar: soil
  - openreview: ICLR.cc/2026/Conference
  - {kind: openreview, venue: ICML.cc/2026/Conference, name: icml}
  - feed: https://example.org/feed.xml
  - http: https://example.com/{date:%Y/%m/%d}.json
  - {kind: http, url: 'https://example.net/{date}', name: other}
  - mailbox: mail/
  - {kind: mailbox, mbox: alerts.mbox, name: alerts}
  - kind: mailbox
    name: server
    host: imap.example.org
    port: 993
    security: tls
    username: ada
    password_env: MAIL_PASSWORD
    mailbox: Alerts
    ca_file: ca.pem
    subscriptions: true
  - {kind: mailbox, maildir: alerts/, name: maildir}
  - {kind: folder, path: exports/}
  - folder: tables/
    fields: {title: Titel, abstract: text, authors: meta.people, arxiv_id: id, doi: doi, url: link,
             pdf_url: pdf, code_url: code, categories: tags, published: date, listed: seen,
             upvotes: up, comments: said, organization: org, journal: journal, comment: note,
             license: license}
rules:
  - name: Agents
    keywords: [agent, 007, 3.10, {query: 'tool AND use'}]
    query: planning
    authors: [Ada Berg]
    require: [learning]
    exclude: [survey]
    prefer: [open]
    avoid: [closed]
    weight: 0.5
    limit: "10"
    min: 2
    min_score: 1
    order: upvotes
    paused: false
    until: 2026-12-31
    note: What *agents* do.
    must_match: [An agent that learns planning]
    must_not_match: [A survey]
profiles:
  - name: lab
    title: The lab
    intro: Good morning.
    rules: [Agents]
    timezone: Europe/Zurich
    at: 07:00
    days: [mon, fri]
    limit: 20
    groups: [{rules: [Agents], limit: 5}]
    carry_over: 0
    formats: [markdown, html]
    templates: templates/
    detail: full
    abstracts: yes
    front_matter: off
    language: zh
    rank: library
    reader: ada
    reading_list: true
    inbox_days: never
    still_on_list: {best: 2, oldest: 1}
    review: sunday
    updates: true
    summaries: true
    translate: pt-BR
    more_like_these: 3
    near_misses: 2
    notify: [PHONE, {url_env: CHAT, name: chat, template: chat.txt.j2, limit: 200, when_empty: on}]
    webhook:
      - https://hooks.example.org/digest
      - {url: 'https://hooks.example.net/', secret_env: KEY, name: net, when_empty: false}
      - {url_env: HOOK}
    email:
      to: [ada@example.org, 'Bo Li <bo@example.org>']
      from: Papers <papers@example.org>
      subject: '{count} papers'
      when_empty: false
      max_bytes: 20000
      unsubscribe: mailto:papers@example.org
      list_id: papers.example.org
      maildir: out/
      archive: https://example.org/{profile}/{digest}.html
      open: true
  - {name: 2, email: {to: ada@example.org}, still_on_list: 5, notify: PHONE, inbox_days: 3}
smtp:
  host: mail.example.org
  port: 587
  security: starttls
  username: ada
  password_env: SMTP_PASSWORD
  ca_file: ca.pem
  timeout: 2.5
  retries: 0
  give_up_after: 2
zotero:
  library: users/475425
  key_env: ZOTERO_KEY
  collection: To read
  tags: [digest]
  file: owned.bib
  endpoint: http://localhost:23119
summaries:
  url: http://localhost:11434/v1
  model: small
  key_env: KEY
  language: en
  prompt: Be short.
  papers: 3
  tokens: 1000
  answer_tokens: 50
  price: {input: 0.15, output: 1e0}
  budget: 0.5
  timeout: 1
"""


class CoreSchema(yaml.CSafeLoader):
    """Reads YAML 1.2's core schema, as editors do: `yes` and `07:00` are texts."""


CoreSchema.yaml_implicit_resolvers = {}
for tag, pattern, starts in (
    ("null", r"null|Null|NULL|~|", [*"nN~", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", [*"tTfF"]),
    ("int", r"[-+]?[0-9]+", [*"-+0123456789"]),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", [*"-+.0123456789"]),
):
    CoreSchema.add_implicit_resolver(
        f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{pattern})$"), starts
    )


def refusals(text: str) -> list[str]:
    """Return what the schema has against a config."""
    validator = jsonschema.Draft202012Validator(SCHEMA)
    written = yaml.load(text, CoreSchema)  # a subclass of the safe loader
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(written)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "templates").mkdir()
    return tmp_path


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(
    ("table", "keys"),
    [
        (SCHEMA, settings.KEYS),
        (DEFINED["smtp"], settings.SMTP_KEYS),
        (DEFINED["rule"], rules.KEYS),
        (DEFINED["profile"], profiles.KEYS),
        (DEFINED["email"], email.KEYS),
        (DEFINED["notify"]["anyOf"][1], channels.NOTIFY_KEYS),
        (DEFINED["webhook"]["anyOf"][1], channels.WEBHOOK_KEYS),
        (DEFINED["zotero"], zotero.ZOTERO_KEYS),
        (DEFINED["summaries"], summaries.SUMMARY_KEYS),
        (DEFINED["source"]["anyOf"][1], {*sources.SOURCE_KEYS, *sources.KINDS}),
    ],
)
def test_it_knows_every_key_and_no_other(table: dict[str, Any], keys: tuple[str, ...]) -> None:
    assert set(table["properties"]) == set(keys)
    assert all(part["description"] for part in table["properties"].values())
    assert not table["additionalProperties"]


def test_it_takes_every_key_as_the_program_does(folder: Path) -> None:
    config = parse_config(EVERYTHING, folder / "config.yaml")
    assert config.skipped == ()
    assert refusals(EVERYTHING) == []


def keys_of(node: object) -> Iterator[str]:
    for value in (
        node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    ):
        yield from keys_of(value)
    if isinstance(node, dict):
        yield from node


def test_the_example_above_has_every_key() -> None:
    parts = [
        SCHEMA,
        *DEFINED.values(),
        *(DEFINED[name]["anyOf"][1] for name in ("notify", "source")),
    ]
    known = {key for part in parts for key in part.get("properties", ())}
    assert known - set(keys_of(yaml.load(EVERYTHING, CoreSchema))) == set()


def configs() -> Iterator[tuple[str, str]]:
    """Yield the whole configs that the project shows."""
    for path in (PROJECT / "config.yaml", PROJECT / "examples/config.yaml"):
        yield path.name, path.read_text(encoding="utf-8")
    for page in PAGES:
        shown = re.findall(r"```yaml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
        yield from ((page.name, block) for block in shown if "sources:" in block)


def test_it_takes_the_configs_that_the_project_shows(folder: Path) -> None:
    taken = 0
    for name, text in configs():
        try:
            parse_config(text, folder / "config.yaml")
        except ConfigError:
            continue  # shown for its faults, or a part
        assert refusals(text) == [], name
        taken += 1
    assert taken >= 4


@pytest.mark.parametrize(
    ("around", "text"),
    [(around, text) for around, text, message in cases() if "unknown key" in message],
)
def test_it_refuses_unknown_keys(around: str, text: str) -> None:
    assert refusals(AROUND[around].replace("{}", text, 1)) != []


@pytest.mark.parametrize(
    "text",
    ["limit: 0", "order: best", "weight: -1", "paused: maybe", "until: soon", "keywords: []"],
)
def test_it_refuses_values_that_cannot_be(text: str) -> None:
    assert refusals(f"sources: [dumps/]\nrules:\n  - {{name: R, query: a1, {text}}}\n") != []


def test_the_command_prints_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--schema"]) == 0
    assert json.loads(capsys.readouterr().out) == SCHEMA
