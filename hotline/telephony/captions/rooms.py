"""A room for each call that talks: its lines while it goes on, and the desks that look. Loop thread only."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from hotline.telephony.captions.lane import Gap, Line

KEPT_LINES = 400
WAITING_MESSAGES = 200
KEPT_AFTER_STREAM_SECONDS = 60.0
LISTENING, WAITING, INTERRUPTED = "listening", "waiting", "interrupted"

Message = dict[str, Any]


class Desk:
    """A desk's outgoing messages. One that can't keep up is cut off, and comes back for the whole."""

    def __init__(self) -> None:
        self.outgoing: asyncio.Queue[Message | None] = asyncio.Queue(WAITING_MESSAGES + 1)

    def send(self, message: Message) -> None:
        if self.outgoing.qsize() < WAITING_MESSAGES:
            self.outgoing.put_nowait(message)
        elif self.outgoing.qsize() == WAITING_MESSAGES:
            self.outgoing.put_nowait(None)


@dataclass
class Room:
    call_id: int
    desks: set[Desk] = field(default_factory=set)
    streams: int = 0
    heard: bool = False
    left_at: float = field(default_factory=time.monotonic)
    _past: deque[Message] = field(default_factory=lambda: deque(maxlen=KEPT_LINES), repr=False)
    _running: dict[str, Message] = field(default_factory=dict, repr=False)

    @property
    def state(self) -> str:
        if self.streams:
            return LISTENING
        return INTERRUPTED if self.heard else WAITING

    def enter(self, desk: Desk, model_state: str) -> None:
        self.desks.add(desk)
        desk.send({"type": "state", "state": self.state, "model": model_state})
        for message in (*self._past, *self._running.values()):
            desk.send(message)

    def stream_began(self) -> None:
        self.streams, self.heard = self.streams + 1, True
        self._tell_state()

    def stream_ended(self) -> None:
        self.streams, self.left_at = self.streams - 1, time.monotonic()
        self._tell_state()

    def _tell_state(self) -> None:
        self._send({"type": "state", "state": self.state, "model": "ready"})

    def say(self, stream: str, told: Line | Gap) -> None:
        """`stream` sets the lines of one stream apart from those of another in the same talk."""
        if isinstance(told, Gap):
            message: Message = {
                "type": "gap",
                "lane": told.lane,
                "at": told.at_seconds,
                "seconds": told.seconds,
            }
            self._past.append(message)
        else:
            message = {
                "type": "line",
                "id": f"{stream}-{told.lane}-{told.number}",
                "lane": told.lane,
                "at": told.at_seconds,
                "text": told.text,
                "final": told.final,
                "marks": [
                    {"start": m.start, "end": m.end, "level": m.level, "zh": m.zh, "en": m.en}
                    for m in told.marks
                ],
            }
            self._running.pop(told.lane, None)
            if not told.final:
                self._running[told.lane] = message
            elif told.text:
                self._past.append(message)
        self._send(message)

    def clear(self) -> None:
        self._past.clear()
        self._running.clear()

    def forget(self) -> None:
        """Not a word of it may be seen any more, on the desks neither."""
        self.clear()
        self._send({"type": "forget"})

    def _send(self, message: Message) -> None:
        for desk in self.desks:
            desk.send(message)


class Rooms:
    def __init__(self) -> None:
        self._rooms: dict[int, Room] = {}

    def of(self, call_id: int) -> Room:
        return self._rooms.setdefault(call_id, Room(call_id))

    def leave(self, call_id: int, desk: Desk) -> None:
        room = self._rooms.get(call_id)
        if room is not None:
            room.desks.discard(desk)

    def drop_empty(self, now: float | None = None) -> None:
        """Lets go of the words of talks whose stream has been gone for a while; called each few seconds."""
        at = time.monotonic() if now is None else now
        for call_id, room in list(self._rooms.items()):
            if room.streams or at - room.left_at < KEPT_AFTER_STREAM_SECONDS:
                continue
            room.clear()
            if not room.desks:
                del self._rooms[call_id]

    def forget(self, call_id: int) -> None:
        room = self._rooms.get(call_id)
        if room is not None:
            room.forget()

    @property
    def desks(self) -> int:
        return sum(len(room.desks) for room in self._rooms.values())
