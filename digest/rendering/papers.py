"""The papers of digests, each rendered once for each format and length.

A mail is rendered again until it fits its limit of bytes; its papers are not. The profiles of an
institution show many of the same papers: renderings by the project's own templates are shared by
all. A user's templates may use the whole digest, so their renderings are not shared.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeAlias

from markupsafe import Markup

from digest.model.lengths import Forms

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence
    from datetime import date

    from digest.model import Digest, Entry
    from digest.model.lengths import Form
    from digest.rendering.templates import Actions, Links, Renderer

Pieces: TypeAlias = "dict[tuple[Hashable, ...], str]"
"""One paper in some formats and lengths."""
_MOST: Final = 1_024
"""Maximum number of cached papers: some 10 kB each, and more than the profiles of a day need."""
_PLACE: Final = re.compile("<!--digest paper ([0-9]+)-->")


class KeptPapers:
    """Renderings of papers by the project's templates, for every digest that shows them."""

    def __init__(self) -> None:
        self._pieces: dict[Hashable, Pieces] = {}

    def of(self, entry: Entry, digest: Digest) -> Pieces:
        """Return the cached renderings of `entry` in digests like this one."""
        return self._of((entry, digest.day, digest.language, digest.detail, digest.abstracts))

    def of_feed(self, entry: Entry, day: date, language: str) -> Pieces:
        """Return the cached renderings of `entry` as a feed item."""
        return self._of((entry, day, language))

    def _of(self, key: Hashable) -> Pieces:
        known = self._pieces.get(key)
        if known is None:
            if len(self._pieces) >= _MOST:
                self._pieces.clear()
            known = self._pieces[key] = {}
        return known


class Papers:
    """The papers of one digest; templates call it to render one."""

    def __init__(
        self,
        renderer: Renderer,
        digest: Digest,
        actions: Mapping[str, Actions] | None = None,
        *,
        kept: KeptPapers | None = None,
    ) -> None:
        """`actions` has the links of the papers that the recipient may act on, by id.

        `kept` has the renderings for other digests; None if nothing is shared.
        """
        self._renderer = renderer
        self._digest = digest
        self._actions = actions or {}
        self._kept = kept
        self._pieces: dict[str, Pieces] = {}
        self.can_be_placed = kept is not None
        """Whether a paper looks the same at every position: true in the project's mail."""

    def html(self, forms: Forms, entry: Entry, first: bool = False) -> Markup:  # noqa: FBT001, FBT002 - called by a template
        """Return the HTML of a paper; the first of a section has no line above it."""
        form = forms.of(entry)

        def render() -> Markup:
            page = self._rendered("_paper.html.j2", entry, form, first=first)
            return Markup(page)  # noqa: S704 - rendered with autoescape

        page = self._known(entry, ("html", form, first), render)
        return page if isinstance(page, Markup) else Markup(page)  # noqa: S704 - as above

    def text(self, forms: Forms, entry: Entry, number: int) -> str:
        """Return the plain text of a paper with its number."""
        form = forms.of(entry)
        return self._known(
            entry,
            ("text", form, number),
            lambda: self._rendered("_paper.txt.j2", entry, form, number=number),
        )

    def markdown(self, links: Links, entry: Entry) -> str:
        """Return the Markdown of a paper."""
        return self._known(
            entry,
            ("markdown",),
            lambda: self._renderer.paper(
                "_paper.md.j2", self._digest, entry, links=links, forms=Forms()
            ),
        )

    def inlined(self, entries: Sequence[tuple[Entry, Form, bool]]) -> list[str]:
        """Return the HTML of papers with their styles inlined, as in the mail."""
        missing = [
            (entry, form, first)
            for entry, form, first in entries
            if ("inlined", form, first) not in self._of(entry)
        ]
        pages = [self.html(Forms({e.paper.id: form}), e, first) for e, form, first in missing]
        for (entry, form, first), page in zip(
            missing, self._renderer.inlined_papers(pages), strict=True
        ):
            self._of(entry)["inlined", form, first] = page
        return [self._of(entry)["inlined", form, first] for entry, form, first in entries]

    def _known(self, entry: Entry, key: tuple[Hashable, ...], render: Callable[[], str]) -> str:
        pieces = self._of(entry)
        if key not in pieces:
            pieces[key] = render()
        return pieces[key]

    def _of(self, entry: Entry) -> Pieces:
        pieces = self._pieces.get(entry.paper.id)
        if pieces is None:
            is_personal = self._kept is None or entry.paper.id in self._actions
            pieces = {} if is_personal or self._kept is None else self._kept.of(entry, self._digest)
            self._pieces[entry.paper.id] = pieces
        return pieces

    def _rendered(self, template: str, entry: Entry, form: Form, **values: object) -> str:
        return self._renderer.paper(
            template,
            self._digest,
            entry,
            forms=Forms({entry.paper.id: form}),
            actions=self._actions.get(entry.paper.id),
            **values,
        )


class Places:
    """Inserts papers with inlined styles into a mail without papers.

    Inlining the styles of a whole mail is the slowest step, and papers are most of it.
    """

    def __init__(self, papers: Papers) -> None:
        self._papers = papers
        self._placed: list[tuple[Entry, Form, bool]] = []

    def html(self, forms: Forms, entry: Entry, first: bool = False) -> Markup:  # noqa: FBT001, FBT002 - called by a template
        """Return a placeholder for a paper until the styles are inlined."""
        self._placed.append((entry, forms.of(entry), first))
        return Markup(f"<!--digest paper {len(self._placed) - 1}-->")  # noqa: S704 - our own

    def filled(self, page: str) -> str:
        """Return the mail with its papers."""
        papers = self._papers.inlined(self._placed)
        return _PLACE.sub(lambda place: papers[int(place[1])], page)
