"""Limits that are passed raise alarms, tell who is to be told, and end when the figure is back."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from hotline.workforce.alarm_hook import AlarmHooks
from hotline.workforce.errors import FieldWrong
from hotline.workforce.thresholds import HookFile, ThresholdFile, Thresholds
from hotline.workforce.watch import Watch
from models.audit import AuditLine
from models.calls import Call
from models.events import AlarmChanged
from models.outbox import OutboxRow
from models.places import Organisation
from models.unit_of_work import UnitOfWork
from models.vocabulary import CallState, Role
from models.vocabulary_watch import AlarmLevel, Metric
from models.watch import Alarm, Threshold
from tests import factories
from tests.fakes import Bulletin, StoppedClock

KEY = b"audit key of the tests"
SECRET = "a secret of sixteen letters"


class House:
    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.clock = StoppedClock(factories.NOW)
        self.bulletin = Bulletin()
        self.watch = Watch(self.work, KEY)
        self.thresholds = Thresholds(self.work, KEY)
        with Session(engine, expire_on_commit=False) as session, session.begin():
            factories.a_province(session)
            factories.an_organisation(session)
            self.centre_id = factories.a_centre(session).id
            self.supervisor = factories.a_person(session, Role.SUPERVISOR).id

    def work(self) -> UnitOfWork:
        return UnitOfWork(self.engine, self.clock, self.bulletin.publish)

    def callers_wait(self, count: int) -> None:
        """So many wait now, each for a second."""
        with Session(self.engine) as session, session.begin():
            for call in session.scalars(select(Call)):
                call.state, call.ended_at = CallState.ENDED, self.clock.now
            for _ in range(count):
                call = factories.a_waiting_call(session, waited_seconds=0)
                call.arrived_at, call.centre_id = self.clock.now - timedelta(seconds=1), self.centre_id

    def only_waiting_is_watched(self, repeat_minutes: int = 5, centre_id: int | None = None) -> None:
        self.watch.look()
        with Session(self.engine) as session, session.begin():
            for row in session.scalars(select(Threshold)):
                row.active = False
        file = ThresholdFile(Metric.WAITING, centre_id, None, 3, 6, 1, repeat_minutes)
        with Session(self.engine) as session:
            same = session.scalar(
                select(Threshold.id).where(
                    Threshold.metric == Metric.WAITING, Threshold.centre_id.is_not_distinct_from(centre_id)
                )
            )
        self.thresholds.save(same, file, by_id=self.supervisor)

    def alarms(self) -> list[Alarm]:
        with Session(self.engine) as session:
            return list(session.scalars(select(Alarm).order_by(Alarm.id)))

    def steps(self) -> list[str]:
        return [event.step for event in self.bulletin.told if isinstance(event, AlarmChanged)]


@pytest.fixture
def house(engine: Engine) -> House:
    return House(engine)


def test_the_defaults_are_on_file_after_the_first_look(house: House) -> None:
    house.watch.look()
    house.watch.look()

    with Session(house.engine) as session:
        metrics = [row.metric for row in session.scalars(select(Threshold))]
    assert sorted(map(str, metrics)) == ["connect_rate", "longest_wait", "service_level", "waiting"]
    assert house.alarms() == []


def test_an_alarm_rises_worsens_eases_and_ends(house: House) -> None:
    house.only_waiting_is_watched()
    for waiting in (4, 4, 7, 5, 4, 2, 1):
        house.callers_wait(waiting)
        house.watch.look()

    assert house.steps() == ["raise", "worsen", "ease", "end"]
    (alarm,) = house.alarms()
    assert alarm.ended_at == house.clock.now
    assert alarm.times_told == 3


def test_a_centres_limit_counts_its_own_callers(house: House) -> None:
    house.only_waiting_is_watched(centre_id=house.centre_id)
    house.callers_wait(3)
    with Session(house.engine) as session, session.begin():
        session.scalars(select(Call).where(Call.state == CallState.QUEUED)).first().centre_id = None  # type: ignore[union-attr]
    house.watch.look()
    assert house.alarms() == []

    house.callers_wait(3)
    house.watch.look()

    assert [alarm.level for alarm in house.alarms()] == [AlarmLevel.WARNING]


def test_it_is_told_again_until_somebody_acknowledges(house: House) -> None:
    house.only_waiting_is_watched(repeat_minutes=5)
    house.callers_wait(4)
    house.watch.look()
    house.clock.advance(minutes=5)
    house.watch.look()
    (alarm,) = house.alarms()

    house.watch.acknowledge(alarm.id, house.supervisor)
    house.clock.advance(minutes=30)
    house.watch.look()

    assert house.steps() == ["raise", "repeat", "acknowledged"]
    with Session(house.engine) as session:
        line = session.scalars(select(AuditLine).where(AuditLine.action == "alarm.acknowledge")).one()
    assert (line.person_id, line.subject) == (house.supervisor, f"alarm:{alarm.id}")


def test_a_limit_out_of_force_ends_its_alarm(house: House) -> None:
    house.only_waiting_is_watched()
    house.callers_wait(4)
    house.watch.look()
    with Session(house.engine) as session, session.begin():
        for row in session.scalars(select(Threshold)):
            row.active = False

    house.watch.look()

    assert house.steps() == ["raise", "end"]


@dataclass
class Receiver:
    """Another system: hears what is posted, or is away."""

    away: bool = False
    heard: list[tuple[str, str, str, bytes]] = field(default_factory=list)

    def __call__(self, url: str, secret: str, key: str, body: bytes) -> str:
        if self.away:
            raise ConnectionError
        self.heard.append((url, secret, key, body))
        return "http 200"


def with_a_hook(house: House, least: AlarmLevel = AlarmLevel.WARNING) -> None:
    file = HookFile("值班平台", "https://duty.example/alarms", SECRET, least)
    house.thresholds.save_hook(None, file, by_id=house.supervisor)


def asked(house: House) -> list[OutboxRow]:
    with Session(house.engine) as session:
        return list(
            session.scalars(select(OutboxRow).where(OutboxRow.kind == "tell_alarm").order_by(OutboxRow.id))
        )


def test_another_system_is_told_figures_and_nothing_of_any_caller(house: House) -> None:
    with_a_hook(house)
    house.only_waiting_is_watched(centre_id=house.centre_id)
    house.callers_wait(4)
    house.watch.look()
    receiver = Receiver(away=True)
    (row,) = asked(house)
    hooks = AlarmHooks(house.work, receiver)

    with pytest.raises(ConnectionError):
        hooks.tell(row.payload)
    receiver.away = False
    hooks.tell(row.payload)

    ((url, secret, key, body),) = receiver.heard
    told = json.loads(body)
    assert (url, secret) == ("https://duty.example/alarms", SECRET)
    assert key == f"alarm-{told['alarm']}-1"
    assert (told["metric"], told["level"], told["value"], told["warn"]) == ("waiting", "warn", 4, 3)
    assert datetime.fromisoformat(told["began_at"]) == house.clock.now
    assert told["centre"] == "云州中心"
    assert "138" not in body.decode()
    assert SECRET not in body.decode()


def test_a_hook_for_critical_alarms_hears_no_warning(house: House) -> None:
    with_a_hook(house, AlarmLevel.CRITICAL)
    house.only_waiting_is_watched()
    house.callers_wait(4)
    house.watch.look()
    assert asked(house) == []

    house.callers_wait(7)
    house.watch.look()

    assert [row.payload["level"] for row in asked(house)] == ["crit"]


def test_nothing_leaves_while_the_records_are_made_up_and_old_news_is_not_told(house: House) -> None:
    with_a_hook(house)
    house.only_waiting_is_watched()
    house.callers_wait(4)
    house.watch.look()
    receiver = Receiver()
    (row,) = asked(house)
    with Session(house.engine) as session, session.begin():
        session.scalars(select(Organisation)).one().is_demonstration = True
    AlarmHooks(house.work, receiver).tell(row.payload)
    with Session(house.engine) as session, session.begin():
        session.scalars(select(Organisation)).one().is_demonstration = False
    house.clock.advance(hours=25)

    AlarmHooks(house.work, receiver).tell(row.payload)

    assert receiver.heard == []


@pytest.mark.parametrize(
    ("file", "field_name"),
    [
        (ThresholdFile(Metric.WAITING, None, None, 6, 3, 0, 5), "crit"),
        (ThresholdFile(Metric.SERVICE_LEVEL, None, None, 0.8, 0.95, 0, 5), "crit"),
        (ThresholdFile(Metric.SERVICE_LEVEL, None, None, 95, 80, 0, 5), "warn"),
        (ThresholdFile(Metric.OCCUPANCY, None, 1, 0.8, 0.9, 0, 5), "scope"),
        (ThresholdFile(Metric.WAITING, 9999, None, 3, 6, 0, 5), "scope"),
        (ThresholdFile(Metric.WAITING, None, None, 3, 6, 0, 5), "metric"),
    ],
)
def test_a_limit_that_makes_no_sense_is_refused(house: House, file: ThresholdFile, field_name: str) -> None:
    with pytest.raises(FieldWrong) as refused:
        house.thresholds.save(None, file, by_id=house.supervisor)
    assert refused.value.details["field"] == field_name
