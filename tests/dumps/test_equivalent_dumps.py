"""The same content is read alike however it was saved, wrapped or concatenated."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from benchmarks.fuzz_readers import read
from tests.dumps.test_fuzz import SEEDS, WORK

if TYPE_CHECKING:
    from collections.abc import Callable

SAVED: dict[str, Callable[[str], bytes]] = {
    "CR LF": lambda text: text.replace("\r\n", "\n").replace("\n", "\r\n").encode(),
    "a byte order mark": lambda text: text.encode("utf-8-sig"),
    "UTF-16": lambda text: text.encode("utf-16"),
    "gzip": lambda text: gzip.compress(text.encode()),
    "blank lines around": lambda text: f"\n\n{text.rstrip()}\n\n\n".encode(),
}
ENTRIES: dict[str, dict[str, Any]] = {
    "common keys": {
        "title": "Salt in Bread", "authors": ["Ada Berg", "Bo Day"], "arxiv_id": "2601.99001",
        "abstract": "We taste it.", "published": "2026-01-05", "upvotes": 3,
    },
    "Crossref": {**WORK, "type": "journal-article", "container-title": ["Journal of Bread"]},
    "Daily Papers": {
        "paper": {"id": "2601.99001", "title": "Salt in Bread", "summary": "We taste it.",
                  "authors": [{"name": "Ada Berg", "hidden": False}], "upvotes": 3,
                  "publishedAt": "2026-01-05T00:00:00.000Z"},
        "publishedAt": "2026-01-05T00:00:00.000Z", "numComments": 2,
    },
    "arXiv's snapshot": {
        "id": "2601.99001", "title": "Salt in\n  Bread", "abstract": "  We taste it.\n",
        "authors_parsed": [["Berg", "Ada", ""]], "categories": "cs.LG stat.ML",
        "versions": [{"version": "v1", "created": "Mon, 5 Jan 2026 10:00:00 GMT"}],
    },
}  # fmt: skip
WRAPPED: dict[str, Callable[[list[dict[str, Any]]], str]] = {
    "one a line": lambda entries: "\n".join(map(json.dumps, entries)),
    "a list": json.dumps,
    "an indented list": lambda entries: json.dumps(entries, indent=2),
    "under a key": lambda entries: json.dumps({"status": "ok", "papers": entries}),
    "two levels down": lambda entries: json.dumps({"response": {"docs": entries}}),
    "other order": lambda entries: json.dumps([dict(reversed(entry.items())) for entry in entries]),
    "keys of somebody": lambda entries: json.dumps(
        [{**entry, "my_note": "x"} for entry in entries]
    ),
    "two lists": lambda entries: json.dumps(entries[:1]) + "\n" + json.dumps(entries[1:]),
    "commas": lambda entries: ",\n".join(map(json.dumps, entries)),
}


def titles(content: bytes) -> list[str]:
    return [record.title for record in read(content)]


@pytest.mark.parametrize("how", SAVED)
@pytest.mark.parametrize("name", SEEDS)
def test_how_a_dump_was_saved_does_not_count(name: str, how: str) -> None:
    expected = titles(SEEDS[name].encode())
    assert expected
    assert titles(SAVED[how](SEEDS[name])) == expected


@pytest.mark.parametrize("how", WRAPPED)
@pytest.mark.parametrize("name", ENTRIES)
def test_what_an_object_says_does_not_depend_on_what_is_around_it(name: str, how: str) -> None:
    entries = [ENTRIES[name]] * 3
    expected = read("\n".join(map(json.dumps, entries)).encode())
    assert len(expected) == 3
    result = read(WRAPPED[how](entries).encode())
    assert [replace(record, line=1) for record in result] == [
        replace(record, line=1) for record in expected
    ]


@pytest.mark.parametrize("name", sorted(set(SEEDS) - {"page", "html", "mail"}))
def test_dumps_that_were_put_together_are_read_whole(name: str) -> None:
    seed = SEEDS[name].rstrip() + "\n"
    expected = titles(seed.encode())
    assert sorted(titles((seed + seed).encode())) in (sorted(expected * 2), sorted(expected))
