"""Limits on nuisance numbers: which hold, why, and lifting or extending them with a reason."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from agent_console.permissions import Permission, needs
from agent_console.sessions import me, parts
from models.nuisance import CallerLimit

blueprint = Blueprint("limits", __name__, url_prefix="/supervisor/limits")

SHOWN = 200
EXTEND_HOURS = (24, 72, 168)


@blueprint.get("/")
@needs(Permission.SUPERVISE)
def index() -> str:
    ready = parts()
    with ready.reading() as records:
        rows = records.scalars(
            select(CallerLimit)
            .options(
                joinedload(CallerLimit.call),
                joinedload(CallerLimit.set_by),
                joinedload(CallerLimit.lifted_by),
            )
            .order_by(CallerLimit.lifted_at.is_(None).desc(), CallerLimit.expires_at.desc())
            .limit(SHOWN)
        ).all()
    return render_template("supervisor/limits.html", rows=rows, now=ready.clock(), hours=EXTEND_HOURS)


@blueprint.post("/<int:limit_id>/lift")
@needs(Permission.SUPERVISE)
def lift(limit_id: int) -> Response:
    parts().nuisance.lift(limit_id, me().id, request.form.get("why", "")[:200])
    flash(gettext("限制已解除，原因已记录。"))
    return redirect(url_for("limits.index"), 303)


@blueprint.post("/<int:limit_id>/extend")
@needs(Permission.SUPERVISE)
def extend(limit_id: int) -> Response:
    hours = request.form.get("hours", EXTEND_HOURS[0], type=int)
    parts().nuisance.extend_limit(limit_id, me().id, hours, request.form.get("why", "")[:200])
    flash(gettext("限制已延长，原因已记录。"))
    return redirect(url_for("limits.index"), 303)
