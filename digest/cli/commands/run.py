"""`digest run`: the main job, once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import asdict

from digest.cli.commands._options import (
    DONE,
    FAILED,
    INCOMPLETE,
    PATIENCE,
    USAGE,
    add_json,
    chosen_profiles,
    day,
    known_rule,
    open_library,
    read_runnable_config,
    refused_json,
)
from digest.cli.commands._rule_changes import add_titles, changes_json
from digest.cli.commands._sources import coverage_json
from digest.digests.document import entry_to_json
from digest.errors import UsageError
from digest.model.review import NO_CLOSING
from digest.model.serialize import closing_to_json

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from digest.cli.commands._options import Context
    from digest.config import Config
    from digest.model import Profile, RenderingFormat
    from digest.pipeline.results import Options
    from digest.pipeline.run import ProfileResult, RunResult

EXAMPLES = """\
  digest run                        every profile
  digest run lab --date 2026-01-05  one profile, as on that day
  digest run --since 2026-01-01     also look back to that day
  digest run --rule 'Scaling laws'  what this rule would have taken in the last 30 days
  digest run --dry-run              show what would be delivered, and write nothing"""

_FORMATS: Final[tuple[RenderingFormat, ...]] = ("markdown", "html", "text", "eml", "rss")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `digest run`."""
    parser.add_argument("profiles", nargs="*", metavar="PROFILE", help="default: every profile")
    parser.add_argument("--date", type=day, metavar="DAY", help="the run's day; default: today")
    parser.add_argument(
        "--since", type=day, metavar="DAY", help="also consider what was shown on DAY or later"
    )
    parser.add_argument(
        "--rule", dest="rules", action="append", default=[], metavar="NAME",
        help="only look back for this rule, from --since (default: 30 days); may be repeated",
    )  # fmt: skip
    add_titles(parser)
    parser.add_argument("--offline", action="store_true", help="ask no service")
    parser.add_argument("--dry-run", action="store_true", help="show everything, write nothing")
    add_json(parser)


def execute(arguments: argparse.Namespace, context: Context) -> int:
    """Run the profiles, report the results, and return the exit code."""
    from digest.cli.commands._monitor import watched
    from digest.cli.commands._run_report import SHOWN_PROFILES
    from digest.model.monitoring import Monitoring
    from digest.pipeline.results import Options

    config = read_runnable_config(arguments)
    profiles = _with_rules(chosen_profiles(config, arguments.profiles), arguments.rules, config)
    options = Options(
        profiles,
        day=arguments.date,
        since=arguments.since,
        rules=tuple(arguments.rules),
        dry=arguments.dry_run,
        offline=arguments.offline,
        keep=arguments.json or arguments.dry_run or len(profiles) <= SHOWN_PROFILES,
    )
    with watched(Monitoring() if options.dry else config.monitoring, context) as fail:
        code = _run(config, options, arguments, context)
        if code in (FAILED, USAGE):
            fail()
    return code


def _run(config: Config, options: Options, arguments: argparse.Namespace, context: Context) -> int:
    from contextlib import nullcontext

    from digest.cli.commands._run_report import perform, print_report
    from digest.pipeline.run import Run
    from digest.pipeline.run_summary import line

    with (
        open_library(config, scratch=options.dry) as library,
        nullcontext() if options.dry else library.lock(patience=PATIENCE),
    ):
        run = Run(
            config,
            library,
            clock=context.clock,
            environment=context.environment,
            progress=context.console.progress,
        )
        if options.dry:
            result = run.execute(options)
        else:
            result, summary = perform(run, options, config, library, context)
            context.console.event(line(summary), summary.to_json(), is_detail=True)
    if arguments.json:
        context.console.json(to_json(result, config))
    else:
        print_report(result, config, context.console, dry=options.dry, titles=arguments.titles)
    if result.faults:
        return max(fault.error.exit_code for fault in result.faults)
    return DONE if result.complete and not config.skipped else INCOMPLETE


def _with_rules(
    profiles: tuple[Profile, ...], rules: Sequence[str], config: Config
) -> tuple[Profile, ...]:
    """Return the profiles with any of `rules`; all profiles if no rule is named."""
    for name in rules:
        known_rule(config, name)
        if not any(name in profile.rules for profile in profiles):
            raise UsageError(f"none of the profiles has the rule {name!r}; add it to its `rules`")
    return tuple(
        profile for profile in profiles if not rules or not set(rules).isdisjoint(profile.rules)
    )


def to_json(result: RunResult, config: Config) -> dict[str, Any]:
    """Return what `--json` prints; docs/json.md."""
    days = sorted({profile.day for profile in result.profiles})
    return {
        "day": days[-1].isoformat() if days else None,
        "sources": [
            {
                "name": source.name,
                "dumps": source.dumps,
                "records": source.records,
                "new_papers": source.new_papers,
                "state": source.state,
                "reason": source.reason,
                "coverage": [coverage_json(day) for day in source.days],
            }
            for source in result.sources
        ],
        "refused": refused_json(result.refused),
        "notes": refused_json(result.notes),
        "profiles": [_profile_json(profile, config) for profile in result.profiles],
        "rule_changes": changes_json(result.rule_changes),
        "lists": [{"profile": fault.profile, "reason": fault.reason} for fault in result.lists],
        "site_error": result.site_error or None,
        "model": None if result.model is None else asdict(result.model),
        "skipped": [str(error) for error in config.skipped],
        "failed": [
            {"profile": fault.profile.name, "reason": str(fault.error)} for fault in result.faults
        ],
    }


def _profile_json(result: ProfileResult, config: Config) -> dict[str, Any]:
    from digest.cli.commands._run_report import nothing_new

    coverage, digest = result.selection.coverage, result.digest
    shown = [*(digest.entries if digest else ()), *(digest.listed if digest else ())]
    return {
        "name": result.profile.name,
        "day": result.day.isoformat(),
        "considered": coverage.considered,
        "selected": len(shown),
        "leftover": len(digest.carried_over) if digest else len(result.selection.picks),
        "summary": digest.summary if digest else nothing_new(result),
        "unlearned": result.selection.unlearned or None,
        "papers": [entry_to_json(entry) for entry in shown],
        "news": [entry_to_json(entry) for entry in digest.news] if digest else [],
        **closing_to_json(digest.closing if digest else NO_CLOSING),
        "files": _files(result, config),
        "deliveries": [
            {"to": delivery.target, "state": delivery.state, "reason": delivery.error}
            for delivery in result.deliveries
            if delivery.channel != "file" or delivery.state != "done"
        ],
    }


def _files(result: ProfileResult, config: Config) -> dict[str, str | None]:
    """Return the paths of the digest's files relative to the config's folder."""
    from os.path import relpath

    files = result.published.files if result.published else {}
    return {
        name: relpath(config.output / files[name], config.folder) if name in files else None
        for name in _FORMATS
    }
