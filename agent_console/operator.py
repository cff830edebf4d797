"""The operator's desk: one page for a whole shift, whose bar and main part follow the calls."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, jsonify, render_template, request
from werkzeug.wrappers import Response

from agent_console import desk_lists, duty_words, form_words
from agent_console.desk_call import call_facts, own_call
from agent_console.desk_figures import in_words
from agent_console.desk_state import DeskState, desk_state
from agent_console.permissions import Permission, needs
from agent_console.queries_desk_readiness import OwnReadiness, own_readiness
from agent_console.realtime import realtime
from agent_console.refusals import reason_in_words
from agent_console.sessions import me, parts
from hotline.care.notes import NoteView
from hotline.routing.errors import HandOverOwed
from models.seats import Seat
from models.vocabulary import AgentStatus, CallbackState, ConsentKind, ConsentState, RiskLevel
from models.vocabulary_record import AgeBand, CallType, Disposition, Population, Problem, Relation, Sex

blueprint = Blueprint("operator", __name__, url_prefix="/desk")

CHOSEN = (
    AgentStatus.READY,
    AgentStatus.BREAK,
    AgentStatus.MEAL,
    AgentStatus.TRAINING,
    AgentStatus.SUPERVISION,
    AgentStatus.AFTER_HARD_CALL,
)
QUIET = ("off", "setup", "idle", "wrap_up")
"""Modes in which a person is told of leave, rest and trainings: never while a caller rings or talks."""
WORDS: dict[str, Any] = {
    "CallType": CallType,
    "Population": Population,
    "Relation": Relation,
    "Sex": Sex,
    "AgeBand": AgeBand,
    "Problem": Problem,
    "Disposition": Disposition,
    "RiskLevel": RiskLevel,
    "ConsentKind": ConsentKind,
    "ConsentState": ConsentState,
    "AgentStatus": AgentStatus,
}
"""What the desk's templates know by name."""


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {**WORDS, "words": form_words, "duty_words": duty_words, "chosen_statuses": CHOSEN}


@blueprint.get("/")
@needs(Permission.ANSWER_CALLS)
def desk() -> str:
    return render_template("operator/desk.html", **_bar_facts(), **_main_facts(_state()))


@blueprint.get("/_bar")
@needs(Permission.ANSWER_CALLS)
def bar() -> str:
    return render_template("operator/_bar.html", **_bar_facts())


@blueprint.get("/_main")
@needs(Permission.ANSWER_CALLS)
def main() -> str:
    """What fills the page now; with `call`, an own note that is still unfinished."""
    wanted = request.args.get("call", type=int)
    return render_template("operator/_main.html", **_main_facts(_state(), wanted))


@blueprint.get("/_side/<int:call_id>")
@needs(Permission.ANSWER_CALLS)
def side(call_id: int) -> str:
    """The left column beside the form: captions and history in a talk, what is missing after it."""
    state = _state()
    facts = _main_facts(state, call_id)
    if facts["note"] is None:
        abort(404)
    return render_template("operator/_side.html", **facts)


@blueprint.get("/_consents/<int:call_id>")
@needs(Permission.ANSWER_CALLS)
def consents(call_id: int) -> str:
    """What the caller said so far: a key or the notice may have changed it meanwhile."""
    ready = parts()
    with ready.reading() as records:
        call = own_call(records, call_id, me().id)
        if call is None:
            abort(404)
        facts = call_facts(records, call, me().id, ready.clock())
    return render_template("operator/_consents.html", facts=facts)


@blueprint.get("/_lists")
@needs(Permission.ANSWER_CALLS)
def lists() -> str:
    return render_template("operator/_idle.html", **_idle_facts())


@blueprint.post("/sign-on")
@needs(Permission.ANSWER_CALLS)
def sign_on() -> tuple[str, int]:
    seat_id = request.form.get("seat", type=int)
    if seat_id is None:
        abort(400)
    parts().seats.sign_on(me().id, seat_id)
    return "", 204


@blueprint.post("/sign-off")
@needs(Permission.ANSWER_CALLS)
def sign_off() -> tuple[str, int] | tuple[Response, int]:
    """Refused with the list of what has no next owner yet, and how to mend that."""
    try:
        parts().seats.sign_off(me().id)
    except HandOverOwed as owed:
        return jsonify(code=owed.code, **duty_words.hand_over_words(owed.items)), 409
    return "", 204


