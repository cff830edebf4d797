"""The reports of the demonstration's past: drafted when their period was over, signed and sent by its people.

By the same use cases as any report, on a clock that stands in the past; what they tell is public, so that the
trends have something to show. The last days are left to the visitor.
"""

from __future__ import annotations

from datetime import date, timedelta, tzinfo

from sqlalchemy import select

from analytics.days import bounds_of
from analytics.demonstration.past import Past
from analytics.papers.calendar import Period, ended_on
from analytics.papers.desk import Papers
from analytics.papers.plan import plan_of
from analytics.papers.reception import Ledgers
from analytics.papers.standing import LONGEST, StandingSignatures, standing_signature
from analytics.pipeline import Pipeline
from models.papers import Paper
from models.people import Person
from models.places import Organisation
from models.surveillance import Delivery
from models.unit_of_work import Work
from models.vocabulary import Role
from models.vocabulary_papers import PaperKind, PaperState

SHORT = frozenset({PaperKind.DAILY, PaperKind.TWO_DAY})
SHORT_DAYS = 14
"""How far back there are reports of a day or two: older ones say nothing that longer ones do not."""
LEFT_OPEN_DAYS = 2
"""Reports of the last days wait for the visitor's signature."""
NOTES_CLOSE = timedelta(minutes=20)
BEFORE_DUE = timedelta(minutes=40)
STANDING = "摘要只汇集已经签发公布的数字，演示期内常设签发。"


class PastReports:
    """`first`, `last`: the days that the history has."""

    def __init__(
        self,
        work: Work,
        pipeline: Pipeline,
        audit_key: bytes,
        books: Ledgers,
        first: date,
        last: date,
        zone: tzinfo,
    ) -> None:
        # In UTC, as any clock of a unit of work: the audit chain seals the moment as it is written.
        self._past = Past(work, bounds_of(first, zone)[0])
        self._pipeline = pipeline.with_work(self._past)
        self._papers = Papers(self._past, audit_key, books, zone=zone)
        self._standing = StandingSignatures(self._past, audit_key)
        self._first = first
        self._last = last
        self._zone = zone

    def write(self, day: date) -> None:
        """Whatever ended on `day`, the longer periods first, as the clock asks for it."""
        if day > self._last - timedelta(days=LEFT_OPEN_DAYS):
            return
        signers = self._signers()
        self._give_standing_signature(signers[0])
        periods = sorted((p for p in ended_on(day) if self._is_wanted(p)), key=lambda p: -p.days)
        with self._past() as unit:
            unit.only_read()
            planned = plan_of(unit.session)
        for number, (place, period) in enumerate(
            (place, period) for place in planned for period in periods if period.kind in place.kinds
        ):
            self._past.moment = period.bounds(self._zone)[1] + NOTES_CLOSE
            paper_id = self._papers.draft(period.kind, place.place_code, period.first)
            if paper_id is not None:
                self._past.moment = period.due_at(self._zone) - BEFORE_DUE
                self._sign(paper_id, signers[number % len(signers)])

    def _is_wanted(self, period: Period) -> bool:
        """Nothing whose first days were before the history: they would stand in it as empty."""
        recent = period.last > self._last - timedelta(days=SHORT_DAYS)
        return period.first >= self._first and (recent or period.kind not in SHORT)

    def _sign(self, paper_id: int, person_id: int) -> None:
        with self._past() as unit:
            unit.only_read()
            paper = unit.session.get_one(Paper, paper_id)
            state, revision = paper.state, paper.revision
        if state is PaperState.DRAFT:
            self._papers.sign(paper_id, person_id, revision)
        with self._past() as unit:
            unit.only_read()
            deliveries = unit.session.scalars(
                select(Delivery.id).where(Delivery.paper_id == paper_id).order_by(Delivery.id)
            ).all()
        self._past.moment += timedelta(seconds=20)
        for delivery_id in deliveries:
            self._pipeline.deliver({"delivery_id": delivery_id})

    def _give_standing_signature(self, person_id: int) -> None:
        with self._past() as unit:
            unit.only_read()
            place = unit.session.scalars(select(Organisation.place_code)).one()
            given = standing_signature(unit.session, place, unit.now)
        if given is None:
            self._standing.give(place, person_id, LONGEST.days, STANDING)

    def _signers(self) -> list[int]:
        with self._past() as unit:
            unit.only_read()
            return list(
                unit.session.scalars(
                    select(Person.id)
                    .where(Person.role == Role.SUPERVISOR, Person.is_demonstration.is_(True))
                    .order_by(Person.id)
                )
            )
