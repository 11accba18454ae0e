"""Untrusted templates and introductions cannot leave the sandbox or block a run."""

from __future__ import annotations

from time import process_time
from typing import TYPE_CHECKING

import pytest

from digest.errors import TemplateError
from digest.rendering import sample
from digest.rendering.config_markdown import MOST_BRACKETS, MOST_CHARACTERS, markdown_to_html
from digest.rendering.markdown_to_text import markdown_to_plain
from digest.rendering.templates import Renderer

if TYPE_CHECKING:
    from pathlib import Path

ESCAPES = [
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ digest.__init__.__globals__ }}",
    "{{ digest['__class__'] }}",
    "{{ digest|attr('__class__') }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ lipsum.__globals__['os'].system('id') }}",
    "{{ self._TemplateReference__context }}",
    "{{ _.__globals__ }}",
    "{{ words.count.__func__.__globals__ }}",
    "{{ '{0.__class__.__init__.__globals__}'.format(digest) }}",
    "{{ '{a.__class__}'.format_map({'a': digest}) }}",
    "{% set x = [] %}{{ x.append(1) }}",
    "{% for i in range(10 ** 9) %}{% endfor %}",
]


@pytest.mark.parametrize("source", ESCAPES)
def test_a_template_cannot_leave_the_sandbox(source: str, tmp_path: Path) -> None:
    (tmp_path / "digest.md.j2").write_text(source, encoding="utf-8")
    with pytest.raises(TemplateError, match=r"digest\.md\.j2"):
        Renderer(tmp_path).markdown(sample.FULL)


def test_the_project_s_templates_render_in_the_sandbox() -> None:
    assert Renderer().check() == ()


@pytest.mark.parametrize("mark", ["[", "![", "[[]", "<a ", "\n[", "[a](", "> ", "  * ", "*", "`"])
def test_an_introduction_of_marks_is_rendered_in_bounded_time(mark: str) -> None:
    def seconds(count: int) -> float:
        start = process_time()
        markdown_to_html(mark * count)
        return process_time() - start

    seconds(10)  # imports
    assert seconds(100_000) < 4 * max(seconds(50_000), 0.05)


def test_what_is_too_long_to_be_parsed_stands_as_it_is() -> None:
    assert markdown_to_html("[" * 250 + "a & b\n\nnext") == (
        f"<p>{'[' * 250}a &amp; b</p>\n<p>next</p>"
    )
    assert markdown_to_plain("[" * 250).replace("\n", "") == "[" * 250
    assert markdown_to_html("*a* " * (MOST_CHARACTERS // 4)).count("<em>") > 100
    assert markdown_to_html("[a](https://example.org) " * MOST_BRACKETS).count("<a ") == 200
