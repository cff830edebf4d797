"""Whose contact somebody may open: a supervisor any; an operator their own, and what their shift owes."""

from __future__ import annotations

from flask import abort
from sqlalchemy import select
from sqlalchemy.orm import Session

from agent_console.desk_call import own_call
from agent_console.sessions import SignedIn
from models.calls import Call
from models.care import FollowUp
from models.duties import Appointment, Duty, Handover
from models.forced_reports import ForcedReport
from models.referrals import Referral
from models.vocabulary import FollowUpState, Role
from models.vocabulary_after import AppointmentState, DutyState, HandoverState, ReferralState
from models.vocabulary_care import ForcedReportState


def case_call(session: Session, call_id: int, person: SignedIn) -> Call:
    """The contact; 404 for one that is not this person's affair: it is as if it did not exist."""
    call = case_of(session, call_id, person)
    if call is None:
        abort(404)
    return call


def case_of(session: Session, call_id: int, person: SignedIn) -> Call | None:
    call = session.get(Call, call_id)
    if call is None:
        return None
    if person.role is Role.SUPERVISOR or own_call(session, call_id, person.id) is not None:
        return call
    of_shift = call.centre_id is None or person.centre_id is None or call.centre_id == person.centre_id
    owed = of_shift and _is_owed(session, call_id)
    return call if owed or _was_handed(session, call_id, person.id) else None


def _is_owed(session: Session, call_id: int) -> bool:
    open_rows = (
        select(FollowUp.id).where(FollowUp.call_id == call_id, FollowUp.state == FollowUpState.DUE),
        select(Duty.id).where(Duty.call_id == call_id, Duty.state == DutyState.OPEN),
        select(ForcedReport.id).where(
            ForcedReport.call_id == call_id, ForcedReport.state == ForcedReportState.DUE
        ),
        select(Referral.id).where(
            Referral.call_id == call_id, Referral.state.not_in((ReferralState.REFUSED, ReferralState.DONE))
        ),
        select(Appointment.id).where(
            Appointment.call_id == call_id, Appointment.state == AppointmentState.PLANNED
        ),
    )
    return any(session.scalars(query.limit(1)).first() is not None for query in open_rows)


def _was_handed(session: Session, call_id: int, person_id: int) -> bool:
    taken = select(Handover.id).where(
        Handover.call_id == call_id,
        Handover.to_id == person_id,
        Handover.state.in_((HandoverState.OFFERED, HandoverState.ACCEPTED)),
    )
    return session.scalars(taken.limit(1)).first() is not None
