"""Build the static site from the config."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from digest.delivery.files import writing_errors
from digest.library.lock import hold
from digest.site.build import FOLDER, BuildResult, Site, build_site

if TYPE_CHECKING:
    from digest.config import Config
    from digest.library import Library

__all__ = ["BuildResult", "build"]

LOCKED: Final = ".built"
"""The locked file in the site's folder: the one that stores how far a build came."""
PATIENCE: Final = 120.0
"""Seconds that a build waits for another one of the same site."""


def build(config: Config, library: Library, *, rebuild: bool = False) -> BuildResult:
    """Build the site under the config's output; raise `DeliveryError` or `TemplateError`.

    One at a time: a run and `serve` may both want to build it.
    """
    site = Site(
        title=config.title,
        folder=config.output / FOLDER,
        profiles=config.profiles,
        rules=config.rules,
        url=config.site_url,
        language=config.language,
        public_marks=config.public_marks,
    )
    with writing_errors(site.folder, site.folder):
        site.folder.mkdir(parents=True, exist_ok=True)
    with hold(site.folder / LOCKED, patience=PATIENCE):
        return build_site(library, site, anew=rebuild)
