"""The media stream of a talk: wanted or not, asked of the carrier, begun again when it is lost.

    something changed -> follow(unit, call) -> [outbox] -> next_step -> carrier -> started | not_started
    carrier's callback -> told -> lost while wanted? follow again, later each time

Captions wait for nothing and nothing waits for them: a talk goes on whatever becomes of its stream.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from hotline.routing.consent import may_caption
from hotline.routing.recording_pause import RecordingPause, recording_pause
from hotline.routing.transactions import in_one_unit, reading
from hotline.routing.transitions import load_call
from models.calls import Call
from models.captions import CaptionStream, StreamState
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import CallState

AGAIN_AFTER_SECONDS = (1, 1, 2, 4, 8, 15)
"""Before the next try, by how many streams of this talk were lost in the last minute."""
CONNECTS_WITHIN = timedelta(seconds=15)
NEVER = "refused"
GONE = "gone"


@dataclass(frozen=True)
class StartStream:
    stream_id: int
    call_id: int
    call_sid: str
    talk_seconds: float
    """How long the talk has been going on: where the stream's own clock begins."""


@dataclass(frozen=True)
class StopStream:
    stream_id: int
    call_sid: str
    carrier_sid: str


def follow(unit: UnitOfWork, call: Call, after_seconds: float = 0) -> None:
    """Let the stream be made as the call now wants it, after this transaction; harmless when it is so."""
    unit.ask(
        "follow_captions",
        "carrier",
        f"follow_captions:{call.id}:{secrets.token_hex(6)}",
        {"call_id": call.id},
        due_at=unit.now + timedelta(seconds=after_seconds),
    )


