"""Scales, consultations and the duty of a minor's call, on the desk: offered, never part of answering."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, make_response, render_template, request
from werkzeug.wrappers import Response

from agent_console import form_words
from agent_console.audited import note_reading
from agent_console.desk_call import own_call
from agent_console.permissions import Permission, needs
from agent_console.sessions import me, parts
from hotline.care.assessments import Assessments, asked_under, consent_of, scored_in
from hotline.care.consultations import Consultations, consultations_of
from hotline.care.forced_reports import ForcedReports, duty_of
from hotline.care.scale_texts import on_file
from models.vocabulary import ConsentState
from models.vocabulary_care import ForcedReportState

blueprint = Blueprint("operator_scales", __name__, url_prefix="/desk")

ITEM = "item_"


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {"words": form_words, "ConsentState": ConsentState, "ForcedReportState": ForcedReportState}


def _own(call_id: int) -> None:
    with parts().reading() as records:
        if own_call(records, call_id, me().id) is None:
            abort(404)


def _assessments() -> Assessments:
    return Assessments(parts().work, parts().audit_key)


@blueprint.get("/calls/<int:call_id>/scales")
@needs(Permission.ANSWER_CALLS)
def scales(call_id: int) -> str:
    """What may be offered, what the caller said, and the results: reading those is audited."""
    _own(call_id)
    return _shown(call_id, request.args.get("open", ""))


@blueprint.post("/calls/<int:call_id>/scales/<scale>/consent")
@needs(Permission.ANSWER_CALLS)
def consent(call_id: int, scale: str) -> str:
    _own(call_id)
    said = request.form.get("granted")
    if said not in ("yes", "no"):
        abort(400)
    _assessments().consent(call_id, scale, me().id, said == "yes")
    return _shown(call_id, scale if said == "yes" else "")


@blueprint.post("/calls/<int:call_id>/scales/<scale>")
@needs(Permission.ANSWER_CALLS)
def record(call_id: int, scale: str) -> Response:
    """Each answer is kept as it is given; an alarm item asks the risk questions on this desk at once."""
    _own(call_id)
    answers = {
        int(name.removeprefix(ITEM)): int(value)
        for name, value in request.form.items()
        if name.startswith(ITEM) and name.removeprefix(ITEM).isdigit() and value.isdigit()
    }
    result = _assessments().record(call_id, scale, me().id, answers)
    finished = "finish" in request.form
    answer = make_response(
        _shown(call_id, "" if finished and not result.missing else scale) if finished else ""
    )
    if result.alarms:
        answer.headers["HX-Trigger"] = "scale.alarm"
    return answer


@blueprint.post("/calls/<int:call_id>/scales/<scale>/withdraw")
@needs(Permission.ANSWER_CALLS)
def withdraw(call_id: int, scale: str) -> str:
    _own(call_id)
    _assessments().withdraw(call_id, scale, me().id)
    return _shown(call_id, "")


@blueprint.post("/calls/<int:call_id>/consultations")
@needs(Permission.ANSWER_CALLS)
def consult(call_id: int) -> str:
    _own(call_id)
    Consultations(parts().work, parts().audit_key).ask(
        call_id, me().id, request.form.get("question", ""), request.form.get("assessment", type=int)
    )
    return _shown(call_id, "")


@blueprint.post("/calls/<int:call_id>/forced-report")
@needs(Permission.ANSWER_CALLS)
def forced_report(call_id: int) -> str:
    _own(call_id)
    close_duty(call_id)
    return _shown(call_id, "")


def close_duty(call_id: int) -> None:
    """By what the form says: reported to whom, or considered and not sent, because …"""
    form = request.form
    duties = ForcedReports(parts().work, parts().audit_key)
    if form.get("outcome") == "reported":
        duties.reported(
            call_id, me().id, form.get("to", ""), form.get("reference", ""), form.get("reason", "")
        )
    elif form.get("outcome") == "not_sent":
        duties.not_sent(call_id, me().id, form.get("reason", ""))
    else:
        abort(400)


def _shown(call_id: int, wanted: str) -> str:
    with parts().reading() as records:
        standing = on_file(records)
        results = scored_in(records, call_id)
        consults = consultations_of(records, call_id)
        said = {
            code: found.state
            for code in standing
            if (found := consent_of(records, call_id, code)) is not None
        }
        open_one = standing.get(wanted)
        given: dict[str, Any] = {}
        if open_one is not None and said.get(wanted) is ConsentState.GRANTED:
            consent = consent_of(records, call_id, wanted)
            begun = asked_under(records, consent.id) if consent is not None else None
            given = dict(begun.answers or {}) if begun is not None else {}
        duty = duty_of(records, call_id)
    if results or consults:
        note_reading("scale.read", f"call:{call_id}")
    return render_template(
        "operator/_scales.html",
        call_id=call_id,
        offered=[one for one in standing.values() if one.text is not None],
        waiting=[one for one in standing.values() if one.text is None],
        results=results,
        consultations=consults,
        said=said,
        open_one=open_one if open_one is not None and open_one.text is not None else None,
        given=given,
        duty=duty,
    )
