"""Nodes of the config → plain values, with every fault collected.

A *converter* takes a node and returns a value or raises ConfigError; a `Section` applies converters
to the keys of one mapping and continues after a fault, so that one look at the messages is enough
to fix the whole file. The modules that use this one define the keys.
"""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import urlsplit

from digest.config.yaml_tree import Items, Table, Text
from digest.errors import ConfigError
from digest.text.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from urllib.parse import SplitResult

    from digest.config.yaml_tree import Node

    Value = TypeVar("Value")
    Default = TypeVar("Default")

MAX_FAULTS: Final = 50
"""Nobody reads more, and each costs a search for the nearest name."""

# Control characters, line separators, direction overrides and isolates, and what XML forbids;
# not `str.isprintable`, which would refuse the joiners of emoji and the no-break space.
_CONTROL: Final = "[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffe\uffff]"
"""None of them is printable: printable text needs no expression, which takes long to compile."""
_YES: Final = frozenset({"true", "yes", "on"})
_NO: Final = frozenset({"false", "no", "off"})


def quoted(text: str) -> str:
    """Return `text` in double quotes, on one line, shortened if it is long."""
    shown = text[:101]
    if not shown.isprintable():
        shown = re.sub(_CONTROL, "\N{REPLACEMENT CHARACTER}", shown)
    return f'"{shown}"' if len(shown) < 101 else f'"{shown[:100]}…"'


def did_you_mean(word: str, names: Iterable[str]) -> str:
    """Return `; did you mean "…"?` with the closest of `names`, or "" if none is close."""
    near = nearest(word, names)
    return "" if near is None else f"; did you mean {quoted(near)}?"


def fault(node: Node, reason: str, *, offset: int = 0) -> ConfigError:
    """Return an error for `node`; `offset` is the place of the fault in its text."""
    column = node.column
    if offset and isinstance(node, Text) and node.verbatim is not None:
        column += node.verbatim + offset
    return ConfigError(reason, line=node.line, column=column)


class Faults:
    """The faults of one file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._found: list[ConfigError] = []
        self.skipped: list[ConfigError] = []
        """Faults that cost only their entry."""

    def __len__(self) -> int:
        return len(self._found)

    def add(self, error: ConfigError, *, within: str = "") -> None:
        """Add `error`, with the part of the file that it is `within`."""
        self._found.append(self._placed(error, within))
        if len(self._found) >= MAX_FAULTS:
            self._found.append(
                ConfigError(
                    f"{MAX_FAULTS} faults were found; the rest of the file was not looked at",
                    path=self._path,
                )
            )
            self.raise_found()

    def skip(self, error: ConfigError, *, within: str = "") -> None:
        """Add `error` as one that costs only its entry, not the whole config."""
        if len(self.skipped) < MAX_FAULTS:
            self.skipped.append(self._placed(error, within))

    def _placed(self, error: ConfigError, within: str) -> ConfigError:
        reason = f"{within}: {error.reason}" if within else error.reason
        return ConfigError(reason, path=self._path, line=error.line, column=error.column)

    def raise_found(self) -> None:
        """Raise the first fault of the file with all others attached, if there is any."""
        if self._found:
            in_order = sorted(
                self._found, key=lambda error: (error.line is None, error.line or 0, error.column)
            )
            first, *rest = in_order
            first.more = tuple(rest)
            raise first


class Section:
    """One mapping of the config. An unknown or repeated key is a fault."""

    def __init__(self, node: Node, keys: Iterable[str], faults: Faults, *, within: str) -> None:
        self.node = node
        self.within = within
        self.faults = faults
        self.nodes: dict[str, Node] = {}
        """The value of each key."""
        keys = keys if isinstance(keys, tuple) else tuple(keys)
        if not isinstance(node, Table):
            self.add(fault(node, f"this must be a mapping with the keys {', '.join(keys)}"))
            return
        for key, value in node.entries:
            if key.text in keys and key.text not in self.nodes:
                self.nodes[key.text] = value
            else:
                self.add(self._key_fault(key, keys))

    def _key_fault(self, key: Text, keys: tuple[str, ...]) -> ConfigError:
        if key.text in self.nodes:
            return fault(key, f"the key {quoted(key.text)} is given twice")
        if key.text == "<<":
            return fault(key, "merge keys are not read; write the keys out")
        hint = did_you_mean(key.text, keys) or f"; the keys are {', '.join(keys)}"
        return fault(key, f"unknown key {quoted(key.text)}{hint}")

    def __contains__(self, key: str) -> bool:
        return key in self.nodes

    def add(self, error: ConfigError) -> None:
        """Record a fault of this section."""
        self.faults.add(error, within=self.within)

    def skip(self, error: ConfigError) -> None:
        """Record a fault that costs only the entry that it is in."""
        self.faults.skip(error, within=self.within)

    def node_of(self, key: str) -> Node:
        """Return the node under `key`, or the section's own if there is none."""
        return self.nodes.get(key, self.node)

    def read(self, key: str, convert: Callable[[Node], Value], default: Default) -> Value | Default:
        """Return the value of `key`, or `default` if it is absent or invalid."""
        if key not in self.nodes:
            return default
        try:
            return convert(self.nodes[key])
        except ConfigError as error:
            error.reason = f"{key}: {error.reason}"
            self.add(error)
            return default

    def read_list(
        self, key: str, convert: Callable[[Node], Value], default: Default
    ) -> tuple[Value, ...] | Default:
        """Return the converted entries of the list under `key`, each fault separately."""
        entries = self.read(key, list_entries, None)
        if entries is None:
            return default
        values: list[Value] = []
        for entry in entries:
            try:
                values.append(convert(entry))
            except ConfigError as error:
                error.reason = f"{key}: {error.reason}"
                self.add(error)
        return tuple(values)

    def read_names(
        self, key: str, convert: Callable[[Node], Value], default: Default
    ) -> tuple[Value, ...] | Default:
        """Read a list like `read_list`; a repeated entry is a fault."""
        seen: set[Value] = set()

        def once(node: Node) -> Value:
            value = convert(node)
            if value in seen:
                raise fault(node, f"{quoted(text(node))} is given twice")
            seen.add(value)
            return value

        return self.read_list(key, once, default)


