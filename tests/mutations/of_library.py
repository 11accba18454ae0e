"""Faults in what is one paper and in what the library remembers."""

from __future__ import annotations

from typing import Final

from tests.mutations.mutation import Mutation, tests_of

MERGING: Final = "digest/identity/merging.py"
EVIDENCE: Final = "digest/identity/evidence.py"
STABLE_IDS: Final = "digest/library/stable_ids.py"
STORED_OUTBOX: Final = "digest/library/outbox.py"
PROFILES: Final = "digest/library/profiles.py"
DIGESTS: Final = "digest/library/digests.py"

OF_RUNS: Final = tests_of(
    "pipeline/test_limits", "pipeline/test_daily_runs", "pipeline/test_reading_list"
)
OF_IDENTITY: Final = tests_of("identity/test_gather", "identity/test_merging")
OF_USED: Final = tests_of("library/test_stable_ids")
OF_LIBRARY: Final = tests_of(
    "library/test_queries", "library/test_stable_ids", "library/test_reading_lists"
)

IDENTITY: Final = (
    Mutation(
        "one author in common is enough",
        EVIDENCE,
        "return 2 * shared >= len(fewer)",
        "return shared >= 1",
        "works of one title and one common author become one",
        OF_IDENTITY,
    ),
    Mutation(
        "given names do not count",
        EVIDENCE,
        "one[1][0] == other[1][0]",
        "one[1] != other",
        "A. Berg and B. Berg are the same",
        OF_IDENTITY,
    ),
    Mutation(
        "the same abstract does not outweigh authors",
        EVIDENCE,
        "if False in agreeing and not same:",
        "if False in agreeing:",
        "two spellings of an author make two papers",
        OF_IDENTITY,
    ),
    Mutation(
        "abstracts never contradict",
        EVIDENCE,
        "_SIMILAR: Final = 0.5",
        "_SIMILAR: Final = 0.0",
        "two works of one title become one",
        OF_IDENTITY,
    ),
    Mutation(
        "the listed day does not decide a tie",
        MERGING,
        "days = (-_ordinal(seen.newest), -_ordinal(record.listed))",
        "days = (-_ordinal(seen.newest),)",
        "of two dumps of one day, the older upvotes stay",
        tests_of("library/test_ingest"),
    ),
    Mutation(
        "a worked-out year is as good as a printed one",
        MERGING,
        "(int(record.published_inferred), *trusted)",
        "(0, *trusted)",
        "a guessed year hides a known one",
        OF_IDENTITY,
    ),
    Mutation(
        "a record's own day does not count",
        MERGING,
        "day = seen.record.listed or seen.earliest",
        "day = seen.earliest",
        "a paper is first seen on the wrong day",
        OF_IDENTITY,
    ),
    Mutation(
        "a used id changes",
        STABLE_IDS,
        "identifier = strongest if survivor is None or survivor.used is None else survivor.id",
        "identifier = strongest",
        "a feed shows one paper as two",
        OF_USED,
    ),
    Mutation(
        "of two used papers the later one stays",
        STABLE_IDS,
        "return known.used is None, known.used or 0,",
        "return known.used is None, -(known.used or 0),",
        "the first link to a paper leads nowhere",
        OF_USED,
    ),
)

LIBRARY: Final = (
    Mutation(
        "days are counted from the last attempt",
        STORED_OUTBOX,
        "first_try = coalesce(first_try, ?)",
        "first_try = coalesce(?, first_try)",
        "a mail that never passes is tried for ever",
        OF_LIBRARY,
    ),
    Mutation(
        "a mail that is tried again keeps its days",
        STORED_OUTBOX,
        "SET state = 'waiting', first_try = NULL",
        "SET state = 'waiting'",
        "`outbox retry` gives up at once",
        OF_LIBRARY,
    ),
    Mutation(
        "what was done can be dropped",
        STORED_OUTBOX,
        "\" WHERE id = ? AND state IN ('waiting', 'failed')\"",
        '" WHERE id = ?"',
        "a delivered mail is shown as dropped",
        OF_LIBRARY,
    ),
    Mutation(
        "the same delivery is tried for ever",
        STORED_OUTBOX,
        '"id > ? ORDER BY id LIMIT 1"',
        '"id >= ? ORDER BY id LIMIT 1"',
        "a run never ends",
        OF_LIBRARY,
    ),
    Mutation(
        "a cursor goes back",
        PROFILES,
        "cursor = max(cursor, excluded.cursor)",
        "cursor = excluded.cursor",
        "old papers come as new",
        OF_LIBRARY,
    ),
    Mutation(
        "a carried-over paper's days begin anew",
        PROFILES,
        "since = min(since, excluded.since)",
        "since = excluded.since",
        "a paper is carried over for ever",
        OF_LIBRARY,
    ),
    Mutation(
        "a new profile starts with all dumps",
        PROFILES,
        "SELECT ?, coalesce(max(id), 0), coalesce(max(id), 0) FROM dump",
        "SELECT ?, 0, coalesce(max(id), 0) FROM dump",
        "the first digest holds thousands of papers",
        OF_LIBRARY + OF_RUNS,
    ),
    Mutation(
        "a paper is delivered twice",
        DIGESTS,
        "if self.delivered(profile, paper):",
        "if not paper:",
        "a paper comes again under another id",
        OF_LIBRARY,
    ),
    Mutation(
        "what was delivered is still carried over",
        DIGESTS,
        '"DELETE FROM candidate WHERE profile = ? AND paper = ?"',
        '"DELETE FROM candidate WHERE profile = ? AND paper = -?"',
        "a paper comes on two days",
        OF_LIBRARY,
    ),
)
