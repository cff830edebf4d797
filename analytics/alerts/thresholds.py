"""What rejections teach: a proposal that a person accepts or refuses, and only then a margin on the bound.

After three rejections for natural variation of one series at one place within 12 weeks, without a verified
one among the last five decisions, a margin of as many persons is proposed as would have kept the least of
them silent. It says beside itself which verified signals it would have missed. Possible stress events are
never made quieter.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from analytics.report.errors import NotFound, NotPermitted, ProposalAlreadyDecided, ReasonMissing
from models.alerting import ThresholdProposal
from models.audit import Auditor
from models.people import Person
from models.surveillance import Signal, SignalReview
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import Role
from models.vocabulary_alerting import ProposalState, RejectionCause
from models.vocabulary_surveillance import SignalKind, SignalState

LOOK_BACK = timedelta(weeks=12)
REJECTIONS = 3
DECISIONS = 5
LARGEST_MARGIN = 10
TRUE = (SignalState.VERIFIED, SignalState.CLOSED)


class Proposals:
    def __init__(self, work: Work, audit_key: bytes) -> None:
        self._work = work
        self._audit = Auditor(audit_key)

    def decide(self, proposal_id: int, person_id: int, accept: bool, reason: str) -> None:
        """A named supervisor, with a reason. Raises NotFound, NotPermitted, ReasonMissing,
        ProposalAlreadyDecided."""
        with self._work() as unit:
            person = unit.session.get(Person, person_id)
            if person is None or not person.active or person.role is not Role.SUPERVISOR:
                raise NotPermitted(person_id=person_id)
            if not reason.strip():
                raise ReasonMissing(proposal_id=proposal_id)
            proposal = unit.session.get(ThresholdProposal, proposal_id, with_for_update=True)
            if proposal is None:
                raise NotFound(proposal_id=proposal_id)
            if proposal.state is not ProposalState.PROPOSED:
                raise ProposalAlreadyDecided(proposal_id=proposal_id)
            proposal.state = ProposalState.ACCEPTED if accept else ProposalState.REFUSED
            proposal.decided_by_id, proposal.decided_at = person_id, unit.now
            proposal.reason = reason.strip()
            self._audit(
                unit, person_id, f"threshold.{proposal.state.value}", f"threshold:{proposal_id}", reason
            )


def propose(unit: UnitOfWork, signal: Signal) -> ThresholdProposal | None:
    """Called with each rejection; an open proposal grows, a decided one is not repeated."""
    if signal.kind is not SignalKind.PROMINENT_ISSUE:
        return None
    session = unit.session
    past = session.scalars(
        select(Signal)
        .where(
            Signal.kind == signal.kind,
            Signal.series == signal.series,
            Signal.place_code == signal.place_code,
            Signal.raised_at >= unit.now - LOOK_BACK,
            Signal.state.in_((*TRUE, SignalState.REJECTED)),
        )
        .order_by(Signal.raised_at.desc())
    ).all()
    natural = set(
        session.scalars(
            select(SignalReview.signal_id).where(
                SignalReview.signal_id.in_([s.id for s in past]),
                SignalReview.decision == SignalState.REJECTED,
                SignalReview.cause == RejectionCause.NATURAL,
            )
        )
    )
    rejected = [s for s in past if s.id in natural]
    if len(rejected) < REJECTIONS or any(s.state in TRUE for s in past[:DECISIONS]):
        return None
    margin = min(LARGEST_MARGIN, *(math.floor(s.observed - s.upper) + 1 for s in rejected))
    if margin < 1:
        return None
    return _write(unit, signal, rejected, margin)


def _write(unit: UnitOfWork, signal: Signal, rejected: list[Signal], margin: int) -> ThresholdProposal | None:
    session = unit.session
    ids = sorted(s.id for s in rejected)
    known = session.scalars(
        select(ThresholdProposal)
        .where(ThresholdProposal.series == signal.series, ThresholdProposal.place_code == signal.place_code)
        .order_by(ThresholdProposal.id.desc())
    ).first()
    if known is not None and known.state is not ProposalState.PROPOSED and set(ids) <= set(known.signal_ids):
        return None
    if known is None or known.state is not ProposalState.PROPOSED:
        known = ThresholdProposal(
            series=signal.series,
            place_code=signal.place_code,
            proposed_at=unit.now,
            is_demonstration=signal.is_demonstration,
        )
        session.add(known)
    known.signal_ids = ids
    known.margin_persons = margin
    known.would_have_missed = len(
        [
            s
            for s in session.scalars(
                select(Signal).where(
                    Signal.series == signal.series,
                    Signal.place_code == signal.place_code,
                    Signal.state.in_(TRUE),
                )
            )
            if s.observed <= s.upper + margin
        ]
    )
    return known


def margins(session: Session) -> Mapping[tuple[str, str], int]:
    """(series, place) -> persons above the bound that a count needs besides: the newest accepted proposal."""
    rows = session.execute(
        select(ThresholdProposal.series, ThresholdProposal.place_code, ThresholdProposal.margin_persons)
        .where(ThresholdProposal.state == ProposalState.ACCEPTED)
        .order_by(ThresholdProposal.id)
    )
    return {(row.series, row.place_code): row.margin_persons for row in rows}
