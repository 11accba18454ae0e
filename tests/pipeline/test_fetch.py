"""Fetching: requests, stored answers, the report in a digest, and the next run."""

from __future__ import annotations

import gzip
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from digest.config import load_config
from tests.pipeline.hugging_face import HuggingFace, listed
from tests.pipeline.world import World, digest_of, shown
from tests.sources.server import Reply

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.model import DayCoverage

MONDAY = datetime(2026, 3, 2, 18, tzinfo=UTC)
RULES = "rules:\n  - {name: Pruning, keywords: [pruning]}\n"


@pytest.fixture
def service() -> Iterator[HuggingFace]:
    service = HuggingFace()
    with service.running():
        yield service


@pytest.fixture
def fetching(world: World, service: HuggingFace) -> World:
    world.configure(
        f"sources:\n  - {{huggingface: daily, endpoint: '{service.url}', allow_private: true}}\n"
        + RULES
    )
    world.now = MONDAY
    return world


def covered(world: World, source: str = "huggingface") -> list[DayCoverage]:
    with world.library(scratch=True) as library:
        return list(library.answers.coverage(source).values())


def states(world: World, source: str = "huggingface") -> dict[str, str]:
    """Return the state of each day, newest first, by month and day."""
    return {f"{day.day:%m-%d}": day.state for day in covered(world, source)}


def test_a_run_fetches_and_selects(fetching: World, service: HuggingFace) -> None:
    service.days["2026-03-02"] = [listed("Pruning once", "Nothing")]
    result = fetching.run()
    assert shown(result) == ["Pruning once"]
    assert result.complete
    # Today's list still grows, so the last whole one, Friday's, comes first.
    assert service.paths == [
        "/api/daily_papers?date=2026-02-27&limit=100&p=0",
        "/api/daily_papers?date=2026-03-02&limit=100&p=0",
    ]
    assert digest_of(result).details[0].endswith("Hugging Face: 2 papers.")


def test_every_answer_is_kept_byte_for_byte(fetching: World, service: HuggingFace) -> None:
    body = listed("Pruning once")
    service.days["2026-03-02"] = [Reply(body, headers={"X-Told": "something", "Set-Cookie": "a=b"})]
    fetching.run()
    folder = fetching.folder / "digest.db.dumps/huggingface"
    (file,) = folder.glob("2026-03-02-*.gz")
    assert gzip.decompress(file.read_bytes()) == body
    raw = file.read_bytes()
    assert b"/api/daily_papers?date=2026-03-02&limit=100&p=0\n2026-03-02T18:00:00+00:00\n" in raw
    assert b"x-told: something" in raw
    assert b"a=b" not in raw
    with fetching.library(scratch=True) as library:
        stored = library.answers.all_of("huggingface", since=date(2026, 3, 2))
    assert [(answer.url.partition("/api")[2], answer.file) for answer in stored] == [
        ("/daily_papers?date=2026-03-02&limit=100&p=0", f"huggingface/{file.name}")
    ]


def test_pages_are_followed(fetching: World, service: HuggingFace) -> None:
    first = listed(*(f"Paper number {number}" for number in range(100)))
    service.days["2026-03-02"] = [first, listed("Pruning at last")]
    result = fetching.run()
    assert shown(result) == ["Pruning at last"]
    assert service.paths[-1].endswith("&p=1")


def test_another_run_of_the_hour_asks_nobody(fetching: World, service: HuggingFace) -> None:
    service.days["2026-03-02"] = [listed("Pruning once")]
    fetching.run()
    request_count = len(service.asked)
    fetching.now += timedelta(minutes=5)
    fetching.run()
    assert len(service.asked) == request_count


def test_a_list_that_still_grows_is_asked_for_once_more(
    fetching: World, service: HuggingFace
) -> None:
    service.days["2026-03-02"] = [listed("Pruning once")]
    fetching.run()
    service.days["2026-03-02"] = [listed("Pruning once", "Pruning in the evening")]
    service.days["2026-03-03"] = [listed("Pruning on Tuesday", day="2026-03-03")]
    fetching.wait()
    result = fetching.run()
    assert sorted(shown(result)) == ["Pruning in the evening", "Pruning on Tuesday"]
    assert states(fetching)["03-02"] == "complete"
    service.asked.clear()
    fetching.wait()
    fetching.run()
    days = {path[-24:-14] for path in service.paths}
    assert "2026-03-02" not in days
    assert days >= {"2026-03-03", "2026-03-04"}


def test_missed_days_are_caught_up(fetching: World, service: HuggingFace) -> None:
    service.days["2026-03-02"] = [listed("Pruning on Monday")]
    fetching.run()
    for day in range(3, 7):
        service.days[f"2026-03-0{day}"] = [listed(f"Pruning {day}", day=f"2026-03-0{day}")]
    fetching.wait(days=4)
    result = fetching.run()
    assert sorted(shown(result)) == [f"Pruning {day}" for day in range(3, 7)]
    assert "Hugging Face: 1 paper of 4 March 2026; " in digest_of(result).details[0]


