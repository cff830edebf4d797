"""Two callers and one seat; and the product's own processes die while one waits and one talks."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.calls import Call
from models.vocabulary import CallOutcome, CallState
from tests.journeys.actors import Operator, ScriptedCaller
from tests.journeys.conftest import OpenBrowser
from tests.journeys.product import Product, eventually
from tests.journeys.sound import heard_tone

pytestmark = [pytest.mark.guards_a_caller, pytest.mark.timeout(400)]

OPERATOR_TONE = 937.5


def call_of(product: Product, caller: ScriptedCaller) -> Call:
    return product.look(lambda s: s.scalars(select(Call).where(Call.carrier_sid == caller.call_sid)).one())


def in_state(product: Product, caller: ScriptedCaller, state: CallState, seconds: float = 30) -> None:
    eventually(lambda: call_of(product, caller).state is state, f"the call is {state}", seconds)


def test_the_second_caller_keeps_the_place_while_processes_die_and_gets_the_seat_when_it_is_free(
    shared_product: Product, browser_with: OpenBrowser, tones: Callable[[float], Path]
) -> None:
    product = shared_product
    operator = Operator(product, browser_with(tones(OPERATOR_TONE)))
    operator.signs_in("operator")
    operator.goes_on_duty()

    first = ScriptedCaller(product, "13800000001", tone=600.0)
    operator.answers()
    in_state(product, first, CallState.TALKING)
    second = ScriptedCaller(product, "13800000002", tone=700.0)
    in_state(product, second, CallState.QUEUED, 40)

    def announced(session: Session) -> bool:
        found = session.scalars(select(Call).where(Call.carrier_sid == second.call_sid)).one()
        return found.announced_at is not None

    eventually(lambda: product.look(announced), "the second caller is told the place", 40)
    place = call_of(product, second).queue_key

    for name in ("serve carrier", "serve web"):
        for process in product.processes(name):
            process.kill()
    time.sleep(1)
    assert first.is_on_the_line
    assert second.is_on_the_line
    eventually(product.answers_again, "the pages and the carrier's door are back", 40)
    eventually(lambda: heard_tone(*first.heard(), OPERATOR_TONE), "the talk goes on", 10)
    assert second.is_on_the_line
    assert call_of(product, second).queue_key == place
    assert call_of(product, second).state is CallState.QUEUED

    first.hangs_up()
    operator.waits_for("wrap_up", 40)
    operator.writes_a_whole_note("情绪低落一周，愿意再来电。")
    operator.finishes_note(then="offer")
    operator.answers()
    in_state(product, second, CallState.TALKING, 30)
    eventually(lambda: heard_tone(*second.heard(), OPERATOR_TONE), "the second caller hears a person", 20)
    operator.hangs_up()
    assert second.outcome(30)["status"] == "completed"
    for caller in (first, second):
        in_state(product, caller, CallState.ENDED)
        assert call_of(product, caller).outcome is CallOutcome.ANSWERED
    operator.writes_a_whole_note("第二位来电人说愿意再来电。")
    operator.finishes_note()
    operator.goes_home()
