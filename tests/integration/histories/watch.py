"""Listens to what is told after each commit, and looks whether the records then say what it promises."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from hotline.domain.priority import Reason
from models.calls import Call
from models.events import Event, OfferMade, TransferChanged
from models.participation import Transfer
from models.vocabulary import CallState
from models.vocabulary_talk import TransferKind, TransferState

BACK = (TransferState.RETURNED, TransferState.CANCELLED, TransferState.ENDED)


class Watch:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.faults: list[str] = []

    def __call__(self, events: Sequence[Event]) -> None:
        for event in events:
            with Session(self._engine) as session:
                if isinstance(event, OfferMade):
                    self.faults += _passed_over(session, event.call_id)
                elif isinstance(event, TransferChanged):
                    self.faults += _broken_promise(session, event)


def _passed_over(session: Session, call_id: int) -> list[str]:
    """Does anybody wait, unoffered, who stood before?"""
    key = session.scalars(select(Call.queue_key).where(Call.id == call_id)).one()
    before = session.scalars(
        select(Call.id).where(Call.state == CallState.QUEUED, Call.seat_id.is_(None), Call.queue_key < key)
    ).all()
    return [f"call {call_id} is offered before {other}" for other in before]


def _broken_promise(session: Session, event: TransferChanged) -> list[str]:
    """A transfer that failed is back with an operator who hears the caller, or bounced to the queue."""
    call = session.get_one(Call, event.call_id)
    transfer = session.get_one(Transfer, event.transfer_id)
    state = TransferState(event.state)
    if state in BACK:
        kept = call.state is CallState.TALKING and call.operator_sid is not None and not call.hold_wanted
    elif state is TransferState.BOUNCED or transfer.kind is TransferKind.QUEUE:
        # Who is put back may ring at once at another seat, but nobody has forgotten why.
        reason = Reason.TRANSFERRED if transfer.kind is TransferKind.QUEUE else Reason.TRANSFER_BOUNCED
        asked = state is TransferState.ASKED
        kept = asked or (call.state is CallState.QUEUED and reason.value in call.queue_reasons)
    elif state is TransferState.COMPLETED:
        kept = (
            call.state is CallState.TALKING
            and call.operator_sid is not None
            and call.seat_id == transfer.to_seat_id
            and not call.hold_wanted
        )
    elif state is TransferState.CALLER_LEFT:
        kept = call.state is CallState.ENDED
    else:
        kept = call.state is CallState.TALKING
    return [] if kept else [f"transfer {transfer.id} {state} of call {call.id}, which is {call.state}"]
