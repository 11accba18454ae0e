"""The page on templates names all variables and filters."""

from __future__ import annotations

import re

import pytest

from digest import model
from digest.model import review
from digest.rendering.filters import FILTERS
from digest.rendering.templates import Links
from tests.conftest import PROJECT

PAGE = (PROJECT / "docs/templates.md").read_text(encoding="utf-8")
JSON_PAGE = (PROJECT / "docs/json.md").read_text(encoding="utf-8")


def test_every_template_is_documented_and_no_other() -> None:
    folder = PROJECT / "templates"
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*.j2")}
    section = PAGE.partition("## Files")[2].partition("To change a part")[0]
    listed = re.findall(r"`([\w./-]+\.j2)`", section)
    assert sorted(listed) == sorted(files)


def test_every_filter_is_documented_and_no_other() -> None:
    section = PAGE.partition("## Filters")[2].partition("## Rules")[0]
    heads = re.findall(r"^- (`.*?`) of ", section, re.MULTILINE)
    listed = {name for head in heads for name in re.findall(r"`(\w+)", head)}
    assert listed == set(FILTERS)


@pytest.mark.parametrize(
    "kind",
    [model.Digest, Links, model.Section, model.Entry, model.Reason, model.Match, model.Paper,
     model.Coverage, review.DigestEnd, review.ReviewLine, review.Review, review.ReviewDay],
)  # fmt: skip
def test_every_field_is_documented(kind: type) -> None:
    page = JSON_PAGE if kind is model.Paper else PAGE
    for name in kind.__annotations__:
        assert f"`{name}`" in page, f"{kind.__name__}.{name}"


def test_the_example_of_the_page_works(tmp_path_factory: pytest.TempPathFactory) -> None:
    from digest.rendering.templates import Renderer
    from tests.rendering.builders import full

    folder = tmp_path_factory.mktemp("my-templates")
    (example,) = re.findall(r"```jinja\n(.*?)```", PAGE, re.DOTALL)
    (folder / "digest.md.j2").write_text(example, encoding="utf-8")
    assert (
        Renderer(folder)
        .markdown(full())
        .endswith("\n\nQuestions? Ask whoever brings the biscuits.\n")
    )
