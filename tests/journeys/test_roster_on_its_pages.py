"""The roster of the demonstration in a real browser: a gap filled in four ways, an empty hour refused, an
untrained person at the queue."""

from __future__ import annotations

import dataclasses
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Playwright, expect
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from agent_console.app import create_app
from analytics.demonstration.contacts import staff_by_city, write_contacts
from analytics.demonstration.organisation import NUMBER, seed_organisation
from analytics.demonstration.plan import plan
from analytics.demonstration.roster import leave_telephones
from hotline.domain.local_day import ZONE
from hotline.domain.roster_cover import Span
from hotline.routing.duty import partners_by_roster
from hotline.routing.seats import Seats
from hotline.workforce.demand import recount
from hotline.workforce.drafts import Drafts
from hotline.workforce.gaps_ahead import gaps_ahead
from hotline.workforce.open_shifts import free_and_rested
from hotline.workforce.publishing import Publishing
from hotline.workforce.reminders import Reminders
from models.audit import AuditLine
from models.calls import Call
from models.duty_requests import StaffNotice
from models.network import PartnerLine
from models.people import Person
from models.places import Centre
from models.roster import NamedExit, RosterVersion
from models.seats import Seat
from models.vocabulary import ShiftKind
from models.vocabulary_network import PartnerKind
from models.vocabulary_roster import ExitKind, NoticeKind
from models.workforce import Shift
from tests import factories
from tests.boards_kit import build_real_console
from tests.console_kit import Console
from tests.fakes import StoppedClock
from tests.grounds import KEYRING, SqliteGround
from tests.journeys.actors import CHROMIUM

pytestmark = [pytest.mark.filterwarnings("ignore::ResourceWarning")]
NOW = datetime(2026, 11, 20, 4, 7, tzinfo=UTC)
"""Friday noon in China; the evening of Monday lacks a seat of those that its calls need."""


@dataclass
class House:
    console: Console
    address: str
    browser: Browser
    centre_id: int
    gap: tuple[datetime, datetime]

    def sits_down(self, login: str) -> Page:
        page = self.browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
        page.goto(f"{self.address}/sign-in")
        page.fill("#login", login)
        page.fill("#password", factories.PASSWORD)
        page.click(".btn-signin")
        expect(page.locator('[data-role="sign-out"]')).to_be_visible()
        return page

    def sees_the_gap(self, page: Page) -> None:
        page.goto(f"{self.address}/coverage/?centre={self.centre_id}")

    def row_of_the_gap(self, page: Page) -> Locator:
        since, until = (at.astimezone(ZONE).hour or 24 for at in self.gap)
        return page.locator(".gap-list li", has_text=f"周一 {since}:00–{until}:00")

    def login_of(self, person_id: int) -> str:
        with self.console.records() as session:
            return session.get_one(Person, person_id).login

    def seats_then(self) -> int:
        """Rostered at the last hour of the gap."""
        at = self.gap[1] - timedelta(minutes=30)
        with self.console.records() as session:
            rows = session.scalars(
                select(Shift).where(
                    Shift.centre_id == self.centre_id,
                    Shift.kind == ShiftKind.SEAT,
                    Shift.starts_at <= at,
                    Shift.ends_at > at,
                )
            ).all()
            return len(rows)


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    launched = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
    yield launched
    launched.close()


@pytest.fixture(scope="module")
def ground() -> Iterator[SqliteGround]:
    made = SqliteGround()
    yield made
    made.close()


