"""In the call: a cry for help, a supervisor who listens, whispers and joins, a consultation and a hand-over.

Real browsers, by keys, and tones for voices: each person's silence is as much proved as their voice.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from models.calls import Call
from models.participation import Transfer
from models.vocabulary_talk import TransferState
from tests.journeys.actors import Operator, ScriptedCaller, Supervisor
from tests.journeys.conftest import OpenBrowser
from tests.journeys.product import Product, eventually
from tests.journeys.sound import heard_tone

pytestmark = pytest.mark.timeout(420)

CALLER, FIRST, SECOND, SUPERVISOR = 600.0, 937.5, 1312.5, 1687.5


def test_help_whisper_consultation_and_hand_over(
    product: Product, browser_with: OpenBrowser, tones: Callable[[float], Path]
) -> None:
    first = Operator(product, browser_with(tones(FIRST)), viewport={"width": 1366, "height": 768})
    first.signs_in("operator")
    first.goes_on_duty()
    caller = ScriptedCaller(product, "13800138000", audio=tones(CALLER), repeat=True)
    call_id = first.answers()
    eventually(lambda: first.hears(CALLER), "the operator hears the caller", 20)

    supervisor = Supervisor(product, browser_with(tones(SUPERVISOR)), viewport={"width": 1366, "height": 768})
    supervisor.signs_in("supervisor")
    supervisor.looks_at_the_board()
    first.page.keyboard.press("F7")
    supervisor.joins_by_key()
    expect(first.page.locator('[data-role="listener"][data-mode="listen"]')).to_be_visible(timeout=15_000)
    eventually(lambda: supervisor.hears(CALLER) or supervisor.hears(FIRST), "the supervisor hears them", 20)

    def caller_hears(hertz: float) -> bool:
        samples, rate = caller.heard()
        return heard_tone(samples[-2 * rate :], rate, hertz)

    assert not caller_hears(SUPERVISOR)
    supervisor.goes_to("whisper")
    eventually(lambda: caller_hears(FIRST), "the caller hears the operator", 15)
    assert not caller_hears(SUPERVISOR), "a whisper reaches the operator alone"
    supervisor.goes_to("join")
    eventually(lambda: caller_hears(SUPERVISOR), "who joined is heard by the caller", 15)
    the_supervisor_stays_while_the_pages_are_used(supervisor)
    assert caller_hears(SUPERVISOR), "what was opened and sent left the talk as it was"
    supervisor.goes_to("listen")

    second = Operator(product, browser_with(tones(SECOND)), viewport={"width": 1366, "height": 768})
    second.signs_in("operator", 1)
    second.goes_on_duty()
    first.asks_a_colleague("独居，想见姐姐")
    assert second.answers() == call_id
    expect(first.page.locator('[data-role="transfer-state"][data-state="consulting"]')).to_be_visible(
        timeout=20_000
    )
    first.page.locator('[data-role="three-way"]').press("Enter")
    expect(first.page.locator('[data-role="transfer-state"][data-state="three_way"]')).to_be_visible(
        timeout=20_000
    )
    first.page.locator('[data-role="hand-over"]').press("Enter")
    first.waits_for("wrap_up")
    eventually(lambda: second.hears(CALLER), "the second operator hears the caller", 15)

    transfer = product.look(lambda s: s.scalars(select(Transfer).where(Transfer.call_id == call_id)).one())
    assert transfer.state is TransferState.COMPLETED
    assert transfer.words == "独居，想见姐姐"
    call = product.look(lambda s: s.get_one(Call, call_id))
    assert call.caller_number == "13800138000", "the original number survives"
    caller.hangs_up()
    second.waits_for("wrap_up")


def the_supervisor_stays_while_the_pages_are_used(supervisor: Supervisor) -> None:
    """Other pages open beside the board, and its forms are sent from it: the telephone is in this page."""
    page = supervisor.page
    with supervisor.context.expect_page() as beside:
        page.locator(".topbar a[href='/duties/']").first.click()
    beside.value.close()
    card = page.locator("details.seat-menu").first
    card.locator("summary").click()
    card.locator("select").select_option("break")
    card.locator("[name=reason]").fill("换岗前先休息")
    card.locator("button[type=submit]").click()
    expect(page.locator("[data-role=flash]")).to_contain_text("原因已记录", timeout=15_000)
    supervisor.sees_mode("join")
