"""The length of papers in a mail: the best longest, all shown or counted, within the limit."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from digest.mail.fit import LEAST_IN_FULL, fit
from digest.mail.letter import Letter
from digest.mail.mime import encoded_size
from digest.model import Digest, EmailSettings, Mailbox, Section, Segment
from digest.model.lengths import NAMED_CARRIED_OVER, Forms
from digest.rendering.templates import Renderer
from tests.rendering.builders import digest, entry, many, marked, profile
from tests.rendering.readers import read_html, squash

ORDER = ("full", "short", "line", "counted")
SIZES = {"full": 100, "short": 40, "line": 10, "counted": 0}


def scored(count: int, leftovers: int = 0, expiring: int = 0) -> Digest:
    """Return a digest whose later papers are the better ones."""
    entries = [
        replace(entry(n, rule="AB"[n % 2], title=marked(f"Title {n}")), score=float(n))
        for n in range(count)
    ]
    more = [entry(count + n, title=marked(f"Title {count + n}")) for n in range(leftovers)]
    last = [entry(5000 + n, title=marked(f"Title {5000 + n}")) for n in range(expiring)]
    return digest(entries, carried_over=tuple(more), listed=tuple(last))


def in_order(shown: Digest) -> list[str]:
    """Return the ids of a digest's papers in the order in which they deserve room."""
    every = (*shown.best, *shown.listed, *shown.carried_over[:NAMED_CARRIED_OVER])
    return [item.paper.id for item in every]


def forms_in_order(shown: Digest, forms: Forms) -> list[str]:
    return [forms.by_id.get(item, "full") for item in in_order(shown)]


def size_of(shown: Digest, forms: Forms, head: int = 50) -> int:
    """Measure as a template would, roughly: a head, and each paper by its form."""
    return head + sum(SIZES[form] for form in forms_in_order(shown, forms))


def fitted(shown: Digest, limit: int) -> list[str]:
    return forms_in_order(shown, fit(shown, limit, lambda forms: size_of(shown, forms)))


def test_where_all_fit_all_stand_in_full() -> None:
    shown = scored(5)
    forms = fit(shown, 550, lambda forms: size_of(shown, forms))
    assert forms == Forms()
    assert forms.shown(shown.entries) == shown.entries


@pytest.mark.parametrize(
    ("papers", "limit", "expected"),
    [
        # 12 in full need 1,200: one of them gives up its sentences.
        (12, 1249, {"full": 11, "short": 1}),
        # For each one in full two follow shorter, the others in a line.
        (100, 3000, {"full": 13, "short": 26, "line": 61}),
        # Where not even lines have room, ten keep their sentences and the rest is counted.
        (1000, 3000, {"full": 10, "short": 10, "line": 155, "counted": 825}),
        # Where there is no room for ten, what there is goes to the best.
        (1000, 360, {"full": 3, "line": 1, "counted": 996}),
        (3, 50, {"counted": 3}),
        (3, 0, {"counted": 3}),
    ],
)
def test_the_room_is_shared_out(papers: int, limit: int, expected: dict[str, int]) -> None:
    result = fitted(scored(papers), limit)
    assert {form: result.count(form) for form in ORDER if form in result} == expected


@given(
    st.integers(0, 120), st.integers(0, 20), st.integers(0, 20), st.integers(0, 6000),
)  # fmt: skip
def test_what_fits_is_in_order_and_under_the_limit(
    papers: int, leftovers: int, expiring: int, limit: int
) -> None:
    shown = scored(papers, leftovers, expiring)
    result = fitted(shown, limit)
    places = [ORDER.index(form) for form in result]
    if result != ["full"] * len(result):
        assert places == sorted(places), "a better paper never stands shorter"
        assert set(result[papers:]) <= {"line", "counted"}
    if limit >= 50:
        assert 50 + sum(SIZES[form] for form in result) <= limit
    else:
        assert set(result) <= {"counted"}
    if limit >= 50 + 100 * min(papers, LEAST_IN_FULL):
        assert result[: min(papers, LEAST_IN_FULL)] == ["full"] * min(papers, LEAST_IN_FULL)


def test_few_renderings_are_needed() -> None:
    shown, asked = scored(3000), []

    def measure(forms: Forms) -> int:
        asked.append(forms)
        return size_of(shown, forms)

    fit(shown, 9000, measure)
    assert len(asked) <= 30


# --- with the project's templates ----------------------------------------------------------------


def below_the_head(text: str) -> str:
    """Return what stands below the day: neither the page's title nor the preheader."""
    return text.rpartition("Monday 5 January 2026")[2]


def letter(shown: Digest, limit: int = 90_000) -> Letter:
    email = EmailSettings(
        (Mailbox("you@example.org"),),
        max_bytes=limit,
        archive="https://example.org/{profile}/{digest}.html",
        unsubscribe="https://example.org/stop",
    )
    return Letter(RENDERER, profile(email=email), shown)


