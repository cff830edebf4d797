"""Beside the call in hand: what officials of that place handle already, so that a caller may be told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, abort, render_template
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from agent_console.desk_call import own_call
from agent_console.permissions import Permission, needs
from agent_console.sessions import me, parts
from analytics.place_tree import PlaceTree
from analytics.series import problem_of
from models.calls import Call
from models.notes import Note
from models.surveillance import Alert
from models.vocabulary_surveillance import AlertActionKind, AlertState, SignalKind

blueprint = Blueprint("operator_handled", __name__, url_prefix="/desk")

LATELY = timedelta(days=30)
SHOWN = 3
STAGES = ("told", "received", "owned")


@dataclass(frozen=True)
class Handled:
    title: str
    stage: str
    """told | received | owned"""
    same_problem: bool


@blueprint.get("/calls/<int:call_id>/handled")
@needs(Permission.ANSWER_CALLS)
def handled(call_id: int) -> str:
    with parts().reading() as records:
        call = own_call(records, call_id, me().id)
        if call is None:
            abort(404)
        rows = being_handled(records, call)
    return render_template("operator/_handled.html", rows=rows)


def being_handled(session: Session, call: Call) -> tuple[Handled, ...]:
    """Alerts in force of the call's place, of those above it; those of the note's problem first."""
    note = session.scalars(select(Note).where(Note.call_id == call.id)).first()
    place = (note.place_code if note else None) or call.place_code
    if place is None:
        return ()
    line = PlaceTree.load(session).line(place)
    alerts = session.scalars(
        select(Alert)
        .where(
            Alert.state.in_((AlertState.ISSUED, AlertState.ACKNOWLEDGED)),
            Alert.is_exercise.is_(False),
            Alert.place_code.in_(line),
            Alert.issued_at >= parts().clock() - LATELY,
        )
        .options(joinedload(Alert.signal), joinedload(Alert.actions))
        .order_by(Alert.issued_at.desc())
    ).unique()
    problem = str(note.problem) if note and note.problem else None
    rows = [Handled(a.title, _stage(a), _is_of(a, problem)) for a in alerts]
    return tuple(sorted(rows, key=lambda row: not row.same_problem)[:SHOWN])


def _stage(alert: Alert) -> str:
    if any(action.kind is AlertActionKind.OWN for action in alert.actions):
        return "owned"
    return "received" if alert.state is AlertState.ACKNOWLEDGED else "told"


def _is_of(alert: Alert, problem: str | None) -> bool:
    if problem is None or alert.kind is SignalKind.STRESS_EVENT:
        return False
    named = problem_of(alert.signal.series)
    return named is not None and str(named) == problem
