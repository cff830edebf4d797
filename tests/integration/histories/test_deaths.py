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
