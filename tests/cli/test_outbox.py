"""`digest outbox` lists, retries and drops deliveries."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import Answer, write
from tests.pipeline.mail_sink import MailSink

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Digest = Callable[..., Answer]

DAY = "2026-01-12"


@pytest.fixture
def sink() -> Iterator[MailSink]:
    with MailSink() as sink:
        yield sink


@pytest.fixture
def troubled(folder: Path, sink: MailSink, digest: Digest) -> Digest:
    """Return the program after a run that could mail neither of two recipients."""
    write(
        folder / "config.yaml",
        "sources: [dumps/]\nrules:\n  - {name: Bread, keywords: [bread]}\n"
        "profiles: [{name: daily, email: {to: [busy@example.org, gone@example.org]}}]\n"
        f"smtp: {{host: 127.0.0.1, port: {sink.port}, timeout: 5, retries: 0}}\n",
    )
    write(folder / "dumps/2026-01-05.jsonl", json.dumps({"title": "Bread"}) + "\n")
    sink.answers.update({"busy@example.org": "451 later", "gone@example.org": "550 nobody"})
    assert digest("run", "--date", DAY).code == 3
    return digest


def outbox(digest: Digest) -> dict[str, tuple[int, str, int]]:
    """Return number, state and tries by recipient."""
    answer = digest("outbox", "--json")
    assert answer.code == 0
    return {
        item["to"]: (item["id"], item["state"], item["tries"])
        for item in json.loads(answer.out)["outbox"]
    }


def test_an_empty_outbox_says_so(place: Path, digest: Digest) -> None:
    for arguments in (["outbox"], ["outbox", "list"], ["outbox", "retry"]):
        assert digest(*arguments) == Answer(0, "Nothing waits, and nothing has failed.\n", "")


def test_what_waits_and_what_failed_is_listed_with_the_reason(troubled: Digest) -> None:
    assert troubled("outbox") == Answer(
        0,
        "id  state    to                profile  day         tries\n"
        " 7  waiting  busy@example.org  daily    2026-01-12      1\n"
        "    the mail server answered 451 later\n"
        " 8  failed   gone@example.org  daily    2026-01-12      1\n"
        "    the mail server answered 550 nobody\n"
        "\n"
        "1 failed for good: `digest outbox retry` tries again, `drop` gives up\n",
        "",
    )


def test_retry_tries_all_that_waits_and_what_failed(troubled: Digest, sink: MailSink) -> None:
    answer = troubled("outbox", "retry")
    assert answer == Answer(
        3,
        "",
        "digest: 7 to busy@example.org (daily, 2026-01-12) is waiting: "
        "the mail server answered 451 later\n"
        "digest: 8 to gone@example.org (daily, 2026-01-12) is failed: "
        "the mail server answered 550 nobody\n",
    )
    sink.answers.clear()
    assert troubled("outbox", "retry") == Answer(
        0,
        "delivered 7 to busy@example.org (daily, 2026-01-12)\n"
        "delivered 8 to gone@example.org (daily, 2026-01-12)\n",
        "",
    )
    assert sink.recipients == ["busy@example.org", "gone@example.org"]
    assert outbox(troubled) == {}


def test_retry_of_some_leaves_the_other_failed_ones(troubled: Digest, sink: MailSink) -> None:
    sink.answers.clear()
    answer = troubled("outbox", "retry", "7", "--json")
    output = json.loads(answer.out)
    assert (answer.code, output["delivered"]) == (0, [7])
    assert [item["id"] for item in output["outbox"]] == [8]
    assert sink.recipients == ["busy@example.org"]


def test_drop_says_what_it_gives_up(troubled: Digest, sink: MailSink) -> None:
    assert troubled("outbox", "drop", "8") == Answer(
        0,
        "dropped 8 to gone@example.org (daily, 2026-01-12), which was failed: "
        "the mail server answered 550 nobody\n",
        "",
    )
    assert outbox(troubled) == {"busy@example.org": (7, "waiting", 1)}
    output = json.loads(troubled("outbox", "drop", "7", "--json").out)
    assert [item["to"] for item in output["dropped"]] == ["busy@example.org"]
    sink.answers.clear()
    assert troubled("run", "--date", DAY).code == 0
    assert sink.delivered == []


@pytest.mark.parametrize(
    "arguments", [["drop"], ["drop", "7", "99"], ["retry", "99"], ["drop", "1"]]
)
def test_a_number_that_nothing_has_changes_nothing(
    troubled: Digest, sink: MailSink, arguments: list[str]
) -> None:
    sink.commands.clear()
    before = outbox(troubled)
    answer = troubled("outbox", *arguments)
    assert (answer.code, answer.out) == (2, "")
    assert arguments[-1] in answer.err
    assert (outbox(troubled), sink.commands) == (before, [])
