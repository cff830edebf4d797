"""Calls that are owed: wishes, dropped lines, dialling back, three tries; and the stand-by phone."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.call_back_words import CallDirection, TryResult
from models.calls import Call, Callback
from models.vocabulary import CallState
from tests.fake_carrier import Leg
from tests.integration.histories.stage import MOST_CALLERS, NUMBERS, SEATS, Stage


class OwedCalls(Stage):
    @precondition(lambda self: len(self.callers) < MOST_CALLERS)
    @rule(number=st.sampled_from(NUMBERS))
    def a_call_back_is_wished(self, number: str) -> None:
        self.a_wish_is_left(number)

    @rule(
        data=st.data(),
        dials=st.sampled_from([True, True, True, False]),
        reaction=st.sampled_from(["answer", "answer", "later", "no-answer", "busy", "failed"]),
    )
    def who_prepares_dials_or_gives_back(self, data: st.DataObject, dials: bool, reaction: str) -> None:
        prepared = self._served_back(CallState.CONNECTING) or self._taken_from_the_line(data)
        if not prepared:
            return
        call = data.draw(st.sampled_from(prepared))
        person_id = int(call.person_id or 0)
        if not dials:
            self.calling_back(lambda use: use.give_back(call.id, person_id))
            return
        self.calling_back(lambda use: use.dial(call.id, person_id))
        for leg in self.phone.ringing_legs():
            if leg.number != call.caller_number or reaction == "later":
                continue
            if reaction == "answer":
                self.phone.seat_answers(leg)
            else:
                self.phone.seat_lets_ring(leg, reaction)
            self.phone.deliver_all()

    def _taken_from_the_line(self, data: st.DataObject) -> list[Call]:
        """Somebody is owed a call, time comes, a seat takes it."""
        if not self._owed() and len(self.callers) < MOST_CALLERS:
            self.a_wish_is_left(data.draw(st.sampled_from(NUMBERS)))
        self.let_pass(data.draw(st.sampled_from([1, 960, 7800])))
        self.seats_get_ready()
        self.seats_answer()
        return self._served_back(CallState.CONNECTING)

    @precondition(lambda self: self._served_back(CallState.TALKING))
    @rule(data=st.data(), result=st.sampled_from([TryResult.MACHINE, TryResult.OTHER_PERSON]))
    def it_is_not_the_person(self, data: st.DataObject, result: TryResult) -> None:
        call = data.draw(st.sampled_from(self._served_back(CallState.TALKING)))
        self.calling_back(lambda use: use.not_the_person(call.id, int(call.person_id or 0), result))

    def _served_back(self, state: CallState) -> list[Call]:
        with Session(self.engine) as session:
            calls = select(Call).where(
                Call.direction == CallDirection.OUTBOUND, Call.state == state, Call.seat_id.is_not(None)
            )
            return list(session.scalars(calls.order_by(Call.id)))

    @precondition(lambda self: self._owed())
    @rule(data=st.data(), which=st.integers(0, SEATS - 1), calls=st.sampled_from([True, True, False]))
    def a_seat_takes_an_owed_call_by_hand(self, data: st.DataObject, which: int, calls: bool) -> None:
        """A dropped line from its own seat, or any owed call from an idle one; or it is handed over."""
        callback = data.draw(st.sampled_from(self._owed()))
        person_id = self.people[which][1]
        if calls:
            self.dropped_lines(lambda use: use.call_back(callback.id, person_id))
        else:
            self.dropped_lines(lambda use: use.hand_over(callback.id, person_id))

    def _owed(self) -> list[Callback]:
        with Session(self.engine) as session:
            open_ones = select(Callback).where(Callback.closed_at.is_(None)).order_by(Callback.id)
            return list(session.scalars(open_ones))

    @precondition(lambda self: self._passed_on())
    @rule(data=st.data(), status=st.sampled_from(["completed", "no-answer", "busy", "failed"]))
    def the_stand_by_phone_is_done(self, data: st.DataObject, status: str) -> None:
        self.phone.standby_ends(data.draw(st.sampled_from(self._passed_on())), status)

    def _passed_on(self) -> list[Leg]:
        return [leg for leg in self.callers if leg.lives and leg.place == "dial"]
