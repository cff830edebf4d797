"""Which places and days carry a rise."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.flag.scan import likelihood_ratio, strongest_area


def test_the_places_that_rose_are_named_and_the_others_are_not() -> None:
    observed = np.array([[9.0, 10.0], [2.0, 4.0], [8.0, 9.0], [1.0, 2.0]])
    expected = np.array([[2.0, 4.0], [2.0, 4.0], [2.0, 4.0], [2.0, 4.0]])
    area = strongest_area(observed, expected, (7, 14))
    assert area is not None
    assert (area.members, area.days, area.observed, area.expected) == ((0, 2), 7, 17.0, 4.0)


def test_a_slow_rise_is_seen_in_the_longer_cylinder() -> None:
    area = strongest_area(np.array([[6.0, 14.0]]), np.array([[3.0, 6.0]]), (7, 14))
    assert area is not None
    assert area.days == 14


def test_nothing_above_its_expectation_is_no_area() -> None:
    assert strongest_area(np.zeros((3, 1)), np.ones((3, 1)), (7,)) is None
    assert strongest_area(np.zeros((0, 1)), np.zeros((0, 1)), (7,)) is None


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 12), st.floats(0.1, 8)), min_size=1, max_size=7),
)
def test_no_other_set_of_places_is_likelier(places: list[tuple[int, float]]) -> None:
    observed, expected = (np.array([row[column] for row in places], float) for column in (0, 1))
    area = strongest_area(observed[:, None], expected[:, None], (7,))
    sets = itertools.chain.from_iterable(
        itertools.combinations(range(len(places)), size) for size in range(1, len(places) + 1)
    )
    best = max(
        float(likelihood_ratio(observed[list(some)].sum()[None], expected[list(some)].sum()[None])[0])
        for some in sets
    )
    assert abs(best - (area.score if area is not None else 0.0)) < 1e-9
