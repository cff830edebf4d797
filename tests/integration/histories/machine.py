"""Any history of callers, keys, operators, callbacks and deaths, before two routers on one database.

Drawn by Hypothesis: arrivals, hang-ups, keys, answers and refusals, dropped lines, seats that come and go, a
carrier that is away, callbacks that come late, twice, in another order or never, two requests at the same
moment, and a process that dies before it commits, after it committed, or before it wrote down what it did.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.routing.errors import Refused
from hotline.workforce.measured import Memory
from models.notes import Note
from models.vocabulary import AgentStatus, NoteState, SeatState
from tests.fake_carrier import Callback, Leg
from tests.grounds import Ground
from tests.integration.histories import invariants
from tests.integration.histories.router import MOMENTS, Death, Fate, Router, Telephone

NUMBERS = ("13800138000", "13900139000", "13700137000", "13600136000")
SEATS = 3
MOST_CALLERS = 8
QUIET_LOOKS = 12
"""Looks at the carrier, 5 s apart, within which every lost callback is made up for."""


class AnyHistory(RuleBasedStateMachine):
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
        self.order = invariants.Order(self.engine)
        for router in self.routers:
            router.bulletin.listeners.insert(0, self.order)
        self.together = ThreadPoolExecutor(2)
        self.callers: list[Leg] = []
        self.people: list[tuple[int, int]] = []

    @initialize()
    def three_seats(self) -> None:
        self.people = [self.routers[0].an_empty_seat() for _ in range(SEATS)]
        for seat_id, person_id in self.people[:2]:
            self.routers[0].sit_down(seat_id, person_id)

    # -- callers
    @rule(number=st.sampled_from(NUMBERS), listens=st.sampled_from([True, True, False]))
    def a_caller_rings(self, number: str, listens: bool) -> None:
        if len(self.callers) < MOST_CALLERS:
            leg = self.phone.a_call_comes_in(number)
            self.callers.append(leg)
            if listens:
                self.phone.time_passes(leg)
            self.phone.work_off()

    @precondition(lambda self: self.callers)
    @rule(data=st.data())
    def what_plays_ends(self, data: st.DataObject) -> None:
        self.phone.time_passes(data.draw(st.sampled_from(self.callers)))

    @precondition(lambda self: self.callers)
    @rule(data=st.data(), key=st.sampled_from("0123*"))
    def a_caller_presses(self, data: st.DataObject, key: str) -> None:
        self.phone.press(data.draw(st.sampled_from(self.callers)), key)

    @precondition(lambda self: any(leg.lives and leg.place == "record" for leg in self.callers))
    @rule()
    def a_message_is_spoken(self) -> None:
        leg = next(leg for leg in self.callers if leg.lives and leg.place == "record")
        self.phone.speak_message(leg, b"RIFF")

    @precondition(lambda self: self.callers)
    @rule(data=st.data(), told=st.booleans())
    def a_caller_hangs_up(self, data: st.DataObject, told: bool) -> None:
        self.phone.hang_up(data.draw(st.sampled_from(self.callers)))
        if told:
            self.phone.deliver_all()

    # -- operators
    @precondition(lambda self: self.phone.ringing_legs())
    @rule(
        data=st.data(),
        status=st.sampled_from(["answer", "answer", "answer", "no-answer", "busy", "failed"]),
        told=st.sampled_from([True, True, False]),
    )
    def a_seat_reacts(self, data: st.DataObject, status: str, told: bool) -> None:
        leg = data.draw(st.sampled_from(self.phone.ringing_legs()))
        if status == "answer":
            self.phone.seat_answers(leg)
        else:
            self.phone.seat_lets_ring(leg, status)
        if told:
            self.phone.deliver_all()

    @precondition(lambda self: self._operators_up())
    @rule(data=st.data())
    def an_operators_line_drops(self, data: st.DataObject) -> None:
        self.phone.hang_up(data.draw(st.sampled_from(self._operators_up())))

    def _operators_up(self) -> list[Leg]:
        legs = self.phone.legs.values()
        return [leg for leg in legs if leg.callback_url and leg.status == "in-progress"]

    @rule(which=st.integers(0, SEATS - 1))
    def an_operator_ends_the_talk(self, which: int) -> None:
        seat_id, person_id = self.people[which]
        call_id = self.routers[0].seat(seat_id).call_id
        if call_id is not None:
            self.act(lambda router: router.conversation.end(call_id, person_id))

    @rule(which=st.integers(0, SEATS - 1))
    def a_note_is_closed(self, which: int) -> None:
        seat_id, person_id = self.people[which]
        seat = self.routers[0].seat(seat_id)
        if seat.state is SeatState.WRAP_UP and seat.call_id is not None:
            with Session(self.engine) as session, session.begin():
                if not session.scalars(select(Note.id).where(Note.call_id == seat.call_id)).first():
                    now = self.clock.now
                    session.add(
                        Note(call_id=seat.call_id, state=NoteState.CLOSED, created_at=now, saved_at=now)
                    )
            self.act(lambda router: router.wrap_up.finish(person_id))

    @rule(
        which=st.integers(0, SEATS - 1),
        status=st.sampled_from([*[AgentStatus.READY] * 4, AgentStatus.BREAK, AgentStatus.SIGNED_OUT]),
    )
    def a_status_is_chosen(self, which: int, status: AgentStatus) -> None:
        self.act(lambda router: router.seats.choose_status(self.people[which][1], status))

    @rule(which=st.integers(0, SEATS - 1))
    def a_supervisor_sends_somebody_on_a_break(self, which: int) -> None:
        seat_id = self.people[which][0]
        self.act(lambda router: router.seats.set_by_supervisor(seat_id, 1, AgentStatus.BREAK, "rest"))

    @rule(which=st.integers(0, SEATS - 1))
    def somebody_sits_down(self, which: int) -> None:
        seat_id, person_id = self.people[which]
        self.act(lambda router: router.sit_down(seat_id, person_id))

    @rule(which=st.integers(0, SEATS - 1), live=st.booleans())
    def a_desk_reports(self, which: int, live: bool) -> None:
        person_id = self.people[which][1]
        self.act(lambda router: router.seats.report_device(person_id, live, "no_microphone"))

    # -- the wire, deaths and time
    @precondition(lambda self: self.phone.unsent)
    @rule(data=st.data(), fate=st.sampled_from(["first", "any", "twice", "lost"]))
    def a_callback_comes(self, data: st.DataObject, fate: str) -> None:
        unsent = self.phone.unsent
        index = 0 if fate == "first" else data.draw(st.integers(0, len(unsent) - 1))
        callback = unsent[index] if fate == "twice" else unsent.pop(index)
        if fate != "lost":
            self.phone.deliver([callback])

    @rule()
    def all_callbacks_come(self) -> None:
        self.phone.deliver_all()

    @rule(moment=st.sampled_from(MOMENTS), after=st.integers(0, 3))
    def a_process_will_die(self, moment: str, after: int) -> None:
        self.fate.moment, self.fate.after = moment, after

    @rule(data=st.data(), clocks=st.sampled_from(["tick", "distribute"]))
    def two_things_happen_at_once(self, data: st.DataObject, clocks: str) -> None:
        """A callback at one router's door while the other's clock turns; then all comes to rest."""
        unsent = self.phone.unsent
        callback = unsent.pop(data.draw(st.integers(0, len(unsent) - 1))) if unsent else None
        seen = len(self.order.passed_over)
        one, other = self.routers
        busy = self.together.submit(self._quietly, lambda: self._turn(one, clocks))
        if callback is not None:
            self._quietly(lambda: self._told(other, callback))
        else:
            self._quietly(lambda: self._turn(other, "distribute"))
        busy.result()
        # Whose place changed between an offer's commit and our look at the order proves nothing.
        del self.order.passed_over[seen:]
        self.phone.work_off()

    def _told(self, router: Router, callback: Callback) -> None:
        status, _ = router.answer(callback.url, callback.form)
        if status >= 500:
            self.phone.unsent.append(callback)

    def _turn(self, router: Router, clocks: str) -> None:
        if clocks == "tick":
            router.deadlines.tick()
        else:
            router.offers.distribute()

    def _quietly(self, step: Callable[[], None]) -> None:
        try:
            step()
        except Death:
            return

    @rule(seconds=st.integers(1, 70), desks_are_open=st.sampled_from([True, True, True, False]))
    def time_passes(self, seconds: int, desks_are_open: bool) -> None:
        self.let_pass(seconds, desks_are_open)

    @rule(away=st.sampled_from([True, False, False]))
    def the_carrier_goes_or_comes(self, away: bool) -> None:
        self.phone.away = away
        self.phone.work_off()

    def let_pass(self, seconds: int, desks_are_open: bool = True) -> None:
        self.clock.advance(seconds=seconds)
        router = self.phone.next_router()
        try:
            if desks_are_open:
                for seat_id, person_id in self.people:
                    router.seats.report_device(person_id, router.seat(seat_id).device_live)
            router.deadlines.tick()
        except Death:
            return
        finally:
            self.phone.work_off()
        invariants.remember(self.engine, self.began, self.clock.now, self.memory)
        if self.fate.moment is None and not self.phone.away:
            invariants.nobody_waits_while_a_seat_is_free(self.engine)

    def act(self, step: Callable[[Router], None]) -> None:
        try:
            step(self.phone.next_router())
        except (Refused, Death):
            return
        finally:
            self.phone.work_off()

    # -- what must hold
    @invariant()
    def nobody_is_in_two_places(self) -> None:
        invariants.nobody_is_in_two_places(self.engine)

    @invariant()
    def the_order_is_kept_and_the_product_hangs_up_on_nobody(self) -> None:
        assert self.order.passed_over == []
        assert self.phone.hung_up_by_product == []

    def teardown(self) -> None:
        """Left alone, with callbacks lost for ever, everything comes to agree again."""
        try:
            if self.people:
                self.settle()
        finally:
            logging.disable(logging.NOTSET)
            self.together.shutdown()
            shutil.rmtree(self.folder)

    def settle(self) -> None:
        self.phone.unsent.clear()
        self.phone.away, self.fate.moment = False, None
        for look in range(QUIET_LOOKS):
            self.let_pass(5, desks_are_open=look % 4 == 0)
            self.phone.unsent.clear()
        invariants.records_equal_the_carrier(self.engine, self.phone, self.callers)
        invariants.nobody_is_in_two_places(self.engine)
        self.let_pass(500)
        self.let_pass(5)
        invariants.seats_are_understood(self.engine)
        invariants.the_log_rebuilds_the_records(self.engine)
        invariants.the_figures_follow_from_the_log(self.engine, self.began, self.clock.now, self.memory)
