"""What lies behind a journey: contacts of past days, and a roster whose shift has just begun."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hotline.workforce.roster_policy import DEFAULTS, SWITCHES
from models.calls import Call, Consent
from models.duty_requests import DutyContact
from models.notes import Note
from models.outbox import OutboxRow
from models.people import Person
from models.roster import RosterPolicy
from models.seats import Seat, SeatEvent
from models.vocabulary import CallOutcome, CallState, ConsentKind, ConsentState, NoteState, ShiftKind
from models.vocabulary_record import CallType, Disposition, Population, Problem
from models.workforce import Shift
from tests.journeys.product import Product

USUAL = (
    (Problem.SLEEP, "近几周失眠，凌晨两三点仍无法入睡，白天没有精神。"),
    (Problem.FAMILY, "孩子拒绝上学，在家沉迷手机，亲子争吵频繁。"),
    (Problem.STUDY, "考前紧张，做题时脑子空白，担心考试失利。"),
)
RISE = "所在化工厂突然停产，拖欠工资，工友讨薪无果，全家断了收入。"


def write_contact(
    session: Session, caller: str, arrived: datetime, place: str, problem: Problem, summary: str
) -> None:
    """An answered call with its closed note and the work that closing it asks for."""
    call = Call(
        number_dialled="12356",
        caller_hash=caller,
        state=CallState.ENDED,
        outcome=CallOutcome.ANSWERED,
        state_since=arrived,
        arrived_at=arrived,
        answered_at=arrived + timedelta(seconds=9),
        ended_at=arrived + timedelta(minutes=20),
        is_demonstration=True,
    )
    session.add(call)
    session.flush()
    session.add(
        Consent(
            call_id=call.id,
            kind=ConsentKind.ANALYSIS,
            state=ConsentState.GRANTED,
            how="notice",
            text_version="1",
            at=arrived,
        )
    )
    session.add(
        Note(
            call_id=call.id,
            revision=1,
            state=NoteState.CLOSED,
            call_type=CallType.SUPPORT,
            population=Population.PUBLIC,
            problem=problem,
            place_code=place,
            risk_level=1,
            disposition=Disposition.CLOSED,
            fields={},
            summary=summary,
            created_at=arrived,
            saved_at=arrived,
            closed_at=arrived + timedelta(minutes=25),
            is_demonstration=True,
        )
    )
    session.add(
        OutboxRow(
            kind="understand",
            queue="work",
            key=f"understand:{call.id}:1",
            payload={"call_id": call.id},
            due_at=arrived,
            created_at=arrived,
        )
    )


def a_quiet_month_and_a_rise_today(product: Product, place: str) -> None:
    """Some five weeks of usual subjects, then nine persons on one new subject within the last hour."""
    now = datetime.now(UTC) - timedelta(hours=1)
    with Session(product.engine()) as session, session.begin():
        for back in range(34, 0, -1):
            problem, text = USUAL[back % len(USUAL)]
            write_contact(session, f"usual-{back}", now - timedelta(days=back), place, problem, text)
    with Session(product.engine()) as session, session.begin():
        for number in range(9):
            arrived = now + timedelta(minutes=number)
            write_contact(session, f"rise-{number}", arrived, place, Problem.WORK, RISE)


def it_is_two_at_night(product: Product, due: str, stands_by: str, telephone: str) -> int:
    """The wall clock of a centre shows 02 hours and some minutes, whenever this runs: its place lies where it
    is so now. `due` (a login) is rostered from two o'clock on and not there; `stands_by` is reached by
    telephone, and late is who is a minute late. Gives the centre's id."""
    now = datetime.now(UTC)
    ahead = (2 - now.hour) % 24
    ahead -= 24 if ahead > 14 else 0
    two = now.replace(minute=0, second=0, microsecond=0)
    with Session(product.engine()) as session, session.begin():
        people = {
            person.login: person
            for person in session.scalars(select(Person).where(Person.login.in_((due, stands_by))))
        }
        centre_id = people[due].centre_id or 0
        session.execute(delete(Shift).where(Shift.centre_id == centre_id))
        # Nobody sat down for it: at some hours the demonstration's own log says that a shift just began.
        seats = select(Seat.id).where(Seat.centre_id == centre_id)
        session.execute(delete(SeatEvent).where(SeatEvent.seat_id.in_(seats), SeatEvent.kind == "person"))
        # The signs of these names are the other way round: Etc/GMT-8 is China.
        values = {**DEFAULTS, "late_minutes": 1, "standby_minutes": 2}
        session.add(
            RosterPolicy(
                centre_id=centre_id, time_zone=f"Etc/GMT{-ahead:+d}", set_at=now, **values, **SWITCHES
            )
        )
        session.add(DutyContact(person_id=people[stands_by].id, phone=telephone))
        for login, kind in ((due, ShiftKind.SEAT), (stands_by, ShiftKind.STANDBY)):
            session.add(
                Shift(
                    centre_id=centre_id,
                    person_id=people[login].id,
                    kind=kind,
                    starts_at=two,
                    ends_at=two + timedelta(hours=6),
                )
            )
    return centre_id
