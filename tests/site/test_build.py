"""The static site as files: what is built, when, and where its links lead."""

from __future__ import annotations

import json
import re
from datetime import date
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree as ET

import feedparser
import pytest

from digest.config import load_config
from digest.errors import TemplateError
from digest.model.marks import Mark
from digest.pipeline.site import build
from digest.pipeline.site_samples import try_templates
from digest.site.paths import paper_path, paper_slug, root_of, slug
from tests.rendering.json_feed import check_json_feed
from tests.rendering.readers import read_html
from tests.site.conftest import papers

if TYPE_CHECKING:
    from pathlib import Path

    from tests.pipeline.world import World


def pages(world: World) -> dict[str, str]:
    folder = world.output / "site"
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*.html"))
    }


def rebuild(world: World, *, anew: bool = False) -> int:
    """Build the site; return how many files were new or different."""
    with world.library() as library:
        return build(load_config(world.config), library, rebuild=anew).written


def test_a_run_makes_pages_of_all_kinds(world: World) -> None:
    made = pages(world)
    assert {
        "index.html",
        "days.html",
        "rules.html",
        "trends.html",
        "search.html",
        "feeds.html",
        "digests/daily/2026-01-07.html",
        "rules/pruning.html",
        "papers/2601.00001.html",
    } <= set(made)
    assert "Wednesday 7 January 2026" in made["index.html"]
    assert 'rel="next"' in made["digests/daily/2026-01-06.html"]


def test_a_site_that_grew_day_by_day_is_the_one_made_at_once(world: World) -> None:
    assert rebuild(world, anew=True) == 0


def test_nothing_new_writes_nothing(world: World) -> None:
    before = world.tree()
    assert rebuild(world) == 0
    world.wait(days=-1)
    world.run()
    after = world.tree()
    assert {path for path in after if "/site/" in path and after[path] != before[path]} == set()


def test_a_new_day_writes_only_what_it_changes(world: World) -> None:
    before = pages(world)
    world.drop("2026-01-08", {"title": "Routing again", "arxiv_id": "2601.20000"})
    world.run()
    after = pages(world)
    changed = {path for path in after if after[path] != before.get(path)}
    assert changed == {
        "index.html",
        "days.html",
        "rules.html",
        "search.html",
        "trends.html",
        "digests/daily/2026-01-07.html",
        "digests/daily/2026-01-08.html",
        f"rules/{slug('C++ & co')}.html",
        "papers/2601.20000.html",
    }


def test_the_first_page_counts_the_last_seven_days(world: World) -> None:
    page = read_html(pages(world)["index.html"]).text
    # One paper that came again each day, and two that were new on each of three days.
    assert "7 papers came in. 7 were in digests." in page


def test_the_days_name_the_most_upvoted_papers(world: World) -> None:
    page = pages(world)["days.html"]
    aside = page.partition("<aside")[2]
    assert '<a href="papers/2601.00001.html" dir="auto">Pruning &lt;b&gt;at scale' in aside
    assert "▲ 11" in aside
    assert page.count('aria-current="date"') == 1, "the newest day"


def test_trends_plot_each_rule_on_one_scale_with_a_table(world: World) -> None:
    page = pages(world)["trends.html"]
    assert page.count("<figure>") == 2
    numbers, heights = {}, {}
    for rule, shown in (("Pruning", "Pruning"), ("C++ & co", "C++ &amp; co")):
        row = page.partition(f'<th scope="row">{shown}</th>')[2].partition("</tr>")[0]
        numbers[rule] = [int(number) for number in re.findall(r">(\d+)</td>", row)]
        figure = page.partition(f">{shown}</a>")[2].partition("</figure>")[0]
        heights[rule] = [int(height) for height in re.findall(r'height="(\d+)"/>', figure)]
    assert (numbers["Pruning"][-1], numbers["C++ & co"][-1]) == (7, 3)
    most = max(map(max, numbers.values()))
    for rule, values in numbers.items():
        assert len(values) == 13
        assert heights[rule] == [round(value / most * 54) for value in values]
    assert "7 last week" in page
    assert "dumps&nbsp;7" in page


