"""本班事项: what is due today and who is overdue. It belongs to whoever is on duty; one click dials."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from agent_console import duty_words
from agent_console.audited import note_reading
from agent_console.case_access import case_call
from agent_console.desk_lists import owed_calls
from agent_console.errors import wants_json
from agent_console.operator_scales import close_duty
from agent_console.permissions import Permission, needs
from agent_console.queries_duties import shift_duties
from agent_console.queries_escalated import escalated
from agent_console.refusals import sentence_of
from agent_console.sessions import me, parts
from agent_console.translation import gettext, label
from hotline.care.duties import Duties
from hotline.care.errors import OutcomeMissing
from hotline.care.errors_after import ComesFirst, RecordIncomplete
from models.care import FollowUp
from models.duties import Duty
from models.vocabulary import Role
from models.vocabulary_after import DutyKind, DutyOutcome

blueprint = Blueprint("duties", __name__, url_prefix="/duties")


@blueprint.get("/")
@needs(Permission.CARE)
def today() -> str:
    note_reading("duties.list", "duties:today")
    return _shown()


@blueprint.post("/follow-ups/<int:follow_up_id>/dial")
@needs(Permission.ANSWER_CALLS)
def dial(follow_up_id: int) -> Response | tuple[str, int]:
    """回拨: the own seat rings, then the person. The hotline's number is shown to them, theirs to nobody."""
    ready = parts()
    with ready.reading() as records:
        _case(records, records.get(FollowUp, follow_up_id))
    callback_id = ready.follow_ups.owe_call(follow_up_id, me().id)
    ready.dropped_lines.call_back(callback_id, me().id)
    if wants_json():
        return "", 204
    flash(gettext("工作台正在响铃，请回到工作台接起，随后自动拨出。"))
    return redirect(url_for("duties.today"), 303)


@blueprint.post("/callbacks/<int:callback_id>/dial")
@needs(Permission.ANSWER_CALLS)
def dial_callback(callback_id: int) -> Response:
    """A wish, a message or a talk cut off, taken by hand as on the desk."""
    parts().dropped_lines.call_back(callback_id, me().id)
    flash(gettext("工作台正在响铃，请回到工作台接起，随后自动拨出。"))
    return redirect(url_for("duties.today"), 303)


@blueprint.post("/tasks/<int:duty_id>/close")
@needs(Permission.CARE)
def close(duty_id: int) -> Response | tuple[str, int]:
    with parts().reading() as records:
        _case(records, records.get(Duty, duty_id))
    try:
        outcome = DutyOutcome(request.form.get("outcome", ""))
    except ValueError:
        abort(400)
    text = request.form.get("outcome_text", "")[:600]
    try:
        Duties(parts().work, parts().audit_key).close(duty_id, me().id, outcome, text)
    except RecordIncomplete as lacking:
        return _shown(duty_words.faults(lacking.faults), typed={duty_id: text}), 422
    except ComesFirst as before:
        names = gettext("、").join(_name(kind) for kind in before.first)
        fault = gettext("请先办结：%(what)s。", what=names)
        return _shown([fault], typed={duty_id: text}), 422
    flash(gettext("已办结，结果已记录。"))
    return redirect(url_for("duties.today"), 303)


@blueprint.post("/forced-reports/<int:call_id>/close")
@needs(Permission.CARE)
def close_report(call_id: int) -> Response | tuple[str, int]:
    """强制报告: reported to whom, or considered and not sent, because …"""
    with parts().reading() as records:
        case_call(records, call_id, me())
    try:
        close_duty(call_id)
    except OutcomeMissing as lacking:
        return _shown([sentence_of(lacking)], said={call_id: request.form}), 422
    flash(gettext("强制报告的结果已记下。"))
    return redirect(url_for("duties.today"), 303)


def _case(session: Session, row: FollowUp | Duty | None) -> None:
    if row is None:
        abort(404)
    case_call(session, row.call_id, me())


def _name(kind: str) -> str:
    return label(DutyKind(kind))


def _shown(
    faults: list[str] | None = None,
    typed: dict[int, str] | None = None,
    said: dict[int, Mapping[str, str]] | None = None,
) -> str:
    """`typed`: of a task, `said`: of a report; both stay on the page when something is missing."""
    ready = parts()
    now = ready.clock()
    supervises = me().role is Role.SUPERVISOR
    with ready.reading() as records:
        page: dict[str, Any] = {
            "duties": shift_duties(records, now, None if supervises else me().centre_id, me().id),
            "escalated": escalated(records, now) if supervises else None,
            "owed": owed_calls(records, None if supervises else me().centre_id, now),
        }
    return render_template(
        "duties/today.html",
        **page,
        now=now,
        words=duty_words,
        outcomes=tuple(DutyOutcome),
        faults=faults or [],
        typed=typed or {},
        said=said or {},
        may_dial=not supervises,
    )
