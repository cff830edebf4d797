"""Signals: checked by one named person, signed by another. Software counts, people decide."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from agent_console import words
from agent_console.audited import note_reading
from agent_console.charts import line_chart
from agent_console.permissions import Permission, needs
from agent_console.queries_examples import examples_of
from agent_console.queries_officials import alert_for_hotline, open_questions
from agent_console.queries_signals import signal_page, signal_queue
from agent_console.queries_similar import similar_signals
from agent_console.refusals import Refusal, sentence_of
from agent_console.sessions import me, parts
from analytics.report.errors import Refused
from models.surveillance import Alert
from models.vocabulary_alerting import RejectionCause
from models.vocabulary_surveillance import AlertLevel

blueprint = Blueprint("signals", __name__, url_prefix="/signals")

DECISIONS = ("verify", "reject", "watch", "merge")


@blueprint.get("/")
@needs(Permission.REVIEW_SIGNALS)
def queue() -> str:
    """The queue beside its most urgent signal."""
    with parts().reading() as records:
        rows = signal_queue(records, parts().clock())
    return _shown(rows[0].signal_id if rows else None)


@blueprint.get("/<int:signal_id>")
@needs(Permission.REVIEW_SIGNALS)
def signal(signal_id: int) -> str:
    return _shown(signal_id)


@blueprint.post("/<int:signal_id>/examples")
@needs(Permission.REVIEW_SIGNALS)
def examples(signal_id: int) -> str:
    """Redacted texts nearest to the middle. Opening them is audited; they never leave the hotline."""
    note_reading("signal.examples", f"signal:{signal_id}")
    with parts().reading() as records:
        found = examples_of(records, signal_id)
    return _shown(signal_id, examples=found)


@blueprint.post("/<int:signal_id>/decision")
@needs(Permission.REVIEW_SIGNALS)
def decide(signal_id: int) -> str | tuple[str, int] | Response:
    """Verify with a level, reject, or watch; each with a reason."""
    decision = request.form.get("decision", "")
    reason = request.form.get("reason", "").strip()
    if decision not in DECISIONS:
        return _shown(signal_id, fault=gettext("请先选择属实、排除、并入或继续观察。"), typed=reason), 422
    if not reason:
        return _shown(signal_id, fault=gettext("请写明依据，再提交。"), typed=reason, chosen=decision), 422
    review = parts().review
    try:
        if decision == "verify":
            level = AlertLevel(request.form.get("level", ""))
            review.verify(signal_id, me().id, level, reason)
            flash(gettext("已核实，提示已拟好，等另一位督导签发。"))
        elif decision == "reject":
            review.reject(signal_id, me().id, reason, _cause())
            flash(gettext("已排除，原因已记录。"))
        elif decision == "merge":
            review.merge(signal_id, request.form.get("into", 0, type=int), me().id, reason)
            flash(gettext("已并入，原因已记录。"))
        else:
            review.watch(signal_id, me().id, reason)
            flash(gettext("继续观察，原因已记录。"))
    except ValueError:
        return _shown(
            signal_id, fault=gettext("请选择提示级别或排除原因。"), typed=reason, chosen=decision
        ), 422
    except Refused as refused:
        return _refused(signal_id, refused, reason, decision)
    return redirect(url_for("signals.signal", signal_id=signal_id), 303)


@blueprint.post("/alerts/<int:alert_id>/sign")
@needs(Permission.SIGN_ALERTS)
def sign(alert_id: int) -> tuple[str, int] | Response:
    signal_id = _signal_of(alert_id)
    try:
        parts().review.sign(alert_id, me().id)
    except Refused as refused:
        return _refused(signal_id, refused)
    flash(gettext("已签发，正在送达当地联防联控机制。"))
    return redirect(url_for("signals.signal", signal_id=signal_id), 303)


@blueprint.post("/alerts/<int:alert_id>/return")
@needs(Permission.SIGN_ALERTS)
def return_draft(alert_id: int) -> tuple[str, int] | Response:
    signal_id = _signal_of(alert_id)
    try:
        parts().review.return_draft(alert_id, me().id, request.form.get("reason", "").strip())
    except Refused as refused:
        return _refused(signal_id, refused)
    flash(gettext("已退回，信号回到核实队列。"))
    return redirect(url_for("signals.signal", signal_id=signal_id), 303)


@blueprint.get("/alerts/<int:alert_id>")
@needs(Permission.REVIEW_SIGNALS)
def alert(alert_id: int) -> str:
    """The alert as officials will read it, with its deliveries and their answers."""
    with parts().reading() as records:
        page = alert_for_hotline(records, alert_id)
    if page is None:
        abort(404)
    return render_template(
        "signals/alert.html", page=page, chart=line_chart(page.row.points), words=words, figures=page.figures
    )


@blueprint.post("/alerts/<int:alert_id>/answer")
@needs(Permission.REVIEW_SIGNALS)
def answer(alert_id: int) -> Response:
    """Answer an official's question. There is no path to an identity, and the form says so."""
    parts().answers.answer(alert_id, me().id, request.form.get("text", "").strip())
    flash(gettext("答复已发到对方的提示页。"))
    return redirect(url_for("signals.alert", alert_id=alert_id), 303)


def _cause() -> RejectionCause | None:
    """Why it is nothing; thresholds learn from it, so that it is chosen and not read out of words."""
    text = request.form.get("cause", "")
    return RejectionCause(text) if text else None


def _signal_of(alert_id: int) -> int:
    with parts().reading() as records:
        found = records.get(Alert, alert_id)
    if found is None:
        abort(404)
    return found.signal_id


def _refused(signal_id: int, refused: Refusal, typed: str = "", chosen: str = "") -> tuple[str, int]:
    return _shown(signal_id, fault=sentence_of(refused), typed=typed, chosen=chosen), 409


def _shown(
    signal_id: int | None,
    *,
    examples: tuple[object, ...] | None = None,
    fault: str | None = None,
    typed: str = "",
    chosen: str = "",
) -> str:
    ready = parts()
    now = ready.clock()
    with ready.reading() as records:
        rows = signal_queue(records, now)
        page = signal_page(records, signal_id, now) if signal_id is not None else None
        questions = open_questions(records)
        similar = similar_signals(records, signal_id) if signal_id is not None else ()
    if signal_id is not None and page is None:
        abort(404)
    chart = line_chart(page.points, page.row.onset_day) if page else None
    return render_template(
        "signals/queue.html",
        rows=rows,
        page=page,
        chart=chart,
        questions=questions,
        examples=examples,
        fault=fault,
        typed=typed,
        chosen=chosen,
        levels=tuple(AlertLevel),
        causes=tuple(RejectionCause),
        similar=similar,
        words=words,
        now=now,
    )
