"""What the people of the demonstration did with the signals of the past: through the real review."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import select

from analytics.demonstration.past import Past
from analytics.demonstration.plan import OLD_RISE, OPEN_RISE
from analytics.pipeline import Pipeline
from analytics.place_tree import PlaceTree
from analytics.report.answers import Answers, sees
from analytics.report.review import Review
from analytics.series import in_places, in_series
from models.calls import Call
from models.people import Person
from models.surveillance import Alert, Contact, Delivery, Signal
from models.unit_of_work import Work
from models.vocabulary import Role
from models.vocabulary_surveillance import AlertLevel, SignalState

VERIFICATION = "已抽查来电记录，并向当地核实：停产欠薪情况属实，来电人互不相同。"
SAME = "与已发提示为同一情况，合并处置，不另行上报。"
NATURAL = "经核实：来电人所述情况各不相同，属自然波动，继续常规监测。"
ACTION = "县人社局已约谈企业负责人，首批工资已发放；街道安排网格员走访，热线信息已转发至工友群。"
LEFT_OPEN_DAYS = OPEN_RISE.first_back + 1
"""Signals raised in the last days are left to the visitor."""


class Decisions:
    """`wage_keys`: which synthetic calls are of the old rise; its first signal becomes the alert."""

    def __init__(
        self, work: Work, pipeline: Pipeline, audit_key: bytes, now: datetime, wage_keys: Collection[str]
    ) -> None:
        self._past = Past(work, now)
        self._pipeline = pipeline.with_work(self._past)
        self._review = Review(self._past, audit_key)
        self._answers = Answers(self._past)
        self._now = now
        self._wage_keys = frozenset(wage_keys)

    def decide(self, evening: datetime) -> None:
        """At the end of a day: what was raised half a day before or earlier is decided."""
        self._past.moment = evening
        first, second = self._people(Role.SUPERVISOR)[:2]
        until = min(evening - timedelta(hours=12), self._now - timedelta(days=LEFT_OPEN_DAYS))
        for signal in self._waiting(until):
            self._past.moment = evening
            of_wages, alerted = self._is_of_wages(signal), self._alert_exists()
            if of_wages and not alerted and signal.place_code == OLD_RISE.county:
                self._issue(signal, first, second)
            else:
                self._review.reject(signal.id, first, SAME if of_wages and alerted else NATURAL)

    def _issue(self, signal: Signal, first: int, second: int) -> None:
        self._past.moment = signal.raised_at + timedelta(hours=11, minutes=20)
        alert_id = self._review.verify(signal.id, first, AlertLevel.YELLOW, VERIFICATION)
        self._past.moment += timedelta(minutes=25)
        self._review.sign(alert_id, second)
        self._past.moment += timedelta(seconds=20)
        for delivery_id in self._deliveries(alert_id):
            self._pipeline.deliver({"delivery_id": delivery_id})
        official = self._official_for(signal.place_code)
        self._past.moment += timedelta(minutes=48)
        self._answers.acknowledge(alert_id, official)
        self._past.moment += timedelta(minutes=30)
        self._answers.own(alert_id, official)
        self._past.moment += timedelta(days=1, hours=3)
        self._answers.act(alert_id, official, ACTION)

    def _waiting(self, until: datetime) -> list[Signal]:
        with self._past() as unit:
            unit.only_read()
            return list(
                unit.session.scalars(
                    select(Signal)
                    .where(
                        Signal.state == SignalState.NEW,
                        Signal.is_demonstration.is_(True),
                        Signal.raised_at <= until,
                    )
                    .order_by(Signal.id)
                )
            )

    def _is_of_wages(self, signal: Signal) -> bool:
        """At least half of the contacts in its window."""
        with self._past() as unit:
            unit.only_read()
            places = PlaceTree.load(unit.session).within(signal.place_code)
            first_day = signal.last_day - timedelta(days=signal.window_days - 1)
            keys = unit.session.scalars(
                select(Call.carrier_sid)
                .join(Contact, Contact.call_id == Call.id)
                .where(
                    in_series(signal.series),
                    in_places(places),
                    Contact.day >= first_day,
                    Contact.day <= signal.last_day,
                )
            ).all()
        return sum(key in self._wage_keys for key in keys) * 2 >= max(len(keys), 1)

    def _alert_exists(self) -> bool:
        with self._past() as unit:
            unit.only_read()
            return unit.session.scalars(select(Alert.id).limit(1)).first() is not None

    def _deliveries(self, alert_id: int) -> list[int]:
        with self._past() as unit:
            unit.only_read()
            return list(
                unit.session.scalars(
                    select(Delivery.id).where(Delivery.alert_id == alert_id).order_by(Delivery.id)
                )
            )

    def _official_for(self, place_code: str) -> int:
        """The nearest one: the official with the longest way up from the province."""
        with self._past() as unit:
            unit.only_read()
            tree = PlaceTree.load(unit.session)
            officials = unit.session.scalars(
                select(Person).where(Person.role == Role.OFFICIAL, Person.is_demonstration.is_(True))
            ).all()
            seeing = [person for person in officials if sees(unit.session, person, place_code)]
            return max(seeing, key=lambda person: len(tree.line(person.place_code or ""))).id

    def _people(self, role: Role) -> list[int]:
        with self._past() as unit:
            unit.only_read()
            return list(
                unit.session.scalars(
                    select(Person.id)
                    .where(Person.role == role, Person.is_demonstration.is_(True))
                    .order_by(Person.id)
                )
            )
