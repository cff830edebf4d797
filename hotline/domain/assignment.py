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


@dataclass(frozen=True)
class _Way:
    """Seats of one profile, as calls of one need see them."""

    after_seconds: float
    rank: tuple[Any, ...]
    """The least is best; the same for all seats of the profile."""
    seats: list[FreeSeat]
    """Still free, the best first; one list for all needs."""


class _Round:
    """Seats are kept by their profile, in order: a call looks at the head of each, never at every seat."""

    def __init__(self, snapshot: Snapshot, reach: Reach) -> None:
        self._waiting = snapshot.waiting
        self._reach = reach
        self._policy = snapshot.scene.policy
        self._left = snapshot.scene.free_total
        """Free seats of the whole hotline, also those that are not seen here."""
        self._keep = 1 if snapshot.scene.keeps_one else 0
        self._known = {call.known_person_id for call in snapshot.waiting} - {None}
        self._strategy = _RANK[self._policy.strategy]
        self._free: dict[Profile, list[FreeSeat]] = {}
        for seat in sorted(snapshot.seats, key=self._own_rank):
            self._free.setdefault(seat.profile, []).append(seat)
        self._ways: dict[Need, list[_Way]] = {}

    def offers(self) -> list[Offer]:
        made: list[Offer] = []
        alone: set[int] = set()
        for call in self._waiting:
            best = self._take_best(call)
            if best is None:
                continue
            known = self._is_known(call, best)
            if known:
                alone.add(call.call_id)
            made.append(
                Offer(call.call_id, best.seat_id, self._policy.known_operator_seconds if known else None)
            )
        if self._policy.strategy is Strategy.RING_SEVERAL:
            made += self._others({offer.call_id for offer in made} - alone)
        return made

    def _others(self, ringing: set[int]) -> list[Offer]:
        """More seats for calls that ring one already, until enough ring for each or none is left."""
        made = []
        for call in (call for call in self._waiting if call.call_id in ringing):
            for _ in range(self._policy.ring_at_once - 1):
                best = self._take_best(call)
                if best is None:
                    break
                made.append(Offer(call.call_id, best.seat_id))
        return made

    def _take_best(self, call: WaitingCall) -> FreeSeat | None:
        if self._left <= self._keep and not call.need.urgent:
            return None
        firsts = (
            (way, self._first(call, way.seats))
            for way in self._ways_of(call.need)
            if way.seats and way.after_seconds <= call.waited_seconds
        )
        way, best = min(firsts, key=lambda found: self._preference(call, *found), default=(None, None))
        if way is None or best is None:
            return None
        way.seats.remove(best)
        self._left -= 1
        return best

    def _ways_of(self, need: Need) -> list[_Way]:
        if need not in self._ways:
            self._ways[need] = [
                _Way(after, self._rank(need, profile), seats)
                for profile, seats in self._free.items()
                if (after := self._reach.after(need, profile)) is not None
            ]
        return self._ways[need]

    def _first(self, call: WaitingCall, seats: list[FreeSeat]) -> FreeSeat:
        """The best of one profile's seats for this call."""
        if call.known_person_id is not None:
            for seat in seats:
                if self._is_known(call, seat):
                    return seat
        return next((seat for seat in seats if seat.seat_id not in call.missed_by), seats[0])

    def _preference(self, call: WaitingCall, way: _Way, seat: FreeSeat) -> tuple[Any, ...]:
        """The least is best: did not miss it, knows the caller, near, speaks, can, is nobody else's known
        operator, and then the strategy; the lower id last, so that the answer is always the same."""
        return (
            seat.seat_id in call.missed_by,
            not self._is_known(call, seat),
            *way.rank,
            *self._own_rank(seat),
        )

    def _rank(self, need: Need, profile: Profile) -> tuple[Any, ...]:
        return (
            not self._reach.speaks(need, profile),
            0 if need.urgent else self._reach.ring(need, profile),
            -self._reach.fit(need, profile),
        )

    def _own_rank(self, seat: FreeSeat) -> tuple[Any, ...]:
        return (seat.person_id in self._known, self._strategy(seat), seat.seat_id)

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
