"""What fell overdue at high risk becomes the supervisor's: told once, and listed until somebody ends it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from models.care import FollowUp
from models.duties import Duty
from models.events import DutyOverdue
from models.forced_reports import ForcedReport
from models.notes import Note
from models.referrals import Referral
from models.unit_of_work import Work
from models.vocabulary import FollowUpState, RiskLevel
from models.vocabulary_after import DutyState, ItemKind
from models.vocabulary_care import ForcedReportState

AT_ONCE = 100


def high_follow_up_overdue(now: datetime) -> ColumnElement[bool]:
    """A follow-up past its time whose rule or whose note says R3 or R4."""
    by_rule = FollowUp.rule.startswith("R3") | FollowUp.rule.startswith("R4")
    by_note = exists().where(Note.call_id == FollowUp.call_id, Note.risk_level >= int(RiskLevel.R3))
    return (FollowUp.state == FollowUpState.DUE) & (FollowUp.due_at < now) & (by_rule | by_note)


def duty_overdue(now: datetime) -> ColumnElement[bool]:
    """Forced tasks go up whatever the level: the clauses behind them allow no waiting."""
    return (Duty.state == DutyState.OPEN) & (Duty.due_at < now)


def report_overdue(now: datetime) -> ColumnElement[bool]:
    """A report required by law (强制报告) that nobody has made or weighed in time."""
    return (ForcedReport.state == ForcedReportState.DUE) & (ForcedReport.due_at < now)


def referral_overdue(now: datetime) -> ColumnElement[bool]:
    """No answer to a referral that was sent at high risk."""
    return Referral.urgent & (Referral.due_at < now)


class Escalation:
    def __init__(self, work: Work) -> None:
        self._work = work

    def tick(self) -> int:
        """By the clock: how many were told now. The row remembers, so that a lost message is no lost duty."""
        with self._work() as unit:
            unit.only_read()
            if not _untold(unit.session, unit.now):
                return 0
        with self._work() as unit:
            found = _untold(unit.session, unit.now)
            for kind, row in found:
                row.escalated_at = unit.now
                unit.tell(DutyOverdue(row.call_id, str(kind), row.id))
            return len(found)


def _untold(
    session: Session, now: datetime
) -> list[tuple[ItemKind, FollowUp | Duty | ForcedReport | Referral]]:
    follow_ups = select(FollowUp).where(FollowUp.escalated_at.is_(None), high_follow_up_overdue(now))
    duties = select(Duty).where(Duty.escalated_at.is_(None), duty_overdue(now))
    reports = select(ForcedReport).where(ForcedReport.escalated_at.is_(None), report_overdue(now))
    referrals = select(Referral).where(Referral.escalated_at.is_(None), referral_overdue(now))
    return [
        *((ItemKind.FOLLOW_UP, row) for row in session.scalars(follow_ups.limit(AT_ONCE))),
        *((ItemKind.DUTY, row) for row in session.scalars(duties.limit(AT_ONCE))),
        *((ItemKind.FORCED_REPORT, row) for row in session.scalars(reports.limit(AT_ONCE))),
        *((ItemKind.REFERRAL, row) for row in session.scalars(referrals.limit(AT_ONCE))),
    ]
