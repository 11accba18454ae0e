CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE dump (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    sha256 TEXT NOT NULL UNIQUE,
    format TEXT NOT NULL,
    day TEXT,
    day_inferred INTEGER NOT NULL,
    read_on TEXT NOT NULL,
    records INTEGER NOT NULL DEFAULT 0,
    new_papers INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE dump_name (
    dump INTEGER NOT NULL REFERENCES dump (id),
    source TEXT NOT NULL,
    name TEXT NOT NULL, size INTEGER, mtime_ns INTEGER,
    PRIMARY KEY (dump, source, name)
) WITHOUT ROWID;

CREATE TABLE refusal (
    dump INTEGER NOT NULL REFERENCES dump (id),
    line INTEGER,
    reason TEXT NOT NULL
);

CREATE INDEX refusal_dump ON refusal (dump);

CREATE TABLE record (
    id INTEGER PRIMARY KEY,
    content BLOB NOT NULL UNIQUE,
    body TEXT NOT NULL,
    identifier TEXT NOT NULL,
    arxiv_id TEXT,
    doi TEXT,
    title_id TEXT NOT NULL,
    listed TEXT
, news TEXT NOT NULL DEFAULT 'first', pruned INTEGER NOT NULL DEFAULT 0);

CREATE INDEX record_identifier ON record (identifier);

CREATE INDEX record_doi ON record (doi) WHERE doi IS NOT NULL;

CREATE INDEX record_title ON record (title_id);

CREATE TABLE sighting (
    dump INTEGER NOT NULL REFERENCES dump (id),
    record INTEGER NOT NULL REFERENCES record (id),
    line INTEGER NOT NULL,
    times INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (dump, record)
) WITHOUT ROWID;

CREATE INDEX sighting_record ON sighting (record);

CREATE TABLE identifier (
    identifier TEXT PRIMARY KEY,
    paper INTEGER NOT NULL REFERENCES paper (key)
) WITHOUT ROWID;

CREATE INDEX identifier_paper ON identifier (paper);

CREATE TABLE profile (
    name TEXT PRIMARY KEY,
    cursor INTEGER NOT NULL
, started INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;

CREATE TABLE digest (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    profile TEXT NOT NULL,
    day TEXT NOT NULL,
    number INTEGER NOT NULL,
    created TEXT NOT NULL,
    payload TEXT NOT NULL,
    UNIQUE (profile, day, number)
);

CREATE TABLE entry (
    digest INTEGER NOT NULL REFERENCES digest (id),
    position INTEGER NOT NULL,
    profile TEXT NOT NULL,
    paper INTEGER NOT NULL REFERENCES paper (key),
    section TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('shown', 'one-liner')),
    snapshot TEXT NOT NULL,
    selected_at TEXT NOT NULL, shown INTEGER REFERENCES shown_paper (number),
    PRIMARY KEY (digest, position)
) WITHOUT ROWID;

CREATE INDEX entry_delivered ON entry (profile, paper);

CREATE INDEX entry_selected ON entry (profile, selected_at);

CREATE INDEX entry_paper ON entry (paper);

CREATE TABLE candidate (
    profile TEXT NOT NULL,
    paper INTEGER NOT NULL REFERENCES paper (key),
    since TEXT NOT NULL,
    snapshot TEXT NOT NULL, shown INTEGER REFERENCES shown_paper (number),
    PRIMARY KEY (profile, paper)
) WITHOUT ROWID;

CREATE INDEX candidate_paper ON candidate (paper);

CREATE TABLE form (
    number INTEGER PRIMARY KEY,
    version INTEGER NOT NULL,
    body BLOB NOT NULL
);

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
    change INTEGER NOT NULL, quiet INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (reader, paper)
) WITHOUT ROWID;

CREATE INDEX mark_paper ON mark (paper);

CREATE INDEX mark_change ON mark (reader, change);

CREATE INDEX mark_profile ON mark (profile) WHERE profile IS NOT NULL;

CREATE INDEX mark_due ON mark (until) WHERE state = 'snoozed';

CREATE TABLE listed (
    profile TEXT NOT NULL,
    paper INTEGER NOT NULL REFERENCES paper (key),
    line TEXT NOT NULL,
    seen TEXT NOT NULL,
    PRIMARY KEY (profile, paper)
) WITHOUT ROWID;

CREATE INDEX listed_paper ON listed (paper);

CREATE TABLE list_file (
    profile TEXT PRIMARY KEY,
    sha256 TEXT NOT NULL,
    stamp TEXT NOT NULL
, inbox_since TEXT) WITHOUT ROWID;

CREATE TABLE citation (
    number INTEGER PRIMARY KEY,
    identifier TEXT NOT NULL UNIQUE,
    key TEXT NOT NULL UNIQUE COLLATE NOCASE
);

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
);

CREATE INDEX answer_url ON answer (source, url);

CREATE INDEX answer_day ON answer (source, day);

CREATE INDEX answer_dump ON answer (dump);

CREATE TABLE asking (
    source TEXT NOT NULL,
    day TEXT NOT NULL,
    begun TEXT NOT NULL,
    PRIMARY KEY (source, day)
) WITHOUT ROWID;

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
) WITHOUT ROWID;

CREATE TABLE reference (
    number INTEGER PRIMARY KEY,
    identifier TEXT NOT NULL,
    format TEXT NOT NULL,
    key TEXT NOT NULL,
    type TEXT NOT NULL,
    fields TEXT NOT NULL,
    UNIQUE (identifier, format, key)
);

CREATE INDEX mark_waiting ON mark (reader) WHERE state IN ('queued', 'reading');

