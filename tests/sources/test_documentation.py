"""docs/sources.md shows what `digest fetch --dry-run` prints."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from digest.config.sources import KINDS
from digest.library import Library
from digest.model.sources import ServiceSource
from digest.pipeline.fetch import Fetcher
from tests.conftest import PROJECT
from tests.test_docs import marked_blocks

if TYPE_CHECKING:
    from pathlib import Path

PAGE = (PROJECT / "docs/sources.md").read_text(encoding="utf-8")
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


def test_the_dry_run_of_the_example(tmp_path: Path) -> None:
    from digest.config import parse_config

    ((_, sources),) = marked_blocks(PAGE, "sources")
    ((_, shown),) = marked_blocks(PAGE, "shown")
    config = parse_config(
        f"{sources}rules: [{{name: a, keywords: [b]}}]\n", tmp_path / "config.yaml"
    )
    with Library.in_memory() as library:
        fetcher = Fetcher(config, library, clock=lambda: NOW, environment={})
        pages = [
            page
            for source in config.sources
            if isinstance(source, ServiceSource)
            for page in fetcher.due(source)
        ]
    lines = [f"{page.source}  {page.day}  {page.request.url}" for page in pages]
    assert shown.splitlines() == lines


def test_every_kind_of_source_has_a_section() -> None:
    for kind in KINDS:
        assert re.search(rf"`- {kind}\b|kind: {kind}\b|- dumps/", PAGE), kind
