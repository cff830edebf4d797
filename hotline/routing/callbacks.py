"""People who are owed a call: a wish, a message, a talk that was cut off."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.domain import call_back
from hotline.domain.priority import Reason
from hotline.routing.callback_tries import change, standing_call
from hotline.routing.caller_history import history_of
from hotline.routing.duty import can_be_called
from hotline.routing.errors import Refused, UnknownCall
from hotline.routing.queue_place import give_reason
from hotline.routing.transactions import in_one_unit
from hotline.routing.transitions import load_call, record
from models.calls import Call, Callback
from models.events import CallReturnedToQueue, MessageLeft
from models.notes import Note
from models.recordings import Recording, RiskMark
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import (
    CallbackKind,
    CallbackState,
    CallOutcome,
    RecordingKind,
    RecordingState,
    RiskLevel,
)
from models.vocabulary_record import CallType


class UnknownCallback(Refused):
    code = "unknown_callback"


class NothingOwed(Refused):
    """`reason`: no_number | too_short | other_kind."""

    code = "nothing_owed"


class Callbacks:
    def __init__(self, work: Work) -> None:
        self._work = work

    def closed(self, callback_id: int, person_id: int, state: CallbackState) -> None:
        """A person's own word on what is owed. DONE: heard, or reached another way. DUE: try once more now
        (a supervisor, when the tries are used up). Raises UnknownCallback while it is being dialled."""

        def step(unit: UnitOfWork) -> None:
            callback = unit.session.get(Callback, callback_id, with_for_update=True)
            if callback is None or callback.state in (CallbackState.DIALLING, CallbackState.IN_LINE):
                raise UnknownCallback(callback_id=callback_id)
            if not callback.state.is_open:
                return
            record(unit, callback.call, "callback_by_hand", state=str(state), person_id=person_id)
            if state is CallbackState.DUE:
                callback.due_at = unit.now
            else:
                callback.closed_by_id = person_id
            change(unit, callback, state)

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

    def message_heard(self, call_id: int) -> bool:
        """The words of a message were marked (source `message`): R3 and above makes its call-back a danger,
        and the supervisor is told. True when it became so now."""

        def step(unit: UnitOfWork) -> bool:
            marks = select(RiskMark.id).where(
                RiskMark.call_id == call_id,
                RiskMark.source == "message",
                RiskMark.level >= int(RiskLevel.R3),
                RiskMark.confirmed.is_not(False),
            )
            if unit.session.scalars(marks.limit(1)).first() is None:
                return False
            callback = unit.session.scalars(
                select(Callback)
                .where(
                    Callback.call_id == call_id,
                    Callback.kind == CallbackKind.MESSAGE,
                    Callback.closed_at.is_(None),
                )
                .with_for_update()
            ).first()
            if callback is None or callback.danger:
                return False
            callback.danger, callback.due_at = True, unit.now
            waiting = standing_call(unit, callback)
            if waiting is not None:
                waiting.danger = True
                give_reason(unit, waiting, Reason.DANGER)
                record(unit, waiting, "danger")
                unit.tell(CallReturnedToQueue(waiting.id, Reason.DANGER.value))
            change(unit, callback, callback.state)
            key = f"raise_danger:message:{call_id}"
            unit.ask("raise_danger", "carrier", key, {"call_id": call_id, "source": "message"})
            return True

        return in_one_unit(self._work, step)

    def offer_for_silence(self, call_id: int, person_id: int) -> int:
        """The operator decides to call back a silent or cut-off contact that may have been in need.

        Raises UnknownCall, NothingOwed.
        """

        def step(unit: UnitOfWork) -> int:
            call = load_call(unit, call_id)
            if call is None or call.person_id != person_id:
                raise UnknownCall(call_id=call_id)
            call_type = unit.session.scalars(select(Note.call_type).where(Note.call_id == call_id)).first()
            if call_type not in (CallType.SILENT, CallType.CUT_OFF):
                raise NothingOwed(reason="other_kind")
            if call.answered_at is None or call.ended_at is None:
                raise NothingOwed(reason="too_short")
            if not silence_is_called_back(unit.session, call):
                raise NothingOwed(reason="too_short")
            callback = owe_callback(unit, call, CallbackKind.DROPPED)
            if callback is None:
                raise NothingOwed(reason="no_number")
            return callback.id

        return in_one_unit(self._work, step)


SERVED_BEFORE = (CallbackKind.DROPPED, CallbackKind.FOLLOW_UP)


def silence_is_called_back(session: Session, call: Call) -> bool:
    """By the rule of `domain.call_back`, from what is on file of the call and its number."""
    if call.answered_at is None or call.ended_at is None:
        return False
    return call_back.silence_is_called_back(
        call.ended_at - call.answered_at,
        danger=call.danger,
        high_history=history_of(session, call.caller_hash).risk_is_high,
    )


def owe_callback(
    unit: UnitOfWork,
    call: Call,
    kind: CallbackKind,
    *,
    even_without_number: bool = False,
    danger: bool = False,
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
    callable_now = can_be_called(call.caller_number)
    if not (even_without_number or callable_now):
        return None
    # A care call of another day is no danger of today, whatever its contact was.
    danger = kind is not CallbackKind.FOLLOW_UP and (danger or call.danger)
    callback = Callback(
        call_id=call.id,
        kind=kind,
        state=CallbackState.DUE if callable_now else CallbackState.NO_NUMBER,
        danger=danger,
        asked_at=unit.now,
        due_at=call_back.due_first(unit.now, danger=danger),
        # A talk was served already: who is called back after it comes by this moment.
        queue_key=unit.now.timestamp() if kind in SERVED_BEFORE else call.queue_key,
    )
    unit.session.add(callback)
    unit.session.flush()
    record(unit, call, "callback_owed", callback_id=callback.id, callback_kind=str(kind))
    return callback