@pytest.fixture
def house(ground: SqliteGround, tmp_path: Path, browser: Browser) -> Iterator[House]:
    engine = ground.copy(tmp_path / "house.db")
    console = build_real_console(engine, StoppedClock(NOW), KEYRING)
    console.close()
    console.parts = dataclasses.replace(
        console.parts, seats=Seats(console.parts.work, console.parts.audit_key)
    )
    console.app = create_app(console.parts)
    seed_organisation(console.parts.work, lambda _password: factories.PASSWORD_HASH, NOW)
    leave_telephones(console.parts.work)
    with console.records() as session:
        staff = staff_by_city(session)
        for contacts in plan(NOW, ZONE):
            write_contacts(session, contacts, staff, factories.number_hash, NUMBER, NOW)
    recount(console.parts.work, NOW - timedelta(days=61), NOW)
    with console.records() as session:
        centre = session.scalars(select(Centre).order_by(Centre.id)).first()
        assert centre is not None
        [gap] = gaps_ahead(session, centre, NOW, 7)
    served = make_server("127.0.0.1", 0, console.app, threaded=True)
    thread = threading.Thread(target=served.serve_forever, daemon=True)
    thread.start()
    span = gap.starts_at, gap.ends_at
    yield House(console, f"http://127.0.0.1:{served.port}", browser, centre.id, span)
    for context in browser.contexts:
        context.close()
    served.shutdown()
    served.server_close()
    thread.join(5)
    console.close()
    engine.dispose()


def test_a_gap_three_days_ahead_is_warned_of_and_filled_by_the_stand_by_who_says_yes(house: House) -> None:
    with house.console.records() as session:
        on_call = session.scalars(
            select(Shift.person_id).where(
                Shift.kind == ShiftKind.STANDBY,
                Shift.centre_id == house.centre_id,
                Shift.starts_at <= house.gap[0],
                Shift.ends_at >= house.gap[1],
            )
        ).one()
    boss = house.sits_down("supervisor")
    house.sees_the_gap(boss)
    row = house.row_of_the_gap(boss)
    expect(row).to_contain_text("缺 1 席")
    expect(row).to_contain_text("3 天后开始")
    later = NOW + timedelta(hours=6)  # of the clock's process alone: who sits at a page stays signed in
    Reminders(lambda: house.console.parts.work().at(lambda: later, lambda _events, _rows: None)).look()
    with house.console.records() as session:
        told = select(StaffNotice.starts_at).join(Person).where(Person.login == "supervisor")
        assert session.scalars(told.where(StaffNotice.kind == NoticeKind.GAP)).all() == [house.gap[0]]
    row.get_by_role("button", name="呼叫备班（1 人）").click()
    expect(boss.locator("main")).to_contain_text("已请 1 位备班人员上岗")

    helper = house.sits_down(house.login_of(on_call))
    helper.goto(f"{house.address}/roster/mine")
    helper.get_by_role("button", name="我来").click()
    expect(helper.locator("[data-summons]")).to_contain_text("答应到岗")

    house.sees_the_gap(boss)
    expect(row).to_have_count(0)
    assert house.seats_then() == 4
    with house.console.records() as session:
        rest = session.scalars(
            select(Shift).where(Shift.person_id == on_call, Shift.kind == ShiftKind.STANDBY)
        ).all()
        assert house.gap[1] in {shift.starts_at for shift in rest}, "the night of the stand-by goes on"


def test_the_same_gap_is_filled_by_who_signs_up_for_it(house: House) -> None:
    boss = house.sits_down("supervisor")
    house.sees_the_gap(boss)
    row = house.row_of_the_gap(boss)
    expect(row).to_contain_text("已征求加班")
    boss.goto(f"{house.address}/roster/requests/")
    give = boss.locator("[data-open]", has_text="11-23 16:00")
    expect(give).to_be_visible()

    with house.console.records() as session:
        free = free_and_rested(session, house.centre_id, Span(*house.gap))
    helper = house.sits_down(house.login_of(free[0].person_id))
    helper.goto(f"{house.address}/roster/mine")
    helper.get_by_role("button", name="报名 11-23 16:00 的空班").click()
    expect(helper.locator("main")).to_contain_text("报名成功，这个班次归您了。")

    house.sees_the_gap(boss)
    expect(row).to_have_count(0)
    assert house.seats_then() == 4


