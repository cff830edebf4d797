"""Call queues: who waits, in which order, and for how long.

Names follow the carrier: a queue has members, a member has a position and a wait time in seconds.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from hotline.exchange.bridge import Bridge
from hotline.exchange.moments import now
from hotline.exchange.sids import new_sid

if TYPE_CHECKING:
    from hotline.exchange.call import Call

DEFAULT_MAX_SIZE = 1000
CEILING = 5000
NAME_LIMIT = 64


class QueueFull(Exception):
    """The queue has reached its maximum size."""


@dataclass(eq=False)
class Entry:
    """One waiting call. `taken` is set by the agent's call that dials the queue."""

    queue: CallQueue
    call: Call
    enqueued_at: datetime = field(default_factory=now)
    started: float = field(default_factory=time.monotonic)
    taken: asyncio.Future[Taken] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    @property
    def wait_seconds(self) -> int:
        return int(time.monotonic() - self.started)

    @property
    def position(self) -> int:
        return self.queue.entries.index(self) + 1 if self in self.queue.entries else 0

    def wait_fields(self) -> dict[str, str]:
        return {
            "QueueSid": self.queue.sid,
            "QueueName": self.queue.name,
            "QueuePosition": str(self.position),
            "QueueTime": str(self.wait_seconds),
            "AvgQueueTime": str(self.queue.average_wait_seconds),
            "CurrentQueueSize": str(len(self.queue.entries)),
            "MaxQueueSize": str(self.queue.max_size),
        }


@dataclass(eq=False)
class Taken:
    """An agent's call took the front member: where they meet, and what the member hears first."""

    bridge: Bridge
    agent: Call
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    announce_url: str = ""
    announce_method: str = "POST"


@dataclass(eq=False)
class CallQueue:
    name: str
    max_size: int = DEFAULT_MAX_SIZE
    sid: str = field(default_factory=lambda: new_sid("QU"))
    created_at: datetime = field(default_factory=now)
    updated_at: datetime = field(default_factory=now)
    entries: list[Entry] = field(default_factory=list)
    past_waits: deque[int] = field(default_factory=lambda: deque(maxlen=100))
    arrived: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def average_wait_seconds(self) -> int:
        waits = [*self.past_waits, *(entry.wait_seconds for entry in self.entries)]
        return round(sum(waits) / len(waits)) if waits else 0

    def join(self, call: Call) -> Entry:
        """Take a place at the end. Raises QueueFull."""
        if len(self.entries) >= self.max_size:
            raise QueueFull(self.sid)
        entry = Entry(self, call)
        self.entries.append(entry)
        self.updated_at = now()
        return entry

    def leave(self, entry: Entry) -> None:
        if entry in self.entries:
            self.entries.remove(entry)
            self.past_waits.append(entry.wait_seconds)
            self.updated_at = now()

    def free_front(self) -> Entry | None:
        """The first member whom no agent has taken yet."""
        return next((e for e in self.entries if not e.taken.done() and not e.call.ended.is_set()), None)

    def find(self, call_sid: str) -> Entry | None:
        if call_sid == "Front":
            return self.free_front()
        return next((e for e in self.entries if e.call.sid == call_sid), None)


class Queues:
    """All queues of the account, by sid and by name; kept when empty, as the carrier does."""

    def __init__(self) -> None:
        self._by_sid: dict[str, CallQueue] = {}

    def __iter__(self):  # type: ignore[no-untyped-def]
        return iter(list(self._by_sid.values()))

    def create(self, name: str, max_size: int = DEFAULT_MAX_SIZE) -> CallQueue:
        queue = CallQueue(name, max_size)
        self._by_sid[queue.sid] = queue
        return queue

    def named(self, name: str) -> CallQueue:
        """The queue of that name, made when there is none."""
        return self.find(name) or self.create(name)

    def find(self, name: str) -> CallQueue | None:
        return next((q for q in self._by_sid.values() if q.name == name), None)

    def get(self, sid: str) -> CallQueue | None:
        return self._by_sid.get(sid)

    def delete(self, queue: CallQueue) -> None:
        self._by_sid.pop(queue.sid, None)
