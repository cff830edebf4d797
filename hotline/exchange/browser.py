"""A browser as a far end: WebRTC sound in and out of one peer connection."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import av
from aiortc import RTCConfiguration, RTCPeerConnection, RTCRtpSender, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack

from hotline.exchange.browser_audio import OutgoingTrack
from hotline.exchange.direct_media import DirectMedia, open_direct
from hotline.exchange.leg import Leg
from hotline.exchange.playout import Playout
from hotline.exchange.sdp import prefer_pcmu
from hotline.exchange.sound import RATE, Samples, from_mulaw, to_mulaw

if TYPE_CHECKING:
    from hotline.exchange.signalling import Session

log = logging.getLogger(__name__)

CONNECT_SECONDS = 10.0
# PCMU has no silence suppression: a living browser sends 50 packets a second, also when muted.
DEAD_SECONDS = 12.0
DEAD_WITHOUT_SIGNALLING_SECONDS = 3.0
KEYS = frozenset("0123456789*#ABCD")


class BrowserLeg(Leg):
    """One call of one browser; signalling goes through its session, which may be replaced (reconnect)."""

    kind = "browser"

    def __init__(self, session: Session, client_call_id: str = "") -> None:
        self.session = session
        self.client_call_id = client_call_id  # the browser's own name for the call until it knows the sid
        self.call_sid = ""
        self._pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._track = OutgoingTrack()
        self._in = Playout()
        self._direct: DirectMedia | None = None
        self._connected = asyncio.Event()
        self._accepted = self._closed = False
        self._tasks: list[asyncio.Task[None]] = []
        self._last_packet = time.monotonic()
        self._pc.on("track", self._on_track)
        self._pc.on("connectionstatechange", self._on_state)

    # -- as the exchange sees it
    async def ring(self, call_sid: str, caller: str, parameters: dict[str, str]) -> None:
        self.call_sid = call_sid
        self.session.legs[call_sid] = self
        transceiver = self._pc.addTransceiver(self._track, direction="sendrecv")
        codecs = RTCRtpSender.getCapabilities("audio").codecs
        transceiver.setCodecPreferences([c for c in codecs if c.mimeType == "audio/PCMU"])
        await self._pc.setLocalDescription(await self._pc.createOffer())
        if self._closed:
            return
        fields = {
            "CallSid": call_sid,
            "AccountSid": self.session.account_sid,
            "ApiVersion": "2010-04-01",
            "From": caller,
            "To": f"client:{self.session.identity}",
            "Params": urlencode(parameters),
        }
        await self.session.send(
            "invite",
            {
                "callsid": call_sid,
                "sdp": self._pc.localDescription.sdp,
                "parameters": fields,
                "reconnect": self.session.ticket(self),
            },
        )

    async def answer(self, call_sid: str) -> None:
        """Comes back when sound flows, so that the first word is heard."""
        self._accepted = True
        await self.session.send(
            "answer",
            {
                "callsid": call_sid,
                "sdp": self._pc.localDescription.sdp,
                "reconnect": self.session.ticket(self),
            },
        )
        if not await self._wait_connected():
            self._lost("media did not connect")

    def read(self) -> Samples | None:
        return self._in.take()

    def write(self, frame: Samples) -> None:
        if self._direct is not None:
            self._direct.send(to_mulaw(frame))
        else:
            self._track.push(frame)

    async def hang_up(self, reason: str) -> None:
        if self._closed:
            return
        self._closed = True
        ringing = bool(self.call_sid) and not self._accepted and not self.client_call_id
        payload: dict[str, Any] = {"callsid": self.call_sid or self.client_call_id}
        if reason in ("busy", "no-answer", "failed") and self.client_call_id:
            payload["error"] = {"code": 31486 if reason == "busy" else 31480, "message": reason}
        await self.session.send("cancel" if ringing else "hangup", payload)
        await self._release()

    # -- as signalling sees it
    async def take_offer(self, sdp: str, call_sid: str) -> None:
        """The browser calls: prepare our answer, to be sent when the call is picked up."""
        self.call_sid = call_sid
        offer = RTCSessionDescription(sdp=prefer_pcmu(sdp), type="offer")
        await self._pc.setRemoteDescription(offer)
        self._pc.addTrack(self._track)
        await self._pc.setLocalDescription(await self._pc.createAnswer())
        self._choose_codec()

    async def take_answer(self, sdp: str) -> None:
        """The browser accepted our invitation; the call counts as answered when sound flows."""
        if self._accepted or self._closed:
            return
        self._accepted = True
        await self._pc.setRemoteDescription(RTCSessionDescription(sdp=sdp, type="answer"))
        self._choose_codec()
        if await self._wait_connected():
            self.listener.leg_answered()
        else:
            await self.hang_up("failed")
            self.listener.leg_refused("failed")

    def press(self, keys: str) -> None:
        for key in keys:
            if key in KEYS:
                self.listener.leg_digit(key)

    async def put_down(self) -> None:
        """The browser hung up."""
        if not self._closed:
            self._closed = True
            await self._release()
        self.listener.leg_ended()

    async def put_down_unheard(self) -> None:
        """The browser hung up before there was a call."""
        self._closed = True
        await self._release()

    async def reject(self) -> None:
        if not self._closed:
            self._closed = True
            await self._release()
        self.listener.leg_refused("busy")

    async def reject_unreachable(self) -> None:
        """The browser went away while it rang."""
        if not self._closed:
            self._closed = True
            await self._release()
        self.listener.leg_refused("no-answer")

    @property
    def is_over(self) -> bool:
        return self._closed

    def local_sdp(self) -> str:
        return str(self._pc.localDescription.sdp)

    @property
    def is_ringing(self) -> bool:
        return not self._accepted and not self._closed and not self.client_call_id

    # -- inside
    def _choose_codec(self) -> None:
        remote = self._pc.remoteDescription.sdp
        line = next((text for text in remote.splitlines() if text.startswith("m=audio")), "")
        self._track.as_packets = line.split(" ")[3:4] == ["0"]

    async def _wait_connected(self) -> bool:
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await self._connected.wait()
        except TimeoutError:
            return False
        if self._closed:
            return False
        if self._track.as_packets:
            self._direct = open_direct(self._pc, self._take_packet)
        self._later(self._watch())
        return True

    async def _watch(self) -> None:
        """Ends the leg when nothing has come from the browser for too long."""
        self._last_packet = time.monotonic()
        while not self._closed:
            await asyncio.sleep(0.5)
            limit = DEAD_SECONDS if self.session.is_open else DEAD_WITHOUT_SIGNALLING_SECONDS
            if time.monotonic() - self._last_packet > limit:
                self._lost("nothing has come from the browser")

    def _take_packet(self, timestamp: int, payload: bytes) -> None:
        self._last_packet = time.monotonic()
        self._in.place(timestamp, from_mulaw(payload))

    def _on_track(self, track: MediaStreamTrack) -> None:
        self._later(self._receive(track))

    async def _receive(self, track: MediaStreamTrack) -> None:
        resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
        with contextlib.suppress(MediaStreamError):
            while True:
                frame: Any = await track.recv()
                self._last_packet = time.monotonic()
                if frame.sample_rate == RATE and frame.layout.name == "mono":
                    self._in.push(frame.to_ndarray()[0])
                else:
                    for piece in resampler.resample(frame):
                        self._in.push(piece.to_ndarray()[0])

    def _on_state(self) -> None:
        state = self._pc.connectionState
        if state == "connected":
            self._connected.set()
        elif state in ("failed", "closed") and not self._closed and self._accepted:
            self._lost(f"connection {state}")

    def _lost(self, why: str) -> None:
        if self._closed:
            return
        log.info("call %s: the browser's line is dead: %s", self.call_sid, why)
        self._closed = True
        self._later(self._release())
        self.listener.leg_ended()

    def _later(self, work: Any) -> None:
        self._tasks.append(asyncio.ensure_future(work))

    async def _release(self) -> None:
        for name in (self.call_sid, self.client_call_id):
            self.session.legs.pop(name, None)
        self._connected.set()
        self._track.stop()
        if self._direct is not None:
            self._direct.close()
            self._direct = None
        current = asyncio.current_task()
        for task in self._tasks:
            if task is not current and not task.done():
                task.cancel()
        with contextlib.suppress(Exception):
            await self._pc.close()
