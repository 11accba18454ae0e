"""Damaged texts of every language are read or refused, nothing worse."""

from __future__ import annotations

import random
from itertools import islice
from pathlib import Path

import pytest

from benchmarks.fuzz_languages import LANGUAGES, check, inputs
from digest.config import parse_config
from digest.errors import ConfigError


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_worse_than_a_refusal(language: str) -> None:
    samples = LANGUAGES[language].samples
    for sample in samples:
        assert check(language, sample) is None
    for text in islice(inputs(samples, random.Random(5)), 60):
        finding = check(language, text)
        assert finding is None, (finding.text, finding.what)


def test_a_time_zone_of_thousands_of_parts_is_refused() -> None:
    profile = f"{{name: p, timezone: Europe{'/Zurich' * 3_000}}}"
    rules = "sources: [x/]\nrules: [{name: A, keywords: [salt]}]\n"
    with pytest.raises(ConfigError, match="there is no time zone"):
        parse_config(f"{rules}profiles: [{profile}]\n", Path("config.yaml"))
