"""YAML text → a tree of nodes that know their place in the file.

Built from the parser's events rather than with ``yaml.load`` or ``yaml.compose``, because

* every error of the config must name line and column, which loaded values have lost;
* a keyword is the text that is in the file: YAML 1.1 would turn ``no``, ``007``, ``3.10`` and
  ``07:00`` into False, 7, 3.1 and 420 (https://yaml.org/type/);
* libyaml's composer recurses in C and ends the process on a few thousand ``[``;
* it is four times as fast (10,000 rules: 0.3 s).

What the nodes mean is not decided here. Merge keys (``<<``) are not merged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

import yaml
from msgspec import Struct
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from digest.config.yaml_hints import indent_hint
from digest.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_DEPTH: Final = 16
"""Maximum nesting; the config's own deepest value is on the sixth level."""

MAX_VALUES: Final = 2_000_000
"""Maximum number of values in a file, counting those behind an alias wherever it is used (YAML
bombs)."""

SYNTAX_HINT: Final = (
    "Text that begins with a quotation mark, *, &, !, @, %, [ or {, or holds ': ' or ' #', "
    "must be in single quotes."
)


_NULLS: Final = frozenset({"", "~", "null", "Null", "NULL"})


class Text(Struct, frozen=True, gc=False):
    """A scalar: the text as written, without its quotation marks."""

    text: str
    line: int
    column: int
    """Both 1-based, of the value's first character, including its quotation mark."""
    plain: bool = True
    """Whether it stands without quotation marks."""
    verbatim: int | None = 0
    """Columns between the place and the first character of `text`, if the text is unchanged and on
    one line; None if escapes or folded lines have moved its characters."""

    @property
    def is_null(self) -> bool:
        """Return whether YAML reads nothing here (https://yaml.org/type/null.html)."""
        return self.plain and self.text in _NULLS


class Items(Struct, frozen=True, gc=False):
    """A list."""

    items: tuple[Node, ...]
    line: int
    column: int


class Table(Struct, frozen=True, gc=False):
    """A mapping; keys in the order of the file, including repeated ones."""

    entries: tuple[tuple[Text, Node], ...]
    line: int
    column: int


Node: TypeAlias = Text | Items | Table
_Start: TypeAlias = SequenceStartEvent | MappingStartEvent


