"""Recordings of which the carrier's last word was lost: its list is read, and told on as its callbacks tell.

Otherwise the sound of a talk would lie at the carrier for ever, and a message would be heard by nobody.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from functools import partial

from sqlalchemy import Select, select

from hotline.domain.call_state import CallFact
from hotline.routing.transactions import in_one_unit, reading
from hotline.routing.transitions import load_call, record
from hotline.telephony.call_facts import CallFacts
from hotline.telephony.carrier import Carrier, CarrierAway, CarrierRefused
from models.calls import Call, CallEvent
from models.recordings import Recording
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import CallState, RecordingKind, RecordingState

log = logging.getLogger("hotline.recordings")

TOLD_WITHIN = timedelta(seconds=30)
"""After the end of a call the carrier itself tells what it recorded, in less."""
LOOKED_FOR = "message_looked_for"
FOUND_WITHIN = timedelta(days=1)
FINAL = ("completed", "absent", "failed")
AT_ONCE = 20


class LostRecordings:
    """The clock asks each fifteen seconds. What was told already is told again without effect."""

    def __init__(self, work: Work, carrier: Carrier, facts: CallFacts) -> None:
        self._work = work
        self._carrier = carrier
        self._facts = facts

    def look(self) -> int:
        """How many calls were asked about. A carrier that is away is asked at the next turn."""
        try:
            talks, messages = self._untold(_talks()), self._untold(_messages())
            for call_id, call_sid in talks:
                self._tell_again(call_id, call_sid)
            for call_id, call_sid in messages:
                if self._tell_again(call_id, call_sid):
                    in_one_unit(self._work, partial(_looked, call_id=call_id))
        except (CarrierAway, CarrierRefused):
            log.warning("the carrier did not tell what it recorded; it is asked again")
            return 0
        return len(talks) + len(messages)

    def _untold(self, calls: Select[int, str | None]) -> list[tuple[int, str]]:
        with reading(self._work) as unit:
            late = Call.ended_at < unit.now - TOLD_WITHIN
            recent = Call.ended_at > unit.now - FOUND_WITHIN
            rows = unit.session.execute(calls.where(late, recent).order_by(Call.id).limit(AT_ONCE))
            return [(call_id, call_sid) for call_id, call_sid in rows if call_sid is not None]

    def _tell_again(self, call_id: int, call_sid: str) -> bool:
        """False while the carrier still works on one of them."""
        held = self._carrier.recordings_of(call_sid)
        for one in held:
            self._facts.recording(
                one.sid,
                call_sid=call_sid,
                status="absent" if one.status == "failed" else one.status,
                duration_seconds=one.duration_seconds,
                channels=one.channels,
                source=one.source,
            )
        for sid in self._started(call_id) - {one.sid for one in held}:
            self._facts.recordings.absent(sid)
        return all(one.status in FINAL for one in held)

    def _started(self, call_id: int) -> set[str]:
        sids = select(Recording.carrier_sid).where(
            Recording.call_id == call_id, Recording.state == RecordingState.STARTED
        )
        with reading(self._work) as unit:
            return {sid for sid in unit.session.scalars(sids) if sid is not None}


def _talks() -> Select[int, str | None]:
    """Calls that are over, with a recording that we still hold to run."""
    runs = select(Recording.id).where(
        Recording.call_id == Call.id,
        Recording.kind == RecordingKind.TALK,
        Recording.state == RecordingState.STARTED,
    )
    return _over().where(runs.exists())


def _messages() -> Select[int, str | None]:
    """Callers who began to speak a message, of which nothing came, and nobody looked yet."""
    spoke = select(CallEvent.id).where(CallEvent.call_id == Call.id, CallEvent.kind == CallFact.MESSAGE.value)
    looked = select(CallEvent.id).where(CallEvent.call_id == Call.id, CallEvent.kind == LOOKED_FOR)
    came = select(Recording.id).where(Recording.call_id == Call.id, Recording.kind == RecordingKind.MESSAGE)
    return _over().where(spoke.exists(), ~came.exists(), ~looked.exists())


def _over() -> Select[int, str | None]:
    return select(Call.id, Call.carrier_sid).where(
        Call.state == CallState.ENDED, Call.carrier_sid.is_not(None)
    )


def _looked(unit: UnitOfWork, call_id: int) -> None:
    call = load_call(unit, call_id)
    if call is not None:
        record(unit, call, LOOKED_FOR)
