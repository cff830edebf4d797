"""The caller's page: one button to talk to a person, open to everybody; it keeps nothing in the browser.

A caller is known by a random identity in their own signed cookie. Their place in line is found by it and
by nothing that anybody could guess.
"""

from __future__ import annotations

import secrets
import time
from typing import Any

from flask import Blueprint, abort, current_app, jsonify, render_template, request, session
from flask.blueprints import BlueprintSetupState
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from agent_console.permissions import public
from agent_console.rate_limit import RateLimit
from agent_console.rendering import spoken_wait
from agent_console.sessions import parts
from hotline.care.danger_steps import DangerSteps
from models.calls import Call
from models.danger_protocol import CallerAsk
from models.vocabulary import CallState, ConsentKind, ConsentState
from models.vocabulary_danger import AskState

blueprint = Blueprint("caller", __name__, url_prefix="/call")

IDENTITY_BYTES = 12
CALLS_OF_AN_ADDRESS = (60, 600)
"""Number and seconds. Generous: a school, a hospital or a camp shares one address, and each may need us."""
LOOKS_OF_AN_ADDRESS = (1200, 60)

WAITING = (CallState.GREETING, CallState.QUEUED, CallState.CONNECTING)


@blueprint.record_once
def _set_limits(state: BlueprintSetupState) -> None:
    state.app.extensions["caller_limits"] = {
        "calls": RateLimit(*CALLS_OF_AN_ADDRESS),
        "looks": RateLimit(*LOOKS_OF_AN_ADDRESS),
    }


def _slow_down(kind: str) -> None:
    """429 for an address that asks without end; it is told what to dial."""
    limit: RateLimit = current_app.extensions["caller_limits"][kind]
    if not limit.allows(request.remote_addr or "?", time.monotonic()):
        abort(429)


@blueprint.get("/")
@public
def page() -> str:
    with parts().reading() as records:
        waiting = records.scalar(select(func.count()).select_from(Call).where(Call.state == CallState.QUEUED))
    return render_template("caller.html", waiting=waiting or 0)


@blueprint.post("/token")
@public
def token() -> Response:
    """A short-lived token under a fresh identity, which the caller's cookie remembers."""
    _slow_down("calls")
    identity = session.get("caller")
    if not isinstance(identity, str) or request.form.get("renew") != "yes":
        identity = f"caller_{secrets.token_hex(IDENTITY_BYTES)}"
        session["caller"] = identity
    ready = parts()
    return jsonify(
        token=ready.softphone.token(identity),
        signalling_url=ready.softphone.signalling_url,
        number=ready.settings.number,
    )


@blueprint.get("/place")
@public
def place_in_line() -> Response:
    """Where this caller's own call is. `state`: none | waiting | talking | message | ended."""
    _slow_down("looks")
    ready = parts()
    call = _own_call()
    if call is None:
        return jsonify(state="none")
    if call.state not in WAITING:
        # The operator asked, by their own press, where this caller is.
        asks = {"asks": True} if call.state is not CallState.ENDED and _is_asked(call.id) else {}
        return jsonify(state=str(call.state), **asks)
    answer: dict[str, Any] = {"state": "waiting"}
    if call.state is not CallState.CONNECTING:
        place = ready.line.position(call.id)
        answer |= {
            "ahead": place.ahead,
            "wait": spoken_wait(place.wait),
            "on_duty": place.seats_on_duty > 0,
        }
    return jsonify(answer)


@blueprint.post("/say")
@public
def say() -> tuple[str, int]:
    """What the keys 1 and * mean, for a talk in which the carrier listens to no key any more."""
    _slow_down("calls")
    call = _own_call()
    if call is None or call.state is CallState.ENDED:
        abort(404)
    what = request.form.get("what")
    if what == "danger":
        parts().danger.raise_danger(call.id, "key")
    elif what == "no-recording":
        for kind in (ConsentKind.RECORDING, ConsentKind.ANALYSIS):
            parts().consents.set(call.id, kind, ConsentState.REFUSED, "request")
    else:
        abort(400)
    return "", 204


@blueprint.post("/where")
@public
def where() -> tuple[str, int]:
    """Where the caller is and how to ring back, in their own words; all of it may stay empty."""
    _slow_down("calls")
    call = _own_call()
    if call is None or call.state is CallState.ENDED:
        abort(404)
    ready, form = parts(), request.form
    DangerSteps(ready.work, ready.audit_key).caller_answers(
        call.id, form.get("place", ""), form.get("number", ""), form.get("refuse") == "yes"
    )
    return "", 204


def _is_asked(call_id: int) -> bool:
    with parts().reading() as records:
        open_ask = select(CallerAsk.id).where(CallerAsk.call_id == call_id, CallerAsk.state == AskState.ASKED)
        return records.scalars(open_ask).first() is not None


def _own_call() -> Call | None:
    """The last call of this browser's own identity; a stranger's cookie finds nothing."""
    identity = session.get("caller")
    if not isinstance(identity, str):
        return None
    ready = parts()
    with ready.reading() as records:
        return records.scalars(
            select(Call)
            .where(Call.caller_hash == ready.hasher(f"client:{identity}"))
            .order_by(Call.id.desc())
            .limit(1)
        ).first()
