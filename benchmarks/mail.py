"""Measure runs that mail to many: profiles of one recipient each, and one profile of many.

    python -m benchmarks.mail [--counts 10 100 1000]

Each row is one process of `digest run` in a folder of its own, with the five dumps and twenty rules
of `benchmarks.startup`, against a mail server on loopback: how long it took, how much of it each
message, and the most memory that it held; then the same without mails, and how many times as long
it takes with them. One profile has all the rules and some forty papers, of many each has three and
seven or eight papers. The folder that it writes to is on a disk, or what the system gives for
temporary files: every file and every mark in the outbox is forced to it.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import re
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.startup import PROJECT, RULES, dumps
from tests.pipeline.mail_sink import MailSink

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection

SHOWN: Final = "{:>9}  {:>10}  {:>7}  {:>7}  {:>5}  {:>5}  {:>13}  {:>5}"
RULES_EACH: Final = 3
"""Of each of many profiles."""


def serve(pipe: Connection) -> None:
    """Take mail until told to end; answer with how many messages and connections there were."""
    with MailSink() as sink:
        pipe.send(sink.port)
        while pipe.recv() == "count":
            pipe.send((len(set(sink.message_ids)), sink.commands.count("EHLO")))
            sink.delivered.clear()
            sink.commands.clear()


@contextmanager
def mail_server() -> Iterator[tuple[int, Connection]]:
    """Run a mail server in a process of its own, so that its work is not measured."""
    context = multiprocessing.get_context("spawn")
    pipe, other = context.Pipe()
    process = context.Process(target=serve, args=(other,), daemon=True)
    process.start()
    try:
        yield pipe.recv(), pipe
    finally:
        pipe.send("end")
        process.join(10)


def write_config(folder: Path, port: int, profiles: int, recipients: int) -> None:
    """Write a config of so many profiles, each with so many recipients; 0: they get no mail."""
    (folder / "dumps").mkdir()
    for dump in dumps():
        (folder / "dumps" / dump.name).write_bytes(dump.read_bytes())
    names = re.findall(r"name: ([^,]+),", RULES)
    lines = [f"sources: [dumps/]\nrules:\n{RULES}profiles:\n"]
    for profile in range(profiles):
        lines.append(f"  - name: p{profile}\n")
        if profiles > 1:
            own = [names[(7 * profile + 3 * rule) % len(names)] for rule in range(RULES_EACH)]
            lines.append(f"    rules: [{', '.join(own)}]\n")
        if recipients:
            to = ", ".join(f"r{number}@p{profile}.example.org" for number in range(recipients))
            lines.append(f"    email: {{to: [{to}]}}\n")
    lines.append(f"smtp: {{host: 127.0.0.1, port: {port}}}\n")
    (folder / "config.yaml").write_text("".join(lines), encoding="utf-8")


def measure(port: int, profiles: int, recipients: int) -> tuple[float, int]:
    """Do one run in a folder of its own; return its seconds, and the most KiB that it held."""
    with tempfile.TemporaryDirectory() as name:
        write_config(Path(name), port, profiles, recipients)
        return run(Path(name))


def run(folder: Path) -> tuple[float, int]:
    """Do one run; return its seconds, and the most KiB that it held."""
    begun = time.perf_counter()
    with (folder / "told").open("wb") as told:
        process = subprocess.Popen(
            [sys.executable, "-m", "digest", "run", "--date", "2026-01-12"],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(PROJECT)},
            stdout=told,
            stderr=subprocess.STDOUT,
        )
        _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) not in {0, 3}:  # 3: a dump holds what was refused
        sys.exit((folder / "told").read_text(encoding="utf-8"))
    return time.perf_counter() - begun, usage.ru_maxrss


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--counts", type=int, nargs="+", default=[10, 100, 1000], metavar="N")
    counts = parser.parse_args().counts
    head = ("profiles", "recipients", "seconds", "ms each", "MiB", "sent", "without mails", "ratio")
    print(SHOWN.format(*head))
    with mail_server() as (port, pipe):
        for profiles, recipients in [(1, count) for count in counts] + [
            (count, 1) for count in counts
        ]:
            seconds, memory = measure(port, profiles, recipients)
            pipe.send("count")
            sent, connections = pipe.recv()
            assert sent == profiles * recipients, "each message once"
            assert connections == 1, "one connection for all"
            unmailed, _ = measure(port, profiles, 0)
            row = (
                profiles,
                recipients,
                f"{seconds:.2f}",
                f"{1000 * seconds / sent:.1f}",
                f"{memory / 1024:.0f}",
                sent,
                f"{unmailed:.2f}",
                f"{seconds / unmailed:.2f}",
            )
            print(SHOWN.format(*row), flush=True)


if __name__ == "__main__":
    main()
