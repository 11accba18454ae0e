"""The config file: its top level, its sources and its mail server.

It only reads the file: no folder is listed, no environment variable looked up. Rules and profiles
have modules of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from digest.config.email import mailbox
from digest.config.monitoring import MONITORING_KEYS, read_monitoring
from digest.config.profiles import ProfileContext, language, read_profiles
from digest.config.rules import read_aliases, read_rules
from digest.config.sources import SourceReader, variable
from digest.config.values import (
    Faults,
    Section,
    fault,
    line,
    list_entries,
    one_of,
    path_in,
    quoted,
    seconds,
    text,
    web_address,
    whole_number,
    yes_or_no,
)
from digest.config.yaml_tree import Table, Text, parse_tree
from digest.config.zotero import ZOTERO_KEYS, read_zotero
from digest.errors import ConfigError
from digest.model import SmtpSettings
from digest.model.monitoring import Monitoring

if TYPE_CHECKING:
    from pathlib import Path

    from digest.config.yaml_tree import Node
    from digest.model import Profile, ZoteroSettings
    from digest.model.sources import Source
    from digest.model.summaries import SummarySettings
    from digest.rules import Aliases, Rule

MAX_BYTES: Final = 64 * 1024 * 1024
"""Some 200,000 rules; a larger file was named by mistake."""

KEYS: Final = (
    "title", "library", "output", "language", "site", "site_url", "public_marks", "served",
    "contact", "lookup", "sources", "rules", "aliases", "profiles", "smtp", "zotero", "summaries",
    *MONITORING_KEYS,
)  # fmt: skip
SMTP_KEYS: Final = (
    "host", "port", "security", "username", "password_env", "ca_file", "timeout", "retries",
    "give_up_after",
)  # fmt: skip
Security: TypeAlias = Literal["none", "starttls", "tls"]
PORTS: Final[dict[Security, int]] = {"none": 25, "starttls": 587, "tls": 465}
"""RFC 5321 §4.5.4.2, RFC 6409 §3.1, RFC 8314 §3.3."""


class Config(Struct, frozen=True):
    """The content of the config file, checked."""

    path: Path
    """As the user named it."""
    folder: Path
    """The file's folder, absolute; the config's paths are relative to it."""
    title: str
    library: Path
    output: Path
    language: str
    sources: tuple[Source, ...]
    rules: tuple[Rule, ...]
    rule_lines: tuple[int, ...]
    """The first line of each of `rules` in the file."""
    profiles: tuple[Profile, ...]
    smtp: SmtpSettings
    skipped: tuple[ConfigError, ...] = ()
    """Faults that cost only their entry, such as a recipient without an address. `check` counts
    them as errors; a run reports them and continues without the entry."""
    contact: str = ""
    """A mail address that is sent to services with each request; empty: none."""
    lookup: Literal["", "arxiv", "semantic-scholar"] = ""
    """The service that is asked for identifiers of papers without one; empty: none."""
    zotero: ZoteroSettings | None = None
    summaries: SummarySettings | None = None
    """A language model that writes about papers; None: none does."""
    """The Zotero library to import from and to add papers to."""
    aliases: Aliases | None = None
    """Terms with the same meaning, in any keyword."""
    site: bool = False
    """Whether a run builds the static site."""
    site_url: str | None = None
    """URL of the site's folder, with a slash at the end, or None."""
    public_marks: bool = False
    """Whether the feeds of stars and tags are in the site's folder."""
    served: bool = False
    """Whether `digest serve` runs at `site_url`, so that mails may have links to act."""
    monitoring: Monitoring = Monitoring()


