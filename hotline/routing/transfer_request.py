"""How a transfer begins: what stands against it, the record of it, and the leg that is rung."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from hotline.domain.transfer import Talk, why_no_transfer
from hotline.routing.errors import CannotTransfer, NotInTalk, UnknownCall
from hotline.routing.hold import ask_hold
from hotline.routing.participations import invite, open_participations
from hotline.routing.transfer_steps import open_transfer
from hotline.routing.transitions import load_call, record
from models.calls import Call
from models.care import Danger
from models.events import LinkageChanged, TransferChanged
from models.linkage import Linkage
from models.participation import Participation, Transfer
from models.unit_of_work import UnitOfWork
from models.vocabulary import DangerState
from models.vocabulary_talk import AudioMode, ParticipantRole, TransferKind, TransferState


def _why_not_now(unit: UnitOfWork, call: Call) -> str | None:
    """Code of what stands against any transfer of this call."""
    others = open_participations(unit, call.id)
    joined = any(
        one.role is ParticipantRole.SUPERVISOR and AudioMode.JOIN in (one.mode, one.mode_wanted)
        for one in others
    )
    apart = sum(one.role is not ParticipantRole.SUPERVISOR for one in others)
    running = open_transfer(unit, call.id) is not None
    return why_no_transfer(Talk(call.state, call.operator_sid is not None, running, apart, joined))


def serving(unit: UnitOfWork, call_id: int, person_id: int) -> Call:
    """The call that this person serves, whatever its state. Raises UnknownCall, NotInTalk."""
    call = load_call(unit, call_id)
    if call is None:
        raise UnknownCall(call_id=call_id)
    if call.person_id != person_id or call.seat_id is None:
        raise NotInTalk(call_id=call_id)
    return call


def begin(
    unit: UnitOfWork,
    call: Call,
    kind: TransferKind,
    words: str,
    *,
    to_seat_id: int | None = None,
    to_person_id: int | None = None,
    partner_id: int | None = None,
    to_language: str | None = None,
    to_skills: Sequence[str] = (),
    to_centre_id: int | None = None,
) -> Transfer:
    """The record of it, and the caller on hold. Raises CannotTransfer where something stands against it."""
    against = _why_not_now(unit, call)
    if against is not None:
        raise CannotTransfer(reason=against)
    transfer = Transfer(
        call_id=call.id,
        kind=kind,
        state=TransferState.ASKED,
        from_person_id=call.person_id,
        from_seat_id=call.seat_id,
        to_seat_id=to_seat_id,
        to_person_id=to_person_id,
        partner_id=partner_id,
        to_language=to_language,
        to_skills=list(to_skills),
        to_centre_id=to_centre_id,
        words=words.strip() or None,
        asked_at=unit.now,
    )
    unit.session.add(transfer)
    unit.session.flush()
    record(unit, call, "transfer_asked", transfer_id=transfer.id, transfer_kind=str(kind))
    if kind is not TransferKind.QUEUE:
        # The caller is told so, and hears calm sound; nobody speaks of them in their ear.
        ask_hold(unit, call, True)
    unit.tell(TransferChanged(call.id, transfer.id, str(transfer.state)))
    return transfer


def ring(
    unit: UnitOfWork,
    call: Call,
    person_id: int,
    number: str,
    kind: TransferKind,
    words: str,
    service: str | None,
    partner_id: int | None,
) -> int:
    """Ring a number outside; the transfer's id. `service`: 110, 119, 120 or 122. Raises CannotTransfer."""
    if service is not None:
        kind = TransferKind.CONSULT  # nobody is left alone with an emergency line
    transfer = begin(unit, call, kind, words, partner_id=partner_id)
    one = Participation(
        role=ParticipantRole.EMERGENCY if service else ParticipantRole.PARTNER,
        partner_id=partner_id,
        number=number,
        asked_by_id=person_id,
        transfer_id=transfer.id,
    )
    invite(unit, call, one)
    if service is not None:
        _link(unit, call, one, service, person_id)
    return transfer.id


def _link(unit: UnitOfWork, call: Call, one: Participation, service: str, person_id: int) -> None:
    """The hand-off is an object of its own from the moment it is dialled."""
    danger_id = unit.session.scalars(
        select(Danger.id)
        .where(Danger.call_id == call.id, Danger.state == DangerState.OPEN)
        .order_by(Danger.id.desc())
    ).first()
    linkage = Linkage(
        call_id=call.id,
        danger_id=danger_id,
        participation_id=one.id,
        service=service,
        asked_by_id=person_id,
        asked_at=unit.now,
    )
    unit.session.add(linkage)
    unit.session.flush()
    unit.tell(LinkageChanged(call.id, linkage.id))
