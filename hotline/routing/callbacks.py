"""People who are owed a call: a wish, a message, a talk that was cut off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.routing.duty import can_be_called
from hotline.routing.errors import Refused
from hotline.routing.transactions import in_one_unit
from hotline.routing.transitions import load_call, record
from models.calls import Call, Callback
from models.events import MessageLeft
from models.recordings import Recording
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import CallbackKind, CallbackState, CallOutcome, RecordingKind, RecordingState

CALL_BACK_WITHIN = timedelta(minutes=15)
TRIES = 3
NEXT_TRY_AFTER = timedelta(minutes=30)


class UnknownCallback(Refused):
    code = "unknown_callback"


class Callbacks:
    def __init__(self, work: Work) -> None:
        self._work = work

    def due(self, session: Session, centre_id: int | None = None) -> Sequence[Callback]:
        """Open ones, danger first, then by due time; of one centre with those of no centre, or all."""
        query = select(Callback).join(Callback.call).where(Callback.state == CallbackState.DUE)
        if centre_id is not None:
            query = query.where((Call.centre_id == centre_id) | (Call.centre_id.is_(None)))
        return session.scalars(query.order_by(Callback.danger.desc(), Callback.due_at)).all()

    def closed(self, callback_id: int, person_id: int, state: CallbackState) -> None:
        """DONE: reached. UNREACHED: a try failed; the third closes it as not reached."""

        def step(unit: UnitOfWork) -> None:
            callback = unit.session.get(Callback, callback_id, with_for_update=True)
            if callback is None:
                raise UnknownCallback(callback_id=callback_id)
            if callback.closed_at is not None:
                return
            callback.attempts += 1
            if state is CallbackState.UNREACHED and callback.attempts < TRIES:
                callback.state, callback.due_at = CallbackState.DUE, unit.now + NEXT_TRY_AFTER
                return
            callback.state, callback.closed_at, callback.closed_by_id = state, unit.now, person_id

        in_one_unit(self._work, step)

    def message_left(
        self, call_id: int, recording_sid: str, duration_seconds: float | None = None
    ) -> int | None:
        """The carrier holds a spoken message: fetch it, and owe a call. Told twice, it is one message."""

        def step(unit: UnitOfWork) -> int | None:
            call = load_call(unit, call_id)
            known = select(Recording).where(Recording.carrier_sid == recording_sid)
            if call is None or unit.session.scalars(known).first() is not None:
                return None
            recording = Recording(
                call_id=call.id,
                kind=RecordingKind.MESSAGE,
                carrier_sid=recording_sid,
                state=RecordingState.READY_AT_CARRIER,
                duration_seconds=duration_seconds,
                channels=1,
                started_at=unit.now,
                is_demonstration=call.is_demonstration,
            )
            unit.session.add(recording)
            unit.session.flush()
            unit.ask(
                "fetch_recording",
                "work",
                f"fetch_recording:{recording.id}",
                {"recording_id": recording.id},
            )
            if call.outcome is CallOutcome.ABANDONED:
                # The hang-up was told before the message that it ended.
                call.outcome = CallOutcome.MESSAGE
            callback = owe_callback(unit, call, CallbackKind.MESSAGE, even_without_number=True)
            if callback is not None:
                unit.tell(MessageLeft(call.id, callback.id))
            return None if callback is None else callback.id

        return in_one_unit(self._work, step)


def owe_callback(
    unit: UnitOfWork, call: Call, kind: CallbackKind, *, even_without_number: bool = False
) -> Callback | None:
    """One open call-back of a kind for each call; due at once with danger. None without a number to dial
    (a message is kept all the same: somebody must hear it)."""
    open_one = unit.session.scalars(
        select(Callback).where(
            Callback.call_id == call.id, Callback.kind == kind, Callback.closed_at.is_(None)
        )
    ).first()
    if open_one is not None:
        return open_one
    if not (even_without_number or can_be_called(call.caller_number)):
        return None
    callback = Callback(
        call_id=call.id,
        kind=kind,
        state=CallbackState.DUE,
        danger=call.danger,
        asked_at=unit.now,
        due_at=unit.now if call.danger else unit.now + CALL_BACK_WITHIN,
    )
    unit.session.add(callback)
    unit.session.flush()
    record(unit, call, "callback_owed", callback_id=callback.id, callback_kind=str(kind))
    return callback
