"""A talk at high risk that breaks off: its operator calls back at once, the seat waits, others stand in."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.routing.calling_back import CallingBack
from hotline.routing.dropped_line import CannotCallBack, DroppedLines
from hotline.routing.errors import CallBackOwed
from models.calls import Call, Callback, CallbackTry
from models.events import LineDropped
from models.notes import Note
from models.recordings import RiskMark
from models.vocabulary import CallbackKind, CallbackState, CallState, NoteState, SeatState
from tests.factories import NOW
from tests.integration.routing.house import House


def callbacks_of(house: House) -> list[Callback]:
    with Session(house.engine) as session:
        return list(session.scalars(select(Callback).order_by(Callback.id)))


def a_note(house: House, call_id: int, level: int, state: NoteState = NoteState.DRAFT) -> None:
    with Session(house.engine) as session, session.begin():
        session.add(Note(call_id=call_id, state=state, risk_level=level, created_at=NOW, saved_at=NOW))


def a_drop(house: House, level: int = 4, ended_by: str = "carrier") -> tuple[int, int, int]:
    """(seat, person, call) of a talk that just broke off."""
    seat_id, person_id = house.a_ready_seat()
    call_id = house.a_caller_waits()
    house.they_talk(call_id)
    house.stopped.advance(seconds=90)
    a_note(house, call_id, level)
    house.conversation.caller_left(call_id, ended_by)
    return seat_id, person_id, call_id


@pytest.mark.parametrize(
    ("level", "ended_by", "kept"),
    [
        (4, "carrier", "at once"),
        (3, "caller", "at once"),
        (3, "reconciliation", "at once"),
        (2, "carrier", "in line"),
        (2, "caller", "nothing"),
    ],
)
def test_who_is_called_back_and_how_soon(house: House, level: int, ended_by: str, kept: str) -> None:
    seat_id, _, call_id = a_drop(house, level, ended_by)
    found = callbacks_of(house)
    if kept == "nothing":
        assert found == []
        return
    assert [callback.kind for callback in found] == [CallbackKind.DROPPED]
    assert (found[0].seat_id == seat_id, found[0].danger) == (kept == "at once", kept == "at once")
    told = [event for event in house.bulletin.told if isinstance(event, LineDropped)]
    assert told == ([LineDropped(found[0].id, call_id, seat_id)] if kept == "at once" else [])


def test_a_risk_mark_of_the_talk_counts_before_anybody_wrote_a_level(house: House) -> None:
    house.a_ready_seat()
    call_id = house.a_caller_waits()
    house.they_talk(call_id)
    with Session(house.engine) as session, session.begin():
        mark = RiskMark(call_id=call_id, source="caption", level=3, reason="plan", marked_at=NOW)
        session.add(mark)
    house.conversation.caller_left(call_id, "caller")
    assert callbacks_of(house)[0].seat_id is not None


def test_an_end_by_the_operator_owes_nothing(house: House) -> None:
    seat_id, person_id = house.a_ready_seat()
    call_id = house.a_caller_waits()
    house.they_talk(call_id)
    a_note(house, call_id, 4)
    house.conversation.end(call_id, person_id)
    house.conversation.caller_left(call_id, "caller")
    assert callbacks_of(house) == []
    assert house.seat(seat_id).state is SeatState.WRAP_UP


def test_the_operator_calls_back_with_one_key_and_the_number_rings_as_soon_as_the_seat_is_up(
    house: House,
) -> None:
    seat_id, person_id, _ = a_drop(house)
    callback = callbacks_of(house)[0]
    call_id = DroppedLines(house.work).call_back(callback.id, person_id)
    assert house.seat(seat_id).state is SeatState.OFFERED
    house.offers.leg_answered(house.offer_of(call_id).id, "CAop2")
    assert house.asked("dial_back") == [{"call_id": call_id}], "asked by hand: nothing more to press"
    calling_back = CallingBack(house.work)
    calling_back.leg_made(call_id, "CAperson")
    house.conversation.caller_joined(call_id)
    assert house.call(call_id).state is CallState.TALKING
    assert house.call(call_id).danger
    house.conversation.caller_left(call_id, "caller")
    assert house.seat(seat_id).state is SeatState.WRAP_UP


def test_the_seat_is_not_free_for_others_until_it_called_or_handed_over(house: House) -> None:
    seat_id, person_id, call_id = a_drop(house)
    callback = callbacks_of(house)[0]
    waiting = house.a_caller_waits("CA2", "13600000000")
    with Session(house.engine) as session, session.begin():
        note = session.scalars(select(Note).where(Note.call_id == call_id)).one()
        note.state = NoteState.CLOSED
    house.wrap_up.note_closed(call_id)
    with pytest.raises(CallBackOwed):
        house.wrap_up.finish(person_id)
    house.deadlines.tick()
    assert house.seat(seat_id).state is SeatState.WRAP_UP
    assert house.call(waiting).seat_id is None
    _, other_person = house.an_empty_seat()
    with pytest.raises(Exception, match="not_signed_on"):
        DroppedLines(house.work).hand_over(callback.id, other_person)
    DroppedLines(house.work).hand_over(callback.id, person_id)
    handed = callbacks_of(house)[0]
    assert (handed.state, handed.seat_id) == (CallbackState.IN_LINE, None)
    house.deadlines.tick()
    with Session(house.engine) as session:
        standing = session.scalars(select(CallbackTry.call_id)).one()
    assert house.call(standing).seat_id == seat_id, "the seat is free again, and danger comes first"


def test_a_seat_that_does_not_act_or_is_gone_hands_over_by_itself(house: House) -> None:
    _, person_id, _ = a_drop(house)
    house.stopped.advance(seconds=60)
    house.seats.report_device(person_id, True)
    house.deadlines.tick()
    assert callbacks_of(house)[0].state is CallbackState.DUE
    house.stopped.advance(seconds=125)
    house.deadlines.tick()
    assert callbacks_of(house)[0].state is CallbackState.IN_LINE


def test_another_seat_cannot_take_what_is_held_and_a_busy_one_takes_nothing(house: House) -> None:
    a_drop(house)
    _, other = house.a_ready_seat()
    with pytest.raises(CannotCallBack) as refusal:
        DroppedLines(house.work).call_back(callbacks_of(house)[0].id, other)
    assert refusal.value.details == {"reason": "another_seat"}


def test_a_silent_contact_of_a_minute_is_called_back_when_its_operator_says_so(house: House) -> None:
    from hotline.routing.callbacks import NothingOwed
    from models.vocabulary_record import CallType

    for seconds, owed in ((59, False), (61, True)):
        _, person_id = house.a_ready_seat()
        call_id = house.a_caller_waits(f"CA{seconds}", f"138000000{seconds}")
        house.they_talk(call_id, f"CAleg{seconds}")
        house.stopped.advance(seconds=seconds)
        house.conversation.caller_left(call_id, "caller")
        with Session(house.engine) as session, session.begin():
            session.add(Note(call_id=call_id, call_type=CallType.SILENT, created_at=NOW, saved_at=NOW))
        if owed:
            assert house.callbacks.offer_for_silence(call_id, person_id) == callbacks_of(house)[0].id
        else:
            with pytest.raises(NothingOwed):
                house.callbacks.offer_for_silence(call_id, person_id)


def test_a_short_silence_is_called_back_after_danger_or_an_earlier_high_level(house: House) -> None:
    from models.vocabulary_record import CallType

    for index, (danger, earlier) in enumerate(((True, False), (False, True))):
        number = f"1380000990{index}"
        if earlier:
            house.a_ready_seat()
            before = house.a_caller_waits("CAbefore", number)
            house.they_talk(before, "CAlegbefore")
            house.conversation.caller_left(before, "caller")
            with Session(house.engine) as session, session.begin():
                session.add(Note(call_id=before, risk_level=3, created_at=NOW, saved_at=NOW))
        _, person_id = house.a_ready_seat()
        call_id = house.a_caller_waits(f"CAshort{index}", number)
        house.they_talk(call_id, f"CAlegshort{index}")
        house.stopped.advance(seconds=5)
        house.conversation.caller_left(call_id, "caller")
        with Session(house.engine) as session, session.begin():
            session.get_one(Call, call_id).danger = danger
            session.add(Note(call_id=call_id, call_type=CallType.SILENT, created_at=NOW, saved_at=NOW))
        assert house.callbacks.offer_for_silence(call_id, person_id)
