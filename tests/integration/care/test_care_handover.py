"""A shift ends only when each open R3/R4 item has a next owner who accepted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from hotline.care.errors_after import CannotTake, NotOpen
from hotline.care.handovers import Handovers, owed_at_sign_off
from hotline.care.open_items import open_items
from hotline.routing.errors import HandOverOwed
from hotline.routing.seats import Seats
from models.assessments import Consultation
from models.audit import AuditLine, broken_audit_line
from models.care import Danger, FollowUp
from models.duties import Handover
from models.forced_reports import ForcedReport
from models.notes import Note
from models.seats import Seat
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import FollowUpState, NoteState, Role, SeatState
from models.vocabulary_after import HandoverState, ItemKind
from tests import factories
from tests.fakes import Bulletin, StoppedClock

KEY = b"an audit key for tests, 32 bytes."
NOW = factories.NOW


@dataclass
class Shift:
    work: Work
    engine: Engine
    clock: StoppedClock
    leaving: int
    staying: int
    supervisor: int
    call_id: int
    note_key: tuple[ItemKind, int]

    @property
    def handovers(self) -> Handovers:
        return Handovers(self.work, KEY)

    def leave(self, person_id: int | None = None) -> None:
        Seats(self.work, KEY, owed_at_sign_off).sign_off(person_id or self.leaving)

    def session(self) -> Session:
        return Session(self.engine, expire_on_commit=False)

    def a_due_follow_up(self) -> tuple[ItemKind, int]:
        with self.session() as session:
            row = FollowUp(call_id=self.call_id, rule="R3-D1", due_at=NOW + timedelta(hours=2))
            session.add(row)
            session.commit()
            return ItemKind.FOLLOW_UP, row.id


@pytest.fixture
def shift(engine: Engine) -> Shift:
    """Two operators on duty; the one who leaves has an unfinished note at R3."""
    clock = StoppedClock(NOW)

    def work() -> UnitOfWork:
        return UnitOfWork(engine, clock, Bulletin().publish)

    with Session(engine) as session:
        factories.a_province(session)
        centre = factories.a_centre(session)
        leaving, staying = (
            factories.a_person(session, name=name, centre=centre) for name in ("林晓", "罗敏")
        )
        supervisor = factories.a_person(session, Role.SUPERVISOR, name="沈知", centre=centre)
        seat = factories.a_seat(session, centre, leaving, SeatState.AVAILABLE, label="01")
        factories.a_seat(session, centre, staying, SeatState.AVAILABLE, label="02")
        call = factories.an_ended_talk(session, seat)
        call.centre_id = centre.id
        seat.state, seat.call_id = SeatState.AVAILABLE, None
        note = Note(
            call_id=call.id,
            person_id=leaving.id,
            risk_level=3,
            state=NoteState.DRAFT,
            fields={},
            created_at=NOW,
            saved_at=NOW,
        )
        session.add(note)
        session.commit()
        return Shift(
            work, engine, clock, leaving.id, staying.id, supervisor.id, call.id, (ItemKind.NOTE, note.id)
        )


def test_nobody_leaves_before_somebody_accepted(shift: Shift) -> None:
    with pytest.raises(HandOverOwed) as owed:
        shift.leave()
    assert owed.value.items == [{"kind": "note", "id": shift.note_key[1], "level": 3}]
    (offer,) = shift.handovers.offer(shift.leaving, shift.staying, [shift.note_key], "明早九点前补完")
    with pytest.raises(HandOverOwed):
        shift.leave()
    assert shift.handovers.answer([offer], shift.leaving, accept=True) == 0, (
        "only the one who is asked answers"
    )
    assert shift.handovers.answer([offer], shift.staying, accept=True) == 1
    shift.leave()
    with shift.session() as session:
        assert session.scalars(select(Seat).where(Seat.person_id == shift.leaving)).first() is None
        row = session.get_one(Handover, offer)
        assert (row.from_id, row.to_id, row.state, row.told) == (
            shift.leaving,
            shift.staying,
            HandoverState.ACCEPTED,
            "明早九点前补完",
        )
        actions = set(session.scalars(select(AuditLine.action)))
        assert {"handover.offered", "handover.accepted"} <= actions
        assert broken_audit_line(session, KEY) is None


def test_a_declined_item_stays_with_its_owner_and_can_be_offered_to_another(shift: Shift) -> None:
    (offer,) = shift.handovers.offer(shift.leaving, shift.staying, [shift.note_key])
    shift.handovers.answer([offer], shift.staying, accept=False)
    with pytest.raises(HandOverOwed):
        shift.leave()
    (again,) = shift.handovers.offer(shift.leaving, shift.supervisor, [shift.note_key])
    shift.handovers.answer([again], shift.supervisor, accept=True)
    shift.leave()


def test_a_supervisor_may_take_it_over(shift: Shift) -> None:
    (offer,) = shift.handovers.offer(shift.leaving, shift.staying, [shift.note_key])
    shift.handovers.take(shift.supervisor, [shift.note_key])
    shift.leave()
    with shift.session() as session:
        assert session.get_one(Handover, offer).state is HandoverState.WITHDRAWN


def test_another_operator_takes_only_what_nobody_on_duty_holds(shift: Shift) -> None:
    with pytest.raises(CannotTake):
        shift.handovers.take(shift.staying, [shift.note_key])
    with pytest.raises(CannotTake):
        shift.handovers.offer(shift.staying, shift.supervisor, [shift.note_key])
    follow_up = shift.a_due_follow_up()
    shift.handovers.take(shift.staying, [follow_up])
    with shift.session() as session:
        owner = {item.key: item.owner_id for item in open_items(session, NOW, None)}[follow_up]
    assert owner == shift.staying


def test_the_last_to_leave_passes_on_what_belongs_to_the_shift_alone(shift: Shift) -> None:
    follow_up = shift.a_due_follow_up()
    shift.handovers.take(shift.supervisor, [shift.note_key])
    shift.leave()
    with pytest.raises(HandOverOwed) as owed:
        shift.leave(shift.staying)
    assert [(one["kind"], one["id"]) for one in owed.value.items] == [("follow_up", follow_up[1])]
    shift.handovers.take(shift.supervisor, [follow_up])
    shift.leave(shift.staying)


def test_who_accepted_and_has_not_come_yet_holds_it_for_half_a_day(shift: Shift) -> None:
    with shift.session() as session:
        centre_id = session.scalars(select(Seat.centre_id)).first()
        next_one = factories.a_person(session, name="周宁")
        next_one.centre_id = centre_id
        session.commit()
    (offer,) = shift.handovers.offer(shift.leaving, next_one.id, [shift.note_key])
    shift.handovers.answer([offer], next_one.id, accept=True)
    shift.leave()
    shift.leave(shift.staying)
    with shift.session() as session:
        held = {item.key: item.owner_holds for item in open_items(session, NOW, None)}
        later = {i.key: i.owner_holds for i in open_items(session, NOW + timedelta(hours=13), None)}
    assert (held[shift.note_key], later[shift.note_key]) == (True, False)


def test_a_report_required_by_law_is_handed_on_and_an_open_consultation_is_shown(shift: Shift) -> None:
    with shift.session() as session:
        report = ForcedReport(
            call_id=shift.call_id, opened_at=NOW, opened_by_id=shift.staying, due_at=NOW + timedelta(hours=2)
        )
        asked = Consultation(call_id=shift.call_id, question="……", asked_at=NOW, asked_by_id=shift.staying)
        session.get_one(Note, shift.note_key[1]).risk_level = 1
        session.add_all([report, asked])
        session.commit()
        found = {item.key: (item.level, item.owner_id) for item in open_items(session, NOW, None)}
    required = (ItemKind.FORCED_REPORT, report.id)
    assert found[required] == (3, shift.staying)
    assert found[ItemKind.CONSULTATION, asked.id] == (1, shift.staying)
    with pytest.raises(HandOverOwed) as owed:
        shift.leave(shift.staying)
    assert [(one["kind"], one["id"]) for one in owed.value.items] == [("forced_report", report.id)]
    shift.handovers.take(shift.supervisor, [required])
    shift.leave(shift.staying)


def test_what_was_closed_meanwhile_is_handed_to_nobody(shift: Shift) -> None:
    follow_up = shift.a_due_follow_up()
    with shift.session() as session:
        session.get_one(FollowUp, follow_up[1]).state = FollowUpState.DONE
        session.commit()
    with pytest.raises(NotOpen):
        shift.handovers.offer(shift.leaving, shift.staying, [follow_up, shift.note_key])
    with shift.session() as session:
        assert session.scalars(select(Handover)).first() is None


def test_a_danger_comes_first_and_a_follow_up_of_another_day_is_nobodys_yet(shift: Shift) -> None:
    with shift.session() as session:
        session.add(Danger(call_id=shift.call_id, source="desk", raised_at=NOW, raised_by_id=shift.leaving))
        session.add(FollowUp(call_id=shift.call_id, rule="R3-D7", due_at=NOW + timedelta(days=7)))
        session.commit()
        items = open_items(session, NOW, None)
    assert [(item.kind, item.level) for item in items] == [(ItemKind.DANGER, 4), (ItemKind.NOTE, 3)]
