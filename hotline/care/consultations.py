"""会诊: asked upward with the result of a scale, sent to the institution above, answered by a named expert.

The recommendation (individual, family, group, none) is made after the opinion
(联防联控机制综发〔2020〕224号). Nothing of it leaves the hotline as a label.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from hotline.care.errors import NoSuchCall, NoSuchConsultation, OpinionIncomplete, OutcomeMissing
from models.assessments import Assessment, Consultation
from models.audit import Auditor
from models.calls import Call
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary_care import ConsultationState, Recommendation

OPEN = (ConsultationState.ASKED, ConsultationState.SENT)


class Consultations:
    def __init__(self, work: Work, audit_key: bytes) -> None:
        self._work = work
        self._audit_line = Auditor(audit_key)

    def ask(self, call_id: int, person_id: int, question: str, assessment_id: int | None) -> int:
        """Returns its id. Raises NoSuchCall, OutcomeMissing without a question; a result of another call is
        NoSuchCall too."""
        if not question.strip():
            raise OutcomeMissing(call_id=call_id)
        with self._work() as unit:
            if unit.session.get(Call, call_id) is None:
                raise NoSuchCall(call_id=call_id)
            if assessment_id is not None:
                asked = unit.session.get(Assessment, assessment_id)
                if asked is None or asked.call_id != call_id:
                    raise NoSuchCall(call_id=call_id)
            row = Consultation(
                call_id=call_id,
                assessment_id=assessment_id,
                state=ConsultationState.ASKED,
                question=question.strip(),
                asked_at=unit.now,
                asked_by_id=person_id,
            )
            unit.session.add(row)
            unit.session.flush()
            self._audit(unit, row, person_id, "asked")
            return row.id

    def send(self, consultation_id: int, person_id: int, sent_to: str) -> None:
        """To the institution above. Raises NoSuchConsultation, OutcomeMissing without one."""
        if not sent_to.strip():
            raise OutcomeMissing(consultation_id=consultation_id)
        with self._work() as unit:
            row = self._load(unit, consultation_id, (ConsultationState.ASKED,))
            row.state, row.sent_to = ConsultationState.SENT, sent_to.strip()[:80]
            row.sent_at, row.sent_by_id = unit.now, person_id
            self._audit(unit, row, person_id, "sent")

    def answer(
        self,
        consultation_id: int,
        person_id: int,
        *,
        expert: str,
        opinion: str,
        at: datetime | None,
        recommendation: Recommendation | None,
    ) -> None:
        """`at`: when the expert gave it, now without one. Raises NoSuchConsultation, OpinionIncomplete."""
        if recommendation is None or not (expert.strip() and opinion.strip()):
            raise OpinionIncomplete(consultation_id=consultation_id)
        with self._work() as unit:
            row = self._load(unit, consultation_id, OPEN)
            row.state = ConsultationState.ANSWERED
            row.expert, row.opinion = expert.strip()[:60], opinion.strip()
            row.opinion_at, row.recommendation = at or unit.now, recommendation
            row.entered_at, row.entered_by_id = unit.now, person_id
            self._audit(unit, row, person_id, "answered")

    def withdraw(self, consultation_id: int, person_id: int) -> None:
        with self._work() as unit:
            row = self._load(unit, consultation_id, OPEN)
            row.state = ConsultationState.WITHDRAWN
            self._audit(unit, row, person_id, "withdrawn")

    def _load(
        self, unit: UnitOfWork, consultation_id: int, states: tuple[ConsultationState, ...]
    ) -> Consultation:
        row = unit.session.get(Consultation, consultation_id, with_for_update=True)
        if row is None or row.state not in states:
            raise NoSuchConsultation(consultation_id=consultation_id)
        return row

    def _audit(self, unit: UnitOfWork, row: Consultation, person_id: int, what: str) -> None:
        self._audit_line(unit, person_id, f"consultation.{what}", f"call:{row.call_id}")


def consultations_of(session: Session, call_id: int) -> list[Consultation]:
    """The newest first. Whoever shows them writes the audit line."""
    return list(
        session.scalars(
            select(Consultation)
            .where(Consultation.call_id == call_id)
            .options(joinedload(Consultation.asked_by))
            .order_by(Consultation.id.desc())
        )
    )


def open_consultations(session: Session) -> list[Consultation]:
    """Not answered yet, the oldest first."""
    return list(
        session.scalars(
            select(Consultation)
            .where(Consultation.state.in_(OPEN))
            .options(joinedload(Consultation.asked_by), joinedload(Consultation.call))
            .order_by(Consultation.asked_at)
        )
    )
