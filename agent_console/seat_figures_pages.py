"""Adherence, occupancy, coverage and answer rate of a day: by hour, by centre, and by person of one's own.

A person's figures are for that person and their supervisor: a supervisor of a centre sees its people alone.
"""

from __future__ import annotations

from datetime import date, timedelta

from flask import Blueprint, abort, render_template, request
from sqlalchemy import select

from agent_console.local_time import ZONE, local_day
from agent_console.permissions import Permission, needs
from agent_console.queries_readiness import people_who_answer
from agent_console.sessions import me, parts
from hotline.workforce.seat_figures import offers_that_rang, period_of_day
from models.places import Centre

blueprint = Blueprint("seat_figures_pages", __name__, url_prefix="/supervisor/seat-figures")


@blueprint.get("/")
@needs(Permission.SUPERVISE)
def page() -> str:
    ready = parts()
    now = ready.clock()
    today = local_day(now)
    try:
        day = date.fromisoformat(request.args.get("day") or today.isoformat())
    except ValueError:
        abort(404)
    chosen = request.args.get("centre", type=int)
    asked_for = request.args.get("person", type=int)
    with ready.reading() as records:
        period = period_of_day(records, day, now, ZONE)
        if period is None:
            abort(404)
        centres = records.scalars(select(Centre).order_by(Centre.id)).all()
        if chosen is not None and all(centre.id != chosen for centre in centres):
            abort(404)
        rang = offers_that_rang(records, period.since, period.until)
        mine = people_who_answer(records, me().centre_id)
        people = period.people(mine, rang)
        person = next((one for one in mine if one.id == asked_for), None)
        if asked_for is not None and person is None:
            abort(404)
        own_hours = period.person_by_hour(person, rang) if person is not None else ()
        hours, places = period.hours(chosen), period.places()
    return render_template(
        "supervisor/seat_figures.html",
        hours=hours,
        places=places,
        people=people,
        of_person=person,
        own_hours=own_hours,
        centres=centres,
        chosen=chosen,
        day=day,
        today=today,
        a_day=timedelta(days=1),
    )
