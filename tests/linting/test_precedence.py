"""An exclusion that applies only to one alternative."""

from __future__ import annotations

import pytest

from digest.linting.precedence import NarrowNot, narrow_nots


@pytest.mark.parametrize(
    ("query", "instead"),
    [
        ("tree OR bush NOT forest", "(tree OR bush) NOT forest"),
        ("tree || bush -forest", "(tree || bush) -forest"),
        ("tree OR bush AND NOT forest", "(tree OR bush) NOT forest"),
        ("tree OR bush leaf NOT forest", "(tree OR bush leaf) NOT forest"),
        ('tree OR "a bush" NOT (wood OR forest)', '(tree OR "a bush") NOT (wood OR forest)'),
        ("leaf (tree OR bush NOT forest)", "(tree OR bush) NOT forest"),
        ("title:(tree OR bush -forest)^2 leaf", "(tree OR bush) -forest"),
    ],
)
def test_a_slip_is_reported(query: str, instead: str) -> None:
    (slip,) = narrow_nots(query)
    assert slip.instead == instead


@pytest.mark.parametrize(
    "query",
    [
        "tree NOT forest",
        "(tree OR bush) NOT forest",
        "tree OR (bush NOT forest)",
        "tree NOT wood OR bush NOT forest",
        "tree OR NOT forest",
        "tree OR bush fine-tuning",
        'tree OR "bush NOT forest"',
        "tree OR /bush NOT forest/",
        "",
    ],
)
def test_it_is_no_slip(query: str) -> None:
    assert narrow_nots(query) == ()


def test_the_parts_are_named() -> None:
    (slip,) = narrow_nots("tree OR bush NOT forest")
    assert slip == NarrowNot("bush", "NOT forest", "(tree OR bush) NOT forest")
