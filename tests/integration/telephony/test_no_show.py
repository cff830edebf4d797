"""At 02:00 nobody comes: it is noticed, the stand-by list is called, and the next caller reaches them."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.domain.roster_cover import Span
from hotline.workforce.summons import Summoning
from models.audit import AuditLine
from models.calls import Call, CallEvent
from models.duty_requests import Absence, DutyContact, StaffNotice, Summons
from models.network import PartnerLine
from models.people import Person
from models.places import Centre
from models.roster import NamedExit
from models.vocabulary import Role, SeatState, ShiftKind
from models.vocabulary_network import PartnerKind
from models.vocabulary_roster import AbsenceEnd, ExitKind, NoticeKind, SummonsAnswer
from models.workforce import Shift
from tests.factories import NOW, a_person
from tests.integration.telephony.switchboard import Switchboard

TWO = NOW + timedelta(hours=2, minutes=9)
"""02:00 in China."""
FIRST, SECOND = "13900000001", "13900000002"


def a_night(board: Switchboard) -> tuple[int, int, list[int]]:
    """(seat, person who is due at two, those who stand by in their order)."""
    seat_id, due = board.an_empty_seat()
    with Session(board.engine) as session, session.begin():
        centre = session.get_one(Centre, board.centre_id)
        a_person(session, Role.SUPERVISOR, centre=centre, name="沈知")
        standby = [a_person(session, centre=centre, name=name).id for name in ("备一", "备二")]
        until = TWO + timedelta(hours=6)
        session.add(Shift(centre_id=centre.id, person_id=due, seat_id=seat_id, starts_at=TWO, ends_at=until))
        for order, (person_id, phone) in enumerate(zip(standby, (FIRST, SECOND), strict=True), start=1):
            session.add(DutyContact(person_id=person_id, phone=phone))
            session.add(
                Shift(
                    centre_id=centre.id,
                    person_id=person_id,
                    kind=ShiftKind.STANDBY,
                    standby_order=order,
                    starts_at=TWO,
                    ends_at=until,
                )
            )
    return seat_id, due, standby


def answers(board: Switchboard) -> list[tuple[int, SummonsAnswer]]:
    with Session(board.engine) as session:
        return [(one.person_id, one.answer) for one in session.scalars(select(Summons).order_by(Summons.id))]


def clock_turns(board: Switchboard, minutes: float) -> None:
    board.stopped.advance(minutes=minutes)
    board.absences.look()
    board.work_off()


def test_a_no_show_at_two_whose_stand_by_is_called_and_takes_the_next_call(switchboard: Switchboard) -> None:
    _seat, _due, (first, second) = a_night(switchboard)
    switchboard.stopped.now = TWO
    clock_turns(switchboard, 4)
    assert answers(switchboard) == [], "four minutes are no absence yet"

    clock_turns(switchboard, 1)
    [ringing] = switchboard.phone.ringing_legs()
    assert ringing.number == FIRST
    switchboard.phone.staff_answers(ringing)
    assert "现在缺人" in "".join(ringing.heard)
    switchboard.phone.press(ringing, "2")
    assert answers(switchboard) == [(first, SummonsAnswer.DECLINED)]

    clock_turns(switchboard, 0.2)
    assert answers(switchboard)[-1] == (second, SummonsAnswer.WAITING)
    caller = switchboard.a_caller()

    assert caller.place == "dial"
    assert caller.dialled == FIRST, "the list in its order; whoever does not answer is followed by the next"
    switchboard.phone.standby_ends(caller, "no-answer")
    assert caller.dialled == SECOND
    switchboard.phone.standby_ends(caller, "completed")
    call = switchboard.call_of(caller)
    with Session(switchboard.engine) as session:
        kinds = session.scalars(select(CallEvent.kind).where(CallEvent.call_id == call.id)).all()
        told = session.scalars(select(StaffNotice.kind).join(Person).where(Person.name == "沈知")).all()
        lines = session.scalars(select(AuditLine.action).order_by(AuditLine.id)).all()
    assert "standby_answered" in kinds
    assert told == [NoticeKind.ABSENCE]
    assert lines == ["absence.noticed", "summons.call", "summons.answer", "summons.call"]


def test_who_is_called_for_a_gap_ahead_hears_when_it_is_and_a_yes_rosters_them(
    switchboard: Switchboard,
) -> None:
    _seat, _due, (first, second) = a_night(switchboard)
    switchboard.stopped.now = TWO - timedelta(days=3)
    gap = Span(TWO + timedelta(hours=1), TWO + timedelta(hours=3))
    Summoning(switchboard.work, b"audit key of the tests").call_standby(
        switchboard.centre_id, gap, by_id=_a_supervisor(switchboard)
    )
    switchboard.work_off()
    ringing = {leg.number: leg for leg in switchboard.phone.ringing_legs()}
    assert set(ringing) == {FIRST, SECOND}
    switchboard.phone.staff_answers(ringing[FIRST])
    said = "".join(ringing[FIRST].heard)
    assert "11月23日03:00起缺人" in said
    assert "上岗到05:00" in said
    switchboard.phone.press(ringing[FIRST], "1")
    assert "请按时上岗" in "".join(ringing[FIRST].heard)
    assert answers(switchboard) == [(first, SummonsAnswer.COMING), (second, SummonsAnswer.WAITING)]
    with Session(switchboard.engine) as session:
        shifts = session.scalars(
            select(Shift).where(Shift.person_id == first).order_by(Shift.starts_at)
        ).all()
        assert [(one.kind, one.starts_at, one.ends_at) for one in shifts] == [
            (ShiftKind.STANDBY, TWO, gap.starts_at),
            (ShiftKind.SEAT, gap.starts_at, gap.ends_at),
            (ShiftKind.STANDBY, gap.ends_at, TWO + timedelta(hours=6)),
        ]


def _a_supervisor(board: Switchboard) -> int:
    with Session(board.engine) as session:
        return session.scalars(select(Person.id).where(Person.role == Role.SUPERVISOR)).one()


def test_it_ends_when_the_person_or_a_stand_by_sits_down_or_the_shift_is_over(
    switchboard: Switchboard,
) -> None:
    seat_id, _due, standby = a_night(switchboard)
    switchboard.stopped.now = TWO
    clock_turns(switchboard, 5)
    with Session(switchboard.engine) as session:
        assert session.scalars(select(Absence.ended_at)).one() is None
    switchboard.sit_down(seat_id, standby[0])
    clock_turns(switchboard, 1)
    with Session(switchboard.engine) as session:
        assert session.scalars(select(Absence.ended_how)).one() is AbsenceEnd.STANDBY
    clock_turns(switchboard, 30)
    assert len(answers(switchboard)) == 1


def test_who_came_in_time_is_not_missed_and_a_silent_list_is_called_again(switchboard: Switchboard) -> None:
    seat_id, due, (first, second) = a_night(switchboard)
    switchboard.stopped.now = TWO - timedelta(minutes=10)
    switchboard.sit_down(seat_id, due)
    switchboard.stopped.now = TWO
    clock_turns(switchboard, 10)
    assert answers(switchboard) == []

    switchboard.seats.sign_off(due)
    with Session(switchboard.engine) as session:
        assert session.scalars(select(Absence.id)).all() == [], "who was there and left is no no-show"
    assert switchboard.seat(seat_id).state is SeatState.OFFLINE
    with Session(switchboard.engine) as session, session.begin():
        shift = session.scalars(select(Shift).where(Shift.kind == ShiftKind.SEAT)).one()
        shift.person_id = a_person(session, name="没来").id
    for minutes in (0, 3, 3, 15):
        clock_turns(switchboard, minutes)
    assert [person for person, _ in answers(switchboard)] == [first, second, first]


def test_the_named_exit_of_an_empty_hour_is_where_the_caller_goes(switchboard: Switchboard) -> None:
    """Another centre has people on duty; the roster names a partner line for this centre, and it is rung."""
    switchboard.a_ready_seat(centre_id=switchboard.other_centre_id)
    switchboard.a_talk()
    with Session(switchboard.engine) as session, session.begin():
        partner = PartnerLine(
            name_zh="省热线",
            name_en="Provincial line",
            kind=PartnerKind.HOTLINE,
            number="0990777",
            takes_overflow=True,
        )
        session.add(partner)
        session.flush()
        session.add(
            NamedExit(
                centre_id=switchboard.centre_id,
                kind=ExitKind.PROVINCE,
                partner_id=partner.id,
                starts_at=NOW - timedelta(hours=1),
                ends_at=NOW + timedelta(minutes=5),
                named_at=NOW,
            )
        )
    caller = switchboard.a_caller("13800138009")
    call = switchboard.call_of(caller)
    with Session(switchboard.engine) as session, session.begin():
        session.get_one(Call, call.id).centre_id = switchboard.centre_id
    for _ in range(2):  # what was being said comes to its end, then the queue asks anew
        switchboard.phone.time_passes(caller)
    assert caller.place == "dial"
    assert caller.dialled == "0990777"
    switchboard.phone.standby_ends(caller, "no-answer")
    assert caller.in_queue, "who does not pick up costs the caller nothing"

    switchboard.stopped.advance(minutes=6)
    for _ in range(4):
        switchboard.phone.time_passes(caller)
        assert caller.place != "dial", "the exit's hour is over"
