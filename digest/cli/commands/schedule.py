"""`digest schedule`: keep running, and run each profile at its time."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from digest.cli.commands._monitor import Monitor
from digest.cli.commands._options import (
    DONE,
    PATIENCE,
    chosen_profiles,
    open_library,
    read_runnable_config,
)
from digest.cli.commands._recipes import RECIPES, recipe
from digest.errors import DigestError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from datetime import datetime

    from digest.cli.commands._options import Context
    from digest.config import Config
    from digest.model import Profile
    from digest.model.monitoring import RunSummary
    from digest.pipeline.scheduler import Event, SignalStop

EXAMPLES = """\
  digest schedule          every profile that has an `at`
  digest schedule lab      one of them
  digest schedule --once   run what is due, and end
  digest schedule --print systemd   what to save, and where, to run it with systemd
Ends on SIGTERM or Ctrl-C, after the current run. A changed config is checked and used within a
minute, or at once on SIGHUP."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `digest schedule`."""
    parser.add_argument("profiles", nargs="*", metavar="PROFILE", help="default: every profile")
    ways = parser.add_mutually_exclusive_group()
    ways.add_argument("--once", action="store_true", help="run what is due now, and end")
    ways.add_argument(
        "--print",
        choices=RECIPES,
        dest="recipe",
        metavar="RECIPE",
        help="print what to save to run it every day, and end: " + ", ".join(RECIPES),
    )


def execute(arguments: argparse.Namespace, context: Context) -> int:
    """Run until a signal arrives, or with `--once` run what is due."""
    if arguments.recipe:
        context.console.document(recipe(arguments.recipe, Path(arguments.config)))
        return DONE
    from digest.pipeline.scheduler import World, run_due, run_schedule, stop_on_signals

    with stop_on_signals() as stop:
        edge = _ScheduleEffects(arguments, context, stop)
        world = World(
            run=edge.run,
            last_done=edge.last_done,
            now=context.clock,
            report=edge.report,
            stop=stop,
            is_waiting=edge.is_waiting,
            changed=edge.changed,
        )
        if arguments.once:
            run_due(edge.profiles, world)
            return edge.exit_code
        run_schedule(edge.profiles, world)
    context.console.note("digest: stopped")
    return DONE


