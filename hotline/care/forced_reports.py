"""强制报告: a note that tells of signs of harm to a minor opens a duty; a named person closes it.

Duty-bearers report to the police at once (nine departments, May 2020; Law on the Protection of Minors). No
time limit could be verified: the product asks for two hours. A mark in a note never reports by itself.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.care.errors import NoSuchForcedReport, OutcomeMissing
from models.audit import write_audit
from models.forced_reports import ForcedReport
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary_care import ForcedReportState

WITHIN = timedelta(hours=2)


def open_duty(unit: UnitOfWork, audit_key: bytes, call_id: int, person_id: int) -> None:
    """Within the save of a note. One for a call; a note that is corrected later takes nothing back."""
    if duty_of(unit.session, call_id) is not None:
        return
    unit.session.add(
        ForcedReport(
            call_id=call_id,
            state=ForcedReportState.DUE,
            opened_at=unit.now,
            opened_by_id=person_id,
            due_at=unit.now + WITHIN,
        )
    )
    write_audit(
        unit.session,
        audit_key,
        at=unit.now,
        person_id=person_id,
        action="forced_report.opened",
        subject=f"call:{call_id}",
    )


def duty_of(session: Session, call_id: int) -> ForcedReport | None:
    return session.scalars(select(ForcedReport).where(ForcedReport.call_id == call_id)).first()


def open_duties(session: Session) -> list[ForcedReport]:
    """Due ones, the earliest first."""
    return list(
        session.scalars(
            select(ForcedReport)
            .where(ForcedReport.state == ForcedReportState.DUE)
            .order_by(ForcedReport.due_at)
        )
    )


class ForcedReports:
    def __init__(self, work: Work, audit_key: bytes) -> None:
        self._work = work
        self._audit_key = audit_key

    def reported(self, call_id: int, person_id: int, to: str, reference: str, told: str) -> None:
        """Raises NoSuchForcedReport, OutcomeMissing without whom it was told or what."""
        if not (to.strip() and told.strip()):
            raise OutcomeMissing(call_id=call_id)
        self._close(call_id, person_id, ForcedReportState.REPORTED, told, to, reference)

    def not_sent(self, call_id: int, person_id: int, reason: str) -> None:
        """Considered, and not sent, because … Raises NoSuchForcedReport, OutcomeMissing."""
        if not reason.strip():
            raise OutcomeMissing(call_id=call_id)
        self._close(call_id, person_id, ForcedReportState.NOT_SENT, reason)

    def _close(
        self,
        call_id: int,
        person_id: int,
        state: ForcedReportState,
        reason: str,
        to: str = "",
        reference: str = "",
    ) -> None:
        with self._work() as unit:
            duty = duty_of(unit.session, call_id)
            if duty is None or duty.state is not ForcedReportState.DUE:
                raise NoSuchForcedReport(call_id=call_id)
            duty.state = state
            duty.closed_at, duty.closed_by_id = unit.now, person_id
            duty.reported_to = to.strip()[:80] or None
            duty.reference = reference.strip() or None
            duty.reason = reason.strip()
            write_audit(
                unit.session,
                self._audit_key,
                at=unit.now,
                person_id=person_id,
                action=f"forced_report.{state}",
                subject=f"call:{call_id}",
            )
