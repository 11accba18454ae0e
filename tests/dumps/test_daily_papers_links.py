"""Copies of the page with links: identifiers, upvotes, comments, organisations."""

from __future__ import annotations

from datetime import date

import pytest

from digest.errors import DumpError
from digest.model import PartialDate
from tests.dumps.read_bytes import Read, read

INLINE = r"""---
retrieved: 2026-01-09
---
new

[Subscribe](https://huggingface.co/login?next=%2Fpapers)

# Daily Papers

- Daily

Jan 9

[1,046](https://huggingface.co/login?next=%2Fpapers%2F2601.99038)

### [Rising Early [with\  Yeast]](https://huggingface.co/papers/2601.99038)

[We cite [one thing](https://example.org/x), \\
gain 12\\% and write a\_b.

·

Bread follows.](https://huggingface.co/papers/2601.99038)

[![a-lab](https://cdn.example.org/a.png)A Lab](https://huggingface.co/a-lab)

·

Jan 4[5](https://huggingface.co/papers/2601.99038#community)

[-](https://huggingface.co/login?next=%2Fpapers%2F2512.99024)

### [Salt](https://huggingface.co/papers/2512.99024)

[Less of it.](https://huggingface.co/papers/2512.99024)

[- ![](https://cdn.example.org/b.png)\
- 12 authors](https://huggingface.co/papers/2512.99024)

·

Dec 30, 2025
"""

BELOW = """new

Subscribe

https://huggingface.co/login?next=%2Fpapers

Daily Papers

Bread

https://huggingface.co/papers/date/2026-01-08

Jan 9

 [-] 1,046

https://huggingface.co/login?next=%2Fpapers%2F2601.99038

Rising Early [with Yeast]

https://huggingface.co/papers/2601.99038

We cite one thing, gain 12\\% and write a_b.

·

Bread follows.

https://huggingface.co/papers/2601.99038



https://huggingface.co/papers/2601.99038

 A Lab

https://huggingface.co/a-lab

·

Jan 4

5

https://huggingface.co/papers/2601.99038#community

 [-] -

https://huggingface.co/login?next=%2Fpapers%2F2512.99024

Salt

https://huggingface.co/papers/2512.99024

Less of it.

https://huggingface.co/papers/2512.99024

[

12 authors](https://huggingface.co/papers/2512.99024)

·

Dec 30, 2025
"""

NUMBERED = """new

[Subscribe][29]

# Daily Papers

## by[AK][30] and the research community
* Daily

Jan 9
[
1,046
][31]

### [Rising Early [with Yeast]][32]

[

We cite one thing, gain 12\\%
and write a_b.

·

Bread follows.

][33]
[[a-lab] A Lab][34]
·
Jan 4 [ 5][35]
[
-
][36]

### [Salt][37]

[

Less of it.

][38]
[
* 12 authors
][39]
·
Dec 30, 2025
"""

TARGETS = """
[32]: https://huggingface.co/papers/2601.99038
[37]: https://huggingface.co/papers/2512.99024
"""


def _check(result: Read, ids: tuple[str | None, str | None]) -> None:
    assert result.refusals == ()
    first, second = result.records
    assert first.title == "Rising Early [with Yeast]"
    assert first.abstract is not None
    assert first.abstract.startswith("We cite ")
    assert first.abstract.endswith("gain 12% and write a_b. · Bread follows.")
    assert (first.organization, first.organization_handle) == ("A Lab", "a-lab")
    assert (first.upvotes, first.comments, first.author_count) == (1046, 5, None)
    assert (first.published, first.published_inferred) == (PartialDate(2026, 1, 4), True)
    assert (second.title, second.abstract) == ("Salt", "Less of it.")
    assert (second.upvotes, second.comments, second.author_count) == (None, None, 12)
    assert (second.published, second.published_inferred) == (PartialDate(2025, 12, 30), False)
    assert (first.arxiv_id, second.arxiv_id) == ids
    for record in result.records:
        known = record.arxiv_id
        assert record.url == (f"https://arxiv.org/abs/{known}" if known else None)
        assert record.pdf_url == (f"https://arxiv.org/pdf/{known}" if known else None)


IDS = ("2601.99038", "2512.99024")


@pytest.mark.parametrize(
    ("text", "ids"),
    [(INLINE, IDS), (BELOW, IDS), (NUMBERED + TARGETS, IDS), (NUMBERED, (None, None))],
    ids=["inline", "below", "numbered", "numbered without targets"],
)
def test_each_form_is_read_whole(text: str, ids: tuple[str | None, str | None]) -> None:
    _check(read(text), ids)
    _check(read(text.replace("\n", "\r\n")), ids)


@pytest.mark.parametrize(
    ("text", "inferred"),
    [(INLINE, False), (BELOW, False), (NUMBERED, True)],
    ids=["front matter", "link to the day before", "printed year alone"],
)
def test_the_day_is_exact_where_the_page_holds_it(text: str, *, inferred: bool) -> None:
    result = read(text)
    assert (result.day, result.day_inferred) == (date(2026, 1, 9), inferred)


def test_identifiers_bound_the_year() -> None:
    text = INLINE.replace("retrieved: 2026-01-09", "title: x").replace("Dec 30, 2025", "Jan 2")
    assert read(text, today=date(2040, 1, 1)).day == date(2026, 1, 9)
    later = text.replace("2601.99038", "2611.99038")
    assert read(later, today=date(2040, 1, 1)).day == date(2027, 1, 9)


@pytest.mark.parametrize("text", [INLINE, BELOW, NUMBERED + TARGETS])
def test_a_page_cut_anywhere_invents_nothing(text: str) -> None:
    whole = {(r.title, r.abstract) for r in read(text).records}
    data = text.encode()
    for length in range(0, len(data), 3):
        try:
            result = read(data[:length])
        except DumpError:
            continue
        assert {(r.title, r.abstract) for r in result.records} <= whole


def test_a_paper_that_is_cut_off_is_refused_with_its_line() -> None:
    result = read(INLINE[: INLINE.rindex("·")])
    assert result.titles == ("Rising Early [with Yeast]",)
    (refusal,) = result.refusals
    assert refusal.reason == "the page is cut off in this paper: 'Salt'"
    assert INLINE.split("\n")[(refusal.line or 0) - 1].startswith("### [Salt]")
