"""Render digests through Jinja templates, the project's own or a user's in their place.

A template is found first in the user's folder, then in the project's; `default/NAME` always means
the project's, so that a user's template can extend the one it replaces. Data only ever arrives as
values: nothing from a dump is compiled. Markdown and plain text escape through filters, HTML by
autoescape.
"""

from __future__ import annotations

import json
import traceback
from contextlib import suppress
from dataclasses import is_dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import jinja2
from markupsafe import Markup

from digest import __version__, wording
from digest.digests.excerpt import brief
from digest.errors import TemplateError
from digest.model.lengths import Forms, named_leftovers
from digest.rendering import escape, review_plot, wrap
from digest.text.line import one_line, shortened
from digest.text.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from jinja2.bccache import Bucket

    from digest.model import Digest, Entry, Marked, Paper

_Result = TypeVar("_Result")

# What the expressions of a template can raise besides Jinja's own errors.
_EXPRESSION_ERRORS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


class Links(NamedTuple):
    """Where the reader finds the rest; each a URL, or a path that is shown as text in mail."""

    feed: str | None = None
    archive: str | None = None
    markdown: str | None = None
    unsubscribe: str | None = None
    """https or mailto; how to end the mails."""


class Renderer:
    """The templates of one profile, compiled when first used."""

    def __init__(self, user_templates: Path | None = None) -> None:
        """Look in `user_templates` first; raise `TemplateError` if there is no such folder."""
        if user_templates is not None and not user_templates.is_dir():
            raise TemplateError(f"{user_templates}: the folder of templates does not exist")
        self._user = user_templates
        self._environment = _environment(user_templates)

    def markdown(self, digest: Digest, links: Links | None = None) -> str:
        """Render the Markdown file."""
        return self._render("digest.md.j2", digest=digest, links=links or Links())

    def text(self, digest: Digest, links: Links | None = None, forms: Forms | None = None) -> str:
        """Render the plain text that stands beside the HTML in a mail."""
        values = {"digest": digest, "links": links or Links(), "forms": forms or Forms()}
        return self._render("digest.txt.j2", **values)

    def html(self, digest: Digest, links: Links | None = None, forms: Forms | None = None) -> str:
        """Render the body of the e-mail, its styles inlined; in `forms`, how long each paper is.

        Some mail programs drop `<style>`; what stays in it is what cannot be inlined, the colours
        of the dark scheme.
        """
        # Imported here: 23 ms that the other formats need not pay.
        import css_inline

        values = {"digest": digest, "links": links or Links(), "forms": forms or Forms()}
        page = self._render("digest.html.j2", **values)
        inliner = css_inline.CSSInliner(
            inline_style_tags=False,
            keep_style_tags=True,
            load_remote_stylesheets=False,
            extra_css=self._render("email.css.j2"),
        )
        return inliner.inline(page).rstrip() + "\n"

    def feed_item(self, entry: Entry) -> str:
        """Render the description of one item of a feed, a fragment of HTML."""
        return self._render("feed-item.html.j2", entry=entry)

    def check(self) -> tuple[str, ...]:
        """Compile and try every template; raise `TemplateError` for the first that fails.

        Returns warnings: files in the user's folder that replace nothing though their name is
        near to one that would.
        """
        # Imported here: only a check needs it, and every run imports this module.
        from digest.rendering import sample

        for name in self._environment.list_templates(filter_func=_is_template):
            self._guard(name, partial(self._environment.get_template, name))
        links = Links(
            feed="https://example.org/feed.xml",
            archive="https://example.org/",
            markdown="2026-01-05.md",
            unsubscribe="mailto:digest@example.org",
        )
        for digest in (sample.FULL, sample.EMPTY):
            for render in (self.markdown, self.html, self.text):
                render(digest, links)
                render(digest)
            for forms in sample.FORMS:
                self.html(digest, links, forms)
                self.text(digest, None, forms)
            for entry in digest.entries:
                self.feed_item(entry)
        return self._misnamed()

    def _render(self, name: str, **values: object) -> str:
        return self._guard(name, lambda: self._environment.get_template(name).render(values))

    def _guard(self, name: str, action: Callable[[], _Result]) -> _Result:
        """Run `action`, turning what a template can do wrong into a `TemplateError`."""
        try:
            return action()
        except jinja2.TemplateSyntaxError as error:
            raise self._fault(error.name or name, error.lineno, error.message) from error
        except jinja2.TemplateNotFound as error:
            wanted = str(error.message)
            reason = f"there is no template {wanted}{_did_you_mean(wanted, _project_names())}"
            raise self._fault(*self._place(error, name), reason) from error
        except UnicodeDecodeError as error:
            raise self._fault(name, None, "the file is not UTF-8 text") from error
        except (jinja2.TemplateError, RecursionError, *_EXPRESSION_ERRORS) as error:
            raise self._fault(*self._place(error, name), str(error)) from error

    def _fault(self, name: str, line: int | None, reason: str | None) -> TemplateError:
        place = f"{self._path(name)}" if line is None else f"{self._path(name)}:{line}"
        return TemplateError(f"{place}: {reason}")

    def _place(self, error: Exception, name: str) -> tuple[str, int | None]:
        """Return the innermost template and its line; Jinja's tracebacks name templates' own."""
        folders = {self._user, _project_templates()}
        for frame in reversed(traceback.extract_tb(error.__traceback__)):
            path = Path(frame.filename)
            if path.parent in folders and _is_template(path.name):
                return path.name, frame.lineno
        return name, None

    def _path(self, name: str) -> Path:
        if self._user is not None and (self._user / name).is_file():
            return self._user / name
        return _project_templates() / name.removeprefix("default/")

    def _misnamed(self) -> tuple[str, ...]:
        """Warn of user's files that nothing reads and whose name is nearly right."""
        if self._user is None:
            return ()
        from jinja2 import meta

        known = _project_names()
        own = sorted(path.name for path in self._user.iterdir() if path.is_file())
        used: set[str | None] = set()
        for name in filter(_is_template, own):
            source = (self._user / name).read_text(encoding="utf-8")
            used.update(meta.find_referenced_templates(self._environment.parse(source)))
        warnings = []
        for name in own:
            near = nearest(name, known, cutoff=0.8)
            if name not in known and name not in used and near:
                warnings.append(f"{self._user / name} replaces nothing; did you mean {near}?")
        return tuple(warnings)


