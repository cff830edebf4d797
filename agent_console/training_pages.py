"""The training ledger: lines of everybody, one training written down for several people at once."""

from __future__ import annotations

from datetime import date, datetime

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from agent_console.local_time import local_day, midnight
from agent_console.permissions import Permission, needs
from agent_console.queries_readiness import ledger, people_who_answer, readiness_of
from agent_console.readiness_pages import Answer, fault_of, kept
from agent_console.sessions import me, parts
from agent_console.translation import gettext
from hotline.workforce.errors import FieldWrong, NotFound
from hotline.workforce.training import Entry, Trainings
from models.vocabulary_readiness import TrainingKind, TrainingResult

blueprint = Blueprint("training_pages", __name__, url_prefix="/readiness/trainings")


@blueprint.get("/")
@needs(Permission.KEEP_PEOPLE)
def index() -> str:
    return _page()


@blueprint.post("/")
@needs(Permission.KEEP_PEOPLE)
def record() -> Answer:
    people = [int(one) for one in request.form.getlist("people") if one.isdigit()]

    def write() -> str:
        written = Trainings(parts().work, parts().audit_key).record(people, _entry(), by_id=me().id)
        return gettext("已登记 %(n)s 人；已有的同一条不重复登记。", n=written)

    return kept(
        write, lambda wrong: _page(fault_of(wrong), wrong.details["field"]), url_for("training_pages.index")
    )


@blueprint.post("/<int:record_id>/void")
@needs(Permission.KEEP_PEOPLE)
def void(record_id: int) -> Response:
    try:
        person_id = Trainings(parts().work, parts().audit_key).void(record_id, by_id=me().id)
    except NotFound:
        abort(404)
    flash(gettext("这一条已作废，不再计数；记录保留。"))
    return redirect(url_for("readiness_pages.person", person_id=person_id), 303)


def day_of(name: str) -> datetime | None:
    """A day as a form sends it, as the first moment of it; None: left empty. Raises FieldWrong."""
    text = request.form.get(name, "").strip()
    if not text:
        return None
    try:
        return midnight(date.fromisoformat(text))
    except ValueError:
        raise FieldWrong(name, "date_form") from None


def _entry() -> Entry:
    form = request.form
    kind = next((one for one in TrainingKind if str(one) == form.get("kind")), None)
    result = next((one for one in TrainingResult if str(one) == form.get("result")), None)
    if kind is None or result is None:
        raise FieldWrong("kind" if kind is None else "result", "unknown")
    held_at = day_of("held_on")
    if held_at is None:
        raise FieldWrong("held_on", "date_form")
    return Entry(
        kind=kind,
        title=form.get("title", "").strip(),
        held_at=held_at,
        hours=_number("hours") or 0.0,
        result=result,
        score=_number("score"),
        trainer=form.get("trainer", "").strip(),
    )


def _number(name: str) -> float | None:
    text = request.form.get(name, "").strip()
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        raise FieldWrong(name, "number_wanted") from None


def _page(fault: str | None = None, wrong: str | None = None) -> str:
    ready = parts()
    now = ready.clock()
    kind = next((one for one in TrainingKind if str(one) == request.args.get("kind")), None)
    with ready.reading() as records:
        people = people_who_answer(records)
        behind = [row for row in readiness_of(records, people, now) if row.is_behind]
        rows = ledger(records, kind)
    return render_template(
        "readiness/trainings.html",
        rows=rows,
        people=people,
        behind=behind,
        kinds=tuple(TrainingKind),
        results=tuple(TrainingResult),
        chosen=kind,
        today=local_day(now),
        fault=fault,
        wrong=wrong,
        typed=request.form if fault else {},
        ticked=request.form.getlist("people") if fault else [],
    )
