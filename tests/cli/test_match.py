"""`digest match` and `digest papers`: queries on the library, on dumps, from files."""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.conftest import Answer, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Digest = Callable[..., Answer]

BREAD: list[dict[str, Any]] = [
    {"id": "2601.00001", "title": "Bread and robots", "abstract": "A robot bakes.", "upvotes": 3},
    {"id": "2601.00002", "title": "Robots", "abstract": "They rest."},
    {"id": "2601.00003", "title": "Bread", "abstract": "It rests. A robot looks on.", "upvotes": 9},
]


@pytest.fixture
def bread(folder: Path, digest: Digest) -> Path:
    """Return a folder whose library has three papers."""
    write(folder / "config.yaml", "sources: [dumps/]\nrules: [{name: Bread, keywords: [bread]}]\n")
    write(folder / "dumps/2026-01-05.jsonl", "\n".join(map(json.dumps, BREAD)))
    assert digest("ingest", "dumps").code == 0
    return folder


def stdin(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))


def lines(answer: Answer) -> list[dict[str, Any]]:
    return [json.loads(line) for line in answer.out.splitlines()]


def test_for_people(bread: Path, digest: Digest) -> None:
    assert digest("match", "robot", "unicorn") == Answer(
        0,
        "robot: 3 papers\n"
        "      2  2601.00001          Bread and robots\n"
        "      2  2601.00002          Robots\n"
        "      1  2601.00003          Bread\n"
        "unicorn: 0 papers\n",
        "",
    )
    assert digest("match", "robot", "--limit", "1").out.startswith("robot: 3 papers, the best 1\n")


def test_json(bread: Path, digest: Digest) -> None:
    answer = digest("match", "=Bread rest", "--json")
    assert answer.code == 0
    assert lines(answer) == [
        {
            "query": "=Bread rest",
            "count": 1,
            "papers": [
                {
                    "id": "2601.00003",
                    "title": "Bread",
                    "points": 3.0,
                    "matches": [
                        {"rule": "=Bread rest", "keyword": "=Bread", "field": "title", "index": 0,
                         "start": 0, "end": 5, "points": 2.0},
                        {"rule": "=Bread rest", "keyword": "rest", "field": "abstract", "index": 0,
                         "start": 3, "end": 8, "points": 1.0},
                    ],
                }
            ],
        }
    ]  # fmt: skip


def test_ids_and_counts(bread: Path, digest: Digest) -> None:
    ids = ["2601.00001", "2601.00002", "2601.00003"]
    assert lines(digest("match", "robot", "--ids")) == [{"query": "robot", "count": 3, "ids": ids}]
    assert lines(digest("match", "robot", "x", "--count")) == [
        {"query": "robot", "count": 3},
        {"query": "x", "count": 0},
    ]


def test_the_limit_holds_for_papers_and_never_for_the_count(bread: Path, digest: Digest) -> None:
    (one,) = lines(digest("match", "robot", "--json", "--limit", "1"))
    assert (one["count"], len(one["papers"])) == (3, 1)
    (all_,) = lines(digest("match", "robot", "--json", "--limit", "0"))
    assert len(all_["papers"]) == 3


@pytest.mark.parametrize("shape", ["--json", "--ids", "--count"])
def test_a_query_that_does_not_parse_has_its_error_in_its_place(
    bread: Path, digest: Digest, shape: str
) -> None:
    answer = digest("match", "bread", "athor:x", "robot", shape)
    assert (answer.code, answer.err) == (3, "")
    first, wrong, last = lines(answer)
    assert (first["count"], last["count"]) == (2, 3)
    assert wrong == {
        "query": "athor:x",
        "error": "'athor' is not a field, at character 1 of 'athor:x'. Did you mean author:? "
        'To search for the text, quote it: "athor:x".',
    }


def test_for_people_an_error_points_at_the_place(bread: Path, digest: Digest) -> None:
    answer = digest("match", "bread (robot")
    assert answer.code == 3
    assert answer.err == (
        "digest: this bracket is never closed, at character 7 of 'bread (robot'.\n"
        "bread (robot\n"
        "      ^\n"
    )


def test_a_long_query_is_quoted_in_part(bread: Path, digest: Digest) -> None:
    answer = digest("match", "robot " * 300 + "(")
    assert max(map(len, answer.err.splitlines())) <= 120
    *_, shown, pointer = answer.err.splitlines()
    assert shown[pointer.index("^") - 1] == "("


