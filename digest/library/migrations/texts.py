"""Store each text once, packed: papers of one record refer to it, others have a body of their own.

Earlier versions had the text of every paper twice, in `record` and in `paper`, at 3.4 times the
bytes of the dumps. Records are also keyed again: title ids tell `C` from `C++` now, and names are
stored in their parts.
"""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from digest.identity import title_id
from digest.library.author_names import names_from_lists
from digest.library.paper_rows import record_columns
from digest.library.prepare import news_of
from digest.library.records import decode, encode, encode_paper
from digest.model import Paper, PartialDate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from digest.library.connection import Connection

_PIECE: Final = 1_000
_OLD_COLUMNS: Final = (
    "title", "abstract", "authors", "author_count", "organization", "organization_handle",
    "published", "published_inferred", "url", "pdf_url", "code_url", "arxiv_id", "doi",
    "categories", "upvotes", "comments", "summary", "summary_by", "journal", "comment", "primary",
    "announce", "updated", "version", "html_url", "project_url", "license",
)  # fmt: skip
_KEPT: Final = ("title", "published", "upvotes")
"""Columns that stay: they order papers."""


def _pieces(connection: Connection, sql: str) -> Iterator[list[Any]]:
    """Yield the rows of a query with two parameters: the last number seen, and a limit."""
    last = 0
    while rows := connection.execute(sql, (last, _PIECE)).fetchall():
        yield rows
        last = rows[-1][0]


def _pack_records(connection: Connection) -> None:
    for rows in _pieces(
        connection, "SELECT id, body, content FROM record WHERE id > ? ORDER BY id LIMIT ?"
    ):
        changes = []
        for number, body, _ in rows:
            record = decode(body)
            packed, content = encode(record)
            title = title_id(record.title)
            changes.append((packed, content, title, news_of(record), number))
        connection.executemany(
            "UPDATE record SET body = ?, content = ?, title_id = ?, news = ? WHERE id = ?", changes
        )


def _refer_to_records(connection: Connection) -> None:
    connection.execute(
        "CREATE TEMP TABLE of_paper AS SELECT paper, min(record.id) AS record FROM identifier"
        " JOIN record USING (identifier) GROUP BY paper HAVING count(*) = 1"
    )
    connection.execute("CREATE UNIQUE INDEX temp.of_paper_key ON of_paper (paper)")
    connection.execute(
        "UPDATE paper SET record = (SELECT record FROM of_paper WHERE paper = paper.key)"
    )
    connection.execute("DROP TABLE of_paper")
    names = ", ".join(f'"{name}"' for name in _OLD_COLUMNS)
    for rows in _pieces(
        connection,
        f"SELECT key, record, {names} FROM paper WHERE key > ? ORDER BY key LIMIT ?",  # noqa: S608
    ):
        changes = []
        for key, record, *values in rows:
            paper = _old_paper(values)
            body = encode_paper(paper) if record is None else None
            *_, text, known = record_columns(paper, paper.published)
            changes.append((body, text, known, key))
        connection.executemany(
            "UPDATE paper SET body = ?, text = ?, known = ? WHERE key = ?", changes
        )


def _old_paper(values: list[Any]) -> Paper:
    columns: dict[str, Any] = dict(zip(_OLD_COLUMNS, values, strict=True))
    columns["authors"] = (
        names_from_lists(json.loads(columns["authors"])) if columns["authors"] else None
    )
    columns["categories"] = (
        tuple(json.loads(columns["categories"])) if columns["categories"] else ()
    )
    columns["published"] = PartialDate.parse(columns["published"]) if columns["published"] else None
    columns["updated"] = date.fromisoformat(columns["updated"]) if columns["updated"] else None
    columns["published_inferred"] = bool(columns["published_inferred"])
    return Paper(id="", **columns)


_PAPER: Final = (
    "DROP TABLE paper",
    """
    CREATE TABLE paper (
        key INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        used INTEGER REFERENCES digest (id),
        revision INTEGER NOT NULL,
        title TEXT NOT NULL,
        published TEXT,
        upvotes INTEGER,
        sources TEXT,
        first_seen TEXT,
        aliases TEXT,
        record INTEGER,
        body BLOB,
        text INTEGER,
        known INTEGER
    )
    """,
    "CREATE INDEX paper_revision ON paper (revision)",
    """
    CREATE TRIGGER paper_added AFTER INSERT ON paper BEGIN
        DELETE FROM form WHERE number = NEW.key >> 10;
    END
    """,
    """
    CREATE TRIGGER paper_removed AFTER DELETE ON paper BEGIN
        DELETE FROM form WHERE number = OLD.key >> 10;
    END
    """,
)
_CHANGES: Final = (
    "ALTER TABLE paper ADD COLUMN record INTEGER",
    "ALTER TABLE paper ADD COLUMN body BLOB",
    "ALTER TABLE paper ADD COLUMN text INTEGER",
    "ALTER TABLE paper ADD COLUMN known INTEGER",
)


def _change_papers(connection: Connection) -> None:
    """Change the table of papers; if it is empty, recreate it in a sixth of the time.

    With papers it cannot be dropped: rows that refer to them would have to go first.
    """
    if connection.execute("SELECT 1 FROM paper LIMIT 1").fetchone() is None:
        for statement in _PAPER:
            connection.execute(statement)
        return
    connection.execute("DROP TRIGGER paper_rewritten")
    for statement in _CHANGES:
        connection.execute(statement)
    _refer_to_records(connection)
    for name in _OLD_COLUMNS:
        if name not in _KEPT:
            connection.execute(f'ALTER TABLE paper DROP COLUMN "{name}"')


ONE_COPY: Final[tuple[str | Callable[[Connection], None], ...]] = (
    "ALTER TABLE record ADD COLUMN news TEXT NOT NULL DEFAULT 'first'",
    _pack_records,
    _change_papers,
    """
    CREATE TRIGGER paper_rewritten AFTER UPDATE OF text ON paper
    WHEN OLD.text IS NOT NEW.text BEGIN
        DELETE FROM form WHERE number = NEW.key >> 10;
    END
    """,
)
