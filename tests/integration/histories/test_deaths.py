"""A process that dies at its worst moments, step by step: the caller is answered all the same."""

from __future__ import annotations

import pytest

from models.vocabulary import CallState
from tests.integration.histories import at_rest
from tests.integration.histories.pair import Pair
from tests.integration.histories.router import Death


@pytest.mark.parametrize("moment", ["before_commit", "after_commit"])
@pytest.mark.parametrize("after", [0, 1, 2, 3, 5, 8])
def test_a_death_while_a_call_comes_in_loses_no_caller(pair: Pair, moment: str, after: int) -> None:
    pair.fate.moment, pair.fate.after = moment, after
    leg = pair.phone.a_call_comes_in()
    pair.phone.time_passes(leg)
    pair.phone.work_off()
    assert pair.fate.moment is None, "the death came"
    pair.until(lambda: bool(pair.phone.ringing_legs()))
    pair.answer()
    pair.until(lambda: pair.state() is CallState.TALKING)
    at_rest.records_equal_the_carrier(pair.engine, pair.phone, [leg])
    at_rest.the_log_rebuilds_the_records(pair.engine)


def test_a_seat_that_rings_though_nobody_wrote_it_down_rings_once(pair: Pair) -> None:
    pair.fate.moment = "before_done"
    leg = pair.phone.a_call_comes_in()
    pair.phone.time_passes(leg)
    pair.phone.work_off()
    assert pair.fate.moment is None, "the death came"
    assert len(pair.phone.ringing_legs()) == 1
    pair.routers[0].stopped.advance(seconds=21)
    pair.phone.work_off()
    assert len(pair.phone.ringing_legs()) == 1, "the lease ran out and the row was run again"


def test_a_death_within_the_talks_beginning_is_made_up_for(pair: Pair) -> None:
    leg = pair.phone.a_call_comes_in()
    pair.phone.time_passes(leg)
    pair.phone.work_off()
    pair.phone.seat_answers(pair.phone.ringing_legs()[0])
    pair.fate.moment = "after_commit"
    callback = pair.phone.unsent.pop(-1)
    with pytest.raises(Death):
        pair.routers[0].answer(callback.url, callback.form)
    pair.phone.unsent.clear()
    pair.until(lambda: pair.state() is CallState.TALKING)
    at_rest.records_equal_the_carrier(pair.engine, pair.phone, [leg])


def a_talk(pair: Pair) -> int:
    pair.phone.time_passes(pair.phone.a_call_comes_in())
    pair.phone.work_off()
    pair.answer()
    assert pair.state() is CallState.TALKING
    return pair.calls()[0].id


def holds(pair: Pair) -> tuple[bool, bool, bool]:
    """(at the carrier, on file, wanted)"""
    [call] = pair.calls()
    return pair.phone.legs[str(call.carrier_sid)].on_hold, call.on_hold, call.hold_wanted


@pytest.mark.parametrize("on", [True, False])
def test_a_hold_that_the_carrier_never_heard_of_is_asked_for_again(pair: Pair, on: bool) -> None:
    call_id = a_talk(pair)
    conversation = pair.routers[0].conversation
    if not on:
        conversation.hold(call_id, pair.person_id, True)
        pair.phone.work_off()
        pair.phone.deliver_all()
    conversation.hold(call_id, pair.person_id, on)
    pair.given_up("hold")
    assert holds(pair) == (not on, not on, on)
    pair.until(lambda: holds(pair) == (on, on, on))


def test_who_was_on_hold_when_the_operator_was_lost_is_not_left_there_by_the_next_talk(pair: Pair) -> None:
    """The process that was to move the caller died twice: the next operator finds them where they were."""
    call_id = a_talk(pair)
    pair.routers[0].conversation.hold(call_id, pair.person_id, True)
    pair.phone.work_off()
    pair.phone.deliver_all()
    [call] = pair.calls()
    other = pair.routers[0].a_ready_seat()
    pair.phone.hang_up(pair.phone.legs[str(call.operator_sid)])
    with pair.nothing_is_moved():
        pair.phone.deliver_all()
        pair.answer()
        pair.look()
    assert pair.routers[0].seat(other[0]).call_id == call_id
    pair.until(lambda: pair.state() is CallState.TALKING and holds(pair) == (False, False, False))
