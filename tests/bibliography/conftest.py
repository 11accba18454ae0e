"""The program as a function, for tests that import and export files."""

from __future__ import annotations

from tests.cli.conftest import digest

__all__ = ["digest"]
