"""Which seat is offered which call. Pure: it sees the head of the order and the free seats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime


@dataclass(frozen=True)
class WaitingCall:
    call_id: int
    centre_id: int | None = None
    missed_by: frozenset[int] = field(default_factory=frozenset)
    """Seats that were offered this call and did not take it."""


@dataclass(frozen=True)
class FreeSeat:
    seat_id: int
    centre_id: int
    idle_since: datetime | None


@dataclass(frozen=True)
class Snapshot:
    waiting: Sequence[WaitingCall]
    """In the order of service."""
    seats: Sequence[FreeSeat]


@dataclass(frozen=True)
class Offer:
    call_id: int
    seat_id: int


@dataclass(frozen=True)
class Wait:
    reason: str
    """nobody_waits | no_free_seat."""


NEVER = datetime.min.replace(tzinfo=UTC)


def assign(snapshot: Snapshot) -> list[Offer] | Wait:
    """Offers for the head of the order, one seat each.

    A seat that just did not take the call comes last; then the caller's own place first; then the
    longest idle; then the lower id, so that the answer is always the same.
    """
    if not snapshot.waiting:
        return Wait("nobody_waits")
    if not snapshot.seats:
        return Wait("no_free_seat")
    free = {seat.seat_id: seat for seat in snapshot.seats}
    offers: list[Offer] = []
    for call in snapshot.waiting:
        if not free:
            break
        best = min(free.values(), key=lambda seat: _preference(call, seat))
        del free[best.seat_id]
        offers.append(Offer(call.call_id, best.seat_id))
    return offers


def _preference(call: WaitingCall, seat: FreeSeat) -> tuple[bool, bool, datetime, int]:
    elsewhere = call.centre_id is not None and seat.centre_id != call.centre_id
    return (seat.seat_id in call.missed_by, elsewhere, seat.idle_since or NEVER, seat.seat_id)
