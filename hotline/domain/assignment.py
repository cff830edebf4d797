"""Which seat is offered which call. Pure: it sees the head of the order, and the seats that fit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from hotline.domain.reach import Reach, Scene
from models.needs import Need, Profile
from models.vocabulary_network import Strategy


@dataclass(frozen=True)
class WaitingCall:
    call_id: int
    need: Need = field(default_factory=Need)
    waited_seconds: float = 0.0
    """Since it wants what it wants."""
    known_person_id: int | None = None
    """The last operator of a repeat caller."""
    missed_by: frozenset[int] = field(default_factory=frozenset)
    """Seats that were offered this call and did not take it."""


@dataclass(frozen=True)
class FreeSeat:
    seat_id: int
    profile: Profile
    idle_since: datetime | None
    talked_seconds: float = 0.0
    """In talks since its person signed on."""
    person_id: int | None = None


@dataclass(frozen=True)
class Snapshot:
    waiting: Sequence[WaitingCall]
    """In the order of service."""
    seats: Sequence[FreeSeat]
    scene: Scene


@dataclass(frozen=True)
class Offer:
    call_id: int
    seat_id: int
    seconds: int | None = None
    """How long it rings; None: as long as ever. Short for the last operator of a repeat caller."""


@dataclass(frozen=True)
class Wait:
    reason: str
    """nobody_waits | no_free_seat | no_seat_fits."""


NEVER = datetime.min.replace(tzinfo=UTC)


def assign(snapshot: Snapshot, reach: Reach | None = None) -> list[Offer] | Wait:
    """Offers for the head of the order. A call that no seat fits yet is passed over, never waited for.

    Under `ring_several` seats that are left ring too, for the first call first: whoever takes it, has it.
    """
    if not snapshot.waiting:
        return Wait("nobody_waits")
    if not snapshot.seats:
        return Wait("no_free_seat")
    return _Round(snapshot, reach or Reach(snapshot.scene)).offers() or Wait("no_seat_fits")


class _Round:
    def __init__(self, snapshot: Snapshot, reach: Reach) -> None:
        self._waiting = snapshot.waiting
        self._free = {seat.seat_id: seat for seat in snapshot.seats}
        self._reach = reach
        self._policy = snapshot.scene.policy
        self._left = snapshot.scene.free_total
        """Free seats of the whole hotline, also those that are not seen here."""
        self._keep = 1 if snapshot.scene.keeps_one else 0
        self._known = {call.known_person_id for call in snapshot.waiting} - {None}
        self._rank = _RANK[self._policy.strategy]

    def offers(self) -> list[Offer]:
        made: list[Offer] = []
        alone: set[int] = set()
        for call in self._waiting:
            best = self._best(call)
            if best is None:
                continue
            known = self._is_known(call, best)
            if known:
                alone.add(call.call_id)
            made.append(
                Offer(call.call_id, best.seat_id, self._policy.known_operator_seconds if known else None)
            )
            self._take(best)
        if self._policy.strategy is Strategy.RING_SEVERAL:
            made += self._others({offer.call_id for offer in made} - alone)
        return made

    def _others(self, ringing: set[int]) -> list[Offer]:
        """More seats for calls that ring one already, until enough ring for each or none is left."""
        made = []
        for call in (call for call in self._waiting if call.call_id in ringing):
            for _ in range(self._policy.ring_at_once - 1):
                best = self._best(call)
                if best is None:
                    break
                made.append(Offer(call.call_id, best.seat_id))
                self._take(best)
        return made

    def _take(self, seat: FreeSeat) -> None:
        del self._free[seat.seat_id]
        self._left -= 1

    def _best(self, call: WaitingCall) -> FreeSeat | None:
        if self._left <= self._keep and not call.need.urgent:
            return None
        fitting = [seat for seat in self._free.values() if self._fits(call, seat)]
        return min(fitting, key=lambda seat: self._preference(call, seat), default=None)

    def _fits(self, call: WaitingCall, seat: FreeSeat) -> bool:
        after = self._reach.after(call.need, seat.profile)
        return after is not None and after <= call.waited_seconds

    def _preference(self, call: WaitingCall, seat: FreeSeat) -> tuple[Any, ...]:
        """The least is best: did not miss it, knows the caller, near, speaks, can, is nobody else's known
        operator, and then the strategy; the lower id last, so that the answer is always the same."""
        return (
            seat.seat_id in call.missed_by,
            not self._is_known(call, seat),
            not self._reach.speaks(call.need, seat.profile),
            0 if call.need.urgent else self._reach.ring(call.need, seat.profile),
            -self._reach.fit(call.need, seat.profile),
            seat.person_id in self._known,
            self._rank(seat),
            seat.seat_id,
        )

    def _is_known(self, call: WaitingCall, seat: FreeSeat) -> bool:
        wished = self._policy.known_operator_seconds > 0 and call.known_person_id is not None
        return wished and seat.person_id == call.known_person_id and seat.seat_id not in call.missed_by


def _longest_idle(seat: FreeSeat) -> tuple[float, datetime]:
    return (0.0, seat.idle_since or NEVER)


def _least_talk(seat: FreeSeat) -> tuple[float, datetime]:
    return (seat.talked_seconds, seat.idle_since or NEVER)


_RANK: dict[Strategy, Callable[[FreeSeat], tuple[float, datetime]]] = {
    Strategy.LONGEST_IDLE: _longest_idle,
    Strategy.LEAST_TALK: _least_talk,
    Strategy.RING_SEVERAL: _longest_idle,
}
