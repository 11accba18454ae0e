"""Ask each source once, for `digest check --online`; nothing is stored."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from msgspec import Struct

from digest.dumps import read_dump
from digest.errors import DumpError, SourceError
from digest.model import FolderSource, Record
from digest.model.sources import MailboxSource
from digest.pipeline.coverage import today_of
from digest.sources.folder import collect
from digest.sources.mailbox import mails
from digest.sources.request import DayRequest
from digest.sources.services import host_key, service_of
from digest.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from digest.config import Config
    from digest.model.sources import ServiceSource, Source
    from digest.sources.client import Client


class Probe(Struct, frozen=True):
    """One source's answer."""

    source: str
    url: str
    """Empty for a folder or a mailbox."""
    is_well: bool
    told: str
    """The answer, or the error, as a clause."""


def probe_sources(
    config: Config, client: Client, *, now: datetime, environment: Mapping[str, str]
) -> Iterator[Probe]:
    """Ask every source of the config for today, with one request each."""
    for source in config.sources:
        try:
            yield _probe(config, source, client, now, environment)
        except SourceError as error:
            url = (
                ""
                if isinstance(source, FolderSource | MailboxSource)
                else _url(config, source, now)
            )
            yield Probe(source.name, url, is_well=False, told=error.reason)


def _probe(
    config: Config, source: Source, client: Client, now: datetime, environment: Mapping[str, str]
) -> Probe:
    if isinstance(source, FolderSource):
        collected = collect(source)
        if collected.state == "failed":
            return Probe(source.name, "", is_well=False, told=collected.reason)
        return Probe(source.name, "", is_well=True, told=counted(len(collected.dumps), "file"))
    if isinstance(source, MailboxSource):
        found_mails = mails(source, known=frozenset(), now=now, environment=environment)
        number = sum(1 for _ in found_mails)
        result = f"{counted(number, 'mail')} of the last {counted(source.catch_up, 'day')}"
        return Probe(source.name, "", is_well=True, told=result)
    return _probe_service(config, source, client, now)


def _probe_service(config: Config, source: ServiceSource, client: Client, now: datetime) -> Probe:
    service = service_of(source)
    request = service.first(source, _ask(config, source, now))[0]
    answer = client.get(
        request,
        service=host_key(source),
        pause=service.pause,
        allow_private=source.allow_private,
    )
    more = " on the first page" if service.following(request, answer.body) else ""
    size = f"{len(answer.body) / 1000:,.0f} kB"
    if not request.is_dump:
        return Probe(source.name, request.url, is_well=True, told=f"an answer of {size}")
    try:
        reading = read_dump(BytesIO(answer.body), name="answer", today=now.date())
        papers = sum(isinstance(item, Record) for item in reading.items)
    except DumpError as error:
        result = f"an answer of {size} that cannot be read: it {error.reason}"
        return Probe(source.name, request.url, is_well=False, told=result)
    result = f"{counted(papers, 'paper')}{more}, {size}, read as {reading.format}"
    return Probe(source.name, request.url, is_well=True, told=result)


def _ask(config: Config, source: ServiceSource, now: datetime) -> DayRequest:
    return DayRequest(today_of(service_of(source), now), is_today=True, contact=config.contact)


def _url(config: Config, source: ServiceSource, now: datetime) -> str:
    return service_of(source).first(source, _ask(config, source, now))[0].url
