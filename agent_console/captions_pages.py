"""Who may see the live captions of a call, and in which state they are. The words never come through here."""

from __future__ import annotations

from flask import Blueprint, abort, jsonify
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from agent_console.permissions import Permission, may, needs
from agent_console.sessions import SignedIn, me, parts
from hotline.routing.consent import consent_of, may_caption
from hotline.routing.recording_pause import RecordingPause, recording_pause
from models.calls import Call
from models.participation import Participation
from models.policies import standing_policy
from models.vocabulary import CallState, ConsentKind, ConsentState
from models.vocabulary_talk import ParticipationState

blueprint = Blueprint("captions", __name__, url_prefix="/captions")

REFUSED = (ConsentState.REFUSED, ConsentState.WITHDRAWN)


@blueprint.post("/<int:call_id>/access")
@needs(Permission.SIGNED_IN)
def access(call_id: int) -> Response:
    """The state of the captions; `ready` brings the socket's address and a pass for a minute."""
    ready = parts()
    with ready.reading() as records:
        call = records.get(Call, call_id)
        beside = _beside(records, call_id, me())
        if call is None or (beside is None and not _serves(call, me())):
            abort(404)
        state = _state(records, call)
    if state == "ready" and not ready.captions.installed():
        state = "no_model"
    if state != "ready":
        return jsonify(state=state)
    if beside is not None:
        ready.supervision.captions_opened(beside, me().id)
    return jsonify(state=state, url=ready.captions.url, token=ready.captions.token(call_id, me().id))


def _serves(call: Call, person: SignedIn) -> bool:
    return may(person.role, Permission.ANSWER_CALLS) and call.person_id == person.id


def _beside(records: Session, call_id: int, person: SignedIn) -> int | None:
    """Id of the part that this person has in the talk without being its operator."""
    present = select(Participation.id).where(
        Participation.call_id == call_id,
        Participation.person_id == person.id,
        Participation.state == ParticipationState.IN,
    )
    return records.scalars(present.limit(1)).first()


def _state(records: Session, call: Call) -> str:
    if call.state is not CallState.TALKING:
        return "over"
    if not may_caption(records, call.id):
        separately = standing_policy(records).captions_separately
        kind = ConsentKind.CAPTIONS if separately else ConsentKind.RECORDING
        return "refused" if consent_of(records, call.id, kind) in REFUSED else "not_asked"
    paused = recording_pause(records, call.id) is not RecordingPause.NONE
    return "paused" if paused else "ready"
