"""The renderings of whole digests: golden files, hostile data, a user's own templates."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings

from digest.errors import TemplateError
from digest.model import Entry, Name, Reason, Segment
from digest.rendering.templates import Links, Renderer
from digest.text.one_line import one_line
from tests.conftest import PROJECT
from tests.rendering.builders import DAY, digest, empty, entry, full, many, marked
from tests.rendering.readers import composed, read_html, read_markdown
from tests.rendering.test_escape import TEXT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LINKS = Links(
    feed="https://example.org/daily/feed.xml",
    archive="https://example.org/daily/",
    unsubscribe="mailto:digest@example.org?subject=unsubscribe%20daily",
)
QUIET = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)

# What the templates themselves make; nothing else may come of data.
MAIL_TAGS = {
    *("html", "head", "meta", "title", "style", "body", "div", "table", "tbody", "tr", "td"),
    *("h1", "h2", "h3", "p", "a", "mark", "span", "em", "ul", "li", "b", "br"),
}
MARKDOWN_TAGS = {"h1", "h2", "h3", "p", "a", "strong", "em", "blockquote", "ul", "li", "hr"}


def without_spaces_in_styles(page: str) -> str:
    """Take out what the releases of the inliner do differently."""
    return re.sub(r'style="[^"]*"', lambda style: re.sub(r"([:;]) +", r"\1", style[0]), page)


@pytest.mark.parametrize("shown", [full, empty], ids=["full", "empty"])
def test_golden(
    renderer: Renderer, golden: Callable[[str, str], None], shown: Callable[[], object]
) -> None:
    one = full() if shown is full else empty()
    name = shown.__name__
    golden(f"{name}.md", renderer.markdown(one, LINKS))
    golden(f"{name}.txt", renderer.text(one, LINKS))
    golden(f"{name}.html", without_spaces_in_styles(renderer.html(one, LINKS)))


def test_the_same_digest_gives_the_same_bytes() -> None:
    first, second = Renderer(), Renderer()
    for one, other in [
        (first.markdown(full()), second.markdown(full())),
        (first.html(full()), second.html(full())),
        (first.text(full()), second.text(full())),
    ]:
        assert one == other


# --- shape ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [0, 1, 5, 60])
def test_every_paper_stands_in_every_format(renderer: Renderer, count: int) -> None:
    shown = many(count)
    titles = [one.paper.title for one in shown.entries]
    readings = read_markdown(renderer.markdown(shown))
    for seen in [*readings.values(), read_html(renderer.html(shown))]:
        assert [text for text in seen.headings if text in titles] == titles
    text = " ".join(renderer.text(shown).split())
    for number, title in enumerate(titles, 1):
        assert f" {number}. {title} " in text


def test_markdown_has_no_trailing_spaces_no_html_and_no_gaps(renderer: Renderer) -> None:
    for shown in (many(5), empty(), digest([entry(1)])):
        text = renderer.markdown(shown, LINKS)
        assert not re.search(r"[ \t]$", text, re.MULTILINE)
        assert "\n\n\n" not in text
        assert text.startswith("# ")
        assert text.endswith("\n")
        for seen in read_markdown(text).values():
            assert set(seen.tags) <= MARKDOWN_TAGS


def test_front_matter_and_folded_abstracts_come_only_when_asked_for(renderer: Renderer) -> None:
    shown = digest([entry(1)])
    assert "<details>" not in renderer.markdown(shown)
    asked = renderer.markdown(digest([entry(1)], abstracts=True, front_matter=True))
    assert asked.startswith('---\ntitle: "Papers for Monday’s reading group"\ndate: 2026-01-05\n')
    assert "<details>\n<summary>Abstract</summary>\n\nWe train" in asked


def test_what_is_unknown_is_absent(renderer: Renderer) -> None:
    bare = entry(
        1, authors=None, published=None, url=None, pdf_url=None, code_url=None, abstract=None,
        categories=(), upvotes=None, comments=None, organization=None, arxiv_id=None,
    )  # fmt: skip
    shown = digest([bare], listed=(bare,))
    for text in (renderer.markdown(shown), renderer.text(shown), renderer.html(shown)):
        assert "None" not in text
        assert "n/a" not in text
    links = re.findall(r"\]\((\S+)\)", renderer.markdown(shown))
    assert len(links) == 3, "where to look for it"
    assert all("Routing" in link or "Scaling" in link for link in links)


def test_plain_text_keeps_to_72_columns_but_for_links(renderer: Renderer) -> None:
    url = "https://example.org/" + "x" * 90
    long = entry(1, title=marked("word " * 40 + "W" * 200), url=url)
    text = renderer.text(digest([long, entry(2)], intro="An *introduction* " * 20), LINKS)
    assert url in text
    for line in text.splitlines():
        assert len(line) <= 72 or "://" in line
        assert line == line.rstrip() or line == "-- ", "the mark of a signature"


def test_introductions_are_markdown_in_each_format(renderer: Renderer) -> None:
    shown = digest([], intro="Some *words* and [a link](https://example.org/x):\n\n1. one\n2. two")
    assert "Some *words* and [a link](https://example.org/x):\n\n1. one\n" in renderer.markdown(
        shown
    )
    page = read_html(renderer.html(shown))
    assert "https://example.org/x" in page.links
    assert {"em", "ol", "li"} <= set(page.tags)
    assert "Some words and a link (https://example.org/x):\n\n- one\n- two" in renderer.text(shown)


def test_the_mail_can_be_read_by_people_and_programs(renderer: Renderer) -> None:
    page = renderer.html(many(5), LINKS)
    assert '<html lang="en">' in page
    assert 'name="color-scheme"' in page
    assert "prefers-color-scheme: dark" in page
    assert page.count("<table") == page.count('role="presentation"')
    seen = read_html(page)
    assert not {"img", "script", "link", "form", "iframe"} & set(seen.tags)
    assert all(re.match(r"https:|mailto:", link) for link in seen.links)


def test_a_path_is_not_shown_in_mail(renderer: Renderer) -> None:
    page = renderer.html(empty(), Links(feed="/home/me/daily/feed.xml", archive="daily/x.html"))
    assert "daily/" not in page
    assert read_html(page).links == []


def test_sixty_papers_stay_under_the_size_at_which_mail_is_cut(renderer: Renderer) -> None:
    assert len(renderer.html(many(60), LINKS).encode()) < 100_000


# --- hostile data --------------------------------------------------------------------------------


def hostile_entry(text: str) -> Entry:
    """Return an entry all of whose texts are `text`."""
    return entry(
        1, title=(Segment(text),), sentence=(Segment(text, marked=True),),
        quote=(Segment(text, marked=True),), abstract=text, more={"sentence_by": text},
        authors=(Name(literal=text),), organization=text, categories=(text,), rule=text,
        reasons=(
            Reason(text, 1.0, (text,), 1, (text,), (text,), (text,)),
            Reason(text, 1.0, (text,)),
        ),
        journal=text, html_url=text, project_url=text, url=text,
        pdf_url=f"https://example.org/{text}", code_url="javascript:alert(1)",
    )  # fmt: skip


def assert_is_text(renderer: Renderer, text: str) -> None:
    """Assert that every rendering shows `text` and that nothing in it means anything."""
    one = hostile_entry(text)
    shown = digest(
        [one], title=text, summary=text, details=(text,), missing=text, profile=text, listed=(one,)
    )
    expected = composed(one_line(text))
    page = renderer.html(shown, LINKS)
    html = read_html(page)
    assert set(html.tags) <= MAIL_TAGS
    assert composed(html.headings[0]) == expected
    assert expected in [composed(heading) for heading in html.headings[1:]]
    for name, seen in read_markdown(renderer.markdown(shown, LINKS)).items():
        assert set(seen.tags) <= MARKDOWN_TAGS, name
        assert expected in [composed(heading) for heading in seen.headings], name
        assert not seen.handlers, name
        assert all(re.match(r"https?:|mailto:", link) for link in seen.links), name
    fragment = renderer.feed_item(one, DAY)
    ET.fromstring(f"<div>{fragment}</div>")
    item = read_html(fragment)
    for seen in (html, item):
        assert not seen.handlers
        assert all(re.match(r"https?:|mailto:", link) for link in seen.links)
    assert "".join(expected.split()) in "".join(composed(renderer.text(shown)).split())


@QUIET
@given(TEXT)
def test_a_hostile_title_never_becomes_markup(renderer: Renderer, text: str) -> None:
    if one_line(text):
        assert_is_text(renderer, text)


@pytest.mark.shared
def test_known_attacks_come_out_as_text(renderer: Renderer, hostile: list[dict[str, str]]) -> None:
    for case in hostile:
        assert_is_text(renderer, case["value"])


def test_data_is_never_run_as_a_template(renderer: Renderer) -> None:
    attack = "{{ 7 * 7 }}{% include 'digest.md.j2' %}{{ digest.title }}"
    assert attack in renderer.markdown(digest([], intro=attack))
    assert attack.upper() in renderer.text(digest([], title=attack))


def test_long_data_is_rendered_in_linear_time(renderer: Renderer) -> None:
    for text in ("A" * 100_000, "word " * 50_000, "[" * 50_000, "*a_ " * 50_000, ":a" * 50_000):
        shown = digest([entry(1, title=(Segment(text),), abstract=text)])
        assert renderer.markdown(shown)
        assert renderer.text(shown)
        assert renderer.html(shown)


# --- a user's templates --------------------------------------------------------------------------


def test_the_projects_own_templates_pass_their_check(renderer: Renderer) -> None:
    assert renderer.check() == ()


def test_one_file_of_a_users_folder_replaces_one_template(tmp_path: Path) -> None:
    (tmp_path / "_paper.md.j2").write_text("\n### {{ entry.paper.title | upper | md }}\n")
    text = Renderer(tmp_path).markdown(digest([entry(2)]))
    assert "\n## Mixture of experts (1)\n\n### A PRUNED MODEL IS NOT A SMALLER MODEL\n" in text
    assert "●●●" not in text.partition("---")[0]


def test_a_users_palette_changes_the_mail(tmp_path: Path, renderer: Renderer) -> None:
    source = (PROJECT / "templates/palette.j2").read_text(encoding="utf-8")
    (tmp_path / "palette.j2").write_text(source.replace("#1d5288", "#7a1f2b"))
    assert "#7a1f2b" in Renderer(tmp_path).html(many(1))
    assert "#7a1f2b" not in renderer.html(many(1))


def test_a_users_template_can_extend_the_one_it_replaces(tmp_path: Path) -> None:
    (tmp_path / "digest.md.j2").write_text(
        '{% extends "default/digest.md.j2" %}\n{% block foot %}\n\nBye.\n{% endblock %}\n'
    )
    text = Renderer(tmp_path).markdown(digest([entry(2)]))
    assert text.endswith("\n\nBye.\n")
    assert "### [A pruned model is not" in text


@pytest.mark.parametrize(
    ("name", "source", "message"),
    [
        ("digest.md.j2", "#\n{{ digest.titel }}", r":2: .*'titel'; did you mean 'title'\?"),
        ("digest.md.j2", "{{ digset.title }}", r":1: 'digset' is undefined; .*'digest'\?"),
        ("_paper.md.j2", "\n\n{{ entry.paper.upvote }}", r"_paper.md.j2:3: .*'upvotes'\?"),
        ("digest.html.j2", "{% for x in %}", r"digest.html.j2:1: Expected an expression"),
        ("digest.txt.j2", "a\n{{ digest.title | nope }}", r"digest.txt.j2:2: No filter .*'nope'"),
        ("digest.txt.j2", "a\n{{ digest.day + 1 }}", r"digest.txt.j2:2: unsupported operand"),
        ("digest.txt.j2", '{% include "_papre.txt.j2" %}', r"did you mean '_paper.txt.j2'\?"),
        ("feed-item.html.j2", "{{ entry.titel }}", r"feed-item.html.j2:1: .*did you mean 'title'"),
        ("email.css.j2", "{{ c.x }}", r"email.css.j2:1: 'c' is undefined"),
        ("digest.txt.j2", b"\xff\xfe", r"digest.txt.j2: the file is not UTF-8 text"),
        ("own.j2", "{% if %}", r"own.j2:1: "),
        ("digest.txt.j2", "{{ digest.entries | wrap }}", r"digest.txt.j2:1: "),
    ],
)  # fmt: skip
def test_a_mistake_in_a_template_is_told_with_file_and_line(
    tmp_path: Path, name: str, source: str | bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(source if isinstance(source, bytes) else source.encode())
    with pytest.raises(TemplateError, match=re.escape(str(tmp_path)) + ".*" + message):
        Renderer(tmp_path).check()


def test_a_folder_of_templates_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="does not exist"):
        Renderer(tmp_path / "nowhere")


def test_a_file_with_nearly_the_right_name_is_warned_of(tmp_path: Path) -> None:
    (tmp_path / "digest.htm.j2").write_text("hello")
    (tmp_path / "mine.j2").write_text("hello")
    (tmp_path / "_papers.md.j2").write_text("hello")
    (tmp_path / "digest.md.j2").write_text('{% include "_papers.md.j2" %}')
    (warning,) = Renderer(tmp_path).check()
    assert warning.endswith("digest.htm.j2 replaces nothing; did you mean digest.html.j2?")