def test_a_weekend_is_a_holiday_and_nobody_is_asked(fetching: World, service: HuggingFace) -> None:
    service.days["2026-03-02"] = [listed("Pruning")]
    fetching.run()
    fetching.wait(days=5)
    result = fetching.run()
    assert states(fetching)["03-07"] == "holiday"
    note = digest_of(result).details[0]
    assert note.endswith("Nothing new from Hugging Face today: it has no list on Saturdays.")
    assert not any("2026-03-07" in path for path in service.paths)


def test_an_empty_list_of_today_is_not_there_yet(fetching: World, service: HuggingFace) -> None:
    fetching.now = MONDAY.replace(hour=5)
    result = fetching.run()
    assert states(fetching)["03-02"] == "not yet"
    assert (
        digest_of(result)
        .details[0]
        .endswith("Hugging Face: nothing new, because its list is not due yet.")
    )
    service.days["2026-03-02"] = [listed("Pruning at nine")]
    fetching.now = MONDAY.replace(hour=9)
    assert shown(fetching.run()) == ["Pruning at nine"]


def test_a_day_that_stays_empty_is_missing(fetching: World) -> None:
    fetching.run()
    fetching.wait(days=2)
    result = fetching.run()
    assert states(fetching)["03-02"] == "missing"
    assert (
        "nothing of 2 March 2026, because nothing came for this day" in digest_of(result).details[0]
    )


def test_yesterdays_list_again(fetching: World, service: HuggingFace) -> None:
    service.days["2026-03-02"] = [listed("Pruning")]
    service.days["2026-03-03"] = [listed("Pruning")]
    fetching.run()
    fetching.wait()
    result = fetching.run()
    assert states(fetching) == {
        "03-03": "repeated",
        "03-02": "complete",
        "03-01": "holiday",
        "02-28": "holiday",
        "02-27": "missing",
    }
    assert shown(result) == []
    assert "it sent the list of an earlier day again" in digest_of(result).details[0]


def test_far_too_few_papers_are_told_loudly(fetching: World, service: HuggingFace) -> None:
    days = [date(2026, 3, 2) + timedelta(days=offset) for offset in range(5)]
    for day in days:
        titles = [f"Paper {number} of {day}" for number in range(8)]
        service.days[f"{day}"] = [listed(*titles, day=f"{day}")]
        fetching.run()
        fetching.wait()
    fetching.now = MONDAY + timedelta(days=7)
    service.days["2026-03-09"] = [listed("Pruning", day="2026-03-09")]
    result = fetching.run()
    assert "Hugging Face: 1 instead of about 8" in digest_of(result).details[0]
    assert digest_of(result).details[1] == (
        "Far fewer papers than usual came from Hugging Face for 9 March 2026: 1 instead of about 8."
    )
    assert states(fetching)["03-09"] == "partial"


def test_a_source_that_fails_stops_no_other(fetching: World, service: HuggingFace) -> None:
    fetching.configure(
        f"sources:\n"
        f"  - {{huggingface: daily, endpoint: '{service.url}/nowhere', allow_private: true}}\n"
        f"  - {{http: '{service.url}/list.jsonl?date={{date}}&p=0', name: lists,"
        f" allow_private: true}}\n{RULES}"
    )
    service.answer = lambda path: (
        Reply(b"", 404) if "nowhere" in path else Reply(b'{"title": "Pruning elsewhere"}\n')
    )
    result = fetching.run()
    assert shown(result) == ["Pruning elsewhere"]
    assert not result.complete
    assert states(fetching)["03-02"] == "failed"
    assert (
        "Hugging Face: nothing, because it answered 404; the next run asks again"
        in (digest_of(result).details[0])
    )


def test_a_service_that_asks_for_an_hour_is_left_alone(
    fetching: World, service: HuggingFace
) -> None:
    service.days["2026-02-27"] = [Reply(status=429, headers={"Retry-After": "3600"})]
    service.days["2026-03-02"] = [Reply(status=429, headers={"Retry-After": "3600"})]
    fetching.run()
    request_count = len(service.asked)
    fetching.now += timedelta(minutes=30)
    fetching.run()
    assert len(service.asked) == request_count
    service.days["2026-03-02"] = [listed("Pruning")]
    fetching.now += timedelta(minutes=31)
    assert shown(fetching.run()) == ["Pruning"]


def test_offline_asks_nobody(fetching: World, service: HuggingFace) -> None:
    service.days["2026-03-02"] = [listed("Pruning")]
    assert shown(fetching.run(offline=True)) == []
    assert service.asked == []


def test_what_has_not_changed_is_kept_once(fetching: World, service: HuggingFace) -> None:
    body = listed("Pruning")
    service.days["2026-03-02"] = [Reply(body, headers={"ETag": '"1"'})]
    fetching.run()
    service.days["2026-03-02"] = [Reply(status=304)]
    fetching.wait()
    fetching.run()
    assert covered(fetching)[1].state == "complete"
    last = [request for request in service.asked if "2026-03-02" in request.path][-1]
    assert last.headers["If-None-Match"] == '"1"'
    assert len(list((fetching.folder / "digest.db.dumps").rglob("2026-03-02-*"))) == 1


