"""Random kills and server failures: each reader still gets each paper once."""

from __future__ import annotations

import random
import re
import time
from collections import Counter, defaultdict
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import TYPE_CHECKING

import pytest

from tests.pipeline.mail_sink import MailSink
from tests.pipeline.test_interrupted import TUESDAY, killer
from tests.pipeline.world import RULES, World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

DUMPS = 6
"""Each of two papers, and each read by a run that may be killed."""
TOUCHES = 220
"""How often such a run touches the world, and some more: then it is not killed."""
ANSWERS = ("451 greylisted", "421 shutting down", "550 nobody", "hang up", "slow")
READERS = {
    "a@example.org": ("Pruning", "Routing"),
    "b@example.org": ("Pruning", "Routing"),
    "c@example.org": ("Routing",),
}


def troubled(chance: random.Random) -> Callable[[str, str], str]:
    """Return a server's trouble: one command in four ends in some other way than well."""

    def trouble(step: str, _recipient: str) -> str:
        if chance.random() > 0.25:
            return ""
        answer = chance.choice((*ANSWERS, "keep and hang up") if step == "DATA" else ANSWERS)
        if answer == "slow":
            time.sleep(0.05)
            return ""
        return answer

    return trouble


def settle(world: World) -> None:
    """Queue failed deliveries again, as a person does; the next run tries them."""
    with world.library() as library:
        for delivery in library.outbox.not_done():
            library.outbox.requeue(delivery.id)
    assert world.run().complete
    with world.library() as library:
        assert library.outbox.not_done() == ()


def papers_by_message(
    delivered: Iterable[tuple[str, bytes]],
) -> dict[str, dict[str, list[str]]]:
    """Return the titles that came, by recipient and Message-ID."""
    result: dict[str, dict[str, list[str]]] = defaultdict(dict)
    contents: dict[str, bytes] = {}
    for recipient, content in delivered:
        message = message_from_bytes(content, policy=default)
        assert isinstance(message, EmailMessage)
        identifier = str(message["Message-ID"])
        assert contents.setdefault(identifier, content) == content, "the same id, the same bytes"
        text = message.get_body(("plain",))
        assert text is not None
        titles = set(re.findall(r"(?:Pruning|Routing) \d+x", text.get_content()))
        result[recipient][identifier] = sorted(titles)
    return result


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_each_reader_gets_each_paper_in_one_message(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    with MailSink() as sink, killer() as do:
        world = World(
            tmp_path / "home",
            f"{RULES}profiles:\n"
            "  - {name: one, email: {to: [a@example.org, b@example.org]}}\n"
            "  - {name: two, rules: [Routing], email: {to: c@example.org}}\n"
            f"smtp: {{host: 127.0.0.1, port: {sink.port}, timeout: 5}}\n",
        )
        world.now = TUESDAY
        world.run()
        sink.trouble = troubled(chance)
        ends = Counter[str]()
        for number in range(DUMPS):
            world.drop(f"2026-01-06-{number}", f"Pruning {number}x", f"Routing {number}x")
            ends[do(world, chance.randint(1, TOUCHES)).split()[0]] += 1
        assert ends["killed"], "else nothing is tested"
        sink.trouble = lambda _step, _recipient: ""
        settle(world)
    result = papers_by_message(sink.delivered)
    for reader, kinds in READERS.items():
        message = Counter(title for titles in result[reader].values() for title in titles)
        assert message == dict.fromkeys(
            (f"{kind} {number}x" for kind in kinds for number in range(DUMPS)), 1
        )
