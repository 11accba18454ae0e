"""Parse the text of a foreign file into plain values: YAML, JSON, TOML, Python lists, or lines.

Nothing of the file is executed. A number or a boolean keeps its spelling, but is a `Scalar`: it can
be a weight or a setting, never a keyword. Other modules interpret the values.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeAlias

from digest.config.yaml_tree import Items, Text, parse_tree
from digest.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from digest.config.yaml_tree import Node

Value: TypeAlias = "str | list[Value] | dict[str, Value] | None"


class Scalar(str):
    """A number or a boolean, as written in the file."""

    __slots__ = ()


MAX_CHARACTERS: Final = 1_000_000
"""Ten times ten thousand keywords; a longer text is not a list that a person wrote."""
MAX_VALUES: Final = 50_000
"""Maximum number of values in a file, counting those behind a YAML alias wherever it is used."""
MAX_TOML: Final = 64_000
"""In characters; the time of `tomllib` grows with the square of a key's dots."""
MAX_DEPTH: Final = 16

_ASSIGNMENT = re.compile(r"^[A-Za-z_]\w*[ \t]*(?::[^=\n]{1,80})?=[ \t]*[\[({\"']", re.MULTILINE)
_TOML_HEADER = re.compile(r"^\[{1,2}[\w.\"' -]{1,80}\]{1,2}[ \t]*(?:#.*)?$", re.MULTILINE)
_YAML_START = re.compile(r"^[ ]*(?:-\s|[^\s:#][^:\n]*:(?:\s|$))", re.MULTILINE)
_HEADING = re.compile(r"\[([^\[\]]{1,100})\]")
_MARKDOWN_HEADING = re.compile(r"#{1,6}\s+(.{1,100}?)[\s#]*")
_COMMENT = re.compile(r"^\s*(?:#|//|;)")
_TRAILING_COMMENT = re.compile(r"\s+#\s.*$|\s+#$")
_FENCE = re.compile(r"\s{0,3}(`{3,}|~{3,})")
_SCALAR = re.compile(
    r"[+-]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|true|false|yes|no|on|off", re.IGNORECASE
)
"""What YAML 1.1 reads as a number or a boolean, except dates and numbers to other bases."""
_BULLET = re.compile(r"^\s*(?:[-*•]\s+|\d{1,3}[.)]\s+)")


def read_values(text: str, suffix: str = "") -> tuple[Value, str]:
    """Return the file's values and the name of its form.

    `suffix` is the file name's, such as ".yaml", or empty; it takes precedence over the content.
    Raises UsageError for a file that cannot be read in its suffix's format, or is larger than any
    list.
    """
    if len(text) > MAX_CHARACTERS:
        raise UsageError(f"it is longer than {MAX_CHARACTERS:,} characters, no list of keywords")
    if "\0" in text:
        raise UsageError("it holds NUL characters; this is not text")
    for form in _forms(text, suffix.lower()):
        try:
            return _bounded(_READERS[form](text)), form
        except (ConfigError, ValueError, RecursionError, MemoryError) as error:
            # ast's SyntaxError is handled below; each of these ends one attempt only.
            failure = _reason(error)
            if form == _BY_SUFFIX.get(suffix.lower()):
                raise UsageError(f"it is not the {form} that its name says: {failure}") from None
    return _bounded(_read_lines(text, markdown=suffix.lower() in (".md", ".markdown"))), "text"


def _reason(error: Exception) -> str:
    if isinstance(error, RecursionError | MemoryError):
        return "its values are nested too deep"
    if isinstance(error, ConfigError) and error.line is not None:
        return f"line {error.line}: {error.reason}"
    return str(error)


def _forms(text: str, suffix: str) -> tuple[str, ...]:
    if suffix in _BY_SUFFIX:
        return (_BY_SUFFIX[suffix],)
    if suffix in (".txt", ".list", ".lst", ".md", ".markdown"):
        return ()
    kinds = []
    if text.lstrip()[:1] in ("{", "["):
        kinds.append("JSON")
    if _TOML_HEADER.search(text):
        kinds.append("TOML")
    if _ASSIGNMENT.search(text):
        kinds += ["Python", "TOML"]
    if _YAML_START.search(text) or text.lstrip()[:1] in ("{", "["):
        kinds.append("YAML")
    return tuple(dict.fromkeys(kinds))


# --- one reader a form ---------------------------------------------------------------------------


def _read_json(text: str) -> object:
    import json

    return json.loads(
        text, parse_int=Scalar, parse_float=Scalar, parse_constant=Scalar, strict=False
    )


