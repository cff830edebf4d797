"""One night by everybody in it: a recorded greeting, a danger seen to its end, the talk reviewed, the shift
handed on. Real browsers, the embedded exchange, tones for voices."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.care import Danger
from models.danger_protocol import DangerReport, Debrief
from models.duties import Handover
from models.linkage import Linkage
from models.notes import Note
from models.people import Person as PersonRecord
from models.quality import QualityReview
from models.recordings import Recording
from models.vocabulary import DangerState, NoteState, RecordingState
from models.vocabulary_after import HandoverState
from models.vocabulary_talk import RescueReached
from tests.journeys.actors import Operator, Person, ScriptedCaller, Supervisor
from tests.journeys.conftest import OpenBrowser
from tests.journeys.product import Product, eventually
from tests.journeys.sound import heard_tone, write_tone

pytestmark = pytest.mark.timeout(600)

CALLER, OPERATOR, SUPERVISOR, GREETING = 600.0, 937.5, 1687.5, 1200.0
ALERT_SECONDS = 10.0


class Administrator(Person):
    def records_a_greeting(self, audio: Path) -> None:
        self.page.goto(f"{self.product.url}/administration/prompts/?prompt=greeting")
        self.page.set_input_files('[data-role="prompt-form"] [name="audio"]', str(audio))
        self.page.locator('[data-role="prompt-form"] button[type="submit"]').click()
        self.page.locator('[data-role="use"]').first.click()
        expect(self.page.locator("[data-version] .badge.is-ok")).to_be_visible()


class Carer(Operator):
    def works_off_the_danger(self) -> None:
        """By keys: a step ticked, the command centre told with its ground and the exact fields."""
        expect(self.page.locator('[data-role="danger-panel"]')).to_be_visible(timeout=15_000)
        self.page.locator("#tick-keep_line-done").press("Enter")
        expect(self.page.locator('[data-step="keep_line"].done')).to_be_visible()
        self.page.locator("#dp-to-110").press("Enter")
        form = self.page.locator('[data-role="report-form"]')
        form.locator('[name="ground"][value="life"]').check()
        form.locator('[name="field_state"]').fill("站在楼顶，愿意说话")
        form.locator('[data-role="preview"]').press("Enter")
        expect(self.page.locator('[data-role="told"]')).to_contain_text("站在楼顶")
        self.page.locator('[data-role="decide"]').press("Enter")
        expect(self.page.locator("[data-linkage]").first).to_be_visible()
        self.page.keyboard.press("Escape")

    def writes_the_note_of_an_emergency(self) -> None:
        self.writes_a_whole_note("说已站在楼顶，谈了半小时，民警到场。", problem="G", risk_level=4)
        self.page.fill('[name="safety_contact"]', "姐姐")
        self.page.fill('[name="safety_means"]', "已离开楼顶")
        self.sees_saved()

    def ends_an_emergency(self) -> None:
        """At R4 the key is pressed twice."""
        self.page.keyboard.press("Shift+F2")
        self.page.wait_for_timeout(400)
        self.hangs_up()

    def tries_to_go_home(self) -> None:
        self.asks_to_go_home()
        expect(self.page.locator('[data-role="message"]')).to_contain_text("交接班", timeout=10_000)

    def hands_over_to(self, name: str) -> None:
        desk = self.page
        self.page = self.context.new_page()
        self.page.goto(f"{self.product.url}/handover/")
        expect(self.page.locator('[data-role="owed"]')).to_be_visible()
        self.page.select_option('[name="to_id"]', label=name)
        self.page.fill('[name="told"]', "110 联动单还没有回音，请追问")
        self.page.locator('form[action$="/handover/offer"] button[type="submit"]').first.click()
        expect(self.page.locator(".badge.is-info").first).to_be_visible()
        self.page.close()
        self.page = desk

    def accepts_what_is_offered(self) -> None:
        self.page.goto(f"{self.product.url}/handover/")
        self.page.locator('[data-role="offered"] [value="accept"]').click()
        expect(self.page.locator('[data-role="offered"]')).to_have_count(0)

    def reads_and_answers_the_review(self, words: str) -> None:
        page = self.context.new_page()
        page.goto(f"{self.product.url}/quality/mine")
        page.locator('main a[href*="/quality/mine/"]').first.click()
        page.fill('[name="reply"]', words)
        page.locator('form button[type="submit"]', has_text="保存回复").click()
        page.close()


class NightSupervisor(Supervisor):
    def takes_charge(self) -> None:
        self.page.click('[data-role="see-danger"]')
        self.page.wait_for_url(lambda url: "/supervisor/dangers/" in url)
        self.joins_by_key()

    def reviews(self, call_id: int) -> None:
        self.page.goto(f"{self.product.url}/calls/{call_id}")
        self.page.click('[data-role="choose-review"]')
        self.page.fill('form[action$="/play"] [name="reason"]', "高危来电复核")
        self.page.click('[data-role="open-player"]')
        expect(self.page.locator('[data-role="waveform"]')).to_be_visible(timeout=15_000)
        self.page.keyboard.press("F8")
        at = "document.querySelector('[data-role=\"player\"]').currentTime"
        eventually(lambda: float(self.page.evaluate(at)) > 0.5, "the recording plays", 15)
        self.page.keyboard.press("F8")
        for item in self.page.locator('.score-item input[value="2"]').all():
            item.check(force=True)
        self.page.fill('[name="comment"]', "稳住了，先问危险，再谈。")
        self.page.click('[data-role="save-review"]')
        expect(self.page.locator("tr[data-review]").first).to_contain_text("100%")

    def sees_the_danger_to_its_end(self, danger_id: int) -> None:
        self.page.goto(f"{self.product.url}/supervisor/dangers/{danger_id}")
        linkage = self.page.locator("[data-linkage]").first
        linkage.locator('[name="reference"]').fill("第 17 号警情")
        linkage.locator('[name="reached"]').select_option("yes")
        linkage.locator('[data-role="write-linkage"]').click()
        expect(self.page.locator("[data-linkage] .badge.is-ok").first).to_be_visible()
        self.page.fill('[name="outcome"]', "民警已到本人身边，姐姐陪同就医。")
        self.page.click('[data-role="close-danger"]')
        expect(self.page.locator('[data-role="debrief"]')).to_be_visible(timeout=15_000)
        debrief = self.page.locator('[data-role="debrief"]')
        debrief.locator('[name="support"]').first.check()
        debrief.locator('[name="rest_minutes"]').fill("20")
        debrief.locator('[data-role="save-debrief"]').click()
        expect(self.page.locator('[data-role="debrief"] .tag').first).to_be_visible()


def test_a_night_from_the_greeting_to_the_hand_over(
    product: Product, browser_with: OpenBrowser, tones: Callable[[float], Path], tmp_path: Path
) -> None:
    administrator = Administrator(product, browser_with(tones(OPERATOR)))
    administrator.signs_in("administrator")
    administrator.records_a_greeting(write_tone(tmp_path / "greeting.wav", GREETING, seconds=4.0, rate=16000))

    first = Carer(product, browser_with(tones(OPERATOR)))
    first.signs_in("operator")
    supervisor = NightSupervisor(product, browser_with(tones(SUPERVISOR)))
    supervisor.signs_in("supervisor")
    supervisor.looks_at_the_board()

    caller = ScriptedCaller(product, "13800138000", audio=tones(CALLER), repeat=True)
    eventually(lambda: heard_tone(*caller.heard(), GREETING), "the caller hears the recorded greeting", 30)

    def danger() -> Danger | None:
        return product.look(lambda session: session.scalars(select(Danger)).first())

    caller.presses_until(danger, "the danger key is heard", "1")
    pressed = time.monotonic()
    alert = supervisor.page.locator('[data-role="danger"]').first
    expect(alert).to_be_visible(timeout=ALERT_SECONDS * 1000)
    assert time.monotonic() - pressed < ALERT_SECONDS

    first.comes_on_duty_to_a_ring()
    call_id = first.answers()
    supervisor.takes_charge()
    first.works_off_the_danger()
    first.writes_the_note_of_an_emergency()
    first.ends_an_emergency()
    first.page.keyboard.press("Control+Enter")

    def note() -> Note:
        return product.look(lambda s: s.scalars(select(Note).where(Note.call_id == call_id)).one())

    eventually(lambda: note().state is NoteState.CLOSED, "the note is finished")
    assert note().risk_level == 4

    def stored() -> Recording | None:
        kept = select(Recording).where(Recording.call_id == call_id, Recording.state == RecordingState.STORED)
        return product.look(lambda s: s.scalars(kept).first())

    eventually(stored, "the recording is kept", 60)
    supervisor.reviews(call_id)
    first.reads_and_answers_the_review("谢谢，下次更早问独处。")

    second = Carer(product, browser_with(tones(OPERATOR)))
    second.signs_in("operator", 1)
    first.tries_to_go_home()
    login = [a for a in product.accounts() if a["role"] == "operator"][1]["name"]
    first.hands_over_to(
        product.look(lambda s: s.scalars(select(PersonRecord.name).where(PersonRecord.login == login)).one())
    )
    second.accepts_what_is_offered()
    first.goes_home()

    opened = danger()
    assert opened is not None
    supervisor.sees_the_danger_to_its_end(opened.id)

    def night(session: Session) -> tuple[object, ...]:
        return (
            session.scalars(select(Danger.state)).one(),
            session.scalars(select(Linkage.reached)).one(),
            session.scalars(select(DangerReport.fields)).one()["state"],
            session.scalars(select(Debrief.rest_minutes)).one(),
            session.scalars(select(Handover.state)).first(),
            session.scalars(select(QualityReview.reply)).one(),
        )

    assert product.look(night) == (
        DangerState.CLOSED,
        RescueReached.YES,
        "站在楼顶，愿意说话",
        20,
        HandoverState.ACCEPTED,
        "谢谢，下次更早问独处。",
    )
    for person in (administrator, first, second, supervisor):
        assert person.faults == []
