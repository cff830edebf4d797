"""Callers who hang up: what the carrier still asks for then must not be taken for somebody on the line."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.calls import Callback
from models.vocabulary import CallbackKind, CallOutcome, CallState, SeatState
from tests.integration.telephony.switchboard import Switchboard


@pytest.mark.parametrize("operator_first", [False, True])
def test_a_line_that_drops_in_danger_is_its_seats_whatever_is_told_first(
    switchboard: Switchboard, operator_first: bool
) -> None:
    seat_id, person_id = switchboard.a_ready_seat()
    caller, operator = switchboard.a_talk()
    call_id = switchboard.call_of(caller).id
    switchboard.danger.raise_danger(call_id, "desk", person_id)
    if operator_first:
        switchboard.conversation.operator_left(call_id, operator.sid)
    switchboard.phone.hang_up(caller)
    switchboard.deliver()
    with Session(switchboard.engine) as session:
        [callback] = session.scalars(select(Callback)).all()
    assert (callback.kind, callback.seat_id) == (CallbackKind.DROPPED, seat_id)
    assert switchboard.seat(seat_id).state is SeatState.WRAP_UP


def test_who_hangs_up_in_a_talk_is_never_put_back_in_the_queue(switchboard: Switchboard) -> None:
    switchboard.a_ready_seat()
    caller, _ = switchboard.a_talk()
    switchboard.phone.hang_up(caller)
    switchboard.deliver()
    call = switchboard.call_of(caller)
    assert (call.state, call.outcome) == (CallState.ENDED, CallOutcome.ANSWERED)
    assert "operator_lost" not in switchboard.log_of(call.id)


def test_who_hangs_up_while_speaking_a_message_is_offered_to_nobody(switchboard: Switchboard) -> None:
    caller = switchboard.a_caller()
    switchboard.phone.press(caller, "0")
    switchboard.phone.press(caller, "2")
    assert caller.place == "record"
    switchboard.a_ready_seat()
    switchboard.phone.hang_up(caller)
    switchboard.deliver()
    call = switchboard.call_of(caller)
    assert call.state is CallState.ENDED
    assert "offer_made" not in switchboard.log_of(call.id)
