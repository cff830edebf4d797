"""转介: the unit, the person's word, the least it needs, exactly what goes, and its answers."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload
from werkzeug.wrappers import Response

from agent_console import duty_words
from agent_console.audited import note_reading
from agent_console.case_access import case_call
from agent_console.permissions import Permission, needs
from agent_console.queries_duties import whos
from agent_console.sessions import me, parts
from agent_console.translation import gettext, in_language
from hotline.care.errors_after import PreviewChanged, RecordIncomplete
from hotline.care.referrals import Preview, Referrals
from hotline.domain.referral import FOLLOWING, MAY_LEARN, Intended
from models.places import Place
from models.referrals import Referral, SharingConsent
from models.vocabulary import ConsentState
from models.vocabulary_after import ReferralGround, ReferralState, ReferralTarget, SentBy

blueprint = Blueprint("referral_pages", __name__, url_prefix="/referrals")

TEXT_LENGTH = 600
ANSWERS = (ConsentState.GRANTED, ConsentState.REFUSED)


@blueprint.get("/of/<int:call_id>")
@needs(Permission.CARE)
def form(call_id: int) -> str:
    """`target` in the address is a code of ours; nothing of the caller ever is."""
    _case(call_id)
    note_reading("referral.prepared", f"call:{call_id}")
    return _shown(call_id, _target(request.args.get("target")))


@blueprint.post("/of/<int:call_id>/consent")
@needs(Permission.CARE)
def consent(call_id: int) -> Response:
    _case(call_id)
    target = _target(request.form.get("target"))
    state = next((one for one in ANSWERS if str(one) == request.form.get("state")), None)
    if target is None or state is None:
        abort(400)
    _use_case().consent(call_id, target, state, me().id)
    return redirect(url_for("referral_pages.form", call_id=call_id, target=str(target)), 303)


@blueprint.post("/of/<int:call_id>")
@needs(Permission.CARE)
def send(call_id: int) -> Response | str | tuple[str, int]:
    """First press: the preview. Second press, with its seal: it is written down as sent, exactly so."""
    _case(call_id)
    target = _target(request.form.get("target"))
    if target is None:
        abort(400)
    try:
        intended, how = _intended(target), SentBy(request.form.get("how", ""))
    except ValueError:
        abort(400)
    preview = _use_case().preview(call_id, intended)
    if preview.faults:
        return _shown(call_id, target, faults=duty_words.faults(preview.faults)), 422
    if request.form.get("step") != "send":
        # It may show the number in full.
        note_reading("referral.previewed", f"call:{call_id}")
        return _shown(call_id, target, preview=preview)
    try:
        referral_id = _use_case().send(call_id, me().id, intended, how, request.form.get("seal", ""))
    except RecordIncomplete as lacking:
        return _shown(call_id, target, faults=duty_words.faults(lacking.faults)), 422
    except PreviewChanged:
        changed = gettext("预览之后内容有变，没有发出。请再看一遍。")
        return _shown(call_id, target, preview=preview, faults=[changed]), 409
    flash(gettext("已记为发出。请按下面的内容告知或交给对方。"))
    return redirect(url_for("referral_pages.sheet", referral_id=referral_id), 303)


@blueprint.get("/<int:referral_id>")
@needs(Permission.CARE)
def sheet(referral_id: int) -> str:
    """转介单: what was sent, its answers, and a printable sheet."""
    call_id = _call_of(referral_id)
    note_reading("referral.read", f"call:{call_id}")
    return _sheet(referral_id)


@blueprint.post("/<int:referral_id>/answer")
@needs(Permission.CARE)
def answer(referral_id: int) -> Response | tuple[str, int]:
    _call_of(referral_id)
    try:
        state = ReferralState(request.form.get("state", ""))
    except ValueError:
        abort(400)
    reply = request.form.get("reply", "")[:TEXT_LENGTH]
    try:
        _use_case().answered(referral_id, me().id, state, reply)
    except RecordIncomplete as lacking:
        return _sheet(referral_id, duty_words.faults(lacking.faults)), 422
    flash(gettext("答复已记录。"))
    return redirect(url_for("referral_pages.sheet", referral_id=referral_id), 303)


def _use_case() -> Referrals:
    return Referrals(parts().work, parts().audit_key)


def _target(code: str | None) -> ReferralTarget | None:
    return next((target for target in ReferralTarget if str(target) == code), None)


def _intended(target: ReferralTarget) -> Intended:
    given = request.form
    return Intended(
        target,
        given.get("unit_name", "").strip()[:80],
        ReferralGround(given.get("ground", "")),
        given.get("ground_reason", "").strip()[:TEXT_LENGTH],
        tuple(given.getlist("fields")),
        given.get("request", "").strip()[:TEXT_LENGTH],
    )


def _case(call_id: int) -> None:
    with parts().reading() as records:
        case_call(records, call_id, me())


def _call_of(referral_id: int) -> int:
    with parts().reading() as records:
        found = records.get(Referral, referral_id)
        if found is None:
            abort(404)
        if found.sent_by_id == me().id:
            return found.call_id
        return case_call(records, found.call_id, me()).id


def _shown(
    call_id: int,
    target: ReferralTarget | None,
    *,
    preview: Preview | None = None,
    faults: list[str] | None = None,
) -> str:
    with parts().reading() as records:
        who = whos(records, [call_id])[call_id]
        asked = {
            row.target: row
            for row in records.scalars(select(SharingConsent).where(SharingConsent.call_id == call_id))
        }
        lines = _lines(records, preview.sent) if preview is not None else ()
    return render_template(
        "duties/referral_form.html",
        who=who,
        target=target,
        targets=tuple(ReferralTarget),
        asked=asked,
        may_learn=MAY_LEARN[target] if target is not None else (),
        grounds=tuple(ReferralGround),
        ways=tuple(SentBy),
        preview=preview,
        lines=lines,
        faults=faults or [],
        typed=request.form,
        chosen=request.form.getlist("fields"),
        words=duty_words,
        length=TEXT_LENGTH,
    )


def _sheet(referral_id: int, faults: list[str] | None = None) -> str:
    with parts().reading() as records:
        found = records.get_one(
            Referral,
            referral_id,
            options=[selectinload(Referral.steps), joinedload(Referral.sent_by), joinedload(Referral.call)],
        )
        for step in found.steps:
            _ = step.person.name
        lines = _lines(records, found.sent)
    return render_template(
        "duties/referral.html",
        referral=found,
        lines=lines,
        following=FOLLOWING[found.state],
        faults=faults or [],
        typed=request.form,
        now=parts().clock(),
        length=TEXT_LENGTH,
    )


def _lines(session: Session, sent: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """What the unit reads: name and value of each field, in order."""
    place = session.get(Place, sent["place"]) if sent.get("place") else None
    place_name = in_language(place.name_zh, place.name_en) if place is not None else ""
    return tuple(
        (str(duty_words.SENT_FIELDS[code]), duty_words.sent_value(code, str(value), place_name))
        for code, value in sent.items()
    )
