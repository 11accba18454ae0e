"""`fields` in the config: a user's own names in JSON and CSV."""

from __future__ import annotations

import io
import json

import pytest

from digest.dumps import read_dump
from digest.dumps.reader_types import Fields
from digest.model import Record
from tests.dumps.read_bytes import TODAY

FIELDS = Fields((("title", "Titel"), ("authors", "meta.Autoren"), ("published", "Tag")))
OBJECT = {"Titel": "Salt", "meta": {"Autoren": ["Ada Berg"]}, "Tag": "2026-01-05"}


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(OBJECT) + "\n" + json.dumps(OBJECT) + "\n",
        json.dumps([OBJECT, OBJECT]),
        "Titel;meta.Autoren;Tag\nSalt;Ada Berg;2026-01-05\nSalt;Ada Berg;2026-01-05\n",
    ],
)
def test_fields_of_ones_own_are_read(content: str) -> None:
    stream = io.BytesIO(content.encode())
    items = list(read_dump(stream, name="dump", today=TODAY, fields=FIELDS).items)
    assert len(items) == 2
    for item in items:
        assert isinstance(item, Record)
        assert (item.title, [str(name) for name in item.authors or ()]) == ("Salt", ["Ada Berg"])
        assert item.published
        assert item.published.isoformat() == "2026-01-05"
