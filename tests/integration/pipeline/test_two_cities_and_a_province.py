"""A journey by its pages: a county's signal, its official alone, silence that climbs, receipt, report."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from analytics.alerts.watch import Watch
from analytics.papers.desk import Papers
from analytics.report.channels import SignedWebhook
from analytics.report.delivery import Deliverer
from hotline.bootstrap.reporting import BOOKS
from models.alerting import AlertMessage
from models.crypto import Keyring
from models.papers import Paper
from models.people import Person
from models.places import Mechanism, Place
from models.surveillance import Alert, Delivery
from models.vocabulary import PlaceLevel, Role
from models.vocabulary_papers import PaperKind
from models.vocabulary_surveillance import AlertState, DeliveryChannel, DeliveryState
from tests import factories
from tests.boards_kit import build_real_console
from tests.console_kit import AUDIT_KEY, Console, csrf_of
from tests.integration.pipeline.receiver import SECRET, Receiver
from tests.integration.pipeline.situations import NOW, TODAY, Hotline, Jobs

COUNTY_A, CITY_A, CITY_B, COUNTY_B = "990101", "990100", "990200", "990201"


class World:
    """The people's browsers, the worker, and the exchange platform of county A."""

    def __init__(self, hotline: Hotline, console: Console, receiver: Receiver) -> None:
        self.hotline, self.console, self.receiver = hotline, console, receiver
        webhook = SignedWebhook(lambda: hotline.now, timeout_seconds=0.15)
        links = {name: lambda n: f"https://h.example/{n}" for name in ("alert", "report")}
        ways = {DeliveryChannel.WEBHOOK: webhook}
        deliverer = Deliverer(hotline.work, ways, links, loopback_webhook_allowed=True)
        self.jobs: Jobs = {"deliver": deliverer.deliver, "clock": Watch(hotline.work)}

    def pass_time(self, span: timedelta = timedelta(0)) -> None:
        self.hotline.now += span
        self.hotline.run_outbox(self.jobs)

    def browser(self, login: str) -> FlaskClient:
        """Signed in anew: days pass in this journey."""
        with self.hotline.session() as session:
            person = session.scalars(select(Person).where(Person.login == login)).one()
        return self.console.signed_in(person)

    def post(self, login: str, path: str, **form: object) -> int:
        browser = self.browser(login)
        form["csrf_token"] = csrf_of(browser, "/")
        return browser.post(path, data=form).status_code

    def sees(self, login: str, path: str, words: str) -> bool:
        answer = self.browser(login).get(path)
        return answer.status_code == 200 and words in answer.text


@pytest.fixture
def world(hotline: Hotline, engine: Engine, keyring: Keyring) -> Iterator[World]:
    def now() -> float:
        return hotline.now.timestamp()

    receiver = Receiver(now)
    with hotline.session() as session, session.begin():
        session.add(
            Place(code=COUNTY_B, name_zh="龙泉区", name_en="B", level=PlaceLevel.COUNTY, parent_code=CITY_B)
        )
        session.flush()
        session.add(
            Person(
                login="county_b", name="b", role=Role.OFFICIAL, password_hash="-", place_code=COUNTY_B,
                created_at=NOW,
            )
        )  # fmt: skip
        for city in (CITY_A, CITY_B):
            session.add(Mechanism(place_code=city, name_zh=f"{city}联防联控机制", name_en=city))
        county = session.scalars(select(Mechanism).where(Mechanism.place_code == COUNTY_A)).one()
        county.email, county.webhook_url, county.webhook_secret = None, receiver.url, SECRET
        for person in session.scalars(select(Person)):
            person.password_hash = factories.PASSWORD_HASH
    console = build_real_console(engine, lambda: hotline.now, keyring)
    yield World(hotline, console, receiver)
    console.close()
    receiver.close()


def a_signed_alert(world: World) -> tuple[int, str]:
    """By the pages: one supervisor verifies, the other signs."""
    signal_id = world.hotline.a_signal(place=COUNTY_A)
    decision = {"decision": "verify", "level": "orange", "reason": "已向当地核实"}
    assert world.post("first", f"/signals/{signal_id}/decision", **decision) == 303
    with world.hotline.session() as session:
        alert = session.scalars(select(Alert)).one()
    assert world.post("second", f"/signals/alerts/{alert.id}/sign") == 303
    return alert.id, alert.title


