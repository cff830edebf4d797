"""People as administrators keep them: accounts, roles, training, passwords."""

from __future__ import annotations

from datetime import date, datetime

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from agent_console.administration import sentence
from agent_console.local_time import local_day, midnight
from agent_console.permissions import Permission, needs
from agent_console.queries_administration import centres as read_centres
from agent_console.queries_administration import people as read_people
from agent_console.queries_administration import person as read_person
from agent_console.queries_administration import (
    place_choices,
)
from agent_console.queries_network import SKILL_LISTS, skills_of
from agent_console.sessions import me, parts
from agent_console.sign_in import hasher
from hotline.workforce.accounts import Accounts, PersonalFile
from hotline.workforce.errors import FieldWrong, Refused
from models.vocabulary import Role

blueprint = Blueprint("administration_people", __name__, url_prefix="/administration")

Answer = str | tuple[str, int] | Response


def _accounts() -> Accounts:
    return Accounts(parts().work, parts().audit_key, hasher.hash)


@blueprint.get("/people")
@needs(Permission.ADMINISTER)
def people() -> str:
    chosen = next((role for role in Role if str(role) == request.args.get("role")), None)
    search = request.args.get("q", "").strip()[:60]
    with parts().reading() as records:
        rows = read_people(records, chosen, search)
    return render_template(
        "administration/people.html", rows=rows, roles=tuple(Role), chosen=chosen, search=search
    )


@blueprint.get("/people/new")
@needs(Permission.ADMINISTER)
def new_person() -> str:
    return person_form(None)


@blueprint.post("/people/new")
@needs(Permission.ADMINISTER)
def create_person() -> Answer:
    try:
        person_id, password = _accounts().create(request.form.get("login", ""), _file(), by_id=me().id)
    except Refused as refused:
        return person_form(None, refused), 422
    return person_form(person_id, password=password)


@blueprint.get("/people/<int:person_id>")
@needs(Permission.ADMINISTER)
def person(person_id: int) -> str:
    return person_form(person_id)


@blueprint.post("/people/<int:person_id>")
@needs(Permission.ADMINISTER)
def change_person(person_id: int) -> Answer:
    try:
        _accounts().change(person_id, _file(), by_id=me().id)
    except Refused as refused:
        return person_form(person_id, refused), 422
    flash(gettext("已保存，修改前后的内容已记入审计。"))
    return redirect(url_for("administration_people.person", person_id=person_id), 303)


@blueprint.post("/people/<int:person_id>/active")
@needs(Permission.ADMINISTER)
def set_active(person_id: int) -> Answer:
    try:
        if request.form.get("active") == "yes":
            _accounts().activate(person_id, by_id=me().id)
            flash(gettext("账号已启用。"))
        else:
            _accounts().deactivate(person_id, by_id=me().id)
            flash(gettext("账号已停用，此人的登录已全部结束。"))
    except Refused as refused:
        return person_form(person_id, refused), 409
    return redirect(url_for("administration_people.person", person_id=person_id), 303)


@blueprint.post("/people/<int:person_id>/password")
@needs(Permission.ADMINISTER)
def reset_password(person_id: int) -> Answer:
    """The new password stands on this one answer and nowhere else."""
    try:
        password = _accounts().reset_password(person_id, by_id=me().id)
    except Refused:
        abort(404)
    return person_form(person_id, password=password)


def _file() -> PersonalFile:
    """Raises FieldWrong for a role or a date that is none."""
    form = request.form
    role = next((member for member in Role if str(member) == form.get("role")), None)
    if role is None:
        raise FieldWrong("role", "unknown")
    return PersonalFile(
        name=form.get("name", "").strip(),
        role=role,
        centre_id=form.get("centre_id", type=int),
        place_code=form.get("place_code") or None,
        trained_at=_day("trained_at"),
        confidentiality_signed_at=_day("confidentiality_signed_at"),
    )


def _day(field: str) -> datetime | None:
    text = request.form.get(field, "").strip()
    if not text:
        return None
    try:
        return midnight(date.fromisoformat(text))
    except ValueError:
        raise FieldWrong(field, "date_form") from None


def person_form(person_id: int | None, refused: Refused | None = None, password: str = "") -> str:
    with parts().reading() as records:
        found = read_person(records, person_id) if person_id is not None else None
        skills = skills_of(records, person_id) if person_id is not None else {}
        centres_known, places = read_centres(records), place_choices(records)
    if person_id is not None and found is None:
        abort(404)
    return render_template(
        "administration/person.html",
        row=found,
        roles=tuple(Role),
        centres=centres_known,
        places=places,
        fault=sentence(refused) if refused else None,
        wrong_field=refused.details.get("field") if refused else None,
        password=password,
        typed=request.form if refused else {},
        local_day=local_day,
        skills=skills,
        skill_lists=SKILL_LISTS,
    )