def test_a_build_that_was_killed_is_done_by_the_next(world: World) -> None:
    whole = world.outputs()
    folder = world.output / "site"
    (folder / "papers/2601.00001.html").unlink()
    (folder / "index.html").write_text("half", encoding="utf-8")
    (folder / ".built.json").unlink()
    (folder / "papers/.2601.00001.html.tmp").write_text("half", encoding="utf-8")
    world.wait(days=-1)
    world.run()
    assert world.outputs() == whole


def test_a_changed_config_makes_the_site_anew(world: World) -> None:
    config = world.config.read_text(encoding="utf-8").replace("Morning papers", "Evening papers")
    world.configure(config)
    rebuild(world)
    assert all("Evening papers" in page for page in pages(world).values())


def test_a_page_of_a_rule_that_is_gone_goes_too(world: World) -> None:
    stray = world.output / "site/rules/gone.html"
    stray.write_text("old", encoding="utf-8")
    rebuild(world, anew=True)
    assert not stray.exists()


def test_every_link_leads_somewhere_and_nothing_comes_from_outside(world: World) -> None:
    folder = world.output / "site"
    for path, page in pages(world).items():
        for kind, target in re.findall(r'(href|src)="([^"]*)"', page):
            parts = urlsplit(unescape(target))
            if parts.scheme:
                assert kind == "href"
                assert parts.scheme == "https"
                continue
            place = (folder / path).parent / unquote(parts.path) if parts.path else folder / path
            assert place.is_file(), f"{path}: {target}"


def test_no_page_has_inline_styles_or_scripts(world: World) -> None:
    for path, page in pages(world).items():
        assert "Content-Security-Policy" in page
        assert not re.search(r"\sstyle=|<style|\son\w+=|<script>", page), path
        assert "unsafe-inline" not in page


def test_what_papers_and_markdown_say_stays_text(world: World) -> None:
    made = pages(world)
    home = read_html(made["index.html"])
    assert not [link for link in home.links if link.startswith("javascript")]
    assert "<script>alert(1)</script>" in home.text
    paper = read_html(made["papers/2601.00001.html"])
    assert "Pruning <b>at scale</b> & more" in paper.headings[0]
    rule = read_html(made["rules/pruning.html"])
    assert "A note with <b>tags</b>" in " ".join(rule.text.split())


def test_a_papers_page_tells_its_history(world: World) -> None:
    page = pages(world)["papers/2601.00001.html"]
    text = " ".join(read_html(page).text.split())
    assert "Seen in dumps, ▲ 3" in text
    assert "Seen in dumps, ▲ 11" in text
    assert "In the digest: Monday 5 January 2026 · under Pruning" in text
    assert "<svg" in page
    assert (
        '<meta name="citation_title" content="Pruning &lt;b&gt;at scale&lt;/b&gt; &amp; more">'
        in page
    )
    assert '<meta name="citation_author" content="Ada Lie">' in page
    assert '<meta name="citation_arxiv_id" content="2601.00001">' in page
    assert "@" in text
    assert "eprint" in text


def test_the_search_index_has_every_paper_once(world: World) -> None:
    folder = world.output / "site/search"
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["texts-2026-01.js", "titles-2026-01.js"]
    script = (folder / "titles-2026-01.js").read_text(encoding="utf-8")
    assert "<" not in script
    rows = json.loads(re.fullmatch(r'digestTitles\("2026-01",(.*)\);\n', script)[1])  # type: ignore[index]
    assert len(rows) == 7
    (row,) = (row for row in rows if row[0] == "2601.00001")
    assert row[1:3] == ["Pruning <b>at scale</b> & more", "Ada Lie and Bo Ek"]


def test_several_profiles_share_a_site_and_one_that_is_gone_leaves_no_dead_link(
    world: World,
) -> None:
    config = world.config.read_text(encoding="utf-8")
    world.configure(config + "  - {name: Lab_co, rules: [Pruning]}\n")
    world.drop("2026-01-08", {"title": "Pruning for two", "arxiv_id": "2601.30000"})
    world.run()
    folder = f"digests/{slug('Lab_co')}"
    assert f"{folder}/2026-01-08.html" in pages(world)
    assert "Other digests" in pages(world)["index.html"]
    test_every_link_leads_somewhere_and_nothing_comes_from_outside(world)
    world.configure(config)
    rebuild(world)
    assert not [path for path in pages(world) if path.startswith(folder)]
    assert "papers/2601.30000.html" in pages(world)
    test_every_link_leads_somewhere_and_nothing_comes_from_outside(world)
    assert rebuild(world, anew=True) == 0