RENDERER = Renderer()

TITLES = st.one_of(
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=60),
    st.sampled_from(["漢字" * 900, "<&>\"'" * 300, "= = =" * 300, "word " * 380]),
)


@settings(max_examples=15)
@given(
    st.lists(st.tuples(TITLES, st.booleans()), max_size=40),
    st.integers(0, 30),
    st.sampled_from([20_000, 40_000, 90_000]),
)
def test_any_digest_becomes_a_mail_under_its_limit(
    titles: list[tuple[str, bool]], waiting: int, limit: int
) -> None:
    entries = [
        entry(n, title=(Segment(title, mark),), rule="AB"[n % 2])
        for n, (title, mark) in enumerate(titles)
    ]
    shown = digest(entries, carried_over=tuple(entry(1000 + n) for n in range(waiting)))
    bodies = letter(shown, limit).bodies(Mailbox("you@example.org"))
    assert encoded_size(bodies.html) <= limit
    assert encoded_size(bodies.text) <= limit


@pytest.mark.parametrize("count", [0, 1, 45, 200, 1500])
def test_every_paper_is_shown_or_counted_in_both_parts(count: int) -> None:
    shown = scored(count)
    bodies = letter(shown).bodies(Mailbox("you@example.org"))
    page = squash(read_html(bodies.html).text)
    for text in (page, squash(bodies.text)):
        named = set(re.findall(r"Title \d+", below_the_head(text)))
        counted = sum(
            int(number.replace(",", "")) for number in re.findall(r"([\d,]+) more papers?\.", text)
        )
        assert len(named) + counted == count
    if count > 100:
        assert "https://example.org/daily/2026-01-05.html" in bodies.html
        assert "https://example.org/daily/2026-01-05.html" in bodies.text
        assert "Shortened so that mail programs show it whole:" in page
    else:
        assert "Shortened" not in page


def test_both_parts_hold_the_same_papers_in_the_same_order() -> None:
    bodies = letter(scored(300)).bodies(Mailbox("you@example.org"))
    page, text = (below_the_head(item) for item in (read_html(bodies.html).text, bodies.text))
    assert re.findall(r"Title \d+", page) == re.findall(r"Title \d+", text)


def test_the_best_stand_in_full_whatever_their_section() -> None:
    shown = scored(200)
    seen = read_html(letter(shown).bodies(Mailbox("you@example.org")).html)
    best = [entry.paper.title for entry in shown.best]
    assert set(best[:LEAST_IN_FULL]) <= set(seen.headings)
    assert best[-1] not in seen.headings
    assert best[-1] in seen.text


def test_the_archives_link_is_the_digests_own_and_escaped() -> None:
    shown = replace(many(300), number=2)
    email = EmailSettings((Mailbox("a@b.org"),), archive="https://example.org/{profile}/{digest}")
    named = profile(email=email, name="Our lab")
    text = Letter(RENDERER, named, shown).bodies(Mailbox("a@b.org")).text
    assert "\nhttps://example.org/Our%20lab/2026-01-05-2\n" in text


def test_without_an_archive_no_path_of_the_senders_disk_is_shown() -> None:
    page = Letter(RENDERER, profile(), many(300)).bodies(Mailbox("a@b.org")).html
    assert "Shortened so that" in page
    assert "daily/2026-01-05.md" not in page
    assert "Unsubscribe" not in page, "nobody is mailed"


@pytest.mark.parametrize("rules", [10, 1000])
def test_the_limit_holds_for_any_number_of_rules(rules: int) -> None:
    entries = [entry(n, rule=f"Rule {n % rules}") for n in range(1200)]
    sections = digest(entries).sections
    none = tuple(Section(f"Empty rule {n}", (), 0) for n in range(rules))
    shown = digest(entries, sections=(*sections, *none))
    bodies = letter(shown).bodies(Mailbox("you@example.org"))
    assert encoded_size(bodies.html) <= 90_000
    assert encoded_size(bodies.text) <= 90_000
    assert encoded_size(bodies.html) > 80_000, "the room is used"


def test_a_mail_is_rendered_a_few_times_and_each_paper_once_for_each_length() -> None:
    class Counting(Renderer):
        pages = 0
        rendered = 0

        def html(self, *args: Any, **changes: Any) -> str:
            self.pages += 1
            return super().html(*args, **changes)

        def paper(self, *args: Any, **changes: Any) -> str:
            self.rendered += 1
            return super().paper(*args, **changes)

    counting = Counting()
    email = EmailSettings((Mailbox("you@example.org"),))
    Letter(counting, profile(email=email), many(300)).bodies(Mailbox("you@example.org"))
    assert counting.pages <= 4
    assert counting.rendered <= 2 * 3 * 300 + 30