def list_entries(node: Node) -> tuple[Node, ...]:
    """Return the entries of a list that is not empty."""
    if isinstance(node, Items):
        if not node.items:
            raise fault(node, "the list is empty; give it an entry or leave the key out")
        return node.items
    if isinstance(node, Text) and not node.is_null:
        raise fault(node, f"{quoted(node.text)} must be a list: write [{node.text}]")
    raise fault(node, "this must be a list, each entry on a line of its own after a dash")


def text(node: Node) -> str:
    """Return a scalar as text, whatever type YAML would give it."""
    if isinstance(node, Text):
        if node.is_null:
            raise fault(node, "there is no value; give one or leave the key out")
        return node.text
    if isinstance(node, Items):
        raise fault(node, "this must be text, not a list; text that begins with [ needs quotes")
    match node.entries:
        case [(key, Text() as value)]:
            written = f"{key.text}: {value.text}".replace("'", "''")
            raise fault(node, f"text with a colon and a space needs quotes: '{written}'")
    raise fault(node, "this must be text, not a mapping; text that begins with { needs quotes")


def _holds_control(text: str) -> bool:
    return not text.isprintable() and re.search(_CONTROL, text) is not None


def line(node: Node) -> str:
    """Return a line of text that is not blank."""
    value = text(node).strip()
    if not value:
        raise fault(node, "the text is empty")
    if _holds_control(value):
        raise fault(node, f"{quoted(value)} must be one line without control characters")
    return value


def web_address(node: Node, *, of: str, example: str) -> SplitResult:
    """Return a web address, split into its parts; `of` and `example` are for the message."""
    value = line(node)
    try:
        parts = urlsplit(value)
        host = parts.hostname
    except ValueError:
        parts, host = urlsplit(""), None
    if not host or parts.scheme not in ("http", "https") or " " in value:
        raise fault(node, f"{quoted(value)} must be the web address of {of}, such as {example}")
    return parts


def prose(node: Node) -> str:
    """Return text of any number of lines."""
    value = text(node)
    if _holds_control(value.replace("\n", " ").replace("\t", " ")):
        raise fault(node, f"{quoted(value)} holds control characters")
    return value


def path_in(folder: Path) -> Callable[[Node], Path]:
    """Return a converter for paths that are relative to `folder`, or to a home (`~`)."""

    def convert(node: Node) -> Path:
        try:
            return folder / Path(line(node)).expanduser()
        except RuntimeError:  # "~name" of nobody
            raise fault(node, f"{quoted(text(node))} begins with an unknown home") from None

    return convert


def whole_number(node: Node, *, least: int = 1, most: int = 1_000_000) -> int:
    """Return a decimal integer; YAML's octal (010) and base 60 (1:30) are refused."""
    value = text(node)
    if not re.fullmatch(r"\d{1,9}", value, re.ASCII) or not least <= int(value) <= most:
        raise fault(node, f"{quoted(value)} must be a whole number from {least} to {most}")
    return int(value)


def number(node: Node) -> float:
    """Return a finite number that is not negative."""
    value = text(node)
    if not re.fullmatch(r"\+?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", value, re.ASCII | re.IGNORECASE):
        raise fault(node, f"{quoted(value)} must be a number, 0 or more, such as 2 or 0.5")
    if not math.isfinite(float(value)):
        raise fault(node, f"{quoted(value)} is too large")
    return float(value)


def seconds(node: Node) -> float:
    """Return seconds for one answer of a server: 1 to 600."""
    value = number(node)
    if not 1 <= value <= 600:
        raise fault(node, f"{quoted(text(node))} must be from 1 to 600 seconds")
    return value


def yes_or_no(node: Node) -> bool:
    """Return a truth value in any of YAML's spellings."""
    value = text(node).casefold()
    if value not in _YES | _NO:
        raise fault(node, f"{quoted(value)} must be true or false")
    return value in _YES


def one_of(names: Iterable[str], noun: str) -> Callable[[Node], str]:
    """Return a converter for one of a few names."""
    names = tuple(names)

    def convert(node: Node) -> str:
        value = text(node)
        if value not in names:
            hint = did_you_mean(value, names)
            raise fault(
                node, f"{quoted(value)} is not a valid {noun}; known: {', '.join(names)}{hint}"
            )
        return value

    return convert
