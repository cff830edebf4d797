"""Signing, also from a phone: what waits, whom it goes to, the duty list, proposed thresholds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from agent_console import queries_signing as read
from agent_console import words
from agent_console.charts import line_chart
from agent_console.local_time import ZONE
from agent_console.permissions import Permission, needs
from agent_console.queries_administration import place_choices
from agent_console.queries_officials import alert_for_hotline
from agent_console.queries_signals import topic_of
from agent_console.refusals import sentence_of
from agent_console.sessions import me, parts
from analytics.alerts.changes import Changes
from analytics.alerts.documents import cap_document
from analytics.alerts.duty_list import Contact, DutyList
from analytics.alerts.single_signature import SingleSignature
from analytics.alerts.thresholds import Proposals
from analytics.report.errors import Refused
from models.vocabulary_surveillance import AlertLevel, SignalKind

blueprint = Blueprint("signing", __name__, url_prefix="/sign")

Answer = str | tuple[str, int] | Response


@blueprint.get("/")
@needs(Permission.SIGN_ALERTS)
def waiting() -> str:
    return _list()


@blueprint.get("/<int:alert_id>")
@needs(Permission.SIGN_ALERTS)
def alert(alert_id: int) -> str:
    return _alert(alert_id)


@blueprint.post("/<int:alert_id>")
@needs(Permission.SIGN_ALERTS)
def decide(alert_id: int) -> Answer:
    """One step of one alert; which, is in the form."""
    form = request.form
    reason = form.get("reason", "").strip()
    ready, mine = parts(), me().id
    alone = SingleSignature(ready.work, ready.audit_key)
    changes = Changes(ready.work, ready.audit_key)
    message_id = form.get("message_id", 0, type=int)
    steps: dict[str, tuple[Callable[[], object], str]] = {
        "sign": (
            lambda: ready.review.sign(
                alert_id,
                mine,
                form.getlist("copies", type=int),
                reason,
                form.get("harm_to_others") == "yes",
            ),
            gettext("已签发，正在送达。"),
        ),
        "return": (
            lambda: ready.review.return_draft(alert_id, mine, reason),
            gettext("已退回，信号回到核实队列。"),
        ),
        "alone": (lambda: alone.send_alone(alert_id, mine, reason), gettext("已单人签发，待补签。")),
        "countersign": (lambda: alone.countersign(alert_id, mine), gettext("已补签。")),
        "cancel_alone": (
            lambda: alone.cancel(alert_id, mine, reason),
            gettext("已撤销，收件方会收到撤销通知。"),
        ),
        "update": (
            lambda: changes.propose_update(alert_id, mine, AlertLevel(form.get("level", "")), reason),
            gettext("更新已拟好，等另一位督导签发。"),
        ),
        "cancel": (
            lambda: changes.propose_cancel(alert_id, mine, reason),
            gettext("撤销已拟好，等另一位督导签发。"),
        ),
        "sign_change": (lambda: changes.sign(message_id, mine), gettext("已签发，正在送达。")),
        "drop_change": (
            lambda: changes.drop(message_id, mine, reason),
            gettext("这份变更不发出，原因已记录。"),
        ),
    }
    if form.get("step") not in steps:
        abort(400)
    act, done = steps[form["step"]]
    try:
        act()
    except ValueError:
        return _alert(alert_id, gettext("请选择提示级别。"), reason), 422
    except Refused as refused:
        return _alert(alert_id, sentence_of(refused), reason), 409
    flash(done)
    return redirect(url_for("signing.alert", alert_id=alert_id), 303)


@blueprint.get("/<int:alert_id>/cap.xml")
@needs(Permission.SIGN_ALERTS)
def cap(alert_id: int) -> Response:
    ready = parts()
    with ready.reading() as records:
        found = cap_document(records, alert_id, lambda n: f"{ready.settings.public_url}/alerts/{n}")
    if found is None:
        abort(404)
    return Response(found, mimetype="application/cap+xml")


@blueprint.post("/exercise")
@needs(Permission.SIGN_ALERTS)
def exercise() -> Answer:
    """A drill for the bodies of a place: drafted here, signed by another."""
    form = request.form
    ready = parts()
    try:
        alert_id = Changes(ready.work, ready.audit_key).start_exercise(
            form.get("place_code", ""),
            SignalKind(form.get("kind", "")),
            AlertLevel(form.get("level", "")),
            me().id,
            form.get("task", "")[:1000],
        )
    except ValueError:
        return _list(gettext("请选择类型和级别。")), 422
    except Refused as refused:
        return _list(sentence_of(refused)), 409
    flash(gettext("演练已拟好，等另一位督导签发。"))
    return redirect(url_for("signing.alert", alert_id=alert_id), 303)


@blueprint.post("/duties")
@needs(Permission.SIGN_ALERTS)
def add_duty() -> Answer:
    form = request.form
    try:
        starts_at, ends_at = _moment(form.get("starts_at", "")), _moment(form.get("ends_at", ""))
    except ValueError:
        return _list(str(words.FIELD_FAULTS["time_form"])), 422
    try:
        _duties().add(
            me().id,
            form.get("person_id", 0, type=int),
            form.get("deputy_id", type=int),
            starts_at,
            ends_at,
            Contact(form.get("email", "").strip() or None, form.get("phone", "").strip() or None),
            Contact(
                form.get("deputy_email", "").strip() or None, form.get("deputy_phone", "").strip() or None
            ),
        )
    except Refused as refused:
        return _list(sentence_of(refused)), 409
    flash(gettext("值班已登记。"))
    return redirect(url_for("signing.waiting"), 303)


@blueprint.post("/duties/<int:duty_id>/remove")
@needs(Permission.SIGN_ALERTS)
def remove_duty(duty_id: int) -> Answer:
    try:
        _duties().remove(me().id, duty_id)
    except Refused as refused:
        return _list(sentence_of(refused)), 409
    flash(gettext("值班已取消。"))
    return redirect(url_for("signing.waiting"), 303)


@blueprint.post("/proposals/<int:proposal_id>")
@needs(Permission.REVIEW_SIGNALS)
def decide_proposal(proposal_id: int) -> Answer:
    """Nothing that was rejected changes a threshold without this."""
    ready = parts()
    reason = request.form.get("reason", "").strip()
    try:
        Proposals(ready.work, ready.audit_key).decide(
            proposal_id, me().id, request.form.get("decision") == "accept", reason
        )
    except Refused as refused:
        return _list(sentence_of(refused)), 409
    flash(gettext("已记录。"))
    return redirect(url_for("signing.waiting"), 303)


def _duties() -> DutyList:
    return DutyList(parts().work, parts().audit_key)


def _moment(text: str) -> datetime:
    """What a field for local time holds."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def _list(fault: str | None = None) -> str:
    ready = parts()
    now = ready.clock()
    with ready.reading() as records:
        proposals = read.proposals(records)
        return render_template(
            "signing/list.html",
            rows=read.waiting_for_signers(records, me().id),
            duties=read.duties_ahead(records, now),
            on_duty=read.duties_now(records, now),
            signers=read.signers(records),
            rates=read.rates(records, now),
            proposals=proposals,
            topics={row.proposal.id: topic_of(row.topic)[0] if row.topic else "" for row in proposals},
            places=place_choices(records),
            levels=tuple(AlertLevel),
            kinds=tuple(SignalKind),
            fault=fault,
            typed=request.form if fault else {},
            now=now,
        )


def _alert(alert_id: int, fault: str | None = None, typed: str = "") -> str:
    ready = parts()
    with ready.reading() as records:
        page = alert_for_hotline(records, alert_id)
        found = read.to_sign(records, alert_id, ready.clock())
        if page is None or found is None:
            abort(404)
        return render_template(
            "signing/alert.html",
            page=page,
            figures=page.figures,
            chart=line_chart(page.row.points),
            found=found,
            fault=fault,
            typed=typed,
            levels=tuple(AlertLevel),
            words=words,
        )
