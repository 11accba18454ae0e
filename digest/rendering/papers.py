"""The papers of digests, each rendered once for each format and length.

A mail is rendered again until it fits its limit of bytes; its papers are not. The profiles of an
institution show many of the same papers: what the project's own templates make of one is kept for
all of them. A user's templates may look at the whole digest, so that nothing of them is shared.
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
"""Papers that are kept: some 10 kB each, and more than the profiles of a day differ in."""
_PLACE: Final = re.compile("<!--digest paper ([0-9]+)-->")


class KeptPapers:
    """What the project's templates made of papers, for every digest that shows them."""

    def __init__(self) -> None:
        self._pieces: dict[Hashable, Pieces] = {}

    def of(self, entry: Entry, digest: Digest) -> Pieces:
        """Return what is known of `entry` in digests like this one."""
        return self._of((entry, digest.day, digest.language, digest.detail, digest.abstracts))

    def of_feed(self, entry: Entry, day: date, language: str) -> Pieces:
        """Return what is known of `entry` as an item of a feed."""
        return self._of((entry, day, language))

    def _of(self, key: Hashable) -> Pieces:
        known = self._pieces.get(key)
        if known is None:
            if len(self._pieces) >= _MOST:
                self._pieces.clear()
            known = self._pieces[key] = {}
        return known


class Papers:
    """The papers of one digest; what the templates call to render one."""

    def __init__(
        self,
        renderer: Renderer,
        digest: Digest,
        actions: Mapping[str, Actions] | None = None,
        *,
        kept: KeptPapers | None = None,
    ) -> None:
        """`actions` has the links of the papers that the recipient may act on, by their ids.

        `kept` has what other digests made of the same papers; None where nothing is shared.
        """
        self._renderer = renderer
        self._digest = digest
        self._actions = actions or {}
        self._kept = kept
        self._pieces: dict[str, Pieces] = {}
        self.can_be_placed = kept is not None
        """Whether a paper looks the same wherever it stands: so it does in the project's mail."""

    def html(self, forms: Forms, entry: Entry, first: bool = False) -> Markup:  # noqa: FBT001, FBT002 - called by a template
        """Return the HTML of a paper; the first of a section has no line above it."""
        form = forms.of(entry)

        def render() -> Markup:
            page = self._rendered("_paper.html.j2", entry, form, first=first)
            return Markup(page)  # noqa: S704 - rendered with autoescape

        page = self._known(entry, ("html", form, first), render)
        return page if isinstance(page, Markup) else Markup(page)  # noqa: S704 - as above

    def text(self, forms: Forms, entry: Entry, number: int) -> str:
        """Return the plain text of a paper under its number."""
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
        """Return the HTML of papers with their styles inlined, as the mail has them."""
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
    """Puts papers whose styles are inlined into a mail without papers.

    Inlining the styles of a whole mail takes longest of all steps, and papers are most of it.
    """

    def __init__(self, papers: Papers) -> None:
        self._papers = papers
        self._placed: list[tuple[Entry, Form, bool]] = []

    def html(self, forms: Forms, entry: Entry, first: bool = False) -> Markup:  # noqa: FBT001, FBT002 - called by a template
        """Return what stands in a paper's place until the styles are inlined."""
        self._placed.append((entry, forms.of(entry), first))
        return Markup(f"<!--digest paper {len(self._placed) - 1}-->")  # noqa: S704 - our own

    def filled(self, page: str) -> str:
        """Return the mail with its papers."""
        papers = self._papers.inlined(self._placed)
        return _PLACE.sub(lambda place: papers[int(place[1])], page)
