"""The supervisor's board: what is wrong in two seconds, and what a person does about it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from agent_console import words
from agent_console.board_page import BoardPage, read_anew, read_shared
from agent_console.kept_rows import queue_rows, seat_cards
from agent_console.listening import own_listening
from agent_console.permissions import Permission, needs
from agent_console.sessions import me, parts
from agent_console.shared_fragments import shared_fragment
from models.audit import write_audit
from models.care import HelpRequest
from models.events import HelpAsked
from models.vocabulary import AgentStatus, CallbackState, SeatState
from models.vocabulary_watch import Ending, Metric

blueprint = Blueprint("supervisor", __name__, url_prefix="/supervisor")

LANES = (
    (SeatState.AVAILABLE, "lane-ok"),
    (SeatState.OFFERED, "lane-info"),
    (SeatState.TALKING, "lane-talk"),
    (SeatState.WRAP_UP, "lane-wrap"),
    (SeatState.PAUSED, ""),
    (SeatState.OFFLINE, ""),
)
CHOSEN_BY_SUPERVISOR = (
    AgentStatus.READY,
    AgentStatus.BREAK,
    AgentStatus.MEAL,
    AgentStatus.TRAINING,
    AgentStatus.SUPERVISION,
    AgentStatus.AFTER_HARD_CALL,
    AgentStatus.SIGNED_OUT,
)


def _shown(template: str, page: BoardPage, **more: Any) -> str:
    return render_template(
        template,
        page=page,
        lanes=LANES,
        statuses=CHOSEN_BY_SUPERVISOR,
        seat_cards=seat_cards,
        queue_rows=queue_rows,
        endings=tuple(Ending),
        Metric=Metric,
        words=words,
        **more,
    )


@blueprint.get("/")
@needs(Permission.SUPERVISE)
def board() -> str:
    return _shown("supervisor/board.html", read_anew(), listening=own_listening(me().id))


@blueprint.get("/live")
@needs(Permission.SUPERVISE)
def live() -> str:
    """Every part of the board as one moment; the page takes those that nobody is pointing at."""
    return _fragment("supervisor/_live.html")


@blueprint.get("/wall")
@needs(Permission.SUPERVISE)
def wall() -> str:
    """For a screen on the wall: no name and no number of anybody."""
    return _shown("supervisor/wall.html", read_anew(), theme="dark")


@blueprint.get("/wall/live")
@needs(Permission.SUPERVISE)
def wall_live() -> str:
    return _fragment("supervisor/_wall.html")


def _fragment(template: str) -> str:
    return shared_fragment(template, lambda name, **more: _shown(name, read_shared(), **more))


@blueprint.post("/helps/<int:help_id>/see")
@needs(Permission.SUPERVISE)
def see_help(help_id: int) -> Response:
    """Whoever saw it first stands on record."""
    with parts().work() as unit:
        found = unit.session.get(HelpRequest, help_id, with_for_update=True)
        if found is None:
            abort(404)
        if found.seen_at is None:
            found.seen_at = unit.now
            found.seen_by_id = me().id
            # The desk and the other boards show that somebody comes: the same fact, told anew.
            unit.tell(HelpAsked(found.call_id, found.seat_id))
    return redirect(url_for("supervisor.board"), 303)


@blueprint.post("/callbacks/<int:callback_id>/try-again")
@needs(Permission.SUPERVISE)
def try_again(callback_id: int) -> Response:
    """A danger that three tries did not reach goes back to the head of the line."""
    parts().callbacks.closed(callback_id, me().id, CallbackState.DUE)
    return redirect(url_for("supervisor.board"), 303)


@blueprint.post("/callbacks/<int:callback_id>/close")
@needs(Permission.SUPERVISE)
def close_callback(callback_id: int) -> Response:
    """Only a person ends the trying, and says how the person was cared for."""
    why = request.form.get("why", "").strip()[:200]
    if not why:
        flash(gettext("请写明怎样处理的，再结束回拨。"), "error")
        return redirect(url_for("supervisor.board"), 303)
    ready = parts()
    ready.callbacks.closed(callback_id, me().id, CallbackState.DONE)
    with ready.work() as unit:
        write_audit(
            unit.session,
            ready.audit_key,
            at=unit.now,
            person_id=me().id,
            action="callback.close",
            subject=f"callback:{callback_id}",
            reason=why,
        )
    return redirect(url_for("supervisor.board"), 303)


@blueprint.post("/seats/<int:seat_id>/status")
@needs(Permission.SUPERVISE)
def set_status(seat_id: int) -> Response:
    reason = request.form.get("reason", "").strip()[:200]
    try:
        status = AgentStatus(request.form.get("status", ""))
    except ValueError:
        abort(400)
    if not reason:
        flash(gettext("请写明更改坐席状态的原因。没有更改。"), "error")
    else:
        parts().seats.set_by_supervisor(seat_id, me().id, status, reason)
        flash(gettext("坐席状态已更改，原因已记录。"))
    return redirect(url_for("supervisor.board"), 303)
