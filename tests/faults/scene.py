"""A world that uses every feature, and the services around it.

Readers of several formats, a service with pages, a mailbox, three profiles of two readers, mail
over SMTP and into a Maildir, reading lists that a person has changed, feeds and the site.
"""

from __future__ import annotations

import gzip
import json
import shutil
import sqlite3
from collections import Counter
from contextlib import closing, contextmanager
from datetime import date, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from digest.library.integrity import faults_of
from tests.pipeline.hugging_face import HuggingFace, listed
from tests.pipeline.mail_sink import MailSink
from tests.pipeline.world import MONDAY, World
from tests.sources.server import Reply

if TYPE_CHECKING:
    from collections.abc import Iterator

TUESDAY: Final = MONDAY + timedelta(days=1)
OLD_LIBRARY: Final = Path(__file__).parent.parent / "library" / "schema_6.sql"
CONFIG: Final = """\
title: Faults
site: {site}
sources:
  - dumps/
  - {{huggingface: daily, endpoint: '{url}', allow_private: true}}
  - {{http: '{url}/list.jsonl?date={{date}}&p=0', name: lists, allow_private: true}}
  - {{mailbox: alerts/, name: alerts}}
rules:
  - {{name: Pruning, keywords: [pruning]}}
  - {{name: Routing, keywords: [routing]}}
  - {{name: Liked, query: 'upvotes:>=3 AND pruning'}}
profiles:
  - name: one
    reader: ada
    limit: 3
    carry_over: 1
    email: {{to: [a@example.org, b@example.org]}}
  - {{name: two, reader: bo, rules: [Routing], email: {{to: c@example.org}}}}
  - {{name: three, reader: ada, rules: [Pruning], email: {{to: d@example.org, maildir: mail/}}}}
smtp: {{host: 127.0.0.1, port: {port}, timeout: 5}}
"""
RSS: Final = """\
<?xml version="1.0"?><rss version="2.0"><channel><title>Baking</title>
<item><title>Pruning in a journal {day}</title><link>https://journal.example.org/{day}</link>
<description>We prune.</description><pubDate>Mon, 05 Jan 2026 00:00:00 GMT</pubDate></item>
</channel></rss>
"""
MAIL: Final = """\
From: alerts@example.org
Subject: New papers
Date: {date:%a, %d %b %Y 06:00:00 +0000}
Message-ID: <{date:%d}@example.org>
MIME-Version: 1.0
Content-Type: text/html; charset=utf-8

<html><body><h3><a class="gse_alrt_title" href="https://arxiv.org/abs/2601.9{date:%d}01">\
Routing by mail {date:%d}</a></h3><div>A Berg - 2026</div></body></html>
"""
NAMES: Final = ("day", "first day", "upgrade")
"""The scenes that a campaign plays."""


class Sent(NamedTuple):
    """Mails that arrived, and how often; by recipient and Message-ID."""

    smtp: Counter[tuple[str, str]]
    maildir: Counter[str]


class Services:
    """The service that is asked and the server that takes mails."""

    def __init__(self) -> None:
        self.papers = HuggingFace()
        usual = self.papers.answer

        def answer(path: str) -> Reply:
            if path.startswith("/list.jsonl"):
                day = path.partition("date=")[2][:10]
                return Reply(f'{{"title": "Pruning from a list of {day}"}}\n'.encode())
            reply = usual(path)
            assert isinstance(reply, Reply)
            return reply

        self.papers.answer = answer
        for day, titles in (("05", ["Pruning on Monday"]), ("06", ["Pruning at last", "Routing"])):
            self.papers.days[f"2026-01-{day}"] = [listed(*titles, day=f"2026-01-{day}")]
        self.sink = MailSink()

    @contextmanager
    def running(self) -> Iterator[Services]:
        """Serve until the end of the block."""
        with self.papers.running(), self.sink:
            yield self

    def forget(self) -> None:
        """Forget what was asked for and sent."""
        self.papers.asked.clear()
        self.sink.delivered.clear()

    def sent(self, world: World) -> Sent:
        """Return the mails that arrived; the same Message-ID must mean the same bytes."""
        contents: dict[str, bytes] = {}
        smtp = Counter[tuple[str, str]]()
        for recipient, content in self.sink.delivered:
            message = message_from_bytes(content, policy=default)
            assert isinstance(message, EmailMessage)
            identifier = str(message["Message-ID"])
            assert contents.setdefault(identifier, content) == content, identifier
            smtp[recipient, identifier] += 1
        return Sent(smtp, Counter(p.name for p in (world.folder / "mail/new").glob("*")))


