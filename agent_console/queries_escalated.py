"""What is overdue and goes to the supervisor, as frozen rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from agent_console.queries_duties import (
    MOST,
    DutyRow,
    FollowUpRow,
    ReferralRow,
    ReportRow,
    duty_rows,
    follow_up_row,
    referral_rows,
    report_rows,
    whos,
)
from hotline.care.escalation import duty_overdue, high_follow_up_overdue, referral_overdue, report_overdue
from models.care import FollowUp
from models.duties import Duty
from models.forced_reports import ForcedReport
from models.referrals import Referral


@dataclass(frozen=True)
class Escalated:
    """Overdue at high risk, or owed by law: the supervisor's."""

    follow_ups: tuple[FollowUpRow, ...]
    duties: tuple[DutyRow, ...]
    reports: tuple[ReportRow, ...]
    referrals: tuple[ReferralRow, ...]

    @property
    def count(self) -> int:
        return len(self.follow_ups) + len(self.duties) + len(self.reports) + len(self.referrals)


def escalated(session: Session, now: datetime, limit: int = MOST) -> Escalated:
    follow_ups = session.scalars(
        select(FollowUp)
        .where(high_follow_up_overdue(now))
        .options(joinedload(FollowUp.callback), joinedload(FollowUp.preferred))
        .order_by(FollowUp.due_at)
        .limit(limit)
    ).all()
    duties = session.scalars(select(Duty).where(duty_overdue(now)).order_by(Duty.due_at).limit(limit)).all()
    reports = session.scalars(
        select(ForcedReport).where(report_overdue(now)).order_by(ForcedReport.due_at).limit(limit)
    ).all()
    referrals = session.scalars(
        select(Referral).where(referral_overdue(now)).order_by(Referral.due_at).limit(limit)
    ).all()
    concerned = [
        *(row.call_id for row in follow_ups),
        *(row.call_id for row in duties),
        *(row.call_id for row in reports),
        *(row.call_id for row in referrals),
    ]
    people = whos(session, concerned)
    return Escalated(
        tuple(follow_up_row(row, people, now, 0) for row in follow_ups),
        duty_rows(duties, people, now),
        report_rows(reports, people, now),
        referral_rows(referrals, people, now),
    )
