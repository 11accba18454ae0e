"""`digest run`: the main job, once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from digest.commands.options import (
    DONE,
    INCOMPLETE,
    add_json,
    chosen_profiles,
    day,
    open_library,
    read_config,
)
from digest.console import table
from digest.json_form import match_to_json, paper_to_json

if TYPE_CHECKING:
    import argparse

    from digest.commands.options import Context
    from digest.config import Config
    from digest.console import Console
    from digest.model import Entry, RenderingFormat
    from digest.run import ProfileResult, RunResult

EXAMPLES = """\
  digest run                        every profile
  digest run lab --date 2026-01-05  one profile, as on that day
  digest run --since 2026-01-01     also look back at what came in before
  digest run --dry-run              show what would be delivered, and write nothing"""

_FORMATS: tuple[RenderingFormat, ...] = ("markdown", "html", "text", "eml", "rss")
_SHOWN_PROBLEMS = 10


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `digest run`."""
    parser.add_argument("profiles", nargs="*", metavar="PROFILE", help="default: every profile")
    parser.add_argument("--date", type=day, metavar="DAY", help="the run's day; default: today")
    parser.add_argument(
        "--since", type=day, metavar="DAY", help="also consider what was shown on DAY or later"
    )
    parser.add_argument("--dry-run", action="store_true", help="show everything, write nothing")
    add_json(parser)


def execute(arguments: argparse.Namespace, context: Context) -> int:
    """Run the profiles, tell what happened, and return the exit code."""
    from contextlib import nullcontext

    from digest.run import Options, Run

    config = read_config(arguments)
    options = Options(
        chosen_profiles(config, arguments.profiles),
        day=arguments.date,
        since=arguments.since,
        dry=arguments.dry_run,
    )
    with (
        open_library(config, scratch=options.dry) as library,
        nullcontext() if options.dry else library.lock(),
    ):
        run = Run(
            config,
            library,
            clock=context.clock,
            environment=context.environment,
            progress=context.console.progress,
        )
        result = run.execute(options)
    if arguments.json:
        context.console.json(to_json(result, config))
    else:
        tell(result, config, context.console, dry=options.dry)
    return DONE if result.complete else INCOMPLETE


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
            }
            for source in result.sources
        ],
        "refused": [
            {"dump": refusal.dump, "line": refusal.line, "reason": refusal.reason}
            for refusal in result.refused
        ],
        "profiles": [_profile_json(profile, config) for profile in result.profiles],
    }


def _profile_json(result: ProfileResult, config: Config) -> dict[str, Any]:
    coverage, digest = result.selection.coverage, result.digest
    shown = [*(digest.entries if digest else ()), *(digest.expiring if digest else ())]
    return {
        "name": result.profile.name,
        "day": result.day.isoformat(),
        "considered": coverage.papers + coverage.carried,
        "selected": len(shown),
        "leftover": len(digest.leftovers) if digest else len(result.selection.picks),
        "summary": digest.summary if digest else "Nothing new since the last digest of the day.",
        "papers": [_entry_json(entry) for entry in shown],
        "files": _files(result, config),
        "deliveries": [
            {"to": delivery.target, "state": delivery.state, "reason": delivery.error}
            for delivery in result.deliveries
            if delivery.channel == "smtp" or delivery.state != "done"
        ],
    }


def _entry_json(entry: Entry) -> dict[str, Any]:
    return {
        **paper_to_json(entry.paper),
        "points": entry.score,
        "section": entry.section,
        "matches": [match_to_json(match) for match in entry.matches],
    }


def _files(result: ProfileResult, config: Config) -> dict[str, str | None]:
    """Return the paths of the digest's files relative to the config's folder."""
    from os.path import relpath

    files = result.published.files if result.published else {}
    return {
        name: relpath(config.output / files[name], config.folder) if name in files else None
        for name in _FORMATS
    }


def tell(result: RunResult, config: Config, console: Console, *, dry: bool = False) -> None:
    """Print what a person wants to know: what came, what was picked, where it lies."""
    for profile in result.profiles:
        _tell_profile(profile, config, console, dry=dry)
    _tell_problems(result, console)
    digests = [each for each in result.profiles if each.published]
    if digests:
        files = _files(digests[0], config)
        console.result(f"Open {files['markdown'] or files['html'] or files['rss']} next.")


def _tell_profile(result: ProfileResult, config: Config, console: Console, *, dry: bool) -> None:
    from digest.wording import long_day

    digest = result.digest
    heading = f"{result.profile.title} · {long_day(result.day)}"
    console.result(console.styled(heading, "bold"))
    if digest is None:
        console.result("  Nothing new since the last digest of the day; no file was changed.\n")
        return
    console.result(f"  {digest.summary}")
    if digest.empty_reason:
        console.result(f"  {digest.empty_reason}")
    rows = [(f"  {section.name}", str(len(section.entries))) for section in digest.sections]
    console.result(f"\n{table(rows, right=(1,))}\n")
    if dry:
        from pathlib import Path

        from digest.render import Renderer

        folder = result.profile.templates
        console.result(Renderer(None if folder is None else Path(folder)).text(digest))
        return
    names = {"markdown": "Markdown", "html": "e-mail", "rss": "feed"}
    files = _files(result, config)
    rows = [(f"  {name}", files[kind] or "") for kind, name in names.items() if files.get(kind)]
    if rows:
        console.result(table(rows) + "\n")
    for delivery in result.deliveries:
        if delivery.channel == "smtp":
            why = f" ({delivery.error})" if delivery.error else ""
            console.result(f"  mail to {delivery.target}: {delivery.state}{why}")


def _tell_problems(result: RunResult, console: Console) -> None:
    for source in result.sources:
        if source.state == "failed":
            console.problem(f"digest: nothing came from {source.name}: {source.reason}")
    for refusal in result.refused[:_SHOWN_PROBLEMS]:
        place = refusal.dump if refusal.line is None else f"{refusal.dump}:{refusal.line}"
        console.problem(f"digest: refused {place}: {refusal.reason}")
    if len(result.refused) > _SHOWN_PROBLEMS:
        console.problem(f"digest: … and {len(result.refused) - _SHOWN_PROBLEMS:,} more; see --json")
    for delivery in result.waiting:
        console.problem(
            f"digest: {delivery.target} is {delivery.state}: {delivery.error or 'not tried yet'}"
        )
