"""Appointments of one contact: made singly or as a series, and closed with whether the person came."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from agent_console import duty_words
from agent_console.audited import note_reading
from agent_console.case_access import case_call
from agent_console.local_time import moment_of
from agent_console.permissions import Permission, needs
from agent_console.queries_duties import whos, workers
from agent_console.sessions import me, parts
from agent_console.translation import gettext
from hotline.care.appointments import Agreed, Appointments
from hotline.care.errors_after import RecordIncomplete
from models.duties import Appointment
from models.vocabulary_after import AppointmentState, ContactMethod

blueprint = Blueprint("appointment_pages", __name__, url_prefix="/appointments")

TEXT_LENGTH = 300
CLOSING = (AppointmentState.ATTENDED, AppointmentState.MISSED, AppointmentState.CANCELLED)


@blueprint.get("/of/<int:call_id>")
@needs(Permission.CARE)
def page(call_id: int) -> str:
    with parts().reading() as records:
        case_call(records, call_id, me())
    note_reading("appointments.read", f"call:{call_id}")
    return _shown(call_id)


@blueprint.post("/of/<int:call_id>")
@needs(Permission.CARE)
def make(call_id: int) -> Response | tuple[str, int]:
    with parts().reading() as records:
        case_call(records, call_id, me())
    form = request.form
    try:
        agreed = Agreed(
            ContactMethod(form.get("method", "")),
            moment_of(form.get("starts_at", "")),
            form.get("minutes", 0, type=int),
            form.get("worker_id", 0, type=int),
            form.get("times", 1, type=int),
            form.get("every_days", 0, type=int),
            form.get("agreed", "")[:TEXT_LENGTH],
        )
    except ValueError:
        return _shown(call_id, duty_words.faults(["time"])), 422
    try:
        made = _use_case().make(call_id, me().id, agreed)
    except RecordIncomplete as lacking:
        return _shown(call_id, duty_words.faults(lacking.faults)), 422
    flash(gettext("已约定 %(n)s 次。", n=len(made)))
    return redirect(url_for("appointment_pages.page", call_id=call_id), 303)


@blueprint.post("/<int:appointment_id>/close")
@needs(Permission.CARE)
def close(appointment_id: int) -> Response:
    with parts().reading() as records:
        found = records.get(Appointment, appointment_id)
        if found is None:
            abort(404)
        call_id = case_call(records, found.call_id, me()).id
    try:
        state = AppointmentState(request.form.get("state", ""))
    except ValueError:
        abort(400)
    try:
        _use_case().close(appointment_id, me().id, state, request.form.get("closing_note", "")[:TEXT_LENGTH])
        flash(gettext("预约的结果已记录。"))
    except RecordIncomplete as lacking:
        flash(" ".join(duty_words.faults(lacking.faults)), "error")
    if request.form.get("back") == "today":
        return redirect(url_for("duties.today"), 303)
    return redirect(url_for("appointment_pages.page", call_id=call_id), 303)


def _use_case() -> Appointments:
    return Appointments(parts().work, parts().audit_key)


def _shown(call_id: int, faults: list[str] | None = None) -> str:
    ready = parts()
    with ready.reading() as records:
        rows = records.scalars(
            select(Appointment)
            .where(Appointment.call_id == call_id)
            .options(joinedload(Appointment.worker))
            .order_by(Appointment.starts_at.desc())
        ).all()
        who, people = whos(records, [call_id])[call_id], workers(records, me().centre_id)
    return render_template(
        "duties/appointments.html",
        who=who,
        rows=rows,
        people=people,
        methods=ContactMethod,
        closing=CLOSING,
        faults=faults or [],
        typed=request.form,
        now=ready.clock(),
    )
