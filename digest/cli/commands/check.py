"""`digest check`: check config, rules with their tests, and templates; changes nothing.

Rules are checked by themselves and, if the library has papers, on those papers.
"""

from __future__ import annotations

from contextlib import closing
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import asdict

from digest.cli.commands._highlight import wrapped
from digest.cli.commands._options import (
    DONE,
    FAILED,
    INCOMPLETE,
    USAGE,
    add_json,
    open_library,
    read_config,
)
from digest.cli.commands._rule_changes import add_titles, changes_json, print_changes
from digest.errors import ConfigError, DigestError, UsageError
from digest.linting.static import faults_of
from digest.model import FolderSource, Paper
from digest.text.nearest import nearest
from digest.wording import counted

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from digest.cli.commands._options import Context
    from digest.cli.console import Console
    from digest.config import Config
    from digest.library import Library
    from digest.linting.dead_rules import Fault, Severity
    from digest.linting.rule_changes import RuleChange
    from digest.matching.verdict import Verdict
    from digest.rules import Rule

EXAMPLES = """\
  digest check                 exit code 2 if anything is wrong; warnings do not count
  digest check --online        ask each source once, too
  digest check -q              errors only
  digest check -c lab.yaml     another config
  digest check --schema        the JSON Schema of config files, for editors"""

MOST_NOTES = 10
"""Maximum number of printed notes; `--json` has all."""


