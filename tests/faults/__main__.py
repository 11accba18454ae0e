"""Inject faults into runs, and check that the next run completes them.

    python -m tests.faults --kills 1200 --errors 200 --full 120      # half an hour

For each fault a world is copied, `digest run` meets the fault, and the next run has to complete it.
After a kill the world must then be, byte for byte, the one of a run that nobody disturbed, and
every mail have arrived; the one that was in flight may come twice, under the same Message-ID. After
an error, each profile must have, or be about to get, each paper once. Prints a table for
docs/reliability.md and the trials that failed; the exit code is 1 if there is one.

Faults of system calls need strace; the small disk is a tmpfs, which only root may mount.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from tests.faults.processes import CALLS, FAILING, calls_in, forked_runs, spread
from tests.faults.scene import NAMES, Sent, Services, State, copied, set_scene, state_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.faults.processes import Do, End
    from tests.pipeline.world import World

DISK: Final = 64 << 20
"""Bytes of the disk that gets full."""


@dataclass
class Row:
    """What a kind of fault did."""

    fault: str
    how: str
    runs: int = 0
    met: int = 0
    """Runs that met the fault; the others were done before."""
    lost: int = 0
    repeated: int = 0
    in_flight: int = 0
    """Mails that came twice under the same Message-ID."""
    failures: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"| {self.fault} | {self.how} | {self.met:,} | {self.lost} | {self.repeated} "
            f"| {self.in_flight} |"
        )


class Scene(NamedTuple):
    """A world before its run, and what an undisturbed run makes of it."""

    name: str
    world: World
    state: State
    sent: Sent
    touches: int
    seconds: float


class Campaign:
    """Trials in the scenes of a folder."""

    def __init__(
        self,
        folder: Path,
        services: Services,
        do: Do,
        chance: random.Random,
        names: Sequence[str] = NAMES,
    ) -> None:
        self._folder = folder
        self._services = services
        self._do = do
        self._chance = chance
        self._number = 0
        self.scenes = [self._prepared(name) for name in names]

    def _prepared(self, name: str) -> Scene:
        world = set_scene(name, self._folder / name, self._services)
        self._services.forget()
        twin = copied(world, self._folder / f"{name}, undisturbed")
        end = self._do(twin, touch=0)
        assert end.code == 0, end.told
        state, sent = state_of(twin), self._services.sent(twin)
        timed = self._do(copied(world, self._folder / f"{name}, timed"))
        return Scene(name, world, state, sent, end.touches, timed.seconds)

    def kill(self, row: Row, scene: Scene, strike: Callable[[World], End]) -> None:
        """Kill a run, sometimes also the one that completes it, and compare with the twin."""
        with self._trial(scene) as world:
            row.runs += 1
            end = strike(world)
            if not end.killed:
                return
            row.met += 1
            kills = 1
            if self._chance.random() < 0.25:
                kills += self._do(world, touch=self._chance.randint(1, scene.touches)).killed
            last = self._do(world)
            sent = self._services.sent(world)
            row.in_flight += sent.smtp.total() - len(sent.smtp)
            self._compare(row, scene, state_of(world), sent, last)
            if sent.smtp.total() - len(sent.smtp) > kills:
                row.repeated += 1
                row.failures.append(f"{scene.name}: {sent.smtp}")

    def _compare(self, row: Row, scene: Scene, state: State, sent: Sent, last: End) -> None:
        twice = sent.smtp.keys() - scene.sent.smtp.keys() or sent.maildir - scene.sent.maildir
        missing = scene.sent.smtp.keys() - sent.smtp.keys() or scene.sent.maildir - sent.maildir
        row.repeated += bool(twice)
        differs = [
            name for name in scene.state.library if state.library[name] != scene.state.library[name]
        ]
        differs += [
            name
            for name in state.outputs.keys() | scene.state.outputs.keys()
            if state.outputs.get(name) != scene.state.outputs.get(name)
        ]
        row.lost += bool(missing or differs)
        if twice or missing or differs or last.code:
            row.failures.append(f"{scene.name}: {twice=} {missing=} {differs=} {last}")

    def err(
        self, row: Row, scene: Scene, strike: Callable[[World], End], *, is_met: bool = True
    ) -> None:
        """Inject an error into a run, and compare the next one.

        Without `is_met`, the error may come too late for the run; then nothing is counted.
        """
        with self._trial(scene) as world:
            row.runs += 1
            end = strike(world)
            if end.code == 0 and not end.told and not is_met:
                return
            row.met += 1
            last = self._do(world)
            state, sent = state_of(world), self._services.sent(world)
            row.in_flight += sent.smtp.total() - len(sent.smtp)
            lost = scene.state.selected - state.selected
            repeated = {paper for paper, times in state.delivered.items() if times > 1}
            open_ = [delivery for delivery in state.library["deliveries"] if delivery[-1] != "done"]
            row.lost += bool(lost or open_)
            row.repeated += bool(repeated)
            if lost or repeated or open_ or "Traceback" in end.told + last.told or last.code:
                row.failures.append(f"{scene.name}: {lost=} {repeated=} {open_=} {end} {last}")

    @contextmanager
    def _trial(self, scene: Scene) -> Iterator[World]:
        self._number += 1
        folder = self._folder / f"trial {self._number}"
        self._services.forget()
        yield copied(scene.world, folder)
        shutil.rmtree(folder)

    # --- the kinds of faults

    def kills_at_random(self, count: int) -> Iterator[Row]:
        """Kill at moments by chance, and where the world is touched."""
        row = Row("SIGKILL at a random moment", "`kill -9` after a part of the run's time")
        for number in range(count):
            scene = self.scenes[number % len(self.scenes)]
            after = self._chance.random() * scene.seconds
            self.kill(row, scene, partial(self._do, after=after))
        yield row
        row = Row(
            "SIGKILL where the world is touched",
            "before SQL, an `fsync`, a rename; before and after a mail and a request",
        )
        for scene in self.scenes:
            for touch in spread(1, scene.touches, count // len(self.scenes), self._chance):
                self.kill(row, scene, partial(self._do, touch=touch))
        yield row

    def kills_at_calls(self, count: int) -> Iterator[Row]:
        """Kill at system calls."""
        row = Row("SIGKILL at a system call", f"strace; {', '.join(f'`{c}`' for c in CALLS)}")
        for scene, call, nth in self._calls(CALLS, count):
            self.kill(
                row, scene,
                partial(self._do, calls=call, nth=nth, fault="signal=KILL"),
            )  # fmt: skip
        yield row

    def errors_of_calls(self, count: int) -> Iterator[Row]:
        """Make system calls fail."""
        for name in sorted(set(FAILING.values())):
            calls = [call for call, error in FAILING.items() if error == name]
            row = Row(f"{name} from system calls", f"strace; {', '.join(f'`{c}`' for c in calls)}")
            share = max(1, count * len(calls) // len(FAILING))
            for scene, call, nth in self._calls(calls, share):
                lasting = self._chance.choice(("", "+"))  # the n-th alone, or each from then on
                strike = partial(self._do, calls=call, nth=f"{nth}{lasting}", fault=f"error={name}")
                self.err(row, scene, strike)
            yield row

    def _calls(self, calls: Sequence[str], count: int) -> Iterator[tuple[Scene, str, int]]:
        """Yield system calls of the runs, spread over their kinds and the whole of a run."""
        for scene in self.scenes:
            log = self._folder / f"{scene.name}.log"
            with self._trial(scene) as world:
                self._do(world, calls=",".join(calls), log=str(log))
            known = calls_in(log)
            usable = [call for call in calls if known[call]]
            for call in usable:
                share = max(1, count // (len(self.scenes) * len(usable)))
                for nth in spread(1, known[call], share, self._chance):
                    yield scene, call, nth

    def large_files(self, count: int) -> Iterator[Row]:
        """Limit the size of files, as a quota does."""
        row = Row("no file may grow (EFBIG)", "`RLIMIT_FSIZE` between 0 and the library's size")
        for number in range(count):
            scene = self.scenes[number % len(self.scenes)]
            size = int(self._chance.random() ** 2 * 500_000)
            self.err(row, scene, partial(self._do, size=size), is_met=False)
        yield row

    def full_disk(self, count: int, disk: Path) -> Iterator[Row]:
        """Leave some kilobytes of a disk free."""
        row = Row("full disk (ENOSPC)", "a tmpfs with 0 to 600 kB left, then all of it")
        for number in range(count):
            scene = self.scenes[number % len(self.scenes)]
            left = int(self._chance.random() ** 2 * 600) << 10
            with self._small(disk) as campaign:
                campaign.err(row, scene, partial(_on_full, left=left, do=self._do), is_met=False)
        yield row

    @contextmanager
    def _small(self, disk: Path) -> Iterator[Campaign]:
        usual, self._folder = self._folder, disk
        yield self
        self._folder = usual


def _on_full(world: World, *, left: int, do: Do) -> End:
    """Do a run while its disk has only so many bytes left."""
    filler = world.folder.parent / "filler"
    status = os.statvfs(filler.parent)
    with filler.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(1, status.f_bavail * status.f_frsize - left))
    try:
        return do(world)
    finally:
        filler.unlink()


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """Mount a small disk; raise `CalledProcessError` for who must not."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def rows(campaign: Campaign, arguments: argparse.Namespace) -> Iterator[Row]:
    """Yield what each kind of fault did."""
    if arguments.kills:
        yield from campaign.kills_at_random(arguments.kills // 3)
        yield from campaign.kills_at_calls(arguments.kills // 3)
    if arguments.errors:
        yield from campaign.errors_of_calls(arguments.errors)
    if arguments.full:
        yield from campaign.large_files(arguments.full // 2)
        with tempfile.TemporaryDirectory() as folder, small_disk(Path(folder) / "disk") as disk:
            yield from campaign.full_disk(arguments.full // 2, disk)


def main() -> int:
    """Run the campaign; return 1 where something was lost or came twice."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--errors", type=int, default=60)
    parser.add_argument("--full", type=int, default=0, help="runs with a quota or a full disk")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    failures = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        services = stack.enter_context(Services().running())
        do = stack.enter_context(forked_runs())
        campaign = Campaign(folder, services, do, random.Random(arguments.seed))
        sys.stdout.write("| fault | how | runs | lost | repeated | in flight twice |\n")
        sys.stdout.write("|---|---|--:|--:|--:|--:|\n")
        for row in rows(campaign, arguments):
            sys.stdout.write(f"{row}\n")
            sys.stdout.flush()
            failures += row.failures
    sys.stdout.write("".join(f"\n{failure}\n" for failure in failures))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
