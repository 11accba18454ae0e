"""The service for each kind of source, imported on first use."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from digest.model.sources import ServiceKind, ServiceSource
    from digest.sources.request import Service

_PLACES: Final[dict[ServiceKind, tuple[str, str]]] = {
    "huggingface": ("huggingface", "SERVICE"),
    "arxiv": ("arxiv", "SERVICE"),
    "biorxiv": ("preprints", "BIORXIV"),
    "medrxiv": ("preprints", "MEDRXIV"),
    "pubmed": ("pubmed", "SERVICE"),
    "europepmc": ("europepmc", "SERVICE"),
    "openalex": ("openalex", "SERVICE"),
    "crossref": ("crossref", "SERVICE"),
    "semantic-scholar": ("semantic_scholar", "SERVICE"),
    "openreview": ("openreview", "SERVICE"),
    "feed": ("web", "FEED"),
    "http": ("web", "HTTP"),
}


def service_of(source: ServiceSource) -> Service:
    """Return how the source is asked."""
    module, name = _PLACES[source.kind]
    service: Service = getattr(import_module(f"digest.sources.{module}"), name)
    return service


def host_key(source: ServiceSource) -> str:
    """Return the key of a service's pauses and connections: the service, or the host.

    Two lists of one service share it, and so do bioRxiv and medRxiv.
    """
    if source.kind in ("feed", "http"):
        return urlsplit(source.url).hostname or source.url
    return "biorxiv" if source.kind == "medrxiv" else source.kind
