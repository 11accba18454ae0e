"""The direction of imports, and the few things that live in one place alone."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE: Final = Path(__file__).resolve().parent.parent / "digest"

# The floors, from the ground up. A module imports only from its own part and from lower floors;
# docs/design.md shows the same table.
FLOORS: Final = (
    ("errors", "model"),
    ("text",),
    ("rules", "dumps", "sources", "delivery", "identity", "wording", "parallel"),
    ("library", "matching", "bibliography"),
    ("digests", "linting", "search"),
    ("rendering", "learning"),
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


def imported(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Yield the parts of digest that a module imports, for types alone included, with the line."""
    for node in ast.walk(tree):
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


def strings(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Yield the string literals of a module that are no docstrings, with the line."""
    docstrings = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)) if id(node) not in docstrings:
                yield text, node.lineno


@pytest.fixture(params=MODULES, ids=lambda path: str(path.relative_to(PACKAGE.parent)))
def module(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


@pytest.fixture
def source(module: Path) -> str:
    return module.read_text(encoding="utf-8")


@pytest.fixture
def tree(source: str) -> ast.Module:
    return ast.parse(source)


def test_every_part_has_its_place() -> None:
    parts = {part_of(path) for path in MODULES} - {""}
    assert parts == set(FLOOR), "FLOORS must list each part, and no other"


def test_the_design_shows_the_floors() -> None:
    page = (PACKAGE.parent / "docs" / "design.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \| (`.+`) \|$", page, re.MULTILINE)
    shown = [(int(floor), set(re.findall(r"`(\w+)/?`", parts))) for floor, parts in rows]
    floors = [(number, set(parts)) for number, parts in enumerate(FLOORS, 1)]
    assert shown == floors[::-1]


def test_imports_go_one_way(module: Path, tree: ast.Module) -> None:
    part = part_of(module)
    for name, line in imported(tree):
        if name.startswith("__"):  # digest.__version__
            continue
        assert name in FLOOR, f"{module}:{line}: digest.{name} is on no floor"
        assert part, f"{module}:{line}: digest itself imports nothing of digest"
        lower = name == part or FLOOR[name] < FLOOR[part]
        assert lower, f"{module}:{line}: {part} may not import {name}, which is not below it"


def test_sql_lives_in_the_library_alone(module: Path, tree: ast.Module) -> None:
    if part_of(module) == "library":
        return
    imports = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    } | {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert "sqlite3" not in imports, f"{module} imports sqlite3"
    found = [line for text, line in strings(tree) if SQL.search(text)]
    assert not found, f"{module}: SQL on lines {found}"


def test_only_the_edge_reads_the_clock(module: Path, source: str) -> None:
    if part_of(module) in CLOCK_READERS:
        return
    found = [match[0] for match in CLOCK.finditer(source)]
    assert not found, f"{module} reads the clock: {found}"


def test_a_module_fits_in_a_head(module: Path, source: str) -> None:
    lines = source.count("\n")
    assert lines <= MAX_LINES, f"{module} has {lines} lines"


def test_every_module_says_what_it_does(module: Path, tree: ast.Module) -> None:
    assert ast.get_docstring(tree), f"{module} has no docstring"


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