class _ScheduleEffects:
    """The effects of the schedule loop."""

    def __init__(self, arguments: argparse.Namespace, context: Context, stop: SignalStop) -> None:
        self._arguments = arguments
        self._context = context
        self._stop = stop
        self._stamp = self._file_stamp()
        self._config, self.profiles = self._read()
        self._is_new = False
        """True until the loop has the profiles."""
        self._is_running = False
        """Whether the monitor was told that runs have started."""
        self._failed = False
        self._monitor = Monitor(context)
        self._last: RunSummary | None = None
        self.exit_code = DONE

    # --- the config

    def changed(self) -> Sequence[Profile] | None:
        """Return the profiles of a changed config, once."""
        self._take_up()
        is_new, self._is_new = self._is_new, False
        return self.profiles if is_new else None

    def _read(self) -> tuple[Config, tuple[Profile, ...]]:
        """Return the config and the chosen profiles, checked; raises their errors."""
        from digest.pipeline.scheduler import with_a_time

        config = read_runnable_config(self._arguments)
        profiles = chosen_profiles(config, self._arguments.profiles)
        with_a_time(profiles)
        return config, profiles

    def _take_up(self) -> None:
        """Use a changed config; keep the old one, and report it, if the new one is broken."""
        must_reload, stamp = self._stop.take_reload(), self._file_stamp()
        if stamp == self._stamp and not must_reload:
            return
        self._stamp = stamp
        console = self._context.console
        try:
            config, profiles = self._read()
            _check_templates(profiles)
        except DigestError as error:
            console.problem(f"digest: the changed config is refused, the old one stays: {error}")
            return
        self._config, self.profiles, self._is_new = config, profiles, True
        console.note(f"digest: {config.path} is read again")

    def _file_stamp(self) -> tuple[int, int, int] | None:
        try:
            status = Path(self._arguments.config).stat()
        except OSError:
            return None
        return status.st_ino, status.st_size, status.st_mtime_ns

    # --- the library

    def last_done(self, profile: str) -> datetime | None:
        """Return when the profile's last digest was made."""
        with open_library(self._config, scratch=True) as library:
            last = library.digests.last_whole(profile)
        return None if last is None else last.created

    def is_waiting(self) -> bool:
        """Return whether a service has not published today's list yet, or sent an old one."""
        late = ("not yet", "repeated", "failed")
        now = self._context.clock()
        with open_library(self._config, scratch=True) as library:
            newest = library.answers.newest_days(2)
        return any(
            day.state in late and day.checked is not None and now - day.checked < timedelta(hours=1)
            for day in newest
        )

    def run(self, name: str) -> None:
        """Run one profile with the current config; raises its errors."""
        from digest.pipeline.run_summary import failed

        self._take_up()
        began = self._context.clock()
        try:
            self._run(name)
        except Exception as error:
            if self._last is None or self._last.began < began:
                self._last = failed(error, began=began, ended=self._context.clock())
                self._remember_failure()
            raise

    def _run(self, name: str) -> None:
        from digest.cli.commands._run_report import perform, print_report
        from digest.pipeline.run import Options, Run
        from digest.pipeline.run_summary import line

        config, console = self._config, self._context.console
        options = Options(chosen_profiles(config, [name]))
        with open_library(config) as library, library.lock(patience=PATIENCE):
            run = Run(
                config,
                library,
                clock=self._context.clock,
                environment=self._context.environment,
                progress=lambda items, _label: items,
            )
            result, self._last = perform(run, options, config, library, self._context)
        print_report(result, config, console)
        console.event(f"{name}: {line(self._last)}", self._last.to_json())
        if result.faults:
            raise result.faults[0].error

    def _remember_failure(self) -> None:
        """Store a failed run in the library, if it can be opened, and write the metrics."""
        from digest.pipeline.run_summary import remember

        if self._last is not None:
            with suppress(DigestError), open_library(self._config) as library:
                remember(self._last, self._config, library)

    # --- messages

    def report(self, event: Event) -> None:
        """Log an event of the loop."""
        from digest.pipeline import scheduler

        console = self._context.console
        match event:
            case scheduler.Planned(profile, moment):
                console.note(f"{profile}: next run {moment:%A %Y-%m-%d %H:%M %Z}")
            case scheduler.Started(profile, due, late):
                self._begin()
                console.note(f"{profile}: {self._run_words(due, late=late)}")
            case scheduler.Failed(profile, error):
                self._fail(profile, error)
            case scheduler.AlreadyDone(profile, due):
                console.note(f"{profile}: the run of {due:%Y-%m-%d %H:%M} was done already")
            case scheduler.Finished(profile):
                console.detail(f"{profile}: done")
            case scheduler.Idle(until):
                self._rest(until)

    def _run_words(self, due: datetime, *, late: bool) -> str:
        if not late:
            return f"the run of {due:%Y-%m-%d %H:%M}"
        is_today = due.date() == self._context.clock().astimezone(due.tzinfo).date()
        day = "" if is_today else f"on {due:%Y-%m-%d} "
        return f"catching up on the run missed {day}at {due:%H:%M}"

    def _begin(self) -> None:
        if not self._is_running:
            self._is_running, self._failed = True, False
            self._monitor.ping(self._config.monitoring, "start")

    def _rest(self, until: datetime) -> None:
        from digest.pipeline.monitor import beat

        if self._is_running:
            self._is_running = False
            self._monitor.ping(self._config.monitoring, "fail" if self._failed else "success")
        self._monitor.report(
            beat(
                self._config.monitoring,
                now=self._context.clock(),
                until=until,
                last=self._last,
            )
        )

    def _fail(self, profile: str, error: Exception) -> None:
        """Log why a run failed; a bug with its traceback, because the loop continues."""
        self._begin()  # if the library could not even be asked about the last run
        self._failed = True
        code = error.exit_code if isinstance(error, DigestError) else 1
        self.exit_code = max(self.exit_code, code)
        if isinstance(error, DigestError):
            self._context.console.problem(f"{profile}: failed: {error}")
            return
        import traceback

        lines = "".join(traceback.format_exception(error))
        self._context.console.problem(f"{profile}: failed by a fault of the program:\n{lines}")


def _check_templates(profiles: Sequence[Profile]) -> None:
    """Raise `TemplateError` if the templates of a profile cannot be used."""
    folders = {profile.templates for profile in profiles if profile.templates is not None}
    if folders:
        from digest.rendering.templates import Renderer

        for folder in sorted(folders):
            Renderer(Path(folder)).check()
