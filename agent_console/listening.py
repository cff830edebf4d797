"""A supervisor in a talk: comes in listening, changes the mode, leaves; a panel says who hears whom."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, abort, jsonify, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from agent_console.permissions import Permission, needs
from agent_console.sessions import me, parts
from models.calls import Call
from models.notes import Note
from models.participation import Participation
from models.vocabulary_talk import AudioMode, ParticipantRole, ParticipationState

blueprint = Blueprint("listening", __name__, url_prefix="/supervisor")

DONE = ("", 204)
OPEN = tuple(state for state in ParticipationState if state.is_open)


@dataclass(frozen=True)
class Listening:
    participation: Participation
    call: Call
    risk_level: int | None


def own_listening(person_id: int) -> Listening | None:
    with parts().reading() as records:
        one = records.scalars(
            select(Participation)
            .where(
                Participation.person_id == person_id,
                Participation.role == ParticipantRole.SUPERVISOR,
                Participation.state.in_(OPEN),
            )
            .options(
                joinedload(Participation.call).joinedload(Call.seat),
                joinedload(Participation.call).joinedload(Call.person),
            )
            .order_by(Participation.id.desc())
        ).first()
        if one is None:
            return None
        level = records.scalar(select(Note.risk_level).where(Note.call_id == one.call_id))
        return Listening(one, one.call, level)


@blueprint.get("/_listening")
@needs(Permission.SUPERVISE)
def panel() -> str:
    return render_template(
        "supervisor/_listening.html", listening=own_listening(me().id), modes=list(AudioMode)
    )


@blueprint.post("/softphone")
@needs(Permission.SUPERVISE)
def softphone() -> Response:
    """A token for this person alone: nobody else's page rings under it."""
    access = parts().softphone
    token = access.token(f"person_{me().id}")
    return jsonify({"token": token, "signalling_url": access.signalling_url})


@blueprint.post("/calls/<int:call_id>/listen")
@needs(Permission.SUPERVISE)
def listen(call_id: int) -> Response:
    return jsonify({"participation": parts().supervision.listen(call_id, me().id)})


@blueprint.post("/listening/<int:participation_id>/mode")
@needs(Permission.SUPERVISE)
def change(participation_id: int) -> tuple[str, int]:
    wanted = request.form.get("mode", "")
    if wanted not in {str(mode) for mode in AudioMode}:
        abort(400)
    parts().supervision.change(participation_id, me().id, AudioMode(wanted))
    return DONE


@blueprint.post("/listening/<int:participation_id>/leave")
@needs(Permission.SUPERVISE)
def leave(participation_id: int) -> tuple[str, int]:
    parts().supervision.leave(participation_id, me().id)
    return DONE
