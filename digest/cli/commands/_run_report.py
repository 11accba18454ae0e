"""Report a run on the terminal: what came, what was selected, and where it is.

It uses only `RunResult`; `digest run --json` prints the same for programs.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from digest.cli.commands._options import print_notes, print_refused
from digest.cli.commands._rule_changes import print_changes
from digest.cli.console import columns, fitted, table
from digest.digests.coverage import loud_sentences
from digest.errors import DigestError
from digest.wording import counted, long_day

if TYPE_CHECKING:
    from digest.cli.commands._options import Context
    from digest.cli.console import Console
    from digest.config import Config
    from digest.library import Library
    from digest.model import Digest
    from digest.model.monitoring import RunSummary
    from digest.pipeline.ingest import Intake
    from digest.pipeline.run import Options, ProfileResult, Run, RunResult

NOTHING_NEW: Final = "Nothing new since the last digest of the day."

_FORMATS: Final = {"markdown": "Markdown", "html": "e-mail", "rss": "feed"}
"""The files that a person opens."""
_STATES: Final = {"done": "sent", "waiting": "waits", "failed": "failed"}
_SHOWN_SECTIONS: Final = 30
SHOWN_PROFILES: Final = 5
"""With more profiles than this, each gets one line."""


def print_report(
    result: RunResult,
    config: Config,
    console: Console,
    *,
    dry: bool = False,
    titles: bool = False,
) -> None:
    """Print what came, what was selected, and where it is.

    With --quiet only errors, so that cron sends mail only when needed. `titles` lists the papers
    that changed rules select or lose.
    """
    for source in result.sources:
        console.detail(
            f"{source.name}: {counted(source.dumps, 'new dump')}, "
            f"{counted(source.records, 'record')}, {counted(source.new_papers, 'new paper')}"
        )
    if console.verbosity < 0:
        _print_problems(result, config, console)
        return
    if dry:
        _print_dry(result, console)
    elif len(result.profiles) > SHOWN_PROFILES:
        rows = [_profile_row(profile, config) for profile in result.profiles]
        console.result(table([("profile", "papers", "of", ""), *rows], right=(1, 2)) + "\n")
    else:
        for profile in result.profiles:
            _print_profile(profile, config, console)
    print_changes(result.rule_changes, console, titles=titles)
    _print_problems(result, config, console)
    console.result(_last_line(result, config, dry=dry))


def perform(
    run: Run, options: Options, config: Config, library: Library, context: Context
) -> tuple[RunResult, RunSummary]:
    """Execute a run; store what it did or why it failed, for `digest status` and as metrics."""
    from digest.pipeline.run_summary import failed, remember, summarise

    began = context.clock()
    try:
        result = run.execute(options)
    except (Exception, KeyboardInterrupt) as error:
        with suppress(DigestError):  # the library itself may have failed
            remember(failed(error, began=began, ended=context.clock()), config, library)
        raise
    summary = summarise(result, config, began=began, ended=context.clock())
    for problem in remember(summary, config, library):
        context.console.problem(f"digest: {problem}")
    return result, summary


def nothing_new(result: ProfileResult) -> str:
    """Return why a profile has no digest of this run."""
    since = result.selection.coverage.since
    if not result.selection.coverage.only or since is None:
        return NOTHING_NEW
    subject = "This rule takes" if len(result.profile.rules) == 1 else "These rules take"
    return f"{subject} no paper since {since} that you have not been given."


def _print_dry(result: RunResult, console: Console) -> None:
    """Print what would be fetched, and each digest in full, as plain text."""
    for page in result.due:
        console.result(f"would fetch  {page.source}  {page.day}  {page.request.url}")
    from digest.rendering.templates import Renderer

    for profile in result.profiles:
        if profile.digest is None:
            console.result(f"{profile.profile.title}: {nothing_new(profile)}\n")
        else:
            folder = profile.profile.templates
            console.result(Renderer(None if folder is None else Path(folder)).text(profile.digest))


def _print_profile(result: ProfileResult, config: Config, console: Console) -> None:
    digest = result.digest
    heading = f"{result.profile.title} · {long_day(result.day)}"
    console.result(console.styled(heading, "bold"))
    if digest is None:
        console.result(f"{nothing_new(result)}\n")
        return
    console.result(digest.summary)
    for sentence in (*digest.details, digest.missing):
        if sentence:
            console.result(sentence)
    console.result()
    _print_sections(digest, console)
    rows = [(f"  {name}", file) for name, file in _files(result, config)]
    rows += [
        (f"  to {delivery.target}", _STATES.get(delivery.state, delivery.state))
        for delivery in result.deliveries
        if delivery.channel != "file"
    ]
    console.result(table(rows) + "\n")


def _print_sections(digest: Digest, console: Console) -> None:
    """Print a line with the first paper of each section; then name the empty sections."""
    filled = digest.filled
    names = [fitted(section.name, 36) for section in filled[:_SHOWN_SECTIONS]]
    heads = table(
        [
            (f"  {len(section.entries):>3}", name)
            for section, name in zip(filled, names, strict=False)
        ]
    )
    widest = max(map(columns, heads.splitlines()), default=0)
    for head, section in zip(heads.splitlines(), filled, strict=False):
        title = fitted(section.entries[0].paper.title, console.width - widest - 2)
        console.result(head + " " * (widest - columns(head) + 2) + console.styled(title, "dim"))
    if len(filled) > _SHOWN_SECTIONS:
        console.result(f"       … and {len(filled) - _SHOWN_SECTIONS} more sections")
    empty = [section.name for section in digest.sections if not section.entries]
    if filled and empty:
        console.result(fitted(f"    0  {', '.join(empty)}", console.width))
    if filled:
        console.result()


def _profile_row(result: ProfileResult, config: Config) -> tuple[str, str, str, str]:
    """Return the result of one of many profiles as a table row."""
    coverage = result.selection.coverage
    file = next((file for _, file in _files(result, config)), "nothing new")
    considered = coverage.considered
    return fitted(result.profile.name, 36), f"{result.shown:,}", f"{considered:,}", file


def _last_line(result: RunResult, config: Config, *, dry: bool) -> str:
    """Print what to open next."""
    if dry:
        return "This was a dry run: nothing was written, and nothing was delivered."
    digests = [profile for profile in result.profiles if profile.published]
    if len(digests) > SHOWN_PROFILES:
        return f"Open {from_here(config.output)} next."
    # The first profile with papers, else the first.
    for profile in sorted(
        digests, key=lambda profile: not (profile.digest and profile.digest.entries)
    ):
        for _, file in _files(profile, config):
            return f"Open {file} next."
    latest = [config.output / profile.profile.name / "latest.md" for profile in result.profiles]
    file = next((from_here(path) for path in latest if path.exists()), "")
    return f"Open {file} to read the last one again." if file else "There is nothing to open."


def _files(result: ProfileResult, config: Config) -> list[tuple[str, str]]:
    """Return format and path, relative to the working folder, of the files that a person opens.

    A file that could not be written is in the outbox; `_print_problems` reports it.
    """
    files = result.published.files if result.published else {}
    return [
        (shown, from_here(config.output / path))
        for name, shown in _FORMATS.items()
        for kind, path in files.items()
        if kind == name and (config.output / path).exists()
    ]


def from_here(path: Path) -> str:
    """Return `path` relative to the working folder if it is inside it, else absolute."""
    target, working_folder = path.resolve(), Path.cwd().resolve()
    return str(
        target.relative_to(working_folder) if target.is_relative_to(working_folder) else target
    )


def _failure(source: Intake) -> str:
    return f'source "{source.name}": {source.reason}'


def _print_problems(result: RunResult, config: Config, console: Console) -> None:
    for error in config.skipped:
        console.problem(f"digest: {error}; left out")
    for fault in result.faults:
        console.problem(
            f"digest: {fault.profile.name} has no digest; the next run makes it: {fault.error}"
        )
    for source in result.sources:
        if source.state == "failed":
            console.problem(f"digest: {_failure(source)}")
        for sentence in loud_sentences(source.days):
            console.problem(f"digest: {sentence}")
    print_refused(result.refused, console)
    print_notes(result.notes, console)
    for delivery in result.waiting:
        console.problem(
            f"digest: {delivery.target} is {delivery.state}: {delivery.error or 'not tried yet'}"
        )
    for problem in result.lists:
        console.problem(f"digest: {problem.reason}")
    _print_model(result, console)
    if result.site_error:
        console.problem(f"digest: the site is not complete: {result.site_error}")


def _print_model(result: RunResult, console: Console) -> None:
    """Print in one line which sentences of the language model are missing, and what they cost."""
    model = result.model
    if model is None:
        return
    if model.missing:
        line = f"digest: {counted(model.missing, 'sentence')} of the model missing: {model.reason}"
        (console.problem if model.is_fault else console.note)(line)
    money = f", {model.cost:.4f} of your currency" if model.cost else ""
    console.detail(
        f"model: {counted(model.asked, 'answer')}, {model.stored:,} known before; "
        f"{model.tokens:,} tokens{money}"
    )
