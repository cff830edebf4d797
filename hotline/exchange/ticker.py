"""The 20 ms heartbeat of all audio, from a monotonic clock."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

from hotline.exchange.sound import FRAME_SECONDS

log = logging.getLogger(__name__)

# A frame is heard too late when the next one is already due.
LATE_SECONDS = FRAME_SECONDS
# After a stop of the whole machine there is no sense in playing all lost frames at once.
GIVE_UP_SECONDS = 0.5


class Ticker:
    """Calls `on_tick` every 20 ms; counts the ticks that came late (the health of the whole exchange)."""

    def __init__(self, on_tick: Callable[[], None]) -> None:
        self._on_tick = on_tick
        self.ticks = 0
        self.late = 0
        self.worst_seconds = 0.0

    async def run(self) -> None:
        due = time.monotonic()
        while True:
            due += FRAME_SECONDS
            delay = due - time.monotonic()
            if delay > 0:
                await asyncio.sleep(delay)
            else:
                await asyncio.sleep(0)
            lateness = time.monotonic() - due
            self.ticks += 1
            if lateness > LATE_SECONDS:
                self.late += 1
                self.worst_seconds = max(self.worst_seconds, lateness)
            if lateness > GIVE_UP_SECONDS:
                due = time.monotonic()
            try:
                self._on_tick()
            except Exception:
                log.exception("a tick failed; the audio goes on")
