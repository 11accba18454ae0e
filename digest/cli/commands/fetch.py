"""`digest fetch`: ask the services of the config for what is due, without reading it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from digest.cli.commands._options import (
    DONE,
    INCOMPLETE,
    add_json,
    open_library,
    print_refused,
    read_config,
    refused_json,
)
from digest.cli.commands._sources import chosen_sources, coverage_json
from digest.digests.coverage import coverage_line, loud_sentences
from digest.model.sources import ServiceSource
from digest.wording import counted

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Sequence

    from digest.cli.commands._options import Context
    from digest.pipeline.fetch import DuePage
    from digest.pipeline.ingest import Intake

EXAMPLES = """\
  digest fetch              every source that is due
  digest fetch dumps        one of them
  digest fetch --dry-run    print the first requests, and make none"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `digest fetch`."""
    parser.add_argument("sources", nargs="*", metavar="SOURCE", help="default: every source")
    parser.add_argument("--dry-run", action="store_true", help="print the requests, and make none")
    add_json(parser)


def execute(arguments: argparse.Namespace, context: Context) -> int:
    """Fetch the sources, or print the requests that would be made; return the exit code."""
    from digest.pipeline.collect import collect_sources
    from digest.pipeline.fetch import Fetcher

    config = read_config(arguments)
    sources = chosen_sources(config, arguments.sources)
    if arguments.dry_run:
        with open_library(config, scratch=True) as library:
            fetcher = Fetcher(config, library, clock=context.clock, environment=context.environment)
            services = (source for source in sources if isinstance(source, ServiceSource))
            pages = [page for source in services for page in fetcher.due(source)]
        _print_due(pages, context, json=arguments.json)
        return DONE
    with (
        open_library(config) as library,
        library.lock(),
        Fetcher(config, library, clock=context.clock, environment=context.environment) as fetcher,
    ):
        intakes = collect_sources(
            library,
            sources,
            fetcher=fetcher,
            today=context.today,
            progress=context.console.progress,
        )
    _print(intakes, context, json=arguments.json)
    failed = any(intake.state == "failed" or intake.refused for intake in intakes)
    return INCOMPLETE if failed else DONE


def _print_due(pages: Iterable[DuePage], context: Context, *, json: bool) -> None:
    console = context.console
    if json:
        for page in pages:
            console.json(
                {"source": page.source, "day": page.day.isoformat(), "url": page.request.url}
            )
        return
    shown = [f"{page.source}  {page.day}  {page.request.url}" for page in pages]
    for line in shown:
        console.result(line)
    if not shown:
        console.note("No service is due.")


def _print(intakes: Sequence[Intake], context: Context, *, json: bool) -> None:
    console = context.console
    if json:
        console.json({"sources": [source_json(intake) for intake in intakes]})
        return
    for intake in intakes:
        console.result(
            f"{intake.name}: {counted(intake.dumps, 'new dump')}, "
            f"{counted(intake.records, 'record')}, {counted(intake.new_papers, 'new paper')}"
        )
    days = [day for intake in intakes for day in intake.days]
    if line := coverage_line(days):
        console.result(line)
    for sentence in loud_sentences(days):
        console.problem(f"digest: {sentence}")
    for intake in intakes:
        if intake.state == "failed" and not intake.days:
            console.problem(f'digest: source "{intake.name}": {intake.reason}')
        print_refused(intake.refused, console)


def source_json(intake: Intake) -> dict[str, Any]:
    """Return the result of one source as JSON; docs/json.md."""
    return {
        "name": intake.name,
        "dumps": intake.dumps,
        "records": intake.records,
        "new_papers": intake.new_papers,
        "state": intake.state,
        "reason": intake.reason,
        "coverage": [coverage_json(day) for day in intake.days],
        "refused": refused_json(intake.refused),
    }
