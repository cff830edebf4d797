"""Follow-ups due by the rule of the risk level."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.care.errors import NoSuchFollowUp
from hotline.domain.risk_level import follow_up_plan
from models.audit import write_audit
from models.calls import Call
from models.care import FollowUp
from models.notes import Note
from models.unit_of_work import Work
from models.vocabulary import FollowUpState, RiskLevel
from models.vocabulary_record import Population


def plan_follow_ups(session: Session, note: Note, talk_ended_at: datetime) -> list[FollowUp]:
    """Write what the level of the closed note asks for; nothing that is already due is taken away."""
    if note.risk_level is None:
        return []
    planned = [
        FollowUp(call_id=note.call_id, rule=rule, due_at=talk_ended_at + timedelta(days=days))
        for rule, days in follow_up_plan(RiskLevel(note.risk_level), note.population is Population.RECOVERED)
    ]
    session.add_all(planned)
    return planned


class FollowUps:
    """What the duty shift does with follow-ups: anybody on duty may take one."""

    def __init__(self, work: Work, audit_key: bytes) -> None:
        self._work = work
        self._audit_key = audit_key

    def finish(self, follow_up_id: int, person_id: int, state: FollowUpState) -> None:
        """Record how it went. Raises NoSuchFollowUp when it is unknown or no longer due."""
        with self._work() as unit:
            follow_up = unit.session.get(FollowUp, follow_up_id)
            if follow_up is None or follow_up.state is not FollowUpState.DUE:
                raise NoSuchFollowUp(follow_up_id=follow_up_id)
            follow_up.state = state
            follow_up.done_at = unit.now
            follow_up.done_by_id = person_id
            write_audit(
                unit.session,
                self._audit_key,
                at=unit.now,
                person_id=person_id,
                action=f"follow_up.{state}",
                subject=f"call:{follow_up.call_id}",
            )


def due_follow_ups(
    session: Session, until: datetime, centre_id: int | None, limit: int = 50
) -> list[FollowUp]:
    """Due by `until`, of one centre and of none, or of all; the earliest first."""
    query = (
        select(FollowUp)
        .join(Call, Call.id == FollowUp.call_id)
        .where(FollowUp.state == FollowUpState.DUE, FollowUp.due_at <= until)
        .order_by(FollowUp.due_at)
        .limit(limit)
    )
    if centre_id is not None:
        query = query.where((Call.centre_id == centre_id) | Call.centre_id.is_(None))
    return list(session.scalars(query))
