"""One message a second for each room."""

from __future__ import annotations

from agent_console.coalescing import Coalescer
from agent_console.rate_limit import RateLimit
from agent_console.realtime import fixed_rooms, is_at_once
from models import events


def test_the_first_goes_at_once_and_the_rest_wait_a_second() -> None:
    coalescer = Coalescer()
    coalescer.add("board", "call.queued", {"call_id": 1})
    assert coalescer.due(10.0) == {"board": [("call.queued", {"call_id": 1})]}
    coalescer.add("board", "call.queued", {"call_id": 2})
    coalescer.add("board", "call.queued", {"call_id": 2})
    coalescer.add("board", "call.ended", {"call_id": 1})
    assert coalescer.due(10.5) == {}
    assert coalescer.next_due(10.5) == 0.5
    assert coalescer.due(11.0) == {"board": [("call.queued", {"call_id": 2}), ("call.ended", {"call_id": 1})]}
    assert coalescer.next_due(11.0) is None


def test_rooms_wait_each_for_itself() -> None:
    coalescer = Coalescer()
    coalescer.add("board", "a.b", {})
    coalescer.due(0.0)
    coalescer.add("board", "a.b", {})
    coalescer.add("seat:1", "a.b", {})
    assert set(coalescer.due(0.2)) == {"seat:1"}


def test_facts_go_to_those_they_concern() -> None:
    assert fixed_rooms(events.OfferMade(1, 2, 3)) == {"board", "desks", "seat:3"}
    assert fixed_rooms(events.CallQueued(1)) == {"board", "desks"}
    assert fixed_rooms(events.SignalRaised(1)) == {"board"}
    assert fixed_rooms(events.NoteSaved(1, 2, 3)) == set()
    assert fixed_rooms(events.ProgressMoved("demonstration")) == {"all"}
    assert not any(room.startswith("officials") for room in fixed_rooms(events.DangerRaised(1, 2)))


def test_a_seat_is_told_at_once_and_nobody_elses_desk_is_told_of_its_call() -> None:
    assert is_at_once("seat:3", "offer.made")
    assert not is_at_once("board", "offer.made")
    assert is_at_once("board", "danger.raised")
    assert not is_at_once("desks", "danger.raised")


def test_an_address_is_slowed_down_and_forgotten() -> None:
    limit = RateLimit(2, 60)
    assert [limit.allows("a", now) for now in (0, 1, 2)] == [True, True, False]
    assert limit.allows("b", 2)
    assert limit.allows("a", 61)
