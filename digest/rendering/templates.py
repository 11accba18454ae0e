"""Render digests through Jinja templates, the project's own or a user's in their place.

A template is searched first in the user's folder, then in the project's; `default/NAME` always
means the project's, so that a user's template can extend the one it replaces. Data only ever comes
in as values: nothing from a dump is compiled. Markdown and plain text escape through filters, HTML
by autoescape. All templates run in Jinja's sandbox: a template from somebody else can show its
values, but cannot reach files or commands.
"""

from __future__ import annotations

import traceback
import zlib
from contextlib import suppress
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment
from msgspec import Struct

from digest import __version__
from digest.errors import TemplateError
from digest.model.channels import NOTIFICATION
from digest.model.lengths import Forms
from digest.rendering import escape
from digest.rendering.filters import FILTERS
from digest.rendering.papers import KeptPapers, Papers, Places
from digest.text.nearest import nearest
from digest.wording.languages import words_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date

    from css_inline import CSSInliner
    from jinja2.bccache import Bucket

    from digest.model import Digest, Entry

_Result = TypeVar("_Result")

# What the expressions of a template can raise besides Jinja's own errors.
_EXPRESSION_ERRORS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


class Actions(Struct, frozen=True):
    """Links with which the recipient of a mail acts on a paper."""

    star: str
    drop: str


class Links(Struct, frozen=True):
    """Where the reader finds the rest: a URL, or in Markdown a path relative to the file."""

    feed: str | None = None
    archive: str | None = None
    """The page of this digest on the web."""
    reading_list: str | None = None
    unsubscribe: str | None = None
    """https or mailto: how to unsubscribe."""


