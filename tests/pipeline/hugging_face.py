"""A local service with the Daily Papers API."""

from __future__ import annotations

import json
from zlib import crc32

from tests.sources.server import LocalService, Reply


def listed(*titles: str, day: str = "2026-03-02", upvotes: int = 1) -> bytes:
    """Return an answer of the Daily Papers API."""
    return json.dumps(
        [
            {
                "paper": {
                    "id": f"2603.{crc32(title.encode()) % 100_000:05}",
                    "title": title,
                    "summary": f"About {title}.",
                    "authors": [{"name": "Ada Example"}],
                    "publishedAt": f"{day}T00:00:00.000Z",
                    "submittedOnDailyAt": f"{day}T00:00:00.000Z",
                    "upvotes": upvotes,
                },
                "title": title,
                "publishedAt": f"{day}T00:00:00.000Z",
            }
            for title in titles
        ]
    ).encode()


class HuggingFace(LocalService):
    """Answers by day, and by page; an unknown day has an empty list."""

    def __init__(self) -> None:
        super().__init__(self._answer)
        self.days: dict[str, list[bytes | Reply]] = {}

    def _answer(self, path: str) -> Reply:
        day = path.partition("date=")[2][:10]
        page = int(path.rpartition("p=")[2])
        pages = self.days.get(day, [b"[]"])
        result = pages[min(page, len(pages) - 1)]
        return result if isinstance(result, Reply) else Reply(result)
