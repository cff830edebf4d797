"""What an operator does with the call in hand. Each asks the carrier; the bar shows what it confirmed."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request

from agent_console.desk_call import own_call
from agent_console.permissions import Permission, needs
from agent_console.sessions import me, parts
from hotline.routing.talk_recording import REFUSAL_REASONS
from models.audit import write_audit
from models.calls import Call
from models.notes import Note
from models.vocabulary import ConsentKind, ConsentState, RiskLevel

blueprint = Blueprint("operator_call", __name__, url_prefix="/desk")

DONE = ("", 204)


def _own(call_id: int) -> None:
    """404 for a call that is not this person's: it is as if it did not exist."""
    with parts().reading() as records:
        if own_call(records, call_id, me().id) is None:
            abort(404)


def _wanted() -> bool:
    value = request.form.get("on")
    if value not in ("yes", "no"):
        abort(400)
    return value == "yes"


@blueprint.post("/offers/<int:offer_id>/decline")
@needs(Permission.ANSWER_CALLS)
def decline(offer_id: int) -> tuple[str, int]:
    parts().offers.decline(offer_id, me().id)
    return DONE


@blueprint.post("/calls/<int:call_id>/end")
@needs(Permission.ANSWER_CALLS)
def end(call_id: int) -> tuple[str, int]:
    _own(call_id)
    parts().conversation.end(call_id, me().id)
    return DONE


@blueprint.post("/calls/<int:call_id>/hold")
@needs(Permission.ANSWER_CALLS)
def hold(call_id: int) -> tuple[str, int]:
    _own(call_id)
    parts().conversation.hold(call_id, me().id, _wanted())
    return DONE


@blueprint.post("/calls/<int:call_id>/pause-recording")
@needs(Permission.ANSWER_CALLS)
def pause_recording(call_id: int) -> tuple[str, int]:
    _own(call_id)
    parts().conversation.pause_recording(call_id, me().id, _wanted())
    return DONE


@blueprint.post("/calls/<int:call_id>/help")
@needs(Permission.ANSWER_CALLS)
def ask_help(call_id: int) -> tuple[str, int]:
    _own(call_id)
    parts().conversation.ask_help(call_id, me().id)
    return DONE


@blueprint.post("/calls/<int:call_id>/danger")
@needs(Permission.ANSWER_CALLS)
def danger(call_id: int) -> tuple[str, int]:
    _own(call_id)
    parts().danger.raise_danger(call_id, "desk", me().id)
    return DONE


@blueprint.post("/calls/<int:call_id>/consent")
@needs(Permission.ANSWER_CALLS)
def consent(call_id: int) -> tuple[str, int]:
    """What the caller said to the operator. Refusing the recording stops it at the carrier too."""
    _own(call_id)
    kind = request.form.get("kind")
    if kind not in {str(kind) for kind in ConsentKind}:
        abort(400)
    granted = _wanted()
    if not granted and kind == ConsentKind.RECORDING:
        # Every way of saying no counts; one that names no reason is the caller's own.
        reason = request.form.get("reason") or REFUSAL_REASONS[0]
        if reason not in REFUSAL_REASONS:
            abort(400)
        parts().conversation.refuse_recording(call_id, me().id, reason)
    state = ConsentState.GRANTED if granted else ConsentState.REFUSED
    parts().consents.set(call_id, ConsentKind(kind), state, "operator")
    return DONE


@blueprint.post("/wrap-up/extend")
@needs(Permission.ANSWER_CALLS)
def extend() -> tuple[str, int]:
    parts().wrap_up.extend(me().id, 300)
    return DONE


@blueprint.post("/calls/<int:call_id>/number")
@needs(Permission.ANSWER_CALLS)
def reveal(call_id: int) -> str:
    """The caller's number: with a reason, or at once when life is in danger; always with an audit line."""
    _own(call_id)
    return _reveal(call_id, request.form.get("reason", "").strip())


def _reveal(call_id: int, reason: str) -> str:
    ready = parts()
    with ready.work() as unit:
        call = unit.session.get(Call, call_id)
        if call is None:
            abort(404)
        level = unit.session.query(Note.risk_level).filter(Note.call_id == call_id).scalar()
        urgent = call.danger or level == RiskLevel.R4
        if not reason and not urgent:
            return render_template("operator/_number.html", call=call, number=None, ask=True)
        write_audit(
            unit.session,
            ready.audit_key,
            at=unit.now,
            person_id=me().id,
            action="number.shown",
            subject=f"call:{call_id}",
            reason=reason or "danger",
        )
        return render_template("operator/_number.html", call=call, number=call.caller_number or "", ask=False)