class Finding(Struct, frozen=True):
    """An error, or something worth attention."""

    severity: Severity
    place: str
    """File and line, or a folder of templates."""
    message: str
    rule: str = ""
    keyword: str = ""
    instead: str = ""
    line: int = 0


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `digest check`."""
    parser.add_argument("--online", action="store_true", help="also ask each source once for today")
    add_titles(parser)
    parser.add_argument(
        "--library", action="store_true",
        help="check the library instead: its structure, references and hashes",
    )  # fmt: skip
    parser.add_argument(
        "--schema", action="store_true",
        help="print the JSON Schema of a config, for editors",
    )  # fmt: skip
    add_json(parser)


def execute(arguments: argparse.Namespace, context: Context) -> int:
    """Print all findings; the exit code is 2 if there is an error."""
    if arguments.schema:
        context.console.result(files("digest.config").joinpath("schema.json").read_text("utf-8"))
        return DONE
    return (_check_library if arguments.library else _check_config)(arguments, context)


def _check_config(arguments: argparse.Namespace, context: Context) -> int:
    console = context.console
    changes: tuple[RuleChange, ...] = ()
    try:
        config = read_config(arguments)
    except ConfigError as error:
        rules = None
        findings = [*_config_faults(error, arguments.config)]
    else:
        rules = len(config.rules)
        skipped = [
            fault for error in config.skipped for fault in _config_faults(error, str(config.path))
        ]
        changes = _changes(config, context.today)
        faults = (
            *_findings(config, context.today),
            *_channels(config, context),
            *_model(config, context),
        )
        findings = skipped + sorted(faults, key=lambda fault: fault.line)
    errors, warnings, notes = (
        [finding for finding in findings if finding.severity == severity]
        for severity in ("error", "warning", "note")
    )
    if arguments.json:
        lists = {"errors": errors, "warnings": warnings, "notes": notes}
        form = {name: list(map(_to_json, of_kind)) for name, of_kind in lists.items()}
        console.json({**form, "rule_changes": changes_json(changes)})
    else:
        for finding in errors:
            console.problem(_finding_line(finding, console))
        for finding in [*warnings, *notes[:MOST_NOTES]]:
            console.note(_finding_line(finding, console))
        if len(notes) > MOST_NOTES:
            console.note(
                f"and {counted(len(notes) - MOST_NOTES, 'more note')}: digest check --json"
            )
        print_changes(changes, console, titles=arguments.titles)
        if rules is not None:
            console.result(_summary(arguments.config, rules, len(errors), len(warnings)))
    if errors:
        return USAGE
    if arguments.online and rules is not None and not _ask_sources(arguments, context):
        return INCOMPLETE
    return DONE


def _changes(config: Config, today: date) -> tuple[RuleChange, ...]:
    """Return which rules changed since the last run, as the library remembers it."""
    from digest.pipeline.rule_changes import Texts, rule_changes

    texts = Texts.of(config.rules, config.aliases)
    with open_library(config, scratch=True) as library:
        return rule_changes(library, config.rules, texts, today=today)


def _check_library(arguments: argparse.Namespace, context: Context) -> int:
    """Print faults of the library; return 1 if there are any."""
    from digest.library.integrity import faults_of as library_faults

    console = context.console
    library = read_config(arguments).library
    if not library.exists():
        raise UsageError(f"there is no library yet at {library}")
    faults = library_faults(library)
    if arguments.json:
        console.json({"library": str(library), "faults": list(faults)})
    elif not faults:
        console.result(f"{library}: nothing wrong.")
    else:
        for fault in faults:
            console.problem(f"{library}: {fault}")
        console.problem("`digest repair` restores what can be read, from it and its backups.")
    return FAILED if faults else DONE


def _ask_sources(arguments: argparse.Namespace, context: Context) -> bool:
    """Ask each source once, print the answers, and return whether all succeeded."""
    from digest.pipeline.fetch import new_client
    from digest.pipeline.source_probe import probe_sources

    config, console = read_config(arguments), context.console
    is_well = True
    with new_client(config, clock=context.clock, environment=context.environment) as client:
        for probe in probe_sources(
            config, client, now=context.clock(), environment=context.environment
        ):
            is_well = is_well and probe.is_well
            if arguments.json:
                console.json(asdict(probe))
                continue
            url = f"\n    {probe.url}" if probe.url else ""
            tell = console.result if probe.is_well else console.problem
            tell(f"{probe.source}: {probe.told}{url}")
    return is_well


def _findings(config: Config, today: date) -> Iterator[Finding]:
    lines = {rule.name: line for rule, line in zip(config.rules, config.rule_lines, strict=True)}
    dead: set[str] = set()
    for fault in faults_of(config.rules):
        if fault.severity == "error":
            dead.add(fault.rule)
        yield _finding(fault, config, lines)
    with open_library(config, scratch=True) as library:
        yield from _tests(config, library, today)
        from digest.cli.commands._library_check import library_faults

        for fault in library_faults(config, library, today):
            if fault.rule not in dead:  # its error already says that it selects nothing
                yield _finding(fault, config, lines)
    used = {name for profile in config.profiles for name in profile.rules}
    for name, line in lines.items():
        if name not in used:
            yield Finding(
                "warning", f"{config.path}:{line}", "is used by no profile", name, "",
                "add it to the `rules` of a profile, or delete it", line,
            )  # fmt: skip
    yield from _sources(config)
    yield from _templates(config)


def _sources(config: Config) -> Iterator[Finding]:
    """Yield a warning for each source whose folder cannot be read."""
    from digest.sources.folder import collect

    for source in config.sources:
        if not isinstance(source, FolderSource):
            continue
        result = collect(source)
        if result.state != "failed":
            continue
        missing = not source.folder.exists()
        reason = "does not exist" if missing else f"cannot be read: {result.reason}"
        message = f"source {source.name!r}: folder {source.display_path} {reason}"
        near = _similar_folder(source.folder) if missing else None
        advice = "make the folder, or correct its path under `sources`"
        if near is not None:
            advice = f"did you mean {near}/?"
        yield Finding("warning", str(config.path), message, instead=advice)


def _channels(config: Config, context: Context) -> Iterator[Finding]:
    """Yield a warning for each channel that cannot be used as configured."""
    from digest.pipeline.channels import Channels

    with closing(Channels(config, context.environment, now=context.clock)) as channels:
        for profile in config.profiles:
            for fault in channels.faults(profile):
                message = f"profile {profile.name!r}: {fault}"
                yield Finding("warning", str(config.path), message)


def _model(config: Config, context: Context) -> Iterator[Finding]:
    """Yield faults of the configured language model, without asking it."""
    settings = config.summaries
    if settings is None:
        return
    from digest.model.summaries import SummarySettings
    from digest.pipeline.summaries import prompt_fault

    if fault := prompt_fault(settings):
        yield Finding("error", str(config.path), fault)
    is_named = settings.key_env != SummarySettings("", "").key_env
    if is_named and not context.environment.get(settings.key_env, "").strip():
        message = f"summaries: the environment variable {settings.key_env} is not set"
        yield Finding("warning", str(config.path), message)


def _similar_folder(folder: Path) -> str | None:
    """Return the name of a folder with a similar name beside a missing one."""
    if not folder.parent.is_dir():
        return None
    names = [other.name for other in folder.parent.iterdir() if other.is_dir()]
    return nearest(folder.name, names)


def _finding(fault: Fault, config: Config, lines: dict[str, int]) -> Finding:
    line = lines[fault.rule]
    return Finding(
        fault.severity,
        f"{config.path}:{line}",
        fault.message,
        fault.rule,
        fault.keyword,
        fault.instead,
        line,
    )


def _config_faults(error: ConfigError, path: str) -> Iterator[Finding]:
    for fault in (error, *error.more):
        place = f"{fault.path or path}" if fault.line is None else f"{fault.path}:{fault.line}"
        yield Finding("error", place, fault.reason, line=fault.line or 0)


# --- how it is shown -----------------------------------------------------------------------------


def _to_json(finding: Finding) -> dict[str, Any]:
    """Return one finding as JSON; null for what does not apply."""
    return {
        "place": finding.place,
        "rule": finding.rule or None,
        "keyword": finding.keyword or None,
        "message": finding.message,
        "instead": finding.instead or None,
    }


def _finding_line(finding: Finding, console: Console) -> str:
    subject = f"rule “{finding.rule}” " if finding.rule else ""
    if finding.keyword:
        keyword = finding.keyword if '"' in finding.keyword else f'"{finding.keyword}"'
        subject = f"{subject.rstrip()}: {keyword} "
    line = f"{finding.severity}: {finding.place}: {subject}{finding.message}"
    lines = [wrapped(line, console)]
    if finding.instead:
        lines.append(wrapped(f"    → {finding.instead}", console))
    return "\n".join(lines)


def _summary(path: str, rules: int, errors: int, warnings: int) -> str:
    counts = ((errors, "error"), (warnings, "warning"))
    summary = ", ".join(counted(count, name) for count, name in counts if count)
    return f"{path}: {counted(rules, 'rule')}, {summary or 'nothing wrong'}."


# --- tests of the rules, templates ---------------------------------------------------------------


def _tests(config: Config, library: Library, today: date) -> Iterator[Finding]:
    """Run `must_match` and `must_not_match` of every rule."""
    from digest.matching import compile_rules

    for rule, line in zip(config.rules, config.rule_lines, strict=True):
        examples = [*_examples(rule)]
        # One matcher per rule: a text is matched only by the rule whose test it is.
        matcher = compile_rules([rule], today=today) if examples else None
        for text, must_select in examples:
            if matcher is None:
                break
            (verdict,) = matcher.explain(_paper(library, text))
            if verdict.selected != must_select:
                message = _complaint(text, verdict, must_select=must_select)
                advice = "mend the rule, or the test if it asks for the wrong thing"
                yield Finding(
                    "error", f"{config.path}:{line}", message, rule.name, "", advice, line
                )


def _complaint(text: str, verdict: Verdict, *, must_select: bool) -> str:
    if not must_select:
        keywords = dict.fromkeys(match.keyword for match in verdict.matches)
        return f"must not select {text!r}, but does: {', '.join(keywords) or 'by comparisons'}"
    why = [f"missing {missing}" for missing in verdict.missing]
    why += (f"excluded by {excluding}" for excluding in verdict.excluded_by)
    if verdict.lacking:
        why.append(f"{verdict.lacking:g} points too few")
    return f"must select {text!r}, but does not: {'; '.join(why)}"


def _examples(rule: Rule) -> Iterator[tuple[str, bool]]:
    yield from ((text, True) for text in rule.must_match)
    yield from ((text, False) for text in rule.must_not_match)


def _paper(library: Library, text: str) -> Paper:
    """Return the library's paper with that identifier or title; else one with that title."""
    from digest.text.clean import clean_text

    for paper in library.papers.find(text, limit=1):
        if text in (paper.id, paper.arxiv_id, paper.doi, *paper.aliases):
            return paper
        if paper.title.casefold() == text.casefold():
            return paper
    return Paper(id="", title=clean_text(text))