class _Undefined(jinja2.StrictUndefined):
    """Say, too, what the missing name was probably meant to be."""

    @property
    def _undefined_message(self) -> str:
        owner, name = self._undefined_obj, str(self._undefined_name)
        ours = is_dataclass(owner) or isinstance(owner, tuple)
        known = _attributes(owner) if ours else _TOP_LEVEL
        return super()._undefined_message + _did_you_mean(name, known)


_TOP_LEVEL = ("digest", "links", "forms", "entry", "section", "loop")


def _attributes(value: object) -> list[str]:
    return [name for name in dir(value) if not name.startswith("_")]


def _did_you_mean(name: str, known: Iterable[str]) -> str:
    near = nearest(name, known)
    return f"; did you mean {near!r}?" if near else ""


def _environment(user: Path | None) -> jinja2.Environment:
    project = jinja2.FileSystemLoader(_project_templates())
    loaders: list[jinja2.BaseLoader] = [] if user is None else [jinja2.FileSystemLoader(user)]
    loaders += [project, jinja2.PrefixLoader({"default": project})]
    environment = jinja2.Environment(
        loader=jinja2.ChoiceLoader(loaders),
        undefined=_Undefined,
        # By suffix, because Jinja's default looks at the last one, which is `.j2` here.
        autoescape=jinja2.select_autoescape(("html.j2", "xml.j2"), default=False),
        auto_reload=False,
        bytecode_cache=_bytecode_cache(),
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )
    environment.filters.update(_FILTERS)
    return environment


def _bytecode_cache() -> jinja2.BytecodeCache | None:
    """Keep compiled templates where Jinja does, in a folder of the user's own among temporary ones.

    Compiling them anew took as long as rendering a whole digest. Jinja refuses a folder that
    others could write to; then there is no cache. Filters of constants are compiled in, hence the
    version in the name.
    """
    try:
        return _BytecodeCache(pattern=f"__digest_{__version__}_%s.cache")
    except (RuntimeError, OSError):
        return None