def test_an_answer_that_no_reader_can_read_is_kept(fetching: World, service: HuggingFace) -> None:
    service.days["2026-03-02"] = [b'["a list of texts"]']
    result = fetching.run()
    assert not result.complete
    assert len(list((fetching.folder / "digest.db.dumps").rglob("2026-03-02-*"))) == 1


def test_nothing_whole_is_asked_twice_after_a_break(fetching: World, service: HuggingFace) -> None:
    first = listed(*(f"Paper number {number}" for number in range(100)))
    service.days["2026-03-02"] = [first, Reply(status=503)]
    fetching.run()
    service.asked.clear()
    service.days["2026-03-02"] = [first, listed("Pruning at last")]
    fetching.now += timedelta(minutes=20)
    assert shown(fetching.run()) == ["Pruning at last"]
    assert [path for path in service.paths if "2026-03-02" in path] == [
        "/api/daily_papers?date=2026-03-02&limit=100&p=1"
    ]


def test_a_dry_run_names_what_it_would_ask(fetching: World, service: HuggingFace) -> None:
    from digest.model.sources import ServiceSource
    from digest.pipeline.fetch import Fetcher

    config = load_config(fetching.config)
    (source,) = config.sources
    assert isinstance(source, ServiceSource)
    with fetching.library(scratch=True) as library:
        fetcher = Fetcher(config, library, clock=lambda: fetching.now, environment={})
        pages = [(f"{page.day}", page.request.url) for page in fetcher.due(source)]
    base = f"{service.url}/api/daily_papers?date="
    assert pages == [
        ("2026-02-27", f"{base}2026-02-27&limit=100&p=0"),
        ("2026-03-02", f"{base}2026-03-02&limit=100&p=0"),
    ]
    assert service.asked == []


def popular(world: World, service: HuggingFace, more: str = "") -> None:
    world.configure(
        f"sources:\n  - {{huggingface: daily, endpoint: '{service.url}',"
        f" allow_private: true{more}}}\n"
        "rules:\n  - {name: Popular, query: 'pruning upvotes:>=50'}\n"
    )


def days_asked(service: HuggingFace) -> list[str]:
    days = [path.partition("date=")[2][:10] for path in service.paths]
    service.asked.clear()
    return days


def test_whole_lists_are_asked_for_again_where_a_rule_asks_for_upvotes(
    fetching: World, service: HuggingFace
) -> None:
    popular(fetching, service)
    service.days["2026-03-02"] = [listed("Pruning late", "Rain", upvotes=12)]
    assert shown(fetching.run()) == []
    fetching.wait()
    fetching.run()
    assert days_asked(service)[-2:] == ["2026-03-02", "2026-03-03"], "it was not whole"
    service.days["2026-03-02"] = [listed("Pruning late", "Rain", upvotes=57)]
    service.days["2026-03-04"] = [listed("Clouds", day="2026-03-04")]
    fetching.wait()
    result = fetching.run()
    assert days_asked(service)[1:] == ["2026-03-03", "2026-03-04", "2026-03-02"]
    (entry,) = digest_of(result).entries
    assert entry.paper.title == "Pruning late"
    assert entry.rise is not None
    assert (entry.rise.before, entry.rise.now) == (12, 57)
    message = " ".join(digest_of(result).details)
    assert "2 March" not in message, "what came is told of new days alone"
    fetching.now += timedelta(hours=2)
    fetching.run()
    assert "2026-03-02" not in days_asked(service), "once a day"
    fetching.wait()
    assert shown(fetching.run()) == [], "and it comes once"
    assert "2026-03-02" in days_asked(service)


@pytest.mark.parametrize("more", [", again: 0", ", again: 1"])
def test_how_far_back_lists_are_asked_for_again_can_be_said(
    fetching: World, service: HuggingFace, more: str
) -> None:
    popular(fetching, service, more)
    service.days["2026-03-02"] = [listed("Pruning late")]
    for _ in range(4):
        fetching.run()
        days_asked(service)
        fetching.wait()
    fetching.run()
    assert "2026-03-02" not in days_asked(service)


def test_a_whole_list_is_left_alone_where_no_rule_asks_for_upvotes(
    fetching: World, service: HuggingFace
) -> None:
    service.days["2026-03-02"] = [listed("Pruning late")]
    for _ in range(3):
        fetching.run()
        fetching.wait()
    days_asked(service)
    fetching.run()
    assert "2026-03-02" not in days_asked(service)


def test_a_list_that_has_not_changed_is_not_sent_again(
    fetching: World, service: HuggingFace
) -> None:
    popular(fetching, service)
    tagged = Reply(listed("Pruning late"), headers={"ETag": '"one"'})
    service.days["2026-03-02"] = [tagged]
    for _ in range(3):
        fetching.run()
        fetching.wait()
    second = [asked for asked in service.asked if "date=2026-03-02" in asked.path]
    assert [asked.headers.get("If-None-Match") for asked in second] == [None, '"one"', '"one"']
