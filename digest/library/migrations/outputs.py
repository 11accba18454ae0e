"""Store what was made for readers in less room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.library.compression import pack

if TYPE_CHECKING:
    from digest.library.connection import Connection


def _pack_contents(connection: Connection) -> None:
    rows = connection.execute("SELECT id, content FROM waiting_content")
    connection.executemany(
        "INSERT INTO delivery_content VALUES (?, ?)",
        ((number, pack(body)) for number, body in rows),
    )


# The content of a delivery, compressed, in a table of its own: it is deleted when the delivery is
# done, and would leave the pages of `delivery` mostly empty.
DELIVERY_CONTENT = (
    "CREATE TABLE waiting_content AS SELECT id, content FROM delivery WHERE content IS NOT NULL",
    """
    CREATE TABLE new_delivery (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        digest INTEGER REFERENCES digest (id),
        profile TEXT NOT NULL,
        channel TEXT NOT NULL
            CHECK (channel IN ('file', 'smtp', 'maildir', 'notify', 'webhook')),
        target TEXT NOT NULL,
        message_id TEXT,
        state TEXT NOT NULL DEFAULT 'waiting'
            CHECK (state IN ('waiting', 'done', 'failed', 'dropped')),
        tries INTEGER NOT NULL DEFAULT 0,
        error TEXT,
        created TEXT NOT NULL,
        first_try TEXT,
        last_try TEXT,
        purpose TEXT NOT NULL DEFAULT 'digest' CHECK (purpose IN ('digest', 'copy', 'answer'))
    )
    """,
    """
    INSERT INTO new_delivery
    SELECT id, digest, profile, channel, target, message_id, state, tries, error, created,
        first_try, last_try, purpose
    FROM delivery
    """,
    "DROP TABLE delivery",
    "ALTER TABLE new_delivery RENAME TO delivery",
    "CREATE INDEX delivery_waiting ON delivery (id) WHERE state = 'waiting'",
    "CREATE INDEX delivery_open ON delivery (id) WHERE state IN ('waiting', 'failed')",
    "CREATE INDEX delivery_target ON delivery (profile, target) WHERE state = 'waiting'",
    "CREATE INDEX delivery_digest ON delivery (digest)",
    """
    CREATE TABLE delivery_content (
        delivery INTEGER PRIMARY KEY REFERENCES delivery (id),
        body BLOB NOT NULL
    )
    """,
    _pack_contents,
    "DROP TABLE waiting_content",
)

# The input of each profile's last feed, so that only new items are made for the next one.
FEED_FILES = (
    """
    CREATE TABLE feed_file (
        profile TEXT PRIMARY KEY,
        sha256 BLOB NOT NULL,
        keys BLOB NOT NULL
    )
    """,
)

# An index for the newest digest of a profile.
DIGESTS_OF_PROFILE = ("CREATE INDEX digest_profile ON digest (profile)",)

# A paper as digests showed it repeats a record: only the differences are stored.
BASE_OF_SHOWN = (
    "ALTER TABLE shown_paper ADD COLUMN base INTEGER REFERENCES record (id)",
    "CREATE INDEX shown_paper_base ON shown_paper (base) WHERE base IS NOT NULL",
)
