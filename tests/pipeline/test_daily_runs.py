"""Which papers each profile gets on which day."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from digest.matching.word_index_bytes import VERSION
from digest.model import FolderSource
from digest.pipeline.ingest import ingest_source
from digest.search import count_queries
from tests.pipeline.world import MONDAY, RULES, World, digest_of, of_profile, shown

if TYPE_CHECKING:
    from pathlib import Path

TWO_READERS = f"""{RULES}\
profiles:
  - {{name: one}}
  - {{name: two, rules: [Routing]}}
"""


NOTHING_CAME = "No new list of papers has come since your last digest."


def ingest(world: World) -> None:
    """Read what lies in the folder of dumps, as `digest ingest` does."""
    from digest.config import load_config

    (source,) = load_config(world.config).sources
    assert isinstance(source, FolderSource)
    with world.library() as library:
        ingest_source(library, source, today=world.now.date(), progress=lambda dumps, _: dumps)


# --- where a profile starts ----------------------------------------------------------------------


def test_a_profile_starts_with_the_dumps_of_its_first_run(world: World) -> None:
    world.drop("2026-01-03", "Pruning before")
    world.drop("2026-01-04", "Pruning on the eve")
    ingest(world)
    result = world.run()
    assert shown(result) == []
    (reason,) = digest_of(result).details
    assert reason.startswith("This is your first digest: it begins with what comes from now on.")
    assert "--since" in world.text("daily/2026-01-05.md")
    world.wait()
    assert digest_of(world.run()).details == (NOTHING_CAME,)


def test_looking_back_on_purpose_goes_by_the_day_of_the_dumps(world: World) -> None:
    world.drop("2026-01-03", "Pruning before")
    world.drop("2026-01-04", "Pruning on the eve")
    ingest(world)
    result = world.run(since=date(2026, 1, 4))
    assert shown(result) == ["Pruning on the eve"]
    assert digest_of(result).summary == "The only new paper matches your rules."
    second = world.run(since=date(2026, 1, 1))
    assert shown(second) == ["Pruning before"]
    assert digest_of(second).name == "2026-01-05-2"
    assert of_profile(world.run(since=date(2026, 1, 1))).digest is None


def test_looking_back_also_takes_what_comes_in_now_of_whatever_day(world: World) -> None:
    world.drop("2026-01-04", "Pruning on the eve")
    ingest(world)
    world.drop("2025-11-01", "Pruning of long ago")
    result = world.run(since=date(2026, 1, 4))
    assert sorted(shown(result)) == ["Pruning of long ago", "Pruning on the eve"]
    assert digest_of(result).summary == "2 of 2 new papers match your rules."


def test_a_new_profile_starts_when_it_first_runs(world: World) -> None:
    world.configure(TWO_READERS)
    world.drop("2026-01-05", "Routing early")
    assert [profile.profile.name for profile in world.run("one").profiles] == ["one"]
    world.wait()
    world.drop("2026-01-06", "Routing late")
    result = world.run()
    assert (shown(result, "one"), shown(result, "two")) == (["Routing late"], ["Routing late"])


def test_a_new_rule_looks_at_what_comes_from_then_on(world: World) -> None:
    world.drop("2026-01-05", "Pruning one", "Merging one")
    world.run()
    world.configure(RULES + "  - {name: Merging, keywords: [merging]}\n")
    world.wait()
    world.drop("2026-01-06", "Merging two")
    assert shown(world.run()) == ["Merging two"]


def test_an_empty_library_says_that_nothing_has_come_yet(world: World) -> None:
    digest = digest_of(world.run())
    assert digest.summary == "Nothing new today."
    assert digest.details == ("No list of papers has come yet.",)
    assert "No list of papers has come yet." in world.text("daily/2026-01-05.md")
    assert "No list of papers has come yet." in world.text("daily/2026-01-05.html")


# --- once, and no sooner than its rule is met ----------------------------------------------------


def test_a_paper_that_missed_a_threshold_comes_when_a_new_dump_shows_it_above(world: World) -> None:
    world.configure("sources: [dumps/]\nrules: [{name: Liked, query: 'upvotes:>=20'}]\n")
    world.drop("2026-01-05", {"title": "Slow burner", "upvotes": 3}, {"title": "Quiet"})
    assert digest_of(world.run()).summary == "No rule matched any of 2 new papers."
    world.wait()
    world.drop("2026-01-06", {"title": "Slow burner", "upvotes": 21})
    result = world.run()
    assert shown(result) == ["Slow burner"]
    world.wait()
    world.drop("2026-01-07", {"title": "Slow burner", "upvotes": 90})
    assert digest_of(world.run()).details == ("Every paper that came had come before.",)


def test_a_paper_comes_once_to_each_of_two_profiles(world: World) -> None:
    world.configure(TWO_READERS)
    world.drop("2026-01-05", "Routing papers")
    first = world.run()
    assert shown(first, "one") == shown(first, "two") == ["Routing papers"]
    world.wait()
    world.drop("2026-01-06", {"title": "Routing papers!", "abstract": "Seen again."})
    second = world.run()
    assert shown(second, "one") == shown(second, "two") == []


def test_papers_that_turn_out_to_be_one_are_not_delivered_again(world: World) -> None:
    world.drop("2026-01-05", {"title": "Routing A", "doi": "10.1000/a"})
    world.drop("2026-01-05b", {"title": "Routing B", "arxiv_id": "2601.00001"})
    assert len(shown(world.run())) == 2
    feed = world.text("daily/feed.xml")
    world.wait()
    world.drop("2026-01-06", {"title": "Routing B", "arxiv_id": "2601.00001", "doi": "10.1000/a"})
    world.drop("2026-01-06b", "Pruning C")
    assert shown(world.run()) == ["Pruning C"]
    for guid in ("10.1000/a", "2601.00001"):
        assert feed.count(f"paper/{guid}<") == 1
        assert world.text("daily/feed.xml").count(f"paper/{guid}<") == 1, "a guid never changes"


def test_a_guid_stays_when_a_better_id_is_known(world: World) -> None:
    world.drop("2026-01-05", "Routing papers")
    result = world.run()
    (entry,) = digest_of(result).entries
    world.wait()
    world.drop("2026-01-06", {"title": "Routing papers", "arxiv_id": "2601.00001"}, "Pruning")
    world.run()
    feed = world.text("daily/feed.xml")
    assert f"paper/{entry.paper.id}<" in feed
    assert "paper/2601.00001<" not in feed


# --- digests of a day ----------------------------------------------------------------------------


def test_a_later_run_of_the_day_with_nothing_new_changes_no_file(world: World) -> None:
    world.drop("2026-01-05", "Pruning one", "Of no interest")
    world.run()
    before = world.tree()
    world.wait(days=0.2)
    second = world.run()
    assert of_profile(second).digest is None
    assert second.complete
    assert world.tree() == before


def test_new_papers_that_no_rule_wants_make_no_second_digest(world: World) -> None:
    world.drop("2026-01-05", "Pruning one")
    world.run()
    before = world.outputs()
    world.drop("2026-01-05b", "Of no interest")
    assert of_profile(world.run()).digest is None
    assert world.outputs() == before


def test_new_papers_later_on_the_day_make_a_second_digest(world: World) -> None:
    world.drop("2026-01-05", "Pruning one")
    world.run()
    first = world.outputs()
    world.drop("2026-01-05b", "Pruning two")
    world.wait(days=0.2)
    second = digest_of(world.run())
    assert (second.number, second.name) == (2, "2026-01-05-2")
    now = world.outputs()
    added = {f"daily/2026-01-05-2.{suffix}" for suffix in ("md", "html", "txt", "eml")}
    assert now.keys() - first.keys() == added
    changed = {name for name in first if now[name] != first[name]}
    assert changed == {"daily/feed.xml", "daily/latest.md", "daily/reading-list.md"}
    assert now["daily/latest.md"] == now["daily/2026-01-05-2.md"]


def test_a_first_run_of_a_day_writes_a_digest_even_if_it_is_empty(world: World) -> None:
    world.drop("2026-01-05", "Pruning one")
    world.run()
    world.wait()
    assert digest_of(world.run()).entries == ()
    assert NOTHING_CAME in world.text("daily/2026-01-06.txt")
    assert world.text("daily/latest.md") == world.text("daily/2026-01-06.md")
    assert world.text("daily/feed.xml").count("<item>") == 1, "the feed keeps what it had"


# --- time ----------------------------------------------------------------------------------------


def test_each_profile_has_the_day_of_its_own_zone(world: World) -> None:
    world.configure(
        "sources: [dumps/]\n"
        "rules: [{name: Today, query: 'published:today'}]\n"
        "profiles:\n"
        "  - {name: east, timezone: Pacific/Auckland}\n"
        "  - {name: west, timezone: America/Los_Angeles}\n"
    )
    world.now = datetime(2026, 1, 5, 20, tzinfo=UTC)  # 9:00 on the 6th; 12:00 on the 5th
    world.drop(
        "all",
        {"title": "Of the fifth", "published": "2026-01-05"},
        {"title": "Of the sixth", "published": "2026-01-06"},
    )
    result = world.run()
    assert shown(result, "east") == ["Of the sixth"]
    assert shown(result, "west") == ["Of the fifth"]
    names = set(world.outputs())
    assert "east/2026-01-06.md" in names
    assert "west/2026-01-05.md" in names


def test_a_run_before_and_one_after_midnight_are_two_days(world: World) -> None:
    world.configure(f"{RULES}profiles: [{{name: daily, timezone: Europe/Zurich}}]\n")
    world.now = datetime(2026, 1, 5, 22, 59, tzinfo=UTC)
    assert digest_of(world.run()).day == date(2026, 1, 5)
    world.now = datetime(2026, 1, 5, 23, 1, tzinfo=UTC)
    digest = digest_of(world.run())
    assert (digest.day, digest.number) == (date(2026, 1, 6), 1)
    assert digest.created.isoformat() == "2026-01-06T00:01:00+01:00"


def test_a_day_given_by_hand_has_the_moment_of_the_schedule(world: World) -> None:
    world.configure(f"{RULES}profiles: [{{name: daily, timezone: Asia/Tokyo, at: '06:30'}}]\n")
    digest = digest_of(world.run(day=date(2026, 3, 1)))
    assert digest.created.isoformat() == "2026-03-01T06:30:00+09:00"


def test_a_dump_without_a_year_is_of_the_past_seen_from_the_given_day(world: World) -> None:
    world.drop("2025-12-31", {"title": "Pruning", "published": "2025-12-30"})
    result = world.run(day=date(2026, 1, 1))
    assert digest_of(result).day == date(2026, 1, 1)
    assert shown(result) == ["Pruning"]


# --- sources, formats, profiles ------------------------------------------------------------------


def test_a_source_that_fails_is_told_in_the_digest(world: World) -> None:
    (world.folder / "dumps").rmdir()
    result = world.run()
    assert not result.complete
    (source,) = result.sources
    assert source.state == "failed"
    digest = digest_of(result)
    assert digest.missing == "Not in: dumps."
    for suffix in ("md", "txt", "html"):
        text = world.text(f"daily/2026-01-05.{suffix}")
        assert "Not in: dumps." in text
        assert str(world.folder) not in text


def test_a_refused_dump_is_told_and_costs_only_itself(world: World) -> None:
    world.drop("2026-01-05", "Pruning one")
    (world.folder / "dumps" / "broken.txt").write_bytes(b"\x00\x01 no dump \xff")
    (world.folder / "dumps" / "half.jsonl").write_text('{"title": "Routing"}\n{"title"\n')
    result = world.run()
    assert sorted(shown(result)) == ["Pruning one", "Routing"]
    assert not result.complete
    assert [(item.dump, item.line) for item in result.refused] == [
        ("dumps/broken.txt", None),
        ("dumps/half.jsonl", 2),
    ]
    assert digest_of(result).details == (
        "2 entries could not be read; `digest status` says which.",
    )
    assert "half.jsonl" not in world.text("daily/2026-01-05.md"), "a recipient knows no files"


@pytest.mark.parametrize(
    ("formats", "suffixes"),
    [
        ("[markdown]", {"2026-01-05.md", "latest.md"}),
        ("[html]", {"2026-01-05.html", "2026-01-05.txt", "2026-01-05.eml"}),
        ("[rss]", {"feed.xml"}),
        ("[rss, markdown]", {"feed.xml", "2026-01-05.md", "latest.md"}),
    ],
)
def test_only_the_wanted_formats_are_written(
    world: World, formats: str, suffixes: set[str]
) -> None:
    world.configure(f"{RULES}profiles: [{{name: daily, formats: {formats}}}]\n")
    world.drop("2026-01-05", "Pruning one")
    result = world.run()
    lists = {"daily/reading-list.md"} if "markdown" in formats else set()
    assert set(world.outputs()) == {f"daily/{name}" for name in suffixes} | lists
    published = of_profile(result).published
    assert published is not None
    assert {path.removeprefix("daily/") for path in published.files.values()} == suffixes


def test_a_profile_may_replace_a_template(world: World) -> None:
    mine = world.folder / "mine"
    mine.mkdir()
    (mine / "digest.txt.j2").write_text("{{ digest.title }} has {{ digest.entries|length }}\n")
    world.configure(f"{RULES}profiles: [{{name: daily, title: Mine, templates: mine}}]\n")
    world.drop("2026-01-05", "Pruning one")
    world.run()
    assert world.text("daily/2026-01-05.txt").strip() == "Mine has 1"
    assert "Pruning" in world.text("daily/2026-01-05.md")


def test_a_broken_template_costs_its_own_profile_only_and_loses_nothing(world: World) -> None:
    mine = world.folder / "mine"
    mine.mkdir()
    (mine / "digest.txt.j2").write_text("{{ digest.no_such_thing }}\n")
    world.configure(f"{RULES}profiles:\n  - {{name: one, templates: mine}}\n  - {{name: two}}\n")
    world.drop("2026-01-05", "Pruning one")
    result = world.run()
    (fault,) = result.faults
    assert not result.complete
    assert fault.profile.name == "one"
    assert "digest.txt.j2:1: " in str(fault.error)
    assert {name.split("/")[0] for name in world.outputs()} == {"two"}
    (mine / "digest.txt.j2").unlink()
    result = world.run()
    assert shown(result, "one") == ["Pruning one"]
    assert of_profile(result, "two").digest is None


def test_a_dry_run_shows_the_digest_and_writes_nothing(world: World) -> None:
    world.drop("2026-01-05", "Pruning one")
    fresh = world.tree()
    assert shown(world.run(dry=True)) == ["Pruning one"]
    assert world.tree() == fresh
    world.run()
    world.drop("2026-01-05b", "Pruning two")
    before = world.tree()
    result = world.run(dry=True)
    assert shown(result) == ["Pruning two"]
    assert digest_of(result).name == "2026-01-05-2"
    assert of_profile(result).published is None
    assert world.tree() == before
    assert shown(world.run()) == ["Pruning two"]


def test_two_runs_of_one_library_exclude_each_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from digest.errors import LibraryError

    monkeypatch.setattr("tests.pipeline.world.PATIENCE", 0.1)
    with (
        world.library() as library,
        library.lock(),
        pytest.raises(LibraryError, match="Another run is using"),
    ):
        world.run()
    assert world.now == MONDAY
    world.run()


def test_output_and_library_lie_where_the_config_says(tmp_path: Path) -> None:
    world = World(tmp_path / "home", f"{RULES}output: elsewhere/here\nlibrary: data.db\n")
    world.drop("2026-01-05", "Pruning one")
    world.run()
    assert (world.folder / "elsewhere/here/daily/2026-01-05.md").is_file()
    assert (world.folder / "data.db").is_file()


def test_runs_keep_the_words_of_papers_a_thousand_at_a_time(world: World) -> None:
    """So `match` need not cut them anew, and no day pays for those of the days before."""
    world.drop("first", *(f"Pruning {number}" for number in range(1_500)))
    world.run(dry=True)
    world.run()
    with world.library() as library:
        full, growing = library.forms.groups()
        assert library.forms.missing(VERSION) == (growing,)
        kept = library.forms.get(full, VERSION)
    world.wait()
    world.drop("second", *(f"Routing {number}" for number in range(100)))
    world.run()
    with world.library() as library:
        assert library.forms.missing(VERSION) == (growing,)
        assert library.forms.get(full, VERSION) == kept
        queries = ["pruning", "routing"]
        assert count_queries(library, queries, today=world.now.date()) == [1_500, 100]
