"""Build the static site from what the config says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.site import Built, Site, build_site
from digest.site.build import FOLDER

if TYPE_CHECKING:
    from digest.config import Config
    from digest.library import Library

__all__ = ["Built", "build"]


def build(config: Config, library: Library, *, anew: bool = False) -> Built:
    """Build the site under the config's output; raise `DeliveryError` or `TemplateError`."""
    site = Site(
        title=config.title,
        folder=config.output / FOLDER,
        profiles=config.profiles,
        rules=config.rules,
        url=config.site_url,
        language=config.language,
    )
    return build_site(library, site, anew=anew)
