"""Who is in the talk of a desk besides caller and operator, and how far its transfer is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from hotline.domain.transfer import Talk, why_no_hand_over, why_no_transfer
from hotline.routing.transfer_steps import party_of
from models.calls import Call
from models.linkage import Linkage
from models.participation import Participation, Transfer
from models.seats import Seat
from models.vocabulary_talk import (
    AudioMode,
    ParticipantRole,
    ParticipationState,
    RescueReached,
    TransferState,
)

RINGING = (ParticipationState.ASKED, ParticipationState.RINGING)
SHOWN_FAILURES = (TransferState.RETURNED, TransferState.ENDED, TransferState.CANCELLED)


@dataclass(frozen=True)
class CalledIn:
    """A colleague asks this seat into a talk."""

    participation: Participation
    transfer: Transfer
    asked_by: str


@dataclass(frozen=True)
class TalkFacts:
    mine: bool
    """This person serves the caller; else they were called in, or handed it over."""
    transfer: Transfer | None
    """The one that is open, or the last one that came back, so that its reason is seen."""
    target: Participation | None
    supervisors: Sequence[Participation]
    """Those in the talk now."""
    chain: Sequence[Transfer]
    against: str | None
    """Code of what stands against a transfer now."""
    against_hand_over: str | None
    linkage: Linkage | None
    handed_to: str | None
    """Label of the seat that has the call after a hand-over by this person; "" for the queue or a partner."""


def called_to(session: Session, seat_id: int) -> CalledIn | None:
    one = session.scalars(
        select(Participation)
        .where(Participation.seat_id == seat_id, Participation.state.in_(RINGING))
        .options(joinedload(Participation.call), joinedload(Participation.transfer))
        .order_by(Participation.id.desc())
    ).first()
    if one is None or one.transfer is None:
        return None
    asked_by = one.transfer.from_person.name if one.transfer.from_person is not None else ""
    return CalledIn(one, one.transfer, asked_by)


def talk_facts(session: Session, call: Call, person_id: int) -> TalkFacts:
    chain = session.scalars(
        select(Transfer)
        .where(Transfer.call_id == call.id)
        .options(joinedload(Transfer.to_seat), joinedload(Transfer.from_person))
        .order_by(Transfer.id)
    ).all()
    legs = session.scalars(
        select(Participation)
        .where(Participation.call_id == call.id)
        .options(joinedload(Participation.person), joinedload(Participation.seat))
        .order_by(Participation.id)
    ).all()
    last = chain[-1] if chain else None
    shown = last if last is not None and (last.state.is_open or last.state in SHOWN_FAILURES) else None
    target = next((one for one in reversed(legs) if shown and one.transfer_id == shown.id), None)
    supervisors = [
        one for one in legs if one.role is ParticipantRole.SUPERVISOR and one.state is ParticipationState.IN
    ]
    others = sum(one.state.is_open and one.role is not ParticipantRole.SUPERVISOR for one in legs)
    is_open = shown is not None and shown.state.is_open
    joined = any(AudioMode.JOIN in (one.mode, one.mode_wanted) for one in supervisors)
    mine = call.person_id == person_id and call.seat_id is not None
    return TalkFacts(
        mine=mine,
        transfer=shown,
        target=target,
        supervisors=supervisors,
        chain=chain,
        against=why_no_transfer(Talk(call.state, call.operator_sid is not None, is_open, others, joined)),
        against_hand_over=why_no_hand_over(shown.state, party_of(target)) if shown and target else None,
        linkage=session.scalars(
            select(Linkage)
            .where(Linkage.call_id == call.id, Linkage.reached == RescueReached.UNKNOWN)
            .order_by(Linkage.id.desc())
        ).first(),
        handed_to=None if mine else _handed_to(session, chain, person_id),
    )


def _handed_to(session: Session, chain: Sequence[Transfer], person_id: int) -> str | None:
    mine = [one for one in chain if one.from_person_id == person_id and one.state is TransferState.COMPLETED]
    if not mine:
        return None
    seat = session.get(Seat, mine[-1].to_seat_id) if mine[-1].to_seat_id is not None else None
    return seat.label if seat is not None else ""
