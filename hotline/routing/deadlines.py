"""What falls due with time: the clock calls `tick` each second, in one process or in several."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from hotline.domain.seat_state import HEARTBEAT_AT_MOST, SeatFact
from hotline.routing.calling_back import CallingBack
from hotline.routing.carrier_view import CarrierAway, CarrierView
from hotline.routing.conversation import Conversation
from hotline.routing.dropped_line import DroppedLines, held_by
from hotline.routing.duty import seats_on_duty
from hotline.routing.intake import Intake
from hotline.routing.legs import Legs
from hotline.routing.missed_calls import MissedCalls
from hotline.routing.offers import Offers
from hotline.routing.policy import policy_of
from hotline.routing.reconciliation import Reconciliation
from hotline.routing.rests import end_rests
from hotline.routing.transactions import in_one_unit, reading
from hotline.routing.transitions import load_seat, move_seat, set_device, set_reason
from hotline.routing.waiting_marks import tell_uncovered
from hotline.routing.wrap_up import owes_note
from models.calls import Call, CallEvent, Offer
from models.events import SeatChanged
from models.outbox import OutboxRow
from models.seats import Seat
from models.unit_of_work import Clock, UnitOfWork, Work
from models.vocabulary import CallState, OfferState, OutboxState, SeatState

log = logging.getLogger("hotline.deadlines")

OFFER_GRACE = timedelta(seconds=3)
"""The carrier's own time-out speaks first; ours speaks when it stays silent."""
GREETING_AT_MOST = timedelta(seconds=45)

UNTOLD_AT_ONCE = 200
MISSED_EVERY = timedelta(seconds=20)


@dataclass(frozen=True)
class Turn:
    """What one tick did, in counts."""

    expired_offers: int = 0
    expired_legs: int = 0
    overdue_wrap_ups: int = 0
    lost_heartbeats: int = 0
    ended_rests: int = 0
    stuck_greetings: int = 0
    repairs: int = 0
    call_backs: int = 0
    offers_made: int = 0