def _read_toml(text: str) -> object:
    import tomllib

    if len(text) > MAX_TOML:
        raise ValueError(f"longer than {MAX_TOML:,} characters")
    return tomllib.loads(text, parse_float=Scalar)


def _read_python(text: str) -> object:
    """Parse the literals that a module assigns to names; nothing is executed."""
    import ast
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python warns of "\b" in a string; that is irrelevant here
        try:
            module = ast.parse(text)
        except SyntaxError as error:
            raise ValueError(f"line {error.lineno}: {error.msg}") from None
    values: dict[str, object] = {}
    for statement in module.body:
        match statement:
            case (
                ast.Assign(targets=[ast.Name(name)], value=ast.expr() as expression)
                | ast.AnnAssign(target=ast.Name(name), value=ast.expr() as expression)
            ):
                try:
                    values[name] = ast.literal_eval(expression)
                except (ValueError, TypeError):
                    continue  # computed, not written down: not a list that a person maintains
    if not values:
        raise ValueError("it gives no name to a list")
    return values


def _read_yaml(text: str) -> object:
    root = parse_tree(text, most=MAX_VALUES)
    if root is None or isinstance(root, Text):
        raise ValueError("it is neither a list nor a mapping")
    return _of_node(root)


def _of_node(node: Node) -> object:
    if isinstance(node, Text):
        if node.is_null:
            return None
        scalar = node.plain and _SCALAR.fullmatch(node.text)
        return Scalar(node.text) if scalar else node.text
    if isinstance(node, Items):
        return [_of_node(item) for item in node.items]
    return {key.text: _of_node(value) for key, value in node.entries}


def _read_lines(text: str, *, markdown: bool = False) -> object:
    """Return the lines without comments and bullets; under their headings if there are any.

    A heading is a line `[Topic]` or, in a Markdown file, `## Topic`. There, neighbouring lines
    without a bullet are one paragraph, and a fence or HTML comment contains no phrase.
    """
    heading = _MARKDOWN_HEADING if markdown else _HEADING
    topics: dict[str, list[str]] = {"": []}
    current = topics[""]
    paragraph = False
    for line in _without_fences(text) if markdown else text.splitlines():
        if match := heading.fullmatch(line.strip()):
            current = topics.setdefault(match[1].strip(), [])
            paragraph = False
            continue
        content = _TRAILING_COMMENT.sub("", _BULLET.sub("", line)).strip()
        if not content or _COMMENT.match(line):
            paragraph = False
            continue
        plain = markdown and not _BULLET.match(line)
        if plain and paragraph:
            current[-1] += f" {content}"
        else:
            current.append(content)
        paragraph = plain or (markdown and line.startswith((" ", "\t")))
    filled = {name: lines for name, lines in topics.items() if lines}
    return filled.get("", []) if set(filled) <= {""} else filled


def _without_fences(text: str) -> Iterator[str]:
    """Yield the lines of Markdown outside code fences and HTML comments."""
    fence = ""
    for line in re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL).splitlines():
        mark = _FENCE.match(line)
        if fence:
            fence = "" if line.strip().startswith(fence) and not line.strip(" `~") else fence
        elif mark:
            fence = mark[1]
        else:
            yield line


_READERS: Final[dict[str, Callable[[str], object]]] = {
    "JSON": _read_json, "TOML": _read_toml, "Python": _read_python, "YAML": _read_yaml,
}  # fmt: skip
_BY_SUFFIX: Final = {
    ".json": "JSON", ".toml": "TOML", ".py": "Python", ".yaml": "YAML", ".yml": "YAML",
}  # fmt: skip


# --- plain values --------------------------------------------------------------------------------


class _Count:
    """The number of values so far; more than `MAX_VALUES` stop the reading."""

    def __init__(self) -> None:
        self.met = 0

    def one_more(self) -> None:
        self.met += 1
        if self.met > MAX_VALUES:
            raise UsageError(f"it holds more than {MAX_VALUES:,} values, no list of keywords")


def _bounded(value: object) -> Value:
    return _plain(value, MAX_DEPTH, _Count())


def _plain(value: object, depth: int, count: _Count) -> Value:
    count.one_more()
    if value is None or isinstance(value, str):
        return value  # a Scalar, too
    if isinstance(value, bool):
        return Scalar(str(value).lower())
    if not depth:
        raise UsageError(f"its values are nested more than {MAX_DEPTH} deep")
    if isinstance(value, dict):
        return {str(key): _plain(item, depth - 1, count) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item, depth - 1, count) for item in value]
    if isinstance(value, set | frozenset):
        return [_plain(item, depth - 1, count) for item in sorted(value, key=str)]
    return Scalar(value)
