"""What must hold: at every moment, and after quiet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from agent_console.refusals import REASONS
from hotline.domain.priority import MOST_CREDIT_SECONDS, Reason
from hotline.routing.replay import replay
from hotline.workforce.measured import Memory
from hotline.workforce.standing import standing
from models.calls import Call, CallEvent, Offer
from models.events import Event, OfferMade
from models.seats import Seat
from models.vocabulary import AgentStatus, CallState, OfferState, SeatState
from tests.fake_carrier import FakeCarrier, Leg
from tests.recount import recount

TALKS = (CallState.CONNECTING, CallState.TALKING)
AT_REST = (SeatState.OFFLINE, SeatState.AVAILABLE, SeatState.PAUSED)


class Order:
    """Listens to offers: does anybody wait, unoffered, who stood before?"""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.passed_over: list[tuple[int, int]] = []

    def __call__(self, events: Sequence[Event]) -> None:
        for event in events:
            if not isinstance(event, OfferMade):
                continue
            with Session(self._engine) as session:
                key = session.scalars(select(Call.queue_key).where(Call.id == event.call_id)).one()
                before = session.scalars(
                    select(Call.id).where(
                        Call.state == CallState.QUEUED, Call.seat_id.is_(None), Call.queue_key < key
                    )
                ).all()
            self.passed_over += [(event.call_id, other) for other in before]


def nobody_is_in_two_places(engine: Engine) -> None:
    with Session(engine) as session:
        calls = {
            row.id: row
            for row in session.execute(
                select(Call.id, Call.state, Call.seat_id, Call.queue_key, Call.arrived_at, Call.queue_reasons)
            )
        }
        seats = session.execute(select(Seat.id, Seat.state, Seat.person_id, Seat.call_id)).all()
        offers = session.execute(
            select(Offer.call_id, Offer.seat_id).where(Offer.state == OfferState.MADE)
        ).all()
    bound = [call.seat_id for call in calls.values() if call.seat_id and call.state is not CallState.ENDED]
    assert max(Counter(bound).values(), default=0) <= 1, "a seat is in two calls"
    assert max(Counter(offer.call_id for offer in offers).values(), default=0) <= 1, "a call rings twice"
    assert max(Counter(offer.seat_id for offer in offers).values(), default=0) <= 1, "a seat rings twice"
    for call in calls.values():
        arrived = call.arrived_at.timestamp()
        if Reason.CALLED_AGAIN in call.queue_reasons:
            continue  # it has the place of a wish that is older than its arrival
        assert arrived - MOST_CREDIT_SECONDS <= call.queue_key <= arrived, "the ageing guard is broken"
    for seat in seats:
        assert (seat.person_id is None) == (seat.state is SeatState.OFFLINE)
        if seat.state in (SeatState.OFFERED, SeatState.TALKING):
            assert seat.call_id is not None
            assert calls[seat.call_id].seat_id == seat.id
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


def records_equal_the_carrier(engine: Engine, phone: FakeCarrier, callers: Sequence[Leg]) -> None:
    """No call lost, none answered twice, no leg without a record, and no record without its leg."""
    with Session(engine) as session:
        every = session.scalars(select(Call)).all()
        # A call-back that was not dialled yet has no leg.
        calls = {call.carrier_sid: call for call in every if call.carrier_sid is not None}
        seats = session.scalars(select(Seat)).all()
        rings = set(session.scalars(select(Offer.leg_sid).where(Offer.state == OfferState.MADE)))
    assert set(calls) == {leg.sid for leg in callers}, "every call is on file, once"
    for leg in callers:
        call = calls[leg.sid]
        assert leg.lives == (call.state is not CallState.ENDED), (call.id, call.state)
        assert leg.lives or call.outcome is not None
        if call.state is CallState.TALKING:
            assert phone.inside(call.conference_name) == {leg.sid, call.operator_sid}, "answered twice"
    held = {seat.call_id for seat in seats if seat.state is SeatState.TALKING}
    assert held == {call.id for call in every if call.state in TALKS}
    known = rings | {call.operator_sid for call in every if call.state in TALKS}
    up = {leg.sid for leg in phone.legs.values() if leg.callback_url and leg.lives}
    assert up <= known, "a seat's leg is up for nobody"


def seats_are_understood(engine: Engine) -> None:
    """Left alone for long, a seat talks, rings, is free, or is paused for a reason in plain words."""
    with Session(engine) as session:
        for seat in session.scalars(select(Seat)):
            assert seat.state is not SeatState.WRAP_UP, "a wrap-up that never ends"
            if seat.state is SeatState.PAUSED and seat.status is AgentStatus.READY and seat.device_live:
                assert seat.state_reason in REASONS, seat.state_reason


def the_log_rebuilds_the_records(engine: Engine) -> None:
    with Session(engine) as session:
        assert list(replay(session).differences) == []


def the_figures_follow_from_the_log(engine: Engine, since: datetime, until: datetime, memory: Memory) -> None:
    """Boards and reports tell what a recount of the event log alone tells, to the call; also with what was
    read at earlier moments kept in memory."""
    with Session(engine) as session:
        counted = recount(session, since, until)
        stands = standing(session, until, since).whole
        assert standing(session, until, since, memory).whole == stands
    told = stands.figures
    assert (told.received, told.answered, told.answered_within) == (
        counted.received,
        counted.answered,
        counted.within,
    )
    assert (told.abandoned, told.abandoned_within, told.short_abandons) == (
        counted.abandoned,
        counted.abandoned_within,
        counted.short,
    )
    assert {str(ending): n for ending, n in told.endings.items() if n} == dict(counted.endings)
    assert stands.waiting == counted.waiting
    for figure, again in (
        (told.asa_seconds, counted.asa),
        (told.aht_seconds, counted.aht),
        (told.occupancy, counted.occupancy),
    ):
        assert figure == pytest.approx(again)


def remember(engine: Engine, since: datetime, until: datetime, memory: Memory) -> None:
    """A board looks in between."""
    with Session(engine) as session:
        standing(session, until, since, memory)


def talks_of(engine: Engine) -> dict[int, list[str]]:
    """For a failing example: the log of each call."""
    with Session(engine) as session:
        logs: dict[int, list[str]] = {}
        rows = session.execute(select(CallEvent.call_id, CallEvent.kind).order_by(CallEvent.id))
        for call_id, kind in rows:
            logs.setdefault(call_id, []).append(kind)
        return logs
