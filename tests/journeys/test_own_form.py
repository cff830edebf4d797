"""An administrator gives the form a field of the hotline's own; the next call is noted with it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from models.notes import Note
from models.vocabulary import NoteState
from tests.journeys.actors import Operator, Person, ScriptedCaller
from tests.journeys.conftest import OpenBrowser
from tests.journeys.product import Product, eventually

pytestmark = pytest.mark.timeout(300)

CALLER, VOICE = 600.0, 937.5
VERSION = "city-1"


class FormKeeper(Person):
    def asks_for_medicine(self) -> None:
        page = self.page
        page.goto(f"{self.product.url}/administration/forms/")
        page.fill('[data-role="begin"] [name="name"]', VERSION)
        page.click('[data-role="begin"] button')
        form = page.locator('[data-role="add"]')
        form.locator('[name="zh"]').fill("正在服药")
        form.locator('[name="en"]').fill("Takes medicine")
        for row, (zh, en) in enumerate((("是", "Yes"), ("否", "No"), ("未问", "Not asked"))):
            form.locator('[name="choice_zh"]').nth(row).fill(zh)
            form.locator('[name="choice_en"]').nth(row).fill(en)
        form.get_by_label("心理疏导").check()
        form.locator('button[type="submit"]').click()
        expect(page.locator('[data-change="own_1"]')).to_contain_text("正在服药")

    def puts_it_in_force(self) -> None:
        self.page.fill('[data-role="in-force"] [name="reason"]', "本市要问用药")
        self.page.click('[data-role="in-force"] button')
        expect(self.page.locator('[data-role="standing"]')).to_contain_text(VERSION)


@pytest.mark.changes_the_product
def test_a_field_of_the_hotlines_own_is_asked_in_the_next_call_and_kept(
    shared_product: Product, browser_with: OpenBrowser, tones: Callable[[float], Path]
) -> None:
    product = shared_product
    keeper = FormKeeper(product, browser_with(tones(VOICE)))
    keeper.signs_in("administrator")
    keeper.asks_for_medicine()
    keeper.puts_it_in_force()

    operator = Operator(product, browser_with(tones(VOICE)))
    operator.signs_in("operator")
    operator.goes_on_duty()
    caller = ScriptedCaller(product, "13800138000", audio=tones(CALLER), repeat=True)
    operator.is_rung()
    call_id = operator.answers()
    eventually(lambda: operator.hears(CALLER), "the operator hears the caller", 20)
    expect(operator.page.locator(".form-version")).to_contain_text(VERSION)
    operator.writes_a_whole_note("睡不好，问了在吃的药。")
    expect(operator.page.locator('[data-role="missing-line"]')).to_contain_text("正在服药")
    operator.page.locator("#tab-service").click()
    operator.chooses("own_1", "own_1")
    operator.sees_saved()
    caller.hangs_up()
    operator.waits_for("wrap_up", 40)
    operator.finishes_note()
    note = product.look(lambda s: s.scalars(select(Note).where(Note.call_id == call_id)).one())
    assert (note.state, note.form_version, note.fields["own_1"]) == (NoteState.CLOSED, VERSION, "own_1")
    operator.goes_home()
    assert keeper.faults == operator.faults == []
