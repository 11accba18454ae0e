"""Later changes of the schema. A new one is added at the end, and to `MIGRATIONS`."""

from __future__ import annotations

# The size and the modification time of a file when it was read: a file with the same ones is not
# hashed again.
FILE_STAMPS = (
    "ALTER TABLE dump_name ADD COLUMN size INTEGER",
    "ALTER TABLE dump_name ADD COLUMN mtime_ns INTEGER",
)

# Fields of records that the first version did not have.
MORE_FIELDS = (
    *(
        f"ALTER TABLE paper ADD COLUMN {name} {kind}"
        for name, kind in (
            ("summary", "TEXT"), ("summary_by", "TEXT"), ("journal", "TEXT"), ("comment", "TEXT"),
            ('"primary"', "TEXT"), ("announce", "TEXT"), ("updated", "TEXT"),
            ("version", "INTEGER"), ("html_url", "TEXT"), ("project_url", "TEXT"),
            ("license", "TEXT"),
        )
    ),
)  # fmt: skip

# Answers of services, pending requests, and the result for each source and day.
COVERAGE = (
    """
    CREATE TABLE answer (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        source TEXT NOT NULL,
        day TEXT NOT NULL,
        url TEXT NOT NULL,
        fetched TEXT NOT NULL,
        headers TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        file TEXT NOT NULL,
        is_dump INTEGER NOT NULL,
        dump INTEGER REFERENCES dump (id)
    )
    """,
    "CREATE INDEX answer_url ON answer (source, url)",
    "CREATE INDEX answer_day ON answer (source, day)",
    "CREATE INDEX answer_dump ON answer (dump)",
    """
    CREATE TABLE asking (
        source TEXT NOT NULL,
        day TEXT NOT NULL,
        begun TEXT NOT NULL,
        PRIMARY KEY (source, day)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE coverage (
        source TEXT NOT NULL,
        title TEXT NOT NULL,
        day TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN (
            'complete', 'partial', 'repeated', 'holiday', 'not yet', 'missing', 'failed'
        )),
        papers INTEGER NOT NULL,
        reason TEXT NOT NULL,
        final INTEGER NOT NULL,
        checked TEXT,
        retry_at TEXT,
        PRIMARY KEY (source, day)
    ) WITHOUT ROWID
    """,
)

# Entries of imported files of references, with all their fields for export.
REFERENCES = (
    """
    CREATE TABLE reference (
        number INTEGER PRIMARY KEY,
        identifier TEXT NOT NULL,
        format TEXT NOT NULL,
        key TEXT NOT NULL,
        type TEXT NOT NULL,
        fields TEXT NOT NULL,
        UNIQUE (identifier, format, key)
    )
    """,
)

# The inbox. `inbox_since` of an older list is NULL until the first run sets it: the days of its
# entries are counted from then. `undo` has each mark as it was before a change, NULL for none. It
# has no reference to `paper`, which would prevent a merge from removing a row.
INBOX = (
    "ALTER TABLE mark ADD COLUMN quiet INTEGER NOT NULL DEFAULT 0",
    "CREATE INDEX mark_waiting ON mark (reader) WHERE state IN ('queued', 'reading')",
    "ALTER TABLE list_file ADD COLUMN inbox_since TEXT",
    """
    CREATE TABLE undo (
        reader TEXT NOT NULL,
        change INTEGER NOT NULL,
        paper INTEGER NOT NULL,
        before TEXT,
        PRIMARY KEY (reader, change, paper)
    ) WITHOUT ROWID
    """,
)

# In how many papers each word occurs; rebuilt from the papers, never migrated.
VOCABULARY = (
    """
    CREATE TABLE vocabulary (
        block INTEGER PRIMARY KEY,
        version INTEGER NOT NULL,
        papers INTEGER NOT NULL,
        body BLOB NOT NULL
    )
    """,
)

# Papers whose identifier was requested from a service, by the id that they had then.
LOOKUPS = (
    """
    CREATE TABLE lookup (
        paper TEXT PRIMARY KEY,
        found TEXT NOT NULL,
        asked TEXT NOT NULL
    ) WITHOUT ROWID
    """,
)

