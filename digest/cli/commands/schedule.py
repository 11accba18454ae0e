"""`digest schedule`: stay, and run each profile at its time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from digest.cli.commands._options import DONE, chosen_profiles, open_library, read_runnable_config
from digest.errors import DigestError

if TYPE_CHECKING:
    import argparse
    from datetime import datetime

    from digest.cli.commands._options import Context
    from digest.config import Config
    from digest.pipeline.scheduler import Event

EXAMPLES = """\
  digest schedule          every profile that has an `at`
  digest schedule lab      one of them
Ends on SIGTERM or Ctrl-C, after the run that is under way."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `digest schedule`."""
    parser.add_argument("profiles", nargs="*", metavar="PROFILE", help="default: every profile")


def execute(arguments: argparse.Namespace, context: Context) -> int:
    """Run until a signal comes. The config is read anew for each run."""
    from digest.pipeline.scheduler import World, run_schedule, stop_on_signals

    config = read_runnable_config(arguments)
    profiles = chosen_profiles(config, arguments.profiles)
    edge = _Edge(arguments, context)
    with stop_on_signals() as stop:
        world = World(
            run=edge.run,
            last_done=lambda name: _last_done(config, name),
            now=context.clock,
            report=edge.report,
            stop=stop,
            is_waiting=lambda: _is_waiting(config, context.clock()),
        )
        run_schedule(profiles, world)
    context.console.note("digest: stopped")
    return DONE


def _last_done(config: Config, profile: str) -> datetime | None:
    with open_library(config, scratch=True) as library:
        last = library.digests.last(profile)
    return None if last is None else last.created


def _is_waiting(config: Config, now: datetime) -> bool:
    """Return whether a service has still to bring its list of today, or sent an old one."""
    late = ("not yet", "repeated", "failed")
    with open_library(config, scratch=True) as library:
        newest = library.answers.newest_days(2)
    return any(
        day.state in late and day.checked is not None and now - day.checked < timedelta(hours=1)
        for day in newest
    )


@dataclass(frozen=True, slots=True)
class _Edge:
    """What the loop does to the world."""

    arguments: argparse.Namespace
    context: Context

    def run(self, name: str) -> None:
        """Run one profile with the config as it is now; raises what goes wrong."""
        from digest.cli.commands._run_report import tell
        from digest.pipeline.run import Options, Run

        config = read_runnable_config(self.arguments)
        options = Options(chosen_profiles(config, [name]))
        with open_library(config) as library, library.lock():
            run = Run(
                config,
                library,
                clock=self.context.clock,
                environment=self.context.environment,
                progress=lambda items, _label: items,
            )
            result = run.execute(options)
        tell(result, config, self.context.console)
        if result.faults:
            raise result.faults[0].error

    def report(self, event: Event) -> None:
        """Say what the loop does."""
        from digest.pipeline import scheduler

        console = self.context.console
        match event:
            case scheduler.Planned(profile, moment):
                console.note(f"{profile}: next run {moment:%A %Y-%m-%d %H:%M %Z}")
            case scheduler.Started(profile, due, late):
                made_up = ", made up for now" if late else ""
                console.note(f"{profile}: the run of {due:%Y-%m-%d %H:%M}{made_up}")
            case scheduler.Failed(profile, error):
                self._failed(profile, error)
            case scheduler.AlreadyDone(profile, due):
                console.note(f"{profile}: the run of {due:%Y-%m-%d %H:%M} was done already")
            case scheduler.Finished(profile):
                console.detail(f"{profile}: done")

    def _failed(self, profile: str, error: Exception) -> None:
        """Say why a run failed; a bug with its traceback, for the loop goes on without it."""
        if isinstance(error, DigestError):
            self.context.console.problem(f"{profile}: failed: {error}")
            return
        import traceback

        lines = "".join(traceback.format_exception(error))
        self.context.console.problem(f"{profile}: failed by a fault of the program:\n{lines}")
