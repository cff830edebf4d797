"""Far ends by WebRTC: many that cost little, and a few of the library's own kind."""

from __future__ import annotations

import asyncio
import fractions
import time
from typing import Any

import av
import numpy as np
from aiortc import RTCConfiguration, RTCPeerConnection, RTCRtpSender, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from numpy.typing import NDArray

from benchmarks.lines import tones
from hotline.exchange.direct_media import DirectMedia, open_direct
from hotline.exchange.sound import FRAME, FRAME_SECONDS, RATE, from_mulaw, to_mulaw, tone

BURST_EVERY_SECONDS = 1.0
BURST_FRAMES = 4


class Peer:
    """One far end; `offer`, then `take_answer` with the other side's description."""

    def __init__(self, leg: int, track: MediaStreamTrack) -> None:
        self.leg = leg
        self.pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.connected = asyncio.Event()
        self.pc.on("connectionstatechange", self._on_state)
        codecs = RTCRtpSender.getCapabilities("audio").codecs
        transceiver = self.pc.addTransceiver(track, direction="sendrecv")
        transceiver.setCodecPreferences([c for c in codecs if c.mimeType == "audio/PCMU"])

    async def offer(self) -> str:
        await self.pc.setLocalDescription(await self.pc.createOffer())
        return str(self.pc.localDescription.sdp)

    async def take_answer(self, sdp: str) -> None:
        await self.pc.setRemoteDescription(RTCSessionDescription(sdp=sdp, type="answer"))
        async with asyncio.timeout(20):
            await self.connected.wait()

    def _on_state(self) -> None:
        if self.pc.connectionState == "connected":
            self.connected.set()


class SilentTrack(MediaStreamTrack):
    """Never yields: what is sent goes past the library."""

    kind = "audio"

    async def recv(self) -> Any:
        await asyncio.Event().wait()


class CheapPeer(Peer):
    """Sends and takes PCMU packets as the exchange itself does, so that one core can hold many."""

    def __init__(self, leg: int) -> None:
        super().__init__(leg, SilentTrack())
        self._payloads = [to_mulaw(frame) for frame in tones.second_of(tones.frequency_of(leg))]
        self._sent = 0
        self.got: list[bytes] = []
        self._direct: DirectMedia | None = None

    async def take_answer(self, sdp: str) -> None:
        await super().take_answer(sdp)
        self._direct = open_direct(self.pc, lambda _timestamp, payload: self.got.append(payload))
        assert self._direct is not None, "this aiortc cannot be taken over"

    def send(self) -> None:
        assert self._direct is not None
        self._direct.send(self._payloads[self._sent % len(self._payloads)])
        self._sent += 1

    def heard(self) -> NDArray[np.int16]:
        return from_mulaw(b"".join(self.got))


class Clicks(MediaStreamTrack):
    """Silence, with a short burst each second; `begun` are the moments when a burst was handed over."""

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self.begun: list[float] = []
        self._frame = 0
        self._start: float | None = None
        self._burst = tone(1000, FRAME_SECONDS * BURST_FRAMES, 0.5).reshape(-1, FRAME)

    async def recv(self) -> av.AudioFrame:
        if self._start is None:
            self._start = time.monotonic()
        due = self._start + self._frame * FRAME_SECONDS
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        place = self._frame % round(BURST_EVERY_SECONDS / FRAME_SECONDS)
        if place == 0:
            self.begun.append(time.monotonic())
        samples = self._burst[place] if place < BURST_FRAMES else np.zeros(FRAME, dtype=np.int16)
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, self._frame * FRAME, fractions.Fraction(1, RATE)
        self._frame += 1
        return frame


class LibraryPeer(Peer):
    """aiortc as it is: its jitter buffer and its decoder stand for those of a browser."""

    def __init__(self, leg: int) -> None:
        self.clicks = Clicks()
        super().__init__(leg, self.clicks)
        self.heard_at: list[float] = []
        self._listening: asyncio.Task[None] | None = None
        self.pc.on("track", self._on_track)

    def _on_track(self, track: MediaStreamTrack) -> None:
        self._listening = asyncio.ensure_future(self._listen(track))

    async def _listen(self, track: MediaStreamTrack) -> None:
        quiet = 100
        while True:
            try:
                frame: Any = await track.recv()
            except MediaStreamError:
                return
            loud = np.abs(frame.to_ndarray().astype(int)).max() > 3000
            if loud and quiet > 10:
                self.heard_at.append(time.monotonic())
            quiet = 0 if loud else quiet + 1


def latencies(sender: LibraryPeer, listener: LibraryPeer) -> list[float]:
    """Seconds from the first sample of a burst (captured 20 ms before it is handed over) to its arrival."""
    found = []
    for begun in sender.clicks.begun:
        after = [at for at in listener.heard_at if begun < at < begun + BURST_EVERY_SECONDS * 0.8]
        if after:
            found.append(after[0] - begun + FRAME_SECONDS)
    return found
