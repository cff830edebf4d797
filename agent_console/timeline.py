"""One caller's timeline. Nothing earlier opens before somebody says that it is the same person."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from agent_console import duty_words, words
from agent_console.audited import note_reading
from agent_console.case_access import case_call, case_of
from agent_console.permissions import Permission, needs
from agent_console.queries_duties import whos
from agent_console.queries_timeline import timeline_of
from agent_console.sessions import me, parts
from agent_console.translation import gettext
from hotline.care.errors_after import CannotTake
from hotline.care.timelines import Timelines, was_confirmed
from models.call_back_words import CallDirection
from models.vocabulary import Role

blueprint = Blueprint("timeline", __name__, url_prefix="/timeline")

REASON_LEAST, REASON_MOST = 4, 200


@blueprint.get("/<int:call_id>")
@needs(Permission.CARE)
def page(call_id: int) -> str:
    ready = parts()
    now = ready.clock()
    with ready.reading() as records:
        call = case_call(records, call_id, me())
        opens = me().role is Role.SUPERVISOR or was_confirmed(records, call_id, me().id, now)
        who = whos(records, [call_id])[call_id]
    if not opens:
        return render_template("duties/timeline_gate.html", who=who)
    note_reading("timeline.opened", f"call:{call_id}")
    with ready.reading() as records:
        timeline = timeline_of(records, call)
    return render_template(
        "duties/timeline.html",
        who=who,
        timeline=timeline,
        words=duty_words,
        board_words=words,
        entered=CallDirection.ENTERED,
        now=now,
    )


@blueprint.post("/<int:call_id>/confirm")
@needs(Permission.CARE)
def confirm(call_id: int) -> Response:
    _case(call_id)
    _use_case().confirm(call_id, me().id)
    return _back(call_id)


@blueprint.post("/<int:call_id>/link")
@needs(Permission.CARE)
def link(call_id: int) -> Response:
    """Another contact, by its number on the form, is the same person's."""
    _case(call_id)
    other, reason = request.form.get("other", 0, type=int), _reason()
    if len(reason) < REASON_LEAST:
        flash(gettext("请写明怎样确认是同一人。没有合并。"), "error")
        return _back(call_id)
    with parts().reading() as records:
        known = case_of(records, other, me()) is not None
    if not known:
        flash(gettext("没有这个来电编号，或它不由您负责。没有合并。"), "error")
        return _back(call_id)
    try:
        _use_case().link(call_id, other, me().id, reason)
        flash(gettext("已并到同一条时间线。"))
    except CannotTake:
        flash(gettext("这两条已经在同一条时间线上。"))
    return _back(call_id)


@blueprint.post("/<int:call_id>/unlink")
@needs(Permission.CARE)
def unlink(call_id: int) -> Response:
    _case(call_id)
    reason = _reason()
    if len(reason) < REASON_LEAST:
        flash(gettext("请写明为什么分开。没有更改。"), "error")
        return _back(call_id)
    _use_case().unlink(call_id, me().id, reason)
    flash(gettext("已分开，各自成为一条时间线。"))
    return _back(call_id)


def _reason() -> str:
    return request.form.get("reason", "").strip()[:REASON_MOST]


def _case(call_id: int) -> None:
    with parts().reading() as records:
        case_call(records, call_id, me())


def _use_case() -> Timelines:
    return Timelines(parts().work, parts().audit_key)


def _back(call_id: int) -> Response:
    return redirect(url_for("timeline.page", call_id=call_id), 303)
