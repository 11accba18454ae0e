"""Each kind of source, from its first request to the papers of a digest."""

from __future__ import annotations

import mailbox
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.conftest import missing
from tests.pipeline import service_answers as answers
from tests.pipeline.world import World, digest_of, shown
from tests.sources.imap import PASSWORD, USER, dovecot, has_dovecot
from tests.sources.server import LocalService, Reply

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TUESDAY = datetime(2026, 1, 6, 12, tzinfo=UTC)
RULES = "rules:\n  - {name: Pruning, keywords: [pruning]}\n"


class Service(LocalService):
    """Answers by the beginning of the path: each reply once, and the last one on and on."""

    def __init__(self) -> None:
        super().__init__(self._answer)
        self.replies: dict[str, list[Reply]] = {}

    def _answer(self, path: str) -> Reply:
        for beginning, replies in self.replies.items():
            if path.startswith(beginning):
                return replies.pop(0) if len(replies) > 1 else replies[0]
        return Reply(status=404)

    def say(self, beginning: str, *replies: bytes | Reply) -> None:
        self.replies[beginning] = [
            reply if isinstance(reply, Reply) else Reply(reply) for reply in replies
        ]


@pytest.fixture
def service() -> Iterator[Service]:
    service = Service()
    with service.running():
        yield service


def ask_for(world: World, source: str, service: Service) -> None:
    local = f"endpoint: '{service.url}', allow_private: true"
    world.configure(f"sources:\n  - {{{source}, {local}}}\n{RULES}")
    world.now = TUESDAY


# --- arXiv


def test_arxiv_answers_429_twice_and_then_serves(world: World, service: Service) -> None:
    ask_for(world, "arxiv: [cs.LG]", service)
    wait = Reply(status=429, headers={"Retry-After": "7"})
    feed = answers.arxiv_feed(
        ("2601.00001v1", "Pruning for Rivers", "new"),
        ("2512.00002v1", "Pruning Across Fields", "cross"),
        ("2505.00003v4", "Pruning Once More", "replace"),
        ("2505.00004v2", "Pruning Elsewhere", "replace-cross"),
    )
    service.say("/rss/", wait, wait, feed)
    result = world.run()
    assert sorted(shown(result)) == ["Pruning Across Fields", "Pruning for Rivers"]
    assert service.paths == ["/rss/cs.LG"] * 3
    assert world.pauses.count(7.0) == 2
    assert digest_of(result).details[0] == "arXiv cs.LG: 4 papers."


def test_a_day_of_arxiv_that_was_missed(world: World, service: Service) -> None:
    ask_for(world, "arxiv: [cs.LG]", service)
    service.say("/rss/", answers.arxiv_feed(("2601.00001v1", "Pruning for Rivers", "new")))
    world.run()
    world.now += timedelta(days=2)
    first = answers.oai_list(
        ("2601.00005", "Pruning at Night", "2026-01-05", ""),
        ("2405.00006", "Pruning of Old", "2024-05-05", "2026-01-06"),
        token="next|1",
    )
    second = answers.oai_list(("2601.00007", "Pruning by Day", "2026-01-05", ""))
    service.say("/oai?verb=ListRecords&metadataPrefix=arXiv&", first)
    service.say("/oai?verb=ListRecords&resumptionToken=next%7C1", second)
    service.say("/rss/", answers.arxiv_feed(("2601.00008v1", "Pruning Today", "new")))
    service.asked.clear()
    result = world.run()
    assert sorted(shown(result)) == ["Pruning Today", "Pruning at Night", "Pruning by Day"]
    assert service.paths == [
        "/oai?verb=ListRecords&metadataPrefix=arXiv&set=cs:cs:LG&from=2026-01-07&until=2026-01-07",
        "/oai?verb=ListRecords&resumptionToken=next%7C1",
        "/rss/cs.LG",
    ]
    assert digest_of(result).details[0] == (
        "arXiv cs.LG: 3 papers of 7 January 2026; arXiv cs.LG: 1 paper."
    )
    assert service.connections <= 3


def test_arxiv_on_a_holiday(world: World, service: Service) -> None:
    ask_for(world, "arxiv: [cs.LG]", service)
    world.now = datetime(2026, 1, 20, 12, tzinfo=UTC)  # the day after Martin Luther King Day
    service.say("/rss/", answers.arxiv_feed())
    service.say("/oai", answers.oai_list(("2601.00005", "Pruning", "2026-01-15", "")))
    result = world.run()
    assert (
        digest_of(result)
        .details[0]
        .endswith(
            "Nothing new from arXiv cs.LG today: it does not announce on Martin Luther King Day."
        )
    )


def test_arxiv_that_serves_yesterdays_feed(world: World, service: Service) -> None:
    ask_for(world, "arxiv: [cs.LG]", service)
    service.say("/rss/", answers.arxiv_feed(("2601.00001v1", "Pruning for Rivers", "new")))
    world.run()
    world.wait()
    result = world.run()
    assert (
        "nothing new, because it sent the list of an earlier day again"
        in (digest_of(result).details[0])
    )
    service.say("/rss/", answers.arxiv_feed(("2601.00009v1", "Pruning at Last", "new")))
    world.now += timedelta(hours=1)
    assert shown(world.run()) == ["Pruning at Last"]


