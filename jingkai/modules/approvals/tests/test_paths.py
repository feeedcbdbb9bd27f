"""Circles and the longest path, by hand and at random."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jingkai.modules.approvals.queries.paths import Leg, find_circle, in_order, plan


def test_the_longest_path_is_found_with_its_legs() -> None:
    legs = [Leg("a", 2), Leg("b", 5), Leg("c", 1, ("a",)), Leg("d", 3, ("b", "c"))]
    found = plan(legs)
    assert found.length == 8
    assert found.critical == {"b", "d"}
    assert found.starts["d"] == 5
    assert found.levels == {"a": 0, "b": 0, "c": 1, "d": 2}
    assert found.is_critical("b", "d")
    assert not found.is_critical("c", "d")


def test_two_paths_of_one_length_are_both_longest() -> None:
    found = plan([Leg("a", 3), Leg("b", 3), Leg("c", 1, ("a", "b"))])
    assert found.critical == {"a", "b", "c"}


@pytest.mark.parametrize(
    ("after", "circle"),
    [
        ({"a": [], "b": ["a"]}, []),
        ({"a": ["a"]}, ["a", "a"]),
        ({"a": ["b"], "b": ["a"]}, ["a", "b", "a"]),
        ({"x": [], "a": ["c", "x"], "b": ["a"], "c": ["b"]}, ["a", "b", "c", "a"]),
    ],
)
def test_a_circle_is_named_in_its_order(after: dict[str, list[str]], circle: list[str]) -> None:
    found = find_circle(after)
    assert set(found) == set(circle)
    for before, behind in pairwise(found):
        assert before in after[behind]


def test_a_circle_is_not_put_in_order() -> None:
    with pytest.raises(ValueError, match="circle"):
        in_order([Leg("a", 1, ("b",)), Leg("b", 1, ("a",))])


@given(st.lists(st.tuples(st.integers(0, 30), st.sets(st.integers(0, 13))), min_size=1, max_size=14))
def test_nothing_begins_before_what_it_waits_for(rows: list[tuple[int, set[int]]]) -> None:
    legs = [
        Leg(str(n), days, tuple(str(one) for one in before if one < n))
        for n, (days, before) in enumerate(rows)
    ]
    found = plan(legs)
    for leg in legs:
        assert all(found.ends[one] <= found.starts[leg.key] for one in leg.after)
    assert found.length == max(found.ends.values())
    assert any(found.ends[key] == found.length for key in found.critical)