def test_queries_from_a_file_and_from_stdin(
    bread: Path, digest: Digest, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A byte order mark, an empty line, lines of several systems, and one character that Unicode
    # calls the end of a line but a file does not.
    content = "\ufeffrobot\n\n  bread \r\nbread\u2028robot\nlast".encode()
    (bread / "queries.txt").write_bytes(content)
    expected = ["robot", "bread", "bread\u2028robot", "last"]
    result = lines(digest("match", "--from", "queries.txt", "--count"))
    assert [item["query"] for item in result] == expected
    stdin(monkeypatch, content)
    result = lines(digest("match", "first", "--from", "-", "--count"))
    assert [item["query"] for item in result] == ["first", *expected]


def test_dumps_in_place_of_the_library(bread: Path, digest: Digest) -> None:
    write(bread / "new.jsonl", json.dumps({"title": "A robot of tomorrow"}))
    write(bread / "strange.txt", "nothing that is known")
    answer = digest("match", "robot", "--dump", "new.jsonl", "dumps", "--count")
    assert (answer.code, lines(answer)) == (0, [{"query": "robot", "count": 4}])
    (bread / "config.yaml").unlink()
    answer = digest("match", "robot", "--count", "--dump", "new.jsonl", "--dump", "strange.txt")
    assert (answer.code, lines(answer)) == (3, [{"query": "robot", "count": 1}])
    assert answer.err.startswith("digest: refused strange.txt: the dump is in no known format")
    (bread / "digest.db").unlink()
    digest("match", "robot", "--dump", "new.jsonl")
    assert not (bread / "digest.db").exists()


def test_a_library_that_is_not_there_is_empty_and_is_not_made(folder: Path, digest: Digest) -> None:
    write(folder / "config.yaml", "sources: [dumps/]\nrules: [{name: Bread, keywords: [bread]}]\n")
    assert digest("match", "robot") == Answer(0, "robot: 0 papers\n", "")
    assert digest("papers") == Answer(0, "", "0 papers\n")
    assert [path.name for path in folder.iterdir()] == ["config.yaml"]


def test_papers_for_people(bread: Path, digest: Digest) -> None:
    assert digest("papers") == Answer(
        0,
        "2601.00001          2026-01        ▲3  Bread and robots\n"
        "2601.00002          2026-01            Robots\n"
        "2601.00003          2026-01        ▲9  Bread\n",
        "3 papers\n",
    )
    assert digest("papers", "bread", "-q") == Answer(
        0,
        "2601.00003          2026-01        ▲9  Bread\n"
        "2601.00001          2026-01        ▲3  Bread and robots\n",
        "",
    )


def test_one_paper_with_its_history(bread: Path, digest: Digest) -> None:
    shown = digest("papers", "--show", "2601.00001")
    assert shown.code == 0
    assert shown.out.startswith("2601.00001  Bread and robots\n\nSeen\n")
    assert "▲3" in shown.out
    assert "upvotes" in shown.out
    (result,) = lines(digest("papers", "--show", "2601.00001", "--json"))
    assert result["history"][0]["upvotes"] == 3
    assert result["origins"]["title"] == result["history"][0]["dump"]
    assert digest("papers", "--show", "2601.99999").code == 1


def test_papers_for_programs(bread: Path, digest: Digest) -> None:
    result = lines(digest("papers", "--json"))
    assert [item["id"] for item in result] == [item["id"] for item in BREAD]
    first = result[0]
    assert first["abstract"] == "A robot bakes."
    assert first["upvotes"] == 3
    assert first["authors"] is None
    assert first["published_inferred"] is False
    assert first["first_seen"] == "2026-01-05"
    assert first["sources"] == ["dumps"]


def test_papers_of_a_query_that_does_not_parse(bread: Path, digest: Digest) -> None:
    answer = digest("papers", "(")
    assert (answer.code, answer.out) == (2, "")
    assert "at character" in answer.err


def test_queries_know_the_aliases_of_the_config(place: Path, digest: Digest) -> None:
    config = (place / "config.yaml").read_text("utf-8")
    write(place / "config.yaml", "aliases: [[MoE, mixture of experts]]\n" + config)
    assert digest("ingest", "dumps").code == 0
    moe, whole = lines(digest("match", "--count", "moe", '"mixture of experts"'))
    assert moe["count"] == whole["count"] > 0
    assert (
        digest("papers", "moe", "--json").out
        == digest("papers", '"mixture of experts"', "--json").out
    )


def test_a_query_may_name_a_rule_of_the_config(place: Path, digest: Digest) -> None:
    assert digest("ingest", "dumps").code == 0
    named, counted = lines(digest("match", "--count", 'rule:"Mixture of experts"', "xyzzy"))
    assert named["count"] > counted["count"] == 0
