"""The note of the call in hand: saved as it is written, finished when complete; earlier calls beside it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, jsonify, render_template, request
from sqlalchemy import select
from werkzeug.wrappers import Response

from agent_console import form_words
from agent_console.desk_call import own_call
from agent_console.desk_state import desk_state
from agent_console.operator import WORDS
from agent_console.permissions import Permission, needs
from agent_console.rendering import clock_time
from agent_console.sessions import me, parts
from agent_console.translation import gettext
from hotline.care.errors import NoteChangedElsewhere
from hotline.care.notes import Saved
from hotline.care.timelines import Timelines
from models.audit import write_audit
from models.calls import Call
from models.notes import Note

blueprint = Blueprint("operator_note", __name__, url_prefix="/desk")


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {**WORDS, "words": form_words}


def _own(call_id: int) -> None:
    with parts().reading() as records:
        if own_call(records, call_id, me().id) is None:
            abort(404)


def _shown(saved: Saved) -> dict[str, Any]:
    reasons = gettext("、").join(form_words.risk_reason(code) for code in saved.risk_reasons)
    return {
        "revision": saved.revision,
        "saved": gettext(
            "已保存 %(at)s · 第 %(revision)s 版", at=clock_time(saved.saved_at), revision=saved.revision
        ),
        "missing": saved.missing,
        "missing_pages": [saved.form.page_of(code) for code in saved.missing],
        "missing_names": [form_words.field_name(saved.form, code) for code in saved.missing],
        "risk_level": saved.risk_level,
        "risk_floor": saved.risk_floor,
        "risk_reasons": reasons,
        "duty": str(form_words.DUTIES[saved.risk_level]) if saved.risk_level is not None else "",
        "lowering_refused": saved.lowering_refused,
    }


@blueprint.post("/calls/<int:call_id>/note")
@needs(Permission.ANSWER_CALLS)
def save(call_id: int) -> Response | tuple[Response, int]:
    """`{base_revision, content}` in; what the server now holds out. 409: somebody else saved in between."""
    _own(call_id)
    body = request.get_json()
    base, content = body.get("base_revision"), body.get("content")
    if not isinstance(base, int) or not isinstance(content, dict):
        abort(400)
    try:
        saved = parts().notes.save(call_id, me().id, base, content)
    except NoteChangedElsewhere as conflict:
        differing = sorted(
            code
            for code in {*content, *conflict.content}
            if (content.get(code) or None) != (conflict.content.get(code) or None)
        )
        return (
            jsonify(
                code=conflict.code,
                title=gettext("这份登记在另一处改过，请比较后再保存。"),
                revision=conflict.revision,
                content=conflict.content,
                differing=[form_words.field_name(conflict.form, code) for code in differing],
            ),
            409,
        )
    return jsonify(_shown(saved))


@blueprint.post("/calls/<int:call_id>/finish")
@needs(Permission.ANSWER_CALLS)
def finish(call_id: int) -> tuple[str, int]:
    """Close the note and free the seat that wraps this call up. Refused while something is missing."""
    _own(call_id)
    ready = parts()
    with ready.reading() as records:
        state = desk_state(records, me().id, ready.clock())
    mine_now = state.call is not None and state.call.call.id == call_id
    if mine_now and state.mode == "call":
        abort(409)
    handed_over = mine_now and state.call is not None and state.call.talk.handed_to is not None
    if handed_over and state.mode == "wrap_up":
        # The note went along with the call; whoever has it now finishes it.
        ready.wrap_up.finish(me().id)
        return "", 204
    ready.notes.close(call_id, me().id)
    if mine_now and state.mode == "wrap_up":
        ready.wrap_up.finish(me().id)
    return "", 204


@blueprint.post("/calls/<int:call_id>/same-person")
@needs(Permission.ANSWER_CALLS)
def same_person(call_id: int) -> str:
    """The operator confirms that it is the same person: earlier contents open, and it is written down."""
    _own(call_id)
    ready = parts()
    Timelines(ready.work, ready.audit_key).confirm(call_id, me().id)
    with ready.work() as unit:
        call = unit.session.get_one(Call, call_id)
        rows = unit.session.execute(
            select(Call, Note)
            .join(Note, Note.call_id == Call.id)
            .where(Call.caller_hash == call.caller_hash, Call.id != call.id)
            .order_by(Call.arrived_at.desc())
            .limit(6)
        ).all()
        for earlier, _note in rows:
            write_audit(
                unit.session,
                ready.audit_key,
                at=unit.now,
                person_id=me().id,
                action="history.opened",
                subject=f"call:{earlier.id}",
                reason=f"same person as call:{call_id}",
            )
        return render_template("operator/_history.html", rows=rows, call_id=call_id)
