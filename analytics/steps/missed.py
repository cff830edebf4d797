"""Recordings that came while no speech model was installed are heard once one is."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.analysis_queue import speech_queue
from models.recordings import Recording, Transcript
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import AnalysisState, RecordingKind, RecordingState

AT_ONCE = 200


def any_missed(session: Session) -> bool:
    found = select(Transcript.id).where(Transcript.state == AnalysisState.NO_MODEL).limit(1)
    return session.scalars(found).first() is not None


def ask_missed(unit: UnitOfWork, model: str, after: int = 0) -> None:
    """`model` names the one that is there now: it is asked for once a day with each."""
    key = f"hear_missed:{model}:{unit.now.date().isoformat()}:{after}"[:100]
    unit.ask("hear_missed", "bulk", key, {"model": model, "after": after})


class HearMissed:
    """The job `hear_missed {model, after}`: asks for the transcripts that say `no_model`, some at once."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, payload: dict[str, Any]) -> None:
        model = str(payload["model"])
        with self._work() as unit:
            missed = unit.session.execute(
                select(Transcript.id, Recording.id.label("recording_id"), Recording.call_id, Recording.kind)
                .join(Recording, Recording.id == Transcript.recording_id)
                .where(
                    Transcript.id > int(payload["after"]),
                    Transcript.state == AnalysisState.NO_MODEL,
                    Recording.state == RecordingState.STORED,
                )
                .order_by(Transcript.id)
                .limit(AT_ONCE)
            ).all()
            for row in missed:
                message = row.kind is RecordingKind.MESSAGE
                unit.ask(
                    "transcribe",
                    speech_queue(unit.session, row.call_id, message=message),
                    f"transcribe:{row.recording_id}:{model}"[:100],
                    {"recording_id": row.recording_id},
                )
            if len(missed) == AT_ONCE:
                ask_missed(unit, model, missed[-1].id)
