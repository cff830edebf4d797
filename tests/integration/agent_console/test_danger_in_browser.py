"""A danger reaches the supervisor within ten seconds, and the operator's protocol works by keys."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Response, request
from playwright.sync_api import Browser, Page, expect, sync_playwright
from sqlalchemy import select
from werkzeug.serving import make_server

from models import events
from models.audit import AuditLine
from models.danger_protocol import DangerReport, DangerTick
from models.people import Person
from models.vocabulary import AgentStatus, Role, SeatState
from tests import factories
from tests.console_kit import Console

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: `make test` says how to install it"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
ALERT_SECONDS = 10.0


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture
def address(console: Console) -> Iterator[str]:
    served = make_server("127.0.0.1", 0, console.app, threaded=True)
    thread = threading.Thread(target=served.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{served.port}"
    served.shutdown()
    thread.join(5)


def signed_in(browser: Browser, address: str, person: Person) -> Page:
    page = browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
    page.goto(f"{address}/sign-in")
    page.fill("#login", person.login)
    page.fill("#password", factories.PASSWORD)
    page.click(".btn-signin")
    expect(page.locator('[data-role="link"]')).to_contain_text("已连接")
    return page


def test_a_page_whose_person_was_signed_out_says_that_it_tells_of_no_danger_any_more(
    console: Console, address: str, browser: Browser
) -> None:
    with console.records() as session:
        supervisor = factories.a_person(session, Role.SUPERVISOR, name="沈知")
    page = signed_in(browser, address, supervisor)
    page.goto(f"{address}/duties/")
    over = page.locator('[data-role="session-over"]')
    expect(over).to_be_hidden()
    with console.records() as session:
        session.get_one(Person, supervisor.id).session_epoch += 1

    expect(over).to_be_visible(timeout=ALERT_SECONDS * 1000)
    beside = page.context.new_page()
    beside.goto(f"{address}/sign-in")
    beside.fill("#login", supervisor.login)
    beside.fill("#password", factories.PASSWORD)
    beside.click(".btn-signin")

    expect(over).to_be_hidden(timeout=ALERT_SECONDS * 1000)


def test_a_call_that_comes_while_the_board_is_on_its_way_stands_on_it(
    console: Console, address: str, browser: Browser
) -> None:
    with console.records() as session:
        factories.a_centre(session)
        supervisor = factories.a_person(session, Role.SUPERVISOR, name="沈知")
    watching = signed_in(browser, address, supervisor)

    came: list[int] = []

    def is_on_its_way(page: Response) -> Response:
        if request.path == "/supervisor/" and not came:
            with console.records() as session:
                came.append(factories.a_waiting_call(session).id)
            console.bulletin.publish([events.CallQueued(came[0])], [])
        return page

    console.app.after_request_funcs.setdefault(None, []).append(is_on_its_way)
    watching.goto(f"{address}/supervisor/")
    expect(watching.locator("tr[data-call]")).to_be_visible(timeout=5000)


def test_a_key_alerts_the_supervisor_on_any_page_and_opens_the_protocol(
    console: Console, address: str, browser: Browser
) -> None:
    with console.records() as session:
        centre = factories.a_centre(session)
        operator = factories.a_person(session, centre=centre)
        seat = factories.a_seat(session, centre, operator, SeatState.AVAILABLE)
        supervisor = factories.a_person(session, Role.SUPERVISOR, name="沈知", centre=centre)
        call = factories.a_talk(session, seat, number="13800002716")
    watching = signed_in(browser, address, supervisor)
    watching.goto(f"{address}/calls/")
    expect(watching.locator('[data-role="link"]')).to_contain_text("已连接")
    desk = signed_in(browser, address, operator)
    desk.locator("#sum").click()
    desk.keyboard.type("正在写")

    pressed = time.monotonic()
    desk.keyboard.press("F10")
    expect(watching.locator('[data-role="danger-alert-row"]')).to_be_visible(timeout=ALERT_SECONDS * 1000)
    assert time.monotonic() - pressed < ALERT_SECONDS
    watching.wait_for_function("document.title.startsWith('⚠')", timeout=5000)

    panel = desk.locator('[data-role="danger-panel"]')
    expect(panel).to_be_visible()
    desk.keyboard.type("，没有停")
    expect(desk.locator("#sum")).to_have_value("正在写，没有停")
    assert desk.evaluate("document.documentElement.scrollHeight <= innerHeight")

    desk.keyboard.press("Shift+F9")
    expect(desk.locator('[data-role="whole-number"]')).to_have_text("13800002716")
    desk.locator("#tick-keep_line-done").focus()
    desk.keyboard.press("Enter")
    expect(desk.locator('[data-step="keep_line"].done')).to_be_visible()
    assert desk.evaluate("document.activeElement.id") == "tick-keep_line-done"
    desk.locator("#dp-to-120").press("Enter")
    desk.locator('[data-role="report-form"] [name="ground"][value="life"]').check()
    desk.locator('[data-role="report-form"] [name="field_state"]').fill("服药后清醒")
    desk.locator('[data-role="preview"]').press("Enter")
    expect(desk.locator('[data-role="told"]')).to_contain_text("13800002716")
    found = Axe().run(desk).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
    desk.locator('[data-role="decide"]').press("Enter")
    expect(desk.locator("[data-report]")).to_contain_text("紧急保护生命")
    expect(desk.locator("[data-linkage]").first).to_be_visible()
    expect(desk.locator("#sum")).to_have_value("正在写，没有停")

    with console.records() as session:
        assert session.scalars(select(DangerTick)).one().person_id == operator.id
        assert session.scalars(select(DangerReport)).one().fields["state"] == "服药后清醒"
        shown = session.scalars(select(AuditLine).where(AuditLine.action == "number.shown")).all()
        assert {(line.subject, line.reason) for line in shown} == {(f"call:{call.id}", "danger")}
    for context in browser.contexts:
        context.close()


def test_a_supervisor_sets_a_seats_status_with_the_keyboard_from_its_card(
    console: Console, address: str, browser: Browser
) -> None:
    with console.records() as session:
        centre = factories.a_centre(session)
        seats = [
            factories.a_seat(session, centre, factories.a_person(session), SeatState.AVAILABLE, label=label)
            for label in ("07", "08")
        ]
        supervisor = factories.a_person(session, Role.SUPERVISOR, name="沈知", centre=centre)
    board = signed_in(browser, address, supervisor)
    board.goto(f"{address}/supervisor/")
    menu = board.locator(f'[data-seat="{seats[1].id}"] .seat-menu')
    menu.locator("summary").press("Enter")
    menu.locator("select").select_option("break")
    menu.locator('[name="reason"]').fill("请休息一下")
    found = Axe().run(board).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
    menu.locator('[name="reason"]').press("Enter")
    expect(board.locator('[data-role="flash"]')).to_be_visible()
    asked = [what for verb, what in console.desk.asked if verb == "set_by_supervisor"]
    assert asked == [(seats[1].id, supervisor.id, AgentStatus.BREAK, "请休息一下")]
    for context in browser.contexts:
        context.close()


def test_the_protocols_open_by_key_beside_the_note_and_give_the_cursor_back(
    console: Console, address: str, browser: Browser
) -> None:
    with console.records() as session:
        centre = factories.a_centre(session)
        operator = factories.a_person(session, centre=centre)
        seat = factories.a_seat(session, centre, operator, SeatState.AVAILABLE)
        factories.a_talk(session, seat)
    desk = signed_in(browser, address, operator)
    desk.locator("#sum").click()
    desk.keyboard.press("Shift+F7")
    expect(desk.locator('[data-role="knowledge-panel"]')).to_be_visible()
    desk.keyboard.type("沉默")
    expect(desk.locator('[data-protocol="silent"]')).to_be_visible()
    expect(desk.locator('[data-protocol="imminent"]')).to_have_count(0)
    assert desk.locator("#sum").is_visible()
    assert desk.evaluate("document.documentElement.scrollHeight <= innerHeight")
    found = Axe().run(desk).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
    desk.keyboard.press("Escape")
    expect(desk.locator('[data-role="knowledge-panel"]')).to_have_count(0)
    desk.keyboard.type("回到原处")
    expect(desk.locator("#sum")).to_have_value("回到原处")
    for context in browser.contexts:
        context.close()


def eventually_kept(page: Page, number: int) -> list[str]:
    """Addresses that the worker keeps, once it keeps so many."""
    ask = "async () => (await (await caches.open('sheet-1')).keys()).map((one) => one.url)"
    for _ in range(150):
        kept: list[str] = page.evaluate(ask)
        if len(kept) >= number:
            return kept
        page.wait_for_timeout(100)
    raise AssertionError(f"the worker keeps {kept}")


def test_the_sheets_open_when_the_server_is_down(console: Console, browser: Browser) -> None:
    with console.records() as session:
        centre = factories.a_centre(session)
        operator = factories.a_person(session, centre=centre)
    served = make_server("127.0.0.1", 0, console.app, threaded=True)
    thread = threading.Thread(target=served.serve_forever, daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{served.port}"
    try:
        page = signed_in(browser, address, operator)
        kept = eventually_kept(page, 7)
    finally:
        served.shutdown()
        served.server_close()
        thread.join(5)
    assert all(one.removeprefix(address).startswith(("/sheet/", "/static/")) for one in kept)
    for path, words in (("/sheet/", "本地指挥中心"), ("/sheet/form", "来电性质")):
        page.goto(address + path)
        expect(page.locator("main")).to_contain_text(words)
        assert "rgb(255, 255, 255)" in page.evaluate(
            "getComputedStyle(document.querySelector('.sheet')).backgroundColor"
        )
    for context in browser.contexts:
        context.close()
