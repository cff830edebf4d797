"""Two cities and a province: who hears of an alert, who does not, and what silence does."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from analytics.alerts.clocks import RECEIPT_WITHIN
from analytics.alerts.notices import Notifier
from analytics.alerts.watch import Watch
from analytics.report.answers import Answers
from analytics.report.channels import FolderMail
from analytics.report.delivery import Deliverer
from analytics.report.errors import BodyNotAllowed, NotFound, ReasonMissing
from analytics.report.review import Review
from models.alerting import ClockFact, Subscription
from models.places import Mechanism
from models.surveillance import Alert, Delivery
from models.vocabulary_alerting import BodyKind, ClockStep, DeliveryRole
from models.vocabulary_surveillance import AlertLevel, AlertState, DeliveryChannel, DeliveryState
from tests.integration.pipeline.situations import AUDIT_KEY, Hotline, Jobs


class World:
    """The hotline with its worker and its mailbox."""

    def __init__(self, hotline: Hotline, folder: Path) -> None:
        self.hotline, self.folder = hotline, folder
        mail = FolderMail(folder, "hotline@12356.example", lambda: hotline.now)
        self.review, self.answers = Review(hotline.work, AUDIT_KEY), Answers(hotline.work)
        channels = {DeliveryChannel.EMAIL: mail}
        self.jobs: Jobs = {
            "deliver": Deliverer(
                hotline.work, channels, {"alert": lambda n: f"https://h.example/alerts/{n}"}
            ).deliver,
            "clock": Watch(hotline.work),
            "notice": Notifier(hotline.work, channels, {"alert": lambda n: f"https://h.example/alerts/{n}"}),
        }

    def pass_time(self, span: timedelta = timedelta(0)) -> None:
        self.hotline.now += span
        self.hotline.run_outbox(self.jobs)

    def mails(self) -> set[str]:
        texts = [file.read_text("utf-8", "replace") for file in self.folder.glob("*.eml")]
        return {line[4:] for text in texts for line in text.splitlines() if line.startswith("To: ")}

    def an_alert(self, level: AlertLevel = AlertLevel.ORANGE) -> int:
        alert_id = self.review.verify(
            self.hotline.a_signal(), self.hotline.person("first"), level, "已向当地核实"
        )
        self.review.sign(alert_id, self.hotline.person("second"))
        return alert_id


@pytest.fixture
def world(hotline: Hotline, tmp_path: Path) -> World:
    with hotline.session() as session, session.begin():
        for code, name in (("990100", "city-a"), ("990200", "city-b")):
            session.add(
                Mechanism(place_code=code, name_zh=name, name_en=name, email=f"{name}@yunjiang.example")
            )
        session.add(
            Mechanism(
                place_code="990101",
                name_zh="东岸分局",
                name_en="Police",
                email="police@dongan.example",
                kind=BodyKind.POLICE,
            )
        )
        session.add(
            Mechanism(
                place_code="990101",
                name_zh="东岸区工会",
                name_en="Union",
                email="union@dongan.example",
                kind=BodyKind.DEPARTMENT,
                department="工会",
            )
        )
    return World(hotline, tmp_path / "mail")


def test_a_county_is_told_alone_and_its_silence_climbs_to_the_city_and_the_province(world: World) -> None:
    hotline = world.hotline
    alert_id = world.an_alert()
    world.pass_time()
    assert world.mails() == {"duty@dongan.example"}
    with pytest.raises(NotFound):
        world.answers.acknowledge(alert_id, hotline.person("elsewhere"))

    within = RECEIPT_WITHIN[AlertLevel.ORANGE]
    world.pass_time(within / 2)
    world.pass_time(within / 2 - timedelta(seconds=1))
    assert world.mails() == {"duty@dongan.example"}, "the time of the county is not over"
    world.pass_time(timedelta(seconds=1))
    assert world.mails() == {"duty@dongan.example", "city-a@yunjiang.example"}
    world.pass_time(within)
    assert world.mails() == {"duty@dongan.example", "city-a@yunjiang.example", "p@yunjiang.example"}
    world.pass_time(within)
    with hotline.session() as session:
        facts = session.execute(select(ClockFact.step, ClockFact.place_code).order_by(ClockFact.id)).all()
        assert [tuple(f) for f in facts if f.step in (ClockStep.ESCALATED, ClockStep.NOBODY_ABOVE)] == [
            (ClockStep.ESCALATED, "990100"),
            (ClockStep.ESCALATED, "990000"),
            (ClockStep.NOBODY_ABOVE, None),
        ]

    city = hotline.person("city")
    world.answers.acknowledge(alert_id, city)
    world.answers.own(alert_id, city)
    world.answers.act(alert_id, city, "市专班已到场，区里补签。")
    world.answers.close(alert_id, city, "已解决")
    world.pass_time(timedelta(days=2))
    with hotline.session() as session:
        assert session.get_one(Alert, alert_id).state is AlertState.CLOSED
        states = {(d.mechanism.place_code, d.state) for d in session.get_one(Alert, alert_id).deliveries}
        assert ("990100", DeliveryState.RECEIVED) in states
        assert ("990101", DeliveryState.RECEIVED) not in states, "the county never gave its own receipt"


def test_a_receipt_in_time_stops_the_clock(world: World) -> None:
    alert_id = world.an_alert()
    world.pass_time(timedelta(hours=1))
    world.answers.acknowledge(alert_id, world.hotline.person("official"))
    world.pass_time(timedelta(days=3))
    assert world.mails() == {"duty@dongan.example"}


def test_a_clock_that_runs_twice_tells_once(world: World) -> None:
    alert_id = world.an_alert()
    world.pass_time(RECEIPT_WITHIN[AlertLevel.ORANGE] / 2)
    world.pass_time(RECEIPT_WITHIN[AlertLevel.ORANGE] / 2)
    again = {"subject": "alert", "id": alert_id, "version": 1, "number": 1}
    Watch(world.hotline.work)(again)
    Watch(world.hotline.work)(again)
    world.pass_time()
    with world.hotline.session() as session:
        climbed = session.scalars(
            select(Delivery).where(Delivery.role == DeliveryRole.ESCALATION, Delivery.alert_id == alert_id)
        ).all()
        assert {d.mechanism.place_code for d in climbed} == {"990100"}
        assert len({d.channel for d in climbed}) == len(climbed)


def test_the_police_is_no_default_and_departments_are_the_signers_choice(world: World) -> None:
    hotline, review = world.hotline, world.review
    alert_id = review.verify(hotline.a_signal(), hotline.person("first"), AlertLevel.RED, "核实")
    with hotline.session() as session:
        bodies = {
            b.email.split("@")[0]: b.id
            for b in session.scalars(select(Mechanism))
            if b.email and "dongan" in b.email
        }
    second = hotline.person("second")
    with pytest.raises(BodyNotAllowed):
        review.sign(alert_id, second, [bodies["police"]], "他们会知道")
    with pytest.raises(ReasonMissing):
        review.sign(alert_id, second, [bodies["police"]], " ", harm_to_others=True)
    review.sign(alert_id, second, [bodies["union"]])
    world.pass_time()
    assert world.mails() == {"duty@dongan.example", "union@dongan.example"}


def test_harm_to_others_opens_the_way_to_the_police_with_the_signers_reason(world: World) -> None:
    hotline, review = world.hotline, world.review
    alert_id = review.verify(hotline.a_signal(), hotline.person("first"), AlertLevel.RED, "核实")
    with hotline.session() as session:
        police = session.scalars(select(Mechanism.id).where(Mechanism.kind == BodyKind.POLICE)).one()
    review.sign(alert_id, hotline.person("second"), [police], "多人称将聚集报复", harm_to_others=True)
    world.pass_time()
    assert "police@dongan.example" in world.mails()


def test_an_official_who_subscribed_hears_by_mail_of_the_own_places_and_levels(world: World) -> None:
    hotline = world.hotline
    with hotline.session() as session, session.begin():
        for login, level in (
            ("city", AlertLevel.ORANGE),
            ("official", AlertLevel.RED),
            ("elsewhere", AlertLevel.BLUE),
        ):
            session.add(
                Subscription(
                    person_id=hotline.person(login),
                    email=f"{login}@me.example",
                    lowest_level=level,
                    created_at=hotline.now,
                )
            )
    world.an_alert()
    world.pass_time()
    assert {mail for mail in world.mails() if mail.endswith("me.example")} == {"city@me.example"}
