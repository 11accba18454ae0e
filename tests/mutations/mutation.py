"""One fault: which text of which file becomes what, and what that breaks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

RULES: Final = tuple(
    f"tests/rules/test_{name}.py"
    for name in (
        "rule_language", "points", "words", "literals", "patterns", "plan", "matcher", "parse",
        "index", "distinct",
    )
)  # fmt: skip
"""Tables of examples first: what fails there says most."""
SELECTION: Final = ("tests/test_selection.py",)
LOOKUP: Final = ("tests/test_lookup.py",)
AGAIN: Final = ("tests/rules/test_again.py",)


@dataclass(frozen=True, slots=True)
class Mutation:
    """A change of one place of the program, which its tests must not let pass."""

    name: str
    """What is left out or done wrongly: a few words, unique."""
    file: str
    """Path from the project's root."""
    old: str
    """Text that stands exactly once in the file."""
    new: str
    breaks: str
    """What a user would see: an example, in Markdown."""
    tests: tuple[str, ...] = RULES
    """Where the test that fails is looked for."""

    def applies(self, root: Path) -> bool:
        """Whether the file under `root` still holds the text, once."""
        path = root / self.file
        return path.is_file() and path.read_text(encoding="utf-8").count(self.old) == 1

    def apply(self, root: Path) -> None:
        """Put the fault into the file under `root`."""
        path = root / self.file
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(self.old, self.new), encoding="utf-8")