class Renderer:
    """The templates of one profile, compiled when first used."""

    def __init__(self, user_templates: Path | None = None) -> None:
        """Search `user_templates` first; raise `TemplateError` if there is no such folder."""
        if user_templates is not None and not user_templates.is_dir():
            raise TemplateError(f"{user_templates}: the folder of templates does not exist")
        self._user = user_templates
        self._environment = _environment(user_templates)
        self._kept = KeptPapers() if user_templates is None else None

    def papers(self, digest: Digest, actions: Mapping[str, Actions] | None = None) -> Papers:
        """Return the papers of `digest`; `actions` has the links to act on them, by id."""
        return Papers(self, digest, actions, kept=self._kept)

    def markdown(self, digest: Digest, links: Links | None = None) -> str:
        """Render the Markdown file."""
        values = _values(digest, links, Forms())
        paper = partial(self.papers(digest).markdown, values["links"])
        return self._render("digest.md.j2", **values, paper=paper)

    def text(
        self,
        digest: Digest,
        links: Links | None = None,
        forms: Forms | None = None,
        papers: Papers | None = None,
    ) -> str:
        """Render the plain text that accompanies the HTML in a mail."""
        known = papers or self.papers(digest)
        values = _values(digest, links, forms or Forms())
        return self._render("digest.txt.j2", **values, paper=partial(known.text, values["forms"]))

    def html(
        self,
        digest: Digest,
        links: Links | None = None,
        forms: Forms | None = None,
        papers: Papers | None = None,
    ) -> str:
        """Render the body of the e-mail with inlined styles; `forms` has the length of each paper.

        Some mail programs drop `<style>`; it keeps only what cannot be inlined, the colours of the
        dark scheme and the rules for narrow screens.
        """
        known = papers or self.papers(digest)
        values = _values(digest, links, forms or Forms())
        places = Places(known) if known.can_be_placed else None
        paper = partial((places or known).html, values["forms"])
        page = self._inliner().inline(self._render("digest.html.j2", **values, paper=paper))
        return (page if places is None else places.filled(page)).rstrip() + "\n"

    def inlined_papers(self, papers: Sequence[str]) -> list[str]:
        """Return fragments of HTML, one per paper, with their styles inlined as in the mail."""
        if not papers:
            return []
        css = self._render("email.css.j2")
        html = self._inliner().inline_fragment(_BETWEEN.join(papers), css)
        return html.split(_BETWEEN)

    def _inliner(self) -> CSSInliner:
        # Imported here: 23 ms that the other formats do not need.
        from css_inline import CSSInliner

        return CSSInliner(
            inline_style_tags=False,
            keep_style_tags=True,
            load_remote_stylesheets=False,
            extra_css=self._render("email.css.j2"),
        )

    def feed_item(self, entry: Entry, day: date, language: str = "en") -> str:
        """Render the content of one item of a feed, a fragment of HTML."""
        pieces = {} if self._kept is None else self._kept.of_feed(entry, day, language)
        if ("item",) not in pieces:
            values = {"entry": entry, "day": day, **_worded(language)}
            pieces[("item",)] = self._render("feed-item.html.j2", **values)
        return pieces[("item",)]

    def notification(
        self, template: str, digest: Digest, shown: Sequence[Entry], more: int, links: Links
    ) -> str:
        """Render a short message that shows some papers and counts `more`."""
        values = {"digest": digest, "day": digest.day, "links": links}
        return self._render(template, shown=shown, more=more, **values, **_worded(digest.language))

    def page(self, template: str, language: str, day: date | None = None, **values: object) -> str:
        """Render a file of the site; `day` is the day that facts refer to."""
        return self._render(template, day=day, **_worded(language), **values)

    def paper(self, template: str, digest: Digest, entry: Entry, **values: object) -> str:
        """Render one paper of a mail with the template of its format."""
        known = {"digest": digest, "entry": entry, "day": digest.day, **_worded(digest.language)}
        return self._render(template, **known, **values)

    def check(self, notifications: Iterable[str] = ()) -> tuple[str, ...]:
        """Compile and try every template; raise `TemplateError` for the first that fails.

        `notifications` are the names of templates of short messages besides the project's own.
        Returns warnings: files in the user's folder that replace nothing but have a similar name.
        """
        # Imported here: only a check needs it, and every run imports this module.
        from digest.rendering import sample

        for name in self._environment.list_templates(filter_func=_is_template):
            self._guard(name, partial(self._environment.get_template, name))
        links = Links(
            feed="https://example.org/feed.xml",
            archive="https://example.org/",
            reading_list="reading-list.md",
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
                self.feed_item(entry, digest.day)
            for name in {NOTIFICATION, *notifications}:
                self.notification(name, digest, digest.entries, 2, links)
        return self._misnamed()

    def _render(self, name: str, **values: object) -> str:
        return self._guard(name, lambda: self._environment.get_template(name).render(values))

    def _guard(self, name: str, action: Callable[[], _Result]) -> _Result:
        """Run `action`, converting the errors of templates to `TemplateError`."""
        try:
            return action()
        except jinja2.TemplateSyntaxError as error:
            raise self._fault(error.name or name, error.lineno, error.message) from error
        except jinja2.TemplateNotFound as error:
            missing = str(error.message)
            reason = f"there is no template {missing}{_did_you_mean(missing, _project_names())}"
            raise self._fault(*self._place(error, name), reason) from error
        except UnicodeDecodeError as error:
            raise self._fault(name, None, "the file is not UTF-8 text") from error
        except (jinja2.TemplateError, RecursionError, *_EXPRESSION_ERRORS) as error:
            raise self._fault(*self._place(error, name), str(error)) from error

    def _fault(self, name: str, line: int | None, reason: str | None) -> TemplateError:
        place = f"{self._path(name)}" if line is None else f"{self._path(name)}:{line}"
        return TemplateError(f"{place}: {reason}")

    def _place(self, error: Exception, name: str) -> tuple[str, int | None]:
        """Return the innermost template and its line from Jinja's traceback."""
        folders = [folder for folder in (self._user, _project_templates()) if folder is not None]
        for frame in reversed(traceback.extract_tb(error.__traceback__)):
            path = Path(frame.filename)
            for folder in folders:
                if path.is_relative_to(folder) and _is_template(path.name):
                    return path.relative_to(folder).as_posix(), frame.lineno
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
        names = sorted(path.name for path in self._user.iterdir() if path.is_file())
        used: set[str | None] = set()
        for name in filter(_is_template, names):
            source = (self._user / name).read_text(encoding="utf-8")
            used.update(meta.find_referenced_templates(self._environment.parse(source)))
        warnings = []
        for name in names:
            near = nearest(name, known, cutoff=0.8)
            if name not in known and name not in used and near:
                warnings.append(f"{self._user / name} replaces nothing; did you mean {near}?")
        return tuple(warnings)


def _values(digest: Digest, links: Links | None, forms: Forms) -> dict[str, Any]:
    """Return the values that every template of a digest may use."""
    return {
        "digest": digest,
        "day": digest.day,
        "links": links or Links(),
        "forms": forms,
        **_worded(digest.language),
    }


def _worded(language: str) -> dict[str, object]:
    words = words_in(language)
    return {"words": words, "_": words.text}


_BETWEEN: Final = "\n<!--paper-->\n"
"""Separates papers that are inlined together."""


class _Undefined(jinja2.StrictUndefined):
    """Add to the error which name was probably meant."""

    @property
    def _undefined_message(self) -> str:
        owner, name = self._undefined_obj, str(self._undefined_name)
        is_ours = isinstance(owner, Struct | tuple)
        known = _attributes(owner) if is_ours else _TOP_LEVEL
        return super()._undefined_message + _did_you_mean(name, known)


_TOP_LEVEL = (
    "digest", "links", "forms", "entry", "section", "loop", "paper", "day", "shown", "more",
)  # fmt: skip


def _attributes(value: object) -> list[str]:
    return [name for name in dir(value) if not name.startswith("_")]


def _did_you_mean(name: str, known: Iterable[str]) -> str:
    near = nearest(name, known)
    return f"; did you mean {near!r}?" if near else ""


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, with one cached decision for each type and attribute."""

    _MOST: Final = 4_096

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - the base class's
        super().__init__(**options)
        self._decided: dict[tuple[type, str], bool] = {}

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:  # noqa: ANN401 - the base class's
        """Return whether a template may use the attribute `attr` of `obj`."""
        key = type(obj), attr
        decided = self._decided.get(key)
        if decided is None:
            if len(self._decided) >= self._MOST:
                self._decided.clear()
            decided = self._decided[key] = super().is_safe_attribute(obj, attr, value)
        return decided


def _environment(user: Path | None) -> jinja2.Environment:
    return _project_environment() if user is None else _new_environment(user)


@cache
def _project_environment() -> jinja2.Environment:
    """Load the project's own templates once: nobody edits them while the program runs."""
    return _new_environment(None)


def _new_environment(user: Path | None) -> jinja2.Environment:
    project = jinja2.FileSystemLoader(_project_templates())
    loaders: list[jinja2.BaseLoader] = [] if user is None else [jinja2.FileSystemLoader(user)]
    loaders += [project, jinja2.PrefixLoader({"default": project})]
    # A template only renders values: no attribute with an underscore, no change of a value, no
    # access to a module.
    environment = _Sandbox(
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
    environment.filters.update(FILTERS)
    return environment


def _bytecode_cache() -> jinja2.BytecodeCache | None:
    """Return Jinja's cache of compiled templates, in the user's own temporary folder.

    Compiling them again took as long as rendering a whole digest. Jinja refuses a folder that
    others could write to; then there is no cache. Filters are compiled in, hence the version and
    the filters' names in the name.
    """
    filters = zlib.crc32(" ".join(FILTERS).encode())
    try:
        return _BytecodeCache(pattern=f"__digest_{__version__}_{filters:x}_sandbox_%s.cache")
    except (RuntimeError, OSError):
        return None


class _BytecodeCache(jinja2.FileSystemBytecodeCache):
    """A cache that survives a full disk."""

    def load_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().dump_bytecode(bucket)


def _finalize(value: object) -> object:
    """Return text without what XML forbids, and nothing for an unknown value."""
    if value is None:
        return ""
    # Printable text is legal; this quick check suffices for nearly every value.
    if isinstance(value, str) and not value.isprintable():
        return escape.legal(value)
    return value


def template_bytes(user: Path | None) -> bytes:
    """Return the content of all templates, including a user's: what pages depend on."""
    folders = (_project_templates(), *(() if user is None else (user,)))
    files = (path for folder in folders for path in sorted(folder.rglob("*.j2")))
    return b"\0".join(path.read_bytes() for path in files if path.is_file())


def _project_templates() -> Path:
    """Return the folder of templates: in the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "templates"
    return inside if inside.is_dir() else package.parent / "templates"


def _project_names() -> list[str]:
    return sorted(path.name for path in _project_templates().iterdir())


def _is_template(name: str) -> bool:
    return name.endswith(".j2")
