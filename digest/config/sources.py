"""The sources of the config: folders, services of the network, mailboxes; short and long forms.

- dumps/                        a folder
- huggingface                   a kind that needs nothing else
- arxiv: [cs.CL, cs.LG]         a kind with the one thing that it needs
- {arxiv: [cs.CL], name: nlp}   and more
- {kind: arxiv, categories: [cs.CL]}
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, get_args
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from digest.config.values import (
    Section,
    did_you_mean,
    fault,
    line,
    one_of,
    path_in,
    quoted,
    text,
    whole_number,
    yes_or_no,
)
from digest.config.yaml_tree import Items, Table, Text
from digest.errors import ConfigError
from digest.model import FolderSource
from digest.model.sources import SERVICE_KINDS, MailboxSource, ServiceKind, ServiceSource

if TYPE_CHECKING:
    from digest.config.values import Faults
    from digest.config.yaml_tree import Node
    from digest.model.sources import Source


class _Kind(Struct, frozen=True):
    """The keys of one kind of source."""

    main: str
    """The key that the short form `- kind: value` sets; it is required."""
    keys: tuple[str, ...]
    """Its own keys, including `main`."""
    needs_main: bool = True


_WEB: Final = ("endpoint", "allow_private", "catch_up")
KINDS: Final[dict[str, _Kind]] = {
    "folder": _Kind("folder", ("folder", "path", "fields")),
    "huggingface": _Kind("list", ("list", "again", *_WEB), needs_main=False),
    "arxiv": _Kind("categories", ("categories", "query", *_WEB), needs_main=False),
    "biorxiv": _Kind("categories", ("categories", *_WEB), needs_main=False),
    "medrxiv": _Kind("categories", ("categories", *_WEB), needs_main=False),
    "pubmed": _Kind("query", ("query", "key_env", *_WEB)),
    "europepmc": _Kind("query", ("query", *_WEB)),
    "openalex": _Kind("query", ("query", "filter", "key_env", *_WEB), needs_main=False),
    "crossref": _Kind("query", ("query", "filter", *_WEB), needs_main=False),
    "semantic-scholar": _Kind("query", ("query", "key_env", *_WEB)),
    "openreview": _Kind("venue", ("venue", *_WEB)),
    "feed": _Kind("url", ("url", "allow_private")),
    "http": _Kind("url", ("url", "allow_private", "catch_up")),
    "mailbox": _Kind(
        "maildir",
        (
            "maildir", "mbox", "host", "port", "security", "username", "password_env", "mailbox",
            "ca_file", "catch_up", "subscriptions",
        ),
        needs_main=False,
    ),
}  # fmt: skip
SOURCE_KEYS: Final = tuple(
    dict.fromkeys(("name", "kind", *(key for kind in KINDS.values() for key in kind.keys)))
)
_BARE: Final = ("huggingface", "biorxiv", "medrxiv")
"""Kinds that need nothing else, so that their name alone is a source."""
MailSecurity = Literal["tls", "starttls", "none"]
_IMAP_PORTS: Final[dict[MailSecurity, int]] = {"tls": 993, "starttls": 143, "none": 143}
"""RFC 8314 section 7.1, RFC 9051 section 2.1."""
_CATEGORY: Final = re.compile(r"[a-z]+(?:-[a-z]+)?(?:\.[A-Za-z]{2}|\.[a-z]+(?:-[a-z]+)?)?")
_LISTS: Final[tuple[Literal["daily", "trending"], ...]] = ("daily", "trending")


class SourceReader:
    """Reads the sources, excluding the folders that the program writes to."""

    def __init__(self, faults: Faults, folder: Path, *, written: tuple[Path, ...]) -> None:
        self._faults = faults
        self._folder = folder
        self._written = written

    def read(self, nodes: tuple[Node, ...]) -> tuple[Source, ...]:
        """Return the sources; their names are unique."""
        sources: dict[str, Source] = {}
        for position, node in enumerate(nodes, 1):
            within = f"source {position}"
            try:
                source = self._source(node, within)
                if source.name in sources:
                    name = quoted(source.name)
                    raise fault(node, f"there is a source named {name} already; give it a `name`")
                if isinstance(source, FolderSource):
                    self._keep_apart(source, node)
            except ConfigError as error:
                self._faults.add(error, within=within)
            else:
                sources[source.name] = source
        return tuple(sources.values())

    def _source(self, node: Node, within: str) -> Source:
        if isinstance(node, Text):
            if node.text in _BARE:
                return self._service(_of_kind(node, node.text, {}), within, node)
            if node.text in KINDS and not (self._folder / node.text).is_dir():
                main = KINDS[node.text].main
                raise fault(node, f"write `- {node.text}: …` with its {main}")
            return self._in_folder(node, None)
        if not isinstance(node, Table):
            message = "a source is a folder, a kind, or a mapping such as {arxiv: [cs.CL]}"
            raise fault(node, message)
        written = {key.text: value for key, value in node.entries}
        kind = self._kind(node, written)
        if kind == "folder":
            return self._folder_source(node, within)
        table = _of_kind(node, kind, written)
        return (self._mailbox if kind == "mailbox" else self._service)(table, within, node)

    def _kind(self, node: Table, written: dict[str, Node]) -> str:
        """Return the kind that a mapping names, by `kind` or by a key of that name."""
        if "kind" in written:
            kind = text(written["kind"])
            if kind not in KINDS:
                known = f"the kinds are {', '.join(KINDS)}"
                message = f"there is no kind of source {quoted(kind)}; {known}"
                raise fault(written["kind"], message + did_you_mean(kind, KINDS))
            return kind
        named = [key for key in written if key in KINDS]
        if len(named) > 1:
            raise fault(node, f"the source has two kinds, {' and '.join(named)}; write two sources")
        if not named and "path" not in written:
            keys = [key.text for key, _ in node.entries if key.text not in SOURCE_KEYS]
            if not keys:
                raise fault(node, "the source needs a `folder` or a `kind`")
            known = f"the kinds are {', '.join(KINDS)}"
            hint = did_you_mean(keys[0], (*KINDS, *SOURCE_KEYS))
            raise fault(node.entries[0][0], f"unknown key {quoted(keys[0])}; {known}{hint}")
        return named[0] if named else "folder"

    # --- folders --------------------------------------------------------------------------------

    def _folder_source(self, node: Table, within: str) -> FolderSource:
        keys = ("name", "kind", "folder", "path", "fields")
        section = Section(node, keys, self._faults, within=within)
        name = section.read("name", line, None)
        key = "folder" if "folder" in section else "path"
        if key not in section:
            raise fault(node, "the source needs a `folder`")
        source = self._in_folder(section.node_of(key), name)
        return replace(source, fields=section.read("fields", _fields, ()))

    def _in_folder(self, node: Node, name: str | None) -> FolderSource:
        path = path_in(self._folder)(node)
        # Not resolved: if the folder is a link, its own name is meant.
        name = name or _normal(path).name or "folder"
        return FolderSource(name, path, display_path=Path(line(node)).as_posix())

    def _keep_apart(self, source: FolderSource, node: Node) -> None:
        """Refuse a source in which the program would find its own output."""
        for path in self._written:
            if _normal(path).is_relative_to(_normal(source.folder)):
                reserved = f"{path.name}, which the program itself writes"
                raise fault(node, f"the folder holds {reserved}; give dumps a folder of their own")

    # --- services -------------------------------------------------------------------------------

    def _service(self, table: Table, within: str, node: Node) -> ServiceSource:
        kind = next(name for name in SERVICE_KINDS if name == text(dict(_pairs(table))["kind"]))
        section = Section(table, ("name", "kind", *KINDS[kind].keys), self._faults, within=within)
        source = ServiceSource(
            name=section.read("name", line, kind),
            kind=kind,
            categories=_categories(section, kind),
            query=section.read("query", line, ""),
            filter=section.read("filter", line, ""),
            venue=section.read("venue", line, ""),
            url=section.read("url", _url, ""),
            list=section.read("list", _hugging_face_list, "daily"),
            endpoint=section.read("endpoint", _url, "").rstrip("/"),
            allow_private=section.read("allow_private", yes_or_no, False),  # noqa: FBT003
            catch_up=section.read(
                "catch_up", lambda value: whole_number(value, least=0, most=60), 7
            ),
            again=section.read("again", lambda value: whole_number(value, least=0, most=30), None),
            key_env=section.read("key_env", variable, ""),
        )
        _check_whole(source, section, node)
        if "name" not in section and kind in ("feed", "http"):
            host = urlsplit(source.url).hostname or kind
            return _renamed(source, host.removeprefix("www."))
        return source

    # --- mailboxes ------------------------------------------------------------------------------

    def _mailbox(self, table: Table, within: str, node: Node) -> MailboxSource:
        section = Section(
            table,
            ("name", "kind", "password", *KINDS["mailbox"].keys),
            self._faults,
            within=within,
        )
        if "password" in section:
            reason = (
                "a password does not belong in a file that is copied around; put it into an "
                "environment variable and name that with `password_env`"
            )
            section.add(fault(section.node_of("password"), reason))
        if sum(key in section for key in ("maildir", "mbox", "host")) != 1:
            raise fault(node, "a mailbox needs one of `maildir`, `mbox` and `host`")
        security: MailSecurity = section.read("security", _mail_security, "tls")
        host = section.read("host", line, "")
        local = host in ("localhost", "127.0.0.1", "::1")
        if host and security == "none" and not local:
            reason = "the password would cross the network in clear; use tls or starttls"
            section.add(fault(section.node_of("security"), reason))
        if host and "username" not in section:
            section.add(fault(node, "a mailbox on a server needs a `username`"))
        return MailboxSource(
            name=section.read("name", line, "mailbox"),
            maildir=section.read("maildir", path_in(self._folder), None),
            mbox=section.read("mbox", path_in(self._folder), None),
            host=host,
            port=section.read(
                "port", lambda value: whole_number(value, most=65_535), _IMAP_PORTS[security]
            ),
            security=security,
            username=section.read("username", line, ""),
            password_env=section.read("password_env", variable, "DIGEST_IMAP_PASSWORD"),
            folder=section.read("mailbox", line, "INBOX"),
            catch_up=section.read("catch_up", lambda value: whole_number(value, most=3650), 14),
            ca_file=section.read("ca_file", path_in(self._folder), None),
            subscriptions=section.read("subscriptions", yes_or_no, default=False),
        )


def _of_kind(node: Text | Table, kind: str, written: dict[str, Node]) -> Table:
    """Return the long form of a source: `{arxiv: X}` → `{kind: arxiv, categories: X}`."""
    entries: list[tuple[Text, Node]] = []
    if "kind" not in written:
        entries.append((_key(node, "kind"), _key(node, kind)))
    main = KINDS[kind].main
    for key, value in node.entries if isinstance(node, Table) else ():
        if key.text != kind or "kind" in written:
            entries.append((key, value))
        elif not (isinstance(value, Text) and value.is_null):  # `- huggingface:`
            entries.append((replace(key, text=main), _as_list(value, main)))
    return Table(tuple(entries), node.line, node.column)


def _key(node: Text | Table, name: str) -> Text:
    return Text(name, node.line, node.column)


def _as_list(value: Node, main: str) -> Node:
    """Return a single category as a list of one: `- arxiv: cs.CL`."""
    if main == "categories" and isinstance(value, Text):
        return Items((value,), value.line, value.column)
    return value


def _pairs(table: Table) -> list[tuple[str, Node]]:
    return [(key.text, value) for key, value in table.entries]


def _categories(section: Section, kind: ServiceKind) -> tuple[str, ...]:
    def category(node: Node) -> str:
        value = line(node)
        if kind == "arxiv" and not _CATEGORY.fullmatch(value):
            raise fault(
                node, f"{quoted(value)} must be a category of arXiv such as cs.CL or hep-th"
            )
        return value

    return section.read_names("categories", category, ())


def _check_whole(source: ServiceSource, section: Section, node: Node) -> None:
    """Add faults for what is missing or contradictory."""
    kind = KINDS[source.kind]
    if kind.needs_main and kind.main not in section:
        section.add(fault(node, f"a source of the kind {source.kind} needs `{kind.main}`"))
    if source.kind == "arxiv" and bool(source.categories) == bool(source.query):
        if "categories" not in section and "query" not in section:
            section.add(fault(node, "arxiv needs `categories`, or a `query`"))
        elif source.query:
            message = "arxiv takes `categories` or a `query`, not both; write two sources"
            section.add(fault(section.node_of("query"), message))
    if source.kind in ("openalex", "crossref") and not (
        {"query", "filter"} & {key for key in ("query", "filter") if key in section}
    ):
        section.add(fault(node, f"{source.kind} needs a `query` or a `filter`"))


def _renamed(source: ServiceSource, name: str) -> ServiceSource:

    return replace(source, name=name)


def _url(node: Node) -> str:
    url = line(node)
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc or " " in url:
        raise fault(node, f"{quoted(url)} must be a web address that begins with https://")
    if "@" in parts.netloc:
        raise fault(node, "a web address cannot contain a name and a password")
    if "{" in re.sub(r"\{date(?::[^{}]+)?\}", "", url):
        raise fault(node, f"{quoted(url)}: the one place holder is {{date}} or {{date:%Y/%m/%d}}")
    return url


def _hugging_face_list(node: Node) -> Literal["daily", "trending"]:
    name = one_of(_LISTS, "list of Hugging Face")(node)
    return next(known for known in _LISTS if known == name)


def _mail_security(node: Node) -> MailSecurity:
    name = one_of(_IMAP_PORTS, "kind of security")(node)
    return next(known for known in get_args(MailSecurity) if known == name)


def variable(node: Node) -> str:
    """Return the name of an environment variable."""
    name = line(node)
    if not (name.isascii() and name.isidentifier()):
        raise fault(node, f"{quoted(name)} must be the name of an environment variable")
    return name


def _normal(path: Path) -> Path:
    return Path(os.path.normpath(path))


FIELDS: Final = (
    "title", "abstract", "authors", "arxiv_id", "doi", "url", "pdf_url", "code_url", "categories",
    "published", "listed", "upvotes", "comments", "organization", "journal", "comment", "license",
)  # fmt: skip
"""The fields of a paper that `fields` can name."""


def _fields(node: Node) -> tuple[tuple[str, str], ...]:
    """Return the map from a paper's fields to the keys of a user's own JSON or CSV."""
    if not isinstance(node, Table):
        raise fault(node, "`fields` is a mapping, such as `{title: Titel, authors: Autoren}`")
    for key, _ in node.entries:
        if key.text not in FIELDS:
            known = f"the fields are {', '.join(FIELDS)}"
            hint = did_you_mean(key.text, FIELDS)
            raise fault(key, f"there is no field {quoted(key.text)}; {known}{hint}")
    return tuple((key.text, line(value)) for key, value in node.entries)
