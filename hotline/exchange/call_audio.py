"""What one far end says and hears, 20 ms at a time.

leg.read() -> inbound -> room, recorders, streams
playback, else the room's mix, else silence -> outbound -> leg.write(), recorders, streams
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import numpy as np

from hotline.exchange.leg import Leg
from hotline.exchange.room import Member
from hotline.exchange.sound import FRAME, SILENCE, Samples


class Source(Protocol):
    def next_frame(self) -> Samples | None:
        """The next 20 ms, or None when it is over."""


class Tap(Protocol):
    def frames(self, inbound: Samples, outbound: Samples) -> None: ...


class Playback:
    """Samples played `loops` times (0 = for ever)."""

    def __init__(self, samples: Samples, loops: int = 1) -> None:
        missing = -len(samples) % FRAME
        self._samples = np.concatenate([samples, np.zeros(missing, dtype=np.int16)]) if missing else samples
        self._loops, self._position = loops, 0
        self.finished = asyncio.Event()

    def next_frame(self) -> Samples | None:
        if self._position >= len(self._samples):
            if self._loops == 1 or not len(self._samples):
                self.finished.set()
                return None
            self._loops = max(0, self._loops - 1) if self._loops else 0
            self._position = 0
        frame = self._samples[self._position : self._position + FRAME]
        self._position += FRAME
        return frame


class CallAudio:
    """The audio path of one answered call."""

    def __init__(self, leg: Leg) -> None:
        self.leg = leg
        self.inbound: Samples = SILENCE
        self.member: Member | None = None
        self.taps: list[Tap] = []
        self._sources: list[Source] = []

    def collect(self) -> None:
        frame = self.leg.read()
        self.inbound = SILENCE if frame is None else frame
        if self.member is not None:
            self.member.said = self.inbound

    def deliver(self) -> None:
        outbound = self._next_outbound()
        self.leg.write(outbound)
        for tap in list(self.taps):
            tap.frames(self.inbound, outbound)

    def _next_outbound(self) -> Samples:
        while self._sources:
            frame = self._sources[-1].next_frame()
            if frame is not None:
                return frame
            self._sources.pop()
        return SILENCE if self.member is None else self.member.hears

    @property
    def playing(self) -> bool:
        return bool(self._sources)

    async def play(self, samples: Samples, loops: int = 1) -> None:
        """Play to the end; cancelling stops the sound at the next frame."""
        if not len(samples):
            if loops == 0:
                await asyncio.Event().wait()
            return
        playback = Playback(samples, loops)
        with self.source(playback):
            await playback.finished.wait()

    @contextmanager
    def source(self, source: Source) -> Iterator[None]:
        """The newest source is heard; those below it stand still."""
        self._sources.append(source)
        try:
            yield
        finally:
            if source in self._sources:
                self._sources.remove(source)

    @contextmanager
    def looping(self, samples: Samples) -> Iterator[None]:
        with self.source(Playback(samples, loops=0)):
            yield
