"""The sockets of the captions process: /media for the carrier, /captions for desks; counts at /health."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import secrets
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor

from aiohttp import WSCloseCode, WSMsgType, web

from hotline.telephony.captions.ears import Ears
from hotline.telephony.captions.lane import Gap, Lane, Line
from hotline.telephony.captions.media import (
    CALLER,
    OPERATOR,
    RATE,
    NotAMessage,
    Sound,
    Start,
    Stop,
    read_message,
)
from hotline.telephony.captions.rooms import Desk, Room, Rooms
from hotline.telephony.captions.speech import FoundMark, KeepMarks, Marker, Speech
from hotline.telephony.captions.tokens import CaptionTokens, DeskPass, StreamPass

log = logging.getLogger("hotline.captions")

LARGEST_MESSAGE_BYTES = 64 * 1024
SILENCE_SECONDS = 10.0
"""A live stream sends fifty messages a second, silence too."""
FIRST_MESSAGE_SECONDS = 5.0
PASS_SECONDS = 90.0
"""A desk shows a new pass each minute: who lost the call stops seeing it."""
NO_PASS = 4401
TIDY_SECONDS = 5.0


class CaptionsDoor:
    def __init__(
        self,
        *,
        ears: Ears,
        mark: Marker,
        keep: KeepMarks,
        tokens: CaptionTokens,
        silence_seconds: float = SILENCE_SECONDS,
    ) -> None:
        self._ears = ears
        self._mark = mark
        self._keep = keep
        self._tokens = tokens
        self._silence_seconds = silence_seconds
        self._lanes: set[Lane] = set()
        self._streams = 0
        self._frames = 0
        self._marks_kept = 0
        self._dropped_before = 0.0
        self._keeping = ThreadPoolExecutor(1, thread_name_prefix="marks")
        self.rooms = Rooms()

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/health", self._health)
        app.router.add_get("/media", self._media)
        app.router.add_get("/captions", self._desk)
        app.cleanup_ctx.append(self._around)
        return app

    async def _around(self, _app: web.Application) -> AsyncIterator[None]:
        # The model is there before the first stream; the door answers meanwhile.
        loading = asyncio.ensure_future(asyncio.to_thread(self._ears.ready))
        tidying = asyncio.ensure_future(self._tidy())
        yield
        tidying.cancel()
        loading.cancel()
        self._ears.close()
        self._keeping.shutdown(wait=True)

    async def _tidy(self) -> None:
        while True:
            await asyncio.sleep(TIDY_SECONDS)
            self.rooms.drop_empty()

    async def _health(self, _request: web.Request) -> web.Response:
        speech = self._ears.speech
        return web.json_response(
            {
                "state": "ok",
                "captions": self._ears.state,
                "model": speech.name if speech is not None else None,
                "streams": self._streams,
                "desks": self.rooms.desks,
                "frames": self._frames,
                "lag_seconds": round(max((lane.lag_seconds for lane in self._lanes), default=0.0), 2),
                "dropped_seconds": round(
                    self._dropped_before + sum(lane.dropped_seconds for lane in self._lanes), 2
                ),
                "marks": self._marks_kept,
            }
        )

    # -- the carrier's streams
    async def _media(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(max_msg_size=LARGEST_MESSAGE_BYTES, compress=False)
        await socket.prepare(request)
        try:
            admitted = await self._admit(socket)
            if admitted is None:
                await socket.close(code=WSCloseCode.POLICY_VIOLATION, message=b"unknown stream")
                return socket
            speech = await asyncio.to_thread(self._ears.ready)
            if speech is None:
                await socket.close(code=WSCloseCode.TRY_AGAIN_LATER, message=b"no speech model")
                return socket
            await self._hear(socket, admitted, speech)
        except TimeoutError:
            await socket.close(message=b"silence")
        except NotAMessage:
            await socket.close(code=WSCloseCode.INVALID_TEXT, message=b"no message of a stream")
        return socket

    async def _admit(self, socket: web.WebSocketResponse) -> StreamPass | None:
        """The first message that says something must be a start with our token."""
        while True:
            message = await socket.receive(timeout=FIRST_MESSAGE_SECONDS)
            if message.type is not WSMsgType.TEXT:
                return None
            read = read_message(message.data)
            if read is not None:
                return self._tokens.stream(read.token) if isinstance(read, Start) else None

    async def _hear(self, socket: web.WebSocketResponse, admitted: StreamPass, speech: Speech) -> None:
        loop = asyncio.get_running_loop()
        room = self.rooms.of(admitted.call_id)
        name = secrets.token_hex(3)
        starts_at = max(0.0, time.time() - admitted.began)

        def tell(told: Line | Gap) -> None:
            loop.call_soon_threadsafe(self._told, room, name, told)

        def make_lane(lane: str) -> Lane:
            rules = self._mark if lane == CALLER else None
            return Lane(lane, speech.live(RATE), starts_at, tell, rules)

        lanes = {lane: await asyncio.to_thread(make_lane, lane) for lane in (CALLER, OPERATOR)}
        self._lanes.update(lanes.values())
        self._streams += 1
        room.stream_began()
        try:
            while (message := await socket.receive(timeout=self._silence_seconds)).type is WSMsgType.TEXT:
                read = read_message(message.data)
                if isinstance(read, Stop):
                    break
                if isinstance(read, Sound):
                    self._frames += 1
                    lane = lanes[read.lane]
                    if lane.hear(read.pcm, read.chunk):
                        self._ears.listen(lane)
        finally:
            for lane in lanes.values():
                self._dropped_before += lane.dropped_seconds
                if lane.end():
                    self._ears.listen(lane)
            self._lanes.difference_update(lanes.values())
            self._streams -= 1
            room.stream_ended()

    def _told(self, room: Room, stream: str, told: Line | Gap) -> None:
        room.say(stream, told)
        if isinstance(told, Line) and told.final and told.marks:
            marks = list(zip(told.marks, told.mark_seconds, strict=True))
            self._marks_kept += len(marks)
            self._keeping.submit(self._keep_marks, room.call_id, marks)

    def _keep_marks(self, call_id: int, marks: list[tuple[FoundMark, float]]) -> None:
        try:
            self._keep(call_id, marks)
        except Exception:
            log.exception("risk marks of call %s could not be kept", call_id)

    # -- the desks
    async def _desk(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(max_msg_size=LARGEST_MESSAGE_BYTES, compress=False, heartbeat=20)
        await socket.prepare(request)
        first = await self._shown(socket, FIRST_MESSAGE_SECONDS)
        if first is None:
            await socket.close(code=NO_PASS, message=b"no pass")
            return socket
        desk = Desk()
        self.rooms.of(first.call_id).enter(desk, self._ears.state)
        sending = asyncio.ensure_future(self._send_all(socket, desk))
        try:
            while (await self._shown(socket, PASS_SECONDS)) == first:
                continue
            await socket.close(code=NO_PASS, message=b"no pass")
        finally:
            sending.cancel()
            self.rooms.leave(first.call_id, desk)
        return socket

    async def _shown(self, socket: web.WebSocketResponse, seconds: float) -> DeskPass | None:
        """The pass that the desk shows within this time."""
        try:
            message = await socket.receive(timeout=seconds)
            if message.type is not WSMsgType.TEXT:
                return None
            return self._tokens.desk(str(json.loads(message.data)["token"]))
        except (TimeoutError, ValueError, KeyError, TypeError):
            return None

    async def _send_all(self, socket: web.WebSocketResponse, desk: Desk) -> None:
        with contextlib.suppress(ConnectionError):
            while (message := await desk.outgoing.get()) is not None:
                await socket.send_json(message)
        await socket.close(code=WSCloseCode.TRY_AGAIN_LATER, message=b"too slow")
