"""Times and limits that administrators set hold for the router: wrap-up, rests, nuisance numbers."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from hotline.domain.routing_policy import BOUNDS, DEFAULT
from hotline.routing.replay import replay
from hotline.workforce.routing_rules import RoutingRules
from models.notes import Note
from models.nuisance import CallerLimit
from models.vocabulary import AgentStatus, NoteState, SeatState
from models.vocabulary_network import Keeping
from models.vocabulary_record import CallType
from tests.factories import NOW
from tests.integration.routing.house import House

KEY = b"audit key of the tests"
pytestmark = pytest.mark.parametrize("ground", ["sqlite"], indirect=True)


@pytest.fixture
def ruled(engine: Engine) -> House:
    return House(engine)


def rules(house: House, by_id: int, **numbers: int) -> None:
    standing = {name: getattr(DEFAULT, name) for name in BOUNDS if name != "most_credit_seconds"}
    RoutingRules(house.work, KEY).save(
        credits={},
        numbers={**standing, "most_credit_seconds": DEFAULT.credits.most_seconds, **numbers},
        strategy=DEFAULT.strategy,
        keeping=Keeping.NONE,
        by_id=by_id,
    )


def test_a_wrap_up_lasts_as_long_as_set_and_stands_over_its_time_as_long_as_set(ruled: House) -> None:
    seat_id, person_id = ruled.a_ready_seat()
    rules(ruled, person_id, wrap_up_seconds=40, wrap_up_over_seconds=90)
    call_id = ruled.a_caller_waits()
    ruled.they_talk(call_id)
    ruled.conversation.caller_left(call_id, "caller")
    assert ruled.seat(seat_id).state is SeatState.WRAP_UP
    ruled.stopped.advance(seconds=41)
    ruled.deadlines.tick()
    assert ruled.seat(seat_id).state_reason == "wrap_up_over"
    ruled.stopped.advance(seconds=88)
    ruled.deadlines.tick()
    assert ruled.seat(seat_id).state is SeatState.WRAP_UP
    ruled.stopped.advance(seconds=3)
    ruled.deadlines.tick()
    seat = ruled.seat(seat_id)
    assert (seat.state, seat.state_reason) == (SeatState.PAUSED, "note_owed")


def a_declined_offer(house: House) -> tuple[int, int]:
    seat_id, person_id = house.a_ready_seat()
    call_id = house.a_caller_waits()
    house.offers.decline(house.offer_of(call_id).id, person_id)
    assert house.seat(seat_id).state is SeatState.PAUSED
    return seat_id, person_id


def test_a_seat_that_said_not_now_is_ready_again_after_the_time_that_is_set(ruled: House) -> None:
    seat_id, person_id = a_declined_offer(ruled)
    ruled.stopped.advance(seconds=29)
    ruled.seats.report_device(person_id, True)
    ruled.deadlines.tick()
    assert ruled.seat(seat_id).state is SeatState.PAUSED, "by default its person says so"
    rules(ruled, person_id, rest_after_decline_seconds=30)
    assert ruled.deadlines.tick().ended_rests == 0
    ruled.stopped.advance(seconds=1)
    turn = ruled.deadlines.tick()
    assert turn.ended_rests == 1
    assert ruled.seat(seat_id).state is SeatState.OFFERED, "and the caller who waits is offered at once"
    with Session(ruled.engine) as session:
        assert replay(session).differences == []


def test_nobody_is_rung_again_who_chose_a_break_or_whose_line_is_gone(ruled: House) -> None:
    seat_id, person_id = a_declined_offer(ruled)
    rules(ruled, person_id, rest_after_decline_seconds=30)
    ruled.stopped.advance(seconds=50)
    assert ruled.deadlines.tick().ended_rests == 0, "the desk was not heard for longer than a heartbeat"
    ruled.seats.report_device(person_id, False, "not_registered")
    assert ruled.deadlines.tick().ended_rests == 0
    ruled.seats.report_device(person_id, True)
    ruled.seats.choose_status(person_id, AgentStatus.BREAK)
    assert ruled.deadlines.tick().ended_rests == 0
    assert ruled.seat(seat_id).state is SeatState.PAUSED


def a_nuisance_contact(house: House, sid: str) -> None:
    call_id = house.a_caller_waits(sid)
    house.conversation.caller_left(call_id, "caller")
    with Session(house.engine) as session, session.begin():
        session.add(
            Note(
                call_id=call_id,
                call_type=CallType.NUISANCE,
                state=NoteState.CLOSED,
                created_at=NOW,
                saved_at=NOW,
            )
        )
    house.nuisance.note_closed(call_id)


def the_limit(house: House) -> dict[str, Any]:
    with Session(house.engine) as session:
        limit = session.scalars(select(CallerLimit).order_by(CallerLimit.id.desc())).first()
        assert limit is not None
        return {
            "calls": limit.calls,
            "window": limit.window_seconds,
            "hours": (limit.expires_at - limit.set_at).total_seconds() / 3600,
            "reason": limit.reason,
        }


def test_a_nuisance_limit_is_as_the_rules_say_and_one_that_was_set_stays(ruled: House) -> None:
    _, person_id = ruled.an_empty_seat()
    a_nuisance_contact(ruled, "CA1")
    assert the_limit(ruled) == {"calls": 3, "window": 3600, "hours": 24, "reason": "nuisance"}
    rules(
        ruled,
        person_id,
        nuisance_calls=5,
        nuisance_window_seconds=7200,
        nuisance_lasts_seconds=7200,
        nuisance_repeated_from=2,
        nuisance_repeated_lasts_seconds=2 * 86400,
    )
    assert the_limit(ruled)["calls"] == 3
    a_nuisance_contact(ruled, "CA2")
    assert the_limit(ruled) == {"calls": 5, "window": 7200, "hours": 48, "reason": "repeated_nuisance"}