# --- feeds


def feed(world: World, name: str) -> bytes:
    return (world.output / "site/feeds" / name).read_bytes()


def mark(world: World) -> None:
    with world.library() as library:
        moment = world.now
        library.marks.put(
            "daily",
            [
                Mark("2601.00001", starred=True, star_at=moment, tags=("to cite",), tags_at=moment),
            ],
        )
    rebuild(world)


@pytest.mark.parametrize(
    "name", ["daily", "rules/pruning", f"rules/{slug('C++ & co')}", "starred/daily"]
)
@pytest.mark.parametrize("suffix", [".xml", ".atom", ".json"])
def test_every_feed_is_valid(world: World, name: str, suffix: str) -> None:
    mark(world)
    content = feed(world, name + suffix)
    address = f"https://papers.example.org/feeds/{name}{suffix}"
    if suffix == ".json":
        form = json.loads(content)
        check_json_feed(form)
        assert form["feed_url"] == address
        assert form["items"]
        return
    parsed = feedparser.parse(content)
    assert not parsed.bozo
    assert parsed.entries
    assert {link.href for link in parsed.feed.links if link.rel == "self"} == {address}
    guids = [entry.id for entry in parsed.entries]
    assert len(set(guids)) == len(guids)
    dates = [entry.published_parsed for entry in parsed.entries]
    assert dates == sorted(dates, reverse=True)


def test_feeds_of_marks_hold_what_is_marked(world: World) -> None:
    assert feedparser.parse(feed(world, "starred/daily.xml")).entries == []
    mark(world)
    for name in ("starred/daily.xml", f"tags/daily/{slug('to cite')}.atom"):
        (item,) = feedparser.parse(feed(world, name)).entries
        assert item.id == "tag:digest.local,2026:paper/2601.00001"


def test_the_opml_file_lists_feeds_that_are_there(world: World) -> None:
    mark(world)
    outlines = list(ET.fromstring(feed(world, "feeds.opml")).iter("outline"))
    assert len(outlines) == 5
    for outline in outlines:
        address = outline.get("xmlUrl") or ""
        name = address.removeprefix("https://papers.example.org/feeds/")
        assert feed(world, name)


def test_pages_offer_their_feeds(world: World) -> None:
    page = pages(world)["rules/pruning.html"]
    match = re.findall(r'<link rel="alternate" type="([^"]+)" title="[^"]+" href="([^"]+)">', page)
    assert match == [
        ("application/rss+xml", "../feeds/rules/pruning.xml"),
        ("application/atom+xml", "../feeds/rules/pruning.atom"),
        ("application/feed+json", "../feeds/rules/pruning.json"),
    ]


def test_a_corrected_title_makes_no_new_item(world: World) -> None:
    before = feed(world, "daily.xml")
    world.drop("2026-01-08", {**papers(0)[0], "title": "Pruning at scale, corrected"})
    world.run()
    guids = [entry.id for entry in feedparser.parse(before).entries]
    after = [entry.id for entry in feedparser.parse(feed(world, "daily.xml")).entries]
    assert sorted(after) == sorted(guids)


def test_a_site_before_the_first_digest(tmp_path: Path) -> None:
    from tests.pipeline.world import World as NewWorld
    from tests.site.conftest import CONFIG

    world = NewWorld(tmp_path, CONFIG)
    rebuild(world)
    assert "There is no digest yet" in pages(world)["index.html"]
    parsed = feedparser.parse(feed(world, "daily.atom"))
    assert not parsed.bozo


@pytest.mark.parametrize("query", ["feed", "rule"])
def test_a_feeds_window_does_not_read_the_history(world: World, query: str) -> None:
    """The cost of a window follows its size: an index finds it, and nothing is sorted."""
    statements: list[str] = []
    with world.library() as library:
        connection = library.site._connection
        connection.set_trace_callback(statements.append)
        if query == "feed":
            library.digests.feed("daily", since=world.now, at_least=1)
        else:
            library.site.of_rule("Pruning", at_least=1, since=world.now)
        connection.set_trace_callback(None)
        plans = [
            row[3]
            for statement in statements
            for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall()
        ]
    assert plans
    assert not [
        plan for plan in plans if plan.startswith("SCAN") and "subquery" not in plan.lower()
    ]


