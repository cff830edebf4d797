"""Readiness: who may answer and who is behind; one person's file; leave for one shift; the year's limits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from agent_console import words
from agent_console.local_time import for_field, local_day
from agent_console.permissions import Permission, may, needs
from agent_console.queries_readiness import (
    admissions_of,
    open_ask,
    open_asks,
    people_who_answer,
    qualifications_of,
    readiness_of,
    skills_in_words,
    supervisions_of,
    trainings_of,
)
from agent_console.readiness_words import FAULTS, LACKS, STRAINS, TO_DO
from agent_console.sessions import me, parts
from agent_console.translation import gettext
from hotline.workforce.admissions import Admissions
from hotline.workforce.errors import FieldWrong, NotFound
from hotline.workforce.readiness_policy import BOUNDS, decide_readiness_policy
from models.people import Person
from models.readiness import Availability, standing_readiness
from models.vocabulary_network import SKILLS
from models.vocabulary_readiness import (
    QualificationKind,
    SupervisionForm,
    TrainingKind,
    TrainingResult,
)

blueprint = Blueprint("readiness_pages", __name__, url_prefix="/readiness")

Answer = str | tuple[str, int] | Response
SHOWN = ("all", "refused", "behind")


@blueprint.app_context_processor
def _words() -> dict[str, Any]:
    return {
        "lack_words": LACKS,
        "to_do_words": TO_DO,
        "strain_words": STRAINS,
    }


def fault_of(wrong: FieldWrong) -> str:
    return words.in_words(FAULTS, wrong.details["reason"])


def kept(step: Callable[[], str], again: Callable[[FieldWrong], str], then: str) -> Answer:
    """One form of these pages: what was done is told at `then`; what is wrong comes back with all that was
    typed (422)."""
    try:
        flash(step())
    except FieldWrong as wrong:
        return again(wrong), 422
    except NotFound:
        abort(404)
    return redirect(then, 303)


def of_my_centre(person: Person) -> bool:
    """Whether the supervisor of this request is this person's: of the same centre, or of all."""
    return may(me().role, Permission.SUPERVISE) and me().centre_id in (None, person.centre_id)


@blueprint.get("/")
@needs(Permission.KEEP_PEOPLE)
def index() -> str:
    return _list()


@blueprint.post("/limits")
@needs(Permission.KEEP_PEOPLE)
def save_limits() -> Answer:
    numbers = {name: request.form.get(name, -1, type=int) for name in BOUNDS}
    try:
        decide_readiness_policy(parts().work, parts().audit_key, numbers=numbers, person_id=me().id)
    except FieldWrong as wrong:
        return _list(wrong.details["field"]), 422
    flash(gettext("要求和限值已保存；修改前后的内容已记入审计。"))
    return redirect(url_for("readiness_pages.index"), 303)


@blueprint.get("/people/<int:person_id>")
@needs(Permission.KEEP_PEOPLE)
def person(person_id: int) -> str:
    return person_file(person_id)


@blueprint.post("/people/<int:person_id>/admit")
@needs(Permission.SUPERVISE)
def admit(person_id: int) -> Answer:
    """Leave for one shift; or, with `what` decline, the answer to a request."""
    admissions = Admissions(parts().work, parts().audit_key)
    form = request.form

    def decide() -> str:
        reason = form.get("reason", "")
        if form.get("what") == "decline":
            admissions.decline(form.get("admission", 0, type=int), by_id=me().id, reason=reason)
            return gettext("已答复：本班不准许。原因已记入审计。")
        vouched = form.get("vouched") == "yes"
        until = admissions.admit(person_id, by_id=me().id, reason=reason, vouched=vouched)
        until_words = for_field(until).replace("T", " ")
        return gettext("已准许此人上岗到 %(until)s；原因已记入审计。", until=until_words)

    return kept(
        decide,
        lambda wrong: person_file(person_id, fault=fault_of(wrong)),
        url_for("readiness_pages.person", person_id=person_id),
    )


def person_file(person_id: int, fault: str | None = None) -> str:
    """One person's file, with what was typed kept when something is wrong with it."""
    ready = parts()
    now = ready.clock()
    with ready.reading() as records:
        found = records.get(Person, person_id)
        if found is None:
            abort(404)
        _ = found.centre
        (row,) = readiness_of(records, [found], now)
        return render_template(
            "readiness/person.html",
            row=row,
            ask=open_ask(records, person_id, now),
            admissions=admissions_of(records, person_id),
            trainings=trainings_of(records, person_id),
            qualifications=qualifications_of(records, person_id),
            skills=skills_in_words(records, [person_id]).get(person_id, []),
            skill_names=SKILLS,
            availability=records.get(Availability, person_id),
            supervisions=supervisions_of(records, person_id=person_id),
            reads_content=of_my_centre(found),
            may_admit=may(me().role, Permission.SUPERVISE) and person_id != me().id,
            training_kinds=tuple(TrainingKind),
            training_results=tuple(TrainingResult),
            qualification_kinds=tuple(QualificationKind),
            forms=tuple(SupervisionForm),
            today=local_day(now),
            now_field=for_field(now),
            fault=fault,
            typed=request.form if fault else {},
        )


def _list(wrong: str | None = None) -> str:
    ready = parts()
    now = ready.clock()
    shown = request.args.get("show", "all")
    if shown not in SHOWN:
        abort(404)
    with ready.reading() as records:
        rows = readiness_of(records, people_who_answer(records), now)
        asks = open_asks(records, now)
        policy = standing_readiness(records)
    counts = {
        "all": len(rows),
        "refused": sum(row.is_refused for row in rows),
        "behind": sum(row.is_behind for row in rows),
    }
    kept = [
        row for row in rows if shown == "all" or (row.is_refused if shown == "refused" else row.is_behind)
    ]
    return render_template(
        "readiness/index.html",
        rows=kept,
        counts=counts,
        shown=shown,
        asks=asks,
        policy=policy,
        bounds=BOUNDS,
        wrong=wrong,
        typed=request.form if wrong else {},
    )
