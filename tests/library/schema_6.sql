PRAGMA application_id = 1147622260;
PRAGMA user_version = 6;
BEGIN TRANSACTION;
CREATE TABLE candidate (
        profile TEXT NOT NULL,
        paper INTEGER NOT NULL REFERENCES paper (key),
        since TEXT NOT NULL,
        snapshot TEXT NOT NULL,
        PRIMARY KEY (profile, paper)
    ) WITHOUT ROWID
    ;
CREATE TABLE citation (
        number INTEGER PRIMARY KEY,
        identifier TEXT NOT NULL UNIQUE,
        key TEXT NOT NULL UNIQUE COLLATE NOCASE
    );
CREATE TABLE "delivery" (
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
    );
CREATE TABLE digest (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        profile TEXT NOT NULL,
        day TEXT NOT NULL,
        number INTEGER NOT NULL,
        created TEXT NOT NULL,
        payload TEXT NOT NULL,
        UNIQUE (profile, day, number)
    );
INSERT INTO "digest" VALUES(1,'me','2026-01-06',1,'2026-01-06T07:00:00+00:00','{"title": "Reading list", "summary": "2 of 5 new papers (6 records in 2 dumps).", "empty_reason": "", "considered": 5, "leftover": 0, "intro": "", "notes": [], "sections": [["Counting", 2, ""]]}');
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
INSERT INTO "dump" VALUES(1,'e9f09425c3b43033be2acb13b761384bccb8943bdbcb58c396b93d7b70c365d5','jsonl','2026-01-05',0,'2026-01-06',4,4);
INSERT INTO "dump" VALUES(2,'7c69163a4f17e0ef899ed4c8363fbb2d9543718491a3e6bed14e02a4f1e40fa2','jsonl','2026-01-06',0,'2026-01-06',2,1);
CREATE TABLE dump_name (
        dump INTEGER NOT NULL REFERENCES dump (id),
        source TEXT NOT NULL,
        name TEXT NOT NULL,
        PRIMARY KEY (dump, source, name)
    ) WITHOUT ROWID
    ;
INSERT INTO "dump_name" VALUES(1,'d','d/2026-01-05-a.jsonl');
INSERT INTO "dump_name" VALUES(2,'d','d/2026-01-06-b.jsonl');
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
    ;
INSERT INTO "entry" VALUES(1,0,'me',1,'Counting','shown','{"paper":{"id":"t-464afe5a20c9b9b1","title":"Teaching MC# to Count","abstract":"We count with a compressor of experts and find that it can.","authors":null,"author_count":null,"organization":null,"organization_handle":null,"published":null,"published_inferred":false,"url":null,"pdf_url":null,"code_url":null,"arxiv_id":null,"doi":null,"categories":[],"upvotes":3,"comments":null,"sources":["d"],"first_seen":"2026-01-05","aliases":[]},"score":2.0,"rules":[{"rule":"Counting","points":2.0,"matches":[{"rule":"Counting","keyword":"count","field":"title","index":0,"start":16,"end":21,"points":2.0},{"rule":"Counting","keyword":"count","field":"abstract","index":0,"start":3,"end":8,"points":2.0}]}],"carried_since":null,"learned":null}','2026-01-06T07:00:00.000000+00:00');
INSERT INTO "entry" VALUES(1,1,'me',2,'Counting','shown','{"paper":{"id":"2601.00001","title":"Pruning at Scale","abstract":"We prune a model of a billion weights in an hour.","authors":["Ada van der Berg","B. Lind","The Harbor Team"],"author_count":3,"organization":"Example Lab","organization_handle":"lab","published":"2026-01-02","published_inferred":false,"url":"https://arxiv.org/abs/2601.00001","pdf_url":"https://arxiv.org/pdf/2601.00001","code_url":"https://example.org/code","arxiv_id":"2601.00001","doi":null,"categories":["cs.LG"],"upvotes":57,"comments":2,"sources":["d"],"first_seen":"2026-01-05","aliases":[]},"score":1.0,"rules":[{"rule":"Counting","points":1.0,"matches":[{"rule":"Counting","keyword":"prune","field":"abstract","index":0,"start":3,"end":8,"points":1.0}]}],"carried_since":null,"learned":null}','2026-01-06T07:00:00.000000+00:00');
CREATE TABLE form (
        number INTEGER PRIMARY KEY,
        version INTEGER NOT NULL,
        body BLOB NOT NULL
    );
CREATE TABLE identifier (
        identifier TEXT PRIMARY KEY,
        paper INTEGER NOT NULL REFERENCES paper (key)
    ) WITHOUT ROWID
    ;
INSERT INTO "identifier" VALUES('t-464afe5a20c9b9b1',1);
INSERT INTO "identifier" VALUES('2601.00001',2);
INSERT INTO "identifier" VALUES('10.1000/tides',3);
INSERT INTO "identifier" VALUES('t-962b9122eac2aaa9',4);
INSERT INTO "identifier" VALUES('hep-th/9901001',5);
CREATE TABLE list_file (
        profile TEXT PRIMARY KEY,
        sha256 TEXT NOT NULL,
        stamp TEXT NOT NULL
    ) WITHOUT ROWID
    ;
