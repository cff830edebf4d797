"""The head of the order that free seats fit, and the seats that fit it; nobody else is read.

A head full of calls that wait for a rare skill hides nobody behind it: the different needs of all waiting
calls are few, are read from an index by leaping from one to the next, and calls whose need no free seat
meets are left out by the query itself. What is left out stays so for minutes at most, since every need
widens (`domain/reach.py`); so the rows an index scan leaps over are bounded by what arrives in that time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from hotline.domain.assignment import FreeSeat, WaitingCall
from hotline.domain.reach import Reach
from models.calls import Call, Offer
from models.needs import Need, Profile
from models.seats import Seat
from models.vocabulary import AgentStatus, OfferState, SeatState
from models.vocabulary_network import Strategy

DECISION_LOCK = 0x0235_6A11
HEAD = 50
"""How many calls one transaction serves at most."""


class AtHead(NamedTuple):
    """Of a call at the head of the order, what a decision must know; its row is held."""

    id: int
    version: int
    need: str
    wants_since: datetime | None
    arrived_at: datetime
    known_person_id: int | None


class AtHand(NamedTuple):
    """Of a seat that is to ring, what a decision must know; its row is held."""

    id: int
    version: int
    person_id: int | None
    state: SeatState
    status: AgentStatus
    device_live: bool
    state_reason: str | None


_HEAD = [getattr(Call, name) for name in AtHead._fields]
_HAND = [getattr(Seat, name) for name in AtHand._fields]


def one_decision_at_a_time(session: Session) -> None:
    """Until the end of the transaction no other router decides: skipping what another holds would let a later
    call overtake the head. On SQLite the transaction has the database's write lock anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(DECISION_LOCK)))


def may_assign(session: Session) -> bool:
    """Some seat is free and somebody waits."""
    free = exists().where(Seat.state == SeatState.AVAILABLE)
    return bool(session.scalar(select(free & exists().where(Call.need.is_not(None)))))


def needs_waiting(session: Session) -> list[Need]:
    """The different needs of all who wait: one step in the index for each, however many wait."""
    first = select(func.min(Call.need).label("need")).where(Call.need.is_not(None))
    needs = first.cte("needs", recursive=True)
    above = (
        select(func.min(Call.need)).where(Call.need > needs.c.need, Call.need.is_not(None)).scalar_subquery()
    )
    needs = needs.union_all(select(above).where(needs.c.need.is_not(None)))
    codes = session.scalars(select(needs.c.need).where(needs.c.need.is_not(None)))
    return [Need.read(code) for code in codes]


def head_of_order(
    session: Session, groups: Mapping[int, Sequence[Need]], now: datetime, limit: int
) -> list[AtHead]:
    """The first calls, by their key, that some free seat may take now; their rows are held for us.

    `groups`: needs by the seconds that must have been waited.
    """
    if not groups:
        return []
    fits: list[ColumnElement[bool]] = []
    for seconds, needs in groups.items():
        of_group = Call.need.in_([need.code for need in needs])
        waited = Call.wants_since <= now - timedelta(seconds=seconds)
        fits.append(and_(of_group, waited) if seconds else of_group)
    found = session.execute(
        select(*_HEAD)
        .where(Call.need.is_not(None), or_(*fits))
        .order_by(Call.queue_key, Call.id)
        .limit(limit)
        .with_for_update()
    )
    return [AtHead(*row) for row in found]


def waiting_calls(session: Session, calls: Sequence[AtHead], now: datetime) -> list[WaitingCall]:
    """What the rule sees of these calls, in the same order."""
    missed: dict[int, set[int]] = {}
    rows = session.execute(
        select(Offer.call_id, Offer.seat_id).where(
            Offer.call_id.in_([call.id for call in calls]),
            Offer.state.in_((OfferState.EXPIRED, OfferState.DECLINED)),
        )
    )
    for call_id, seat_id in rows:
        missed.setdefault(call_id, set()).add(seat_id)
    return [
        WaitingCall(
            call.id,
            Need.read(call.need),
            (now - (call.wants_since or call.arrived_at)).total_seconds(),
            call.known_person_id,
            frozenset(missed.get(call.id, ())),
        )
        for call in calls
    ]


def seats_for(session: Session, calls: Sequence[WaitingCall], reach: Reach) -> list[FreeSeat]:
    """The best free seats of each profile that some of these calls may take, by the strategy in force, and
    the seats of last operators. Nothing is held yet: what is chosen is taken with `take_seats`."""
    policy = reach.scene.policy
    wanted = len(calls) * (policy.ring_at_once if policy.strategy is Strategy.RING_SEVERAL else 1)
    # Seats that missed one of these calls are chosen last: so many more are looked at.
    wanted += sum(len(call.missed_by) for call in calls)
    longest: dict[Need, float] = {}
    for call in calls:
        longest[call.need] = max(call.waited_seconds, longest.get(call.need, 0.0))
    codes = [profile.code for profile in reach.scene.free if _may_take(profile, longest, reach)]
    order = (
        (Seat.talked_seconds, Seat.idle_since)
        if policy.strategy is Strategy.LEAST_TALK
        else (Seat.idle_since,)
    )
    ranked = (
        select(
            Seat.id,
            Seat.profile,
            Seat.idle_since,
            Seat.talked_seconds,
            Seat.person_id,
            func.row_number().over(partition_by=Seat.profile, order_by=(*order, Seat.id)).label("rank"),
        )
        .where(Seat.state == SeatState.AVAILABLE, Seat.profile.in_(codes), Seat.person_id.is_not(None))
        .subquery()
    )
    known = [call.known_person_id for call in calls if call.known_person_id is not None]
    rows = session.execute(
        select(
            ranked.c.id, ranked.c.profile, ranked.c.idle_since, ranked.c.talked_seconds, ranked.c.person_id
        ).where(or_(ranked.c.rank <= wanted, ranked.c.person_id.in_(known)))
    )
    profiles = {profile.code: profile for profile in reach.scene.free}
    return [
        FreeSeat(seat_id, profiles[code], idle_since, talked, person_id)
        for seat_id, code, idle_since, talked, person_id in rows
        if code in profiles
    ]


def take_seats(session: Session, seat_ids: Sequence[int]) -> dict[int, AtHand]:
    """The rows of these seats, held; what another router took meanwhile is missing."""
    found = session.execute(
        select(*_HAND)
        .where(Seat.id.in_(seat_ids), Seat.state == SeatState.AVAILABLE, Seat.person_id.is_not(None))
        .with_for_update(skip_locked=True)
    )
    return {seat.id: seat for seat in (AtHand(*row) for row in found)}


def _may_take(profile: Profile, longest: Mapping[Need, float], reach: Reach) -> bool:
    for need, waited in longest.items():
        after = reach.after(need, profile)
        if after is not None and after <= waited:
            return True
    return False
