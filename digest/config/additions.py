"""Add keywords to the rules of a config file and leave every other byte unchanged.

The file is split at the places that `digest.config.yaml_tree` provides, so that comments, order,
quotation marks and indentation stay. The caller checks the meaning of the result.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from digest.config.yaml_tree import Items, Table, Text, parse_tree
from digest.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.config.yaml_tree import Node

RuleList: TypeAlias = Literal["keywords", "exclude"]

_PLAIN: Final = re.compile(r"[A-Za-z][\w+./ -]*", re.ASCII)
_SPECIAL: Final = frozenset(["yes", "no", "true", "false", "null", "on", "off", "y", "n"])
"""Text that YAML 1.1 does not read as text."""


def add_keywords(content: str, rule: str, to: RuleList, keywords: Sequence[str]) -> str:
    """Return the config `content` with `keywords` in a list of `rule`, before the existing ones.

    A list that the rule does not have is added. Raises `UsageError` if there is no place for them.
    """
    table = _rule(content, rule)
    values = [_scalar(keyword) for keyword in keywords]
    node = next((value for key, value in table.entries if key.text == to), None)
    lines = content.splitlines(keepends=True)
    if node is None:
        return _new_list(lines, table, to, values)
    if not isinstance(node, Items) or not node.items:
        raise UsageError(f"`{to}` of the rule {rule!r} is not a list; make it one first")
    line, column = _start(node.items[0])
    before = lines[line - 1][: column - 1]
    if re.fullmatch(r"[ ]*-[ ]+", before):
        added = "".join(f"{before}{value}{_line_end(content)}" for value in values)
        lines.insert(line - 1, added)
    else:
        lines[line - 1] = f"{before}{', '.join(values)}, {lines[line - 1][column - 1 :]}"
    return "".join(lines)


def _rule(content: str, name: str) -> Table:
    root = parse_tree(content)
    entries = root.entries if isinstance(root, Table) else ()
    listed = next((value for key, value in entries if key.text == "rules"), None)
    for node in listed.items if isinstance(listed, Items) else ():
        if isinstance(node, Table) and any(
            key.text == "name" and isinstance(value, Text) and " ".join(value.text.split()) == name
            for key, value in node.entries
        ):
            return node
    raise UsageError(f"the config has no rule {name!r} that can be changed")


def _start(node: Node) -> tuple[int, int]:
    if isinstance(node, Table) and node.entries:
        line, column = node.entries[0][0].line, node.entries[0][0].column
        return min((line, column), (node.line, node.column))
    return node.line, node.column


def _new_list(lines: list[str], table: Table, to: RuleList, values: Sequence[str]) -> str:
    """Begin the list before the rule's last key, in the rule's own style."""
    key = table.entries[-1][0]
    before, after = lines[key.line - 1][: key.column - 1], lines[key.line - 1][key.column - 1 :]
    new_list = f"{to}: [{', '.join(values)}]"
    if re.fullmatch(r"[ ]*(-[ ]+)?", before):
        end = _line_end("".join(lines))
        new_list += f"{end}{' ' * (key.column - 1)}"
    else:
        new_list += ", "
    lines[key.line - 1] = f"{before}{new_list}{after}"
    return "".join(lines)


def _scalar(keyword: str) -> str:
    """Return a keyword as YAML reads it back, in a list of either style."""
    if _PLAIN.fullmatch(keyword) and keyword.lower() not in _SPECIAL and keyword == keyword.strip():
        return keyword
    if "'" not in keyword and keyword.isprintable():
        return f"'{keyword}'"
    return json.dumps(keyword, ensure_ascii=False)


def _line_end(content: str) -> str:
    return "\r\n" if "\r\n" in content else "\n"
