"""The tables of the first schema, and the changes up to the reading list's keys."""

from __future__ import annotations

FIRST = (
    """
    CREATE TABLE meta (
        name TEXT PRIMARY KEY,
        value TEXT NOT NULL
    ) WITHOUT ROWID
    """,
    # Dumps and their records. AUTOINCREMENT wherever a key is stored elsewhere (a profile's cursor,
    # forms derived from a paper): without it, SQLite gives a deleted row's key to the next one.
    """
    CREATE TABLE dump (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        sha256 TEXT NOT NULL UNIQUE,
        format TEXT NOT NULL,
        day TEXT,
        day_inferred INTEGER NOT NULL,
        read_on TEXT NOT NULL,
        records INTEGER NOT NULL DEFAULT 0,
        new_papers INTEGER NOT NULL DEFAULT 0
    )
    """,
    """
    CREATE TABLE dump_name (
        dump INTEGER NOT NULL REFERENCES dump (id),
        source TEXT NOT NULL,
        name TEXT NOT NULL,
        PRIMARY KEY (dump, source, name)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE refusal (
        dump INTEGER NOT NULL REFERENCES dump (id),
        line INTEGER,
        reason TEXT NOT NULL
    )
    """,
    "CREATE INDEX refusal_dump ON refusal (dump)",
    """
    CREATE TABLE record (
        id INTEGER PRIMARY KEY,
        content BLOB NOT NULL UNIQUE,
        body TEXT NOT NULL,
        identifier TEXT NOT NULL,
        arxiv_id TEXT,
        doi TEXT,
        title_id TEXT NOT NULL,
        listed TEXT
    )
    """,
    "CREATE INDEX record_identifier ON record (identifier)",
    "CREATE INDEX record_doi ON record (doi) WHERE doi IS NOT NULL",
    "CREATE INDEX record_title ON record (title_id)",
    """
    CREATE TABLE sighting (
        dump INTEGER NOT NULL REFERENCES dump (id),
        record INTEGER NOT NULL REFERENCES record (id),
        line INTEGER NOT NULL,
        times INTEGER NOT NULL DEFAULT 1,
        PRIMARY KEY (dump, record)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX sighting_record ON sighting (record)",
    # Papers.
    """
    CREATE TABLE paper (
        key INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        used INTEGER REFERENCES digest (id),
        revision INTEGER NOT NULL,
        title TEXT NOT NULL,
        abstract TEXT,
        authors TEXT,
        author_count INTEGER,
        organization TEXT,
        organization_handle TEXT,
        published TEXT,
        published_inferred INTEGER NOT NULL,
        url TEXT,
        pdf_url TEXT,
        code_url TEXT,
        arxiv_id TEXT,
        doi TEXT,
        categories TEXT,
        upvotes INTEGER,
        comments INTEGER,
        sources TEXT,
        first_seen TEXT,
        aliases TEXT
    )
    """,
    "CREATE INDEX paper_revision ON paper (revision)",
    """
    CREATE TABLE identifier (
        identifier TEXT PRIMARY KEY,
        paper INTEGER NOT NULL REFERENCES paper (key)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX identifier_paper ON identifier (paper)",
    # Digests and their deliveries.
    """
    CREATE TABLE profile (
        name TEXT PRIMARY KEY,
        cursor INTEGER NOT NULL
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE digest (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        profile TEXT NOT NULL,
        day TEXT NOT NULL,
        number INTEGER NOT NULL,
        created TEXT NOT NULL,
        payload TEXT NOT NULL,
        UNIQUE (profile, day, number)
    )
    """,
    """
    CREATE TABLE entry (
        digest INTEGER NOT NULL REFERENCES digest (id),
        position INTEGER NOT NULL,
        profile TEXT NOT NULL,
        paper INTEGER NOT NULL REFERENCES paper (key),
        section TEXT NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('shown', 'one-liner')),
        snapshot TEXT NOT NULL,
        selected_at TEXT NOT NULL,
        PRIMARY KEY (digest, position)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX entry_delivered ON entry (profile, paper)",
    "CREATE INDEX entry_selected ON entry (profile, selected_at)",
    "CREATE INDEX entry_paper ON entry (paper)",
    """
    CREATE TABLE candidate (
        profile TEXT NOT NULL,
        paper INTEGER NOT NULL REFERENCES paper (key),
        since TEXT NOT NULL,
        snapshot TEXT NOT NULL,
        PRIMARY KEY (profile, paper)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX candidate_paper ON candidate (paper)",
    """
    CREATE TABLE delivery (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        digest INTEGER NOT NULL REFERENCES digest (id),
        profile TEXT NOT NULL,
        channel TEXT NOT NULL CHECK (channel IN ('file', 'smtp')),
        target TEXT NOT NULL,
        message_id TEXT,
        content BLOB,
        state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'failed')),
        tries INTEGER NOT NULL DEFAULT 0,
        error TEXT,
        created TEXT NOT NULL,
        last_try TEXT,
        next_try TEXT
    )
    """,
    "CREATE INDEX delivery_waiting ON delivery (id) WHERE state = 'waiting'",
    "CREATE INDEX delivery_digest ON delivery (digest)",
)


def _dropping_forms(bits: int) -> tuple[str, ...]:
    """Return the triggers that drop the derived form of a group of papers where a text changes.

    By the database itself: no way of changing a paper can forget it. `bits` is what
    `digest.library.word_index.GROUP_BITS` was when the migration was written.
    """
    return (
        f"""
        CREATE TRIGGER paper_added AFTER INSERT ON paper BEGIN
            DELETE FROM form WHERE number = NEW.key >> {bits};
        END
        """,  # noqa: S608 - a number
        f"""
        CREATE TRIGGER paper_removed AFTER DELETE ON paper BEGIN
            DELETE FROM form WHERE number = OLD.key >> {bits};
        END
        """,  # noqa: S608
        f"""
        CREATE TRIGGER paper_rewritten AFTER UPDATE OF title, abstract ON paper
        WHEN OLD.title IS NOT NEW.title OR OLD.abstract IS NOT NEW.abstract BEGIN
            DELETE FROM form WHERE number = NEW.key >> {bits};
        END
        """,  # noqa: S608
    )


FORMS = (
    """
    CREATE TABLE form (
        number INTEGER PRIMARY KEY,
        version INTEGER NOT NULL,
        body BLOB NOT NULL
    )
    """,
    *_dropping_forms(8),
)

# Deliveries to a Maildir, deliveries that a person cancelled, and the time of the first failure.
# `next_try` is dropped: every run tries all pending deliveries. To change a CHECK, SQLite needs a
# new table (sqlite.org/lang_altertable.html, section 7).
OUTBOX = (
    """
    CREATE TABLE new_delivery (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        digest INTEGER NOT NULL REFERENCES digest (id),
        profile TEXT NOT NULL,
        channel TEXT NOT NULL CHECK (channel IN ('file', 'smtp', 'maildir')),
        target TEXT NOT NULL,
        message_id TEXT,
        content BLOB,
        state TEXT NOT NULL DEFAULT 'waiting'
            CHECK (state IN ('waiting', 'done', 'failed', 'dropped')),
        tries INTEGER NOT NULL DEFAULT 0,
        error TEXT,
        created TEXT NOT NULL,
        first_try TEXT,
        last_try TEXT
    )
    """,
    """
    INSERT INTO new_delivery
    SELECT id, digest, profile, channel, target, message_id, content, state, tries, error, created,
        NULL, last_try
    FROM delivery
    """,
    "DROP TABLE delivery",
    "ALTER TABLE new_delivery RENAME TO delivery",
    "CREATE INDEX delivery_waiting ON delivery (id) WHERE state = 'waiting'",
    "CREATE INDEX delivery_open ON delivery (id) WHERE state IN ('waiting', 'failed')",
    # For each new file, a pending file with the same path is looked up.
    "CREATE INDEX delivery_target ON delivery (profile, target) WHERE state = 'waiting'",
    "CREATE INDEX delivery_digest ON delivery (digest)",
)

# The reading list. `change` is incremented with every change of a reader's marks: a cache that
# stores the number can tell whether anything has changed since.
READING = (
    """
    CREATE TABLE mark (
        reader TEXT NOT NULL,
        paper INTEGER NOT NULL REFERENCES paper (key),
        state TEXT NOT NULL
            CHECK (state IN ('queued', 'reading', 'done', 'dropped', 'snoozed')),
        state_at TEXT,
        until TEXT,
        starred INTEGER NOT NULL DEFAULT 0,
        star_at TEXT,
        note TEXT NOT NULL DEFAULT '',
        note_at TEXT,
        tags TEXT,
        tags_at TEXT,
        origin TEXT NOT NULL CHECK (origin IN ('digest', 'added', 'owned')),
        profile TEXT,
        added TEXT,
        change INTEGER NOT NULL,
        PRIMARY KEY (reader, paper)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX mark_paper ON mark (paper)",
    "CREATE INDEX mark_change ON mark (reader, change)",
    "CREATE INDEX mark_profile ON mark (profile) WHERE profile IS NOT NULL",
    "CREATE INDEX mark_due ON mark (until) WHERE state = 'snoozed'",
    # The marks in the files as last read or written: one that is missing now was deleted.
    """
    CREATE TABLE listed (
        profile TEXT NOT NULL,
        paper INTEGER NOT NULL REFERENCES paper (key),
        line TEXT NOT NULL,
        seen TEXT NOT NULL,
        PRIMARY KEY (profile, paper)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX listed_paper ON listed (paper)",
    """
    CREATE TABLE list_file (
        profile TEXT PRIMARY KEY,
        sha256 TEXT NOT NULL,
        stamp TEXT NOT NULL
    ) WITHOUT ROWID
    """,
)

# A key belongs to an identifier, not to a paper's row: after a merge or a split it still applies.
CITATIONS = (
    """
    CREATE TABLE citation (
        number INTEGER PRIMARY KEY,
        identifier TEXT NOT NULL UNIQUE,
        key TEXT NOT NULL UNIQUE COLLATE NOCASE
    )
    """,
)

# Derived forms cover larger groups of papers, which have more words in common.
LARGER_FORMS = (
    "DELETE FROM form",
    "DROP TRIGGER paper_added",
    "DROP TRIGGER paper_removed",
    "DROP TRIGGER paper_rewritten",
    *_dropping_forms(10),
)
