"""One danger for the supervisor: what is known now, the protocol, closing it with an outcome, the debrief."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from agent_console import danger_words, words
from agent_console.danger_pages import VOCABULARY
from agent_console.listening import own_listening
from agent_console.permissions import Permission, needs
from agent_console.queries_calls import call_page
from agent_console.queries_danger import read_danger
from agent_console.queries_seats import open_dangers
from agent_console.sessions import me, parts
from hotline.care.danger_reports import DangerReports
from hotline.care.errors import ReportNotAllowed
from hotline.domain.danger_rules import ReportWish
from models.vocabulary_danger import ReportDecision, ReportTo

blueprint = Blueprint("danger_sheet", __name__, url_prefix="/supervisor/dangers")


@blueprint.get("/<int:danger_id>")
@needs(Permission.SUPERVISE)
def page(danger_id: int) -> str:
    return _shown(danger_id, "supervisor/danger.html")


@blueprint.get("/<int:danger_id>/now")
@needs(Permission.SUPERVISE)
def now(danger_id: int) -> str:
    """Where the talk stands, asked for anew as it goes on: who opens the sheet while the call still waits can
    join as soon as it is answered."""
    return _shown(danger_id, "supervisor/_danger_now.html")


@blueprint.post("/<int:danger_id>/see")
@needs(Permission.SUPERVISE)
def see(danger_id: int) -> Response:
    parts().danger.see(danger_id, me().id)
    return _back(danger_id)


@blueprint.post("/<int:danger_id>/close")
@needs(Permission.SUPERVISE)
def close(danger_id: int) -> Response:
    """Whoever called nobody says why in the same step. The debrief comes next, on the same page."""
    ready, outcome = parts(), request.form.get("outcome", "").strip()
    if outcome and (why := request.form.get("not_called", "").strip()):
        reports = DangerReports(ready.work, ready.audit_key)
        try:
            for service in (ReportTo.POLICE, ReportTo.AMBULANCE):
                wish = ReportWish(service, ReportDecision.NOT_SENT, None, why, {})
                reports.decide(danger_id, me().id, wish)
        except ReportNotAllowed as refused:
            flash(str(danger_words.AGAINST[refused.details["reason"]]), "error")
            return _back(danger_id)
    ready.danger.close(danger_id, me().id, outcome)
    flash(gettext("危险提示已关闭，结果已记录。请和接线员谈一谈，记下事后支持。"))
    return _back(danger_id)


def _back(danger_id: int) -> Response:
    return redirect(url_for("danger_sheet.page", danger_id=danger_id), 303)


def _shown(danger_id: int, template: str) -> str:
    ready = parts()
    with ready.reading() as records:
        sheet = read_danger(records, danger_id)
        if sheet is None:
            abort(404)
        call = call_page(records, sheet.call.id)
        seen = next((one for one in open_dangers(records, ready.clock()) if one.danger_id == danger_id), None)
    return render_template(
        template,
        sheet=sheet,
        facts=seen,
        call=call,
        words=words,
        listening=own_listening(me().id),
        **VOCABULARY,
    )
