"""The hotline's figures by their definitions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hotline.domain.measures import CallFact, MeasureRule, figures
from hotline.domain.seat_time import SeatTime
from models.vocabulary import CallOutcome
from models.vocabulary_watch import Ending

unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""A busy machine is no fault of the rule."""

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def a_call(
    waited: float | None,
    outcome: CallOutcome | None = CallOutcome.ANSWERED,
    talked: float | None = 60.0,
    **more: object,
) -> CallFact:
    """Entered at NOW; `waited` None: still in the queue."""
    until = None if waited is None else NOW + timedelta(seconds=waited)
    answered = until if outcome is CallOutcome.ANSWERED else None
    ended = until
    if answered is not None:
        ended = None if talked is None else answered + timedelta(seconds=talked)
    ended_as = outcome if ended is not None else None
    return CallFact(
        **{"call_id": 1, **more},  # type: ignore[arg-type]
        centre_id=None,
        entered_at=NOW,
        answered_at=answered,
        ended_at=ended,
        outcome=ended_as,
    )


def test_who_hangs_up_within_ten_seconds_is_counted_apart() -> None:
    found = figures([a_call(4, CallOutcome.ABANDONED), a_call(10, CallOutcome.ABANDONED), a_call(5)])

    assert (found.short_abandons, found.abandoned, found.answered) == (1, 1, 1)
    assert found.abandonment == pytest.approx(1 / 2)


def test_service_level_divides_by_answered_and_the_second_one_counts_hang_ups_on_both_sides() -> None:
    calls = [
        a_call(15),
        a_call(15.1),
        a_call(3),
        a_call(12, CallOutcome.ABANDONED),
        a_call(40, CallOutcome.ABANDONED),
        a_call(2, CallOutcome.ABANDONED),
    ]

    found = figures(calls)

    assert found.service_level == pytest.approx(2 / 3)
    assert found.service_level_2 == pytest.approx((2 + 1) / (3 + 2))


def test_what_is_in_time_and_what_is_short_are_set() -> None:
    calls = [a_call(25), a_call(12, CallOutcome.ABANDONED)]

    found = figures(calls, MeasureRule(answer_within_seconds=30, short_abandon_seconds=20))

    assert (found.service_level, found.short_abandons, found.abandoned) == (1.0, 1, 0)


def test_each_way_out_has_its_name() -> None:
    left = CallOutcome.ABANDONED
    named = {
        a_call(5).ending: Ending.ANSWERED,
        a_call(5, talked=None).ending: Ending.ANSWERED,
        a_call(30, left).ending: Ending.ABANDONED,
        a_call(30, left, rang_in_vain=True).ending: Ending.NOT_ANSWERED,
        a_call(30, left, uncovered=True).ending: Ending.BLOCKED,
        a_call(30, left, uncovered=True, unrostered=True).ending: Ending.CLOSED,
        a_call(30, CallOutcome.TRANSFERRED, uncovered=True).ending: Ending.SATURATED,
        a_call(30, CallOutcome.MESSAGE, uncovered=True).ending: Ending.MESSAGE,
        a_call(30, CallOutcome.CALLBACK).ending: Ending.CALLBACK,
        a_call(30, CallOutcome.LIMITED).ending: Ending.LIMITED,
        a_call(30, CallOutcome.FAILED).ending: Ending.FAILED,
    }

    assert all(found is wanted for found, wanted in named.items())
    assert set(named.values()) == set(Ending)
    assert a_call(None).ending is None


def test_out_of_hours_is_no_hang_up_and_is_left_out_of_the_connect_rate() -> None:
    found = figures([a_call(5), a_call(60, CallOutcome.ABANDONED, uncovered=True, unrostered=True)])

    assert (found.abandoned, found.connect_rate, found.endings[Ending.CLOSED]) == (0, 1.0, 1)


def test_a_call_that_still_waits_is_no_failure_yet() -> None:
    found = figures([a_call(None), a_call(5)])

    assert found.unfinished == 1
    assert found.connect_rate == 1.0


def test_handling_is_talk_and_wrap_up_of_the_talks_that_have_ended() -> None:
    calls = [a_call(5, talked=None), a_call(7, talked=100, call_id=2), a_call(7, talked=50)]

    found = figures(calls, wrap_up={2: 40.0})

    assert found.answered == 3
    assert found.talk_seconds == pytest.approx(75)
    assert found.aht_seconds == pytest.approx((140 + 50) / 2)
    assert found.asa_seconds == pytest.approx((5 + 7 + 7) / 3)


def test_occupancy_comes_from_the_seats() -> None:
    assert figures([], seats=SeatTime(ready=50, talking=100, wrap_up=50)).occupancy == pytest.approx(0.75)


def test_without_calls_no_share_is_invented() -> None:
    found = figures([])

    assert found.service_level is None
    assert found.connect_rate is None
    assert found.asa_seconds is None
    assert found.occupancy is None


@unhurried
@given(
    st.lists(
        st.tuples(
            st.floats(0, 600, allow_nan=False),
            st.sampled_from([each for each in CallOutcome if each is not CallOutcome.UNREACHED]),
            st.booleans(),
            st.booleans(),
        ),
        max_size=40,
    )
)
def test_every_call_is_in_exactly_one_place(plans: list[tuple[float, CallOutcome, bool, bool]]) -> None:
    found = figures(
        a_call(waited, outcome, uncovered=uncovered, rang_in_vain=rang)
        for waited, outcome, uncovered, rang in plans
    )

    assert sum(found.endings.values()) + found.unfinished == found.received == len(plans)
    hung_up = (Ending.ABANDONED, Ending.NOT_ANSWERED, Ending.BLOCKED)
    assert found.abandoned + found.short_abandons == sum(found.endings[each] for each in hung_up)
    assert found.answered_within <= found.answered
    for share in (found.service_level, found.service_level_2, found.abandonment, found.connect_rate):
        assert share is None or 0 <= share <= 1
