"""What officials may do: read the alerts of their place and below, and answer them. Aggregates only."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from agent_console import official_paper, words
from agent_console.audited import note_reading
from agent_console.charts import line_chart, sparkline
from agent_console.permissions import Permission, needs
from agent_console.queries_officials import AlertPage, alert_for_official
from agent_console.queries_officials import inbox as read_inbox
from agent_console.refusals import sentence_of
from agent_console.sessions import me, parts
from analytics.alerts.documents import cap_document
from analytics.alerts.duty_list import Subscriptions, subscription_of
from analytics.report.errors import NotFound, Refused
from models.places import Place
from models.vocabulary_surveillance import AlertLevel, AlertState

blueprint = Blueprint("officials", __name__, url_prefix="/alerts")

STATES = {"waiting": AlertState.ISSUED, "handling": AlertState.ACKNOWLEDGED, "closed": AlertState.CLOSED}
TEXT_LENGTH = 2000


@blueprint.get("/")
@needs(Permission.READ_ALERTS)
def inbox() -> str:
    return _inbox()


def _inbox(fault: str | None = None) -> str:
    ready, official = parts(), me()
    with ready.reading() as records:
        box = read_inbox(records, official.id)
        place = records.get(Place, official.place_code) if official.place_code else None
        subscription = subscription_of(records, official.id)
    chosen = request.args.get("state", "")
    wanted = STATES.get(chosen)
    shown = [row for row in box.alerts if wanted is None or row.state is wanted]
    return render_template(
        "officials/inbox.html",
        box=box,
        rows=shown,
        sparks={row.alert_id: sparkline(row.points) for row in shown},
        chosen=chosen if wanted else "",
        place=place,
        subscription=subscription,
        levels=tuple(AlertLevel),
        fault=fault,
    )


@blueprint.get("/<int:alert_id>")
@needs(Permission.READ_ALERTS)
def alert(alert_id: int) -> str:
    _page(alert_id)
    note_reading("alert.read", f"alert:{alert_id}")
    return _shown(alert_id)


@blueprint.get("/<int:alert_id>/bulletin")
@needs(Permission.READ_ALERTS)
def bulletin(alert_id: int) -> str:
    """One A4 page, for printing."""
    page = _page(alert_id)
    note_reading("alert.print", f"alert:{alert_id}")
    addressees = list(dict.fromkeys(delivery.mechanism_zh for delivery in page.deliveries))
    return render_template(
        "officials/bulletin.html",
        page=page,
        addressees=addressees or [page.row.place_zh + official_paper.WORDS["mechanism"]],
        words=words,
        paper=official_paper,
    )


@blueprint.get("/<int:alert_id>/cap.xml")
@needs(Permission.READ_ALERTS)
def cap(alert_id: int) -> Response:
    """The machine's copy, after sign-in."""
    _page(alert_id)
    note_reading("alert.cap", f"alert:{alert_id}")
    ready = parts()
    with ready.reading() as records:
        found = cap_document(records, alert_id, lambda n: f"{ready.settings.public_url}/alerts/{n}")
    if found is None:
        abort(404)
    return Response(found, mimetype="application/cap+xml")


@blueprint.post("/subscription")
@needs(Permission.READ_ALERTS)
def subscribe() -> Response | tuple[str, int]:
    """Mail of alerts of the own place and below: number, level and link only."""
    wishes = Subscriptions(parts().work)
    try:
        if request.form.get("wish") == "none":
            wishes.unsubscribe(me().id)
            flash(gettext("已取消订阅。"))
        else:
            wishes.subscribe(
                me().id,
                request.form.get("email", "")[:200],
                AlertLevel(request.form.get("level", "")),
                request.form.get("updates") == "yes",
                request.form.get("reports") == "yes",
            )
            flash(gettext("已订阅，有新的提示时会发邮件。"))
    except ValueError:
        return _inbox(gettext("请选择级别。")), 422
    except Refused as refused:
        return _inbox(sentence_of(refused)), 409
    return redirect(url_for("officials.inbox"), 303)


@blueprint.post("/<int:alert_id>/acknowledge")
@needs(Permission.READ_ALERTS)
def acknowledge(alert_id: int) -> Response | tuple[str, int]:
    try:
        parts().answers.acknowledge(alert_id, me().id)
        note = request.form.get("text", "").strip()[:TEXT_LENGTH]
        if note:
            parts().answers.act(alert_id, me().id, note)
    except Refused as refused:
        return _refused(alert_id, refused)
    flash(gettext("已签收，回执已送达热线。"))
    return redirect(url_for("officials.alert", alert_id=alert_id), 303)


@blueprint.post("/<int:alert_id>/own")
@needs(Permission.READ_ALERTS)
def own(alert_id: int) -> Response | tuple[str, int]:
    try:
        parts().answers.own(alert_id, me().id)
    except Refused as refused:
        return _refused(alert_id, refused)
    flash(gettext("已登记由您承办。"))
    return redirect(url_for("officials.alert", alert_id=alert_id), 303)


@blueprint.post("/<int:alert_id>/write")
@needs(Permission.READ_ALERTS)
def write(alert_id: int) -> Response | tuple[str, int]:
    """An action with its result, a question to the hotline, or the end with its outcome."""
    kind = request.form.get("kind", "")
    text = request.form.get("text", "").strip()[:TEXT_LENGTH]
    answers = parts().answers
    acts = {
        "act": (answers.act, gettext("处置措施已记录。")),
        "ask": (answers.ask, gettext("问题已发到热线，答复会出现在这一页。")),
        "close": (answers.close, gettext("已办结。")),
    }
    if kind not in acts:
        abort(400)
    act, done = acts[kind]
    try:
        act(alert_id, me().id, text)
    except Refused as refused:
        return _refused(alert_id, refused, text)
    flash(done)
    return redirect(url_for("officials.alert", alert_id=alert_id), 303)


def _page(alert_id: int) -> AlertPage:
    """Another place's alert is answered as one that does not exist."""
    with parts().reading() as records:
        page = alert_for_official(records, alert_id, me().id)
    if page is None:
        abort(404)
    return page


def _refused(alert_id: int, refused: Refused, typed: str = "") -> tuple[str, int]:
    if isinstance(refused, NotFound):
        abort(404)
    return _shown(alert_id, fault=sentence_of(refused), typed=typed), 409


def _shown(alert_id: int, fault: str | None = None, typed: str = "") -> str:
    page = _page(alert_id)
    return render_template(
        "officials/alert.html",
        page=page,
        figures=page.figures,
        chart=line_chart(page.row.points),
        fault=fault,
        typed=typed,
        words=words,
    )
