"""Fixtures of the tests of rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.rules.implementations import by_digest, by_reference

if TYPE_CHECKING:
    from tests.rules.implementations import Reading


@pytest.fixture(params=[by_reference, by_digest], ids=["reference", "digest"])
def reading(request: pytest.FixtureRequest) -> Reading:
    chosen: Reading = request.param
    return chosen
