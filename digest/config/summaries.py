"""The section `summaries` of the config."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from digest.config.sources import variable
from digest.config.values import (
    Section,
    fault,
    line,
    number,
    prose,
    quoted,
    seconds,
    web_address,
    whole_number,
)
from digest.model.summaries import SummarySettings

if TYPE_CHECKING:
    from digest.config.yaml_tree import Node

SUMMARY_KEYS: Final = (
    "url", "model", "key_env", "language", "prompt", "papers", "tokens", "answer_tokens",
    "price", "budget", "timeout",
)  # fmt: skip
PRICE_KEYS: Final = ("input", "output")
_DEFAULT: Final = SummarySettings("", "")


def read_summaries(section: Section) -> SummarySettings:
    """Return the settings of the section; faults are added to the section's."""
    for key in ("url", "model"):
        if key not in section:
            section.add(fault(section.node, f"needs `{key}`"))
    price_in, price_out = _prices(section)
    budget = section.read("budget", number, None)
    if budget is not None and not (price_in or price_out):
        reason = "a `budget` needs the `price` of a million tokens, as {input: …, output: …}"
        section.add(fault(section.node_of("budget"), reason))
    return SummarySettings(
        url=section.read("url", _url, ""),
        model=section.read("model", _model, ""),
        key_env=section.read("key_env", variable, _DEFAULT.key_env),
        language=section.read("language", language_tag, ""),
        prompt=section.read("prompt", prose, _DEFAULT.prompt),
        papers=section.read("papers", lambda node: whole_number(node, least=0), _DEFAULT.papers),
        tokens=section.read(
            "tokens", lambda node: whole_number(node, least=0, most=999_999_999), _DEFAULT.tokens
        ),
        answer_tokens=section.read(
            "answer_tokens",
            lambda node: whole_number(node, least=50, most=32_000),
            _DEFAULT.answer_tokens,
        ),
        price_in=price_in,
        price_out=price_out,
        budget=budget,
        timeout=section.read("timeout", seconds, _DEFAULT.timeout),
    )


def _prices(section: Section) -> tuple[float, float]:
    if "price" not in section:
        return 0.0, 0.0
    within = f"{section.within}: price"
    inner = Section(section.node_of("price"), PRICE_KEYS, section.faults, within=within)
    return inner.read("input", number, 0.0), inner.read("output", number, 0.0)


def _url(node: Node) -> str:
    example = "http://localhost:11434/v1"
    parts = web_address(node, of="the server, with its version", example=example)
    if parts.query or parts.fragment:
        raise fault(node, f"{quoted(line(node))} must not have ? or #")
    if parts.username or parts.password:
        raise fault(node, "a password does not belong in a config; see `key_env`")
    return line(node).rstrip("/").removesuffix("/chat/completions")


def _model(node: Node) -> str:
    name = line(node)
    if len(name) > 200:
        raise fault(node, "a model's name has at most 200 characters")
    return name


def language_tag(node: Node) -> str:
    """Return the tag of any language (RFC 5646)."""
    tag = line(node)
    if not re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", tag):
        raise fault(node, f"{quoted(tag)} must be a language tag such as zh or pt-BR")
    return tag
