"""Find every phrase that a digest or a page may show, in code and templates."""

from __future__ import annotations

import ast
from functools import cache
from typing import TYPE_CHECKING

import jinja2
from jinja2.ext import extract_from_ast

from tests.conftest import PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Message = str | tuple[str, str]


@cache
def messages() -> Mapping[Message, Sequence[str]]:
    """Return each phrase, or pair of its singular and plural, with the files that use it."""
    result: dict[Message, list[str]] = {}
    for path in sorted((PROJECT / "digest").rglob("*.py")):
        for message in _of_python(path.read_text(encoding="utf-8")):
            result.setdefault(message, []).append(str(path.relative_to(PROJECT)))
    for path in sorted((PROJECT / "templates").rglob("*.j2")):
        for message in _of_template(path.read_text(encoding="utf-8")):
            result.setdefault(message, []).append(str(path.relative_to(PROJECT)))
    return result


def _of_python(source: str) -> Iterator[Message]:
    if ".text(" not in source and ".count(" not in source:
        return
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        values = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
        texts = [value for value in values if isinstance(value, str)]
        if not _is_words(node.func.value):
            continue
        if node.func.attr == "text" and len(texts) == 1:
            yield texts[0]
        elif node.func.attr == "count" and len(texts) == 2:
            yield texts[0], texts[1]


def _is_words(node: ast.expr) -> bool:
    if isinstance(node, ast.Name):
        return node.id in ("words", "self")
    return isinstance(node, ast.Call) and ast.unparse(node.func) in ("words_of", "words_in")


def _of_template(source: str) -> Iterator[Message]:
    tree = jinja2.Environment(autoescape=True).parse(source)
    for _, _, message in extract_from_ast(tree, ("_",)):
        # With values a phrase comes in a tuple, filled up with None.
        text = message[0] if isinstance(message, tuple) else message
        assert isinstance(text, str)
        yield text
    for call in tree.find_all(jinja2.nodes.Call):
        method = call.node
        if (
            isinstance(method, jinja2.nodes.Getattr)
            and method.attr == "count"
            and isinstance(method.node, jinja2.nodes.Name)
            and method.node.name == "words"
        ):
            one, many = (arg.as_const() for arg in call.args[:2])
            yield one, many
    for counted in tree.find_all(jinja2.nodes.Filter):
        if counted.name == "counted":
            one, many = (arg.as_const() for arg in counted.args)
            yield one, many
