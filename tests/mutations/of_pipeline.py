"""Faults from the dump that is read to the mail that is sent."""

from __future__ import annotations

from typing import Final

from tests.mutations.mutation import Mutation, tests_of

CANDIDATES: Final = "digest/pipeline/candidates.py"
INGEST: Final = "digest/pipeline/ingest.py"
OUTBOX: Final = "digest/pipeline/outbox.py"
SCHEDULER: Final = "digest/pipeline/scheduler.py"
DUE: Final = "digest/pipeline/due.py"
FILES: Final = "digest/delivery/files.py"
MAILDIR: Final = "digest/delivery/maildir.py"
SMTP: Final = "digest/delivery/smtp.py"
MAILBOX: Final = "digest/model/mailbox.py"
MIME: Final = "digest/mail/mime.py"
FOLDER: Final = "digest/sources/folder.py"

OF_RUNS: Final = tests_of(
    "pipeline/test_limits", "pipeline/test_daily_runs", "pipeline/test_reading_list"
)
OF_INGEST: Final = tests_of("pipeline/test_ingest")
OF_OUTBOX: Final = tests_of("pipeline/test_outbox", "pipeline/test_mail")
OF_FILES: Final = tests_of("delivery/test_files", "pipeline/test_outbox")
OF_SMTP: Final = tests_of("delivery/test_smtp", "pipeline/test_mail", "pipeline/test_outbox")
OF_SCHEDULER: Final = tests_of("pipeline/test_scheduler")
OF_MIME: Final = tests_of("mail/test_mime", "model/test_mailbox")
OF_FOLDER: Final = tests_of("sources/test_folder")

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
        "if carried_paper.paper in settled:",
        "if carried_paper.paper in ():",
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
        "carried_since=carried_paper.since",
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
        "                    file.temporary.unlink()",
        "                    file.temporary.exists()",
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
        "if 2 * encoded_octets > len(octets) / 3:",
        "if 2 * encoded_octets > len(octets) * 3:",
        "a mail in Greek is three times as long",
        tests_of("mail/test_mime", "mail/test_fit"),
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
        DUE,
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