def parse_tree(text: str, *, most: int = MAX_VALUES) -> Node | None:
    """Return the only document of `text`, or None if it has only comments.

    Raises ConfigError, without a path, for text that is not YAML, for a second document, for tags,
    and for excessive nesting or repetition: more than `most` values.
    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml is optional in PyYAML's builds
    try:
        return _Builder(most).build(iter(loader(text).get_event, None))
    except yaml.reader.ReaderError as error:
        # The error's own position counts characters or bytes: the parser is Python's or libyaml.
        match = yaml.reader.Reader.NON_PRINTABLE.search(text)
        position = match.start() if match else min(error.position, len(text) - 1)
        line, column = _line_and_column(text, position)
        character = f"U+{ord(text[position]):04X}"
        raise ConfigError(
            f"{character} is a character that YAML does not allow", line=line, column=column
        ) from None
    except yaml.MarkedYAMLError as error:
        if "maximum nesting depth" in str(error.problem):
            # libyaml 0.2.5 as built by PyYAML 6.0.4 stops 1,000 levels down, before returning
            # the first of them. The parser in Python does not, so MAX_DEPTH is reported.
            _Builder(most).build(iter(yaml.SafeLoader(text).get_event, None))
        raise _syntax_error(text, error) from None


class _Open(Struct, frozen=True):
    """A collection that is not closed yet."""

    start: _Start
    outer: list[Node]
    """The nodes so far of the enclosing collection."""
    values: int
    """Number of values in the file before it."""


class _Builder:
    """Builds the tree from events; holds the anchors and the open collections."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._anchors: dict[str, tuple[Node, int]] = {}
        """The node of each anchor, and how many values it has."""
        self._open: list[_Open] = []
        self._values = 0
        self._documents = 0

    def build(self, events: Iterable[yaml.Event]) -> Node | None:
        """Return the root of the tree; None for a file without a value."""
        root: list[Node] = []
        parts = root
        for event in events:
            if isinstance(event, ScalarEvent):
                parts.append(self._text_of(event))
            elif isinstance(event, (SequenceStartEvent, MappingStartEvent)):
                self._begin(event, parts)
                parts = []
            elif isinstance(event, (SequenceEndEvent, MappingEndEvent)):
                opened = self._open.pop()
                opened.outer.append(self._closed(opened, parts))
                parts = opened.outer
            elif isinstance(event, AliasEvent):
                parts.append(self._aliased(event))
            elif isinstance(event, DocumentStartEvent):
                self._documents += 1
                if self._documents > 1:
                    raise _at(event, "a second document begins; the config is a single one")
        return root[0] if root else None

    def _text_of(self, event: ScalarEvent) -> Text:
        if event.tag is not None:
            raise _tag_fault(event)
        self._values += 1
        start, end, value, is_plain = event.start_mark, event.end_mark, event.value, not event.style
        if start and end:
            verbatim = None
            # Escapes and doubled quotation marks take more characters than they stand for.
            quotes = 0 if is_plain else 1
            if start.line == end.line and end.index - start.index == len(value) + 2 * quotes:
                verbatim = quotes
            node = Text(value, start.line + 1, start.column + 1, is_plain, verbatim)
        else:
            node = Text(value, 1, 1, is_plain, None)
        if event.anchor is not None:
            self._anchors[event.anchor] = node, 1
        return node

    def _begin(self, event: _Start, parts: list[Node]) -> None:
        if event.tag is not None:
            raise _tag_fault(event)
        if len(self._open) >= MAX_DEPTH:
            raise _at(event, f"values are nested more than {MAX_DEPTH} deep")
        self._open.append(_Open(event, parts, self._values))

    def _closed(self, opened: _Open, parts: list[Node]) -> Node:
        event = opened.start
        self._values += 1
        size = self._values - opened.values
        if size > self._most:
            raise _at(event, f"this unfolds to more than {self._most:,} values")
        line, column = _place(event)
        node: Node
        if isinstance(event, SequenceStartEvent):
            node = Items(tuple(parts), line, column)
        else:
            keys = [part if isinstance(part, Text) else _no_key(part) for part in parts[::2]]
            node = Table(tuple(zip(keys, parts[1::2], strict=True)), line, column)
        if event.anchor is not None:
            self._anchors[event.anchor] = node, size
        return node

    def _aliased(self, event: AliasEvent) -> Node:
        # The anchor of a collection that is still open is not known yet: no node contains itself.
        node, size = self._anchors.get(event.anchor or "", (None, 0))
        if node is None:
            raise _at(event, f"*{event.anchor} refers to nothing before it. {SYNTAX_HINT}")
        self._values += size
        return node


def _no_key(node: Node) -> Text:
    raise ConfigError(f"a key must be a word. {SYNTAX_HINT}", line=node.line, column=node.column)


def _tag_fault(event: ScalarEvent | _Start) -> ConfigError:
    tag = str(event.tag).replace("tag:yaml.org,2002:", "!!")
    return _at(event, f"tags such as {tag} are not read. {SYNTAX_HINT}")


def _place(event: yaml.Event) -> tuple[int, int]:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _at(event: yaml.Event, reason: str) -> ConfigError:
    line, column = _place(event)
    return ConfigError(reason, line=line, column=column)


def _syntax_error(text: str, error: yaml.MarkedYAMLError) -> ConfigError:
    """Return the parser's message with the line, because it names only what it expected."""
    lines = text.splitlines()
    mark = error.problem_mark or error.context_mark
    # An unclosed quotation mark or bracket is found at the end; its fault is where it opened.
    if error.context_mark is not None and (mark is None or mark.line >= len(lines)):
        mark = error.context_mark
    reason = " ".join(str(part) for part in (error.context, error.problem) if part)
    hint = None if mark is None else indent_hint(lines, mark.line, reason)
    if hint is not None:
        return ConfigError(f"not valid YAML: {hint.message}", line=hint.line, column=hint.column)
    if mark is None or mark.line >= len(lines):
        return ConfigError(f"not valid YAML: {reason}. {SYNTAX_HINT}")
    return ConfigError(
        f"not valid YAML: {reason}, in: {lines[mark.line].strip()[:100]}. {SYNTAX_HINT}",
        line=mark.line + 1,
        column=mark.column + 1,
    )


def _line_and_column(text: str, position: int) -> tuple[int, int]:
    before = text[:position]
    return before.count("\n") + 1, position - (before.rfind("\n") + 1) + 1
