"""`digest try`: show as a digest what a rule or query would select; stores nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from digest.cli.commands._options import (
    DONE,
    add_json,
    chosen_profiles,
    count,
    known_rule,
    one_profile,
    open_library,
    plain_text,
    read_config,
)
from digest.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from digest.cli.commands._options import Context
    from digest.config import Config
    from digest.model import Profile
    from digest.pipeline.trial import TriedRule
    from digest.rules import Rule

EXAMPLES = """\
  digest try 'Scaling laws'                     a rule of the config
  digest try --query '"mixture of experts" AND upvotes:>=10'
  digest try 'Scaling laws' --days 7 --limit 0  all of the last week"""

DAYS, MOST_DAYS = 30, 36_500
LIMIT = 30
_FOOT = "\n-- \n"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `digest try`."""
    parser.add_argument(
        "rule", nargs="?", type=plain_text, metavar="RULE", help="a rule of the config"
    )
    parser.add_argument(
        "--query", type=plain_text, metavar="QUERY", help="a query, instead of a rule"
    )
    parser.add_argument(
        "--days", type=count, default=DAYS, metavar="N",
        help=f"papers first seen in the last N days (default {DAYS})",
    )  # fmt: skip
    parser.add_argument(
        "--limit", type=count, default=LIMIT, metavar="N",
        help=f"show the best N papers (default {LIMIT}; 0: all)",
    )  # fmt: skip
    parser.add_argument(
        "--profile", metavar="NAME", help="whose templates and time zone; default: the first"
    )
    add_json(parser)


def execute(arguments: argparse.Namespace, context: Context) -> int:
    """Print the digest as plain text."""
    from digest.pipeline.trial import try_rule

    config = read_config(arguments)
    rule = _wanted(arguments, config)
    profile = _profile(arguments, config, rule)
    with open_library(config, scratch=True) as library:
        tried = try_rule(
            library,
            rule,
            profile,
            created=context.clock().astimezone(profile.timezone).replace(microsecond=0),
            days=min(max(arguments.days, 1), MOST_DAYS),
            limit=arguments.limit or None,
        )
    if arguments.json:
        context.console.json(_to_json(tried, rule))
    else:
        context.console.document(_text(tried, profile))
    return DONE


def _wanted(arguments: argparse.Namespace, config: Config) -> Rule:
    """Return the rule of that name, or a rule made from the query."""
    from digest.search import as_rule

    if (arguments.rule is None) == (arguments.query is None):
        raise UsageError("name a rule of the config, or give a query with --query")
    if arguments.query is not None:
        query: str = arguments.query
        return as_rule(query, query, rules=config.rules, aliases=config.aliases)
    return known_rule(config, arguments.rule, hint="A query needs --query.")


def _profile(arguments: argparse.Namespace, config: Config, rule: Rule) -> Profile:
    """Return the named profile; else the first with the rule; else the first."""
    if arguments.profile is not None:
        return one_profile(config, arguments.profile)
    profiles = chosen_profiles(config, ())
    return next((profile for profile in profiles if rule.name in profile.rules), profiles[0])


def _text(tried: TriedRule, profile: Profile) -> str:
    from digest.rendering.templates import Renderer

    folder = profile.templates
    renderer = Renderer(None if folder is None else Path(folder))
    # Without a mail's foot (RFC 3676 §4.3 marks it): nobody subscribes to this.
    text = renderer.text(tried.digest)
    return (text.rpartition(_FOOT)[0] or text).strip("\n")


def _to_json(tried: TriedRule, rule: Rule) -> dict[str, Any]:
    """Return what `--json` prints; docs/json.md."""
    from digest.digests.document import entry_to_json

    coverage = tried.digest.coverage
    return {
        "rule": rule.name,
        "since": coverage.since.isoformat() if coverage.since else None,
        "considered": tried.papers,
        "selected": tried.selected,
        "papers": [entry_to_json(entry) for entry in tried.digest.entries],
    }
