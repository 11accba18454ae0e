"""The tools of `digest mcp`: the commands with `--json`, their answers cut to a maximum size.

An answer has the keys of docs/json.md. Long lists and texts are cut, and the answer says so. This
module does not depend on the protocol.
"""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from digest.cli.commands._options import (
    FAILED,
    USAGE,
    Context,
    known_rule,
    one_profile,
    open_library,
)
from digest.cli.console import Console
from digest.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date, datetime

    from digest.config import Config

    Json: TypeAlias = dict[str, Any]

MOST_BYTES: Final = 60_000
"""Maximum size of an answer, as JSON."""
MOST_PAPERS: Final = 50
MOST_DIGESTS: Final = 100
_EXCERPT: Final = 400
"""Maximum length of an abstract in a list of papers, in characters."""
_TEXT: Final = 8_000
"""Maximum length of any other text, in characters."""
_AUTHORS: Final = 10
_BRIEF: Final = (
    "id", "title", "authors", "author_count", "published", "url", "categories", "upvotes",
    "summary", "abstract", "points", "section", "why", "sentence", "state", "place", "starred",
    "note", "tags", "day", "rule",
)  # fmt: skip
"""The keys of a paper in a list."""


class Tools:
    """The tools of one config. Each call opens the library again, so it sees the newest run."""

    def __init__(
        self, config: str, *, clock: Callable[[], datetime], environment: Mapping[str, str]
    ) -> None:
        self._config = config
        self._clock = clock
        self._environment = environment

    # --- reading ---------------------------------------------------------------------------------

    def search_papers(self, query: str, limit: int) -> Json:
        """Return the papers that a query selects, best first."""
        (counted,) = self._run("match", [], [query], shape="--count")
        if "error" in counted:
            raise UsageError(counted["error"])
        result = self._run("papers", ["--limit", str(limit)], [query])
        return _fitted({"query": query, "count": counted["count"], "papers": _briefs(result)})

    def show_paper(self, paper: str) -> Json:
        """Return a paper with all fields, where it was seen and delivered, and its rules."""
        (shown,) = self._run("papers", [f"--show={paper}"])
        (explained,) = self._run("explain", [], [shown["id"]])
        rules = [rule for rule in explained["rules"] if rule["selected"]]
        return _fitted(
            {
                "paper": shown,
                "score": explained["score"],
                "profiles": explained["profiles"],
                "rules": rules,
                "other_rules": len(explained["rules"]) - len(rules),
            },
            "rules",
        )

    def explain_rule(self, rule: str, paper: str) -> Json:
        """Return why a rule selects a paper, or what is missing."""
        known_rule(self._loaded(), rule)
        (explained,) = self._run("explain", [], [paper])
        (verdict,) = (
            explanation for explanation in explained["rules"] if explanation["rule"] == rule
        )
        return _fitted({"paper": _brief(explained["paper"]), **verdict}, "matches")

    def try_rule(self, rule: str, query: str, days: int, limit: int) -> Json:
        """Return what a rule or a query would select from the papers of the last days."""
        options = ["--days", str(days), "--limit", str(limit)]
        options += [f"--query={query}"] if query else []
        (tried,) = self._run("try", options, [rule] if rule else [])
        return _fitted({**tried, "papers": _briefs(tried["papers"])})

    def list_rules(self) -> Json:
        """Return the rules of the config by name, with their text."""
        config = self._loaded()
        rules = [
            {
                "name": rule.name,
                "profiles": [
                    profile.name for profile in config.profiles if rule.name in profile.rules
                ],
                "note": rule.note or None,
            }
            for rule in config.rules
        ]
        return _fitted({"count": len(rules), "rules": rules}, "rules")

    def list_digests(self, profile: str, limit: int) -> Json:
        """Return the newest digests of a profile."""
        config = self._loaded()
        chosen = one_profile(config, profile or None)
        with open_library(config, scratch=True) as library:
            newest = library.digests.newest(chosen.name, limit)
        digests = [
            {"digest": digest.name, "day": digest.day.isoformat(), "summary": digest.text.summary}
            for digest in newest
        ]
        return _fitted({"profile": chosen.name, "digests": digests}, "digests")

    def show_digest(self, profile: str, day: date | None) -> Json:
        """Return the digests of a day, or the last one, with their papers and the reasons."""
        from digest.digests.document import digest_to_json
        from digest.digests.storage import last_digest, read_digest

        config = self._loaded()
        chosen = one_profile(config, profile or None)
        with open_library(config, scratch=True) as library:
            if day is None:
                digests = [last_digest(library, chosen)]
            else:
                stored = library.digests.of_day(chosen.name, day)
                digests = [read_digest(library, digest, chosen) for digest in stored]
        if not digests:
            raise UsageError(f"{chosen.name} had no digest on {day}")
        shown = [digest_to_json(digest) for digest in digests]
        papers = [paper for digest in shown for paper in (*digest["papers"], *digest["news"])]
        heads = [
            {key: digest[key] for key in ("digest", "day", "title", "summary", "details")}
            for digest in shown
        ]
        return _fitted({"profile": chosen.name, "digests": heads, "papers": _briefs(papers)})

    def reading_list(self, state: str, reader: str, limit: int) -> Json:
        """Return the papers of a reader's list, newest first; changes nothing."""
        from argparse import Namespace

        from digest.cli.commands._reading_list import item_to_json, profiles_of_reader
        from digest.cli.commands.list import is_wanted
        from digest.reading_list.reader_lists import ReaderLists
        from digest.reading_list.sync import ReadingLists

        config = self._loaded()
        arguments = Namespace(profile=None, reader=reader or None)
        profiles = profiles_of_reader(config, arguments)
        # A scratch library: what is read from the files is not stored.
        with open_library(config, scratch=True) as library:
            lists = ReadingLists(library, config.output, profiles, clock=self._clock)
            lists.read()
            reader_lists = ReaderLists(library, lists, profiles[0].reader, profiles, self._clock())
            items = [
                item
                for item in reader_lists.items()
                if is_wanted(item, state, starred=False, tag=None)
            ]
            shown = [item_to_json(item) for item in items[:limit]]
        return _fitted(
            {"reader": profiles[0].reader, "count": len(items), "papers": _briefs(shown)}
        )

    # --- writing ---------------------------------------------------------------------------------

    def star_paper(self, paper: str, reader: str, *, starred: bool) -> Json:
        """Give a paper a star or remove it; return its new state."""
        options = [] if starred else ["--off"]
        return self._change("star", [*options, *_whose(reader)], [paper])

    def mark_paper(self, paper: str, status: str, until: str, reader: str) -> Json:
        """Set the status of a paper; return its new state."""
        words = [paper, status, *([until] if until else [])]
        return self._change("mark", _whose(reader), words)

    def note_paper(self, paper: str, text: str, reader: str) -> Json:
        """Add a paragraph to a paper's note; return its new state."""
        return self._change("note", _whose(reader), [paper, text[:_TEXT]])

    def tag_paper(self, paper: str, tags: Sequence[str], reader: str) -> Json:
        """Add tags to a paper, not to its note; return its new state."""
        from argparse import Namespace

        from digest.cli.commands._reading_list import item_to_json, open_lists
        from digest.reading_list.decisions import tagged
        from digest.reading_list.document import note_tags

        new_tags = {tag.removeprefix("#").strip() for tag in tags}
        for tag in new_tags:
            if set(note_tags(f"#{tag}")) != {tag}:
                raise UsageError(f"{tag!r} cannot be a tag: letters, digits, - and _ alone")
        arguments = Namespace(config=self._config, profile=None, reader=reader or None)
        context = Context(Console(StringIO(), StringIO(), {}), self._clock, self._environment)
        with open_lists(arguments, context, [paper]) as reader_lists:
            tagged_paper = reader_lists.find(paper)
            mark = reader_lists.library.marks.get(reader_lists.reader, tagged_paper.id)
            reader_lists.put(
                (tagged_paper, tagged(mark, {*mark.tags, *new_tags}, reader_lists.now))
            )
            item = item_to_json(reader_lists.item(tagged_paper))
        return _fitted({"paper": _brief(item)})

    def _change(self, command: str, options: Sequence[str], words: Sequence[str]) -> Json:
        (item,) = self._run(command, options, words)
        return _fitted({"paper": _brief(item)})

    # --- commands --------------------------------------------------------------------------------

    def _loaded(self) -> Config:
        from digest.config import load_config

        return load_config(Path(self._config))

    def _run(
        self,
        command: str,
        options: Sequence[str],
        words: Sequence[str] = (),
        *,
        shape: str = "--json",
    ) -> list[Json]:
        """Run a command that prints JSON and return the JSON; raise `DigestError`."""
        from digest.cli.app import build_parser, import_command

        line = ["--config", self._config, command, shape, *options, "--", *words]
        out, err = StringIO(), StringIO()
        context = Context(Console(out, err, {}), self._clock, self._environment)
        try:
            arguments = build_parser().parse_args(line)
        except SystemExit:  # argparse has printed the reason to stderr
            raise UsageError(f"these are no arguments for {command}") from None
        code: int = import_command(command).execute(arguments, context)
        if code in (FAILED, USAGE) and not out.getvalue():
            raise UsageError(err.getvalue().removeprefix("digest: ").strip() or "it failed")
        return [json.loads(answer) for answer in out.getvalue().splitlines()]


