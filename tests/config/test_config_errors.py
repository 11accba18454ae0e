"""Errors in a config are reported with place, text and the nearest valid name."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from digest.config import parse_config
from digest.errors import ConfigError
from digest.model import Mailbox

if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = "  - {name: Scaling laws, keywords: [scaling law]}\n"
BASE = f"sources: [dumps/]\nrules:\n{RULE}"


def faults(text: str) -> list[str]:
    """Return the messages about `text`, each after its place `line:column`."""
    with pytest.raises(ConfigError) as caught:
        parse_config(text, Path("c.yaml"))
    message = str(caught.value).split("\n")
    assert all(line.startswith("c.yaml:") for line in message)
    assert len(message) == 1 + len(caught.value.more)
    return [line.removeprefix("c.yaml:") for line in message]


def in_rule(text: str) -> list[str]:
    return faults(f"sources: [dumps/]\nrules:\n  - name: R\n    {text}\n")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("query: a1 AND athor:x", "4:19: "),
        ("query: 'a1 AND athor:x'", "4:20: "),
        ('query: "a1 AND athor:x"', "4:20: "),
        ('query: "\\u0061 AND athor:x"', "4:12: "),  # escapes move the characters
        ("query: |\n      a1 AND athor:x", "4:12: "),
        ("query: a1\n    exclude:\n      - {query: 'b1 athor:x'}", "6:21: "),
    ],
)
def test_a_query_that_does_not_parse_is_pointed_at(text: str, place: str) -> None:
    (message,) = in_rule(text)
    assert message.startswith(place)
    assert 'rule "R": ' in message
    assert "athor" in message
    assert "Did you mean author:?" in message


def test_a_rule_that_only_negates_is_refused() -> None:
    (message,) = in_rule("query: NOT survey")
    assert message.startswith('4:12: rule "R": ')
    assert '"NOT survey"' in message


def test_two_rules_of_one_name_are_refused() -> None:
    assert faults(BASE + RULE) == [
        '4:5: rule "Scaling laws": there is a rule of this name already, on line 3'
    ]


def test_a_rule_without_a_name_is_known_by_its_number() -> None:
    (message,) = faults(f"{BASE}  - {{keywords: [a1]}}\n")
    assert message == "4:5: rule 2: the rule has no name; it is the heading of its section"
    (message,) = faults(f"{BASE}  - {{name: '', keywords: [a1]}}\n")
    assert message == "4:12: rule 2: name: the text is empty"
    (message,) = faults(f'{BASE}  - {{name: "a\\nb", keywords: [a1]}}\n')
    assert message.endswith("must be one line without control characters")


AROUND = {
    "rule": "sources: [dumps/]\nrules:\n  - name: R\n    {}\n",
    "profile": f"{BASE}profiles:\n  - {{}}\n",
    "top": f"{BASE}{{}}\n",
    "sources": f"sources: {{}}\nrules:\n{RULE}",
}


def cases() -> Iterator[tuple[str, str, str]]:
    text = Path(__file__).with_name("faults.txt").read_text(encoding="utf-8")
    for part in text.split("\n## in ")[1:]:
        name, _, body = part.partition("\n")
        for case, message in re.findall(r"\n((?:.+\n)+?)=> (.*)\n", body):
            yield name, case.rstrip("\n"), message


@pytest.mark.parametrize(("around", "text", "told"), list(cases()))
def test_a_fault_is_told_with_its_place(around: str, text: str, told: str) -> None:
    (line,) = faults(AROUND[around].replace("{}", text, 1))
    if told.endswith("…"):
        assert line.startswith(told[:-1])
    else:
        assert line == told


@pytest.mark.parametrize(
    ("to", "told"),
    [
        ("[a@b.org, nobody]", ['5:28: profile 1: email: to: "nobody" must be an address such as']),
        ("[a@b.org, .c@d.org]", ['5:28: profile 1: email: to: ".c@d.org" must be an address such']),
        ("[a@b.org, a@b.org]", ['5:28: profile 1: email: to: "a@b.org" is given twice']),
        ("[a@b.org, [c@d.org]]", ["5:28: profile 1: email: to: this must be text, not a list"]),
        (
            '[a@b.org, "c@d.org\\r\\nBcc: e@f.org"]',
            ['5:28: profile 1: email: to: "c@d.org��Bcc: e@f.org" must be one line'],
        ),
        ("a@b.org", []),
    ],
)
def test_a_bad_recipient_costs_that_recipient_alone(to: str, told: list[str]) -> None:
    config = parse_config(f"{BASE}profiles:\n  - {{email: {{to: {to}}}}}\n", Path("c.yaml"))
    (profile,) = config.profiles
    assert profile.email is not None
    assert profile.email.to == (Mailbox("a@b.org"),)
    assert len(config.skipped) == len(told)
    for error, start in zip(config.skipped, told, strict=True):
        assert str(error).startswith(f"c.yaml:{start}")


def test_all_faults_are_told_at_once_in_the_order_of_the_file() -> None:
    messages = faults("titel: x\nsources: [{kind: x}]\nrules:\n  - {name: A}\n  - {keywords: []}\n")
    assert [line.split(" ")[0] for line in messages] == ["1:1:", "2:18:", "4:5:", "5:5:", "5:16:"]


def test_a_faulty_rule_is_still_known_to_the_profiles() -> None:
    messages = faults(f"{BASE}  - {{name: B, query: '('}}\nprofiles: [{{rules: [B]}}]\n")
    assert len(messages) == 1


def test_so_many_faults_are_cut_off() -> None:
    messages = faults(BASE + "  - {}\n" * 1000)
    assert len(messages) == 51
    assert messages[-1] == " 50 faults were found; the rest of the file was not looked at"


def test_a_secret_is_not_repeated() -> None:
    (message,) = faults(f"{BASE}smtp: {{password: hunter2}}\n")
    assert "hunter2" not in message


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", " is empty; give it `sources` and `rules`"),
        ("# nothing\n", " is empty; give it `sources` and `rules`"),
        ("words", "1:1: this must be a mapping with the keys title, library"),
        (f"rules:\n{RULE}", "1:1: there are no `sources`; give it at least one"),
        ("sources: [a]", "1:1: there are no `rules`; give it at least one"),
        ("a: b\n---\nc: d", "2:1: a second document begins"),
        ("a: [b", "1:4: not valid YAML: "),
        ('q: "a b"~5', "1:9: not valid YAML: "),
        ("a: *b", "1:4: *b refers to nothing before it"),
        ("[a]: b", "1:1: a key must be a word"),
        ("a: b\nc: \x07", "2:4: U+0007 is a character that YAML does not allow"),
    ],
)
def test_a_file_that_is_no_config(text: str, told: str) -> None:
    (line,) = faults(text)
    assert line.startswith(told)
