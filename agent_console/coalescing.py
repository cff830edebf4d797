"""At most one message a second for each room, urgent ones at once: pure bookkeeping without a clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Message = tuple[str, dict[str, Any]]


@dataclass
class Coalescer:
    """Holds back what may wait: `due` gives each room its messages, equal ones once, once each interval."""

    interval_seconds: float = 1.0
    _waiting: dict[str, list[Message]] = field(default_factory=dict)
    _last: dict[str, float] = field(default_factory=dict)

    def add(self, room: str, name: str, data: dict[str, Any]) -> None:
        messages = self._waiting.setdefault(room, [])
        if (name, data) not in messages:
            messages.append((name, data))

    def due(self, now: float) -> dict[str, list[Message]]:
        """The rooms whose last message is long enough ago; `now` in seconds of any steady clock."""
        ready = [
            room
            for room in self._waiting
            if now - self._last.get(room, float("-inf")) >= self.interval_seconds
        ]
        for room in ready:
            self._last[room] = now
        return {room: self._waiting.pop(room) for room in ready}

    def next_due(self, now: float) -> float | None:
        """Seconds until a room may speak again; None when nothing waits."""
        waits = [
            max(0.0, self._last.get(room, float("-inf")) + self.interval_seconds - now)
            for room in self._waiting
        ]
        return min(waits) if waits else None
