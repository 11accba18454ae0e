"""Faults outside of the rules: from the dump that is read to the mail that is sent."""

from __future__ import annotations

from typing import Final

from tests.mutations.mutation import Mutation


def _tests(*names: str) -> tuple[str, ...]:
    return tuple(f"tests/{name}.py" for name in names)


CANDIDATES: Final = "digest/pipeline/candidates.py"
INGEST: Final = "digest/pipeline/ingest.py"
PUBLISH: Final = "digest/pipeline/publish.py"
OUTBOX: Final = "digest/pipeline/outbox.py"
SCHEDULER: Final = "digest/pipeline/scheduler.py"
MOMENTS: Final = "digest/pipeline/moments.py"
MERGING: Final = "digest/identity/merging.py"
EVIDENCE: Final = "digest/identity/evidence.py"
STABLE_IDS: Final = "digest/library/stable_ids.py"
STORED_OUTBOX: Final = "digest/library/outbox.py"
PROFILES: Final = "digest/library/profiles.py"
DIGESTS: Final = "digest/library/digests.py"
FILES: Final = "digest/delivery/files.py"
MAILDIR: Final = "digest/delivery/maildir.py"
SMTP: Final = "digest/delivery/smtp.py"
MAILBOX: Final = "digest/model/mailbox.py"
MIME: Final = "digest/mail/mime.py"
LIST_MERGE: Final = "digest/reading_list/merge.py"
REVIEW: Final = "digest/digests/review.py"
ESCAPE: Final = "digest/rendering/escape.py"
RSS: Final = "digest/rendering/feeds.py"
LINE: Final = "digest/text/line.py"
FOLDER: Final = "digest/sources/folder.py"
KEYS: Final = "digest/bibliography/keys.py"
CSV: Final = "digest/bibliography/csv.py"
CONDITIONS: Final = "digest/rule_import/conditions.py"
IMPORTED_PHRASES: Final = "digest/rule_import/phrases.py"

OF_RUNS: Final = _tests("pipeline/test_limits", "pipeline/test_days", "pipeline/test_reading_list")
OF_INGEST: Final = _tests("pipeline/test_ingest")
OF_IDENTITY: Final = _tests("test_identity")
OF_USED: Final = _tests("library/test_used")
OF_LIBRARY: Final = _tests("library/test_questions", "library/test_used", "library/test_reading")
OF_OUTBOX: Final = _tests("pipeline/test_outbox", "pipeline/test_mail")
OF_FILES: Final = _tests("delivery/test_files", "pipeline/test_outbox")
OF_SMTP: Final = _tests("delivery/test_smtp", "pipeline/test_mail", "pipeline/test_outbox")
OF_SCHEDULER: Final = _tests("pipeline/test_scheduler")
OF_LISTS: Final = _tests("reading_list/test_keeping", "reading_list/test_inbox")
OF_REVIEW: Final = _tests("pipeline/test_reading_list")
OF_ESCAPING: Final = _tests("rendering/test_markup", "rendering/test_render")
OF_FEEDS: Final = _tests("rendering/test_feeds", "pipeline/test_days")
OF_MIME: Final = _tests("mail/test_mime", "model/test_mailbox")
OF_LINES: Final = _tests("text/test_line")
OF_FOLDER: Final = _tests("sources/test_folder")
OF_BIBLIOGRAPHY: Final = _tests("bibliography/test_keys", "bibliography/test_writing")
OF_IMPORT: Final = _tests("rule_import/test_forms", "rule_import/test_phrases")

