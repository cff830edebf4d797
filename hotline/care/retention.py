"""Nothing is kept past its day: each recording and transcript carries one, written records have their years,
and the clock asks for what is due."""

from __future__ import annotations

from sqlalchemy import delete, select, update

from hotline.care.record_holds import not_held
from hotline.care.service_records import erase_old_records
from models.audit import write_audit
from models.recordings import Recording, RiskMark, Transcript
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import RecordingState

AT_ONCE = 200


class Retention:
    def __init__(self, work: Work, audit_key: bytes) -> None:
        self._work = work
        self._audit_key = audit_key

    def enforce(self) -> int:
        """By the clock. Transcripts, with the words of their marks, and written records go at once; audio,
        whose file may lie with the worker, is asked for. Returns how many fell due."""
        with self._work() as unit:
            transcripts = unit.session.scalars(
                select(Transcript)
                .where(Transcript.erase_by_at <= unit.now, not_held(Transcript.call_id))
                .limit(AT_ONCE)
            ).all()
            for transcript in transcripts:
                self._drop(unit, transcript)
            audio = unit.session.scalars(
                select(Recording.id)
                .where(
                    Recording.erase_by_at <= unit.now,
                    Recording.state == RecordingState.STORED,
                    not_held(Recording.call_id),
                )
                .limit(AT_ONCE)
            ).all()
            for recording_id in audio:
                unit.ask(
                    "erase_expired", "work", f"erase_expired:{recording_id}", {"recording_id": recording_id}
                )
            return len(transcripts) + len(audio) + erase_old_records(unit, self._audit_key)

    def _drop(self, unit: UnitOfWork, transcript: Transcript) -> None:
        spoken = RiskMark.source.in_(["transcript", "message"])
        unit.session.execute(
            update(RiskMark).where(RiskMark.call_id == transcript.call_id, spoken).values(evidence=None)
        )
        unit.session.execute(delete(Transcript).where(Transcript.id == transcript.id))
        write_audit(
            unit.session,
            self._audit_key,
            at=unit.now,
            person_id=None,
            action="transcript.expired",
            subject=f"call:{transcript.call_id}",
        )
