"""It rings somewhere, and nobody wrote down under which sid: taken up or taken down within a minute."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.routing.calling_back import CallingBack
from models.calls import Call, CallbackTry
from models.participation import Participation, Transfer
from models.vocabulary import CallState, SeatState
from models.vocabulary_talk import TransferKind, TransferState
from tests.fake_carrier import Leg
from tests.integration.histories import at_rest
from tests.integration.histories.pair import Pair
from tests.integration.histories.router import ANSWER_LOST, RUNG

NUMBER, PARTNER = "13800138000", "087165011111"

pytestmark = pytest.mark.parametrize("moment", [RUNG, ANSWER_LOST])


def rings_unwritten(pair: Pair, moment: str, ask: Callable[[], object]) -> Leg:
    """The one leg that this made ring, of which the carrier's words are all lost."""
    before = {leg.sid for leg in pair.phone.ringing_legs()}
    pair.fate.moment = moment
    ask()
    pair.phone.work_off()
    pair.phone.unsent.clear()
    assert pair.fate.moment is None, "it went wrong"
    [leg] = [leg for leg in pair.phone.ringing_legs() if leg.sid not in before]
    return leg


def a_call_comes_in(pair: Pair) -> None:
    pair.phone.time_passes(pair.phone.a_call_comes_in(NUMBER))


def a_talk(pair: Pair) -> tuple[int, int]:
    """(call, operator)"""
    a_call_comes_in(pair)
    pair.phone.work_off()
    pair.answer()
    [call] = pair.calls()
    assert call.state is CallState.TALKING
    return call.id, pair.person_id


def a_call_back(pair: Pair) -> int:
    """The outbound call whose operator is up and has not dialled yet."""
    caller = pair.phone.a_call_comes_in(NUMBER)
    pair.phone.time_passes(caller)
    pair.phone.press(caller, "0")
    pair.phone.press(caller, "3")
    pair.phone.hang_up(caller)
    pair.phone.deliver_all()
    pair.look()
    pair.answer()
    [call] = [call for call in pair.calls() if call.is_outbound]
    assert call.state is CallState.CONNECTING
    return call.id


def dials(pair: Pair, call_id: int) -> None:
    CallingBack(pair.routers[0].work).dial(call_id, pair.person_id)


def test_a_seat_is_rung_once_and_its_answer_counts(pair: Pair, moment: str) -> None:
    leg = rings_unwritten(pair, moment, lambda: a_call_comes_in(pair))
    pair.look(21)
    pair.phone.unsent.clear()
    assert pair.phone.ringing_legs() == [leg]
    pair.phone.seat_answers(leg)
    pair.phone.unsent.clear()
    pair.until(lambda: pair.state() is CallState.TALKING)


def test_a_seat_does_not_ring_on_for_a_caller_who_is_gone(pair: Pair, moment: str) -> None:
    leg = rings_unwritten(pair, moment, lambda: a_call_comes_in(pair))
    caller = pair.phone.legs[str(pair.calls()[0].carrier_sid)]
    pair.phone.hang_up(caller)
    pair.phone.deliver_all()
    assert leg.lives
    assert pair.state() is CallState.ENDED
    pair.until(lambda: not leg.lives)
    at_rest.records_equal_the_carrier(pair.engine, pair.phone, [caller])


@pytest.mark.parametrize("to", ["seat", "number"])
def test_a_target_that_nobody_wants_any_more_stops_ringing(pair: Pair, moment: str, to: str) -> None:
    call_id, operator = a_talk(pair)
    other_seat, _ = pair.routers[0].a_ready_seat()
    transfers = pair.routers[0].transfers

    def ask() -> None:
        if to == "seat":
            transfers.to_seat(call_id, operator, other_seat, TransferKind.CONSULT)
        else:
            transfers.to_number(call_id, operator, PARTNER, TransferKind.CONSULT)

    leg = rings_unwritten(pair, moment, ask)
    transfers.cancel(call_id, operator)
    pair.until(lambda: not leg.lives)
    assert pair.state() is CallState.TALKING
    assert pair.routers[0].seat(other_seat).state is SeatState.AVAILABLE


def test_a_target_is_rung_once_and_its_answer_counts(pair: Pair, moment: str) -> None:
    call_id, operator = a_talk(pair)
    transfers = pair.routers[0].transfers
    leg = rings_unwritten(
        pair, moment, lambda: transfers.to_number(call_id, operator, PARTNER, TransferKind.CONSULT)
    )
    pair.phone.seat_answers(leg)
    pair.phone.unsent.clear()

    def consults() -> bool:
        with Session(pair.engine) as session:
            sid = session.scalars(select(Participation.leg_sid)).one()
            state = session.scalars(select(Transfer.state)).one()
            return sid == leg.sid and state is TransferState.CONSULTING

    pair.until(consults)


def test_a_person_who_is_called_back_is_rung_once(pair: Pair, moment: str) -> None:
    call_id = a_call_back(pair)
    leg = rings_unwritten(
        pair, moment, lambda: CallingBack(pair.routers[0].work).dial(call_id, pair.person_id)
    )
    pair.look(21)
    assert pair.phone.ringing_legs() == [leg]
    pair.phone.seat_answers(leg)
    pair.phone.unsent.clear()

    def talks() -> bool:
        return any(call.id == call_id and call.state is CallState.TALKING for call in pair.calls())

    pair.until(talks)
    with Session(pair.engine) as session:
        assert session.scalars(select(CallbackTry)).one().call_id == call_id


def test_nobody_is_rung_back_for_an_operator_who_is_gone(pair: Pair, moment: str) -> None:
    call_id = a_call_back(pair)
    leg = rings_unwritten(
        pair, moment, lambda: CallingBack(pair.routers[0].work).dial(call_id, pair.person_id)
    )
    with Session(pair.engine) as session:
        operator = pair.phone.legs[str(session.get_one(Call, call_id).operator_sid)]
    pair.phone.hang_up(operator)
    pair.phone.deliver_all()
    pair.until(lambda: not leg.lives)