SELECTION: Final = (
    Mutation(
        "a carried-over paper is offered twice",
        CANDIDATES,
        "if paper not in carried and paper not in settled",
        "if paper not in settled",
        "one paper stands twice in a digest",
        OF_RUNS,
    ),
    Mutation(
        "settled papers are carried over for ever",
        CANDIDATES,
        "if kept.paper in settled:",
        "if kept.paper in ():",
        "a paper that was dropped comes back",
        OF_RUNS,
    ),
    Mutation(
        "settled papers are offered as new",
        CANDIDATES,
        "if paper not in carried and paper not in settled",
        "if paper not in carried",
        "a paper that was read comes again in another profile",
        OF_RUNS,
    ),
    Mutation(
        "carrying over begins anew each day",
        CANDIDATES,
        "carried_since=kept.since",
        "carried_since=None",
        "a paper is never listed on its last day",
        OF_RUNS,
    ),
    Mutation(
        "settled papers are not counted",
        CANDIDATES,
        "settled=sum(paper in settled for paper in new)",
        "settled=0",
        "the digest does not say what it left out",
        OF_RUNS,
    ),
    Mutation(
        "new papers are not selected",
        CANDIDATES,
        "if identifier in matched:",
        "if identifier in considered.carried:",
        "no paper ever comes",
        OF_RUNS,
    ),
    Mutation(
        "a day without papers has no digest",
        CANDIDATES,
        "return is_first or any(",
        "return any(",
        "nobody learns why nothing came",
        OF_RUNS,
    ),
    Mutation(
        "carried-over papers alone make a digest",
        CANDIDATES,
        "any(pick.carried_since is None for",
        "any(pick is not None for",
        "each run of a day sends another mail",
        OF_RUNS,
    ),
)

INGESTING: Final = (
    Mutation(
        "a fresh file's stamp is trusted",
        INGEST,
        "return opened.stamp if unchanged and old else None",
        "return opened.stamp if unchanged else None",
        "a file that is written twice in one tick is read once",
        OF_INGEST,
    ),
    Mutation(
        "no stamp is ever kept",
        INGEST,
        "return opened.stamp if unchanged and old else None",
        "return None",
        "each run hashes all dumps",
        OF_INGEST,
    ),
    Mutation(
        "a stamp is the size alone",
        INGEST,
        "any(file.stamp == stamp for file in known)",
        "any(file.stamp and file.stamp.size == stamp.size for file in known)",
        "a dump of the former length is not read",
        OF_INGEST,
    ),
    Mutation(
        "links are followed in circles",
        FOLDER,
        "if key in self._been:",
        "if key in ():",
        "a folder that links to itself costs a hundred thousand visits",
        OF_FOLDER,
    ),
    Mutation(
        "half-written files are read",
        FOLDER,
        'UNFINISHED: Final = (".part", ',
        "UNFINISHED: Final = (",
        "a download that goes on is refused as cut off",
        OF_FOLDER,
    ),
)

