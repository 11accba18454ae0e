"""A person edits the list at random between runs: none of their text is lost."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digest.model.marks import WAITING
from digest.reading_list.lines import STATES
from tests.reading_list.shelf import MARK, Shelf

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.model.marks import State

TOKEN: Final = re.compile(r"w\d+w")
"""What a person writes, so that it is found again."""
BOX: Final = re.compile(r"^[ \t]*[-*+] \[(.)\] ")

FOREIGN: Final = (
    "words {}", "## A heading {}", "# A title {}", "- a point {}", "  indented {}", "\ttab {}",
    "- [ ] a task {}", "- [x] done {}", "```\n{}", "| a | {} |", "> quoted {}", "<!-- {} -->",
    "\n{}\n", "1. first {}", "---\n{}", "![](a.png) {} #tag", "\\[ ] {}", "- [ ] [a]({}) b",
)  # fmt: skip


@dataclass
class Editor:
    """A person at the file; every word that they write is another one."""

    lines: list[str]
    words: int = 0
    last: str | None = None

    def word(self) -> str:
        self.words += 1
        return f"w{self.words}w"

    def entries(self) -> list[int]:
        return [at for at, line in enumerate(self.lines) if MARK.search(line)]

    def entry(self, draw: Callable[[int], int]) -> int | None:
        """Return the line of an entry: of the one that was worked on last, or of any."""
        result = self.entries()
        last = [at for at in result if self.last in MARK.findall(self.lines[at])]
        if last and draw(3):
            return last[0]
        at = result[draw(len(result))] if result else None
        self.last = None if at is None else MARK.findall(self.lines[at])[0]
        return at

    def apply(self, kind: str, draw: Callable[[int], int]) -> None:
        at = self.entry(draw)
        if kind == "foreign":
            text = FOREIGN[draw(len(FOREIGN))].format(self.word())
            # Half of it next to entries, where it does most harm.
            below = at if at is not None and draw(2) else draw(len(self.lines) + 1)
            self.lines.insert(below + draw(2), text)
        elif kind == "crlf":
            self.lines = [line.rstrip("\r") + "\r" * bool(draw(2)) for line in self.lines]
        elif kind == "blank":
            self.lines.insert(draw(len(self.lines) + 1), "")
        elif at is not None:
            self._to_entry(kind, at, draw)

    def _to_entry(self, kind: str, at: int, draw: Callable[[int], int]) -> None:
        line = self.lines[at]
        if kind == "tick":
            box = " xX/-?>"[draw(7)]
            self.lines[at] = re.sub(r"\[.\]", f"[{box}]", line, count=1)
        elif kind == "note":
            self.lines.insert(at + 1, ("  ", "\t", "      ")[draw(3)] + f"note {self.word()}")
        elif kind == "move":
            self.lines.insert(draw(len(self.lines)), self.lines.pop(at))
        elif kind == "delete":
            del self.lines[at]
        elif kind == "star":
            self.lines[at] = re.sub(r"(\[.\]) ", r"\1 ★ ", line, count=1)
        elif kind == "reword":
            self.lines[at] = line.replace("Paper", f"Paper {self.word()}", 1)
        elif kind == "copy":
            self.lines.insert(draw(len(self.lines) + 1), line)
        elif kind == "bullet":
            self.lines[at] = re.sub(r"^- ", ("* ", "+ ", "  - ")[draw(3)], line)
        elif kind == "unmark":
            self.lines[at] = MARK.sub("", line)


KINDS: Final = (
    "foreign", "crlf", "blank", "tick", "note", "move", "delete", "star", "reword", "copy",
    "bullet", "unmark",
)  # fmt: skip


def expected(before: str, after: str, shelf: Shelf) -> dict[str, State]:
    """Return the states that the papers of the file should have, told in another way."""
    was = {paper: _box(line) for line in before.split("\n") for paper in MARK.findall(line)}
    states: dict[str, State] = {}
    shown, code = _parted(after.split("\n"))
    for paper, box in was.items():
        marks, link = f"digest: {paper} -->", f"/{paper})"
        own = [line for line in shown if marks in line]
        if not own and not any(marks in line for line in code):
            own = [line for line in shown if link in line and _box(line) is not None]
        if not own and any(marks in line or link in line for line in code):
            continue  # in code: neither changed nor deleted
        known = shelf.state(paper)
        changed = [result for line in own if (result := _box(line)) != box]
        if not own and known == "snoozed":
            continue  # dropped if a note kept it in the file: `test_keeping` has the example
        if not own:
            states[paper] = "dropped" if known in WAITING else known
        else:
            states[paper] = STATES.get(changed[0] or "", known) if changed else known
    return states


def _parted(lines: list[str]) -> tuple[list[str], list[str]]:
    """Return the lines outside fenced code, and those inside."""
    shown: list[str] = []
    code: list[str] = []
    fenced = False
    for line in lines:
        fenced ^= line.startswith("```")
        (code if fenced else shown).append(line)
    return shown, code


def _box(line: str) -> str | None:
    match = BOX.match(line)
    return match[1] if match else None


@given(st.data())
@settings(max_examples=40, suppress_health_check=list(HealthCheck))
def test_nothing_that_a_person_wrote_is_lost(data: st.DataObject) -> None:
    def draw(below: int) -> int:
        return data.draw(st.integers(0, below - 1))

    with tempfile.TemporaryDirectory() as folder:
        shelf = Shelf(Path(folder))
        shelf.select(4)
        shelf.sync()
        words = 0
        for _ in range(3):
            before = shelf.text
            editor = Editor(before.split("\n"), words)
            for kind in data.draw(st.lists(st.sampled_from(KINDS), max_size=12)):
                editor.apply(kind, draw)
            words = editor.words
            shelf.text = after = "\n".join(editor.lines)
            states = expected(before, after, shelf)
            if data.draw(st.booleans()):
                shelf.select(2)
            lists = shelf.sync(days=1)
            if lists.problems:
                assert shelf.text == after, "left alone means left as it is"
                return
            assert {paper: shelf.state(paper) for paper in states} == states
            assert TOKEN.findall(shelf.text) == TOKEN.findall(after)
            assert shelf.waiting() <= _present(shelf, after), "what waits stands in the file"
            again, at = shelf.path.read_bytes(), shelf.path.stat().st_mtime_ns
            assert shelf.sync(days=1).problems == ()
            assert shelf.path.read_bytes() == again
            assert shelf.path.stat().st_mtime_ns == at


def _present(shelf: Shelf, after: str) -> set[str]:
    """Return the papers of the file, also those whose marks a person took away."""
    marked = set(shelf.shown())
    return marked | set(re.findall(r"/abs/([\d.]+)\)", shelf.text))
