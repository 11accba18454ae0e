"""Parse a config: defaults, short forms, and text that YAML would read as another type."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.config import Config, load_config, parse_config
from digest.errors import ConfigError
from digest.model import EmailSettings, FolderSource, Mailbox, Profile, SmtpSettings
from digest.rules import parse_keyword, parse_query

FOLDER = Path("/home/reader")
THREE_LINES = """\
sources: [dumps/]
rules:
  - {name: Scaling laws, keywords: [scaling law]}
"""


def parse(text: str) -> Config:
    return parse_config(text, FOLDER / "config.yaml")


def with_profile(text: str) -> Profile:
    (profile,) = parse(f"{THREE_LINES}profiles:\n  - {text}\n").profiles
    return profile


def with_rule(text: str) -> str:
    return f"sources: [dumps/]\nrules:\n  - name: R\n    {text}\n"


def test_three_lines_are_a_config() -> None:
    config = parse(THREE_LINES)
    assert config.title == "Reading list"
    assert config.library == FOLDER / "digest.db"
    assert config.output == FOLDER / "digests"
    assert config.sources == (FolderSource("dumps", FOLDER / "dumps", "dumps"),)
    assert [rule.name for rule in config.rules] == ["Scaling laws"]
    assert config.rules[0].keywords == (parse_keyword("scaling law"),)
    assert config.rule_lines == (3,)
    assert config.smtp == SmtpSettings()
    (profile,) = config.profiles
    assert (profile.name, profile.title) == ("daily", "Reading list")
    assert profile.rules == ("Scaling laws",)
    assert str(profile.timezone) == "UTC"
    assert profile.formats == ("markdown", "html", "rss")
    assert profile.carry_over == 7
    assert (profile.limit, profile.at, profile.email) == (None, None, None)


def test_a_rule_has_all_the_parts_of_the_language() -> None:
    (rule,) = parse(
        """\
sources: [dumps/]
rules:
  - name: Mixture of experts
    keywords: [mixture of experts^3, =MoE, sparse upcycl*, "N:M sparsity"]
    require: [language model, {query: "title:vision OR cat:cs.CV"}]
    exclude: [survey, {query: "title:review"}]
    query: 'expert* AND (routing OR "load balancing")'
    weight: 2.5
    limit: 10
    min_score: 2
    must_match: ["Experts, routed"]
    must_not_match: ["A survey of experts"]
"""
    ).rules
    assert rule.keywords == tuple(
        parse_keyword(text)
        for text in ("mixture of experts^3", "=MoE", "sparse upcycl*", "N:M sparsity")
    )
    assert rule.require == (
        parse_keyword("language model"),
        parse_query("title:vision OR cat:cs.CV"),
    )
    assert rule.exclude == (parse_keyword("survey"), parse_query("title:review"))
    assert rule.query == parse_query('expert* AND (routing OR "load balancing")')
    assert (rule.weight, rule.limit, rule.min_score) == (2.5, 10, 2.0)
    assert rule.must_match == ("Experts, routed",)
    assert rule.must_not_match == ("A survey of experts",)


@pytest.mark.parametrize(
    "keyword",
    [
        "no",
        "on",
        "Yes",
        "3.10",
        "007",
        "0x1F",
        "1e3",
        "12:30",
        "2026-01-05",
        "true",
        "=",
        ".5",
        "1_0",
    ],
)
def test_a_keyword_is_the_text_of_the_file_whatever_yaml_would_make_of_it(keyword: str) -> None:
    text = with_rule(f"keywords: [robot]\n    must_match: [{keyword}]")
    assert parse(text).rules[0].must_match == (keyword,)


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"])))
def test_any_text_between_single_quotes_arrives_as_it_is(text: str) -> None:
    hostile = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufffe\uffff\ufeff")
    text = "".join(character for character in text if character not in hostile)
    written = text.replace("'", "''")
    config = parse(with_rule(f"keywords: [robot]\n    must_match: ['{written}']"))
    assert config.rules[0].must_match == (text,)


def test_a_profile_has_all_its_parts(tmp_path: Path) -> None:
    (tmp_path / "my-templates").mkdir()
    text = f"""{THREE_LINES}
  - {{name: Agents, query: agent}}
profiles:
  - name: group
    title: Papers for Monday's reading group
    intro: "Markdown, *rendered*"
    rules: [Agents, Scaling laws]
    timezone: Europe/Zurich
    at: 07:05
    days: [mon, fri]
    limit: 40
    carry_over: 0
    formats: [rss]
    templates: my-templates/
    email: {{to: [you@example.org, me@example.org], from: d@example.org, subject: "{{count}}"}}
    abstracts: yes
    front_matter: on
    language: de-CH