def test_the_same_gap_is_given_to_another_city_by_agreement_and_the_router_knows(house: House) -> None:
    boss = house.sits_down("supervisor")
    house.sees_the_gap(boss)
    row = house.row_of_the_gap(boss)
    ways = row.get_by_role("combobox")
    ways.select_option(label="其他城市承接 · 岭川市心理援助热线中心")
    row.get_by_role("button", name="指定出路").click()
    expect(boss.locator("main")).to_contain_text("出路已指定")
    expect(row).to_contain_text("已指定出路")
    with house.console.records() as session:
        exit_ = session.scalars(select(NamedExit).where(NamedExit.centre_id == house.centre_id)).one()
        assert (exit_.kind, exit_.starts_at, exit_.ends_at) == (ExitKind.AGREEMENT, *house.gap)
        centre = session.get_one(Centre, house.centre_id)
        assert gaps_ahead(session, centre, NOW, 7) == []


def test_the_same_gap_is_given_to_the_province_and_shown_as_answered_by_it(house: House) -> None:
    with house.console.records() as session:
        line = PartnerLine(
            name_zh="省心理援助热线",
            name_en="Provincial psychological-aid line",
            kind=PartnerKind.HOTLINE,
            number="057100000009",
            place_code="990000",
            takes_overflow=True,
        )
        session.add(line)
    boss = house.sits_down("supervisor")
    house.sees_the_gap(boss)
    expect(boss.locator('[data-role="gaps"]')).to_contain_text("1 处")
    row = house.row_of_the_gap(boss)
    row.get_by_role("combobox").select_option(label="省级承接 · 省心理援助热线")
    row.get_by_role("button", name="指定出路").click()
    expect(boss.locator("main")).to_contain_text("出路已指定")
    expect(row).to_contain_text("出路接听")
    expect(boss.locator('[data-role="gaps"]')).to_have_count(0)
    hours = round((house.gap[1] - house.gap[0]) / timedelta(hours=1))
    expect(boss.locator(".heat td.exit")).to_have_count(hours)
    with house.console.records() as session:
        exit_ = session.scalars(select(NamedExit).where(NamedExit.centre_id == house.centre_id)).one()
        assert (exit_.kind, exit_.starts_at, exit_.ends_at) == (ExitKind.PROVINCE, *house.gap)
        centre = session.get_one(Centre, house.centre_id)
        assert gaps_ahead(session, centre, NOW, 7) == []
        call = Call(centre_id=house.centre_id, wanted_skills=[])
        asked = partners_by_roster(session, call, house.gap[0] + timedelta(minutes=1))
        assert asked[0].name_zh == "省心理援助热线", "the router rings it first"
        assert line.id not in {one.id for one in partners_by_roster(session, call, house.gap[1])}


def the_other_city_is_rostered(house: House, first: date) -> None:
    """By its own patterns, through the same door."""
    work, key = house.console.parts.work, house.console.parts.audit_key
    with house.console.records() as session:
        other = session.scalars(select(Centre.id).where(Centre.id != house.centre_id)).one()
        boss = session.scalars(select(Person.id).where(Person.login == "supervisor2")).one()
    draft_id = Drafts(work, key).begin(other, first, first + timedelta(days=2), by_id=boss)
    revision, _ = Publishing(work, key).preview(draft_id)
    Publishing(work, key).publish(draft_id, revision, by_id=boss)


