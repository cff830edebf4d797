"""Who is offered which call."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.domain.assignment import FreeSeat, Offer, Snapshot, Wait, WaitingCall, assign

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def idle(seat_id: int, minutes: int, centre_id: int = 1) -> FreeSeat:
    return FreeSeat(seat_id, centre_id, NOON - timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("waiting", "seats", "answer"),
    [
        ([], [idle(1, 5)], Wait("nobody_waits")),
        ([WaitingCall(1)], [], Wait("no_free_seat")),
        ([WaitingCall(1)], [idle(1, 5), idle(2, 9)], [Offer(1, 2)]),
        ([WaitingCall(1, centre_id=2)], [idle(1, 99, 1), idle(2, 1, 2)], [Offer(1, 2)]),
        ([WaitingCall(1, centre_id=3)], [idle(1, 99, 1), idle(2, 1, 2)], [Offer(1, 1)]),
        ([WaitingCall(1, missed_by=frozenset({2}))], [idle(1, 1), idle(2, 9)], [Offer(1, 1)]),
        ([WaitingCall(1, missed_by=frozenset({2}))], [idle(2, 9)], [Offer(1, 2)]),
        (
            [WaitingCall(1, centre_id=2, missed_by=frozenset({2}))],
            [idle(1, 1, 1), idle(2, 9, 2)],
            [Offer(1, 1)],
        ),
        ([WaitingCall(7), WaitingCall(8)], [idle(1, 5), idle(2, 9)], [Offer(7, 2), Offer(8, 1)]),
        ([WaitingCall(7), WaitingCall(8)], [idle(1, 5)], [Offer(7, 1)]),
        ([WaitingCall(1)], [FreeSeat(5, 1, NOON), FreeSeat(4, 1, NOON)], [Offer(1, 4)]),
    ],
)
def test_the_head_is_offered_to_the_seat_that_fits_best(
    waiting: list[WaitingCall], seats: list[FreeSeat], answer: list[Offer] | Wait
) -> None:
    assert assign(Snapshot(waiting, seats)) == answer


@given(
    st.lists(
        st.builds(WaitingCall, st.integers(1, 50), st.none() | st.integers(1, 3)),
        unique_by=lambda c: c.call_id,
    ),
    st.lists(
        st.builds(idle, st.integers(1, 50), st.integers(0, 60), st.integers(1, 3)),
        unique_by=lambda s: s.seat_id,
    ),
)
def test_no_seat_and_no_call_is_used_twice_and_nobody_is_passed_over(
    waiting: list[WaitingCall], seats: list[FreeSeat]
) -> None:
    answer = assign(Snapshot(waiting, seats))
    offers = [] if isinstance(answer, Wait) else answer
    assert len({offer.seat_id for offer in offers}) == len(offers) == min(len(waiting), len(seats))
    assert [offer.call_id for offer in offers] == [call.call_id for call in waiting[: len(offers)]]
