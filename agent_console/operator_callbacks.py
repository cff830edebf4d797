"""Calling people back from the desk: take one by hand, dial, say who answered, hand over."""

from __future__ import annotations

from flask import Blueprint, abort, request

from agent_console.permissions import Permission, needs
from agent_console.sessions import me, parts
from models.call_back_words import TryResult

blueprint = Blueprint("operator_callbacks", __name__, url_prefix="/desk")

DONE = ("", 204)


@blueprint.post("/callbacks/<int:callback_id>/call")
@needs(Permission.ANSWER_CALLS)
def call(callback_id: int) -> tuple[str, int]:
    """立即回拨: the own seat rings, and the number as soon as it is up."""
    parts().dropped_lines.call_back(callback_id, me().id)
    return DONE


@blueprint.post("/callbacks/<int:callback_id>/hand-over")
@needs(Permission.ANSWER_CALLS)
def hand_over(callback_id: int) -> tuple[str, int]:
    parts().dropped_lines.hand_over(callback_id, me().id)
    return DONE


@blueprint.post("/calls/<int:call_id>/dial")
@needs(Permission.ANSWER_CALLS)
def dial(call_id: int) -> tuple[str, int]:
    parts().calling_back.dial(call_id, me().id)
    return DONE


@blueprint.post("/calls/<int:call_id>/give-back")
@needs(Permission.ANSWER_CALLS)
def give_back(call_id: int) -> tuple[str, int]:
    parts().calling_back.give_back(call_id, me().id)
    return DONE


@blueprint.post("/calls/<int:call_id>/not-the-person")
@needs(Permission.ANSWER_CALLS)
def not_the_person(call_id: int) -> tuple[str, int]:
    wanted = request.form.get("result")
    if wanted not in (str(TryResult.MACHINE), str(TryResult.OTHER_PERSON)):
        abort(400)
    parts().calling_back.not_the_person(call_id, me().id, TryResult(wanted))
    return DONE


@blueprint.post("/calls/<int:call_id>/owe")
@needs(Permission.ANSWER_CALLS)
def owe(call_id: int) -> tuple[str, int]:
    """A silent or cut-off contact that may have been in need: its operator decides that it is called back."""
    parts().callbacks.offer_for_silence(call_id, me().id)
    return DONE
