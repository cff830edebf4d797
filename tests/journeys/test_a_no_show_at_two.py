"""At two at night somebody does not come: the stand-by is rung, says yes, and takes the next calls."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.audit import AuditLine
from models.calls import Call, CallEvent
from models.duty_requests import Absence, Summons
from models.vocabulary import CallOutcome, CallState
from models.vocabulary_roster import AbsenceEnd, SummonsAnswer
from tests.journeys.actors import Operator, ScriptedCaller, Supervisor
from tests.journeys.conftest import OpenBrowser
from tests.journeys.past import it_is_two_at_night
from tests.journeys.product import Product, eventually
from tests.journeys.sound import heard_tone
from tests.journeys.telephones import telephones

pytestmark = [pytest.mark.timeout(400)]

AT_HOME, AT_THE_DESK = 600.0, 937.5
STAND_BY = "13900000001"
NEVER_CAME, COMES = "operator2", "operator3"


def answer(product: Product) -> SummonsAnswer | None:
    """Of the newest call to a stand-by."""
    newest = select(Summons.answer).order_by(Summons.id.desc()).limit(1)
    return product.look(lambda s: s.scalars(newest).first())


def call_of(product: Product, caller: ScriptedCaller) -> Call:
    return product.look(lambda s: s.scalars(select(Call).where(Call.carrier_sid == caller.call_sid)).one())


def test_the_stand_by_is_rung_says_yes_and_takes_the_next_call_at_home_and_the_one_after_at_a_seat(
    product: Product, browser_with: OpenBrowser, tones: Callable[[float], Path]
) -> None:
    # Picks up, listens, and presses 1 while the sentence is still spoken.
    telephones(product, **{STAND_BY: {"after_seconds": 1, "digits": [[7.0, "1"]]}})
    centre_id = it_is_two_at_night(product, NEVER_CAME, COMES, STAND_BY)

    def noticed(session: Session) -> Absence | None:
        return session.scalars(select(Absence).where(Absence.centre_id == centre_id)).first()

    eventually(lambda: product.look(noticed), "the empty seat is noticed", 100)
    eventually(lambda: answer(product) is SummonsAnswer.COMING, "the stand-by said yes by a key", 60)
    boss = Supervisor(product, browser_with(tones(AT_THE_DESK)))
    boss.signs_in("supervisor")
    boss.page.goto(f"{product.url}/roster/requests/")
    expect(boss.page.locator("main")).to_contain_text(SummonsAnswer.COMING.zh)

    telephones(product, **{STAND_BY: {"after_seconds": 1, "tone": AT_HOME}})
    first = ScriptedCaller(product, "13800000001", tone=700.0)
    eventually(lambda: heard_tone(*first.heard(), AT_HOME), "the caller hears the stand-by at home", 60)
    first.hangs_up()
    eventually(lambda: call_of(product, first).state is CallState.ENDED, "that call is over", 30)
    first_id = call_of(product, first).id
    kinds = select(CallEvent.kind).where(CallEvent.call_id == first_id)
    eventually(
        lambda: "standby_answered" in product.look(lambda s: list(s.scalars(kinds))), "it is on record", 30
    )

    operator = Operator(product, browser_with(tones(AT_THE_DESK)))
    operator.signs_in("operator", which=2)
    operator.goes_on_duty()

    def ended(session: Session) -> bool:
        absence = noticed(session)
        return absence is not None and absence.ended_how is AbsenceEnd.STANDBY

    eventually(lambda: product.look(ended), "the absence is over: the stand-by sits there", 30)
    second = ScriptedCaller(product, "13800000002", tone=700.0)
    operator.answers()
    eventually(
        lambda: heard_tone(*second.heard(), AT_THE_DESK), "the caller hears the person at the desk", 30
    )
    eventually(lambda: call_of(product, second).state is CallState.TALKING, "the talk is confirmed", 30)
    operator.hangs_up()
    eventually(lambda: call_of(product, second).outcome is CallOutcome.ANSWERED, "it is counted", 30)
    lines = product.look(lambda s: list(s.scalars(select(AuditLine.action).order_by(AuditLine.id))))
    told = [line for line in lines if line.startswith(("absence.", "summons."))]
    assert told[:3] == ["absence.noticed", "summons.call", "summons.answer"]
    assert told[-1] == "absence.ended"
