"""A small hotline for the pipeline's tests: one province, one city with two counties, people, mechanisms."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models.calls import Call, Consent
from models.events import Event
from models.notes import Note
from models.outbox import OutboxRow
from models.people import Person
from models.places import Mechanism, Organisation, Place
from models.surveillance import Contact, Signal
from models.unit_of_work import UnitOfWork
from models.vocabulary import (
    AnalysisState,
    CallOutcome,
    CallState,
    ConsentKind,
    ConsentState,
    NoteState,
    OutboxState,
    PlaceLevel,
    Role,
)
from models.vocabulary_record import CallType, Disposition, Population, Problem
from models.vocabulary_surveillance import SignalKind

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)
AUDIT_KEY = b"a" * 32
Jobs = Mapping[str, Callable[[dict[str, Any]], object]]


@dataclass
class Hotline:
    """The hotline's records, its clock, and everything it told."""

    engine: Engine
    now: datetime = NOW
    told: list[Event] = field(default_factory=list)

    def work(self) -> UnitOfWork:
        return UnitOfWork(self.engine, lambda: self.now, self._publish)

    def _publish(self, events: Sequence[Event], _rows: Sequence[int]) -> None:
        self.told.extend(events)

    def session(self) -> Session:
        return Session(self.engine)

    def person(self, login: str) -> int:
        with self.session() as session:
            return session.scalars(select(Person.id).where(Person.login == login)).one()

    def run_outbox(
        self,
        handlers: Jobs,
        *,
        rounds: int = 20,
        shuffle: Callable[[list[Any]], None] | None = None,
    ) -> list[str]:
        """Run what is due, as the worker does, until nothing more is. Gives the kinds in order."""
        done: list[str] = []
        for _ in range(rounds):
            with self.session() as session:
                rows = session.execute(
                    select(OutboxRow.id, OutboxRow.kind, OutboxRow.payload)
                    .where(
                        OutboxRow.state == OutboxState.DUE,
                        OutboxRow.due_at <= self.now,
                        OutboxRow.kind.in_(handlers),
                    )
                    .order_by(OutboxRow.id)
                ).all()
            if shuffle is not None:
                rows = list(rows)
                shuffle(rows)
            if not rows:
                return done
            for row_id, kind, payload in rows:
                handlers[kind](payload)
                done.append(kind)
                with self.session() as session, session.begin():
                    session.get_one(OutboxRow, row_id).state = OutboxState.DONE
        raise AssertionError("the outbox does not come to rest")

    def a_call(
        self,
        caller: str,
        *,
        day: date = TODAY,
        place: str | None = "990101",
        problem: Problem = Problem.WORK,
        call_type: CallType = CallType.SUPPORT,
        risk_level: int = 1,
        summary: str | None = "来电人反映停工欠薪，生活困难，情绪焦虑。",
        analysis: ConsentState = ConsentState.GRANTED,
        recording: ConsentState = ConsentState.REFUSED,
        minute: int = 0,
        note: bool = True,
    ) -> int:
        """An answered call with its closed note. `caller` stands for the number's keyed hash."""
        arrived = datetime(day.year, day.month, day.day, 2, 0, tzinfo=UTC) + timedelta(minutes=minute)
        with self.session() as session, session.begin():
            call = Call(
                number_dialled="12356",
                caller_hash=caller,
                state=CallState.ENDED,
                outcome=CallOutcome.ANSWERED,
                state_since=arrived,
                arrived_at=arrived,
                answered_at=arrived + timedelta(seconds=9),
                ended_at=arrived + timedelta(minutes=20),
            )
            session.add(call)
            session.flush()
            for kind, state in ((ConsentKind.ANALYSIS, analysis), (ConsentKind.RECORDING, recording)):
                session.add(
                    Consent(
                        call_id=call.id, kind=kind, state=state, how="notice", text_version="1", at=arrived
                    )
                )
            if note:
                session.add(
                    Note(
                        call_id=call.id,
                        revision=1,
                        state=NoteState.CLOSED,
                        call_type=call_type,
                        population=Population.PUBLIC,
                        problem=problem,
                        place_code=place,
                        risk_level=risk_level,
                        disposition=Disposition.CLOSED,
                        fields={},
                        summary=summary,
                        created_at=arrived,
                        saved_at=arrived,
                        closed_at=arrived + timedelta(minutes=25),
                    )
                )
            return call.id

    def a_signal(self, *, persons: int = 12, place: str = "990101", demonstration: bool = False) -> int:
        """A signal on work problems with its contacts, as detection would have left them."""
        with self.session() as session, session.begin():
            signal = Signal(
                kind=SignalKind.PROMINENT_ISSUE,
                series="problem:N",
                place_code=place,
                onset_day=TODAY - timedelta(days=3),
                last_day=TODAY,
                observed=persons,
                expected=2.5,
                upper=6.1,
                p_value=1e-5,
                q_value=1e-3,
                history_days=60,
                method="noufaily",
                method_version="1",
                raised_at=NOW,
                due_at=NOW + timedelta(hours=24),
                is_demonstration=demonstration,
            )
            session.add(signal)
        for number in range(persons):
            call_id = self.a_call(f"caller-{number}", place=place, minute=number)
            with self.session() as session, session.begin():
                session.add(
                    Contact(
                        call_id=call_id,
                        state=AnalysisState.DONE,
                        day=TODAY,
                        person_hash=f"caller-{number}",
                        place_code=place,
                        problem="N",
                        population="P23",
                        risk_level=1,
                        text="反映停工欠薪",
                    )
                )
        with self.session() as session:
            return session.scalars(select(Signal.id).order_by(Signal.id.desc())).first() or 0


def a_house(engine: Engine) -> Hotline:
    """Places, mechanisms and people, and no call yet."""
    house = Hotline(engine)
    with house.session() as session, session.begin():
        session.add_all(
            [
                Place(code="990000", name_zh="云江省", name_en="Yunjiang", level=PlaceLevel.PROVINCE),
                Place(code="000000", name_zh="地区未告知", name_en="Not told", level=PlaceLevel.PROVINCE),
            ]
        )
        session.flush()
        for code, name in (("990100", "澜州市"), ("990200", "岭川市")):
            session.add(
                Place(code=code, name_zh=name, name_en=name, level=PlaceLevel.CITY, parent_code="990000")
            )
        session.flush()
        for code, name in (("990101", "东岸区"), ("990102", "西岸区")):
            session.add(
                Place(code=code, name_zh=name, name_en=name, level=PlaceLevel.COUNTY, parent_code="990100")
            )
        session.flush()
        session.add(
            Organisation(
                name_zh="测试热线", name_en="Test line", number="12356", place_code="990000", created_at=NOW
            )
        )
        session.add(
            Mechanism(
                place_code="990101",
                name_zh="东岸区联防联控机制",
                name_en="Dong'an mechanism",
                email="duty@dongan.example",
            )
        )
        session.add(
            Mechanism(
                place_code="990000",
                name_zh="云江省联防联控机制",
                name_en="Province",
                email="p@yunjiang.example",
            )
        )
        for login, role, place in (
            ("operator", Role.OPERATOR, None),
            ("first", Role.SUPERVISOR, None),
            ("second", Role.SUPERVISOR, None),
            ("official", Role.OFFICIAL, "990101"),
            ("city", Role.OFFICIAL, "990100"),
            ("elsewhere", Role.OFFICIAL, "990200"),
        ):
            session.add(
                Person(
                    login=login,
                    name=login,
                    role=role,
                    password_hash="-",
                    place_code=place,
                    created_at=NOW,
                )
            )
    return house