def load_config(path: Path) -> Config:
    """Return the config at `path`; raise ConfigError with all its faults."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise ConfigError(
            "there is no such config file; `digest init` writes one, --config names another",
            path=path,
        ) from None
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", path=path) from None
    if len(content) > MAX_BYTES:
        raise ConfigError(f"larger than {MAX_BYTES // 1024**2} MiB, no config", path=path)
    return parse_config(_decoded(content, path), path)


def parse_config(content: str, path: Path) -> Config:
    """Parse the text `content` of the config file `path`."""
    try:
        node = parse_tree(content)
    except ConfigError as error:
        error.path = path
        raise
    if node is None or (isinstance(node, Text) and node.is_null):
        raise ConfigError(
            "is empty; give it `sources` and `rules`, or see `digest init`", path=path
        )
    faults = Faults(path)
    config = _read_top(Section(node, KEYS, faults, within=""), path)
    faults.raise_found()
    return replace(config, skipped=tuple(faults.skipped))


def _read_top(top: Section, path: Path) -> Config:
    for key in ("sources", "rules"):
        if key not in top and isinstance(top.node, Table):
            top.add(fault(top.node, f"there are no `{key}`; give it at least one"))
    folder = path.absolute().parent
    to_path = path_in(folder)
    library = top.read("library", to_path, folder / "digest.db")
    output = top.read("output", to_path, folder / "digests")
    title = top.read("title", line, "Reading list")
    tag = top.read("language", language, "en")
    sources = SourceReader(top.faults, folder, written=(library, output))
    rule_nodes = top.read("rules", list_entries, ())
    aliases = top.read("aliases", read_aliases, None)
    rules, rule_names = read_rules(rule_nodes, top.faults, aliases)
    profile_nodes = top.read("profiles", list_entries, None)
    around = ProfileContext(folder, title, tag, rule_names, has_model="summaries" in top)
    return Config(
        path=path,
        folder=folder,
        title=title,
        library=library,
        output=output,
        language=tag,
        sources=sources.read(top.read("sources", list_entries, ())),
        rules=rules,
        rule_lines=tuple(node.line for node in rule_nodes),
        profiles=read_profiles(profile_nodes, top.faults, around),
        smtp=_read_smtp(top, folder),
        contact=top.read("contact", _contact, ""),
        lookup=top.read("lookup", _lookup, ""),
        zotero=_read_zotero(top, folder),
        summaries=_read_summaries(top),
        aliases=aliases,
        site=top.read("site", yes_or_no, default=False),
        site_url=top.read("site_url", _site_url, None),
        served=_read_served(top),
        public_marks=top.read("public_marks", yes_or_no, default=False),
        monitoring=read_monitoring(top, folder),
    )


def _decoded(content: bytes, path: Path) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        at = content[: error.start].count(b"\n") + 1
        raise ConfigError("is not UTF-8 text", path=path, line=at) from None


# --- the site and the network ---------------------------------------------------------------------


def _site_url(node: Node) -> str:
    """Return the address of the site's folder, with a slash at its end."""
    value = line(node)
    parts = web_address(node, of="the site", example="https://papers.example.org/")
    if parts.query or parts.fragment:
        raise fault(node, f"{quoted(value)} must be the address of a folder, without ? and #")
    if parts.username or parts.password:
        raise fault(node, "a name or password does not belong in an address that others see")
    return value if value.endswith("/") else f"{value}/"


def _read_served(top: Section) -> bool:
    served = top.read("served", yes_or_no, default=False)
    if served and "site_url" not in top:
        reason = "`served` needs `site_url`: the address at which `digest serve` answers"
        top.add(fault(top.node_of("served"), reason))
    return served


def _contact(node: Node) -> str:
    return mailbox(node).address


def _lookup(node: Node) -> Literal["", "arxiv", "semantic-scholar"]:
    value = text(node)
    if value in ("arxiv", "semantic-scholar"):
        return "arxiv" if value == "arxiv" else "semantic-scholar"
    try:
        return "arxiv" if yes_or_no(node) else ""
    except ConfigError:
        message = "must be true, false, arxiv or semantic-scholar"
        raise fault(node, f"{quoted(value)} {message}") from None


def _read_summaries(top: Section) -> SummarySettings | None:
    if "summaries" not in top:
        return None
    from digest.config.summaries import SUMMARY_KEYS, read_summaries

    section = Section(top.node_of("summaries"), SUMMARY_KEYS, top.faults, within="summaries")
    return read_summaries(section)


def _read_zotero(top: Section, folder: Path) -> ZoteroSettings | None:
    if "zotero" not in top:
        return None
    return read_zotero(
        Section(top.node_of("zotero"), ZOTERO_KEYS, top.faults, within="zotero"), folder
    )


# --- the mail server -----------------------------------------------------------------------------


def _read_smtp(top: Section, folder: Path) -> SmtpSettings:
    if "smtp" not in top:
        return SmtpSettings()
    node = top.node_of("smtp")
    section = Section(node, (*SMTP_KEYS, "password"), top.faults, within="smtp")
    if "password" in section:
        section.add(
            fault(
                section.node_of("password"),
                "a password does not belong in a file that is copied around; put it into an "
                "environment variable and name that with `password_env`",
            )
        )
    security: Security = section.read("security", _security, "none")
    host = section.read("host", _host, "localhost")
    username = section.read("username", _username, None)
    if username and security == "none" and host not in ("localhost", "127.0.0.1", "::1"):
        reason = "the password would cross the network in clear; set security to starttls or tls"
        section.add(fault(section.node_of("username"), reason))
    return SmtpSettings(
        host=host,
        port=section.read("port", lambda node: whole_number(node, most=65_535), PORTS[security]),
        security=security,
        username=username,
        password_env=section.read("password_env", variable, SmtpSettings().password_env),
        ca_file=section.read("ca_file", path_in(folder), None),
        timeout=section.read("timeout", seconds, 30.0),
        retries=section.read("retries", lambda node: whole_number(node, least=0, most=4), 3),
        give_up_after=section.read("give_up_after", lambda node: whole_number(node, most=365), 5),
    )


def _security(node: Node) -> Security:
    name = one_of(PORTS, "kind of security")(node)
    return next(known for known in PORTS if known == name)


def _host(node: Node) -> str:
    host = line(node)
    if " " in host or "/" in host or "@" in host:
        raise fault(node, f"{quoted(host)} must be the name or the address of a host")
    return host


def _username(node: Node) -> str | None:
    return line(node) if text(node) else None
