"""`digest status`: what came in, what each profile got, what waits, and what runs next."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import asdict

from digest.cli.commands._options import DONE, add_json, count, open_library, read_config
from digest.cli.commands._sources import coverage_json
from digest.cli.console import fitted, table
from digest.wording import counted

if TYPE_CHECKING:
    import argparse

    from digest.cli.commands._options import Context
    from digest.config import Config
    from digest.library import Library

SHOWN_RUNS: Final = 5

EXAMPLES = """\
  digest status              the last 14 days
  digest status --days 0     all days
  digest status --json       for a program"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `digest status`."""
    parser.add_argument(
        "--days", type=count, default=14, metavar="N", help="newest days to show (0: all)"
    )
    add_json(parser)


def execute(arguments: argparse.Namespace, context: Context) -> int:
    """Print the state of the library; changes nothing."""
    config = read_config(arguments)
    with open_library(config, scratch=True) as library:
        form = to_json(library, arguments.days)
        form["more_like_these"] = _more(config, library)
    form["schedule"] = _next_runs(config, context)
    if arguments.json:
        context.console.json(form)
    else:
        _print(form, context)
    return DONE


def _more(config: Config, library: Library) -> list[dict[str, Any]]:
    """Return, by profile, what readers decided on papers that no rule selected."""
    rows = []
    for profile in config.profiles:
        decided = library.digests.decisions_on_more(profile.name, profile.reader)
        if decided.papers or profile.more_like_these:
            row = {"profile": profile.name, **asdict(decided), "precision": decided.precision}
            rows.append(row)
    return rows


def _next_runs(config: Config, context: Context) -> list[dict[str, str]]:
    """Return when `digest schedule` runs each profile next, the earliest first."""
    from digest.pipeline.due import next_moment

    now = context.clock()
    moments = [
        (next_moment(profile, now), profile)
        for profile in config.profiles
        if profile.at is not None
    ]
    return [
        {
            "profile": profile.name,
            "next": moment.astimezone(profile.timezone).isoformat(timespec="seconds"),
        }
        for moment, profile in sorted(moments, key=lambda moment: moment[0])
    ]


def to_json(library: Library, days: int) -> dict[str, Any]:
    """Return what `--json` prints; docs/json.md."""
    sources = library.dumps.by_source()
    newest = sorted({source.day for source in sources}, reverse=True)
    shown = set(newest[:days] if days else newest)
    return {
        "papers": library.papers.count(),
        "sources": [
            {
                "name": source.source,
                "day": source.day.isoformat(),
                "dumps": source.dumps,
                "records": source.records,
                "new_papers": source.new_papers,
                "refused": source.refused,
            }
            for source in sources
            if source.day in shown
        ],
        "coverage": [
            {"source": coverage.source, **coverage_json(coverage)}
            for coverage in library.answers.newest_days(days)
        ],
        "profiles": [
            {
                "name": digest.profile,
                "digests": digest.digests,
                "papers": digest.papers,
                "carried_over": digest.carried_over,
                "held_back": digest.carried_over,  # the former name, until 0.2
                "last_day": digest.last_day.isoformat() if digest.last_day else None,
                "last_papers": digest.last_papers,
            }
            for digest in library.digests.by_profile()
        ],
        "outbox": [
            {
                "to": delivery.target,
                "profile": delivery.profile,
                "channel": delivery.channel,
                "state": delivery.state,
                "tries": delivery.tries,
                "reason": delivery.error,
                "created": delivery.created.isoformat(),
            }
            for delivery in library.outbox.not_done()
        ],
        "runs": [run.to_json() for run in library.runs.newest(SHOWN_RUNS)],
    }


def _print(form: dict[str, Any], context: Context) -> None:
    console = context.console
    console.result(console.styled(f"{counted(form['papers'], 'paper')} in the library", "bold"))
    if form["sources"]:
        head = ("day", "source", "dumps", "records", "new", "refused")
        keys = ("day", "name", "dumps", "records", "new_papers", "refused")
        rows = [head, *(tuple(_cell(row[key]) for key in keys) for row in form["sources"])]
        console.result("\n" + table(rows, right=(2, 3, 4, 5)))
    if form["coverage"]:
        console.result("\n" + _coverage_table(form["coverage"], console.width))
    if form["profiles"]:
        head = ("profile", "digests", "papers", "carried over", "last", "papers then")
        keys = ("name", "digests", "papers", "carried_over", "last_day", "last_papers")
        rows = [head, *(tuple(_cell(row[key]) for key in keys) for row in form["profiles"])]
        console.result("\n" + table(rows, right=(1, 2, 3, 5)))
    _print_more(form["more_like_these"], context)
    _print_runs(form, context)
    waiting = len(form["outbox"])
    console.result(f"\n{waiting:,} waiting in the outbox" if waiting else "\nnothing waits")
    for row in form["outbox"]:
        console.result(f"  {row['state']:<7}  {row['to']}, tried {row['tries']}×")
        if row["reason"]:
            console.result(fitted(f"           {row['reason']}", console.width))


def _print_more(rows: list[dict[str, Any]], context: Context) -> None:
    """Print the decisions on papers that no rule selected."""
    if not rows:
        return
    head = ("more like these", "shown", "starred", "read", "dropped", "liked of the decided")
    cells = []
    for row in rows:
        share = "–" if row["precision"] is None else f"{100 * row['precision']:.0f} %"
        counts = (_cell(row[key]) for key in ("papers", "starred", "read", "dropped"))
        cells.append((row["profile"], *counts, share))
    context.console.result("\n" + table([head, *cells], right=(1, 2, 3, 4, 5)))


def _print_runs(form: dict[str, Any], context: Context) -> None:
    """Print what the last runs did, and when the next ones are."""
    console = context.console
    if form["runs"]:
        head = ("last runs", "", "new papers", "in digests", "sent", "waiting", "")
        rows = [
            (
                f"{datetime.fromisoformat(run['began']).astimezone():%Y-%m-%d %H:%M}",
                run["outcome"],
                *(_cell(run[key]) for key in ("new_papers", "papers", "sent", "waiting")),
                run["problem"],
            )
            for run in form["runs"]
        ]
        lines = table([head, *rows], right=(2, 3, 4, 5)).splitlines()
        console.result("\n" + "\n".join(fitted(line, console.width).rstrip() for line in lines))
    if form["schedule"]:
        rows = [
            (run["profile"], f"{datetime.fromisoformat(run['next']):%a %Y-%m-%d %H:%M %Z}")
            for run in form["schedule"]
        ]
        console.result("\n" + table([("profile", "next run"), *rows]))


def _coverage_table(days: list[dict[str, Any]], width: int) -> str:
    head = ("day", "source", "state", "papers", "usual", "")
    keys = ("day", "source", "state", "papers", "usual")
    rows = [(*(_cell(row[key]) for key in keys), row["reason"] or "") for row in days]
    lines = table([head, *rows], right=(3, 4)).splitlines()
    return "\n".join(fitted(line, width) for line in lines)


def _cell(value: int | str | None) -> str:
    """Return `value` for a table; a dash if it is unknown."""
    if value is None:
        return "–"
    return f"{value:,}" if isinstance(value, int) else fitted(value, 40)
