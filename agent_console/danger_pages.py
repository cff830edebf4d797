"""The danger protocol, for the operator on the line and for supervisors: a person ticks, decides, previews.

Both see the same parts: on the desk they open under the call bar, on the supervisor's page below the facts.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import select
from werkzeug.wrappers import Response

from agent_console import danger_words, words
from agent_console.desk_call import own_call
from agent_console.permissions import Permission, may, needs
from agent_console.queries_danger import DangerSheet, lines_for, open_danger_of, read_danger
from agent_console.queries_seats import open_dangers
from agent_console.refusals import sentence_of
from agent_console.sessions import me, parts
from hotline.care.danger_reports import DangerReports, Recipient, said
from hotline.care.danger_steps import DangerSteps
from hotline.care.errors import DebriefIncomplete, NextStepMissing, ReportNotAllowed
from hotline.domain.danger_rules import (
    MAY_RECEIVE,
    REPORT_FIELDS,
    DebriefFacts,
    ReportWish,
    grounds_for,
    why_no_report,
)
from models.audit import write_audit
from models.calls import Call
from models.network import PartnerLine
from models.vocabulary_danger import Ground, ReportDecision, ReportTo, Support, TickAnswer
from models.vocabulary_talk import RescueReached

blueprint = Blueprint("danger", __name__, url_prefix="/dangers")


VOCABULARY: dict[str, Any] = {
    "danger_words": danger_words,
    "TickAnswer": TickAnswer,
    "ReportTo": ReportTo,
    "RescueReached": RescueReached,
    "Support": Support,
}
"""What the templates of the protocol know by name, here and on the supervisor's page."""


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return VOCABULARY


def _sheet(danger_id: int) -> DangerSheet:
    """404 for a danger of a talk that is neither this operator's nor a supervisor's to see."""
    with parts().reading() as records:
        sheet = read_danger(records, danger_id)
        if sheet is None:
            abort(404)
        if not may(me().role, Permission.SUPERVISE) and own_call(records, sheet.call.id, me().id) is None:
            abort(404)
        return sheet


def _decisions(danger_id: int, fault: str = "") -> str:
    return render_template("danger/_decisions.html", sheet=_sheet(danger_id), fault=fault)


@blueprint.get("/_alert")
@needs(Permission.SUPERVISE)
def alert() -> str:
    """On every page of a supervisor: the dangers that are open, those that nobody took first."""
    ready = parts()
    with ready.reading() as records:
        dangers = open_dangers(records, ready.clock())
    return render_template("danger/_alert.html", dangers=dangers, words=words)


@blueprint.get("/calls/<int:call_id>/_panel")
@needs(Permission.ACT_IN_DANGER)
def panel(call_id: int) -> str:
    """The protocol of the talk in hand, under the call bar."""
    with parts().reading() as records:
        danger_id = open_danger_of(records, call_id)
    if danger_id is None:
        abort(404)
    return render_template("danger/_panel.html", sheet=_sheet(danger_id))


@blueprint.get("/<int:danger_id>/_steps")
@needs(Permission.ACT_IN_DANGER)
def steps(danger_id: int) -> str:
    return render_template("danger/_steps.html", sheet=_sheet(danger_id))


@blueprint.post("/<int:danger_id>/ticks")
@needs(Permission.ACT_IN_DANGER)
def tick(danger_id: int) -> str:
    _sheet(danger_id)
    answer = next((one for one in TickAnswer if str(one) == request.form.get("answer")), None)
    if answer is None:
        abort(400)
    DangerSteps(parts().work, parts().audit_key).tick(
        danger_id, me().id, request.form.get("step", "")[:30], answer
    )
    return render_template("danger/_steps.html", sheet=_sheet(danger_id))


@blueprint.get("/<int:danger_id>/_decisions")
@needs(Permission.ACT_IN_DANGER)
def decisions(danger_id: int) -> str:
    return _decisions(danger_id)


@blueprint.get("/<int:danger_id>/_report")
@needs(Permission.ACT_IN_DANGER)
def report_form(danger_id: int) -> str:
    """What would be handed over to `to`, field by field; for a rescue service with the number, audited."""
    return _report_form(danger_id, _recipient(request.args.get("to", "")))


def _report_form(danger_id: int, recipient: ReportTo, given: dict[str, str] | None = None) -> str:
    sheet, ready = _sheet(danger_id), parts()
    with ready.reading() as records:
        lines = lines_for(records, recipient, sheet.call, ready.clock())
    values = dict(given or {})
    if given is None:
        values["place"] = " ".join(place.name_zh for place in sheet.place)
        if recipient.is_rescue and sheet.call.caller_number:
            values["number"] = _number(sheet)
        if recipient.is_rescue and sheet.ask is not None:
            values["place"] = " ".join(filter(None, (values["place"], sheet.ask.place)))
            values["number"] = values.get("number") or sheet.ask.number or ""
    return render_template(
        "danger/_report.html",
        sheet=sheet,
        recipient=recipient,
        lines=lines,
        fields=[code for code in REPORT_FIELDS if code in MAY_RECEIVE[recipient]],
        grounds=grounds_for(recipient),
        values=values,
    )


