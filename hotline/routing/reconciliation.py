"""State and carrier compared: ghost calls closed, lost callbacks repaired, stuck seats freed."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from sqlalchemy import Select, and_, or_, select

from hotline.domain.seat_state import SeatFact
from hotline.routing.carrier_view import CarrierState
from hotline.routing.conversation import Conversation
from hotline.routing.leg_reconciliation import LegReconciliation
from hotline.routing.legs import Legs
from hotline.routing.offers import Offers
from hotline.routing.transactions import in_one_unit, reading
from hotline.routing.transitions import load_call, load_seat, move_seat, record
from models.call_back_words import CallDirection
from models.calls import Call, Offer, conference_name
from models.participation import Participation
from models.seats import Seat
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import CallState, OfferState, SeatState
from models.vocabulary_talk import ParticipationState

IN_DOUBT_AFTER = timedelta(seconds=2)
"""The carrier tells of a join in less; each question about a conference is a request of its own."""
GRACE = timedelta(seconds=5)
"""A change younger than this may still be on its way to one of the two sides."""
BEING_RUNG = (ParticipationState.ASKED, ParticipationState.RINGING)
CONNECTING_AT_MOST = timedelta(seconds=20)


class Reconciliation:
    def __init__(self, work: Work, offers: Offers, conversation: Conversation, legs: Legs) -> None:
        self._work = work
        self._legs = LegReconciliation(work, legs, conversation)
        self._offers = offers
        self._conversation = conversation
        self._seen_before: Collection[str] | None = None

    def conferences_in_doubt(self) -> list[str]:
        """Where a caller should be by now, though nobody told us so."""
        with reading(self._work) as unit:
            ids = unit.session.scalars(
                select(Call.id).where(
                    Call.state == CallState.CONNECTING,
                    Call.seat_id.is_not(None),
                    Call.state_since < unit.now - IN_DOUBT_AFTER,
                )
            ).all()
        return sorted({conference_name(call_id) for call_id in ids} | self._legs.conferences_in_doubt())

    def compare(self, carrier: CarrierState, looked_at: datetime) -> int:
        """Repair what differs; only records older than the look and its grace count. Returns repairs.

        A leg is gone when two looks in a row did not see it: a list that is read page by page while legs
        end elsewhere can pass over one that lives.
        """
        settled = looked_at - GRACE
        lives = set(carrier.legs) | set(self._seen_before or ())
        first, self._seen_before = self._seen_before is None, carrier.legs.keys()
        ghosts = 0 if first else self._close_ghost_calls(lives, settled)
        return (
            ghosts
            + self._repair_answers(carrier)
            + self._repair_talks(carrier, lives, settled, judge_gone=not first)
            + self._legs.compare(carrier, lives, settled, judge_gone=not first)
            + self._free_seats(settled)
        )

    def _close_ghost_calls(self, lives: Collection[str], settled: datetime) -> int:
        with reading(self._work) as unit:
            rows = unit.session.execute(
                select(Call.id, Call.carrier_sid).where(
                    Call.state != CallState.ENDED,
                    Call.carrier_sid.is_not(None),
                    Call.state_since < settled,
                )
            ).all()
        gone = [call_id for call_id, sid in rows if sid not in lives]
        return sum(self._conversation.caller_left(call_id, "reconciliation") for call_id in gone)

    def _repair_answers(self, carrier: CarrierState) -> int:
        """An offer whose leg talks was answered, though nobody told us."""
        with reading(self._work) as unit:
            rows = unit.session.execute(
                select(Offer.id, Offer.leg_sid).where(
                    Offer.state == OfferState.MADE, Offer.leg_sid.is_not(None)
                )
            ).all()
        answered = [(offer, leg) for offer, leg in rows if leg and carrier.legs.get(leg) == "in-progress"]
        return sum(self._offers.leg_answered(offer_id, leg) for offer_id, leg in answered)

    def _repair_talks(
        self, carrier: CarrierState, lives: Collection[str], settled: datetime, *, judge_gone: bool
    ) -> int:
        is_called_back = (Call.direction == CallDirection.OUTBOUND) & Call.answered_at.is_(None)
        with reading(self._work) as unit:
            calls = unit.session.execute(
                select(
                    Call.id,
                    Call.state,
                    Call.state_since,
                    Call.carrier_sid,
                    Call.operator_sid,
                    is_called_back.label("is_called_back"),
                ).where(
                    Call.state.in_((CallState.CONNECTING, CallState.TALKING)),
                    Call.operator_sid.is_not(None),
                )
            ).all()
        repairs = 0
        for call in calls:
            inside = carrier.conferences.get(conference_name(call.id), frozenset())
            operator_gone = judge_gone and call.operator_sid not in lives
            if call.state is CallState.CONNECTING and call.carrier_sid in inside and not operator_gone:
                repairs += self._conversation.caller_joined(call.id)
            elif call.state_since < settled and operator_gone:
                repairs += self._conversation.operator_left(call.id, str(call.operator_sid))
            elif call.is_called_back:
                continue  # rings, or waits for its operator to dial; `CallingBack` minds the time
            elif call.state is CallState.CONNECTING and call.state_since < settled:
                repairs += self._connect_again(call.id, call.state_since, settled)
        return repairs

    def _connect_again(self, call_id: int, since: datetime, settled: datetime) -> int:
        """The operator is there, the caller is not: ask the carrier again, then free the operator."""
        if settled - since > CONNECTING_AT_MOST:
            return int(self._conversation.not_connected(call_id, "not_connected"))

        def step(unit: UnitOfWork) -> int:
            call = load_call(unit, call_id)
            if call is None or call.state is not CallState.CONNECTING:
                return 0
            mark = record(unit, call, "connect_again").id
            unit.ask("connect_caller", "carrier", f"connect_caller:{call.id}:{mark}", {"call_id": call.id})
            return 1

        return in_one_unit(self._work, step)

    def _free_seats(self, settled: datetime) -> int:
        """Seats bound to a call that is no longer theirs: found by one query, freed one by one."""
        with reading(self._work) as unit:
            seat_ids = unit.session.scalars(_stuck_seats().where(Seat.state_since < settled)).all()
        return sum(in_one_unit(self._work, _free_if_stuck(seat_id)) for seat_id in seat_ids)


def _free_if_stuck(seat_id: int) -> Callable[[UnitOfWork], int]:
    def step(unit: UnitOfWork) -> int:
        seat = load_seat(unit, seat_id)
        if seat is None or unit.session.scalars(_stuck_seats().where(Seat.id == seat_id)).first() is None:
            return 0
        return int(move_seat(unit, seat, SeatFact.NOTHING_HELD, "reconciled"))

    return step


def _stuck_seats() -> Select[int]:
    """Seats that ring or talk with a call which knows nothing of it."""
    rings = select(Offer.id).where(
        Offer.call_id == Seat.call_id, Offer.seat_id == Seat.id, Offer.state == OfferState.MADE
    )
    called_in = select(Participation.id).where(
        Participation.call_id == Seat.call_id,
        Participation.seat_id == Seat.id,
        or_(
            and_(Seat.state == SeatState.TALKING, Participation.state == ParticipationState.IN),
            and_(Seat.state == SeatState.OFFERED, Participation.state.in_(BEING_RUNG)),
        ),
    )
    talks = (CallState.CONNECTING, CallState.TALKING)
    return (
        select(Seat.id)
        .outerjoin(Call, Call.id == Seat.call_id)
        .where(
            Seat.state.in_((SeatState.OFFERED, SeatState.TALKING)),
            ~called_in.exists(),
            # Several seats may ring for one call, of which the call names one.
            or_(
                Call.id.is_(None),
                and_(
                    Seat.state == SeatState.TALKING,
                    or_(Call.state.not_in(talks), Call.seat_id.is_(None), Call.seat_id != Seat.id),
                ),
                and_(Seat.state == SeatState.OFFERED, ~rings.exists()),
            ),
        )
    )
