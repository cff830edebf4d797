"""Hold and mute: asked of the carrier, true when it confirms."""

from __future__ import annotations

from hotline.routing.transitions import record
from models.calls import Call
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


def fresh_leg(call: Call) -> None:
    """Another operator's leg, or none: what was asked of the last one is void."""
    call.operator_muted = call.mute_wanted = False
