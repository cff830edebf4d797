"""The desk in a real browser: nothing typed is lost, the cursor stays, and every page is open to all."""

from __future__ import annotations

import contextlib
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright
from playwright.sync_api import Error as PlaywrightError
from sqlalchemy import select
from werkzeug.serving import make_server

from models import events
from models.calls import Call, Offer
from models.care import FollowUp
from models.duties import Duty
from models.notes import Note
from models.people import Person
from models.seats import Seat
from models.vocabulary import CallState, SeatState
from models.vocabulary_after import DutyKind
from tests import factories
from tests.console_kit import Console

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.begins_first,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: `make test` says how to install it"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


@dataclass
class Operator:
    """A person at a seat, with a browser before them."""

    console: Console
    address: str
    browser: Browser
    person: Person
    seat: Seat

    def opens_the_desk(self, theme: str = "light", size: tuple[int, int] = (1366, 768)) -> Page:
        context = self.browser.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme=theme)
        page = context.new_page()
        page.goto(f"{self.address}/sign-in")
        page.fill("#login", self.person.login)
        page.fill("#password", factories.PASSWORD)
        page.click(".btn-signin")
        expect(page.locator("#bar")).to_be_visible()
        expect(page.locator('[data-role="link"]')).to_contain_text("已连接")
        return page

    def talks(self) -> Call:
        with self.console.records() as session:
            return factories.a_talk(session, session.get_one(Seat, self.seat.id))

    def is_offered_a_call(self, seconds: int = 20) -> Offer:
        with self.console.records() as session:
            call = factories.a_waiting_call(session)
            seat = session.get_one(Seat, self.seat.id)
            seat.state, seat.call_id = SeatState.OFFERED, call.id
            offer = Offer(
                call_id=call.id,
                seat_id=seat.id,
                person_id=self.person.id,
                made_at=factories.NOW,
                deadline_at=factories.NOW + timedelta(seconds=seconds),
            )
            session.add(offer)
            session.flush()
        self.console.bulletin.publish([events.OfferMade(offer.id, call.id, self.seat.id)], [])
        return offer

    def note(self) -> Note:
        with self.console.records() as session:
            return session.scalars(select(Note)).one()