"""
    (profile,) = parse_config(text, tmp_path / "config.yaml").profiles
    assert profile.name == "group"
    assert profile.title == "Papers for Monday's reading group"
    assert profile.intro == "Markdown, *rendered*"
    assert profile.rules == ("Agents", "Scaling laws")
    assert str(profile.timezone) == "Europe/Zurich"
    assert profile.at == time(7, 5)
    assert profile.days == {0, 4}
    assert (profile.limit, profile.carry_over) == (40, 0)
    assert profile.formats == ("rss",)
    assert profile.templates == str(tmp_path / "my-templates")
    assert profile.email == EmailSettings(
        (Mailbox("you@example.org"), Mailbox("me@example.org")),
        Mailbox("d@example.org"),
        "{count}",
    )
    assert profile.abstracts
    assert profile.front_matter
    assert profile.language == "de-CH"


@pytest.mark.parametrize("rank", ["points", "learned", "library"])
def test_a_profile_says_what_orders_its_papers(rank: str) -> None:
    assert parse(f"{THREE_LINES}\nprofiles: [{{rank: {rank}}}]\n").profiles[0].rank == rank
    assert parse(THREE_LINES).profiles[0].rank == "points"


def test_profiles_without_a_title_are_told_apart() -> None:
    config = parse(THREE_LINES + "title: Papers\nprofiles: [{name: a}, {name: b, title: B}]\n")
    assert [profile.title for profile in config.profiles] == ["Papers: a", "B"]
    config = parse(THREE_LINES + "title: Papers\nprofiles: [{at: '7:00'}]\n")
    assert [(profile.name, profile.title) for profile in config.profiles] == [("daily", "Papers")]


def test_one_recipient_needs_no_list() -> None:
    profile = with_profile("{email: {to: you@example.org, when_empty: false}}")
    assert profile.email == EmailSettings((Mailbox("you@example.org"),), when_empty=False)


def test_a_sender_may_have_a_name() -> None:
    profile = with_profile("{email: {to: you@example.org, from: Papers <d@example.org>}}")
    assert profile.email is not None
    assert profile.email.sender == Mailbox("d@example.org", "Papers")


def test_sources_have_a_short_form() -> None:
    config = parse(
        THREE_LINES.replace(
            "[dumps/]", "[a/b/, {folder: /data/c}, {name: d, folder: ../d}, ../e/f/..]"
        )
    )
    assert config.sources == (
        FolderSource("b", FOLDER / "a/b", "a/b"),
        FolderSource("c", Path("/data/c"), "/data/c"),
        FolderSource("d", FOLDER / "../d", "../d"),
        FolderSource("e", FOLDER / "../e/f/..", "../e/f/.."),
    )


@pytest.mark.parametrize(("security", "port"), [("none", 25), ("starttls", 587), ("tls", 465)])
def test_the_mail_port_follows_from_the_security(security: str, port: int) -> None:
    assert parse(f"{THREE_LINES}smtp: {{security: {security}}}\n").smtp.port == port
    assert parse(f"{THREE_LINES}smtp: {{security: {security}, port: 2525}}\n").smtp.port == 2525


def test_a_mail_server_has_all_its_parts() -> None:
    smtp = parse(
        THREE_LINES + "smtp: {host: mail.example.org, security: tls, username: reader,"
        " password_env: MAIL_SECRET, ca_file: ca.pem, timeout: 5}\n"
    ).smtp
    assert smtp == SmtpSettings(
        "mail.example.org", 465, "tls", "reader", "MAIL_SECRET", FOLDER / "ca.pem", 5.0
    )
    assert parse(THREE_LINES + "smtp: {username: ''}\n").smtp.username is None


def test_anchors_repeat_what_they_name() -> None:
    config = parse(
        "sources: [dumps/]\nrules:\n"
        "  - {name: A, keywords: [a1], exclude: &no [survey, review]}\n"
        "  - {name: B, keywords: [b1], exclude: *no}\n"
    )
    assert (
        config.rules[0].exclude
        == config.rules[1].exclude
        == (
            parse_keyword("survey"),
            parse_keyword("review"),
        )
    )


def test_a_config_is_read_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + THREE_LINES.replace("\n", "\r\n").encode())
    config = load_config(path)
    assert config.folder == tmp_path
    assert config.rules == parse(THREE_LINES).rules


def test_an_absent_config_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="`digest init` writes one"):
        load_config(tmp_path / "config.yaml")


def test_what_cannot_be_read_as_text_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="Is a directory"):
        load_config(tmp_path)
    (tmp_path / "c").write_bytes(b"title: a\nrules: \xff\n")
    with pytest.raises(ConfigError, match=r":2:1: is not UTF-8 text"):
        load_config(tmp_path / "c")


def test_hostile_yaml_is_refused() -> None:
    laughs = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 20)
    )
    for text, reason in [
        (laughs, "unfolds to more than 2,000,000 values"),
        ("[" * 100_000, "nested more than 16 deep"),
        ("{a: " * 100_000, "nested more than 16 deep"),
        ("- " * 100_000, "nested more than 16 deep"),
        ("a: &a [*a]\n", "refers to nothing before it"),
        ("a: !!python/object/apply:os.abort []\n", "tags such as !!python/object/apply:os.abort"),
    ]:
        with pytest.raises(ConfigError, match=reason):
            parse(text)


@given(st.text(st.sampled_from("abc :-?*&!|>'\"%@`{}[],#\n\t=^~/\\0é\u2028")))
def test_whatever_the_text_it_is_a_config_or_a_config_error(text: str) -> None:
    for content in (text, THREE_LINES + text, with_rule(text), with_rule("keywords: " + text)):
        message = "/home/reader/config.yaml"
        try:
            parse(content)
        except ConfigError as error:
            message = str(error)
        assert message.startswith("/home/reader/config.yaml")