def _site_templates(config: Config) -> Iterator[Finding]:
    """Render the templates of the site, which are those of the first profile, with samples."""
    from digest.pipeline.site_samples import try_templates

    try:
        try_templates(config)
    except DigestError as error:
        yield Finding("error", config.profiles[0].templates or "templates", str(error))


def _templates(config: Config) -> Iterator[Finding]:
    """Compile and try the templates and the subject of every profile."""
    from pathlib import Path

    from digest.mail.mime import check_subject
    from digest.rendering.templates import Renderer

    folders = {profile.templates for profile in config.profiles}
    for folder in sorted(folders, key=lambda folder: folder or ""):
        messages = {
            service.template
            for profile in config.profiles
            for service in profile.notify
            if profile.templates == folder
        }
        try:
            warnings = Renderer(None if folder is None else Path(folder)).check(messages)
        except DigestError as error:
            yield Finding("error", folder or "templates", str(error))
        else:
            yield from (Finding("warning", folder or "templates", text) for text in warnings)
    if config.site or config.served:
        yield from _site_templates(config)
    for profile in config.profiles:
        if profile.email is not None:
            try:
                check_subject(profile.email.subject)
            except ConfigError as error:
                message = f"profile {profile.name!r}: {error}"
                yield Finding("error", str(config.path), message)
