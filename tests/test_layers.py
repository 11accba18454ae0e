"""The direction of imports, and the few things that only one place may do."""

from __future__ import annotations

import ast
import gc
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PACKAGE: Final = Path(__file__).resolve().parent.parent / "digest"

# The floors, from the ground up. A module imports only from its own part and from lower floors;
# docs/design.md shows the same table.
FLOORS: Final = (
    ("errors", "model"),
    ("text",),
    ("rules", "dumps", "sources", "identity", "wording", "parallel"),
    ("library", "matching", "bibliography", "delivery"),
    ("digests", "linting", "search"),
    ("rendering", "learning", "summaries"),
    ("mail", "reading_list", "site"),
    ("config",),
    ("pipeline", "explain", "rule_import"),
    ("serve",),
    ("cli",),
    ("__main__",),
)

FLOOR: Final = {part: floor for floor, parts in enumerate(FLOORS) for part in parts}
MODULES: Final = sorted(PACKAGE.rglob("*.py"))
MAX_LINES: Final = 450

CLOCK: Final = re.compile(
    r"\b(datetime\.(now|utcnow|today)|date\.today|time\.(time|monotonic|localtime|gmtime)(_ns)?)\("
)
CLOCK_READERS: Final = ("cli", "pipeline")
"""Nothing below `pipeline` reads the clock."""

SQL: Final = re.compile(
    r"\b(SELECT\s.+\sFROM|INSERT\s+(OR\s+\w+\s+)?INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM"
    r"|CREATE\s+(TABLE|INDEX)|PRAGMA)\b",
    re.DOTALL,
)


def part_of(path: Path) -> str:
    """Return the module or package of digest that a file belongs to; "" is digest itself."""
    first = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    return "" if first == "__init__" else first


def imported(nodes: Sequence[ast.AST]) -> Iterator[tuple[str, int]]:
    """Yield the parts of digest that a module imports, for types alone included, with the line."""
    for node in nodes:
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: relative imports hide where they lead"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            head, *rest = name.split(".")
            if head == "digest" and rest:
                yield rest[0], node.lineno


def strings(nodes: Sequence[ast.AST]) -> Iterator[tuple[str, int]]:
    """Yield the string literals of a module that are not docstrings, with the line."""
    docstrings = {
        id(node.value)
        for node in nodes
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in nodes:
        match node:
            case ast.Constant(value=str(text)) if id(node) not in docstrings:
                yield text, node.lineno


@pytest.fixture(scope="module")
def sources() -> dict[Path, str]:
    """Return the text of every module."""
    return {path: path.read_text(encoding="utf-8") for path in MODULES}


@pytest.fixture(scope="module")
def nodes(sources: dict[Path, str]) -> dict[Path, list[ast.AST]]:
    """Return the nodes of the syntax tree of every module, the module itself first."""
    gc.disable()  # none of a million nodes is garbage, and looking for it takes two thirds of this
    try:
        return {path: list(ast.walk(ast.parse(source))) for path, source in sources.items()}
    finally:
        gc.enable()


def test_every_part_has_its_place() -> None:
    parts = {part_of(path) for path in MODULES} - {""}
    assert parts == set(FLOOR), "FLOORS must list each part, and no other"


def test_the_design_shows_the_floors() -> None:
    page = (PACKAGE.parent / "docs" / "design.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \| (`.+`) \|$", page, re.MULTILINE)
    shown = [(int(floor), set(re.findall(r"`(\w+)/?`", parts))) for floor, parts in rows]
    floors = [(number, set(parts)) for number, parts in enumerate(FLOORS, 1)]
    assert shown == floors[::-1]


def wrong_imports(path: Path, nodes: Sequence[ast.AST]) -> Iterator[str]:
    """Yield what is wrong with the imports of a module."""
    part = part_of(path)
    for name, line in imported(nodes):
        if name.startswith("__"):  # digest.__version__
            continue
        if name not in FLOOR:
            yield f"{path}:{line}: digest.{name} is on no floor"
        elif not part:
            yield f"{path}:{line}: digest itself imports nothing of digest"
        elif name != part and FLOOR[name] >= FLOOR[part]:
            yield f"{path}:{line}: {part} may not import {name}, which is not below it"


def test_imports_go_one_way(nodes: dict[Path, list[ast.AST]]) -> None:
    assert [fault for path, parts in nodes.items() for fault in wrong_imports(path, parts)] == []


def _modules(nodes: Sequence[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def test_sql_lives_in_the_library_alone(nodes: dict[Path, list[ast.AST]]) -> None:
    outside = {path: parts for path, parts in nodes.items() if part_of(path) != "library"}
    modules = {path: set(_modules(parts)) for path, parts in outside.items()}
    assert [path for path, names in modules.items() if "sqlite3" in names] == []
    assert [
        f"{path}:{line}"
        for path, parts in outside.items()
        for text, line in strings(parts)
        if SQL.search(text)
    ] == []


def test_only_the_edge_reads_the_clock(sources: dict[Path, str]) -> None:
    below = {path: text for path, text in sources.items() if part_of(path) not in CLOCK_READERS}
    assert [
        f"{path}: {match[0]}" for path, text in below.items() for match in CLOCK.finditer(text)
    ] == []


def test_a_module_fits_in_a_head(sources: dict[Path, str]) -> None:
    assert {path: n for path, text in sources.items() if (n := text.count("\n")) > MAX_LINES} == {}


def test_every_module_has_a_docstring(nodes: dict[Path, list[ast.AST]]) -> None:
    assert [
        path
        for path, (module, *_) in nodes.items()
        if not (isinstance(module, ast.Module) and ast.get_docstring(module))
    ] == []


@pytest.mark.parametrize(
    ("text", "is_sql"),
    [
        ("SELECT id FROM papers", True),
        ("select one from the list", False),
        ("PRAGMA user_version", True),
        ("UPDATE papers SET title = ?", True),
        ("NOT SELECTED", False),
    ],
)
def test_sql_is_told_from_words(text: str, is_sql: bool) -> None:
    assert (SQL.search(text) is not None) == is_sql