def set_scene(name: str, folder: Path, services: Services) -> World:
    """Return a world before the run that a fault will meet; `name` is one of `NAMES`."""
    site = "false" if name == "upgrade" else "true"
    world = World(
        folder, CONFIG.format(url=services.papers.url, port=services.sink.port, site=site)
    )
    for kind in ("cur", "new", "tmp"):
        (folder / "alerts" / kind).mkdir(parents=True, exist_ok=True)
    _receive(world, date(2026, 1, 5))
    if name == "upgrade":
        with closing(sqlite3.connect(folder / "digest.db")) as connection:
            connection.executescript(OLD_LIBRARY.read_text(encoding="utf-8"))
    elif name == "first day":
        world.library().__exit__(None, None, None)  # its id is chance, and part of a Message-ID
        return world
    else:
        world.run()
        _change_list(world)
    world.wait()
    _receive(world, date(2026, 1, 6))
    return world


def _receive(world: World, day: date) -> None:
    """Write dumps of several formats and a mail, as if they arrived."""
    world.drop(
        f"{day}", *(f"Pruning {day.day}{letter}" for letter in "abcde"), f"Routing {day.day}",
        {"title": "Routing for ever", "upvotes": day.day}, "Of no interest",
    )  # fmt: skip
    dumps = world.folder / "dumps"
    (dumps / f"{day}.xml").write_text(RSS.format(day=day.day), encoding="utf-8")
    lines = json.dumps({"title": f"Packed routing {day.day}"}) + "\n"
    (dumps / f"{day}.jsonl.gz").write_bytes(gzip.compress(lines.encode(), mtime=0))
    mail = MAIL.format(date=day)
    (world.folder / f"alerts/new/{day.day}").write_text(mail, encoding="utf-8")


def _change_list(world: World) -> None:
    """Tick a paper and write a note, as a person does between two runs."""
    path = world.output / "one/reading-list.md"
    text = path.read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.startswith("- [ ]"))
    path.write_text(text.replace(line, line.replace("[ ]", "[x]") + "\n  A note."), "utf-8")


class State(NamedTuple):
    """What a world holds after its run, but for what may differ between two equal runs."""

    outputs: dict[str, bytes]
    library: dict[str, list[tuple[object, ...]]]

    @property
    def delivered(self) -> Counter[tuple[object, object]]:
        """How often each profile got each paper."""
        return Counter((profile, paper) for profile, paper, *_ in self.library["entries"])

    @property
    def selected(self) -> set[tuple[object, object]]:
        """The papers that each profile got, or gets with its next digest."""
        carried = {(profile, paper) for profile, paper, _ in self.library["carried over"]}
        return carried | set(self.delivered)


_QUESTIONS: Final = {
    "papers": "SELECT id, title FROM paper ORDER BY id",
    "records": "SELECT hex(content), times FROM record JOIN sighting ON record = record.id"
    " ORDER BY content, times",
    "dumps": "SELECT sha256, records, new_papers FROM dump ORDER BY sha256",
    "entries": "SELECT entry.profile, paper.id, entry.kind, digest.day, digest.number FROM entry"
    " JOIN paper ON key = paper JOIN digest ON digest.id = digest"
    " ORDER BY digest.profile, digest.day, digest.number, position",
    "carried over": "SELECT profile, id, since FROM candidate JOIN paper ON key = paper"
    " ORDER BY profile, id",
    "marks": "SELECT reader, id, state, note FROM mark JOIN paper ON key = paper"
    " ORDER BY reader, id",
    "deliveries": "SELECT profile, channel, target, message_id, state FROM delivery"
    " ORDER BY profile, channel, target, message_id",
}


def state_of(world: World) -> State:
    """Return what the world holds; the library must be sound."""
    library = world.folder / "digest.db"
    assert faults_of(library) == ()
    with closing(sqlite3.connect(f"{library.as_uri()}?mode=ro", uri=True)) as connection:
        answers = {name: connection.execute(sql).fetchall() for name, sql in _QUESTIONS.items()}
    outputs = world.outputs()
    outputs.pop("site/.built.json", None)  # holds a hash of the config's place
    return State(outputs, answers)


def copied(world: World, folder: Path) -> World:
    """Return a copy of a world in another folder, with the same times of its files."""
    shutil.copytree(world.folder, folder)
    copy = World(folder, world.config.read_text(encoding="utf-8"))
    copy.now = world.now
    return copy
