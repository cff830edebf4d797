"""Transfers from the desk: the panel, and what its buttons ask. The bar shows what the carrier confirmed."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request

from agent_console import directory, form_words
from agent_console.desk_call import own_call
from agent_console.desk_caller import place_path
from agent_console.desk_talk import talk_facts
from agent_console.local_time import local
from agent_console.permissions import Permission, needs
from agent_console.sessions import me, parts
from hotline.domain.opening_hours import is_open
from hotline.routing.emergency_lines import emergency_lines
from models.linkage import Linkage
from models.vocabulary_network import Group, Language, Topic
from models.vocabulary_talk import RescueReached, TransferKind

blueprint = Blueprint("operator_transfer", __name__, url_prefix="/desk")

DONE = ("", 204)
WORDS_AT_MOST = 200


@blueprint.get("/calls/<int:call_id>/_transfer")
@needs(Permission.ANSWER_CALLS)
def panel(call_id: int) -> str:
    """To whom this call can be given now, and who can't take it and why."""
    ready = parts()
    with ready.reading() as records:
        call = own_call(records, call_id, me().id)
        if call is None:
            abort(404)
        facts = talk_facts(records, call, me().id)
        choices = directory.read_directory(records, call.seat_id)
        return render_template(
            "operator/_transfer.html",
            call=call,
            talk=facts,
            directory=choices,
            place=place_path(records, call.place_code),
            emergency=emergency_lines(records, call.place_code, ready.clock()),
            languages=list(Language),
            wanted=[*Group, *Topic],
            words=form_words,
            open_now=lambda line: is_open(line.hours, local(ready.clock())),
        )


@blueprint.post("/calls/<int:call_id>/transfer")
@needs(Permission.ANSWER_CALLS)
def begin(call_id: int) -> tuple[str, int]:
    """`to`: seat:<id> | partner:<id> | number | queue | 110 | 119 | 120; `kind`: consult | cold."""
    transfers, person = parts().transfers, me().id
    what, _, number = request.form.get("to", "").partition(":")
    said = request.form.get("words", "").strip()[:WORDS_AT_MOST]
    kind = TransferKind.COLD if request.form.get("kind") == "cold" else TransferKind.CONSULT
    match what:
        case "seat" if number.isdigit():
            transfers.to_seat(call_id, person, int(number), kind, said)
        case "partner" if number.isdigit():
            transfers.to_partner(call_id, person, int(number), kind, said)
        case "number":
            transfers.to_number(call_id, person, request.form.get("number", "")[:20], kind, said)
        case "queue":
            _to_queue(call_id, said)
        case "110" | "119" | "120":
            transfers.to_emergency(call_id, person, what, said)
        case _:
            abort(400)
    return DONE


def _to_queue(call_id: int, said: str) -> None:
    skill = request.form.get("skill", "")
    try:
        parts().transfers.to_queue(
            call_id,
            me().id,
            language=request.form.get("language") or None,
            skills=[skill] if skill else [],
            centre_id=request.form.get("centre", type=int),
            words=said,
        )
    except ValueError:
        abort(400)


@blueprint.post("/calls/<int:call_id>/transfer/<what>")
@needs(Permission.ANSWER_CALLS)
def go_on(call_id: int, what: str) -> tuple[str, int]:
    transfers, person = parts().transfers, me().id
    match what:
        case "three-way":
            transfers.bring_in(call_id, person)
        case "hand-over":
            transfers.hand_over(call_id, person)
        case "cancel":
            transfers.cancel(call_id, person)
        case "leave":
            transfers.leave(call_id, person)
        case _:
            abort(404)
    return DONE


@blueprint.post("/legs/<int:participation_id>/decline")
@needs(Permission.ANSWER_CALLS)
def decline(participation_id: int) -> tuple[str, int]:
    parts().transfers.decline(participation_id, me().id)
    return DONE


@blueprint.post("/calls/<int:call_id>/mute")
@needs(Permission.ANSWER_CALLS)
def mute(call_id: int) -> tuple[str, int]:
    wanted = request.form.get("on")
    if wanted not in ("yes", "no"):
        abort(400)
    parts().conversation.mute(call_id, me().id, wanted == "yes")
    return DONE


@blueprint.post("/calls/<int:call_id>/linkage/<int:linkage_id>")
@needs(Permission.ANSWER_CALLS)
def write_linkage(call_id: int, linkage_id: int) -> tuple[str, int]:
    """Who took it and what was told; and, once it is known, whether rescue reached the person."""
    ready = parts()
    with ready.reading() as records:
        linkage = records.get(Linkage, linkage_id)
        own = own_call(records, call_id, me().id)
        if own is None or linkage is None or linkage.call_id != own.id:
            abort(404)
    ready.linkages.write_down(
        linkage_id, me().id, request.form.get("reference", "")[:120], request.form.get("told", "")[:500]
    )
    reached = request.form.get("reached", "")
    if reached in (RescueReached.YES.value, RescueReached.NO.value):
        ready.linkages.reached(
            linkage_id,
            me().id,
            RescueReached(reached),
            request.form.get("outcome", ""),
            request.form.get("next_step", "")[:500],
        )
    return DONE
