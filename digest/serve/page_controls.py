"""Add a server's controls to a page of the site: the reading list, and buttons of papers.

The templates of the site mark the places with comments: see `templates/site/base.html.j2`.
"""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from digest.model.marks import Mark
from digest.serve.addresses import root_of
from digest.serve.buttons import buttons
from digest.wording.languages import words_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from digest.library import Library
    from digest.rendering.templates import Renderer
    from digest.serve.buttons import Notice

_HOOK: Final = re.compile(r"<!--serve:(head|nav|keys|paper [^>]*?)-->\n?")
_LANGUAGE: Final = re.compile(r'<html lang="([A-Za-z-]+)"')


class PageControls(Struct, frozen=True):
    """The controls for one reader and one page."""

    renderer: Renderer
    path: str
    """Path of the page, as requested."""
    back: str
    """Where its forms return to, from the root."""
    csrf: str
    language: str
    """Language of the controls."""
    here: str = ""
    notes: bool = False
    """Whether papers also get a form for notes and tags."""
    nav: bool = True
    """Whether to link to the reading list: not if nobody is signed in."""

    def apply(self, page: str, marks: Mapping[str, Mark]) -> str:
        """Return the page with its controls; `marks` are those of the papers on it."""
        parts = _HOOK.split(page)
        page_language = _LANGUAGE.search(page)
        # The controls state their language only if it is not the page's.
        lang = "" if page_language and page_language[1] == self.language else self.language
        for place in range(1, len(parts), 2):
            parts[place] = self._part(parts[place], marks, lang)
        return "".join(parts)

    def _part(self, hook: str, marks: Mapping[str, Mark], lang: str) -> str:
        if hook.startswith("paper "):
            paper = unescape(hook.removeprefix("paper "))
            return self.buttons(marks.get(paper) or Mark(paper), lang)
        if hook == "nav" and not self.nav:
            return ""
        return self.renderer.page(
            f"serve/{hook}.html.j2",
            self.language,
            root=root_of(self.path),
            lang=lang,
            here=self.here,
        )

    def buttons(self, mark: Mark, lang: str) -> str:
        """Return the form of one paper; `lang` is its language if the page has another."""
        return self.renderer.page(
            "serve/paper.html.j2",
            self.language,
            root=root_of(self.path),
            csrf=self.csrf,
            back=self.back,
            lang=lang,
            paper=mark.paper,
            buttons=buttons(mark, words_in(self.language)),
            notes=self.notes,
            tags=" ".join(mark.tags),
        ).strip()

    def notice_line(self, notice: Notice) -> str:
        """Return the line with a notice."""
        return self.renderer.page(
            "serve/told.html.j2",
            self.language,
            root=root_of(self.path),
            csrf=self.csrf,
            back=self.back,
            lang=self.language,
            notice=notice,
        ).strip()


def papers_on(page: str) -> tuple[str, ...]:
    """Return the identifiers of the papers on a page."""
    hooks = (match[1] for match in _HOOK.finditer(page))
    return tuple(
        unescape(hook.removeprefix("paper ")) for hook in hooks if hook.startswith("paper ")
    )


def has_hooks(page: str) -> bool:
    """Return whether a page has places for controls."""
    return _HOOK.search(page) is not None


def marks_of(library: Library, reader: str, papers: Iterable[str]) -> dict[str, Mark]:
    """Return a reader's marks of papers, by the given identifiers."""
    names = library.listings.names(papers)
    marks = library.marks.of(reader, names.values())
    return {shown: marks[paper] for shown, paper in names.items() if paper in marks}
