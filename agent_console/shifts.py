"""The shift table: who, which seat, from, to; and the hours that nobody covers."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from agent_console import words
from agent_console.local_time import day_start, for_field, local, moment_of
from agent_console.permissions import Permission, needs
from agent_console.queries_shifts import hours_ahead, people_to_roster, seats_to_roster, shift_table
from agent_console.sessions import me, parts
from hotline.workforce.errors import Refused, ShiftRefused
from hotline.workforce.shifts import Shifts
from models.vocabulary import ShiftKind

blueprint = Blueprint("shifts", __name__, url_prefix="/shifts")

DAYS_SHOWN = 7


@blueprint.get("/")
@needs(Permission.SUPERVISE)
def table() -> str:
    return _shown([])


@blueprint.post("/")
@needs(Permission.SUPERVISE)
def add() -> tuple[str, int] | Response:
    form = request.form
    try:
        starts_at, ends_at = moment_of(form.get("starts_at", "")), moment_of(form.get("ends_at", ""))
    except ValueError:
        return _shown([str(words.FIELD_FAULTS["time_form"])]), 422
    seat = form.get("seat_id", type=int)
    kind = next((member for member in ShiftKind if str(member) == form.get("kind")), ShiftKind.SEAT)
    use_case = Shifts(parts().work, parts().audit_key)
    try:
        use_case.add(
            by_id=me().id,
            centre_id=form.get("centre_id", 0, type=int),
            person_id=form.get("person_id", 0, type=int),
            seat_id=seat if kind is ShiftKind.SEAT else None,
            kind=kind,
            starts_at=starts_at,
            ends_at=ends_at,
        )
    except ShiftRefused as refused:
        return _shown([words.in_words(words.SHIFT_FAULTS, fault) for fault in refused.faults]), 422
    except Refused:
        return _shown([gettext("请选择中心和人员。")]), 422
    flash(gettext("班次已加入。"))
    return redirect(url_for("shifts.table"), 303)


@blueprint.post("/<int:shift_id>/remove")
@needs(Permission.SUPERVISE)
def remove(shift_id: int) -> Response:
    try:
        Shifts(parts().work, parts().audit_key).remove(shift_id, by_id=me().id)
        flash(gettext("班次已撤销。"))
    except Refused:
        flash(gettext("这个班次已经结束或已被撤销，没有更改。"), "error")
    return redirect(url_for("shifts.table"), 303)


def _shown(faults: list[str]) -> str:
    ready = parts()
    now = ready.clock()
    first = day_start(now)
    with ready.reading() as records:
        centres = shift_table(records, first, first + timedelta(days=DAYS_SHOWN), now)
        people, seats = people_to_roster(records), seats_to_roster(records)
        hours = {centre.centre_id: hours_ahead(centre, now) for centre in centres}
    short = [(centre, hour) for centre in centres for hour in hours[centre.centre_id] if hour.missing]
    start = local(now).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return render_template(
        "supervisor/shifts.html",
        centres=centres,
        hours=hours,
        short=sorted(short, key=lambda pair: pair[1].starts_at),
        people=people,
        seats=seats,
        kinds=tuple(ShiftKind),
        faults=faults,
        # A gap on the coverage page brings its centre, kind and time along.
        typed=request.form or request.args,
        default_start=for_field(start),
        default_end=for_field(start + timedelta(hours=8)),
        now=now,
    )
