"""Reading a Zotero library, and adding papers to it, over its web API."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import Answer, write
from tests.sources.zotero_server import KEY, ZoteroServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Digest = Callable[..., Answer]

DAY = "2026-01-12"


@pytest.fixture
def zotero() -> Iterator[ZoteroServer]:
    with ZoteroServer() as server:
        yield server


@pytest.fixture
def named(place: Path, zotero: ZoteroServer, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder whose config names the server's library."""
    monkeypatch.setenv("DIGEST_ZOTERO_KEY", KEY)
    config = (place / "config.yaml").read_text("utf-8")
    section = (
        f"zotero:\n  library: users/12\n  endpoint: {zotero.address}\n"
        "  collection: From digest\n  tags: [digest]\n"
    )
    write(place / "config.yaml", config + section)
    return place


def item(key: str, title: str, **fields: object) -> dict[str, object]:
    data = {"key": key, "itemType": "journalArticle", "title": title, **fields}
    return {"key": key, "version": 1, "data": data}


def test_a_library_is_read_page_by_page(named: Path, digest: Digest, zotero: ZoteroServer) -> None:
    people = [{"creatorType": "author", "firstName": "Ana", "lastName": "Marsh"}]
    for number in range(5):
        zotero.items[f"K{number}"] = item(
            f"K{number}", f"Tides of sea {number}", creators=people, date="2019-04"
        )
    zotero.items["N"] = {"key": "N", "version": 1, "data": {"itemType": "note", "note": "mine"}}
    zotero.busy = 2
    output = json.loads(digest("import-papers", "--zotero", "--json").out)
    assert (output["entries"], output["new_papers"], output["marked"], output["refused"]) == (
        5,
        5,
        5,
        [],
    )
    papers = [json.loads(line) for line in digest("papers", "Tides", "--json").out.splitlines()]
    assert {(paper["authors"][0], paper["published"]) for paper in papers} == {
        ("Ana Marsh", "2019-04")
    }
    assert json.loads(digest("import-papers", "--zotero", "--json").out)["new_papers"] == 0


def test_papers_are_added_once_with_collection_tags_and_note(
    named: Path, digest: Digest, zotero: ZoteroServer
) -> None:
    assert digest("run", "--date", DAY, "--quiet").code == 0
    assert digest("star", "2601.99001").code == 0
    assert digest("note", "2601.99001", "Read <b>soon</b>.").code == 0
    answer = digest("export", "--starred", "--zotero")
    assert answer.out == "1 paper added to Zotero.\n", answer.err
    (collection,) = zotero.collections.values()
    assert collection["data"]["name"] == "From digest"
    added, note = (item["data"] for item in zotero.items.values())
    assert added["itemType"] == "preprint"
    assert added["archiveID"] == "arXiv:2601.99001"
    assert added["collections"] == [collection["key"]]
    assert {"tag": "digest"} in added["tags"]
    assert (note["parentItem"], note["note"]) == (
        added["key"], "<p>Read &lt;b&gt;soon&lt;/b&gt;.</p>",
    )  # fmt: skip
    second = digest("export", "--starred", "--zotero")
    assert second.out == "0 papers added to Zotero; 1 were there already.\n"
    assert (len(zotero.items), len(zotero.collections)) == (2, 1)


def test_what_zotero_refuses_is_said(
    named: Path, digest: Digest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIGEST_ZOTERO_KEY", "wrong")
    answer = digest("import-papers", "--zotero")
    assert answer.code == 1
    assert "cannot be used" in answer.err
    assert "wrong" not in answer.err


def test_an_export_that_is_kept_up_to_date_is_read(place: Path, digest: Digest) -> None:
    write(place / "zotero.json", json.dumps({"items": [item("K", "Tides of the sea")["data"]]}))
    config = (place / "config.yaml").read_text("utf-8")
    write(place / "config.yaml", config + "zotero: {file: zotero.json}\n")
    assert json.loads(digest("import-papers", "--zotero", "--json").out)["entries"] == 1
    assert digest("export", "--zotero").code == 2
