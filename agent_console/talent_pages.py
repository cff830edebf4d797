"""人才信息库: people found by qualification, language, topic and the hours at which they can be asked."""

from __future__ import annotations

import re

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from agent_console.local_time import local, moment_of
from agent_console.permissions import Permission, needs
from agent_console.queries_network import SKILL_LISTS
from agent_console.queries_readiness import Wanted, talent
from agent_console.readiness_pages import Answer, fault_of, person_file
from agent_console.sessions import me, parts
from agent_console.training_pages import day_of
from agent_console.translation import gettext
from hotline.workforce.errors import FieldWrong, NotFound
from hotline.workforce.talent import Certificate, Talent
from models.places import Centre
from models.vocabulary_network import SKILLS
from models.vocabulary_readiness import QualificationKind

blueprint = Blueprint("talent_pages", __name__, url_prefix="/readiness/talent")


def _use_case() -> Talent:
    return Talent(parts().work, parts().audit_key)


@blueprint.get("/")
@needs(Permission.KEEP_PEOPLE)
def index() -> str:
    ready, asked = parts(), request.args
    at_text = asked.get("at", "")
    try:
        at = local(moment_of(at_text)) if at_text else None
    except ValueError:
        at, at_text = None, ""
    skill = asked.get("skill", "")
    wanted = Wanted(
        text=asked.get("q", "").strip()[:60],
        skill=skill if skill in SKILLS else "",
        kind=next((one for one in QualificationKind if str(one) == asked.get("kind")), None),
        centre_id=asked.get("centre", type=int),
        ready=asked.get("ready") == "yes",
        at=at,
    )
    with ready.reading() as records:
        rows = talent(records, wanted, ready.clock())
        centres = records.scalars(select(Centre).order_by(Centre.id)).all()
    return render_template(
        "readiness/talent.html",
        rows=rows,
        wanted=wanted,
        at_text=at_text,
        centres=centres,
        kinds=tuple(QualificationKind),
        skill_lists=SKILL_LISTS,
        skill_names=SKILLS,
    )


@blueprint.post("/<int:person_id>/certificates")
@needs(Permission.KEEP_PEOPLE)
def add_certificate(person_id: int) -> Answer:
    kind = next((one for one in QualificationKind if str(one) == request.form.get("kind")), None)
    try:
        if kind is None:
            raise FieldWrong("kind", "unknown")
        title = request.form.get("title", "").strip()
        certificate = Certificate(kind, title, day_of("issued_on"), day_of("expires_on"))
        _use_case().add_certificate(person_id, certificate, by_id=me().id)
    except FieldWrong as wrong:
        return person_file(person_id, fault=fault_of(wrong)), 422
    except NotFound:
        abort(404)
    flash(gettext("资质已登记。"))
    return redirect(url_for("readiness_pages.person", person_id=person_id), 303)


@blueprint.post("/certificates/<int:qualification_id>/remove")
@needs(Permission.KEEP_PEOPLE)
def remove_certificate(qualification_id: int) -> Response:
    try:
        person_id = _use_case().remove_certificate(qualification_id, by_id=me().id)
    except NotFound:
        abort(404)
    flash(gettext("资质已移除，已记入审计。"))
    return redirect(url_for("readiness_pages.person", person_id=person_id), 303)


@blueprint.post("/<int:person_id>/availability")
@needs(Permission.KEEP_PEOPLE)
def say_when(person_id: int) -> Answer:
    hours = [text for text in re.split("[;；\n]", request.form.get("hours", "")) if text.strip()]
    try:
        short_notice = request.form.get("short_notice") == "yes"
        _use_case().say_when(person_id, hours, short_notice, by_id=me().id)
    except FieldWrong as wrong:
        return person_file(person_id, fault=fault_of(wrong)), 422
    except NotFound:
        abort(404)
    flash(gettext("可联系的时段已保存。"))
    return redirect(url_for("readiness_pages.person", person_id=person_id), 303)
