"""What the carrier took while nobody of us could be asked is on file afterwards."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from hotline.routing.carrier_view import EndedCall
from hotline.routing.origin import IncomingCall
from models.calls import Call
from models.vocabulary import CallOutcome, CallState
from models.vocabulary_record import Channel
from tests.integration.routing.house import House

SID = "CA" + "7" * 32


@pytest.fixture
def house(engine: Engine) -> House:
    return House(engine)


def on_file(house: House) -> list[Call]:
    with Session(house.engine, expire_on_commit=False) as session:
        return list(session.scalars(select(Call).where(Call.carrier_sid == SID)))


def test_a_caller_who_rang_and_left_while_we_were_away_is_kept_as_abandoned_once(house: House) -> None:
    house.carrier.ended = [EndedCall(SID, "completed", "13800000009", "12356")]
    for _ in range(3):
        house.stopped.advance(seconds=21)
        house.deadlines.tick()
    (call,) = on_file(house)
    assert (call.state, call.outcome, call.ended_by) == (CallState.ENDED, CallOutcome.ABANDONED, "caller")
    assert (call.caller_number, call.number_dialled, call.channel) == ("13800000009", "12356", Channel.PHONE)


def test_a_hang_up_that_was_never_told_is_taken_from_the_carriers_list(house: House) -> None:
    house.intake.call_arrived(IncomingCall(SID, "13800000009", "12356"))
    house.carrier.ended = [EndedCall(SID, "completed", "13800000009", "12356")]
    house.stopped.advance(seconds=21)
    house.deadlines.tick()
    (call,) = on_file(house)
    assert (call.outcome, call.ended_by) == (CallOutcome.ABANDONED, "caller")


def test_a_line_that_failed_is_not_called_the_callers_choice(house: House) -> None:
    house.carrier.ended = [EndedCall(SID, "failed", "client:caller_1", "12356")]
    house.stopped.advance(seconds=21)
    house.deadlines.tick()
    (call,) = on_file(house)
    assert (call.outcome, call.channel) == (CallOutcome.FAILED, Channel.APP)


def test_the_caller_shows_in_no_repr() -> None:
    assert "13800000009" not in repr(EndedCall(SID, "completed", "13800000009", "12356"))