CREATE TABLE undo (
    reader TEXT NOT NULL,
    change INTEGER NOT NULL,
    paper INTEGER NOT NULL,
    before TEXT,
    PRIMARY KEY (reader, change, paper)
) WITHOUT ROWID;

CREATE TABLE vocabulary (
    block INTEGER PRIMARY KEY,
    version INTEGER NOT NULL,
    papers INTEGER NOT NULL,
    body BLOB NOT NULL
);

CREATE TABLE lookup (
    paper TEXT PRIMARY KEY,
    found TEXT NOT NULL,
    asked TEXT NOT NULL
) WITHOUT ROWID;

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
);

CREATE INDEX paper_revision ON paper (revision);

CREATE TRIGGER paper_added AFTER INSERT ON paper BEGIN
    DELETE FROM form WHERE number = NEW.key >> 10;
END;

CREATE TRIGGER paper_removed AFTER DELETE ON paper BEGIN
    DELETE FROM form WHERE number = OLD.key >> 10;
END;

CREATE TRIGGER paper_rewritten AFTER UPDATE OF text ON paper
WHEN OLD.text IS NOT NEW.text BEGIN
    DELETE FROM form WHERE number = NEW.key >> 10;
END;

CREATE TABLE entry_rule (
    rule TEXT NOT NULL,
    selected_at TEXT NOT NULL,
    digest INTEGER NOT NULL REFERENCES digest (id),
    position INTEGER NOT NULL,
    PRIMARY KEY (rule, selected_at, digest, position)
) WITHOUT ROWID;

CREATE INDEX mark_starred ON mark (reader, star_at) WHERE starred;

CREATE INDEX mark_tagged ON mark (reader) WHERE tags IS NOT NULL;

CREATE INDEX paper_first_seen ON paper (first_seen);

CREATE TABLE run (
    began TEXT PRIMARY KEY,
    body TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE update_sent (
    digest INTEGER NOT NULL REFERENCES digest (id),
    position INTEGER NOT NULL,
    profile TEXT NOT NULL,
    paper INTEGER NOT NULL REFERENCES paper (key),
    version INTEGER,
    moment TEXT NOT NULL,
    section TEXT NOT NULL,
    snapshot TEXT NOT NULL,
    selected_at TEXT NOT NULL, shown INTEGER REFERENCES shown_paper (number),
    PRIMARY KEY (digest, position)
) WITHOUT ROWID;

CREATE INDEX update_of ON update_sent (profile, paper);

CREATE INDEX update_paper ON update_sent (paper);

CREATE TABLE rule_text (
    name TEXT PRIMARY KEY,
    text TEXT NOT NULL,
    since TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE account (
    reader TEXT PRIMARY KEY,
    password TEXT NOT NULL,
    changed TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE token (
    hash TEXT PRIMARY KEY,
    reader TEXT NOT NULL,
    made TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE session (
    hash TEXT PRIMARY KEY,
    reader TEXT NOT NULL,
    made TEXT NOT NULL,
    ends TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE subscription (
    profile TEXT NOT NULL,
    address TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('subscribed', 'unsubscribed')),
    since TEXT NOT NULL,
    by TEXT NOT NULL CHECK (by IN ('link', 'mail', 'command')),
    PRIMARY KEY (profile, address)
) WITHOUT ROWID;

CREATE TABLE used_link (
    signature TEXT PRIMARY KEY,
    used TEXT NOT NULL,
    expires TEXT NOT NULL
) WITHOUT ROWID;

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
);

CREATE INDEX model_request_day ON model_request (day, paper);

CREATE INDEX model_request_answer ON model_request (paper, prompt) WHERE answer IS NOT NULL;

CREATE INDEX entry_more ON entry (profile, paper)
WHERE json_extract(snapshot, '$.more') IS NOT NULL;

CREATE TABLE unfinished (
    dump INTEGER PRIMARY KEY REFERENCES dump (id),
    items INTEGER NOT NULL,
    line INTEGER NOT NULL,
    taken INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    new_papers INTEGER NOT NULL
);

CREATE TABLE alike (
    number INTEGER PRIMARY KEY,
    identifier TEXT NOT NULL UNIQUE,
    papers TEXT
);

CREATE TABLE alike_word (
    word INTEGER NOT NULL,
    number INTEGER NOT NULL REFERENCES alike (number),
    weight REAL NOT NULL,
    PRIMARY KEY (word, number)
) WITHOUT ROWID;

CREATE TABLE shown_paper (
    number INTEGER PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    body BLOB NOT NULL
, base INTEGER REFERENCES record (id));

CREATE INDEX entry_shown ON entry (shown) WHERE shown IS NOT NULL;

CREATE INDEX candidate_shown ON candidate (shown) WHERE shown IS NOT NULL;

CREATE INDEX update_sent_shown ON update_sent (shown) WHERE shown IS NOT NULL;

CREATE TABLE "delivery" (
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
);

CREATE INDEX delivery_waiting ON delivery (id) WHERE state = 'waiting';

CREATE INDEX delivery_open ON delivery (id) WHERE state IN ('waiting', 'failed');

CREATE INDEX delivery_target ON delivery (profile, target) WHERE state = 'waiting';

CREATE INDEX delivery_digest ON delivery (digest);

CREATE TABLE delivery_content (
    delivery INTEGER PRIMARY KEY REFERENCES delivery (id),
    body BLOB NOT NULL
);

CREATE TABLE feed_file (
    profile TEXT PRIMARY KEY,
    sha256 BLOB NOT NULL,
    keys BLOB NOT NULL
);

CREATE INDEX digest_profile ON digest (profile);

CREATE INDEX shown_paper_base ON shown_paper (base) WHERE base IS NOT NULL
