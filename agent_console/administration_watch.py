"""What administrators set of the watch: limits of each figure, what "in time" means, who else is told."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from agent_console.administration import sentence
from agent_console.permissions import Permission, needs
from agent_console.queries_administration import centres as read_centres
from agent_console.queries_alarms import unit_of
from agent_console.queries_network import lines as read_lines
from agent_console.sessions import me, parts
from agent_console.translation import gettext
from hotline.domain.measures import MeasureRule
from hotline.domain.watch import DEFAULT_LIMITS, LOW_IS_BAD
from hotline.workforce.errors import FieldWrong, Refused
from hotline.workforce.measured import rule_of
from hotline.workforce.thresholds import HookFile, ThresholdFile, Thresholds
from models.vocabulary_watch import AlarmLevel, Metric
from models.watch import Threshold, WatchHook

blueprint = Blueprint("administration_watch", __name__, url_prefix="/administration/limits")

Answer = str | tuple[str, int] | Response


def _thresholds() -> Thresholds:
    return Thresholds(parts().work, parts().audit_key)


@blueprint.get("/")
@needs(Permission.ADMINISTER)
def limits() -> str:
    return _page()


@blueprint.post("/")
@needs(Permission.ADMINISTER)
def save_limit() -> Answer:
    form = request.form
    try:
        metric = next((each for each in Metric if str(each) == form.get("metric")), None)
        if metric is None:
            raise FieldWrong("metric", "unknown")
        kind, _, number = form.get("scope", "").partition(":")
        scope_id = int(number) if number.isdigit() else None
        if kind not in ("", "centre", "line") or (kind and scope_id is None):
            raise FieldWrong("scope", "unknown")
        _thresholds().save(
            form.get("threshold_id", type=int),
            ThresholdFile(
                metric=metric,
                centre_id=scope_id if kind == "centre" else None,
                line_id=scope_id if kind == "line" else None,
                warn=_number("warn", metric),
                crit=_number("crit", metric),
                margin=_number("margin", metric),
                repeat_minutes=form.get("repeat_minutes", -1, type=int),
                active=form.get("active") == "yes",
            ),
            by_id=me().id,
        )
    except FieldWrong as wrong:
        return _page(wrong, "limit"), 422
    except Refused:
        abort(404)
    flash(gettext("限值已保存，修改前后的内容已记入审计。"))
    return redirect(url_for("administration_watch.limits"), 303)


@blueprint.post("/rule")
@needs(Permission.ADMINISTER)
def save_rule() -> Answer:
    form = request.form
    rule = MeasureRule(
        form.get("answer_within_seconds", -1, type=int), form.get("short_abandon_seconds", -1, type=int)
    )
    try:
        _thresholds().save_rule(rule, by_id=me().id)
    except FieldWrong as wrong:
        return _page(wrong, "rule"), 422
    flash(gettext("计算口径已保存；看板和报表从现在起按新口径计算。"))
    return redirect(url_for("administration_watch.limits"), 303)


@blueprint.post("/hooks")
@needs(Permission.ADMINISTER)
def save_hook() -> Answer:
    form = request.form
    level = next((each for each in AlarmLevel if str(each) == form.get("least_level")), AlarmLevel.WARNING)
    file = HookFile(
        name=form.get("name", "").strip(),
        url=form.get("url", "").strip(),
        secret=form.get("secret") or None,
        least_level=level,
        active=form.get("active") == "yes",
    )
    try:
        _thresholds().save_hook(form.get("hook_id", type=int), file, by_id=me().id)
    except FieldWrong as wrong:
        return _page(wrong, "hook"), 422
    except Refused:
        abort(404)
    flash(gettext("接口已保存。"))
    return redirect(url_for("administration_watch.limits"), 303)


def _number(name: str, metric: Metric) -> float:
    """A share is typed in per cent."""
    try:
        typed = float(request.form.get(name, ""))
    except ValueError:
        raise FieldWrong(name, "out_of_range") from None
    return typed / 100 if unit_of(metric) == "share" else typed


def _page(wrong: FieldWrong | None = None, form: str = "") -> str:
    with parts().reading() as records:
        rows = records.scalars(
            select(Threshold).order_by(Threshold.centre_id, Threshold.line_id, Threshold.id)
        ).all()
        hooks = records.scalars(select(WatchHook).order_by(WatchHook.id)).all()
        rule, centres, lines = rule_of(records), read_centres(records), read_lines(records)
    limit_id = request.values.get("limit", request.form.get("threshold_id", type=int), type=int)
    hook_id = request.values.get("hook", request.form.get("hook_id", type=int), type=int)
    return render_template(
        "administration/limits.html",
        rows=rows,
        defaults=() if rows else DEFAULT_LIMITS,
        hooks=hooks,
        rule=rule,
        centres={centre.centre_id: centre for centre in centres},
        lines={line.line_id: line for line in lines},
        metrics=tuple(Metric),
        low_is_bad=LOW_IS_BAD,
        levels=tuple(AlarmLevel),
        edited=next((row for row in rows if row.id == limit_id), None),
        edited_hook=next((row for row in hooks if row.id == hook_id), None),
        fault=sentence(wrong) if wrong else None,
        wrong_form=form,
        wrong_field=wrong.details["field"] if wrong else None,
        typed=request.form if wrong else {},
    )
