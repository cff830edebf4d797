"""交接班: one page with all that is open; each R3/R4 item is given to a named person, who accepts it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from agent_console.audited import note_reading
from agent_console.permissions import Permission, needs
from agent_console.queries_duties import workers
from agent_console.queries_handover import handover_page
from agent_console.sessions import me, parts
from agent_console.translation import gettext
from hotline.care.errors_after import CannotTake, NotOpen
from hotline.care.handovers import Handovers, Key
from models.vocabulary import Role
from models.vocabulary_after import ItemKind

blueprint = Blueprint("handover", __name__, url_prefix="/handover")

TOLD_LENGTH = 600


@blueprint.get("/")
@needs(Permission.CARE)
def page() -> str:
    note_reading("handover.read", "handover:page")
    ready = parts()
    now = ready.clock()
    supervises = me().role is Role.SUPERVISOR
    with ready.reading() as records:
        shown = handover_page(records, now, me().id, None if supervises else me().centre_id)
        people = [one for one in workers(records, me().centre_id) if one[0] != me().id]
    return render_template(
        "duties/handover.html", page=shown, people=people, supervises=supervises, now=now, length=TOLD_LENGTH
    )


@blueprint.post("/offer")
@needs(Permission.CARE)
def offer() -> Response:
    to_id, keys = request.form.get("to_id", 0, type=int), _keys()
    if not keys or not to_id:
        flash(gettext("请勾选要交出的事项，并选择接手人。没有交出。"), "error")
        return _back()
    try:
        made = _use_case().offer(me().id, to_id, keys, request.form.get("told", "")[:TOLD_LENGTH])
        flash(gettext("已请对方接手 %(n)s 项。对方接受之前仍由您负责。", n=len(made)))
    except CannotTake as why:
        if why.details["reason"] == "held":
            flash(gettext("有一项还有在岗的人负责，请由对方交出。没有交出。"), "error")
        else:
            flash(gettext("不能交给这位。请另选一位在职的接线员或督导。"), "error")
    except NotOpen:
        flash(gettext("有一项刚刚办结了，请看最新的列表，再交一次。"), "error")
    return _back()


@blueprint.post("/answer")
@needs(Permission.CARE)
def answer() -> Response:
    accept = request.form.get("answer") == "accept"
    count = _use_case().answer(request.form.getlist("handover", type=int), me().id, accept)
    if not count:
        flash(gettext("没有要答复的事项，可能已被收回。"), "error")
    elif accept:
        flash(gettext("已接手 %(n)s 项，从现在起由您负责。", n=count))
    else:
        flash(gettext("已回复不能接手，仍由原来的人负责。"))
    return _back()


@blueprint.post("/take")
@needs(Permission.CARE)
def take() -> Response:
    """A supervisor may take anything over; anybody else what nobody on duty holds."""
    try:
        made = _use_case().take(me().id, _keys())
        flash(gettext("已接手 %(n)s 项，从现在起由您负责。", n=len(made)))
    except CannotTake:
        flash(gettext("有一项还有在岗的人负责，请先请对方交出。没有接手。"), "error")
    except NotOpen:
        flash(gettext("请勾选要接手的事项；刚刚办结的不用再接。"), "error")
    return _back()


def _use_case() -> Handovers:
    return Handovers(parts().work, parts().audit_key)


def _keys() -> list[Key]:
    """A key that no form of ours sends is left out; the use case refuses what is no longer open."""
    found = []
    kinds = {str(kind): kind for kind in ItemKind}
    for text in request.form.getlist("item"):
        kind, _, number = text.partition(":")
        if kind in kinds and number.isdecimal():
            found.append((kinds[kind], int(number)))
    return found


def _back() -> Response:
    return redirect(url_for("handover.page"), 303)
