"""The filters of the templates: values to words in the digest's language, words to formats.

`docs/templates.md` describes each of them; a test keeps that page complete.
"""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import jinja2
from markupsafe import Markup

from digest.digests.excerpt import mark
from digest.model.lengths import named_carried_over
from digest.model.links import Link
from digest.rendering import escape, review_plot, wrap
from digest.rendering.config_markdown import markdown_to_html
from digest.text.one_line import one_line, shortened
from digest.wording import head, papers, plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from jinja2.runtime import Context

    from digest.model import Digest, Entry, MarkedText, Paper, Section
    from digest.model.lengths import Forms
    from digest.wording.languages import Words

_CUT: Final = 140
"""Maximum length of a title in one line."""
_OVERVIEW_NAME: Final = 26
"""Width of a section's name in the overview of the plain text."""


def words_of(context: Context) -> Words:
    """Return the words of the digest that is being rendered."""
    words: Words = context["words"]
    return words


def _worded(function: Callable[..., Any]) -> Callable[..., Any]:
    """Make a filter of a function that takes a value and the words of the digest."""

    @jinja2.pass_context
    def apply(context: Context, value: object) -> object:
        return function(value, words_of(context))

    return apply


def _method(name: str) -> Callable[..., Any]:
    """Make a filter of a method of the words that takes one value."""

    @jinja2.pass_context
    def apply(context: Context, value: object) -> object:
        return getattr(words_of(context), name)(value)

    return apply


@jinja2.pass_context
def _facts(context: Context, paper: Paper) -> tuple[papers.Fact, ...]:
    """Return the facts of a paper, with clickable links."""
    facts = papers.facts(paper, words_of(context), context["day"])
    return tuple(papers.Fact(fact.text, escape.web_url(fact.url)) for fact in facts)


@jinja2.pass_context
def _kicker(context: Context, entry: Entry) -> papers.Kicker | None:
    return papers.kicker(entry, words_of(context), context["day"])


@jinja2.pass_context
def _links(context: Context, paper: Paper) -> tuple[Link, ...]:
    """Return the clickable links of a paper."""
    links = papers.links(paper, words_of(context))
    return tuple(Link(name, url) for name, link in links if (url := escape.web_url(link)))


@jinja2.pass_context
def _counted(context: Context, number: int, one: str, many: str) -> str:
    return words_of(context).count(one, many, number)


@jinja2.pass_context
def _more_papers(context: Context, number: int) -> str:
    return words_of(context).count("{number} more paper.", "{number} more papers.", number)


def _cut_title(title: str, room: int = _CUT) -> str:
    return shortened(one_line(title), room)


def _anchor(section: Section) -> str:
    """Return an anchor for a section: a hash, because its name may have any letters."""
    import hashlib

    name = section.name.encode("utf-8", "surrogatepass")
    return f"s{hashlib.sha256(name).hexdigest()[:8]}"


def _in_no_section(digest: Digest, forms: Forms) -> int:
    """Count the papers of sections that the mail does not show at all."""
    return sum(
        len(section.entries) for section in digest.filled if not forms.shown(section.entries)
    )


def _has_dots(digest: Digest) -> bool:
    return any(entry.reasons[0].strength for entry in (*digest.entries, *digest.news))


def _around_sentence(entry: Entry) -> tuple[MarkedText, MarkedText, MarkedText]:
    """Split the abstract into what is before, in and after the entry's sentence."""
    if entry.sentence_at is None:
        return entry.abstract, (), ()
    start, end = entry.sentence_at
    text = plain(entry.abstract)
    places, at = [], 0
    for segment in entry.abstract:
        if segment.marked:
            places.append((at, at + len(segment.text)))
        at += len(segment.text)
    parts = ((0, start), (start, end), (end, len(text)))
    before, sentence, after = (mark(text, places, *part) for part in parts)
    return before, sentence, after


def _overview_row(section: Section) -> str:
    """Return a line of the overview in plain text: count, name, best title."""
    name = shortened(one_line(section.name), _OVERVIEW_NAME)
    title = shortened(papers.one_line(section.entries[0]), 72 - 8 - _OVERVIEW_NAME)
    return f"{len(section.entries):>4}  {wrap.padded(name, _OVERVIEW_NAME)}  {title}"


def _markdown_title(entry: Entry) -> str:
    """Return an entry's title in Markdown, as a link if the paper has a page.

    Matched words are not marked: a heading is already bold.
    """
    title = escape.markdown_text(plain(entry.title))
    url = escape.markdown_url(entry.paper.url)
    return title if url is None else f"[{title}]({url})"


def _intro_html(source: str) -> Markup:
    """Turn Markdown by the profile's or rule's author, who is trusted, into HTML."""
    return Markup(markdown_to_html(source))  # noqa: S704 - trusted, as said


def _safe_html(source: str) -> Markup:
    """Turn Markdown into HTML for a page that others see: tags in it stay text."""
    from digest.rendering.markdown_to_html import safe_html  # 35 ms, for Markdown

    return Markup(safe_html(source))  # noqa: S704 - escaped there


def _intro_plain(source: str, width: int = 72) -> str:
    # Imported here: most profiles have no introduction.
    from digest.rendering.markdown_to_text import markdown_to_plain

    return markdown_to_plain(source, width)


def _json(value: object) -> str:
    """Return a value as JSON, which is also valid YAML."""
    return json.dumps(value, ensure_ascii=False)


FILTERS: Final[dict[str, Callable[..., Any]]] = {
    # values to words
    "abridged": head.abridged,
    "also": _worded(papers.also),
    "anchor": _anchor,
    "around_sentence": _around_sentence,
    "counted": _counted,
    "cut": _cut_title,
    "day": _method("day"),
    "dots": papers.dots,
    "facts": _facts,
    "has_dots": _has_dots,
    "in_no_section": _in_no_section,
    "links": _links,
    "long_day": _method("long_day"),
    "kicker": _kicker,
    "look_up": papers.look_up,
    "more_papers": _more_papers,
    "named_carried_over": named_carried_over,
    "overview": head.overview,
    "overview_row": _overview_row,
    "people": _worded(papers.authors_of),
    "plain": plain,
    "plot": _worded(review_plot.plot),
    "preheader": head.preheader,
    "reviewed": _worded(review_plot.reviewed),
    "sentence_source": _worded(papers.source_of_sentence),
    "short_day": _method("short_day"),
    "strength": _worded(papers.strength_name),
    "translated_title": _worded(papers.translated_title),
    "unmatched": head.unmatched,
    "waiting": head.waiting,
    "why": _worded(papers.why),
    "why_you_get_it": head.why_you_get_it,
    # words to formats
    "chat": escape.chat_text,
    "columns": wrap.columns,
    "intro_html": _intro_html,
    "intro_plain": _intro_plain,
    "json": _json,
    "marked": escape.marked_html,
    "safe_html": _safe_html,
    "md": escape.markdown_text,
    "md_inline": partial(escape.markdown_text, starts_line=False),
    "md_marked": escape.markdown_marked,
    "md_target": escape.markdown_target,
    "md_title": _markdown_title,
    "md_url": escape.markdown_url,
    "mail_url": escape.mail_url,
    "web_url": escape.web_url,
    "wrap": wrap.wrap,
}
