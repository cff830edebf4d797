"""Facts of the legs that were called into a talk, as the carrier or the clock tells them."""

from __future__ import annotations

from sqlalchemy import select

from hotline.domain.seat_state import SeatFact
from hotline.domain.transfer import TransferFact
from hotline.routing.participations import (
    OPEN,
    drop_leg,
    entered,
    load_participation,
    open_participations,
    take_down,
    tell_mode,
)
from hotline.routing.transactions import in_one_unit, reading
from hotline.routing.transfer_steps import on_fact
from hotline.routing.transitions import load_call, load_seat, move_seat
from models.calls import Call
from models.care import HelpRequest
from models.events import HelpAsked, ParticipationChanged
from models.linkage import Linkage
from models.participation import Participation, Transfer
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import CallState
from models.vocabulary_talk import AudioMode, ParticipantRole, ParticipationState

FAILED = {
    "busy": "declined",
    "no-answer": "no_answer",
    "failed": "leg_failed",
    "canceled": "no_answer",
    "completed": "left",
}


class Legs:
    def __init__(self, work: Work) -> None:
        self._work = work

    def leg_made(self, participation_id: int, leg_sid: str) -> bool:
        """The carrier rings it under this sid. False: nobody wants it any more, so the leg must go."""

        def step(unit: UnitOfWork) -> bool:
            one = load_participation(unit, participation_id)
            if one is None:
                return False
            one.leg_sid = one.leg_sid or leg_sid
            if one.state is ParticipationState.ASKED:
                one.state = ParticipationState.RINGING
                unit.tell(ParticipationChanged(one.call_id, one.id, str(one.state)))
            if not one.state.is_open and one.state is not ParticipationState.TOOK_OVER:
                drop_leg(unit, leg_sid)
                return False
            return True

        return in_one_unit(self._work, step)

    def not_allowed(self, participation_id: int, reason: str) -> None:
        """It could not be rung at all."""
        self._over(participation_id, reason)

    def leg_over(self, participation_id: int, status: str) -> bool:
        """The leg's final status. Of one that is in, it says nothing by itself: the caller may have hung up.
        The conference's own event carries the reason, and reconciliation (`vanished`) stands in for it."""
        return self._over(participation_id, FAILED.get(status, "leg_failed"), not_when_in=True)

    def vanished(self, participation_id: int) -> bool:
        """The carrier has the leg no longer, while the caller is there."""
        return self._over(participation_id, "left")

    def expired(self) -> int:
        """Legs that should have answered by now, though the carrier says nothing."""
        waiting = (ParticipationState.ASKED, ParticipationState.RINGING)
        with reading(self._work) as unit:
            ids = unit.session.scalars(
                select(Participation.id).where(
                    Participation.state.in_(waiting), Participation.deadline_at < unit.now
                )
            ).all()
        return sum(self._over(participation_id, "no_answer") for participation_id in ids)

    def _over(self, participation_id: int, reason: str, *, not_when_in: bool = False) -> bool:
        def step(unit: UnitOfWork) -> bool:
            call, one = _both(unit, participation_id)
            if call is None or one is None or (not_when_in and one.state is ParticipationState.IN):
                return False
            return _gone(unit, call, one, reason)

        return in_one_unit(self._work, step)

    def joined(self, call_id: int, leg_sid: str) -> bool:
        """The leg is in the conference."""

        def step(unit: UnitOfWork) -> bool:
            call = load_call(unit, call_id)
            one = _of_leg(unit, call_id, leg_sid)
            if call is None or one is None or one.state is ParticipationState.IN:
                return False
            if call.state is not CallState.TALKING:
                return take_down(unit, call, one, "talk_over")
            _enter(unit, call, one)
            return True

        return in_one_unit(self._work, step)

    def left(self, call_id: int, leg_sid: str) -> bool:
        def step(unit: UnitOfWork) -> bool:
            call = load_call(unit, call_id)
            one = _of_leg(unit, call_id, leg_sid)
            return call is not None and one is not None and _gone(unit, call, one, "left")

        return in_one_unit(self._work, step)

    def audio(self, call_id: int, leg_sid: str, sequence: int, *, muted: bool, coaching: bool) -> bool:
        """What a supervisor's leg lets through now. Older facts that come late change nothing."""

        def step(unit: UnitOfWork) -> bool:
            call = load_call(unit, call_id)
            one = _of_leg(unit, call_id, leg_sid)
            if call is None or one is None or one.role is not ParticipantRole.SUPERVISOR:
                return False
            if sequence and sequence <= one.heard_sequence:
                return False
            one.heard_sequence = sequence or one.heard_sequence
            mode = AudioMode.LISTEN if muted else AudioMode.WHISPER if coaching else AudioMode.JOIN
            if mode is one.mode:
                return False
            tell_mode(unit, call, one, mode)
            return True

        return in_one_unit(self._work, step)


def _both(unit: UnitOfWork, participation_id: int) -> tuple[Call | None, Participation | None]:
    """The call's row is taken first, as everywhere: two writers must not take the two the other way round."""
    call_id = unit.session.scalar(select(Participation.call_id).where(Participation.id == participation_id))
    call = load_call(unit, call_id) if call_id is not None else None
    return call, load_participation(unit, participation_id)


def _of_leg(unit: UnitOfWork, call_id: int, leg_sid: str) -> Participation | None:
    known = [one for one in open_participations(unit, call_id) if one.leg_sid == leg_sid]
    return known[0] if known else None


def _enter(unit: UnitOfWork, call: Call, one: Participation) -> None:
    entered(unit, call, one)
    if one.role is ParticipantRole.SUPERVISOR:
        _somebody_came(unit, call, one)
        return
    seat = load_seat(unit, one.seat_id)
    if seat is not None and seat.call_id == call.id:
        move_seat(unit, seat, SeatFact.ANSWERED, call_id=call.id)
    for linkage in unit.session.scalars(select(Linkage).where(Linkage.participation_id == one.id)):
        linkage.connected_at = unit.now
    transfer = unit.session.get(Transfer, one.transfer_id) if one.transfer_id else None
    if transfer is not None:
        on_fact(unit, call, transfer, TransferFact.TARGET_IN)


def _gone(unit: UnitOfWork, call: Call, one: Participation, reason: str) -> bool:
    if one.state not in OPEN:
        return False
    was_in = one.state is ParticipationState.IN
    transfer = unit.session.get(Transfer, one.transfer_id) if one.transfer_id else None
    if transfer is not None and transfer.state.is_open:
        fact = TransferFact.TARGET_LEFT if was_in else TransferFact.TARGET_FAILED
        on_fact(unit, call, transfer, fact, "target_left" if was_in else _why(reason))
        return True
    return take_down(unit, call, one, reason)


def _why(reason: str) -> str:
    # A leg that was answered and gone again before it was in.
    return "leg_failed" if reason == "left" else reason


def _somebody_came(unit: UnitOfWork, call: Call, one: Participation) -> None:
    asked = select(HelpRequest).where(HelpRequest.call_id == call.id, HelpRequest.seen_at.is_(None))
    for request in unit.session.scalars(asked):
        request.seen_at, request.seen_by_id = unit.now, one.person_id
        unit.tell(HelpAsked(request.call_id, request.seat_id))
