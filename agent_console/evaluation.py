"""Exports for third parties that evaluate the hotline: made by supervisors, fetched with a token."""

from __future__ import annotations

import time
from datetime import date, timedelta

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext
from sqlalchemy import select
from werkzeug.wrappers import Response as Redirect

from agent_console.local_time import local_day
from agent_console.permissions import Permission, needs, public
from agent_console.queries_signing import rates as rates_of
from agent_console.rate_limit import RateLimit
from agent_console.refusals import sentence_of
from agent_console.sessions import me, parts
from analytics.papers.evaluation import LONGEST_DAYS, Evaluations
from analytics.report.errors import Refused
from models.papers import EvaluationExport

blueprint = Blueprint("evaluation", __name__, url_prefix="/evaluation")

Answer = str | tuple[str, int] | Redirect
TRIES_OF_AN_ADDRESS = (10, 60.0)
"""So many guesses a minute: a token has 192 bits, this keeps the page from being a load."""


@blueprint.record_once
def _set_limit(state: BlueprintSetupState) -> None:
    state.app.extensions["evaluation_limit"] = RateLimit(*TRIES_OF_AN_ADDRESS)


@blueprint.get("/")
@needs(Permission.WRITE_REPORTS)
def index() -> str:
    return _page()


def _page(fault: str | None = None, token: str | None = None) -> str:
    ready = parts()
    with ready.reading() as records:
        exports = records.scalars(
            select(EvaluationExport).order_by(EvaluationExport.id.desc()).limit(50)
        ).all()
        for one in exports:
            _ = one.made_by.name
        rates = rates_of(records, ready.clock())
    today = local_day(ready.clock())
    return render_template(
        "papers/evaluation.html",
        exports=exports,
        now=ready.clock(),
        rates=rates,
        fault=fault,
        token=token,
        longest=LONGEST_DAYS,
        first=today - timedelta(days=90),
        last=today,
    )


@blueprint.post("/")
@needs(Permission.WRITE_REPORTS)
def make() -> Answer:
    """The token is shown once, on this very answer; it stands in no address."""
    form = request.form
    try:
        token = _exports().make(
            me().id,
            form.get("evaluator", ""),
            date.fromisoformat(form.get("first", "")),
            date.fromisoformat(form.get("last", "")),
            form.get("days", 7, type=int),
            form.get("reason", "")[:500],
        )
    except ValueError:
        return _page(gettext("请选择起止日期。")), 422
    except Refused as refused:
        return _page(sentence_of(refused)), 409
    return _page(token=token)


@blueprint.post("/<int:export_id>/end")
@needs(Permission.WRITE_REPORTS)
def end(export_id: int) -> Answer:
    try:
        _exports().end(export_id, me().id)
    except Refused as refused:
        return _page(sentence_of(refused)), 409
    flash(gettext("已停用。"))
    return redirect(url_for("evaluation.index"), 303)


@blueprint.get("/fetch")
@public
def form() -> str:
    return render_template("papers/fetch.html", fault=None)


@blueprint.post("/fetch")
@public
def fetch() -> Response | tuple[str, int]:
    limit: RateLimit = current_app.extensions["evaluation_limit"]
    if not limit.allows(request.remote_addr or "?", time.monotonic()):
        return render_template("papers/fetch.html", fault=gettext("试得太密，请一分钟后再试。")), 429
    try:
        content = _exports().fetch(request.form.get("token", "").strip()[:100])
    except Refused as refused:
        return render_template("papers/fetch.html", fault=sentence_of(refused)), 404
    answer = Response(content, mimetype="application/zip")
    answer.headers.set("Content-Disposition", "attachment", filename="evaluation.zip")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _exports() -> Evaluations:
    return Evaluations(parts().work, parts().audit_key)
