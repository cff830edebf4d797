"""What is done in a talk: hold, transfers of every kind, outside lines, supervisors who listen."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.calls import Call
from models.participation import Participation, Transfer
from models.vocabulary import CallState, SeatState
from models.vocabulary_talk import AudioMode, ParticipantRole, TransferKind, TransferState
from tests.integration.histories.stage import MOST_CALLERS, NUMBERS, PARTNER, Stage

OPEN = [state for state in TransferState if state.is_open]
TARGETS = ("seat", "seat", "seat", "partner", "number", "110", "queue")
STEPS = ("bring_in", "bring_in", "hand_over", "hand_over", "cancel", "decline", "leave")


class InTheTalk(Stage):
    @precondition(lambda self: len(self.callers) < MOST_CALLERS)
    @rule(number=st.sampled_from(NUMBERS), danger=st.sampled_from([False, False, True]))
    def a_talk_comes_about(self, number: str, danger: bool) -> None:
        self.a_talk_begins(number, danger)

    @rule(
        data=st.data(),
        to=st.sampled_from(TARGETS),
        kind=st.sampled_from([TransferKind.CONSULT, TransferKind.COLD]),
        reaction=st.sampled_from(["answer", "answer", "later", "no-answer", "busy", "failed"]),
    )
    def somebody_is_brought_to_the_caller(
        self, data: st.DataObject, to: str, kind: TransferKind, reaction: str
    ) -> None:
        if not self._talks() and len(self.callers) < MOST_CALLERS:
            self.a_talk_begins(data.draw(st.sampled_from(NUMBERS)), False)
        talks = self._talks()
        if not talks:
            return
        if to == "seat":
            self.seats_get_ready()
        call = data.draw(st.sampled_from(talks))
        person_id, rung = int(call.person_id or 0), {leg.sid for leg in self.phone.ringing_legs()}
        match to:
            case "seat":
                seat_id = data.draw(st.sampled_from(self.people))[0]
                self.act(lambda router: router.transfers.to_seat(call.id, person_id, seat_id, kind))
            case "partner":
                partner_id = self.partner_id
                self.act(lambda router: router.transfers.to_partner(call.id, person_id, partner_id, kind))
            case "number":
                self.act(lambda router: router.transfers.to_number(call.id, person_id, PARTNER, kind))
            case "110":
                self.act(lambda router: router.transfers.to_emergency(call.id, person_id, "110"))
            case "queue":
                skills = data.draw(st.sampled_from([(), ("youth",)]))
                self.act(lambda router: router.transfers.to_queue(call.id, person_id, skills=skills))
        for leg in self.phone.ringing_legs():
            if leg.sid in rung or reaction == "later":
                continue
            if reaction == "answer":
                self.phone.seat_answers(leg)
            else:
                self.phone.seat_lets_ring(leg, reaction)
            self.phone.deliver_all()

    def _talks(self) -> list[Call]:
        with Session(self.engine) as session:
            return list(
                session.scalars(
                    select(Call)
                    .where(Call.state == CallState.TALKING, Call.seat_id.is_not(None))
                    .order_by(Call.id)
                )
            )

    @precondition(lambda self: self._open_transfers())
    @rule(data=st.data(), step=st.sampled_from(STEPS), told=st.sampled_from([True, True, False]))
    def a_transfer_goes_on(self, data: st.DataObject, step: str, told: bool) -> None:
        transfer = data.draw(st.sampled_from(self._open_transfers()))
        call_id, first, second = transfer.call_id, transfer.from_person_id or 0, transfer.to_person_id or 0
        match step:
            case "bring_in":
                self.act(lambda router: router.transfers.bring_in(call_id, first))
            case "hand_over":
                self.act(lambda router: router.transfers.hand_over(call_id, first))
            case "cancel":
                self.act(lambda router: router.transfers.cancel(call_id, first))
            case "decline":
                [leg_id] = self._legs_of(transfer)
                self.act(lambda router: router.transfers.decline(leg_id, second))
            case "leave":
                self.act(lambda router: router.transfers.leave(call_id, second))
        if told:
            self.phone.deliver_all()

    def _open_transfers(self) -> list[Transfer]:
        with Session(self.engine) as session:
            return list(
                session.scalars(select(Transfer).where(Transfer.state.in_(OPEN)).order_by(Transfer.id))
            )

    def _legs_of(self, transfer: Transfer) -> list[int]:
        with Session(self.engine) as session:
            legs = select(Participation.id).where(Participation.transfer_id == transfer.id)
            return list(session.scalars(legs))

    @precondition(lambda self: self._talks())
    @rule(data=st.data())
    def danger_is_marked_at_the_desk(self, data: st.DataObject) -> None:
        call = data.draw(st.sampled_from(self._talks()))
        self.act(lambda router: router.danger.raise_danger(call.id, "desk", call.person_id))

    @precondition(lambda self: self._talks())
    @rule(data=st.data(), on=st.booleans(), told=st.booleans())
    def a_caller_is_held_or_taken_back(self, data: st.DataObject, on: bool, told: bool) -> None:
        call = data.draw(st.sampled_from(self._talks()))
        self.act(lambda router: router.conversation.hold(call.id, int(call.person_id or 0), on))
        if told:
            self.phone.deliver_all()

    # -- supervisors
    @precondition(lambda self: self.seats_that(SeatState.TALKING))
    @rule(data=st.data(), answers=st.booleans())
    def a_supervisor_listens(self, data: st.DataObject, answers: bool) -> None:
        seat = data.draw(st.sampled_from(self.seats_that(SeatState.TALKING)))
        self.act(lambda router: router.supervision.listen(int(seat.call_id or 0), self.supervisor_id))
        for leg in self.phone.ringing_legs():
            if answers and leg.number.startswith("client:person_"):
                self.phone.seat_answers(leg)
                self.phone.deliver_all()

    @precondition(lambda self: self._listening())
    @rule(data=st.data(), mode=st.sampled_from([*AudioMode, None]), told=st.booleans())
    def a_supervisor_whispers_joins_or_goes(
        self, data: st.DataObject, mode: AudioMode | None, told: bool
    ) -> None:
        one = data.draw(st.sampled_from(self._listening()))
        person_id = int(one.person_id or 0)
        if mode is None:
            self.act(lambda router: router.supervision.leave(one.id, person_id))
        else:
            if mode is AudioMode.JOIN and one.leg_sid is not None:
                self.joined.add(one.leg_sid)
            self.act(lambda router: router.supervision.change(one.id, person_id, mode))
        if told:
            self.phone.deliver_all()

    def _listening(self) -> list[Participation]:
        with Session(self.engine) as session:
            legs = select(Participation).where(
                Participation.role == ParticipantRole.SUPERVISOR, Participation.ended_at.is_(None)
            )
            return list(session.scalars(legs.order_by(Participation.id)))