def test_names_in_paths_differ_where_texts_do() -> None:
    assert slug("Scaling laws") == "scaling-laws"
    assert slug("C++") != slug("C#")
    assert slug("../../etc") == f"etc-{slug('../../etc')[-8:]}"
    assert paper_slug("2601.00001") == "2601.00001"
    assert "/" not in paper_slug("hep-th/9901001")
    assert paper_slug("10.1000/a(b)") != paper_slug("10.1000/a[b]")
    assert root_of(paper_path("x")) == "../"


def test_a_site_that_cannot_be_written_is_told(world: World) -> None:
    folder = world.output / "site"
    for path in sorted(folder.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    folder.rmdir()
    folder.write_text("in the way", encoding="utf-8")
    result = world.run(day=date(2026, 1, 20))
    assert "cannot be written" in result.site_error
    assert not result.complete


# --- for other programs --------------------------------------------------------------------------


def test_all_papers_are_there_for_other_programs(world: World) -> None:
    site = world.output / "site"
    output = json.loads((site / "papers.json").read_bytes())
    assert output[0]["title"] == "Pruning 2", "the newest first"
    assert len(output) == len(list((site / "papers").glob("*.html")))
    (paper,) = (paper for paper in output if paper["id"] == "2601.00001")
    assert paper["title"] == "Pruning <b>at scale</b> & more"
    assert paper["page"] == "https://papers.example.org/papers/2601.00001.html"
    assert (paper["day"], paper["rules"]) == ("2026-01-05", ["Pruning"])
    month = json.loads((site / "export/papers-2026-01.json").read_bytes())
    assert month == output
    bibtex = (site / "export.bib").read_text(encoding="utf-8")
    assert len(re.findall(r"^@", bibtex, re.MULTILINE)) == len(output)
    assert (site / "export/export-2026-01.bib").read_text(encoding="utf-8").strip() in bibtex


def test_a_second_month_makes_no_file_of_the_first_anew(world: World) -> None:
    first = world.output / "site/export/papers-2026-01.json"
    before = first.stat().st_mtime_ns
    world.wait(days=30)
    world.drop("2026-02-07", {"title": "Pruning in February", "arxiv_id": "2602.00001"})
    world.run()
    assert first.stat().st_mtime_ns == before
    output = json.loads((world.output / "site/papers.json").read_bytes())
    assert output[0]["id"] == "2602.00001"
    assert rebuild(world, anew=True) == 0


def test_a_papers_page_offers_it_as_a_reference(world: World) -> None:
    page = unescape(pages(world)["papers/2601.00001.html"])
    for text in ("@misc{", "TY  - ", '"type": "article"', "<dt>arXiv</dt><dd>2601.00001</dd>"):
        assert text in page


def test_a_rules_page_counts_its_keywords(world: World) -> None:
    page = pages(world)["rules/pruning.html"]
    assert re.search(r'<td dir="auto">pruning</td><td class="r">4</td>', page)
    assert "In the newest 7 papers." in page or "In the newest 4 papers." in page


def test_feeds_of_marks_are_not_public_unless_asked(world: World) -> None:
    mark(world)
    rebuild(world)
    folder = world.output / "site/feeds"
    assert (folder / "starred/daily.xml").is_file()
    world.configure(world.config.read_text(encoding="utf-8").replace("public_marks: true\n", ""))
    rebuild(world)
    assert not list(folder.glob("starred/*")) + list(folder.glob("tags/*/*"))
    assert "starred" not in pages(world)["feeds.html"]
    assert b"starred" not in feed(world, "feeds.opml")


def test_check_finds_a_fault_in_a_template_of_the_site(world: World) -> None:
    (world.folder / "mine/site").mkdir(parents=True)
    (world.folder / "mine/site/paper.html.j2").write_text(
        '{% extends "default/site/paper.html.j2" %}\n'
        "{% block head %}\n{{ entry.titel }}\n{% endblock %}\n",
        encoding="utf-8",
    )
    text = world.config.read_text(encoding="utf-8")
    world.configure(text.replace("{name: daily,", "{name: daily, templates: mine/,"))
    with pytest.raises(TemplateError, match=r"site/paper\.html\.j2:3: .*titel"):
        try_templates(load_config(world.config))
    world.configure(text)
    try_templates(load_config(world.config))