def test_a_signal_of_one_county_from_verification_to_the_report(world: World) -> None:
    hotline = world.hotline
    alert_id, title = a_signed_alert(world)
    page = f"/alerts/{alert_id}"

    world.receiver.answers = [503]
    world.pass_time()
    world.receiver.delay_seconds = 0.4
    world.pass_time(timedelta(minutes=1))
    world.receiver.delay_seconds = 0.0
    world.pass_time(timedelta(minutes=2))
    assert len(world.receiver.requests) == 3, "an answer that came too late is no answer"
    assert len(world.receiver.alerts) == 1, "one alert at the receiver"
    with hotline.session() as session:
        way = session.scalars(select(Delivery).where(Delivery.channel == DeliveryChannel.WEBHOOK)).one()
        assert [one.ok for one in way.tries] == [False, False, True], "each attempt is kept"

    assert world.sees("official", "/alerts/", title)
    for login in ("elsewhere", "county_b"):
        assert world.browser(login).get(page).status_code == 404, "B sees nothing"
        assert not world.sees(login, "/alerts/", title)
        assert world.post(login, f"{page}/acknowledge") == 404

    def told() -> set[str]:
        with hotline.session() as session:
            return {d.mechanism.place_code for d in session.scalars(select(Delivery))}

    world.pass_time(timedelta(minutes=57))
    world.pass_time(timedelta(minutes=58))
    assert told() == {COUNTY_A}, "the county's time is not over"
    world.pass_time(timedelta(minutes=2))
    assert told() == {COUNTY_A, CITY_A}, "its silence reaches the city"

    assert world.post("official", f"{page}/acknowledge") == 303
    for path, form in (
        ("own", {}),
        ("write", {"kind": "act", "text": "已会同人社部门进厂。"}),
        ("write", {"kind": "close", "text": "工资已补发。"}),
    ):
        assert world.post("official", f"{page}/{path}", **form) == 303
    world.pass_time(timedelta(days=2))
    assert told() == {COUNTY_A, CITY_A}, "a receipt stops the clock before the province"
    with hotline.session() as session:
        alert = session.get_one(Alert, alert_id)
        assert alert.state is AlertState.CLOSED
        assert DeliveryState.RECEIVED in {
            d.state for d in alert.deliveries if d.mechanism.place_code == COUNTY_A
        }
    assert world.sees("first", f"/signals/alerts/{alert_id}", "工资已补发。")
    reports_of_the_month(world)


def reports_of_the_month(world: World) -> None:
    """County A's sheet is A's; city A may look down at it; B and B's county find nothing."""
    hotline = world.hotline
    hotline.now = NOW + timedelta(days=12)
    paper_id = Papers(hotline.work, AUDIT_KEY, BOOKS).draft(PaperKind.MONTH, COUNTY_A, TODAY)
    assert paper_id is not None
    assert world.post("first", f"/papers/{paper_id}", step="sign", revision=1, receipt="yes") == 303
    world.pass_time()
    with hotline.session() as session:
        title = session.get_one(Paper, paper_id).title
    assert len(world.receiver.alerts) == 2
    assert {body["type"] for body in world.receiver.alerts.values()} == {"alert", "report"}
    assert world.sees("official", "/papers/", title)
    assert world.browser("city").get(f"/papers/{paper_id}").status_code == 200
    assert not world.sees("city", "/papers/", title), "listed where it belongs; the city may ask for it"
    assert world.sees("city", f"/papers/?place={COUNTY_A}", title)
    for login in ("elsewhere", "county_b"):
        assert world.browser(login).get(f"/papers/{paper_id}").status_code == 404
        assert not world.sees(login, f"/papers/?place={COUNTY_A}", title)
    assert world.post("official", f"/papers/{paper_id}/words", kind="acknowledge") == 303
    with hotline.session() as session:
        states = {d.state for d in session.get_one(Paper, paper_id).deliveries}
    assert states == {DeliveryState.RECEIVED}


def test_versions_that_arrive_the_wrong_way_round_are_told_apart_by_the_receiver(world: World) -> None:
    alert_id, _ = a_signed_alert(world)
    propose = {"step": "update", "level": "red", "reason": "人数继续上升"}
    assert world.post("first", f"/sign/{alert_id}", **propose) == 303
    with world.hotline.session() as session:
        change = session.scalars(select(AlertMessage.id).where(AlertMessage.version == 2)).one()
    assert world.post("second", f"/sign/{alert_id}", step="sign_change", message_id=change) == 303
    world.hotline.run_outbox(world.jobs, shuffle=lambda rows: rows.reverse())
    bodies = list(world.receiver.alerts.values())
    assert [body["version"] for body in bodies] == [2, 1], "the newer came first"
    assert len({body["number"] for body in bodies}) == 1, "one alert in two versions"