@blueprint.post("/status")
@needs(Permission.ANSWER_CALLS)
def status() -> tuple[str, int]:
    wanted = request.form.get("status", "")
    if wanted not in {str(status) for status in CHOSEN}:
        abort(400)
    parts().seats.choose_status(me().id, AgentStatus(wanted))
    return "", 204


@blueprint.post("/device")
@needs(Permission.ANSWER_CALLS)
def device() -> tuple[str, int]:
    """Heartbeat of the desk: whether microphone, sound and line are live, and if not, why."""
    live = request.form.get("live") == "yes"
    reason = request.form.get("reason", "")[:60] or None
    parts().seats.report_device(me().id, live, None if live else (reason or "not_registered"))
    return "", 204


@blueprint.post("/softphone")
@needs(Permission.ANSWER_CALLS)
def softphone() -> Response:
    """A token for this person's own seat; nobody rings in another's place."""
    with parts().reading() as records:
        seat = records.query(Seat).filter(Seat.person_id == me().id).first()
    if seat is None:
        abort(409)
    access = parts().softphone
    return jsonify(token=access.token(f"seat_{seat.id}"), signalling_url=access.signalling_url)


@blueprint.post("/callbacks/<int:callback_id>")
@needs(Permission.ANSWER_CALLS)
def close_callback(callback_id: int) -> str:
    wanted = request.form.get("state")
    if wanted != str(CallbackState.DONE):
        abort(400)
    parts().callbacks.closed(callback_id, me().id, CallbackState(wanted))
    return render_template("operator/_idle.html", **_idle_facts())


def _state() -> DeskState:
    with parts().reading() as records:
        return desk_state(records, me().id, parts().clock())


def _bar_facts() -> dict[str, Any]:
    ready = parts()
    now = ready.clock()
    with ready.reading() as records:
        state = desk_state(records, me().id, now)
        free_seats = (
            records.query(Seat)
            .filter(Seat.person_id.is_(None), Seat.retired_at.is_(None))
            .order_by(Seat.centre_id, Seat.label)
            .all()
            if state.mode == "off"
            else []
        )
        centre_id = me().centre_id
        return {
            "state": state,
            "figures": in_words(realtime().desk_figures.now()),
            "own": own_readiness(records, me().id, now, state.mode == "off")
            if state.mode in QUIET
            else OwnReadiness(),
            "free_seats": [(seat, seat.centre) for seat in free_seats if centre_id in (None, seat.centre_id)],
            "device_reason": reason_in_words(state.seat.device_reason) if state.seat else "",
            "state_reason": reason_in_words(state.seat.state_reason) if state.seat else "",
        }


def _idle_facts() -> dict[str, Any]:
    ready = parts()
    now = ready.clock()
    centre_id = me().centre_id
    with ready.reading() as records:
        return {
            "follow_ups": desk_lists.follow_ups_of(records, centre_id, now),
            "owed": desk_lists.owed_calls(records, centre_id, now),
            "own_calls": desk_lists.own_last_calls(records, me().id, now),
            "hours": realtime().desk_figures.by_hour(),
            "shift": desk_lists.shift_facts(records, me().id, centre_id, now),
            "organisation_number": ready.settings.number,
        }


def _main_facts(state: DeskState, wanted: int | None = None) -> dict[str, Any]:
    """Facts of the main part: of the call in hand, of an own earlier one, or of an idle desk."""
    ready = parts()
    now = ready.clock()
    call_id = wanted or (state.call.call.id if state.call else None)
    if call_id is None:
        return {"note": None, "prepares": False, **_idle_facts()}
    if state.prepares and wanted is None and state.call is not None:
        # Nobody may ever answer: a note begun now would be owed for nothing.
        return {"note": None, "prepares": True, "facts": state.call}
    with ready.reading() as records:
        call = own_call(records, call_id, me().id)
        if call is None:
            abort(404)
        facts = call_facts(records, call, me().id, now)
        places = desk_lists.places_of(records)
    note: NoteView = ready.notes.open(call_id, me().id)
    return {
        "note": note,
        "prepares": False,
        "facts": facts,
        "phase": "talk" if state.mode == "call" and state.call and state.call.call.id == call_id else "after",
        "places": places,
    }
