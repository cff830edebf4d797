"""Recordings: one per request on a call's own leg, written while the call runs.

Channel 1 is what the leg says, channel 2 what it hears. The folder is the carrier's store: it is
private (files 0600) and holds plain audio until the application has fetched and deleted it. Therefore a
recording outlives the process (`kept_recordings`): what nobody could delete would lie there for ever.
"""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from hotline.exchange import kept_recordings, wav
from hotline.exchange.kept_recordings import StoredRecording
from hotline.exchange.moments import now, rfc2822
from hotline.exchange.sids import new_sid
from hotline.exchange.sound import FRAME, RATE, Samples

if TYPE_CHECKING:
    from hotline.exchange.call import Call
    from hotline.exchange.exchange import Exchange

log = logging.getLogger(__name__)

FLUSH_FRAMES = 25  # half a second is the most that a crash can lose
VOICE_LEVEL = 250  # mean absolute sample; telephone noise lies below


def is_voice(frame: Samples) -> bool:
    return bool(np.abs(frame.astype(np.int32)).mean() > VOICE_LEVEL)


class Recording(StoredRecording):
    """in-progress, paused, then processing and completed (or absent when nothing was recorded)."""

    def __init__(
        self, exchange: Exchange, call: Call, path: Path, *, source: str, channels: int, track: str,
        callback_url: str, callback_method: str, callback_events: frozenset[str], trim: bool,
    ) -> None:  # fmt: skip
        super().__init__(
            path, call.sid, exchange.configuration, source=source, channels=channels, track=track,
            started_at=now(), status="in-progress",
        )  # fmt: skip
        self.trim = trim
        self.had_voice = False
        self._exchange, self._call = exchange, call
        self._callback = (callback_url, callback_method, callback_events)
        self._skip_while_paused = False
        self._buffer: list[Samples] = []
        self._file = wav.GrowingWav(path, channels)
        self._stopping: asyncio.Task[None] | None = None
        self._tell("in-progress")

    def frames(self, inbound: Samples, outbound: Samples) -> None:
        """One tick of the call (Tap)."""
        if self.status == "paused":
            if self._skip_while_paused:
                return
            inbound = outbound = np.zeros(FRAME, dtype=np.int16)
        elif self.status != "in-progress":
            return
        if self.track == "inbound":
            outbound = np.zeros(FRAME, dtype=np.int16)
        elif self.track == "outbound":
            inbound = np.zeros(FRAME, dtype=np.int16)
        if not self.had_voice and (is_voice(inbound) or is_voice(outbound)):
            self.had_voice = True
        if self.channels == 2:
            self._buffer.append(np.stack([inbound, outbound], axis=1))
        else:
            mono = np.clip(inbound.astype(np.int32) + outbound, -32768, 32767)
            self._buffer.append(mono.astype(np.int16))
        if len(self._buffer) >= FLUSH_FRAMES:
            self._flush()

    def pause(self, behaviour: str) -> None:
        self.status, self.updated_at = "paused", now()
        self._skip_while_paused = behaviour == "skip"
        self._flush()

    def resume(self) -> None:
        self.status, self.updated_at = "in-progress", now()

    async def stop(self) -> None:
        """Close the file; comes back when it can be fetched."""
        if self._stopping is None:
            self.status = "processing"
            if self in self._call.audio.taps:
                self._call.audio.taps.remove(self)
            self._stopping = self._exchange.spawn(self._close())
        await asyncio.shield(self._stopping)

    async def _close(self) -> None:
        self._flush()
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._exchange.recordings.writer, self._finish_file)
        self.updated_at = now()
        if self.error_code:
            self.status = "failed"
        else:
            frames = self._file.data_bytes // (2 * self.channels)
            self.duration_seconds = round(frames / RATE)
            self.status = "completed" if frames else "absent"
        self._exchange.event_log.write(
            "recording." + self.status, call=self.call_sid, recording=self.sid, seconds=self.duration_seconds
        )
        self._tell(self.status)

    def _finish_file(self) -> None:
        try:
            self._file.close()
            if self.trim and self.channels == 1:
                trimmed = trim_silence(wav.decode(self.path.read_bytes()))
                wav.write_private(self.path, wav.encode(trimmed))
                self._file.data_bytes = len(trimmed) * 2
        except OSError:
            log.exception("recording %s could not be finished", self.sid)
            self.error_code = 13223

    def _flush(self) -> None:
        if self._buffer:
            data = np.concatenate(self._buffer).astype("<i2").tobytes()
            self._buffer = []
            self._exchange.recordings.writer.submit(self._append, data)

    def _append(self, data: bytes) -> None:
        try:
            self._file.append(data)
        except OSError:
            log.error("recording %s cannot be written", self.sid)
            self.error_code = 13223

    def _tell(self, status: str) -> None:
        url, method, events = self._callback
        if not url or status not in events:
            return
        fields = {
            "AccountSid": self._exchange.configuration.account_sid,
            "CallSid": self.call_sid,
            "RecordingSid": self.sid,
            "RecordingUrl": self.url,
            "RecordingStatus": status,
            "RecordingChannels": str(self.channels),
            "RecordingSource": self.source,
            "RecordingTrack": self.track,
            "RecordingStartTime": rfc2822(self.started_at) or "",
            "ErrorCode": str(self.error_code or 0),
        }
        if status in ("completed", "absent"):
            fields["RecordingDuration"] = str(self.duration_seconds)
        self._exchange.callbacks.send(self.sid, url, method, fields)


