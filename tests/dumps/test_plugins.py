"""A third-party reader, as in docs/formats.md."""

from __future__ import annotations

import importlib
import re
import sys
from typing import TYPE_CHECKING

from tests.conftest import PROJECT
from tests.dumps.read_bytes import read

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_the_example_of_the_documentation_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (PROJECT / "docs/formats.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    assert code.count("\n") <= 30
    (tmp_path / "lab_log.py").write_text(code)
    info = tmp_path / "lab_log-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: lab-log\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[digest.readers]\nlab-log = lab_log:LabLog\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    importlib.invalidate_caches()
    result = read("#lab log\n2601.00001\tSalt\tAda Berg; Bo Day\nRain\n", name="log.txt")
    assert (result.format, result.titles) == ("lab-log", ("Salt",))
    (record,) = result.records
    assert (record.arxiv_id, record.author_count, record.line) == ("2601.00001", 2, 2)
    assert [(refusal.line, refusal.reason) for refusal in result.refusals] == [
        (3, "this line has 1 cells, not 3")
    ]