class LiveCaptions:
    def __init__(self, work: Work, possible: Callable[[], bool]) -> None:
        """`possible`: whether a speech model is there; without one no sound leaves the carrier."""
        self._work = work
        self._possible = possible

    def next_step(self, call_id: int) -> StartStream | StopStream | None:
        """What the carrier must be asked now. A start that was decided stands as a row, so that a second
        asking starts no second stream."""
        possible = self._possible()

        def step(unit: UnitOfWork) -> StartStream | StopStream | None:
            call = load_call(unit, call_id)
            if call is None or not call.carrier_sid:
                return None
            stream = _open_stream(unit.session, call_id)
            wanted = possible and _wanted(unit.session, call)
            if stream is None and wanted:
                return self._begin(unit, call)
            if stream is not None and not wanted:
                # One whose start is still under way is stopped by `started`.
                stream.state, stream.reason = StreamState.ENDING, "unwanted"
                if stream.carrier_sid:
                    return StopStream(stream.id, call.carrier_sid, stream.carrier_sid)
            return None

        return in_one_unit(self._work, step)

    def _begin(self, unit: UnitOfWork, call: Call) -> StartStream | None:
        if self._was_refused(unit.session, call.id):
            return None
        stream = CaptionStream(call_id=call.id, state=StreamState.ASKED, asked_at=unit.now)
        unit.session.add(stream)
        unit.session.flush()
        since = call.answered_at or unit.now
        return StartStream(stream.id, call.id, str(call.carrier_sid), (unit.now - since).total_seconds())

    def _was_refused(self, session: Session, call_id: int) -> bool:
        """A carrier that has no streams will have none in a minute either."""
        found = select(CaptionStream.id).where(
            CaptionStream.call_id == call_id, CaptionStream.reason == NEVER
        )
        return session.scalars(found).first() is not None

    def started(self, stream_id: int, carrier_sid: str) -> bool:
        """The carrier took the start. False: it is no longer wanted, and must be stopped at once."""

        def step(unit: UnitOfWork) -> bool:
            stream = unit.session.get_one(CaptionStream, stream_id, with_for_update=True)
            stream.carrier_sid = carrier_sid
            return stream.state in (StreamState.ASKED, StreamState.LIVE)

        return in_one_unit(self._work, step)

    def ended(self, stream_id: int, reason: str) -> None:
        """The stream is no more. While captions are still wanted, another is asked for."""

        def step(unit: UnitOfWork) -> None:
            stream = unit.session.get(CaptionStream, stream_id, with_for_update=True)
            if stream is not None and stream.state.is_open:
                _end(unit, stream, reason)

        in_one_unit(self._work, step)

    def told(self, stream_id: int, carrier_sid: str, event: str) -> None:
        """The carrier's callback: `stream-started`, `stream-stopped` or `stream-error`."""
        if event in ("stream-stopped", "stream-error"):
            self.ended(stream_id, "stopped" if event == "stream-stopped" else "failed")
            return

        def step(unit: UnitOfWork) -> None:
            stream = unit.session.get(CaptionStream, stream_id, with_for_update=True)
            if stream is None or not stream.state.is_open:
                return
            stream.carrier_sid = stream.carrier_sid or carrier_sid
            if stream.state is StreamState.ASKED:
                stream.state, stream.live_at = StreamState.LIVE, unit.now

        if event == "stream-started":
            in_one_unit(self._work, step)

    def all_lost(self) -> int:
        """Said by a captions process that starts: no stream of the process before it is heard any more."""
        return self._end_those(select(CaptionStream.id), "restarted")

    def heal(self) -> int:
        """By the clock: streams that never connected or outlived their talk end; a talk whose asking was
        lost with a process is followed again. Returns how many were mended."""
        with reading(self._work) as unit:
            late = unit.now - CONNECTS_WITHIN
        over = (
            select(CaptionStream.id)
            .join(Call, Call.id == CaptionStream.call_id)
            .where(Call.state == CallState.ENDED)
        )
        silent = select(CaptionStream.id).where(
            CaptionStream.state.in_([StreamState.ASKED, StreamState.ENDING]), CaptionStream.asked_at < late
        )
        mended = self._end_those(over, "stopped") + self._end_those(silent, "silent")
        return mended + (self._follow_forgotten() if self._possible() else 0)

    def _end_those(self, chosen: Select[Any], reason: str) -> int:
        with reading(self._work) as unit:
            ids = unit.session.scalars(chosen.where(CaptionStream.state != StreamState.ENDED)).all()
        for stream_id in ids:
            self.ended(stream_id, reason)
        return len(ids)

    def _follow_forgotten(self) -> int:
        """Talks without any stream for a while, which want one."""

        def step(unit: UnitOfWork) -> int:
            late = unit.now - CONNECTS_WITHIN
            recent = select(CaptionStream.call_id).where(
                (CaptionStream.state != StreamState.ENDED) | (CaptionStream.ended_at > late)
            )
            calls = unit.session.scalars(
                select(Call).where(
                    Call.state == CallState.TALKING, Call.state_since < late, Call.id.not_in(recent)
                )
            ).all()
            wanting = [
                call
                for call in calls
                if _wanted(unit.session, call) and not self._was_refused(unit.session, call.id)
            ]
            for call in wanting:
                follow(unit, call)
            return len(wanting)

        return in_one_unit(self._work, step)


def _wanted(session: Session, call: Call) -> bool:
    return (
        call.state is CallState.TALKING
        and may_caption(session, call.id)
        and recording_pause(session, call.id) is RecordingPause.NONE
    )


def _open_stream(session: Session, call_id: int) -> CaptionStream | None:
    return session.scalars(
        select(CaptionStream)
        .where(CaptionStream.call_id == call_id, CaptionStream.state != StreamState.ENDED)
        .with_for_update()
    ).first()


def _end(unit: UnitOfWork, stream: CaptionStream, reason: str) -> None:
    stream.state, stream.ended_at = StreamState.ENDED, unit.now
    stream.reason = stream.reason or reason
    call = unit.session.get(Call, stream.call_id)
    if call is None or reason in (NEVER, GONE) or not _wanted(unit.session, call):
        return
    unit.session.flush()
    lost = unit.session.scalar(
        select(func.count())
        .select_from(CaptionStream)
        .where(
            CaptionStream.call_id == call.id,
            CaptionStream.ended_at > unit.now - timedelta(minutes=1),
            CaptionStream.reason != "unwanted",
        )
    )
    follow(unit, call, AGAIN_AFTER_SECONDS[min((lost or 1) - 1, len(AGAIN_AFTER_SECONDS) - 1)])