def _whose(reader: str) -> list[str]:
    return [f"--reader={reader}"] if reader else []


def _briefs(papers: Sequence[Json]) -> list[Json]:
    return [_brief(paper) for paper in papers]


def _brief(paper: Json) -> Json:
    """Return the short form of a paper for lists."""
    brief = {key: paper[key] for key in _BRIEF if paper.get(key) is not None}
    if "authors" in brief:
        brief["authors"] = brief["authors"][:_AUTHORS]
    if "abstract" in brief:
        brief["abstract"] = _cut(brief["abstract"], _EXCERPT)
    return brief


def _fitted(answer: Json, key: str = "papers") -> Json:
    """Return an answer of at most `MOST_BYTES`: the end of its list `key` is cut off."""
    cut: Json = _cut_texts(answer)
    left_out = 0
    while len(json.dumps(cut, ensure_ascii=False).encode()) > MOST_BYTES and cut.get(key):
        size = len(cut[key]) * 3 // 4
        left_out += len(cut[key]) - size
        cut[key] = cut[key][:size]
    return {**cut, "left_out": left_out} if left_out else cut


def _cut_texts(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Cut long texts and long lists at any depth."""
    if isinstance(value, str):
        return _cut(value, _TEXT)
    if isinstance(value, list):
        return [_cut_texts(item) for item in value[:500]]
    if isinstance(value, dict):
        return {key: _cut_texts(item) for key, item in value.items()}
    return value


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else f"{text[: room - 1]}…"