class Server:
    """The console on a port of its own, which it keeps when it is stopped and started again."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self.port = 0
        self.start()

    def start(self) -> None:
        self._served = make_server("127.0.0.1", self.port, self._console.app, threaded=True)
        self.port = self._served.port
        self._thread = threading.Thread(target=self._served.serve_forever, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._served.shutdown()
        self._served.server_close()
        self._thread.join(5)


@pytest.fixture
def server(console: Console) -> Iterator[Server]:
    served = Server(console)
    yield served
    served.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture
def operator(console: Console, server: Server, browser: Browser) -> Iterator[Operator]:
    with console.records() as session:
        centre = factories.a_centre(session)
        person = factories.a_person(session, centre=centre)
        seat = factories.a_seat(session, centre, person, SeatState.AVAILABLE)
    yield Operator(console, f"http://127.0.0.1:{server.port}", browser, person, seat)
    for context in browser.contexts:
        context.close()


def saved(page: Page, revision: int) -> None:
    expect(page.locator('[data-role="save-words"]')).to_contain_text(f"第 {revision} 版", timeout=8000)


def test_what_is_typed_is_saved_and_stands_after_a_reload(operator: Operator) -> None:
    operator.talks()
    page = operator.opens_the_desk()
    page.locator('[name="call_type"][value="02"]').check()
    page.locator('[data-problem][value="D"]').check(force=True)
    page.locator('[data-problem][value="N"]').check(force=True)
    page.fill("#sum", "失眠两周")
    saved(page, 1)
    note = operator.note()
    assert (str(note.call_type), str(note.problem), note.other_problems) == ("02", "D", ["N"])
    assert note.summary == "失眠两周"
    page.reload()
    expect(page.locator("#sum")).to_have_value("失眠两周")
    expect(page.locator('.chip:has([value="D"][data-problem])')).to_contain_text("主")


def test_a_dead_network_keeps_the_text_says_so_and_sends_it_later(operator: Operator) -> None:
    operator.talks()
    page = operator.opens_the_desk()
    # The page and its scripts are whole before the net goes: else nothing could tell of it.
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    page.fill("#sum", "网断的时候写的")
    state = page.locator('[data-role="save-state"]')
    expect(state).to_contain_text("文字还在", timeout=8000)
    expect(page.locator("#sum")).to_have_value("网断的时候写的")
    page.context.set_offline(False)
    saved(page, 1)
    assert operator.note().summary == "网断的时候写的"
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert "网断" not in kept
    assert page.evaluate("Object.values(sessionStorage).every((value) => value === location.pathname)")


def test_the_second_tab_is_told_and_chooses(operator: Operator) -> None:
    operator.talks()
    first = operator.opens_the_desk()
    second = operator.opens_the_desk()
    first.fill("#sum", "第一个窗口")
    saved(first, 1)
    second.fill("#sum", "第二个窗口")
    conflict = second.locator('[data-role="conflict"]')
    expect(conflict).to_be_visible(timeout=8000)
    expect(conflict).to_contain_text("摘要")
    assert second.input_value("#sum") == "第二个窗口"
    second.locator('[data-role="keep-mine"]').click()
    saved(second, 2)
    assert operator.note().summary == "第二个窗口"


def test_signing_in_again_elsewhere_lets_the_text_through(operator: Operator) -> None:
    operator.talks()
    page = operator.opens_the_desk()
    with operator.console.records() as session:
        session.get_one(Person, operator.person.id).session_epoch += 1
    page.fill("#sum", "登录结束后写的")
    expect(page.locator('[data-role="save-state"]')).to_contain_text("登录已结束", timeout=8000)
    again = page.context.new_page()
    again.goto(f"{operator.address}/sign-in")
    again.fill("#login", operator.person.login)
    again.fill("#password", factories.PASSWORD)
    again.click(".btn-signin")
    saved(page, 1)
    assert operator.note().summary == "登录结束后写的"


def test_an_offer_never_takes_the_cursor(operator: Operator) -> None:
    with operator.console.records() as session:
        seat = session.get_one(Seat, operator.seat.id)
        unfinished = factories.an_ended_talk(session, seat, number="13700001111")
        seat.state, seat.call_id = SeatState.AVAILABLE, None
    page = operator.opens_the_desk()
    page.locator('[data-role="open-note"]').click()
    page.locator("#sum").click()
    page.keyboard.type("正写到一半")
    operator.is_offered_a_call()
    expect(page.locator('[data-role="offer"]')).to_be_visible(timeout=3000)
    page.keyboard.type("，接着写")
    page.keyboard.press("Enter")
    expect(page.locator("#sum")).to_have_value("正写到一半，接着写\n")
    expect(page.locator('[data-role="offer"] .number')).to_have_text("138 **** 2716")
    page.wait_for_function("document.title.includes('☎')")
    page.keyboard.press("F3")
    page.wait_for_timeout(300)
    assert operator.console.desk.asked[-1][0] == "decline"
    assert unfinished.id == int(page.locator("#note-form").get_attribute("data-call") or 0)


def test_who_does_not_see_the_ring_hears_that_little_time_is_left(operator: Operator) -> None:
    page = operator.opens_the_desk()
    operator.is_offered_a_call(seconds=11)
    words = page.locator('[role="status"][data-role="countdown-words"]')
    expect(words).to_have_text("")
    expect(words).to_have_text("还剩 10 秒接听", timeout=4000)


def test_news_that_comes_while_the_bar_is_being_fetched_is_shown(operator: Operator) -> None:
    call = operator.talks()
    page = operator.opens_the_desk()
    page.wait_for_load_state("networkidle")
    asked: list[Route] = []
    page.route("**/desk/_bar", lambda route: route.continue_() if asked else asked.append(route))
    refresh = 'document.body.dispatchEvent(new CustomEvent("desk.refresh"))'
    page.evaluate(refresh)
    while not asked:
        page.wait_for_timeout(20)
    before = asked[0].fetch()
    with operator.console.records() as session:
        session.get_one(Call, call.id).on_hold = True
    page.evaluate(refresh)
    asked[0].fulfill(response=before)
    expect(page.locator('[data-role="hold"][aria-pressed="true"]')).to_be_visible(timeout=5000)


def test_the_form_does_not_move_when_the_talk_ends(operator: Operator) -> None:
    call = operator.talks()
    page = operator.opens_the_desk()
    page.locator("#sum").click()
    page.keyboard.type("来电人")
    with operator.console.records() as session:
        ended = session.get_one(Call, call.id)
        ended.state, ended.ended_at, ended.ended_by = CallState.ENDED, factories.NOW, "caller"
        session.get_one(Seat, operator.seat.id).state = SeatState.WRAP_UP
    operator.console.bulletin.publish([events.SeatChanged(operator.seat.id, "wrap_up")], [])
    expect(page.locator('[data-role="finish"]')).to_be_visible(timeout=4000)
    page.keyboard.type("挂断了")
    expect(page.locator("#sum")).to_have_value("来电人挂断了")
    page.keyboard.press("Control+Enter")
    expect(page.locator('[data-role="message"]')).to_contain_text("还没有填完")
    page.locator('[name="call_type"][value="11"]').check()
    expect(page.locator('[data-role="void-words"]')).to_contain_text("秒后完成登记")
    expect(page.locator('[data-role="void-words"]')).to_be_hidden(timeout=6000)
    page.wait_for_timeout(400)
    assert ("finish", (operator.person.id,)) in operator.console.desk.asked


def test_software_raises_the_level_and_lowering_asks_why(operator: Operator) -> None:
    operator.talks()
    page = operator.opens_the_desk()
    for field, value in (("two_weeks", "yes"), ("plan", "yes"), ("when", "week")):
        page.locator(f'[name="{field}"][value="{value}"]').check(force=True)
    saved(page, 1)
    expect(page.locator('[name="risk_level"][value="3"]')).to_be_checked()
    expect(page.locator('[data-role="duty"]')).to_contain_text("1、7、30、90、365")
    page.locator('.step:has([value="2"])').click()
    expect(page.locator('[name="risk_level"][value="3"]')).to_be_checked()
    page.fill("#risk_reason", "说的是朋友的事")
    page.locator('[data-role="lower-now"]').click()
    expect(page.locator('[name="risk_level"][value="2"]')).to_be_checked()
    page.locator('[data-role="show-keys"]').focus()
    page.keyboard.press("Control+s")
    page.wait_for_timeout(2500)
    assert operator.note().risk_level == 2


@pytest.mark.parametrize(("theme", "size"), [("light", (1366, 768)), ("dark", (1366, 650))])
def test_a_talk_fits_one_screen_and_axe_finds_nothing(
    operator: Operator, theme: str, size: tuple[int, int]
) -> None:
    operator.talks()
    page = operator.opens_the_desk(theme, size)
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found = Axe().run(page).response["violations"]
    assert [(violation["id"], violation["nodes"][0]["html"]) for violation in found] == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_on_open_pages(operator: Operator, theme: str) -> None:
    context = operator.browser.new_context(viewport={"width": 390, "height": 844}, color_scheme=theme)
    page = context.new_page()
    for path in ("/sign-in", "/call/", "/no-such-page"):
        page.goto(operator.address + path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        found = Axe().run(page).response["violations"]
        assert [(violation["id"], violation["nodes"][0]["html"]) for violation in found] == [], path


def test_a_page_that_crashes_loses_nothing_that_was_saved(operator: Operator) -> None:
    operator.talks()
    page = operator.opens_the_desk()
    page.fill("#sum", "窗口崩溃前写的")
    saved(page, 1)
    with page.expect_event("crash"), contextlib.suppress(PlaywrightError):
        page.goto("chrome://crash")
    again = page.context.new_page()
    again.goto(f"{operator.address}/desk/")
    expect(again.locator("#sum")).to_have_value("窗口崩溃前写的")
    page.close()


def test_a_server_that_restarts_gets_the_text_when_it_is_back(operator: Operator, server: Server) -> None:
    operator.talks()
    page = operator.opens_the_desk()
    page.wait_for_load_state("networkidle")
    server.stop()
    page.fill("#sum", "服务重启时写的")
    expect(page.locator('[data-role="save-state"]')).to_contain_text("文字还在", timeout=8000)
    server.start()
    saved(page, 1)
    assert operator.note().summary == "服务重启时写的"


def test_signing_out_sends_the_text_first(operator: Operator) -> None:
    operator.talks()
    page = operator.opens_the_desk()
    page.fill("#sum", "退出前写的")
    page.locator('[data-role="sign-out"]').click()
    # Two answers of the server stand between: on a loaded machine, seconds each.
    expect(page.locator("#login")).to_be_visible(timeout=20_000)
    assert operator.note().summary == "退出前写的"


def test_a_form_that_is_not_bound_yet_is_sent_all_the_same_and_never_writes_words_into_the_address(
    operator: Operator,
) -> None:
    operator.talks()
    page = operator.opens_the_desk()
    assert page.evaluate("htmx.config.defaultSettleDelay") == 0, "what is swapped in is bound at once"
    form = '<form hx-post="/desk/nowhere"><input name="words" value="不该进地址"></form>'
    with page.expect_request("**/desk/nowhere") as sent:
        page.evaluate(
            "html => { document.body.insertAdjacentHTML('beforeend', html);"
            " document.querySelector('[hx-post=\"/desk/nowhere\"]').requestSubmit(); }",
            form,
        )
    assert sent.value.method == "POST"
    page.wait_for_timeout(200)
    assert page.url.endswith("/desk/")


def test_a_minor_a_third_party_and_silence_open_their_rows(operator: Operator) -> None:
    operator.talks()
    page = operator.opens_the_desk()
    for row in ("#f-guardian", "#f-subject_aware", "#f-heard_danger"):
        expect(page.locator(row)).to_be_hidden()
    page.select_option("#f-age_band", "<14")
    expect(page.locator("#f-guardian")).to_be_visible()
    page.locator('[name="call_type"][value="05"]').check()
    expect(page.locator("#f-subject_aware")).to_be_visible()
    expect(page.locator("#f-two_weeks")).to_contain_text("TA")
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    page.locator('[name="call_type"][value="09"]').check()
    expect(page.locator("#f-heard_danger")).to_be_visible()
    expect(page.locator("#f-guardian")).to_be_hidden()
    for nothing_asked in ("#tab-service", "#tab-scales"):
        expect(page.locator(nothing_asked)).to_be_hidden()
    page.locator('[name="call_type"][value="05"]').check()
    page.keyboard.press("Shift+F6")
    expect(page.locator("#f-dispositions")).to_be_visible()
    page.keyboard.press("Shift+F6")
    expect(page.locator("#offer-h")).to_be_visible()
    found = Axe().run(page).response["violations"]
    assert [(violation["id"], violation["nodes"][0]["html"]) for violation in found] == []


def test_no_recommendation_stands_beside_none(operator: Operator) -> None:
    operator.talks()
    page = operator.opens_the_desk()
    page.locator('label:has([name="call_type"][value="02"])').click()
    page.locator("#tab-service").click()

    def chosen() -> list[str]:
        boxes = page.locator('[name="recommendations"]:checked')
        return [str(box.get_attribute("value")) for box in boxes.all()]

    for answer in ("individual", "family", "none"):
        page.locator(f'label:has([name="recommendations"][value="{answer}"])').click()
    assert chosen() == ["none"]
    page.locator('label:has([name="recommendations"][value="group"])').click()
    assert chosen() == ["group"]


def test_one_key_shows_the_number_at_once_in_danger_and_else_asks_why(operator: Operator) -> None:
    call = operator.talks()
    page = operator.opens_the_desk()
    page.keyboard.press("Shift+F9")
    expect(page.locator("#number #reason")).to_be_visible()
    with operator.console.records() as session:
        session.get_one(Call, call.id).danger = True
    page.keyboard.press("Shift+F9")
    expect(page.locator('[data-role="revealed"]')).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_on_the_pages_of_what_follows(operator: Operator, theme: str) -> None:
    with operator.console.records() as session:
        call = factories.an_ended_talk(session, session.get_one(Seat, operator.seat.id))
        due = FollowUp(call_id=call.id, rule="R3-D1", due_at=factories.NOW - timedelta(hours=1))
        session.add_all(
            [
                due,
                Duty(call_id=call.id, kind=DutyKind.REGISTER, opened_at=factories.NOW, due_at=factories.NOW),
            ]
        )
        session.flush()
    page = operator.opens_the_desk(theme)
    for path in (
        "/duties/",
        f"/duties/follow-ups/{due.id}",
        f"/referrals/of/{call.id}?target=psychiatry",
        f"/appointments/of/{call.id}",
        f"/timeline/{call.id}",
        "/handover/",
        "/my-notes/",
        "/entries/new",
    ):
        page.goto(operator.address + path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        found = Axe().run(page).response["violations"]
        assert [(violation["id"], violation["nodes"][0]["html"]) for violation in found] == [], path
