"""The way of one call: number dialled, place, and each passing on with who, when and result.

The caller's number is the call's own and stays through every transfer; numbers rung outside are masked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from models.calls import Call, CallEvent
from models.crypto import mask_number
from models.network import PartnerLine
from models.participation import Participation, Transfer
from models.places import Centre
from models.vocabulary_talk import ParticipantRole, TransferKind, TransferState

STANDBY = ("standby_dialled", "standby_answered")


@dataclass(frozen=True)
class PassedOn:
    """One wish to bring somebody else to the caller, and what became of it."""

    asked_at: datetime
    by: str | None
    by_seat: str | None
    kind: TransferKind
    state: TransferState
    reason: str | None
    answered_at: datetime | None
    ended_at: datetime | None
    seat: str | None = None
    person: str | None = None
    partner_zh: str | None = None
    partner_en: str | None = None
    service: str | None = None
    """110, 119, 120 or 122."""
    number: str | None = None
    """Of an outside line that was typed, masked."""
    language: str | None = None
    skills: tuple[str, ...] = ()
    centre_zh: str | None = None
    centre_en: str | None = None
    """The last four: what the queue was asked for."""


@dataclass(frozen=True)
class OutByItself:
    """Nobody of ours was on duty: the stand-by phone (no name) or a partner line was rung."""

    at: datetime
    partner_zh: str | None
    partner_en: str | None
    answered: bool


@dataclass(frozen=True)
class Way:
    number_dialled: str
    line_zh: str | None
    line_en: str | None
    centre_zh: str | None
    centre_en: str | None
    passed_on: tuple[PassedOn, ...]
    """In the order in which they were asked."""
    out: tuple[OutByItself, ...]


def way_of(session: Session, call_id: int) -> Way | None:
    call = session.get(Call, call_id, options=[joinedload(Call.line), joinedload(Call.centre)])
    if call is None:
        return None
    transfers = session.scalars(
        select(Transfer)
        .where(Transfer.call_id == call_id)
        .options(
            joinedload(Transfer.from_person),
            joinedload(Transfer.from_seat),
            joinedload(Transfer.to_seat),
            joinedload(Transfer.to_person),
        )
        .order_by(Transfer.id)
    ).all()
    legs = {
        leg.transfer_id: leg
        for leg in session.scalars(select(Participation).where(Participation.call_id == call_id))
        if leg.transfer_id is not None
    }
    return Way(
        number_dialled=call.number_dialled,
        line_zh=call.line.name_zh if call.line else None,
        line_en=call.line.name_en if call.line else None,
        centre_zh=call.centre.name_zh if call.centre else None,
        centre_en=call.centre.name_en if call.centre else None,
        passed_on=tuple(_passed_on(session, one, legs.get(one.id)) for one in transfers),
        out=_out(session, call_id),
    )


def _passed_on(session: Session, one: Transfer, leg: Participation | None) -> PassedOn:
    partner = session.get(PartnerLine, one.partner_id) if one.partner_id is not None else None
    centre = session.get(Centre, one.to_centre_id) if one.to_centre_id is not None else None
    emergency = leg is not None and leg.role is ParticipantRole.EMERGENCY
    return PassedOn(
        asked_at=one.asked_at,
        by=one.from_person.name if one.from_person else None,
        by_seat=one.from_seat.label if one.from_seat else None,
        kind=one.kind,
        state=one.state,
        reason=one.reason,
        answered_at=one.answered_at,
        ended_at=one.ended_at,
        seat=one.to_seat.label if one.to_seat else None,
        person=one.to_person.name if one.to_person else None,
        partner_zh=partner.name_zh if partner else None,
        partner_en=partner.name_en if partner else None,
        service=leg.number if leg is not None and emergency and partner is None else None,
        number=mask_number(leg.number) if leg is not None and leg.number and not emergency else None,
        language=one.to_language,
        skills=tuple(one.to_skills or ()),
        centre_zh=centre.name_zh if centre else None,
        centre_en=centre.name_en if centre else None,
    )


def _out(session: Session, call_id: int) -> tuple[OutByItself, ...]:
    events: Sequence[CallEvent] = session.scalars(
        select(CallEvent)
        .where(CallEvent.call_id == call_id, CallEvent.kind.in_(STANDBY))
        .order_by(CallEvent.id)
    ).all()
    found: list[OutByItself] = []
    for number, event in enumerate(events):
        if event.kind != "standby_dialled":
            continue
        following = events[number + 1] if number + 1 < len(events) else None
        partner_id = event.data.get("partner_id")
        partner = session.get(PartnerLine, partner_id) if partner_id is not None else None
        found.append(
            OutByItself(
                event.at,
                partner.name_zh if partner else None,
                partner.name_en if partner else None,
                answered=following is not None and following.kind == "standby_answered",
            )
        )
    return tuple(found)
