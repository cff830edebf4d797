"""Same county, city, province, and then anybody."""

from __future__ import annotations

import pytest

from hotline.domain.place_widening import Centres, Ring, place_wait, ring_of
from hotline.domain.routing_policy import DEFAULT

CENTRES = Centres({1: "990102", 2: "990103", 3: "990100", 4: "990201", 5: "990000", 6: "980100"})


@pytest.mark.parametrize(
    ("home", "place", "centre", "ring"),
    [
        (None, "990102", 1, Ring.OWN),
        (None, "990102001", 1, Ring.OWN),
        (None, "990102", 2, Ring.CITY),
        (None, "990102", 3, Ring.CITY),
        (None, "990102", 4, Ring.PROVINCE),
        (None, "990102", 5, Ring.PROVINCE),
        (None, "990102", 6, Ring.ANYWHERE),
        (None, "990100", 3, Ring.CITY),
        (4, "990102", 4, Ring.OWN),
        (4, None, 1, Ring.PROVINCE),
        (None, None, 6, Ring.OWN),
        (None, "990000", 5, Ring.PROVINCE),
    ],
)
def test_rings_go_by_the_digits_of_the_place(
    home: int | None, place: str | None, centre: int, ring: Ring
) -> None:
    assert ring_of(CENTRES, home, place, centre) is ring


@pytest.mark.parametrize(
    ("on_duty", "centre", "seconds"),
    [
        ({1, 2, 4, 6}, 1, 0),
        ({1, 2, 4, 6}, 2, 10),
        ({1, 2, 4, 6}, 4, 30),
        ({1, 2, 4, 6}, 6, 60),
        ({2, 4, 6}, 2, 0),
        ({4, 6}, 4, 0),
        ({6}, 6, 0),
        ({2, 4, 6}, 4, 30),
    ],
)
def test_the_nearest_that_is_on_duty_answers_at_once_and_the_others_after_their_time(
    on_duty: set[int], centre: int, seconds: int
) -> None:
    assert place_wait(CENTRES, frozenset(on_duty), None, "990102", centre, DEFAULT) == seconds
