"""The stage of a history: two routers, a telephone, three seats, a clock that is moved by hand."""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize
from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.routing.calling_back import CallingBack
from hotline.routing.dropped_line import DroppedLines
from hotline.routing.errors import Refused
from hotline.workforce.measured import Memory
from models.network import PartnerLine
from models.notes import Note
from models.seats import Seat
from models.vocabulary import AgentStatus, NoteState, Role, SeatState
from models.vocabulary_network import PartnerKind
from tests.factories import a_person
from tests.fake_carrier import Leg
from tests.grounds import Ground
from tests.integration.histories import invariants
from tests.integration.histories.router import Death, Fate, Router, Telephone
from tests.integration.histories.watch import Watch

SEATS = 3
MOST_CALLERS = 10
NUMBERS = ("13800138000", "13900139000", "13700137000", "13600136000")
PARTNER, STANDBY = "087165011111", "087165022222"


class Stage(RuleBasedStateMachine):
    ground: Ground

    def __init__(self) -> None:
        super().__init__()
        logging.disable(logging.CRITICAL)
        self.folder = Path(tempfile.mkdtemp())
        self.engine, other = self.ground.fresh()
        self.fate = Fate()
        self.phone = Telephone()
        first = Router(self.engine, self.folder, self.phone, self.fate)
        second = Router(other, self.folder, self.phone, self.fate, beside=first)
        self.routers = self.phone.routers = [first, second]
        self.clock = first.stopped
        self.began, self.memory = self.clock.now, Memory()
        self.watch = Watch(self.engine)
        for router in self.routers:
            router.bulletin.listeners.insert(0, self.watch)
        self.together = ThreadPoolExecutor(2)
        self.callers: list[Leg] = []
        self.people: list[tuple[int, int]] = []
        self.joined: set[str] = set()
        """Legs of supervisors who once asked to be heard by both."""

    @initialize(ready=st.sampled_from([2, 2, 3, 0]), standby=st.booleans(), overflow=st.booleans())
    def three_seats(self, ready: int, standby: bool, overflow: bool) -> None:
        with Session(self.engine) as session, session.begin():
            self.supervisor_id = a_person(session, Role.SUPERVISOR).id
            partner = PartnerLine(
                name_zh="青少年服务台",
                name_en="Youth line",
                kind=PartnerKind.YOUTH_LINE,
                number=PARTNER,
                takes_overflow=overflow,
            )
            session.add(partner)
            session.flush()
            self.partner_id = partner.id
        if standby:
            self.routers[0].standby_phone(STANDBY)
        self.people = [self.routers[0].an_empty_seat() for _ in range(SEATS)]
        for seat_id, person_id in self.people[:ready]:
            self.routers[0].sit_down(seat_id, person_id)

    # -- whom a rule finds
    def on_the_line(self) -> list[Leg]:
        return [leg for leg in self.callers if leg.lives]

    def seats_that(self, *states: SeatState) -> list[Seat]:
        with Session(self.engine) as session:
            return list(session.scalars(select(Seat).where(Seat.state.in_(states)).order_by(Seat.id)))

    # -- the usual ways, in one step, so that a history gets to what follows
    def seats_get_ready(self) -> None:
        """Notes are closed, pauses end: as people do at a busy hour."""
        for seat in self.seats_that(SeatState.WRAP_UP, SeatState.PAUSED):
            self._gets_ready(seat, int(seat.person_id or 0))

    def _gets_ready(self, seat: Seat, person_id: int) -> None:
        if seat.state is SeatState.WRAP_UP:
            if seat.call_id is not None:
                self.close_note(seat.call_id)
            self.act(lambda router: router.wrap_up.finish(person_id))
        else:
            self.act(lambda router: router.seats.report_device(person_id, True))
            self.act(lambda router: router.seats.choose_status(person_id, AgentStatus.READY))

    def close_note(self, call_id: int) -> None:
        now = self.clock.now
        with Session(self.engine) as session, session.begin():
            note = session.scalars(select(Note).where(Note.call_id == call_id)).first()
            if note is None:
                note = Note(call_id=call_id, created_at=now, saved_at=now)
                session.add(note)
            note.state = NoteState.CLOSED

    def a_talk_begins(self, number: str, danger: bool) -> None:
        self.seats_get_ready()
        leg = self.phone.a_call_comes_in(number)
        self.callers.append(leg)
        if danger:
            self.phone.press(leg, "1")
        self.phone.time_passes(leg)
        self.phone.work_off()
        self.seats_answer()

    def seats_answer(self) -> None:
        for rung in self.phone.ringing_legs():
            if rung.number.startswith("client:seat_"):
                self.phone.seat_answers(rung)
        self.phone.deliver_all()

    def a_wish_is_left(self, number: str) -> None:
        leg = self.phone.a_call_comes_in(number)
        self.callers.append(leg)
        self.phone.time_passes(leg)
        self.phone.press(leg, "0")
        self.phone.press(leg, "3")
        self.phone.hang_up(leg)
        self.phone.deliver_all()

    # -- what a person asks, and time
    def act(self, step: Callable[[Router], object]) -> None:
        """A use case at either router; a refusal is an answer, and a death is one to the person as well."""
        try:
            step(self.phone.next_router())
        except (Refused, Death):
            return
        finally:
            self.phone.work_off()

    def calling_back(self, step: Callable[[CallingBack], None]) -> None:
        self.act(lambda router: step(CallingBack(router.work)))

    def dropped_lines(self, step: Callable[[DroppedLines], object]) -> None:
        self.act(lambda router: step(DroppedLines(router.work)))

    def let_pass(self, seconds: int, desks_are_open: bool = True) -> None:
        self.clock.advance(seconds=seconds)
        self.phone.ringing_ends()
        router = self.phone.next_router()
        try:
            if desks_are_open:
                for seat_id, person_id in self.people:
                    router.seats.report_device(person_id, router.seat(seat_id).device_live)
            router.deadlines.tick()
            router.lost_recordings.look()
        except Death:
            return
        finally:
            self.phone.work_off()
        if self.fate.moment is None and not self.phone.away:
            invariants.nobody_waits_while_a_seat_is_free(self.engine)

    def clear_away(self) -> None:
        logging.disable(logging.NOTSET)
        self.together.shutdown()
        shutil.rmtree(self.folder)