class _BytecodeCache(jinja2.FileSystemBytecodeCache):
    """A cache that a full disk does not turn into a failed run."""

    def load_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().dump_bytecode(bucket)


def _finalize(value: object) -> object:
    """Let nothing through that XML forbids, and show what is unknown as nothing."""
    if value is None:
        return ""
    # What is printable is legal. Asked here, for nearly all is, and each value comes through here.
    if isinstance(value, str) and not value.isprintable():
        return escape.legal(value)
    return value


def _project_templates() -> Path:
    """Return the folder of templates: inside an installed package, beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "templates"
    return inside if inside.is_dir() else package.parent / "templates"


def _project_names() -> list[str]:
    return sorted(path.name for path in _project_templates().iterdir())


def _is_template(name: str) -> bool:
    return name.endswith(".j2")


# --- filters -------------------------------------------------------------------------------------


def _targets(paper: Paper) -> tuple[tuple[str, str], ...]:
    """Return the links of a paper with their names, without those that cannot be followed."""
    page = "Abstract" if paper.arxiv_id else "Page"
    links = ((page, paper.url), ("PDF", paper.pdf_url), ("Code", paper.code_url))
    return tuple((name, url) for name, link in links if (url := escape.web_url(link)))


_QUOTED = 180
"""Characters of the quoted sentences in a mail, four lines on a phone; the text part and the
Markdown quote them whole."""
_CUT = 140
"""Characters of a title that stands in one line."""


def _quotation(entry: Entry, room: int = _QUOTED) -> tuple[Marked, ...]:
    return brief(entry.excerpt, room)


def _cut_title(title: str, room: int = _CUT) -> str:
    return shortened(one_line(title), room)


def _markdown_title(entry: Entry) -> str:
    """Return an entry's title in Markdown, a link where the paper has a page."""
    title = escape.markdown_marked(entry.title)
    url = escape.markdown_url(entry.paper.url)
    return title if url is None else f"[{title}]({url})"


def _intro_html(source: str) -> Markup:
    """Turn the introduction, Markdown by the profile's owner and so trusted, into HTML."""
    # Imported here: it costs 35 ms, and most profiles have no introduction.
    from markdown import markdown

    return Markup(markdown(source, extensions=["sane_lists"], output_format="html"))  # noqa: S704 - trusted, as said


def _json(value: object) -> str:
    """Write a value as JSON, which YAML reads as well."""
    return json.dumps(value, ensure_ascii=False)


def _intro_plain(source: str, width: int = 72) -> str:
    # Imported here: most profiles have no introduction.
    from digest.rendering.markdown_to_text import markdown_to_plain

    return markdown_to_plain(source, width)


_FILTERS: dict[str, Callable[..., Any]] = {
    # values to words
    "abridged": wording.abridged_sentence,
    "authors": wording.authors,
    "counted": wording.counted,
    "cut": _cut_title,
    "day": wording.day_name,
    "keywords": wording.keywords,
    "learned": wording.learned,
    "leftovers": wording.leftover_sentence,
    "long_day": wording.long_day,
    "meta": wording.meta,
    "named_leftovers": named_leftovers,
    "plain": wording.plain,
    "points": wording.points,
    "preheader": wording.preheader,
    "plot": review_plot.plot,
    "published": wording.published,
    "quotation": _quotation,
    "reviewed": review_plot.reviewed,
    "short_day": wording.short_day,
    "targets": _targets,
    "waiting": wording.waiting_sentence,
    "why": wording.why_sentence,
    # words to formats
    "intro_html": _intro_html,
    "intro_plain": _intro_plain,
    "json": _json,
    "marked": escape.marked_html,
    "md": escape.markdown_text,
    "md_marked": escape.markdown_marked,
    "md_target": escape.markdown_target,
    "md_title": _markdown_title,
    "md_url": escape.markdown_url,
    "mail_url": escape.mail_url,
    "web_url": escape.web_url,
    "wrap": wrap.wrap,
}