# --- others


def test_pubmed_in_two_steps_with_a_key(world: World, service: Service) -> None:
    ask_for(world, "pubmed: pruning", service)
    world.environment["NCBI_API_KEY"] = "s3cret"
    service.say("/entrez/eutils/esearch", answers.pubmed_search("11", "12"))
    service.say(
        "/entrez/eutils/efetch", answers.pubmed_records(("11", "Pruning Roses"), ("12", "Other"))
    )
    result = world.run()
    assert shown(result) == ["Pruning Roses"]
    assert all("api_key=s3cret" in path for path in service.paths)
    assert "db=pubmed&id=11,12&rettype=abstract&retmode=xml&tool=digest" in service.paths[1]
    whole = b"".join(path.read_bytes() for path in world.folder.rglob("*") if path.is_file())
    assert b"s3cret" not in whole


def test_new_versions_of_biorxiv_are_no_news(world: World, service: Service) -> None:
    ask_for(world, "biorxiv: [neuroscience]", service)
    papers = answers.biorxiv_list(
        ("10.64898/2026.01.01.1", "Synaptic Pruning", 1),
        ("10.1101/2025.01.01.2", "Pruning, Revised", 3),
    )
    service.say("/details/biorxiv/", papers)
    assert shown(world.run()) == ["Synaptic Pruning"]


def test_an_empty_answer_of_biorxiv_is_a_failure(world: World, service: Service) -> None:
    ask_for(world, "biorxiv: [neuroscience]", service)
    service.say("/details/biorxiv/", Reply(b""))
    result = world.run()
    assert not result.complete
    assert "because its answer is empty, with status 200" in digest_of(result).details[0]


def test_a_feed_is_asked_whether_it_has_changed(world: World, service: Service) -> None:
    world.configure(
        f"sources:\n  - {{feed: '{service.url}/rss', name: Letters, allow_private: true}}\n{RULES}"
    )
    world.now = TUESDAY
    service.say("/rss", Reply(answers.journal_feed("Pruning", "Other"), 200, {"ETag": '"7"'}))
    result = world.run()
    assert shown(result) == ["Pruning"]
    assert digest_of(result).details[0] == "Letters: 2 papers."
    service.say("/rss", Reply(status=304))
    world.wait()
    result = world.run()
    assert digest_of(result).details[0] == "Letters: nothing new."
    assert service.asked[-1].headers["If-None-Match"] == '"7"'


def test_alert_mails(world: World, tmp_path: Path) -> None:
    box = mailbox.Maildir(tmp_path / "Mail")
    box.add(answers.arxiv_mail("2601.00001", "Pruning by Mail"))
    box.add(answers.scholar_alert("Pruning by Alert", "https://j.example.org/pruning"))
    box.add(b"From: a friend\r\nSubject: Pruning\r\nDate: Wed, 7 Jan 2026 08:00 +0000\r\n\r\nHi!")
    world.configure(f"sources:\n  - mailbox: {tmp_path}/Mail\n{RULES}")
    world.now = datetime(2026, 1, 7, 12, tzinfo=UTC)
    result = world.run()
    assert sorted(shown(result)) == ["Pruning by Alert", "Pruning by Mail"]
    assert result.complete
    assert digest_of(result).details[0] == "mailbox: 2 papers."
    with world.library(scratch=True) as library:
        (day,) = library.answers.newest_days(0)
    assert day.reason == "1 mail held no papers that can be read"
    kept = b"".join(path.read_bytes() for path in (world.folder / "digest.db.dumps").rglob("*.gz"))
    assert b"friend" not in kept
    world.wait()
    assert shown(world.run()) == []
    assert all(not message.get_flags() for message in box)


@pytest.mark.judges
@pytest.mark.shared
def test_real_mails_on_a_real_server(world: World, tmp_path: Path, shared: Path) -> None:
    """arXiv's whole mailing of a day and three Google Scholar alerts, on dovecot."""
    if not has_dovecot():
        missing("dovecot")
    samples = shared / "data/samples"
    paths = [
        samples / "arxiv-mail/cs_daily_2024-11-07.eml",
        *sorted((samples / "scholar-alerts").glob("*.eml")),
    ]
    world.environment["DIGEST_IMAP_PASSWORD"] = PASSWORD
    with dovecot(tmp_path / "dovecot", [path.read_bytes() for path in paths]) as server:
        world.configure(
            "sources:\n"
            "  - {kind: mailbox, name: alerts, host: 127.0.0.1, security: none, catch_up: 3650,\n"
            f"     port: {server.port}, username: {USER}}}\n"
            "rules:\n  - {name: All, keywords: [image, learning]}\n"
        )
        world.now = datetime(2026, 1, 7, 12, tzinfo=UTC)
        result = world.run()
        assert result.complete
        # 88 new and 20 cross-listed papers are news, 72 replacements are not; the alerts have 7.
        assert result.profiles[0].selection.coverage.papers == 88 + 20 + 7
        world.wait()
        assert shown(world.run()) == []