def test_a_week_with_an_empty_hour_is_refused_and_published_once_its_exit_is_named(house: House) -> None:
    boss = house.sits_down("supervisor")
    versions = select(RosterVersion.number).where(RosterVersion.centre_id == house.centre_id)
    first = (NOW.astimezone(ZONE) + timedelta(days=14)).date()
    the_other_city_is_rostered(house, first)
    form = boss.locator("form", has=boss.locator('[name="first_day"]'))
    boss.goto(f"{house.address}/roster/?centre={house.centre_id}&week=2")
    form.locator('[name="first_day"]').fill(first.isoformat())
    form.locator('[name="last_day"]').fill((first + timedelta(days=2)).isoformat())
    form.get_by_role("button").click()
    expect(boss.locator('[data-role="draft"]')).to_be_visible()
    # The three who would sit in the night of Saturday, and the stand-by of that night, are taken out.
    for hours in (*["00:00–08:00"] * 3, "16:00–08:00"):
        day = first if hours.startswith("16") else first + timedelta(days=1)
        boss.goto(f"{house.address}/roster/?centre={house.centre_id}&view=day&day={day.isoformat()}")
        boss.locator(".shift-chip", has_text=hours).first.click()
        boss.get_by_role("button", name="从草稿里去掉").click()
    boss.goto(f"{house.address}/roster/?centre={house.centre_id}&week=2")
    boss.get_by_role("link", name="预览并发布").first.click()
    expect(boss.locator('[data-role="gaps"]')).to_contain_text("8 小时 0 分")

    boss.locator('[data-role="publish"]').click()

    expect(boss.locator('[data-role="fault"]')).to_contain_text("（480 分钟）")
    with house.console.records() as session:
        assert session.scalars(versions).all() == [1]
    gap = boss.locator("[data-gap]").first
    gap.get_by_role("combobox").select_option(label="其他城市承接 · 岭川市心理援助热线中心")
    gap.get_by_role("button", name="指定出路").click()
    expect(boss.locator('[data-role="gaps"]')).to_contain_text("没有")
    boss.locator('[data-role="publish"]').click()
    expect(boss.locator("main")).to_contain_text("班表已发布")
    with house.console.records() as session:
        assert session.scalars(versions).all() == [1, 2]


def test_an_untrained_person_is_refused_at_the_queue_and_admitted_for_one_shift_with_a_reason(
    house: House,
) -> None:
    with house.console.records() as session:
        person = factories.a_person(
            session, name="新来的人", login="newcomer", centre=session.get_one(Centre, house.centre_id)
        )
        person.trained_at = person.confidentiality_signed_at = None
        seat = session.scalars(
            select(Seat).where(Seat.centre_id == house.centre_id).order_by(Seat.id.desc())
        ).first()
        assert seat is not None
    desk, boss = house.sits_down("newcomer"), house.sits_down("supervisor")
    refused = desk.locator('[data-role="not-admitted"]')
    expect(refused).to_contain_text("没有岗前培训合格的记录")
    expect(refused).to_contain_text("没有签署保密承诺的记录")
    desk.locator('[data-role="sign-on"]').click()
    expect(desk.locator("body")).to_contain_text("没有岗前培训合格的记录")
    assert _who_sits(house) == []
    refused.get_by_role("button").click()
    expect(refused).to_contain_text("等决定")

    boss.goto(f"{house.address}/supervisor/")
    expect(boss.locator("#board-asked-for")).to_contain_text("新来的人")
    boss.goto(f"{house.address}/readiness/people/{person.id}")
    form = boss.locator('[data-role="admit-form"]')
    form.locator('[name="reason"]').fill("证书在路上，今晚缺人，已当面核对")
    form.locator('[name="vouched"]').check()
    form.get_by_role("button", name="准许这一班").click()
    expect(boss.locator("main")).to_contain_text("已准许此人上岗到")

    desk.reload()
    expect(desk.locator("#bar")).to_contain_text("督导准许您上岗到")
    desk.locator('[data-role="sign-on"]').click()
    expect(desk.locator('[data-role="ready"]')).to_be_visible()
    assert _who_sits(house) == ["newcomer"]
    with house.console.records() as session:
        line = session.scalars(select(AuditLine).where(AuditLine.action == "admission.grant")).one()
        assert "证书在路上" in (line.reason or "")
        assert re.search(r"no_training", line.reason or "")


def _who_sits(house: House) -> list[str]:
    with Session(house.console.engine) as session:
        return list(
            session.scalars(select(Person.login).join(Seat, Seat.person_id == Person.id).order_by(Person.id))
        )