IDENTITY: Final = (
    Mutation(
        "one author in common is enough",
        EVIDENCE,
        "return 2 * shared >= len(some)",
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
        _tests("library/test_ingest"),
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
        "identifier = strongest if stays is None or stays.used is None else stays.id",
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

DELIVERY: Final = (
    Mutation(
        "mails that were refused are retried first",
        OUTBOX,
        "key=lambda item: (item[1].refusals, item[0])",
        "key=lambda item: item[0]",
        "three mails that break each connection hold up all others",
        OF_OUTBOX,
    ),
    Mutation(
        "a mail is never given up",
        OUTBOX,
        'if given_up and waiting.channel != "file"',
        'if given_up and waiting.channel == "none"',
        "a wrong address is tried for ever",
        OF_OUTBOX,
    ),
    Mutation(
        "what was given up is not reported",
        OUTBOX,
        'if delivery.state == "waiting" or delivery.id in self._failed',
        'if delivery.state == "waiting"',
        "a run says that all is well",
        OF_OUTBOX,
    ),
    Mutation(
        "a server that is down is asked for each mail",
        OUTBOX,
        "if self._unreachable is not None:\n            raise",
        "if False:\n            raise",
        "a thousand mails wait a thousand times",
        OF_OUTBOX,
    ),
    Mutation(
        "a file that exists is not written anew",
        FILES,
        "if path.is_file() and path.read_bytes() == content:",
        "if path.is_file():",
        "`latest.md` stays at the first day",
        OF_FILES,
    ),
    Mutation(
        "what a failed write leaves stays",
        FILES,
        "    except BaseException:\n        with suppress(OSError):\n            beside.unlink()",
        "    except BaseException:\n        with suppress(OSError):\n            beside.exists()",
        "a full disk is filled with temporary files",
        OF_FILES,
    ),
    Mutation(
        "a message that was read comes again",
        MAILDIR,
        "entry.name.startswith(name)",
        "entry.name == name",
        "a killed run delivers a mail twice",
        OF_FILES,
    ),
    Mutation(
        "a Maildir has the line ends of the wire",
        MAILDIR,
        'message.replace(b"\\r\\n", b"\\n")',
        "message",
        "every line ends with ^M",
        OF_OUTBOX,
    ),
    Mutation(
        "a refusal for now is one for good",
        SMTP,
        "if 500 <= code < 600",
        "if 400 <= code < 600",
        "greylisting costs the mail",
        OF_SMTP,
    ),
    Mutation(
        "a missing login counts against the message",
        SMTP,
        "if error.smtp_code == NOT_LOGGED_IN:",
        "if error.smtp_code == -1:",
        "a password that expired costs every mail",
        OF_SMTP,
    ),
    Mutation(
        "a message may be an encoded header",
        MIME,
        'line.replace("=?", "=\\u200b?")',
        "line",
        "a title adds a Bcc",
        OF_MIME,
    ),
    Mutation(
        "two recipients have one Message-ID",
        MIME,
        "json.dumps([library_id, profile, digest, recipient.address])",
        "json.dumps([library_id, profile, digest])",
        "a mail program hides the second mail",
        OF_MIME,
    ),
    Mutation(
        "base64 is never chosen",
        MIME,
        "if 2 * beyond > len(octets) / 3:",
        "if 2 * beyond > len(octets) * 3:",
        "a mail in Greek is three times as long",
        _tests("mail/test_mime", "mail/test_fit"),
    ),
    Mutation(
        "a dot may begin an address",
        MAILBOX,
        "{_ATOM}(?:\\.{_ATOM})*",
        "[.]?{_ATOM}(?:\\.{_ATOM})*",
        "`check` says nothing, and no mail comes",
        OF_MIME,
    ),
    Mutation(
        "a sharp s becomes two",
        MAILBOX,
        "if not _AMBIGUOUS.isdisjoint(domain):",
        "if not domain:",
        "a mail goes to strasse.example",
        OF_MIME,
    ),
    Mutation(
        "names are never quoted",
        MAILBOX,
        "if not _SPECIALS.isdisjoint(name):",
        "if not name:",
        "`Berg, Ada <…>` is two addresses",
        OF_MIME,
    ),
)

SCHEDULING: Final = (
    Mutation(
        "a day is done although the clock was set back",
        SCHEDULER,
        "due <= last <= now",
        "due <= last",
        "no digest comes until the clock catches up",
        OF_SCHEDULER,
    ),
    Mutation(
        "a run is due after its moment only",
        MOMENTS,
        "if moment <= now)",
        "if moment < now)",
        "the run of 07:00 is the one of yesterday",
        OF_SCHEDULER,
    ),
    Mutation(
        "a missed run is not made up for",
        SCHEDULER,
        "return due if missed else",
        "return due if not due else",
        "a laptop that slept at 07:00 has no digest",
        OF_SCHEDULER,
    ),
    Mutation(
        "a new profile runs at once",
        SCHEDULER,
        "missed = last is not None and last < due",
        "missed = last is None or last < due",
        "a digest comes before its hour",
        OF_SCHEDULER,
    ),
)

READING_LIST: Final = (
    Mutation(
        "of two changed notes one is lost",
        LIST_MERGE,
        "said.note if own.note == before.note else joined_notes(own.note, said.note)",
        "said.note",
        "a note written with `digest note` is gone",
        OF_LISTS,
    ),
    Mutation(
        "a tag cannot be taken away",
        LIST_MERGE,
        "(set(own.tags) | set(said.tags)) - gone",
        "(set(own.tags) | set(said.tags))",
        "a deleted tag comes back",
        OF_LISTS,
    ),
    Mutation(
        "the file wins where it did not change",
        LIST_MERGE,
        "if said.box != before.box:",
        "if said.box:",
        "`digest mark` is undone by the next run",
        OF_LISTS,
    ),
    Mutation(
        "a star in the file wins where it did not change",
        LIST_MERGE,
        "if said.starred not in (before.starred, own.starred):",
        "if said.starred != own.starred:",
        "`digest star` is undone by the next run",
        OF_LISTS,
    ),
    Mutation(
        "snoozing has no end",
        LIST_MERGE,
        'until = now.date() + PUT_OFF if state == "snoozed" else None',
        "until = None",
        "a snoozed paper never comes back",
        OF_LISTS,
    ),
    Mutation(
        "a deleted line is no decision",
        LIST_MERGE,
        'own._replace(state="dropped", state_at=now, until=None, quiet=False)',
        "own",
        "a deleted paper comes back",
        OF_LISTS,
    ),
    Mutation(
        "a review comes twice on its day",
        REVIEW,
        "if last is not None and last < turn else",
        "if last is not None and last <= turn else",
        "two digests on Sunday look back on the same week",
        OF_REVIEW,
    ),
    Mutation(
        "a review is of the week before",
        REVIEW,
        "return turn - WEEK if",
        "return turn - 2 * WEEK if",
        "the review leaves out what came this week",
        OF_REVIEW,
    ),
)

RENDERING: Final = (
    Mutation(
        "any scheme is a link",
        ESCAPE,
        'if parts.scheme not in {"http", "https"} or not parts.hostname:',
        "if not parts.scheme:",
        "a title links to `javascript:`",
        OF_ESCAPING,
    ),
    Mutation(
        "a stray percent sign stays",
        ESCAPE,
        '_STRAY_PERCENT.sub("%25", url)',
        "url",
        "a link to `/100%` is broken",
        OF_ESCAPING,
    ),
    Mutation(
        "a feed begins with the oldest",
        RSS,
        "key=lambda item: item.selected, reverse=True)",
        "key=lambda item: item.selected)",
        "a reader shows last week first",
        OF_FEEDS,
    ),
    Mutation(
        "a guid claims to be a link",
        RSS,
        "permalink=False",
        "permalink=True",
        "a reader opens `tag:`",
        OF_FEEDS,
    ),
    Mutation(
        "a feed item has no link",
        RSS,
        "entry.link(href=url)",
        "entry.comments(url)",
        "a click leads nowhere",
        OF_FEEDS,
    ),
    Mutation(
        "a feed loses what it should keep",
        PUBLISH,
        "if place < FEED_LEAST or item.selected >= since",
        "if place < FEED_LEAST and item.selected >= since",
        "a feed of a quiet profile is empty",
        OF_FEEDS,
    ),
    Mutation(
        "a shortened text is one too long",
        LINE,
        "cut = text[: room - 1]",
        "cut = text[:room]",
        "a subject breaks its limit",
        OF_LINES,
    ),
    Mutation(
        "words are run together",
        LINE,
        '" " if char[0].isspace() else ""',
        '""',
        "two lines of a title become one word",
        OF_LINES,
    ),
)

BIBLIOGRAPHY: Final = (
    Mutation(
        "a key that is taken is given again",
        KEYS,
        "if key in used:",
        "if not key:",
        "two papers have one citation key",
        OF_BIBLIOGRAPHY,
    ),
    Mutation(
        "a key depends on the order",
        KEYS,
        "sorted(papers, key=lambda each: strength(each.id))",
        "list(papers)",
        "a thesis no longer compiles after the next export",
        OF_BIBLIOGRAPHY,
    ),
    Mutation(
        "small words stand in keys",
        KEYS,
        "if word not in _SMALL_WORDS] or words",
        "if word] or words",
        "`berg2026the`",
        OF_BIBLIOGRAPHY,
    ),
    Mutation(
        "a cell may be a formula",
        CSV,
        'return f"\'{text}" if _FORMULA.match(text) else text',
        "return text",
        "a title runs in a spreadsheet",
        OF_BIBLIOGRAPHY,
    ),
)

RULE_IMPORT: Final = (
    Mutation(
        "a least score of one is dropped",
        CONDITIONS,
        "if number is None or number <= 0:",
        "if number is None or number <= 1:",
        "imported `min_score: 1` selects what it did not",
        OF_IMPORT,
    ),
    Mutation(
        "the largest of several limits holds",
        CONDITIONS,
        "return min(*limits, _MOST)",
        "return max(*limits)",
        "an imported section is longer than it was",
        OF_IMPORT,
    ),
    Mutation(
        "every weighted word excludes",
        CONDITIONS,
        "weighted_terms(value) if weight < 0]",
        "weighted_terms(value) if weight]",
        "imported keywords exclude what they selected",
        OF_IMPORT,
    ),
)
