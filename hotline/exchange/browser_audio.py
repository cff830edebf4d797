"""Sound from the tick to a browser whose peer connection the library drives (see direct_media.py)."""

from __future__ import annotations

import asyncio
import fractions
from collections import deque
from typing import Any

import av
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack

from hotline.exchange.sound import FRAME, RATE, Samples, to_mulaw

TIME_BASE = fractions.Fraction(1, RATE)
OUT_FRAMES = 2


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

    def stop(self) -> None:
        super().stop()
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
