"""补录: contacts that rang nowhere, and paper forms, become a contact whose note is the same form."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from agent_console import duty_words
from agent_console.case_access import case_call
from agent_console.local_time import for_field, moment_of
from agent_console.permissions import Permission, needs
from agent_console.sessions import me, parts
from agent_console.translation import gettext
from hotline.care.entries import BY_HAND, Entered, Entries
from hotline.care.errors_after import FormAlreadyEntered, RecordIncomplete
from models.vocabulary_record import Channel

blueprint = Blueprint("entries", __name__, url_prefix="/entries")


@blueprint.get("/new")
@needs(Permission.ANSWER_CALLS)
def form() -> str:
    """With `beside`: another contact of the same person, opened before from their timeline."""
    return _shown([])


@blueprint.post("/new")
@needs(Permission.ANSWER_CALLS)
def enter() -> Response | tuple[str, int]:
    given = request.form
    beside = given.get("beside", type=int)
    if beside is not None:
        with parts().reading() as records:
            case_call(records, beside, me())
    try:
        entered = Entered(
            Channel(given.get("channel", "")),
            moment_of(given.get("happened_at", "")),
            given.get("minutes", 0, type=int),
            given.get("form_number", "").strip()[:40],
            given.get("number", "").strip()[:20],
            beside,
        )
    except ValueError:
        return _shown(duty_words.faults(["time"])), 422
    ready = parts()
    try:
        call_id = Entries(ready.work, ready.hasher, ready.audit_key).enter(me().id, entered)
    except RecordIncomplete as lacking:
        return _shown(duty_words.faults(lacking.faults)), 422
    except FormAlreadyEntered as known:
        found = gettext("这张登记表已经补录过，来电编号 %(n)s。", n=known.details["call_id"])
        return _shown([found]), 409
    ready.notes.open(call_id, me().id)
    flash(gettext("已登记，来电编号 %(n)s。请在工作台“我最近的通话”里继续填写登记表。", n=call_id))
    return redirect(url_for("own_notes.index", unfinished="yes"), 303)


def _shown(faults: list[str]) -> str:
    now = parts().clock()
    return render_template(
        "duties/entry.html",
        channels=BY_HAND,
        faults=faults,
        typed=request.form,
        beside=request.form.get("beside", type=int) or request.args.get("beside", type=int),
        latest=for_field(now),
    )
