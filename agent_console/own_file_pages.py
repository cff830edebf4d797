"""A person's own record: readiness, trainings, supervision, figures; rest answered, leave asked for."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from agent_console.local_time import ZONE, day_start, local_day
from agent_console.permissions import Permission, needs
from agent_console.queries_readiness import (
    qualifications_of,
    readiness_of,
    skills_in_words,
    supervisions_of,
    trainings_of,
)
from agent_console.sessions import me, parts
from hotline.routing.errors import NotSignedOn
from hotline.workforce.admissions import Admissions
from hotline.workforce.errors import NotFound
from hotline.workforce.rest_offers import RestOffers
from hotline.workforce.seat_figures import Period, offers_that_rang, period_of_day
from hotline.workforce.seat_log import seats_of_person
from hotline.workforce.supervision_log import SupervisionLog
from models.people import Person
from models.vocabulary import AgentStatus
from models.vocabulary_network import SKILLS
from models.vocabulary_readiness import RestAnswer

blueprint = Blueprint("own_file_pages", __name__, url_prefix="/mine")

FIGURES_OF = timedelta(days=14)
REFRESH = {"HX-Trigger": "desk.refresh"}


@blueprint.get("/")
@needs(Permission.OWN_FILE)
def page() -> str:
    ready, person_id = parts(), me().id
    now = ready.clock()
    since, today = day_start(now - FIGURES_OF), local_day(now)
    try:
        day = date.fromisoformat(request.args.get("day") or today.isoformat())
    except ValueError:
        abort(404)
    with ready.reading() as records:
        own = records.get_one(Person, person_id)
        (row,) = readiness_of(records, [own], now)
        seats = seats_of_person(records, person_id, since, now)
        used = Period(records, since, now, seats).people(
            [own], offers_that_rang(records, since, now, person_id)
        )
        of_day = period_of_day(records, day, now, ZONE)
        if of_day is None:
            abort(404)
        rang = offers_that_rang(records, of_day.since, of_day.until, person_id)
        return render_template(
            "readiness/mine.html",
            row=row,
            use=used[0] if used else None,
            days=FIGURES_OF.days,
            hours=of_day.person_by_hour(own, rang),
            day=day,
            today=today,
            a_day=timedelta(days=1),
            trainings=[one for one in trainings_of(records, person_id) if one.voided_at is None],
            qualifications=qualifications_of(records, person_id),
            skills=skills_in_words(records, [person_id]).get(person_id, []),
            skill_names=SKILLS,
            supervisions=supervisions_of(records, person_id=person_id),
        )


@blueprint.post("/supervision/<int:record_id>/read")
@needs(Permission.OWN_FILE)
def have_read(record_id: int) -> Response:
    try:
        SupervisionLog(parts().work, parts().audit_key).read(record_id, me().id)
    except NotFound:
        abort(404)
    return redirect(url_for("own_file_pages.page") + "#supervision-h", 303)


@blueprint.post("/ask-admission")
@needs(Permission.ANSWER_CALLS)
def ask_admission() -> tuple[str, int, dict[str, str]]:
    Admissions(parts().work, parts().audit_key).ask(me().id)
    return "", 204, REFRESH


@blueprint.post("/rest/<int:offer_id>")
@needs(Permission.ANSWER_CALLS)
def answer_rest(offer_id: int) -> tuple[str, int, dict[str, str]]:
    """Resting is the person's own status; in a call it counts afterwards, as any status does."""
    answer = RestAnswer.TAKEN if request.form.get("answer") == "taken" else RestAnswer.LATER
    try:
        RestOffers(parts().work, ZONE).answer(offer_id, me().id, answer)
        if answer is RestAnswer.TAKEN:
            parts().seats.choose_status(me().id, AgentStatus.AFTER_HARD_CALL)
    except NotFound:
        abort(404)
    except NotSignedOn:
        pass  # gone home already: that is rest too
    return "", 204, REFRESH
