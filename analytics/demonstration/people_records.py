"""What people did about demonstration calls, taken away with them: dangers' records, reviews, protocols."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import Session

from models.care import Danger
from models.danger_protocol import CallerAsk, DangerReport, DangerTick, Debrief
from models.people import Person
from models.protocols import ProtocolPhase, ProtocolVersion
from models.quality import QualityReview, SampleDraw, ScorecardVersion


def clear_people_records(session: Session, calls: Select[Any]) -> None:
    """Before the calls and dangers go. A protocol that a made-up person wrote or signed binds nobody."""
    dangers = select(Danger.id).where(Danger.call_id.in_(calls))
    people = select(Person.id).where(Person.is_demonstration.is_(True))
    quietly = {"synchronize_session": False}
    for clause in (
        delete(DangerTick).where(DangerTick.danger_id.in_(dangers)),
        delete(DangerReport).where(DangerReport.danger_id.in_(dangers)),
        delete(Debrief).where(Debrief.danger_id.in_(dangers)),
        delete(CallerAsk).where(CallerAsk.call_id.in_(calls)),
        delete(QualityReview).where(QualityReview.call_id.in_(calls)),
        update(QualityReview).where(_drawn_by(people)).values(draw_id=None),
        delete(SampleDraw).where(SampleDraw.drawn_by_id.in_(people)),
        update(ScorecardVersion).where(ScorecardVersion.saved_by_id.in_(people)).values(saved_by_id=None),
        delete(ProtocolVersion).where(
            ProtocolVersion.author_id.in_(people) | ProtocolVersion.signer_id.in_(people)
        ),
        delete(ProtocolPhase).where(ProtocolPhase.set_by_id.in_(people)),
    ):
        session.execute(clause, execution_options=quietly)


def _drawn_by(people: Select[Any]) -> Any:
    return QualityReview.draw_id.in_(select(SampleDraw.id).where(SampleDraw.drawn_by_id.in_(people)))
