"""What callers do, and what seats do with the calls that ring there."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.domain.routing_policy import Policy
from models.notes import Note
from models.vocabulary import AgentStatus, NoteState, RiskLevel, SeatState
from tests.fake_carrier import Leg
from tests.integration.histories.stage import MOST_CALLERS, NUMBERS, SEATS, Stage

LONG = Policy().partner_after_seconds + 10
CHOSEN = {"ready": AgentStatus.READY, "break": AgentStatus.BREAK, "out": AgentStatus.SIGNED_OUT}


class CallersAndSeats(Stage):
    # -- callers
    @precondition(lambda self: len(self.callers) < MOST_CALLERS)
    @rule(number=st.sampled_from(NUMBERS), listens=st.sampled_from([True, True, False]))
    def a_caller_rings(self, number: str, listens: bool) -> None:
        leg = self.phone.a_call_comes_in(number)
        self.callers.append(leg)
        if listens:
            self.phone.time_passes(leg)
        self.phone.work_off()

    @precondition(lambda self: self.on_the_line())
    @rule(data=st.data(), key=st.sampled_from(["", "", *"01234*"]))
    def a_caller_presses_a_key_or_hears_to_the_end(self, data: st.DataObject, key: str) -> None:
        leg = data.draw(st.sampled_from(self.on_the_line()))
        if leg.place == "record":
            self.phone.speak_message(leg, b"RIFF")
        elif key:
            self.phone.press(leg, key)
        else:
            self.phone.time_passes(leg)

    @precondition(lambda self: self._in_line())
    @rule(data=st.data())
    def who_waits_for_long_asks_for_the_partner_line(self, data: st.DataObject) -> None:
        leg = data.draw(st.sampled_from(self._in_line()))
        self.let_pass(LONG)
        self.phone.time_passes(leg)
        self.phone.press(leg, "0")
        self.phone.press(leg, "4")

    def _in_line(self) -> list[Leg]:
        return [leg for leg in self.on_the_line() if leg.in_queue]

    @precondition(lambda self: self.on_the_line())
    @rule(data=st.data(), told=st.booleans())
    def a_caller_hangs_up(self, data: st.DataObject, told: bool) -> None:
        self.phone.hang_up(data.draw(st.sampled_from(self.on_the_line())))
        if told:
            self.phone.deliver_all()

    # -- whoever is rung: a seat, a telephone outside, a person who is called back, a supervisor's page
    @precondition(lambda self: self.phone.ringing_legs())
    @rule(
        data=st.data(),
        status=st.sampled_from(["answer", "answer", "answer", "no-answer", "busy", "failed"]),
        told=st.sampled_from([True, True, False]),
    )
    def whoever_is_rung_reacts(self, data: st.DataObject, status: str, told: bool) -> None:
        leg = data.draw(st.sampled_from(self.phone.ringing_legs()))
        if status == "answer":
            self.phone.seat_answers(leg)
        else:
            self.phone.seat_lets_ring(leg, status)
        if told:
            self.phone.deliver_all()

    @precondition(lambda self: self._rung_and_up())
    @rule(data=st.data())
    def a_line_that_we_rang_drops(self, data: st.DataObject) -> None:
        self.phone.hang_up(data.draw(st.sampled_from(self._rung_and_up())))

    def _rung_and_up(self) -> list[Leg]:
        legs = self.phone.legs.values()
        return [leg for leg in legs if leg.callback_url and leg.status == "in-progress"]

    # -- seats
    @precondition(lambda self: self.seats_that(SeatState.TALKING))
    @rule(data=st.data(), told=st.booleans())
    def an_operator_ends_the_talk(self, data: st.DataObject, told: bool) -> None:
        seat = data.draw(st.sampled_from(self.seats_that(SeatState.TALKING)))
        self.act(lambda router: router.conversation.end(int(seat.call_id or 0), int(seat.person_id or 0)))
        if told:
            self.phone.deliver_all()

    @precondition(lambda self: self.seats_that(SeatState.TALKING, SeatState.WRAP_UP))
    @rule(data=st.data(), level=st.sampled_from([RiskLevel.R1, RiskLevel.R3]), closed=st.booleans())
    def a_note_is_written(self, data: st.DataObject, level: RiskLevel, closed: bool) -> None:
        """At R3 a line that drops is called back at once. A closed note frees the seat."""
        seat = data.draw(st.sampled_from(self.seats_that(SeatState.TALKING, SeatState.WRAP_UP)))
        now = self.clock.now
        with Session(self.engine) as session, session.begin():
            note = session.scalars(select(Note).where(Note.call_id == seat.call_id)).first()
            if note is None:
                note = Note(call_id=seat.call_id, state=NoteState.DRAFT, created_at=now, saved_at=now)
                session.add(note)
            note.risk_level = max(int(level), note.risk_level or 0)
        if closed and seat.state is SeatState.WRAP_UP:
            self.close_note(int(seat.call_id or 0))
            self.act(lambda router: router.wrap_up.finish(int(seat.person_id or 0)))

    @rule(
        which=st.integers(0, SEATS - 1),
        what=st.sampled_from(["sits", "sits", "ready", "ready", "break", "out", "sent", "live", "lost"]),
    )
    def a_seat_changes(self, which: int, what: str) -> None:
        """Its person sits down, chooses a status or is sent on a break; its desk reports the microphone."""
        seat_id, person_id = self.people[which]
        match what:
            case "sits":
                self.act(lambda router: router.sit_down(seat_id, person_id))
            case "sent":
                supervisor_id = self.supervisor_id
                self.act(
                    lambda router: router.seats.set_by_supervisor(
                        seat_id, supervisor_id, AgentStatus.BREAK, "rest"
                    )
                )
            case "live" | "lost":
                self.act(
                    lambda router: router.seats.report_device(person_id, what == "live", "no_microphone")
                )
            case _:
                self.act(lambda router: router.seats.choose_status(person_id, CHOSEN[what]))