class Deadlines:
    def __init__(
        self,
        work: Work,
        clock: Clock,
        intake: Intake,
        offers: Offers,
        conversation: Conversation,
        legs: Legs,
        carrier_view: CarrierView,
        reconcile_every_seconds: float = 5.0,
    ) -> None:
        self._work = work
        self._clock = clock
        self._intake = intake
        self._offers = offers
        self._legs = legs
        self._carrier_view = carrier_view
        self._reconciliation = Reconciliation(work, offers, conversation, legs)
        self._calling_back = CallingBack(work)
        self._dropped_lines = DroppedLines(work, offers.offer_seconds)
        self._reconcile_every = timedelta(seconds=reconcile_every_seconds)
        self._reconciled_at: datetime | None = None
        self._missed_calls = MissedCalls(work, intake, conversation)
        self._took_in_at: datetime | None = None

    def tick(self) -> Turn:
        """One turn. Each part stands by itself: what fails is logged and tried again at the next turn."""
        return Turn(
            repairs=self._guarded(self._reconcile),
            expired_offers=self._guarded(self._expire_offers),
            expired_legs=self._guarded(self._legs.expired),
            stuck_greetings=self._guarded(self._queue_stuck_greetings),
            lost_heartbeats=self._guarded(self._pause_silent_desks),
            overdue_wrap_ups=self._guarded(self._end_wrap_ups),
            ended_rests=self._guarded(lambda: end_rests(self._work)),
            call_backs=self._guarded(self._dropped_lines.tick) + self._guarded(self._calling_back.tick),
            offers_made=self._guarded(self._distribute),
        )

    def _guarded(self, part: Callable[[], int]) -> int:
        try:
            return part()
        except Exception:
            log.exception("a part of the clock's turn failed")
            return 0

    def _reconcile(self) -> int:
        now = self._clock()
        if self._reconciled_at is not None and now - self._reconciled_at < self._reconcile_every:
            return 0
        self._reconciled_at = now
        taken_in = self._take_in_missed(now)
        try:
            carrier = self._carrier_view.look(self._reconciliation.conferences_in_doubt())
        except CarrierAway:
            log.warning("the carrier does not answer; calls and seats stay as they are")
            return taken_in
        return taken_in + self._reconciliation.compare(carrier, now)

    def _take_in_missed(self, now: datetime) -> int:
        """Before ghosts are closed: the carrier's list says how a call ended, a ghost does not."""
        if self._took_in_at is not None and now - self._took_in_at < MISSED_EVERY:
            return 0
        self._took_in_at = now
        try:
            return self._missed_calls.take_in(self._carrier_view.ended_lately())
        except CarrierAway:
            return 0

    def _expire_offers(self) -> int:
        """Nobody answered. Where the ringing was begun and never done (the process died in it, the carrier
        did not answer), the seat heard nothing: it is free again, not paused, and may be rung at once."""
        with reading(self._work) as unit:
            offers = unit.session.execute(
                select(Offer.id, Offer.leg_sid).where(
                    Offer.state == OfferState.MADE, Offer.deadline_at < unit.now - OFFER_GRACE
                )
            ).all()
            undone = select(OutboxRow.key).where(
                OutboxRow.key.in_([f"ring_seat:{offer_id}" for offer_id, leg in offers if leg is None]),
                OutboxRow.state != OutboxState.DONE,
                OutboxRow.attempts > 0,
            )
            unrung = set(unit.session.scalars(undone)) if offers else set()
        return sum(
            self._offers.not_taken(offer_id, OfferState.WITHDRAWN, "not_rung")
            if f"ring_seat:{offer_id}" in unrung
            else self._offers.not_taken(offer_id, OfferState.EXPIRED, "no_answer")
            for offer_id, _leg in offers
        )

    def _queue_stuck_greetings(self) -> int:
        """A greeting that never ended: the carrier may be at the fallback, yet a seat can reach it."""
        with reading(self._work) as unit:
            ids = unit.session.scalars(
                select(Call.id).where(
                    Call.state == CallState.GREETING,
                    Call.state_since < unit.now - GREETING_AT_MOST,
                    ~Call.id.in_(select(CallEvent.call_id).where(CallEvent.kind == "limited")),
                )
            ).all()
        for call_id in ids:
            self._intake.enqueue(call_id, heard_notice=False)
        return len(ids)

    def _pause_silent_desks(self) -> int:
        def step(unit: UnitOfWork) -> int:
            silent = unit.session.scalars(
                select(Seat)
                .where(Seat.state == SeatState.AVAILABLE, Seat.seen_at < unit.now - HEARTBEAT_AT_MOST)
                .with_for_update(skip_locked=True)
            ).all()
            for seat in silent:
                set_device(unit, seat, False, "heartbeat_lost")
            return sum(move_seat(unit, seat, SeatFact.DEVICE_LOST, "heartbeat_lost") for seat in silent)

        return in_one_unit(self._work, step)

    def _end_wrap_ups(self) -> int:
        with reading(self._work) as unit:
            ids = unit.session.scalars(
                select(Seat.id).where(
                    Seat.state == SeatState.WRAP_UP,
                    Seat.wrap_up_until.is_(None) | (Seat.wrap_up_until < unit.now),
                )
            ).all()
        return sum(in_one_unit(self._work, _end_wrap_up(seat_id)) for seat_id in ids)

    def _distribute(self) -> int:
        """Waiting widens what a call may get, and an event may be lost: the order is looked at anew."""
        with reading(self._work) as unit:
            waiting = unit.session.scalars(select(Call.id).where(Call.need.is_not(None)).limit(1)).first()
        if waiting is None:
            return 0
        made = len(self._offers.distribute())
        if not made:
            self._tell_uncovered()
        return made

    def _tell_uncovered(self) -> None:
        """Callers wait and nobody at all is on duty: told once a call, so asked of the untold alone."""
        told = select(CallEvent.id).where(CallEvent.call_id == Call.id, CallEvent.kind == "uncovered")
        untold = select(Call).where(Call.state == CallState.QUEUED, ~told.exists()).limit(UNTOLD_AT_ONCE)

        def step(unit: UnitOfWork) -> None:
            for call in unit.session.scalars(untold):
                tell_uncovered(unit, call)

        with reading(self._work) as unit:
            if seats_on_duty(unit.session):
                return
        in_one_unit(self._work, step)


def _end_wrap_up(seat_id: int) -> Callable[[UnitOfWork], int]:
    """Free the seat when its note is closed; else mark it over time, which desk and board show, and then
    pause it. Never straight to available: who still writes must not be rung; the note stays owed."""

    def step(unit: UnitOfWork) -> int:
        seat = load_seat(unit, seat_id)
        if seat is None or seat.state is not SeatState.WRAP_UP:
            return 0
        ended = seat.wrap_up_until or seat.state_since
        if ended >= unit.now:
            return 0
        if held_by(unit.session, seat.id) is not None:
            return 0
        if not owes_note(unit.session, seat):
            return int(move_seat(unit, seat, SeatFact.WRAPPED_UP))
        if ended < unit.now - timedelta(seconds=policy_of(unit.session).wrap_up_over_seconds):
            return int(move_seat(unit, seat, SeatFact.WRAP_UP_OVER, "note_owed"))
        if seat.state_reason == "wrap_up_over":
            return 0
        set_reason(unit, seat, "wrap_up_over")
        unit.tell(SeatChanged(seat.id, str(seat.state)))
        return 1

    return step
