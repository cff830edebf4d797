"""Two calls that hear each other (a plain Dial, or an agent who took a queue's member)."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from hotline.exchange.room import Member, Room

if TYPE_CHECKING:
    from hotline.exchange.call import Call
    from hotline.exchange.exchange import Exchange


class Bridge:
    """Over as soon as one side leaves."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._room = Room()
        self._first: Call | None = None
        self._sides: dict[str, Member] = {}
        self.ended = asyncio.Event()
        self.started_at: float | None = None
        self._stopped_at: float | None = None

    @property
    def was_bridged(self) -> bool:
        return self.started_at is not None

    @property
    def seconds(self) -> int:
        """Whole seconds both were together."""
        if self.started_at is None:
            return 0
        return int((self._stopped_at or time.monotonic()) - self.started_at)

    async def stay(self, call: Call) -> None:
        """Hear the other side until the bridge is over; leaving (also by cancellation) ends it."""
        member = Member()
        self._first = self._first or call
        self._sides[call.sid] = member
        self._room.members.append(member)
        call.audio.member = member
        if len(self._sides) == 2:
            self.started_at = time.monotonic()
            self._exchange.rooms.append(self._room)
            self._exchange.trace("state", call, "bridged")
            self._exchange.bridged += 1
        try:
            await self.ended.wait()
        finally:
            if call.audio.member is member:
                call.audio.member = None
            self.close()

    def close(self) -> None:
        if not self.ended.is_set():
            self._stopped_at = time.monotonic()
            self.ended.set()
            if self._first is not None and self.started_at is not None:
                self._exchange.trace("state", self._first, "unbridged")
        if self._room in self._exchange.rooms:
            self._exchange.rooms.remove(self._room)
