"""Any history of callers, keys, operators and callbacks: nobody is lost, nobody is in two places.

Histories are drawn by Hypothesis: arrivals, hang-ups, keys, answers and refusals, dropped lines, seats that
come and go, a carrier that is away, callbacks that come late, twice, in another order, or never.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from hotline.routing.errors import Refused
from models.base import make_engine
from models.calls import Call, Offer
from models.crypto import Keyring
from models.events import Event, OfferMade
from models.notes import Note
from models.schema import Base
from models.seats import Seat
from models.vocabulary import AgentStatus, CallState, NoteState, OfferState, SeatState
from tests.fake_carrier import Leg
from tests.integration.telephony.switchboard import Switchboard

KEYRING = Keyring({"test": bytes(range(32))})
NUMBERS = ("13800138000", "13900139000", "13700137000", "13600136000")
SEATS = 3
_templates: list[Path] = []


def an_engine(folder: Path) -> Engine:
    """A database with the schema, copied from one that was made once."""
    if not _templates:
        template = Path(tempfile.mkdtemp()) / "template.db"
        engine = make_engine(f"sqlite:///{template}", KEYRING)
        Base.metadata.create_all(engine)
        engine.dispose()
        _templates.append(template)
    shutil.copy(_templates[0], folder / "history.db")
    return make_engine(f"sqlite:///{folder / 'history.db'}", KEYRING)


class AnyHistory(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.engine = an_engine(self.folder)
        self.board = Switchboard(self.engine, KEYRING, self.folder)
        self.board.bulletin.listeners.insert(0, self.note_order)
        self.out_of_order: list[tuple[int, int]] = []
        self.callers: list[Leg] = []
        self.people: list[tuple[int, int]] = []

    def note_order(self, events: Sequence[Event]) -> None:
        """At each offer: does anybody wait, unoffered, who stood before?"""
        for event in events:
            if isinstance(event, OfferMade):
                with Session(self.engine) as session:
                    key = session.get_one(Call, event.call_id).queue_key
                    before = session.scalars(
                        select(Call.id).where(
                            Call.state == CallState.QUEUED, Call.seat_id.is_(None), Call.queue_key < key
                        )
                    ).all()
                self.out_of_order += [(event.call_id, other) for other in before]

    @initialize()
    def three_seats(self) -> None:
        self.people = [self.board.an_empty_seat() for _ in range(SEATS)]
        for seat_id, person_id in self.people[:2]:
            self.board.sit_down(seat_id, person_id)

    # -- callers
    @rule(number=st.sampled_from(NUMBERS), listens=st.sampled_from([True, True, False]))
    def a_caller_rings(self, number: str, listens: bool) -> None:
        if len(self.callers) < 8:
            leg = self.board.phone.a_call_comes_in(number)
            self.callers.append(leg)
            if listens:
                self.board.phone.time_passes(leg)
            self.board.work_off()

    @precondition(lambda self: self.callers)
    @rule(data=st.data())
    def what_plays_ends(self, data: st.DataObject) -> None:
        self.board.phone.time_passes(data.draw(st.sampled_from(self.callers)))

    @precondition(lambda self: self.callers)
    @rule(data=st.data(), key=st.sampled_from("01234*#"))
    def a_caller_presses(self, data: st.DataObject, key: str) -> None:
        self.board.phone.press(data.draw(st.sampled_from(self.callers)), key)

    @precondition(lambda self: any(leg.lives and leg.place == "record" for leg in self.callers))
    @rule()
    def a_message_is_spoken(self) -> None:
        leg = next(leg for leg in self.callers if leg.lives and leg.place == "record")
        self.board.phone.speak_message(leg, b"RIFF")

    @precondition(lambda self: self.callers)
    @rule(data=st.data(), told=st.booleans())
    def a_caller_hangs_up(self, data: st.DataObject, told: bool) -> None:
        self.board.phone.hang_up(data.draw(st.sampled_from(self.callers)))
        if told:
            self.board.deliver()

    # -- operators
    @precondition(lambda self: self.board.phone.ringing_legs())
    @rule(
        data=st.data(),
        status=st.sampled_from(["answer", "answer", "answer", "no-answer", "busy", "failed"]),
        told=st.sampled_from([True, True, False]),
    )
    def a_seat_reacts(self, data: st.DataObject, status: str, told: bool) -> None:
        leg = data.draw(st.sampled_from(self.board.phone.ringing_legs()))
        if status == "answer":
            self.board.phone.seat_answers(leg)
        else:
            self.board.phone.seat_lets_ring(leg, status)
        if told:
            self.board.deliver()

    @rule(data=st.data())
    def an_operators_line_drops(self, data: st.DataObject) -> None:
        up = [
            leg for leg in self.board.phone.legs.values() if leg.callback_url and leg.status == "in-progress"
        ]
        if up:
            self.board.phone.hang_up(data.draw(st.sampled_from(up)))

    @rule(which=st.integers(0, SEATS - 1))
    def an_operator_ends_the_talk(self, which: int) -> None:
        seat_id, person_id = self.people[which]
        call_id = self.board.seat(seat_id).call_id
        if call_id is not None:
            self.try_to(lambda: self.board.conversation.end(call_id, person_id))

    @rule(which=st.integers(0, SEATS - 1))
    def a_note_is_closed(self, which: int) -> None:
        seat_id, person_id = self.people[which]
        seat = self.board.seat(seat_id)
        if seat.state is SeatState.WRAP_UP and seat.call_id is not None:
            with Session(self.engine) as session, session.begin():
                now = self.board.stopped.now
                if not session.scalars(select(Note.id).where(Note.call_id == seat.call_id)).first():
                    session.add(
                        Note(call_id=seat.call_id, state=NoteState.CLOSED, created_at=now, saved_at=now)
                    )
            self.try_to(lambda: self.board.wrap_up.finish(person_id))

    @rule(
        which=st.integers(0, SEATS - 1),
        status=st.sampled_from([*[AgentStatus.READY] * 4, AgentStatus.BREAK, AgentStatus.SIGNED_OUT]),
    )
    def a_status_is_chosen(self, which: int, status: AgentStatus) -> None:
        self.try_to(lambda: self.board.seats.choose_status(self.people[which][1], status))

    @rule(which=st.integers(0, SEATS - 1))
    def somebody_sits_down(self, which: int) -> None:
        seat_id, person_id = self.people[which]
        self.try_to(lambda: self.board.sit_down(seat_id, person_id))

    @rule(which=st.integers(0, SEATS - 1), live=st.booleans())
    def a_desk_reports(self, which: int, live: bool) -> None:
        self.try_to(lambda: self.board.seats.report_device(self.people[which][1], live, "no_microphone"))

    # -- the wire and time
    @precondition(lambda self: self.board.phone.unsent)
    @rule(data=st.data(), fate=st.sampled_from(["first", "any", "twice", "lost"]))
    def a_callback_comes(self, data: st.DataObject, fate: str) -> None:
        unsent = self.board.phone.unsent
        index = 0 if fate == "first" else data.draw(st.integers(0, len(unsent) - 1))
        callback = unsent[index] if fate == "twice" else unsent.pop(index)
        if fate != "lost":
            self.board.deliver([callback])

    @rule()
    def all_callbacks_come(self) -> None:
        self.board.deliver()

    @rule(seconds=st.integers(1, 70), desks_are_open=st.sampled_from([True, True, True, False]))
    def time_passes(self, seconds: int, desks_are_open: bool) -> None:
        self.board.stopped.advance(seconds=seconds)
        if desks_are_open:
            for seat_id, person_id in self.people:
                self.board.seats.report_device(person_id, self.board.seat(seat_id).device_live)
        self.tick()

    @rule(away=st.sampled_from([True, False, False]))
    def the_carrier_goes_or_comes(self, away: bool) -> None:
        self.board.phone.away = away
        self.board.work_off()

    def tick(self) -> None:
        self.board.deadlines.tick()
        self.board.work_off()

    def try_to(self, step: object) -> None:
        try:
            step()  # type: ignore[operator]
        except Refused:
            return
        finally:
            self.board.work_off()

    # -- what must hold at every moment
    @invariant()
    def nobody_is_in_two_places(self) -> None:
        with Session(self.engine) as session:
            calls = {call.id: call for call in session.scalars(select(Call))}
            seats = session.scalars(select(Seat)).all()
            offers = session.scalars(select(Offer).where(Offer.state == OfferState.MADE)).all()
        bound = [
            call.seat_id for call in calls.values() if call.seat_id and call.state is not CallState.ENDED
        ]
        assert max(Counter(bound).values(), default=0) <= 1, "no seat in two calls"
        assert max(Counter(offer.call_id for offer in offers).values(), default=0) <= 1
        assert max(Counter(offer.seat_id for offer in offers).values(), default=0) <= 1
        for seat in seats:
            assert (seat.person_id is None) == (seat.state is SeatState.OFFLINE)
            if seat.state in (SeatState.OFFERED, SeatState.TALKING):
                assert seat.call_id is not None
                assert calls[seat.call_id].seat_id == seat.id
            if seat.state is SeatState.AVAILABLE:
                assert seat.call_id is None
        for offer in offers:
            assert calls[offer.call_id].state is CallState.QUEUED, "only who waits is offered"

    @invariant()
    def nobody_waits_while_a_seat_is_free(self) -> None:
        with Session(self.engine) as session:
            free = session.scalars(select(Seat.id).where(Seat.state == SeatState.AVAILABLE)).all()
            waiting = session.scalars(
                select(Call.id).where(Call.state == CallState.QUEUED, Call.seat_id.is_(None))
            ).all()
        assert not (free and waiting)

    @invariant()
    def the_order_is_kept_and_the_product_hangs_up_on_nobody(self) -> None:
        assert self.out_of_order == []
        assert self.board.phone.hung_up_by_product == []

    def teardown(self) -> None:
        """Left alone, with callbacks still lost, state and telephone agree within a minute."""
        try:
            self.board.phone.unsent.clear()
            self.board.phone.away = False
            for _ in range(10):
                self.board.stopped.advance(seconds=6)
                self.tick()
                self.board.phone.unsent.clear()
            with Session(self.engine) as session:
                calls = {str(call.carrier_sid): call for call in session.scalars(select(Call))}
                seats = session.scalars(select(Seat)).all()
            assert set(calls) == {leg.sid for leg in self.callers}, "every call is on file, once"
            for leg in self.callers:
                assert leg.lives == (calls[leg.sid].state is not CallState.ENDED)
                assert leg.lives or calls[leg.sid].outcome is not None
            held = {seat.call_id for seat in seats if seat.state is SeatState.TALKING}
            talking = {c.id for c in calls.values() if c.state in (CallState.TALKING, CallState.CONNECTING)}
            assert held == talking
        finally:
            self.engine.dispose()
            shutil.rmtree(self.folder)


AnyHistory.TestCase.settings = settings(
    max_examples=int(os.environ.get("HOTLINE_HISTORIES", "20")),
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
TestAnyHistory = AnyHistory.TestCase