INSERT INTO "list_file" VALUES('me','e2fc1cbb6dbef88a6701b105c922d543a3a0cefdb6a12d569dea7c5b2b27eb5e','1:0:0');
CREATE TABLE listed (
        profile TEXT NOT NULL,
        paper INTEGER NOT NULL REFERENCES paper (key),
        line TEXT NOT NULL,
        seen TEXT NOT NULL,
        PRIMARY KEY (profile, paper)
    ) WITHOUT ROWID
    ;
INSERT INTO "listed" VALUES('me',1,'- [ ] Teaching MC\# to Count · Counting: count <!-- digest: t-464afe5a20c9b9b1 -->','{"box":" ","starred":false,"tags":[],"note":""}');
INSERT INTO "listed" VALUES('me',2,'- [ ] [Pruning at Scale](https://arxiv.org/abs/2601.00001) — Berg, Lind, The Harbor Team, 2 January 2026 · Counting: prune <!-- digest: 2601.00001 -->','{"box":" ","starred":false,"tags":[],"note":""}');
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
    ;
CREATE TABLE meta (
        name TEXT PRIMARY KEY,
        value TEXT NOT NULL
    ) WITHOUT ROWID
    ;
INSERT INTO "meta" VALUES('library_id','5039fd7845f66bfae7c25f8ccc6a265d');
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
    );
INSERT INTO "paper" VALUES(1,'t-464afe5a20c9b9b1',1,1,'Teaching MC# to Count','We count with a compressor of experts and find that it can.',NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,3,NULL,'["d"]','2026-01-05',NULL);
INSERT INTO "paper" VALUES(2,'2601.00001',1,2,'Pruning at Scale','We prune a model of a billion weights in an hour.','["Ada van der Berg", "B. Lind", "The Harbor Team"]',3,'Example Lab','lab','2026-01-02',0,'https://arxiv.org/abs/2601.00001','https://arxiv.org/pdf/2601.00001','https://example.org/code','2601.00001',NULL,'["cs.LG"]',57,2,'["d"]','2026-01-05',NULL);
INSERT INTO "paper" VALUES(3,'10.1000/tides',NULL,1,'Tides of Shallow Lakes','The wind rules the tides of shallow lakes.','["Emi Sato"]',1,NULL,NULL,NULL,0,'https://doi.org/10.1000/tides',NULL,NULL,NULL,'10.1000/tides',NULL,NULL,NULL,'["d"]','2026-01-05',NULL);
INSERT INTO "paper" VALUES(4,'t-962b9122eac2aaa9',NULL,1,'An Untold Title',NULL,NULL,NULL,NULL,NULL,NULL,0,'https://example.org/untold',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'["d"]','2026-01-05',NULL);
INSERT INTO "paper" VALUES(5,'hep-th/9901001',NULL,2,'Scaling Laws of Gardens','Gardens grow with the square root of patience.',NULL,NULL,NULL,NULL,NULL,0,'https://arxiv.org/abs/hep-th/9901001','https://arxiv.org/pdf/hep-th/9901001',NULL,'hep-th/9901001',NULL,NULL,NULL,NULL,'["d"]','2026-01-06',NULL);
CREATE TABLE profile (
        name TEXT PRIMARY KEY,
        cursor INTEGER NOT NULL
    ) WITHOUT ROWID
    ;
INSERT INTO "profile" VALUES('me',2);
CREATE TABLE record (
        id INTEGER PRIMARY KEY,
        content BLOB NOT NULL UNIQUE,
        body TEXT NOT NULL,
        identifier TEXT NOT NULL,
        arxiv_id TEXT,
        doi TEXT,
        title_id TEXT NOT NULL,
        listed TEXT
    );
