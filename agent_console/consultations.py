"""会诊 and 强制报告 for the supervisor: what was asked upward, the expert's opinion, duties still open."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from agent_console import words
from agent_console.audited import note_reading
from agent_console.local_time import ZONE
from agent_console.operator_scales import close_duty
from agent_console.permissions import Permission, needs
from agent_console.sessions import me, parts
from hotline.care.consultations import Consultations, open_consultations
from hotline.care.forced_reports import open_duties
from models.vocabulary_care import Recommendation

blueprint = Blueprint("consultations", __name__, url_prefix="/supervisor/consultations")


def _use_case() -> Consultations:
    return Consultations(parts().work, parts().audit_key)


@blueprint.get("/")
@needs(Permission.SUPERVISE)
def index() -> str:
    """The questions stand on the page, so that opening it is reading them."""
    note_reading("consultation.list", "calls:consultations")
    with parts().reading() as records:
        rows = open_consultations(records)
        duties = open_duties(records)
    return render_template(
        "supervisor/consultations.html",
        rows=rows,
        duties=duties,
        now=parts().clock(),
        recommendations=tuple(Recommendation),
        words=words,
    )


@blueprint.post("/<int:consultation_id>/send")
@needs(Permission.SUPERVISE)
def send(consultation_id: int) -> Response:
    _use_case().send(consultation_id, me().id, request.form.get("sent_to", ""))
    return _back(gettext("已记下送往哪里。"))


@blueprint.post("/<int:consultation_id>/answer")
@needs(Permission.SUPERVISE)
def answer(consultation_id: int) -> Response:
    form = request.form
    chosen = next((one for one in Recommendation if str(one) == form.get("recommendation")), None)
    _use_case().answer(
        consultation_id,
        me().id,
        expert=form.get("expert", ""),
        opinion=form.get("opinion", ""),
        at=_moment(form.get("at", "")),
        recommendation=chosen,
    )
    return _back(gettext("会诊意见已记下，接线员在来电的页面上可以看到。"))


@blueprint.post("/<int:consultation_id>/withdraw")
@needs(Permission.SUPERVISE)
def withdraw(consultation_id: int) -> Response:
    _use_case().withdraw(consultation_id, me().id)
    return _back(gettext("会诊申请已撤回。"))


@blueprint.post("/forced-reports/<int:call_id>")
@needs(Permission.SUPERVISE)
def close_report(call_id: int) -> Response:
    close_duty(call_id)
    return _back(gettext("强制报告的结果已记下。"))


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)
    except ValueError:
        abort(400)


def _back(told: Any) -> Response:
    flash(told)
    return redirect(url_for("consultations.index"), 303)