# Which rules selected each delivered paper, for the feed and the page of a rule; and what the feeds
# of stars and tags, and the trends, look up.
ENTRY_RULES = (
    """
    CREATE TABLE entry_rule (
        rule TEXT NOT NULL,
        selected_at TEXT NOT NULL,
        digest INTEGER NOT NULL REFERENCES digest (id),
        position INTEGER NOT NULL,
        PRIMARY KEY (rule, selected_at, digest, position)
    ) WITHOUT ROWID
    """,
    """
    INSERT OR IGNORE INTO entry_rule
    SELECT json_extract(chosen.value, '$.rule'), selected_at, digest, position
    FROM entry, json_each(entry.snapshot, '$.rules') AS chosen
    WHERE json_extract(chosen.value, '$.rule') IS NOT NULL
    """,
    "CREATE INDEX mark_starred ON mark (reader, star_at) WHERE starred",
    "CREATE INDEX mark_tagged ON mark (reader) WHERE tags IS NOT NULL",
    "CREATE INDEX paper_first_seen ON paper (first_seen)",
)

# What each run did, as JSON; only the newest are kept.
RUNS = (
    """
    CREATE TABLE run (
        began TEXT PRIMARY KEY,
        body TEXT NOT NULL
    ) WITHOUT ROWID
    """,
)

# The last dump before a profile's first run; it has considered the papers of later dumps. For
# profiles of earlier versions this is unknown, and all papers count as considered.
STARTED = ("ALTER TABLE profile ADD COLUMN started INTEGER NOT NULL DEFAULT 0",)

