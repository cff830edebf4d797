"""Recordings of calls, and their sound."""

from __future__ import annotations

import asyncio

import numpy as np
from aiohttp import web

from hotline.exchange import wav
from hotline.exchange.call import Call
from hotline.exchange.exchange import Exchange
from hotline.exchange.kept_recordings import StoredRecording
from hotline.exchange.recordings import Recording
from hotline.exchange.rest.calls import start_recording
from hotline.exchange.rest.errors import CODE_NOT_IN_PROGRESS, RestError, invalid, not_found
from hotline.exchange.rest.form import Form
from hotline.exchange.rest.pages import answer, page_of
from hotline.exchange.rest.shapes import recording_shape

CURRENT = "Twilio.CURRENT"


class RecordingsResource:
    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._account = exchange.configuration.account_sid

    def routes(self, root: str) -> list[web.RouteDef]:
        under = root + "/Calls/{call:CA[0-9a-fA-F]{32}}/Recordings"
        one = under + "/{sid:RE[0-9a-fA-F]{32}|Twilio\\.CURRENT}.json"
        own = root + "/Recordings/{sid:RE[0-9a-fA-F]{32}}"
        return [
            web.post(under + ".json", self.start),
            web.get(under + ".json", self.list_of_call),
            web.get(one, self.fetch_of_call),
            web.post(one, self.update),
            web.delete(one, self.delete_of_call),
            web.get(root + "/Recordings.json", self.list),
            web.get(own + ".json", self.fetch),
            web.get(own + ".wav", self.sound),
            web.get(own, self.sound),
            web.delete(own + ".json", self.delete),
        ]

    async def start(self, request: web.Request) -> web.Response:
        call, form = self._call(request), await Form.of(request)
        if not call.is_live:
            raise RestError(400, CODE_NOT_IN_PROGRESS, "Requested resource is not eligible for recording")
        if form.text("RecordingTrack") not in ("", "inbound", "outbound", "both"):
            raise invalid("RecordingTrack")
        if form.text("RecordingChannels") not in ("", "mono", "dual"):
            raise invalid("RecordingChannels")
        recording = start_recording(self._exchange, call, form, "StartCallRecordingAPI")
        return answer(recording_shape(recording, self._account, under_call=True), 201)

    async def list_of_call(self, request: web.Request) -> web.Response:
        found = self._exchange.recordings.of_call(self._call(request).sid)[::-1]
        return page_of(request, "recordings", found, lambda r: recording_shape(r, self._account, True))

    async def fetch_of_call(self, request: web.Request) -> web.Response:
        return answer(recording_shape(self._of_call(request), self._account, True))

    async def update(self, request: web.Request) -> web.Response:
        recording, form = self._of_call(request), await Form.of(request)
        status = form.text("Status")
        if status not in ("paused", "in-progress", "stopped"):
            raise invalid("Status")
        if not isinstance(recording, Recording) or not recording.is_open:
            raise RestError(400, CODE_NOT_IN_PROGRESS, "Recording is not in-progress")
        if status == "paused":
            behaviour = form.text("PauseBehavior") or "silence"
            if behaviour not in ("skip", "silence"):
                raise invalid("PauseBehavior")
            recording.pause(behaviour)
        elif status == "in-progress":
            recording.resume()
        else:
            await recording.stop()
        return answer(recording_shape(recording, self._account, True))

    async def delete_of_call(self, request: web.Request) -> web.Response:
        return await self._delete(self._of_call(request))

    async def list(self, request: web.Request) -> web.Response:
        q = request.query
        found = [
            r for r in reversed(self._exchange.recordings.all()) if r.call_sid == q.get("CallSid", r.call_sid)
        ]
        return page_of(request, "recordings", found, lambda r: recording_shape(r, self._account))

    async def fetch(self, request: web.Request) -> web.Response:
        return answer(recording_shape(self._recording(request), self._account))

    async def delete(self, request: web.Request) -> web.Response:
        return await self._delete(self._recording(request))

    async def sound(self, request: web.Request) -> web.StreamResponse:
        """The WAV: one channel, or both with RequestedChannels=2 when both were recorded."""
        recording = self._recording(request)
        if recording.is_open or recording.status == "processing":
            raise not_found(request.path)
        wanted = request.query.get("RequestedChannels", "1")
        if wanted not in ("1", "2"):
            raise invalid("RequestedChannels")
        try:
            data = await asyncio.to_thread(recording.path.read_bytes)
        except OSError as error:
            raise not_found(request.path) from error
        if recording.channels == 2 and wanted == "1":
            data = await asyncio.to_thread(_as_mono, data)
        return web.Response(body=data, content_type="audio/x-wav")

    async def _delete(self, recording: StoredRecording) -> web.Response:
        if recording.is_open:
            await recording.stop()
        self._exchange.recordings.delete(recording)
        return web.Response(status=204)

    def _call(self, request: web.Request) -> Call:
        call = self._exchange.find_call(request.match_info["call"])
        if call is None:
            raise not_found(request.path)
        return call

    def _of_call(self, request: web.Request) -> StoredRecording:
        call_sid, sid = request.match_info["call"], request.match_info["sid"]
        own = self._exchange.recordings.of_call(call_sid)
        if sid == CURRENT:
            own = [r for r in own if r.is_open]
        else:
            own = [r for r in own if r.sid == sid]
        if not own:
            raise not_found(request.path)
        return own[-1]

    def _recording(self, request: web.Request) -> StoredRecording:
        recording = self._exchange.recordings.get(request.match_info["sid"])
        if recording is None:
            raise not_found(request.path)
        return recording


def _as_mono(data: bytes) -> bytes:
    both = wav.decode(data).astype(np.int32)
    return wav.encode(np.clip(both.sum(axis=1), -32768, 32767).astype(np.int16))