def trim_silence(samples: Samples) -> Samples:
    """Without the silent frames at both ends; 0.2 s are left on each side."""
    whole = samples[: len(samples) // FRAME * FRAME].reshape(-1, FRAME)
    if not len(whole):
        return samples
    loud = np.flatnonzero(np.abs(whole.astype(np.int32)).mean(axis=1) > VOICE_LEVEL)
    if not len(loud):
        return samples[:0]
    first, last = max(0, loud[0] - 10), min(len(whole), loud[-1] + 11)
    return samples[first * FRAME : last * FRAME]


class Recordings:
    """All recordings of this run of the exchange, and those that an earlier one left behind."""

    def __init__(self, exchange: Exchange, folder: Path) -> None:
        self._exchange, self._folder = exchange, folder
        self._by_sid = {one.sid: one for one in kept_recordings.found_in(folder, exchange.configuration)}
        # One thread keeps the order of the pieces; the tick never waits for a disk.
        self.writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="recording")

    def start(
        self, call: Call, *, source: str, channels: int, track: str = "both", callback_url: str = "",
        callback_method: str = "POST", callback_events: list[str] | None = None, trim: bool = False,
    ) -> Recording:  # fmt: skip
        recording = Recording(
            self._exchange, call, self._folder / f"{new_sid('RE')}.wav", source=source, channels=channels,
            track=track, callback_url=callback_url, callback_method=callback_method,
            callback_events=frozenset(callback_events or ["completed"]), trim=trim,
        )  # fmt: skip
        self._by_sid[recording.sid] = recording
        self.writer.submit(kept_recordings.remember, recording)
        call.audio.taps.append(recording)
        self._exchange.trace("state", call, "recording")
        self._exchange.event_log.write("recording.started", call=call.sid, recording=recording.sid)
        return recording

    def get(self, sid: str) -> StoredRecording | None:
        return self._by_sid.get(sid)

    def of_call(self, call_sid: str) -> list[StoredRecording]:
        return [r for r in self._by_sid.values() if r.call_sid == call_sid]

    def all(self) -> list[StoredRecording]:
        return list(self._by_sid.values())

    def delete(self, recording: StoredRecording) -> None:
        """Remove the audio and forget the recording."""
        kept_recordings.forget(recording)
        self._by_sid.pop(recording.sid, None)
        self._exchange.event_log.write("recording.deleted", call=recording.call_sid, recording=recording.sid)

    async def close(self) -> None:
        unfinished = [r for r in self.all() if not r.is_finished]
        await asyncio.gather(*(r.stop() for r in unfinished), return_exceptions=True)
        await asyncio.to_thread(self.writer.shutdown)
