"""Imported rules → YAML for the `rules:` of a config, with the notes as comments.

Written by hand rather than by `yaml.safe_dump`, which has no comments. Every text is quoted unless
all readers of YAML 1.1 or 1.2 read it as the same text without quotation marks.
"""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING

from digest.rule_import.result import decimal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from digest.rule_import.result import Entry, ImportedRule, ImportResult

_WIDTH = 98
# Words of letters, digits and marks that are not special to YAML inside a text.
_PLAIN = re.compile(r"[^\W\d_][\w+./^*'()&-]*(?: [\w+./^*'(][\w+./^*'()&-]*)*")
# What YAML does not print, or takes for a line break (https://yaml.org/spec/1.1/#id868524), and
# what a terminal hides or shows in another order.
_UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\xa0\xad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\uffff]"
)
_RESOLVED = re.compile(r"(?i:y|n|yes|no|on|off|true|false|null)")
"""Plain texts beginning with a letter that YAML 1.1 does not read as text."""


def write_yaml(imported: ImportResult, *, origin: str = "") -> str:
    """Return the rules as YAML that can be pasted into, or appended to, a config.

    `origin` is their source, for the comment above them.
    """
    lines = list(_comments((f"Imported from {origin}.",) if origin else (), ""))
    lines += _comments(imported.notes, "")
    lines += ["rules:"] if imported.rules else []
    for rule in imported.rules:
        lines += _comments(rule.notes, "  ")
        lines += _rule(rule)
    return "\n".join(lines) + "\n"


def scalar(text: str) -> str:
    """Return `text` as YAML, with the lightest quotation marks that preserve it."""
    if _UNPRINTABLE.search(text):
        escaped = text.replace("\\", "\\\\").replace('"', '\\"')
        return '"' + _UNPRINTABLE.sub(_escape, escaped) + '"'
    if _PLAIN.fullmatch(text) and not _RESOLVED.fullmatch(text):
        return text
    return "'" + text.replace("'", "''") + "'"


def _escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def _rule(rule: ImportedRule) -> Iterator[str]:
    yield f"  - name: {scalar(rule.name)}"
    if rule.weight != 1:
        yield f"    weight: {decimal(rule.weight)}"
    if rule.limit is not None:
        yield f"    limit: {rule.limit}"
    if rule.min_score is not None:
        yield f"    min_score: {decimal(rule.min_score)}"
    yield from _list("keywords", rule.keywords)
    if rule.query:
        yield f"    query: {scalar(rule.query)}"
    yield from _list("require", rule.require)
    yield from _list("exclude", rule.exclude)


def _list(key: str, entries: Sequence[Entry]) -> Iterator[str]:
    if entries:
        yield f"    {key}:"
        yield from (f"      - {_entry(entry)}" for entry in entries)


def _entry(entry: Entry) -> str:
    if entry.keyword:
        return scalar(entry.boosted_keyword)
    return f"{{query: {_quoted(entry.boosted_query)}}}"


def _quoted(text: str) -> str:
    """Return `text` for a place between braces, where commas and brackets end a plain text."""
    written = scalar(text)
    return written if written[:1] in ("'", '"') else f"'{text}'"


def _comments(notes: Sequence[str], indent: str) -> Iterator[str]:
    for note in notes:
        yield from textwrap.wrap(
            _UNPRINTABLE.sub(" ", note), _WIDTH,
            initial_indent=f"{indent}# ", subsequent_indent=f"{indent}#   ",
            break_long_words=False, break_on_hyphens=False,
        )  # fmt: skip
