"""Look up the identifiers of papers that came without one, once per paper."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Final

from digest.dumps import read_dump
from digest.errors import DumpError, SourceError
from digest.library import StoredAnswer
from digest.model import Record
from digest.model.sources import ServiceSource
from digest.pipeline.answer_files import answer_name, write_answer
from digest.pipeline.ingest import ingest_records
from digest.pipeline.title_match import can_be_looked_up, lookup_request, sure_match
from digest.sources.services import host_key, service_of

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from digest.config import Config
    from digest.library import Library
    from digest.model import Paper
    from digest.sources.client import Client
    from digest.sources.request import Answer, Request

SOURCE: Final = "lookup"
MOST: Final = 20
"""Maximum number of papers that one run looks up: at three seconds each, a minute."""
RECENT: Final = timedelta(days=14)
"""Papers that came longer ago are not looked up."""
_NOT_FOUND: Final = "it answered 404"
"""Semantic Scholar's message if no title matches."""


class Lookup:
    """Ask one service about the papers of one library."""

    def __init__(self, config: Config, library: Library, folder: Path, client: Client) -> None:
        self._library = library
        self._folder = folder
        self._client = client
        self._source = _service_source(config)

    def run(self, now: datetime) -> int:
        """Look up the newest papers without identifier; return how many were found.

        Stop at the first failure: the next run does the rest.
        """
        count = 0
        since = now.date() - RECENT
        for paper in self._library.answers.without_identifier(since, limit=MOST):
            if not can_be_looked_up(paper):
                self._library.answers.looked_up(paper.id, "", now)
                continue
            try:
                record = self._ask(paper, now)
            except SourceError:
                return count
            count += record is not None
            self._remember(paper, record, now)
        return count

    def _ask(self, paper: Paper, now: datetime) -> Record | None:
        request = lookup_request(self._source.kind, paper, self._source.endpoint)
        try:
            answer = self._client.get(
                request,
                service=host_key(self._source),
                pause=service_of(self._source).pause,
                allow_private=self._source.allow_private,
            )
        except SourceError as error:
            if error.reason.startswith(_NOT_FOUND):
                return None
            raise
        self._store(request, answer, now)
        try:
            items = read_dump(BytesIO(answer.body), name=SOURCE, today=now.date()).items
            return sure_match(paper, [item for item in items if isinstance(item, Record)])
        except DumpError:
            return None

    def _store(self, request: Request, answer: Answer, now: datetime) -> None:
        file = answer_name(SOURCE, now.date(), self._library.answers.next_number())
        write_answer(self._folder / file, answer)
        self._library.answers.add(
            StoredAnswer(
                id=0,
                source=SOURCE,
                day=now.date(),
                url=request.url,
                fetched=answer.moment,
                headers=answer.headers,
                sha256=hashlib.sha256(answer.body).hexdigest(),
                file=file,
                is_dump=False,
                dump=None,
            )
        )

    def _remember(self, paper: Paper, record: Record | None, now: datetime) -> None:
        """Store the found record, and that the paper was looked up, in one transaction."""
        with self._library.transaction():
            identifier = ""
            if record is not None:
                identifier = record.arxiv_id or record.doi or ""
                ingest_records(
                    self._library,
                    [record],
                    sha256=hashlib.sha256(f"{paper.id} {identifier}".encode()).hexdigest(),
                    source=SOURCE,
                    name=f"{SOURCE} of {paper.id}",
                    today=now.date(),
                )
            self._library.answers.looked_up(paper.id, identifier, now)


def _service_source(config: Config) -> ServiceSource:
    """Return how the service is reached: like a source of that kind, if the config has one."""
    kind = config.lookup or "arxiv"
    for source in config.sources:
        if isinstance(source, ServiceSource) and source.kind == kind:
            return source
    return ServiceSource(SOURCE, kind)
