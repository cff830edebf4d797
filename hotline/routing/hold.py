"""Hold and mute: asked of the carrier, true when it confirms, asked again when it never does."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from hotline.routing.transitions import record
from models.calls import Call, CallEvent
from models.unit_of_work import UnitOfWork


def ask_hold(unit: UnitOfWork, call: Call, on: bool, person_id: int | None = None) -> None:
    """The caller hears words and calm sound, or comes back."""
    call.hold_wanted = on
    mark = record(unit, call, "hold_asked", on=on, person_id=person_id).id
    unit.ask("hold", "carrier", f"hold:{call.id}:{mark}", {"call_id": call.id, "on": on})


def ask_mute(unit: UnitOfWork, call: Call, on: bool, person_id: int | None = None) -> None:
    """The operator's own leg."""
    call.mute_wanted = on
    mark = record(unit, call, "mute_asked", on=on, person_id=person_id).id
    unit.ask("mute", "carrier", f"mute:{call.id}:{mark}", {"call_id": call.id, "on": on})


def ask_again(unit: UnitOfWork, call: Call, settled: datetime) -> int:
    """What was asked for long ago and is not so by the carrier's word: a process died with the request, or
    an older one came after it. Returns how much was asked."""
    asked = 0
    if call.hold_wanted != call.on_hold and not _is_recent(last := _last(unit, call, "hold_asked"), settled):
        ask_hold(unit, call, call.hold_wanted, _person_of(last))
        asked += 1
    if call.mute_wanted != call.operator_muted and not _is_recent(
        last := _last(unit, call, "mute_asked"), settled
    ):
        ask_mute(unit, call, call.mute_wanted, _person_of(last))
        asked += 1
    return asked


def _last(unit: UnitOfWork, call: Call, kind: str) -> CallEvent | None:
    return unit.session.scalars(
        select(CallEvent)
        .where(CallEvent.call_id == call.id, CallEvent.kind == kind)
        .order_by(CallEvent.id.desc())
        .limit(1)
    ).first()


def _is_recent(asked: CallEvent | None, settled: datetime) -> bool:
    return asked is not None and asked.at >= settled


def _person_of(asked: CallEvent | None) -> int | None:
    return asked.data.get("person_id") if asked is not None else None


def fresh_leg(call: Call) -> None:
    """Another operator's leg, or none: what was asked of the last one is void."""
    call.operator_muted = call.mute_wanted = False
