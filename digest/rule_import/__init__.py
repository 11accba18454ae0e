"""Other people's lists of keywords → rules of ours, and notes on what could not be carried over.

Text in, values out; nothing is executed, fetched or written. In the order of work: `reading` (text
to plain values), `mapping` (values to rules, with `vocabulary`, `shapes`, `frame` and `operators`),
`phrases`, `boolean` and `arxiv` (one keyword or query each), `writing` (rules to YAML).
"""

from __future__ import annotations

from digest.rule_import.convert import Converter
from digest.rule_import.parse_file import read_values
from digest.rule_import.result import Imported, ImportedRule, Options
from digest.rule_import.to_yaml import write_yaml

__all__ = ["Imported", "ImportedRule", "Options", "import_rules", "write_yaml"]


def import_rules(text: str, *, suffix: str = "", options: Options | None = None) -> Imported:
    """Return the rules that `text` asks for, every one of which the config takes.

    `suffix` is that of the file's name, such as ".yaml", where it has one. Raises UsageError on
    what is no list: too large, not text, or not the format that its name says.
    """
    values, _ = read_values(text, suffix)
    return Converter(options or Options()).convert(values)
