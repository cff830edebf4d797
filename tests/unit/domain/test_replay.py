"""The fold from an event log to the state of a call or a seat."""

from __future__ import annotations

import pytest

from hotline.domain.replay import BrokenLog, CallPicture, Line, SeatPicture, replay_call, replay_seat
from models.vocabulary import AgentStatus, CallOutcome, CallState, SeatState

ARRIVED = Line("arrived", {"reasons": [], "key": 100.0})
QUEUED = Line("queued", {"before": "greeting"})
OFFERED = Line("offer_made", {"offer_id": 1, "seat_id": 7})
CONNECTING = Line("connecting", {"before": "queued", "offer_id": 1, "seat_id": 7, "person_id": 3})
TALKING = Line("talking", {"before": "connecting", "seat_id": 7})


def test_a_talk_is_rebuilt_with_its_seat_and_its_person() -> None:
    picture = replay_call([ARRIVED, QUEUED, Line("exits_told", {}), OFFERED, CONNECTING, TALKING])
    assert picture == CallPicture(CallState.TALKING, key=100.0, seat_id=7, person_id=3)


def test_a_lost_operator_leaves_a_caller_who_waits_with_a_better_place() -> None:
    picture = replay_call(
        [
            ARRIVED,
            QUEUED,
            OFFERED,
            CONNECTING,
            TALKING,
            Line("held", {}),
            Line("operator_lost", {"before": "talking", "seat_id": 7}),
            Line("placed", {"reason": "operator_lost", "key": -1100.0}),
        ]
    )
    assert (picture.state, picture.seat_id, picture.on_hold) == (CallState.QUEUED, None, False)
    assert (picture.key, picture.reasons) == (-1100.0, ("operator_lost",))


@pytest.mark.parametrize(
    ("lines", "outcome"),
    [
        ([Line("ended", {"before": "queued", "ended_by": "caller"})], CallOutcome.ABANDONED),
        ([Line("ended", {"before": "queued", "ended_by": "reconciliation"})], CallOutcome.FAILED),
        (
            [
                OFFERED,
                CONNECTING,
                TALKING,
                Line("ended", {"before": "talking", "ended_by": "carrier"}),
            ],
            CallOutcome.ANSWERED,
        ),
        (
            [
                Line("ended", {"before": "queued", "ended_by": "caller"}),
                Line("callback_owed", {"callback_kind": "message"}),
            ],
            CallOutcome.MESSAGE,
        ),
        (
            [
                Line("callback_owed", {"callback_kind": "wish"}),
                Line("ended", {"before": "queued", "ended_by": "caller"}),
            ],
            CallOutcome.CALLBACK,
        ),
        (
            [
                Line("connecting", {"before": "queued", "standby": True}),
                Line("not_connected", {"before": "connecting"}),
                Line("standby_answered", {}),
                Line("ended", {"before": "queued", "ended_by": "caller"}),
            ],
            CallOutcome.TRANSFERRED,
        ),
    ],
)
def test_the_outcome_of_an_ended_call_follows_from_its_log(lines: list[Line], outcome: CallOutcome) -> None:
    assert replay_call([ARRIVED, QUEUED, *lines]).outcome is outcome


def test_a_call_that_came_back_has_no_outcome_any_more() -> None:
    ended = Line("ended", {"before": "queued", "ended_by": "reconciliation"})
    picture = replay_call([ARRIVED, QUEUED, ended, Line("came_back", {"before": "ended", "key": 100.0})])
    assert (picture.state, picture.outcome, picture.ended_by) == (CallState.QUEUED, None, None)


@pytest.mark.parametrize("lines", [[ARRIVED, TALKING], [ARRIVED, Line("queued", {"before": "message"})]])
def test_a_log_with_a_line_missing_is_told(lines: list[Line]) -> None:
    with pytest.raises(BrokenLog):
        replay_call(lines)


SITS = [
    Line("person", {"person_id": 3}),
    Line("status", {"status": "break"}),
    Line("signed_on", {"before": "offline", "reason": None}),
    Line("device", {"live": True, "reason": None}),
    Line("status", {"status": "ready"}),
    Line("status_chosen", {"before": "paused", "reason": None}),
]


def test_a_seat_is_rebuilt_through_offer_talk_and_wrap_up() -> None:
    lines = [
        *SITS,
        Line("offered", {"before": "available", "reason": None, "call_id": 9}),
        Line("answered", {"before": "offered", "reason": None, "call_id": 9}),
        Line("talk_ended", {"before": "talking", "reason": None}),
        Line("reason", {"reason": "wrap_up_over"}),
    ]
    ready = AgentStatus.READY
    assert replay_seat(lines) == SeatPicture(SeatState.WRAP_UP, "wrap_up_over", 3, ready, True, 9)
    freed = replay_seat([*lines, Line("wrapped_up", {"before": "wrap_up", "reason": None})])
    assert freed == SeatPicture(SeatState.AVAILABLE, None, 3, ready, True)
    left = replay_seat([*lines, Line("signed_off", {"before": "wrap_up", "reason": None})])
    assert left == SeatPicture()


def test_a_seat_whose_line_dropped_keeps_its_call_until_another_took_it() -> None:
    lines = [
        *SITS,
        Line("offered", {"before": "available", "reason": None, "call_id": 9}),
        Line("answered", {"before": "offered", "reason": None, "call_id": 9}),
        Line("line_lost", {"before": "talking", "reason": "line_lost"}),
    ]
    assert replay_seat(lines).call_id == 9
    assert replay_seat([*lines, Line("unbound", {})]).call_id is None


def test_a_seat_log_begins_with_what_the_seat_was_found_in() -> None:
    found = {
        "state": "talking",
        "reason": None,
        "person_id": 3,
        "status": "ready",
        "device_live": True,
        "call_id": 4,
    }
    assert replay_seat([Line("found", found)]).call_id == 4
    with pytest.raises(BrokenLog):
        replay_seat([Line("talk_ended", {"before": "talking", "reason": None})])
