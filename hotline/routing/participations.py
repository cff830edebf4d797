"""Legs called into a talk: asked for, rung, in, gone. The truth is what the carrier confirmed.

Functions work within a unit that is open and holds the call's row; nothing here knows what a leg is for.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from hotline.routing.transitions import record
from models.calls import Call
from models.events import ParticipationChanged
from models.participation import Participation
from models.unit_of_work import UnitOfWork
from models.vocabulary_talk import AudioMode, ParticipantRole, ParticipationState

RING_SECONDS = 25
DEADLINE_GRACE = timedelta(seconds=5)
"""The carrier's own time-out speaks first; ours speaks when it stays silent."""
OPEN = tuple(state for state in ParticipationState if state.is_open)


def open_participations(unit: UnitOfWork, call_id: int) -> Sequence[Participation]:
    return unit.session.scalars(
        select(Participation)
        .where(Participation.call_id == call_id, Participation.state.in_(OPEN))
        .order_by(Participation.id)
        .with_for_update()
    ).all()


def load_participation(unit: UnitOfWork, participation_id: int) -> Participation | None:
    return unit.session.get(Participation, participation_id, with_for_update=True)


def invite(unit: UnitOfWork, call: Call, participation: Participation) -> Participation:
    """Ask the carrier to ring; `participation` says whom."""
    participation.call_id = call.id
    participation.state = ParticipationState.ASKED
    participation.asked_at = unit.now
    participation.deadline_at = unit.now + timedelta(seconds=RING_SECONDS) + DEADLINE_GRACE
    unit.session.add(participation)
    unit.session.flush()
    record(unit, call, "leg_asked", participation_id=participation.id, role=str(participation.role))
    key = f"ring_participant:{participation.id}"
    unit.ask("ring_participant", "carrier", key, {"participation_id": participation.id})
    _tell(unit, participation)
    return participation


def entered(unit: UnitOfWork, call: Call, participation: Participation) -> None:
    participation.state, participation.joined_at = ParticipationState.IN, unit.now
    record(unit, call, "leg_in", participation_id=participation.id, leg_sid=participation.leg_sid)
    _tell(unit, participation)


def became_operator(unit: UnitOfWork, call: Call, participation: Participation) -> None:
    """From now on the leg is the call's own and lives by the call's rules."""
    participation.state = ParticipationState.TOOK_OVER
    record(unit, call, "leg_took_over", participation_id=participation.id)
    _tell(unit, participation)


def take_down(unit: UnitOfWork, call: Call, participation: Participation, reason: str) -> bool:
    """The leg is over or shall be: its row ends, and the carrier drops what is left of it."""
    if not participation.state.is_open:
        return False
    was_in = participation.state is ParticipationState.IN
    participation.state = ParticipationState.LEFT if was_in else ParticipationState.FAILED
    participation.reason, participation.ended_at = reason, unit.now
    record(unit, call, "leg_out", participation_id=participation.id, reason=reason)
    drop_leg(unit, participation.leg_sid)
    _tell(unit, participation)
    return True


def end_all(unit: UnitOfWork, call: Call, reason: str) -> None:
    for one in open_participations(unit, call.id):
        take_down(unit, call, one, reason)


def drop_leg(unit: UnitOfWork, leg_sid: str | None, *, again: bool = False) -> None:
    """A leg that has no sid yet is dropped by whoever learns of it (`Legs.leg_made`)."""
    if leg_sid is not None:
        key = f"drop_leg:{leg_sid}" + (f":{int(unit.now.timestamp())}" if again else "")
        unit.ask("drop_leg", "carrier", key, {"leg_sid": leg_sid})


def set_mode_wanted(unit: UnitOfWork, call: Call, participation: Participation, mode: AudioMode) -> None:
    participation.mode_wanted = mode
    data = {"participation_id": participation.id, "mode": str(mode)}
    mark = record(unit, call, "mode_asked", **data).id
    key = f"set_mode:{participation.id}:{mark}"
    unit.ask("set_mode", "carrier", key, {"participation_id": participation.id})


def silence_supervisors(unit: UnitOfWork, call: Call) -> None:
    """Whom a supervisor spoke to has changed: back to listening, which is safe with everybody."""
    for one in open_participations(unit, call.id):
        if one.role is ParticipantRole.SUPERVISOR and one.mode_wanted is not AudioMode.LISTEN:
            set_mode_wanted(unit, call, one, AudioMode.LISTEN)


def tell_mode(unit: UnitOfWork, call: Call, participation: Participation, mode: AudioMode) -> None:
    """The carrier confirms what the leg lets through."""
    participation.mode = mode
    record(unit, call, "mode_is", participation_id=participation.id, mode=str(mode))
    _tell(unit, participation)


def _tell(unit: UnitOfWork, participation: Participation) -> None:
    unit.tell(ParticipationChanged(participation.call_id, participation.id, str(participation.state)))
