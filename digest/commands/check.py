"""`digest check`: the config, the rules with their tests, and the templates; changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.commands.options import DONE, USAGE, add_json, read_config
from digest.errors import ConfigError, DigestError
from digest.model import Paper

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from datetime import date

    from digest.commands.options import Context
    from digest.config import Config
    from digest.library import Library
    from digest.rules import Rule
    from digest.rules.verdict import Verdict

EXAMPLES = """\
  digest check                 exit code 2 if anything is wrong
  digest check -c lab.yaml     another config"""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong, or worth a look."""

    kind: str
    """"error" or "warning"."""
    place: str
    message: str


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `digest check`."""
    add_json(parser)


def execute(arguments: argparse.Namespace, context: Context) -> int:
    """Print what is wrong; the exit code is 2 if anything is."""
    console = context.console
    try:
        config = read_config(arguments)
    except ConfigError as error:
        findings = [Finding("error", arguments.config, str(error))]
    else:
        findings = [*_tests(config, context.today), *_templates(config)]
    errors = [finding for finding in findings if finding.kind == "error"]
    if arguments.json:
        console.json(
            {
                "errors": [{"place": f.place, "message": f.message} for f in errors],
                "warnings": [
                    {"place": f.place, "message": f.message} for f in findings if f.kind != "error"
                ],
            }
        )
    else:
        for finding in findings:
            console.problem(f"{finding.kind}: {finding.message}")
        if not errors:
            rules = len(config.rules)
            console.result(f"{config.path}: {rules} rules, nothing wrong.")
    return USAGE if errors else DONE


def _tests(config: Config, today: date) -> Iterator[Finding]:
    """Run `must_match` and `must_not_match` of every rule."""
    from digest.library import Library
    from digest.rules import compile_rules

    tested = [
        (rule, line)
        for rule, line in zip(config.rules, config.rule_lines, strict=True)
        if rule.must_match or rule.must_not_match
    ]
    if not tested:
        return
    matcher = compile_rules([rule for rule, _ in tested], today=today)
    with Library.open(config.library, scratch=True) as library:
        for number, (rule, line) in enumerate(tested):
            for text, wanted in _examples(rule):
                verdict = matcher.explain(_paper(library, text))[number]
                if verdict.selected != wanted:
                    yield Finding(
                        "error",
                        f"{config.path}:{line}",
                        f"{config.path}:{line}: rule {rule.name!r} "
                        + _complaint(text, verdict, wanted=wanted),
                    )


def _complaint(text: str, verdict: Verdict, *, wanted: bool) -> str:
    if not wanted:
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
    """Return the library's paper of that identifier or title; else one whose title is the text."""
    from digest.text.clean import clean_text

    for paper in library.papers.find(text, limit=1):
        if text in (paper.id, paper.arxiv_id, paper.doi, *paper.aliases):
            return paper
        if paper.title.casefold() == text.casefold():
            return paper
    return Paper(id="", title=clean_text(text))


def _templates(config: Config) -> Iterator[Finding]:
    """Compile and try the templates of every profile, and its subject."""
    from pathlib import Path

    from digest.message import check_subject
    from digest.render import Renderer

    folders = {profile.templates for profile in config.profiles}
    for folder in sorted(folders, key=lambda each: each or ""):
        try:
            warnings = Renderer(None if folder is None else Path(folder)).check()
        except DigestError as error:
            yield Finding("error", folder or "templates", str(error))
        else:
            yield from (Finding("warning", folder or "templates", text) for text in warnings)
    for profile in config.profiles:
        if profile.email is not None:
            try:
                check_subject(profile.email.subject)
            except ConfigError as error:
                message = f"{config.path}: profile {profile.name!r}: {error}"
                yield Finding("error", str(config.path), message)
