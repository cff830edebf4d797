"""People who are owed a call: rung in order when a seat is free, three times, and at once after a drop."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.call_back_words import CallDirection
from models.calls import Call, Callback
from models.vocabulary import CallbackKind, CallbackState, CallState
from tests.journeys.actors import Operator, ScriptedCaller
from tests.journeys.conftest import OpenBrowser
from tests.journeys.product import Product, eventually
from tests.journeys.telephones import telephones

pytestmark = [pytest.mark.timeout(400)]

OPERATOR_TONE, PERSON_TONE = 937.5, 600.0
PERSON = "13800000001"


def owed(product: Product) -> Callback:
    def look(session: Session) -> Callback:
        return session.scalars(select(Callback).order_by(Callback.id.desc()).limit(1)).one()

    return product.look(look)


def wishes_a_call_back(product: Product) -> None:
    caller = ScriptedCaller(product, PERSON)
    wish = select(Callback.id)
    caller.presses_until(
        lambda: product.look(lambda s: s.scalars(wish).first()), "the wish is noted", "0", "3"
    )
    caller.hangs_up()
    eventually(lambda: owed(product).state is CallbackState.IN_LINE, "it stands in line", 30)


def dials(operator: Operator) -> None:
    operator.page.locator("body").click(position={"x": 5, "y": 5})
    operator.page.locator('[data-call-back="dial"]').click()


def test_a_wish_is_rung_when_a_seat_is_free_and_both_hear(
    product: Product, browser_with: OpenBrowser, tones: Callable[[float], Path]
) -> None:
    telephones(product, **{PERSON: {"after_seconds": 2, "tone": PERSON_TONE}})
    wishes_a_call_back(product)
    operator = Operator(product, browser_with(tones(OPERATOR_TONE)))
    operator.signs_in("operator")
    operator.comes_on_duty_to_a_ring()
    operator.page.locator("[data-role=is-call-back]").wait_for(timeout=5_000)
    operator.answers()
    operator.page.locator("[data-role=prepares]").wait_for(timeout=15_000)
    dials(operator)

    def talks() -> Call | None:
        return product.look(
            lambda s: s.scalars(
                select(Call).where(Call.direction == CallDirection.OUTBOUND, Call.state == CallState.TALKING)
            ).first()
        )

    eventually(talks, "the person answers", 40)
    eventually(lambda: operator.hears(PERSON_TONE), "the operator hears the person", 20)
    operator.hangs_up()
    eventually(lambda: owed(product).state is CallbackState.DONE, "the wish is met", 20)


def test_three_tries_that_nobody_answers_end_it(
    product: Product, browser_with: OpenBrowser, tones: Callable[[float], Path]
) -> None:
    telephones(product, **{PERSON: {"outcome": "busy"}})
    wishes_a_call_back(product)
    operator = Operator(product, browser_with(tones(OPERATOR_TONE)))
    operator.signs_in("operator")
    operator.comes_on_duty_to_a_ring()
    for number in (1, 2, 3):
        operator.is_rung(40)
        operator.answers()
        operator.page.locator("[data-role=prepares]").wait_for(timeout=15_000)
        dials(operator)
        eventually(lambda n=number: owed(product).attempts == n, "the try is counted", 20)
        eventually(lambda: owed(product).state is not CallbackState.DIALLING, "the line is busy", 40)
        with Session(product.engine()) as session, session.begin():
            # The quarter of an hour until the next try, without waiting for it.
            session.get_one(Callback, owed(product).id).due_at -= timedelta(hours=3)
    assert owed(product).state is CallbackState.UNREACHED


def test_a_line_that_drops_at_r4_is_called_back_at_once_with_enter(
    product: Product, browser_with: OpenBrowser, tones: Callable[[float], Path]
) -> None:
    telephones(product, **{PERSON: {"after_seconds": 1, "tone": PERSON_TONE}})
    operator = Operator(product, browser_with(tones(OPERATOR_TONE)))
    operator.signs_in("operator")
    operator.goes_on_duty()
    caller = ScriptedCaller(product, PERSON, tone=700.0)
    operator.answers()
    eventually(lambda: operator.bar.get_attribute("data-mode") == "call", "they talk", 20)
    operator.page.keyboard.press("F10")
    operator.page.locator("[data-role=danger-strip]").wait_for(timeout=15_000)
    caller.hangs_up()
    dropped = select(Callback.seat_id).where(Callback.kind == CallbackKind.DROPPED)
    eventually(lambda: product.look(lambda s: s.scalars(dropped).first()), "its seat owes the call", 60)
    operator.page.locator("[data-role=dropped-line]").wait_for(timeout=60_000)
    operator.page.evaluate("document.activeElement?.blur()")
    operator.page.keyboard.press("Enter")
    eventually(lambda: operator.hears(PERSON_TONE), "the operator hears the person again", 60)
    assert owed(product).attempts == 1
