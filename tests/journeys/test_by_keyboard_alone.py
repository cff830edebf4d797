"""The whole call without a mouse: sign in, on duty, answer, hold, look up, write, end, finish, go home."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from models.calls import Call
from models.notes import Note
from models.vocabulary import AgentStatus, CallOutcome, NoteState
from tests.journeys.actors import Operator, ScriptedCaller
from tests.journeys.conftest import OpenBrowser
from tests.journeys.product import Product, eventually

pytestmark = pytest.mark.timeout(300)

MOST_TABS = 250
WRONG_NUMBER = "11"


class ByKeys(Operator):
    """Every step is a key; the mouse is never touched."""

    def tabs_to(self, selector: str) -> None:
        """Tab until the control has the focus; it must be reachable so."""
        for _ in range(MOST_TABS):
            if self.page.evaluate("(selector) => document.activeElement?.matches(selector)", selector):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab never reaches {selector}")

    def presses(self, selector: str, key: str = "Enter") -> None:
        self.tabs_to(selector)
        self.page.keyboard.press(key)

    def signs_in(self, role: str, which: int = 0) -> None:
        account = [a for a in self.product.accounts() if a["role"] == role][which]
        self.page.goto(f"{self.product.url}/sign-in")
        self.tabs_to("#login")
        self.page.keyboard.type(account["name"])
        self.tabs_to("#password")
        self.page.keyboard.type(account["password"])
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(lambda url: "/sign-in" not in url)

    def goes_on_duty(self) -> None:
        self.page.goto(f"{self.product.url}/desk/")
        self.presses("[data-role=sign-on]")
        expect(self.page.locator("#desk")).not_to_have_attribute("data-seat", "", timeout=15_000)
        expect(self.page.locator("[data-role=ready]")).to_be_visible(timeout=15_000)
        eventually(self._ready_by_key, "the desk is ready", 60)

    def _ready_by_key(self) -> bool:
        if self.bar.get_attribute("data-mode") == "setup":
            self.presses("[data-role=ready]")
            self.page.wait_for_timeout(1500)
        return bool(self.bar.get_attribute("data-mode") == "idle")

    def chooses_call_type(self, value: str) -> None:
        """Into the group by Tab, along it by arrow."""
        self.tabs_to('[name="call_type"]')
        wanted = f'[name="call_type"][value="{value}"]:checked'
        for _ in range(20):
            self.page.keyboard.press("ArrowRight")
            if self.page.locator(wanted).count():
                return
        raise AssertionError(f"the arrow never chooses call type {value}")

    def chooses_status(self, status: str) -> None:
        self.presses("[data-role=agent-status] summary")
        self.presses(f'[data-role="choose-status"][data-status="{status}"]')


def test_a_whole_call_by_keyboard_alone(
    product: Product, browser_with: OpenBrowser, tones: Callable[[float], Path]
) -> None:
    operator = ByKeys(product, browser_with(tones(937.5)), viewport={"width": 1366, "height": 768})
    operator.signs_in("operator")
    operator.goes_on_duty()
    caller = ScriptedCaller(product, "13800138000", audio=tones(600.0), repeat=True)
    call_id = operator.answers()
    eventually(lambda: operator.hears(600.0), "the operator hears the caller", 20)

    operator.page.keyboard.press("F9")
    expect(operator.page.locator('[data-role="hold"][aria-pressed="true"]')).to_be_visible(timeout=15_000)
    operator.page.keyboard.press("F9")
    expect(operator.page.locator('[data-role="hold"][aria-pressed="false"]')).to_be_visible(timeout=15_000)
    operator.page.keyboard.press("Shift+F7")
    expect(operator.page.locator('[data-role="knowledge-panel"]')).to_be_visible()
    operator.page.keyboard.press("Escape")
    expect(operator.page.locator('[data-role="knowledge-panel"]')).to_have_count(0)
    operator.chooses_call_type(WRONG_NUMBER)
    operator.tabs_to('[name="summary"]')
    operator.page.keyboard.type("要打给另一个号码。")
    operator.sees_saved()

    operator.hangs_up()
    operator.page.keyboard.press("Control+Enter")
    operator.waits_for("idle")
    caller.outcome()
    call = product.look(lambda session: session.get_one(Call, call_id))
    note = product.look(lambda session: session.scalars(select(Note).where(Note.call_id == call_id)).one())
    assert (call.outcome, call.ended_by) == (CallOutcome.ANSWERED, "operator")
    assert (note.state, note.summary) == (NoteState.CLOSED, "要打给另一个号码。")

    operator.chooses_status("break")
    operator.waits_for("setup")
    expect(operator.page.locator('span[data-role="own-status"]')).to_have_attribute(
        "data-status", str(AgentStatus.BREAK)
    )
    operator.presses("[data-role=agent-status] summary")
    operator.presses("[data-role=sign-off]")
    expect(operator.page.locator("[data-role=sign-on]")).to_be_visible(timeout=15_000)
    assert operator.faults == []
