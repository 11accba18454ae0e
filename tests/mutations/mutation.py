"""One fault: a replacement in a file, and its effect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path


def tests_of(*names: str) -> tuple[str, ...]:
    """Return the paths of test files: `mail/test_fit` → `tests/mail/test_fit.py`."""
    return tuple(f"tests/{name}.py" for name in names)


RULES: Final = tests_of(
    "rules/test_rule_language", "matching/test_points", "rules/test_words",
    "matching/test_literals", "matching/test_patterns", "matching/test_plan",
    "matching/test_matcher", "rules/test_parse", "matching/test_word_index",
    "matching/test_unique_words",
)  # fmt: skip
"""Tables of examples first: what fails there says most."""
SELECTION: Final = tests_of("digests/test_selection")
LOOKUP: Final = tests_of("search/test_queries")


@dataclass(frozen=True, slots=True)
class Mutation:
    """One fault in one place of the program, which a test must catch."""

    name: str
    """What is left out or done wrongly: a few words, unique."""
    file: str
    """Path from the project's root."""
    old: str
    """A text that occurs exactly once in the file."""
    new: str
    breaks: str
    """What a user would see: an example, in Markdown."""
    tests: tuple[str, ...] = RULES
    """The test files to run, the likeliest first."""

    def applies(self, root: Path) -> bool:
        """Whether the text occurs once in the file under `root`."""
        path = root / self.file
        return path.is_file() and path.read_text(encoding="utf-8").count(self.old) == 1

    def apply(self, root: Path) -> None:
        """Put the fault into the file under `root`."""
        path = root / self.file
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(self.old, self.new), encoding="utf-8")
