"""Fixtures of the tests of matching."""

from __future__ import annotations

from tests.rules.conftest import reading

__all__ = ["reading"]
