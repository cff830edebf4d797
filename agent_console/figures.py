"""Figures of the whole hotline, each centre and each number; alarms acknowledged."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response

from agent_console.permissions import Permission, needs
from agent_console.queries_board import judged
from agent_console.sessions import me, parts
from hotline.workforce.errors import NotFound
from hotline.workforce.measured import rule_of
from hotline.workforce.standing import standing
from hotline.workforce.watch import Watch
from models.vocabulary_watch import Ending, Metric

blueprint = Blueprint("figures", __name__, url_prefix="/supervisor/figures")

PERIODS = {
    "hour": (timedelta(hours=1), lazy_gettext("最近 1 小时")),
    "today": (None, lazy_gettext("今日")),
    "day": (timedelta(hours=24), lazy_gettext("24 小时")),
    "week": (timedelta(days=7), lazy_gettext("7 天")),
}


@blueprint.get("/")
@needs(Permission.SUPERVISE)
def table() -> str:
    return _shown("supervisor/figures.html")


@blueprint.get("/live")
@needs(Permission.SUPERVISE)
def live() -> str:
    return _shown("supervisor/_figures_table.html")


@blueprint.post("/alarms/<int:alarm_id>/acknowledge")
@needs(Permission.SUPERVISE)
def acknowledge(alarm_id: int) -> Response:
    try:
        Watch(parts().work, parts().audit_key).acknowledge(alarm_id, me().id)
    except NotFound:
        abort(404)
    return redirect(url_for("supervisor.board"), 303)


def _shown(template: str) -> str:
    period = request.args.get("period", "today")
    if period not in PERIODS:
        abort(404)
    ready = parts()
    now, length = ready.clock(), PERIODS[period][0]
    with ready.reading() as records:
        stands = standing(records, now, None if length is None else now - length)
        board = judged(records)
        rule = rule_of(records)
    return render_template(
        template,
        standing=stands,
        board=board,
        rule=rule,
        period=period,
        periods=[(code, name) for code, (_, name) in PERIODS.items()],
        endings=tuple(Ending),
        Metric=Metric,
    )
