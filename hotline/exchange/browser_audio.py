"""Sound between the tick and a browser's peer connection."""

from __future__ import annotations

import asyncio
import fractions
from collections import deque
from typing import Any

import av
import numpy as np
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack

from hotline.exchange.sound import FRAME, RATE, Samples, to_mulaw

TIME_BASE = fractions.Fraction(1, RATE)
OUT_FRAMES = 2
IN_FRAMES = 3  # more waiting than this is delay, and is dropped
IN_REFILL = 2  # after a gap, this much is collected before playing goes on


class OutgoingTrack(MediaStreamTrack):
    """Frames from the tick to the sender, as PCMU packets so that no codec thread is woken."""

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self._frames: deque[tuple[int, Samples]] = deque(maxlen=OUT_FRAMES)
        self._ready = asyncio.Event()
        self._ticks = 0
        self.as_packets = True

    def push(self, frame: Samples) -> None:
        self._frames.append((self._ticks, frame))
        self._ticks += 1
        self._ready.set()

    async def recv(self) -> Any:
        while not self._frames:
            if self.readyState != "live":
                raise MediaStreamError
            self._ready.clear()
            await self._ready.wait()
        tick, samples = self._frames.popleft()
        if self.as_packets:
            packet = av.Packet(to_mulaw(samples))
            packet.pts, packet.time_base = tick * FRAME, TIME_BASE
            return packet
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, tick * FRAME, TIME_BASE
        return frame


class IncomingBuffer:
    """A short queue between the network's clock and ours. Surplus is dropped before a frame is taken."""

    def __init__(self) -> None:
        self._frames: deque[Samples] = deque()
        self._rest = np.zeros(0, dtype=np.int16)
        self._filling = True
        self.dropped = 0
        self.gaps = 0

    def push(self, samples: Samples) -> None:
        joined = np.concatenate([self._rest, samples]) if len(self._rest) else samples
        whole = len(joined) // FRAME * FRAME
        self._frames.extend(joined[:whole].reshape(-1, FRAME))
        self._rest = joined[whole:]

    def take(self) -> Samples | None:
        while len(self._frames) > IN_FRAMES:
            self._frames.popleft()
            self.dropped += 1
        if self._filling and len(self._frames) < IN_REFILL:
            return None
        self._filling = False
        if not self._frames:
            self._filling = True
            self.gaps += 1
            return None
        return self._frames.popleft()
