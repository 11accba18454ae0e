"""The mail server fails in each of its ways: no mail is lost or changed."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

import pytest

from tests.pipeline.failing_server import FailingServer
from tests.pipeline.test_chaos import papers_by_message, settle
from tests.pipeline.test_interrupted import TUESDAY, killer
from tests.pipeline.test_mail import mailing, states
from tests.pipeline.world import RULES, World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Start = Callable[..., FailingServer]

pytestmark = [pytest.mark.judges, pytest.mark.shared, pytest.mark.slow]

SEEDS: Final = 5
DUMPS: Final = 4
"""Each of two papers, and each read by a run that may be killed."""
TOUCHES: Final = 420
"""How often such a run touches the world, and some more: then it is not killed."""
MODES: Final = (
    "data:451",
    "data-once:451",
    "drop-after-data",
    "limit:1000",
    "mail:421",
    "rcpt:a-:450",
    "rcpt:b-:550",
    "slow:0.05",
)


@pytest.fixture
def start(shared: Path, tmp_path: Path) -> Iterator[Start]:
    """Give a function that starts a server with options, each with a folder of its own."""
    with ExitStack() as stack:
        started = Counter[str]()

        def begin(*options: str, port: int = 0) -> FailingServer:
            started["servers"] += 1
            folder = tmp_path / f"server {started['servers']}"
            return stack.enter_context(FailingServer(shared, folder, *options, port=port))

        yield begin


@pytest.mark.parametrize(
    ("rule", "state", "reason"),
    [
        ("rcpt:gone:550", "failed", "the mail server answered 550 simulated for gone@example.org"),
        ("rcpt:gone:450", "waiting", "the mail server answered 450 simulated for gone@example.org"),
        ("mail:550", "failed", "the mail server answered 550 simulated"),
        ("mail:421", "waiting", "the mail server answered 421 simulated"),
        ("data:554", "failed", "the mail server answered 554 simulated"),
        ("data:451", "waiting", "the mail server answered 451 simulated"),
        ("data-once:451", "done", None),
        ("limit:1000", "failed", "the mail server answered 552 Error: message size exceeds fixed"),
        ("drop-after-data", "waiting", "the connection to the mail server broke: "),
        ("slow:1.5", "waiting", "the connection to the mail server broke: no answer within 1 seco"),
    ],
)
def test_whatever_a_server_does_each_mail_arrives_once(
    world: World, start: Start, rule: str, state: str, reason: str | None
) -> None:
    """The server that follows is well, and a person lets it try again what has failed."""
    failing, well = start("--fail", rule), start()
    world.drop("2026-01-05", "Pruning 1x", "Routing 1x")
    smtp = f", retries: {int(state == 'done')}"
    impatient = mailing(failing.port, "gone@example.org", "b@example.org", smtp=smtp)
    world.configure(impatient.replace("timeout: 5", "timeout: 1"))
    found, told = states(world.run())["gone@example.org"]
    assert found == state
    assert (told or "").startswith(reason or "")
    before = failing.delivered
    failing.kill()
    world.configure(mailing(well.port, "gone@example.org", "b@example.org"))
    settle(world)
    arrived = papers_by_message([*before, *well.delivered])
    titles = ["Pruning 1x", "Routing 1x"]
    for recipient in ("gone@example.org", "b@example.org"):
        assert list(arrived[recipient].values()) == [titles], "one message, however often it came"


def test_a_server_that_is_killed_and_comes_back_gets_everything(world: World, start: Start) -> None:
    first = start("--fail", "slow:0.1")
    servers = [first]
    names = [f"r{number}@example.org" for number in range(8)]
    world.configure(mailing(first.port, *names))
    world.drop("2026-01-05", "Pruning 1x")

    def kill_after_the_second() -> None:
        while len(list(first.folder.glob("*.json"))) < 2:
            time.sleep(0.005)
        first.kill()

    def restart(_seconds: float) -> None:
        servers.append(start(port=first.port))
        assert servers[-1].port == first.port

    world.sleep = restart
    killing = threading.Thread(target=kill_after_the_second)
    killing.start()
    assert world.run().complete
    killing.join()
    arrived = papers_by_message([item for server in servers for item in server.delivered])
    assert len(servers) > 1
    assert {name: list(arrived[name].values()) for name in names} == {
        name: [["Pruning 1x"]] for name in names
    }


def test_chance_kills_the_sender_and_chooses_the_server(tmp_path: Path, start: Start) -> None:
    """Each reader still gets each paper in one message, with ten seeds of chance."""
    servers = [start("--fail", mode) for mode in MODES]
    well = start()
    ends = Counter[str]()
    expected = dict.fromkeys((f"{kind} {n}x" for kind in RULED for n in range(DUMPS)), 1)
    with killer() as do:
        for seed in range(SEEDS):
            chance = random.Random(seed)
            world = World(tmp_path / f"home {seed}", config(seed, well))
            world.now = TUESDAY
            world.run()
            for number in range(DUMPS):
                world.configure(config(seed, chance.choice(servers)))
                world.drop(f"2026-01-06-{number}", *(f"{kind} {number}x" for kind in RULED))
                ends[do(world, chance.randint(1, TOUCHES)).split()[0]] += 1
            world.configure(config(seed, well))
            settle(world)
    assert min(ends["killed"], ends["done"]) >= SEEDS, "else it is no matter of chance"
    arrived = papers_by_message([item for one in (*servers, well) for item in one.delivered])
    for reader in (f"{name}-{seed}@example.org" for seed in range(SEEDS) for name in "ab"):
        assert Counter(title for item in arrived[reader].values() for title in item) == expected


RULED: Final = ("Pruning", "Routing")


def config(seed: int, server: FailingServer) -> str:
    to = f"[a-{seed}@example.org, b-{seed}@example.org]"
    return (
        f"{RULES}profiles: [{{name: one, email: {{to: {to}}}}}]\n"
        f"smtp: {{host: 127.0.0.1, port: {server.port}, timeout: 5}}\n"
    )