@blueprint.post("/<int:danger_id>/preview")
@needs(Permission.ACT_IN_DANGER)
def preview(danger_id: int) -> str:
    """Exactly what would be on record as handed over, and whether the rules allow it. Nothing is kept yet."""
    sheet = _sheet(danger_id)
    wish = _wish()
    with parts().reading() as records:
        line_id = request.form.get("line", type=int)
        line = records.get(PartnerLine, line_id) if line_id else None
    agreed = sheet.facts.sharing_consented or request.form.get("consented_now") == "yes"
    against = why_no_report(wish, replace(sheet.facts, sharing_consented=agreed))
    return render_template(
        "danger/_preview.html",
        sheet=sheet,
        wish=wish,
        told=said(dict(wish.fields)),
        line=line,
        name=request.form.get("name", "")[:80],
        consented_now=request.form.get("consented_now") == "yes",
        against=danger_words.AGAINST[against] if against else "",
    )


@blueprint.post("/<int:danger_id>/reports")
@needs(Permission.ACT_IN_DANGER)
def decide(danger_id: int) -> str:
    _sheet(danger_id)
    ready = parts()
    try:
        DangerReports(ready.work, ready.audit_key).decide(
            danger_id,
            me().id,
            _wish(),
            Recipient(request.form.get("line", type=int), request.form.get("name", "")),
            consented_now=request.form.get("consented_now") == "yes",
        )
    except ReportNotAllowed as refused:
        return _decisions(danger_id, str(danger_words.AGAINST[refused.details["reason"]]))
    return _decisions(danger_id)


@blueprint.post("/<int:danger_id>/linkages/<int:linkage_id>")
@needs(Permission.ACT_IN_DANGER)
def write_linkage(danger_id: int, linkage_id: int) -> str:
    """Reference, and whether rescue reached the person: yes, no or unknown with the next step."""
    sheet, ready, form = _sheet(danger_id), parts(), request.form
    if linkage_id not in {one.id for one in sheet.linkages}:
        abort(404)
    ready.linkages.write_down(
        linkage_id, me().id, form.get("reference", "")[:120], form.get("told", "")[:500]
    )
    reached = next((one for one in RescueReached if str(one) == form.get("reached")), None)
    if reached is not None:
        try:
            ready.linkages.reached(
                linkage_id, me().id, reached, form.get("outcome", "")[:500], form.get("next_step", "")[:500]
            )
        except NextStepMissing as refused:
            return _decisions(danger_id, sentence_of(refused))
    return _decisions(danger_id)


@blueprint.post("/<int:danger_id>/ask")
@needs(Permission.ACT_IN_DANGER)
def ask(danger_id: int) -> str:
    """Ask a web caller, on their own page, where they are and how to ring them back."""
    _sheet(danger_id)
    DangerSteps(parts().work, parts().audit_key).ask_caller(danger_id, me().id)
    return _contact(danger_id)


@blueprint.get("/<int:danger_id>/_contact")
@needs(Permission.ACT_IN_DANGER)
def contact(danger_id: int) -> str:
    return _contact(danger_id)


@blueprint.post("/<int:danger_id>/number")
@needs(Permission.ACT_IN_DANGER)
def number(danger_id: int) -> str:
    """The original number at once: life is in danger, so no reason is asked; the line of the audit stands."""
    sheet = _sheet(danger_id)
    if not sheet.is_open:
        abort(409)
    return _contact(danger_id, _number(sheet))


@blueprint.post("/<int:danger_id>/debrief")
@needs(Permission.SUPERVISE)
def debrief(danger_id: int) -> Response:
    """After it is over: how the operator is, what support was offered, how much rest was taken."""
    form, ready = request.form, parts()
    known = {str(one) for one in Support}
    facts = DebriefFacts(
        support=tuple(code for code in form.getlist("support") if code in known),
        accepted=tuple(code for code in form.getlist("accepted") if code in known),
        rest_minutes=form.get("rest_minutes", -1, type=int),
    )
    try:
        DangerSteps(ready.work, ready.audit_key).debrief(
            danger_id, me().id, held_at=ready.clock(), facts=facts, words=form.get("words", "")
        )
        flash(gettext("事后支持已记录。"))
    except DebriefIncomplete as refused:
        flash(str(danger_words.AGAINST[refused.details["reason"]]), "error")
    return redirect(url_for("danger_sheet.page", danger_id=danger_id), 303)


def _contact(danger_id: int, whole_number: str = "") -> str:
    return render_template("danger/_contact.html", sheet=_sheet(danger_id), whole_number=whole_number)


def _number(sheet: DangerSheet) -> str:
    ready = parts()
    with ready.work() as unit:
        call = unit.session.scalars(select(Call).where(Call.id == sheet.call.id)).one()
        write_audit(
            unit.session,
            ready.audit_key,
            at=unit.now,
            person_id=me().id,
            action="number.shown",
            subject=f"call:{call.id}",
            reason="danger",
        )
        return call.caller_number or ""


def _recipient(code: str) -> ReportTo:
    found = next((one for one in ReportTo if str(one) == code), None)
    if found is None:
        abort(400)
    return found


def _wish() -> ReportWish:
    form = request.form
    recipient = _recipient(form.get("to", ""))
    decision = next((one for one in ReportDecision if str(one) == form.get("decision")), ReportDecision.TOLD)
    return ReportWish(
        recipient=recipient,
        decision=decision,
        ground=next((one for one in Ground if str(one) == form.get("ground")), None),
        why=form.get("why", ""),
        fields={
            code: form.get(f"field_{code}", "")
            for code in REPORT_FIELDS
            if form.get(f"field_{code}", "").strip()
        },
    )