INSERT INTO "record" VALUES(1,X'9AC9DE34CE48A0CBE12398DA1135AECDA2EF7C57B0F6A45F09AFCD8280DC1C61','{"title":"Teaching MC# to Count","abstract":"We count with a compressor of experts and find that it can.","upvotes":3}','t-464afe5a20c9b9b1',NULL,NULL,'t-464afe5a20c9b9b1',NULL);
INSERT INTO "record" VALUES(2,X'D9B86DCF1233C86186B2C67E034E8955EE5B0DCD4613A2E694BF6D46E66295C7','{"title":"Pruning at Scale","abstract":"We prune a model of a billion weights in an hour.","authors":["Ada van der Berg","B. Lind","The Harbor Team"],"author_count":3,"published":"2026-01-02","url":"https://arxiv.org/abs/2601.00001","pdf_url":"https://arxiv.org/pdf/2601.00001","arxiv_id":"2601.00001","categories":["cs.LG"],"upvotes":12,"comments":2}','2601.00001','2601.00001',NULL,'t-91d3b115bfce7c9d',NULL);
INSERT INTO "record" VALUES(3,X'1B8DC3DD9EC36153BD59462FCB429585E0D20DC485930DBACECF80CF339705AA','{"title":"Tides of Shallow Lakes","abstract":"The wind rules the tides of shallow lakes.","authors":["Emi Sato"],"author_count":1,"doi":"10.1000/tides"}','10.1000/tides',NULL,'10.1000/tides','t-6ec93d3c4ca5dcdd',NULL);
INSERT INTO "record" VALUES(4,X'0F84643A7F0B13513D8850BCDD7FB94F6B9CF14F439B16E9849EBC937D565E36','{"title":"An Untold Title","url":"https://example.org/untold"}','t-962b9122eac2aaa9',NULL,NULL,'t-962b9122eac2aaa9',NULL);
INSERT INTO "record" VALUES(5,X'6A982E58043C60BA1EB952AA0D2470D46CACDB0EF36A7399259CCFBD6586B559','{"title":"Pruning at Scale","organization":"Example Lab","organization_handle":"lab","url":"https://arxiv.org/abs/2601.00001","pdf_url":"https://arxiv.org/pdf/2601.00001","code_url":"https://example.org/code","arxiv_id":"2601.00001","upvotes":57}','2601.00001','2601.00001',NULL,'t-91d3b115bfce7c9d',NULL);
INSERT INTO "record" VALUES(6,X'CDD964B69580FAC0EF09DCB790EECFBA7AD380F4E38D7684FB2C3AE1ED55F59A','{"title":"Scaling Laws of Gardens","abstract":"Gardens grow with the square root of patience.","url":"https://arxiv.org/abs/hep-th/9901001","pdf_url":"https://arxiv.org/pdf/hep-th/9901001","arxiv_id":"hep-th/9901001"}','hep-th/9901001','hep-th/9901001',NULL,'t-2411646801471727',NULL);
CREATE TABLE refusal (
        dump INTEGER NOT NULL REFERENCES dump (id),
        line INTEGER,
        reason TEXT NOT NULL
    );
CREATE TABLE sighting (
        dump INTEGER NOT NULL REFERENCES dump (id),
        record INTEGER NOT NULL REFERENCES record (id),
        line INTEGER NOT NULL,
        times INTEGER NOT NULL DEFAULT 1,
        PRIMARY KEY (dump, record)
    ) WITHOUT ROWID
    ;
INSERT INTO "sighting" VALUES(1,1,1,1);
INSERT INTO "sighting" VALUES(1,2,2,1);
INSERT INTO "sighting" VALUES(1,3,3,1);
INSERT INTO "sighting" VALUES(1,4,4,1);
INSERT INTO "sighting" VALUES(2,5,1,1);
INSERT INTO "sighting" VALUES(2,6,2,1);
CREATE INDEX refusal_dump ON refusal (dump);
CREATE INDEX record_identifier ON record (identifier);
CREATE INDEX record_doi ON record (doi) WHERE doi IS NOT NULL;
CREATE INDEX record_title ON record (title_id);
CREATE INDEX sighting_record ON sighting (record);
CREATE INDEX paper_revision ON paper (revision);
CREATE INDEX identifier_paper ON identifier (paper);
CREATE INDEX entry_delivered ON entry (profile, paper);
CREATE INDEX entry_selected ON entry (profile, selected_at);
CREATE INDEX entry_paper ON entry (paper);
CREATE INDEX candidate_paper ON candidate (paper);
CREATE INDEX delivery_waiting ON delivery (id) WHERE state = 'waiting';
CREATE INDEX delivery_open ON delivery (id) WHERE state IN ('waiting', 'failed');
CREATE INDEX delivery_target ON delivery (profile, target) WHERE state = 'waiting';
CREATE INDEX delivery_digest ON delivery (digest);
CREATE INDEX mark_paper ON mark (paper);
CREATE INDEX mark_change ON mark (reader, change);
CREATE INDEX mark_profile ON mark (profile) WHERE profile IS NOT NULL;
CREATE INDEX mark_due ON mark (until) WHERE state = 'snoozed';
CREATE INDEX listed_paper ON listed (paper);
CREATE TRIGGER paper_added AFTER INSERT ON paper BEGIN
            DELETE FROM form WHERE number = NEW.key >> 10;
        END;
CREATE TRIGGER paper_removed AFTER DELETE ON paper BEGIN
            DELETE FROM form WHERE number = OLD.key >> 10;
        END;
CREATE TRIGGER paper_rewritten AFTER UPDATE OF title, abstract ON paper
        WHEN OLD.title IS NOT NEW.title OR OLD.abstract IS NOT NEW.abstract BEGIN
            DELETE FROM form WHERE number = NEW.key >> 10;
        END;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('delivery',6);
INSERT INTO "sqlite_sequence" VALUES('dump',2);
INSERT INTO "sqlite_sequence" VALUES('paper',5);
INSERT INTO "sqlite_sequence" VALUES('digest',1);
COMMIT;
