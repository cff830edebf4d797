"""Media streams over a websocket, in the carrier's own messages.

Source: the carrier's page "Media Streams - websocket messages". Mu-law, 8000 Hz, 20 ms a message.
Plain ws is allowed to this machine alone.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import logging
import time
from collections import deque
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import aiohttp
from yarl import URL

from hotline.exchange.moments import iso, now
from hotline.exchange.sids import new_sid
from hotline.exchange.signature import sign
from hotline.exchange.sound import FRAME, Samples, as_frames, from_mulaw, to_mulaw

if TYPE_CHECKING:
    from hotline.exchange.call import Call
    from hotline.exchange.exchange import Exchange

log = logging.getLogger(__name__)

# A slow receiver loses sound; it never slows the call.
QUEUED_MESSAGES = 500
TRACKS = {
    "inbound_track": ("inbound",),
    "outbound_track": ("outbound",),
    "both_tracks": ("inbound", "outbound"),
}


class StreamRefused(Exception):
    """The websocket could not be opened."""


class StreamSource:
    """What the other side of a two-way stream sends, in order, with its marks."""

    def __init__(self) -> None:
        self._pieces: deque[Samples | str] = deque()
        self.reached: list[str] = []

    def add(self, samples: Samples) -> None:
        self._pieces.extend(as_frames(samples))

    def mark(self, name: str) -> None:
        self._pieces.append(name)

    def clear(self) -> None:
        self.reached.extend(piece for piece in self._pieces if isinstance(piece, str))
        self._pieces.clear()

    def next_frame(self) -> Samples | None:
        frame: Samples | None = None
        while self._pieces and (frame is None or isinstance(self._pieces[0], str)):
            piece = self._pieces.popleft()
            if isinstance(piece, str):
                self.reached.append(piece)
            else:
                frame = piece
        return frame if frame is not None else _QUIET


_QUIET = from_mulaw(b"\xff" * FRAME)


class Stream:
    """One stream of one call: connected, start, media …, stop. in-progress, then stopped."""

    def __init__(
        self, exchange: Exchange, call: Call, *, url: str, name: str, tracks: tuple[str, ...], two_way: bool,
        parameters: dict[str, str], callback_url: str = "", callback_method: str = "POST",
    ) -> None:  # fmt: skip
        self.sid = new_sid("MZ")
        self.name = name or self.sid
        self._exchange, self._call = exchange, call
        self._url, self._tracks, self._two_way, self._parameters = url, tracks, two_way, parameters
        self._callback = (callback_url, callback_method)
        self._out: asyncio.Queue[dict[str, Any]] = asyncio.Queue(QUEUED_MESSAGES)
        self._sequence = 0
        self._chunks = dict.fromkeys(tracks, 0)
        self._started = time.monotonic()
        self._source = StreamSource()
        self._stopped = asyncio.Event()
        self.status = "in-progress"
        self.updated_at = now()
        self.lost = 0

    # -- Tap and key listener
    def frames(self, inbound: Samples, outbound: Samples) -> None:
        stamp = str(int((time.monotonic() - self._started) * 1000))
        for track in self._tracks:
            self._chunks[track] += 1
            samples = inbound if track == "inbound" else outbound
            media = {
                "track": track,
                "chunk": str(self._chunks[track]),
                "timestamp": stamp,
                "payload": base64.b64encode(to_mulaw(samples)).decode(),
            }
            self._put({"event": "media", "media": media})
        while self._source.reached:
            self._put({"event": "mark", "mark": {"name": self._source.reached.pop(0)}})

    def on_key(self, key: str) -> None:
        self._put({"event": "dtmf", "dtmf": {"track": "inbound_track", "digit": key}})

    def close(self) -> None:
        """Stop now. May be called more than once, also before the websocket is open."""
        self._stopped.set()
        self._finish()

    # -- the connection
    async def run(self) -> None:
        """Until the call, the stream or the other side ends. A two-way stream raises StreamRefused."""
        try:
            await self._connect()
        finally:
            self._finish()

    async def _connect(self) -> None:
        parts = urlsplit(self._url)
        if parts.scheme == "ws" and not self._exchange.is_local(parts.hostname or ""):
            return self._failed("a stream needs wss outside of this machine")
        if parts.scheme not in ("ws", "wss"):
            return self._failed("a stream needs a websocket address")
        target, host = self._exchange.fetcher.locate(self._url)
        headers = {
            "Host": host,
            "X-Twilio-Signature": sign(self._exchange.configuration.auth_token, self._url),
        }
        try:
            async with self._exchange.fetcher.session.ws_connect(
                URL(target, encoded=True), headers=headers, timeout=aiohttp.ClientWSTimeout(ws_close=2)
            ) as socket:
                await self._converse(socket)
        except (aiohttp.ClientError, OSError) as error:
            return self._failed(type(error).__name__)

    def _failed(self, reason: str) -> None:
        self._exchange.error(self._call, 31920, "Stream")
        self._tell("stream-error", StreamError=reason)
        if self._two_way:
            raise StreamRefused(reason)

    async def _converse(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        call, account = self._call, self._exchange.configuration.account_sid
        await socket.send_json({"event": "connected", "protocol": "Call", "version": "1.0.0"})
        start = {
            "accountSid": account,
            "streamSid": self.sid,
            "callSid": call.sid,
            "tracks": list(self._tracks),
            "customParameters": self._parameters,
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
        }
        self._put({"event": "start", "start": start})
        self._started = time.monotonic()
        self._tell("stream-started")
        call.audio.taps.append(self)
        call.digit_listeners.append(self.on_key)
        sender = asyncio.ensure_future(self._send_all(socket))
        receiver = asyncio.ensure_future(self._receive_all(socket))
        ended = asyncio.ensure_future(call.ended.wait())
        stopped = asyncio.ensure_future(self._stopped.wait())
        try:
            with call.audio.source(self._source) if self._two_way else contextlib.nullcontext():
                await asyncio.wait({sender, receiver, ended, stopped}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if self in call.audio.taps:
                call.audio.taps.remove(self)
            if self.on_key in call.digit_listeners:
                call.digit_listeners.remove(self.on_key)
            # What was said until now still goes out, so that the last word is not cut off.
            self._put({"event": "stop", "stop": {"accountSid": account, "callSid": call.sid}})
            with contextlib.suppress(Exception):
                async with asyncio.timeout(2):
                    await sender
                    await socket.close()
            for task in (sender, receiver, ended, stopped):
                task.cancel()
            self._tell("stream-stopped")

    async def _send_all(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        event = ""
        while event != "stop":
            message = await self._out.get()
            event = message["event"]
            await socket.send_json(message)

    async def _receive_all(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for message in socket:
            if message.type is not aiohttp.WSMsgType.TEXT or not self._two_way:
                continue
            try:
                data = json.loads(message.data)
                if data.get("event") == "media":
                    self._source.add(from_mulaw(base64.b64decode(data["media"]["payload"])))
                elif data.get("event") == "mark":
                    self._source.mark(str(data["mark"]["name"]))
                elif data.get("event") == "clear":
                    self._source.clear()
            except (ValueError, KeyError, TypeError, AttributeError):
                log.warning("stream %s: an unreadable message", self.sid)

    def _finish(self) -> None:
        if self.status != "stopped":
            self.status = "stopped"
            self.updated_at = now()

    def _put(self, message: dict[str, Any]) -> None:
        self._sequence += 1
        try:
            self._out.put_nowait({**message, "sequenceNumber": str(self._sequence), "streamSid": self.sid})
        except asyncio.QueueFull:
            self.lost += 1

    def _tell(self, event: str, **more: str) -> None:
        url, method = self._callback
        if url:
            fields = {
                "AccountSid": self._exchange.configuration.account_sid,
                "CallSid": self._call.sid,
                "StreamSid": self.sid,
                "StreamName": self.name,
                "StreamEvent": event,
                "Timestamp": iso(now()),
                **more,
            }
            self._exchange.callbacks.send(self.sid, url, method, fields)
