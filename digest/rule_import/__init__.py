"""Turn the keyword lists of other programs into rules, with notes on what could not be converted.

Text in, values out; nothing is executed, fetched or written. In the order of work: `filters` (files
of feed readers) or `parse_file` (text to plain values), `convert` (values to rules, by `key_roles`
and `value_kinds`), `phrases`, `boolean` and `fields` (one keyword or query each), `to_yaml`.
"""

from __future__ import annotations

from digest.rule_import.convert import Converter
from digest.rule_import.filters import read_filters
from digest.rule_import.parse_file import MAX_CHARACTERS, read_values
from digest.rule_import.result import ImportedRule, ImportResult, Options
from digest.rule_import.to_yaml import write_yaml

__all__ = ["ImportResult", "ImportedRule", "Options", "import_rules", "write_yaml"]


def import_rules(text: str, *, suffix: str = "", options: Options | None = None) -> ImportResult:
    """Return the rules in `text`, every one of which the config accepts.

    `suffix` is that of the file's name, such as ".yaml", if it has one. Raises UsageError if the
    file is not a list: too large, not text, or not in the format of its name.
    """
    converter = Converter(options or Options())
    if len(text) <= MAX_CHARACTERS and (imported := read_filters(text)) is not None:
        program, filters = imported
        return converter.convert_filters(program, filters)
    values, _ = read_values(text, suffix)
    return converter.convert(values)