# New versions of delivered papers, as the profile's digests reported them.
UPDATES = (
    """
    CREATE TABLE update_sent (
        digest INTEGER NOT NULL REFERENCES digest (id),
        position INTEGER NOT NULL,
        profile TEXT NOT NULL,
        paper INTEGER NOT NULL REFERENCES paper (key),
        version INTEGER,
        moment TEXT NOT NULL,
        section TEXT NOT NULL,
        snapshot TEXT NOT NULL,
        selected_at TEXT NOT NULL,
        PRIMARY KEY (digest, position)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX update_of ON update_sent (profile, paper)",
    "CREATE INDEX update_paper ON update_sent (paper)",
)

# Whether the long texts of a record were dropped: when it comes again, they are stored again.
PRUNED = ("ALTER TABLE record ADD COLUMN pruned INTEGER NOT NULL DEFAULT 0",)

# The definition of each rule in the last run, and the time of its last change; the row without a
# name has the aliases.
RULE_TEXTS = (
    """
    CREATE TABLE rule_text (
        name TEXT PRIMARY KEY,
        text TEXT NOT NULL,
        since TEXT NOT NULL
    ) WITHOUT ROWID
    """,
)

# The users who may sign in at `digest serve`; only hashes of their passwords are stored.
ACCOUNTS = (
    """
    CREATE TABLE account (
        reader TEXT PRIMARY KEY,
        password TEXT NOT NULL,
        changed TEXT NOT NULL
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE token (
        hash TEXT PRIMARY KEY,
        reader TEXT NOT NULL,
        made TEXT NOT NULL
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE session (
        hash TEXT PRIMARY KEY,
        reader TEXT NOT NULL,
        made TEXT NOT NULL,
        ends TEXT NOT NULL
    ) WITHOUT ROWID
    """,
)

# The purpose of a delivery; readers who unsubscribed, or subscribed by mail; used links of mails.
# A mail that answers a request belongs to no digest: to allow that, SQLite needs a new table
# (sqlite.org/lang_altertable.html, section 7).
SUBSCRIPTIONS = (
    """
    CREATE TABLE new_delivery (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        digest INTEGER REFERENCES digest (id),
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
        last_try TEXT,
        purpose TEXT NOT NULL DEFAULT 'digest' CHECK (purpose IN ('digest', 'copy', 'answer'))
    )
    """,
    """
    INSERT INTO new_delivery
    SELECT id, digest, profile, channel, target, message_id, content, state, tries, error, created,
        first_try, last_try, 'digest'
    FROM delivery
    """,
    "DROP TABLE delivery",
    "ALTER TABLE new_delivery RENAME TO delivery",
    "CREATE INDEX delivery_waiting ON delivery (id) WHERE state = 'waiting'",
    "CREATE INDEX delivery_open ON delivery (id) WHERE state IN ('waiting', 'failed')",
    "CREATE INDEX delivery_target ON delivery (profile, target) WHERE state = 'waiting'",
    "CREATE INDEX delivery_digest ON delivery (digest)",
    """
    CREATE TABLE subscription (
        profile TEXT NOT NULL,
        address TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('subscribed', 'unsubscribed')),
        since TEXT NOT NULL,
        by TEXT NOT NULL CHECK (by IN ('link', 'mail', 'command')),
        PRIMARY KEY (profile, address)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE used_link (
        signature TEXT PRIMARY KEY,
        used TEXT NOT NULL,
        expires TEXT NOT NULL
    ) WITHOUT ROWID
    """,
)

# Deliveries to the channels of a profile other than mail.
CHANNELS = (
    """
    CREATE TABLE new_delivery (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        digest INTEGER REFERENCES digest (id),
        profile TEXT NOT NULL,
        channel TEXT NOT NULL
            CHECK (channel IN ('file', 'smtp', 'maildir', 'notify', 'webhook')),
        target TEXT NOT NULL,
        message_id TEXT,
        content BLOB,
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
    "INSERT INTO new_delivery SELECT * FROM delivery",
    "DROP TABLE delivery",
    "ALTER TABLE new_delivery RENAME TO delivery",
    "CREATE INDEX delivery_waiting ON delivery (id) WHERE state = 'waiting'",
    "CREATE INDEX delivery_open ON delivery (id) WHERE state IN ('waiting', 'failed')",
    "CREATE INDEX delivery_target ON delivery (profile, target) WHERE state = 'waiting'",
    "CREATE INDEX delivery_digest ON delivery (digest)",
)

# Requests to language models: the cost of each, and its answer, so that it is paid for once.
MODEL_REQUESTS = (
    """
    CREATE TABLE model_request (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        day TEXT NOT NULL,
        paper TEXT NOT NULL,
        version INTEGER NOT NULL,
        model TEXT NOT NULL,
        prompt TEXT NOT NULL,
        asked TEXT NOT NULL,
        tokens INTEGER NOT NULL,
        cost INTEGER NOT NULL,
        answer TEXT
    )
    """,
    "CREATE INDEX model_request_day ON model_request (day, paper)",
    "CREATE INDEX model_request_answer ON model_request (paper, prompt) WHERE answer IS NOT NULL",
)

# Papers that no rule selected and that a digest showed because its reader may like them.
MORE = (
    """
    CREATE INDEX entry_more ON entry (profile, paper)
    WHERE json_extract(snapshot, '$.more') IS NOT NULL
    """,
)

# The position in a long dump up to which it is stored.
UNFINISHED = (
    """
    CREATE TABLE unfinished (
        dump INTEGER PRIMARY KEY REFERENCES dump (id),
        items INTEGER NOT NULL,
        line INTEGER NOT NULL,
        taken INTEGER NOT NULL,
        refused INTEGER NOT NULL,
        new_papers INTEGER NOT NULL
    )
    """,
)

# Similar papers for the site: each paper's typical words by hash, and the papers that have them.
ALIKE = (
    """
    CREATE TABLE alike (
        number INTEGER PRIMARY KEY,
        identifier TEXT NOT NULL UNIQUE,
        papers TEXT
    )
    """,
    """
    CREATE TABLE alike_word (
        word INTEGER NOT NULL,
        number INTEGER NOT NULL REFERENCES alike (number),
        weight REAL NOT NULL,
        PRIMARY KEY (word, number)
    ) WITHOUT ROWID
    """,
)

# Papers as digests showed them, compressed, each text once, because many profiles show the same
# paper. Older snapshots contain the paper themselves.
SHOWN_PAPERS = (
    """
    CREATE TABLE shown_paper (
        number INTEGER PRIMARY KEY,
        hash BLOB NOT NULL UNIQUE,
        body BLOB NOT NULL
    )
    """,
    *(
        f"ALTER TABLE {name} ADD COLUMN shown INTEGER REFERENCES shown_paper (number)"
        for name in ("entry", "candidate", "update_sent")
    ),
    *(
        f"CREATE INDEX {name}_shown ON {name} (shown) WHERE shown IS NOT NULL"
        for name in ("entry", "candidate", "update_sent")
    ),
)

# New texts are compressed in a way that older versions of the program cannot read.
FASTER_CODEC: tuple[str, ...] = ()
