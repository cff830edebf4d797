"""The hotline's figures by their definitions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent_console.measures import (
    CRIT,
    NORMAL,
    WARN,
    CallFact,
    figures,
    longest_state,
    share_state,
    waiting_state,
)
from models.vocabulary import CallOutcome

unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""A busy machine is no fault of the rule."""

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def a_call(
    waited: float | None, outcome: CallOutcome | None = CallOutcome.ANSWERED, talked: float | None = 60.0
) -> CallFact:
    """Entered at NOW; `waited` None: still in the queue."""
    until = None if waited is None else NOW + timedelta(seconds=waited)
    answered = until if outcome is CallOutcome.ANSWERED else None
    ended = until
    if answered is not None:
        ended = None if talked is None else answered + timedelta(seconds=talked)
    return CallFact(1, None, NOW, answered, ended, outcome if ended is not None else None)


def test_who_hangs_up_within_ten_seconds_is_counted_apart() -> None:
    found = figures([a_call(4, CallOutcome.ABANDONED), a_call(10, CallOutcome.ABANDONED), a_call(5)])

    assert (found.short_abandons, found.abandoned, found.answered) == (1, 1, 1)
    assert found.abandonment == pytest.approx(1 / 2)


def test_service_level_divides_by_answered_and_the_second_one_by_abandoned_too() -> None:
    calls = [
        a_call(15),
        a_call(15.1),
        a_call(3),
        a_call(40, CallOutcome.ABANDONED),
        a_call(2, CallOutcome.ABANDONED),
    ]

    found = figures(calls)

    assert found.service_level == pytest.approx(2 / 3)
    assert found.service_level_2 == pytest.approx(2 / 4)


def test_a_call_that_still_waits_is_no_failure_yet() -> None:
    found = figures([a_call(None), a_call(5)])

    assert found.unfinished == 1
    assert found.connect_rate == 1.0


def test_a_talk_that_goes_on_counts_as_answered_but_has_no_length_yet() -> None:
    found = figures([a_call(5, talked=None), a_call(7, talked=100)])

    assert found.answered == 2
    assert found.talk_seconds == pytest.approx(100)
    assert found.asa_seconds == pytest.approx(6)


def test_without_calls_no_share_is_invented() -> None:
    found = figures([])

    assert found.service_level is None
    assert found.connect_rate is None
    assert found.asa_seconds is None


@unhurried
@given(
    st.lists(
        st.tuples(
            st.floats(0, 600, allow_nan=False),
            st.sampled_from(
                [CallOutcome.ANSWERED, CallOutcome.ABANDONED, CallOutcome.MESSAGE, CallOutcome.FAILED]
            ),
        ),
        max_size=40,
    )
)
def test_every_call_is_in_exactly_one_place(plans: list[tuple[float, CallOutcome]]) -> None:
    found = figures(a_call(waited, outcome) for waited, outcome in plans)

    elsewhere = sum(outcome in (CallOutcome.MESSAGE, CallOutcome.FAILED) for _, outcome in plans)
    assert found.answered + found.abandoned + found.short_abandons + found.unfinished + elsewhere == len(
        plans
    )
    assert sum(found.outcomes.values()) == len(plans)
    assert found.answered_within <= found.answered


@pytest.mark.parametrize(("count", "state"), [(2, NORMAL), (3, WARN), (5, WARN), (6, CRIT)])
def test_the_queue_warns_at_its_limits(count: int, state: str) -> None:
    assert waiting_state(count) == state


@pytest.mark.parametrize(("seconds", "state"), [(None, NORMAL), (59, NORMAL), (60, WARN), (120, CRIT)])
def test_the_longest_wait_warns_at_its_limits(seconds: float | None, state: str) -> None:
    assert longest_state(seconds) == state


@pytest.mark.parametrize(("share", "state"), [(None, NORMAL), (0.95, NORMAL), (0.949, WARN), (0.79, CRIT)])
def test_a_share_warns_below_its_target(share: float | None, state: str) -> None:
    assert share_state(share) == state
