"""What must hold at every moment of a history."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from hotline.domain.call_back import TRIES
from hotline.domain.priority import MOST_CREDIT_SECONDS, Reason
from models.call_back_words import CallDirection
from models.calls import Call, Callback, CallbackTry, CallEvent, Offer
from models.participation import Participation
from models.seats import Seat
from models.vocabulary import CallState, OfferState, SeatState
from models.vocabulary_talk import ParticipationState
from tests.fake_carrier import FakeCarrier, Leg

CALLED_IN = tuple(state for state in ParticipationState if state.is_open)
DIALLED = "/carrier/legs/call-"
"""In the address of a leg that is a person who is called back."""


def nobody_is_in_two_places(engine: Engine) -> None:
    with Session(engine) as session:
        calls = {
            row.id: row
            for row in session.execute(
                select(
                    Call.id,
                    Call.state,
                    Call.seat_id,
                    Call.queue_key,
                    Call.arrived_at,
                    Call.queue_reasons,
                    Call.direction,
                )
            )
        }
        seats = session.execute(select(Seat.id, Seat.state, Seat.person_id, Seat.call_id)).all()
        offers = session.execute(
            select(Offer.call_id, Offer.seat_id).where(Offer.state == OfferState.MADE)
        ).all()
        called_in = session.execute(
            select(Participation.call_id, Participation.seat_id).where(
                Participation.seat_id.is_not(None), Participation.state.in_(CALLED_IN)
            )
        ).all()
    bound = [call.seat_id for call in calls.values() if call.seat_id and call.state is not CallState.ENDED]
    bound += [one.seat_id for one in called_in]
    assert max(Counter(bound).values(), default=0) <= 1, "a seat is in two calls"
    assert max(Counter(offer.call_id for offer in offers).values(), default=0) <= 1, "a call rings twice"
    rings = [offer.seat_id for offer in offers] + [one.seat_id for one in called_in]
    assert max(Counter(rings).values(), default=0) <= 1, "a seat rings twice"
    for call in calls.values():
        arrived = call.arrived_at.timestamp()
        if Reason.CALLED_AGAIN in call.queue_reasons or call.direction is CallDirection.OUTBOUND:
            continue  # it has the place of a wish that is older than its arrival
        assert arrived - MOST_CREDIT_SECONDS <= call.queue_key <= arrived, "the ageing guard is broken"
    for seat in seats:
        assert (seat.person_id is None) == (seat.state is SeatState.OFFLINE)
        if seat.state in (SeatState.OFFERED, SeatState.TALKING):
            assert seat.call_id is not None
            assert calls[seat.call_id].seat_id == seat.id or (seat.call_id, seat.id) in called_in
        if seat.state is SeatState.AVAILABLE:
            assert seat.call_id is None
    for offer in offers:
        assert calls[offer.call_id].state is CallState.QUEUED, "only who waits is offered"


def nobody_waits_while_a_seat_is_free(engine: Engine) -> None:
    with Session(engine) as session:
        free = session.scalars(select(Seat.id).where(Seat.state == SeatState.AVAILABLE)).all()
        waiting = session.scalars(
            select(Call.id).where(Call.state == CallState.QUEUED, Call.seat_id.is_(None))
        ).all()
    assert not (free and waiting), (free, waiting)


def what_is_owed_is_rung_as_promised(engine: Engine, phone: FakeCarrier) -> None:
    """From the known number alone, never twice at once, three tries and no more."""
    rung = {leg.sid: leg for leg in phone.legs.values() if DIALLED in leg.callback_url}
    with Session(engine) as session:
        tries = session.execute(
            select(CallbackTry.callback_id, CallbackTry.dialled_at, Call).join(
                Call, Call.id == CallbackTry.call_id
            )
        ).all()
        owed = {callback.id: callback for callback in session.scalars(select(Callback))}
        by_hand = set(session.scalars(select(CallEvent.call_id).where(CallEvent.kind == "taken_by_hand")))
    numbers = {f"{DIALLED}{one.Call.id}/": one.Call.caller_number for one in tries}
    for leg in rung.values():
        assert any(mark in leg.callback_url and number == leg.number for mark, number in numbers.items()), (
            "somebody else is rung"
        )
    ringing = Counter(leg.callback_url for leg in rung.values() if leg.lives)
    assert max(ringing.values(), default=0) <= 1, "a person is rung twice at once"
    alive = Counter(one.callback_id for one in tries if one.Call.state is not CallState.ENDED)
    assert max(alive.values(), default=0) <= 1, "two seats call the same person back"
    dialled = [one for one in tries if one.dialled_at is not None]
    counted = Counter(one.callback_id for one in dialled)
    by_itself = Counter(one.callback_id for one in dialled if one.Call.id not in by_hand)
    for callback in owed.values():
        assert callback.attempts == counted[callback.id]
        assert by_itself[callback.id] <= TRIES


def supervisors_are_heard_only_when_they_joined(phone: FakeCarrier, joined: Collection[str]) -> None:
    for leg in phone.legs.values():
        if leg.number.startswith("client:person_") and leg.lives and leg.sid not in joined:
            ears = [phone.legs[sid] for sid in phone.heard_by(leg)]
            assert not any(_is_a_callers(ear) for ear in ears), "a caller hears whom nobody told of"


def _is_a_callers(leg: Leg) -> bool:
    return not leg.callback_url or DIALLED in leg.callback_url
