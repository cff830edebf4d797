"""What administrators set: centres and seats, addresses; and what they may check: audit, models."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from agent_console import words
from agent_console.audit_actions import ACTIONS
from agent_console.audit_changes import changes_of
from agent_console.audit_words import action_words, subject_words
from agent_console.audited import note_reading
from agent_console.permissions import Permission, needs
from agent_console.queries_administration import (
    audit_lines,
    chain_fault,
    place_choices,
)
from agent_console.queries_administration import centres as read_centres
from agent_console.queries_administration import mechanisms as read_mechanisms
from agent_console.sessions import me, parts
from analytics.models_store import ModelStore
from analytics.report.responsibilities import UNITS
from hotline.workforce.directory import Address, Directory
from hotline.workforce.errors import FieldWrong, NotFound, Refused
from models.vocabulary_alerting import BodyKind

blueprint = Blueprint("administration", __name__, url_prefix="/administration")

AUDIT_PAGE = 100
Answer = str | tuple[str, int] | Response


def _directory() -> Directory:
    return Directory(parts().work, parts().audit_key)


@blueprint.get("/centres")
@needs(Permission.ADMINISTER)
def centres() -> str:
    return _centres_page()


@blueprint.post("/centres/<int:centre_id>")
@needs(Permission.ADMINISTER)
def change_centre(centre_id: int) -> Answer:
    try:
        _directory().change_centre(
            centre_id,
            by_id=me().id,
            minimum_seats=request.form.get("minimum_seats", 0, type=int),
            standby_phone=request.form.get("standby_phone"),
            keep_phone=request.form.get("remove_phone") != "yes",
        )
    except FieldWrong as wrong:
        return _centres_page(sentence(wrong)), 422
    except Refused:
        abort(404)
    flash(gettext("中心已保存。"))
    return redirect(url_for("administration.centres"), 303)


@blueprint.post("/centres/<int:centre_id>/seats")
@needs(Permission.ADMINISTER)
def add_seat(centre_id: int) -> Answer:
    try:
        _directory().add_seat(centre_id, request.form.get("label", ""), by_id=me().id)
    except FieldWrong as wrong:
        return _centres_page(sentence(wrong)), 422
    except Refused:
        abort(404)
    flash(gettext("坐席已加入。"))
    return redirect(url_for("administration.centres"), 303)


@blueprint.post("/seats/<int:seat_id>/remove")
@needs(Permission.ADMINISTER)
def remove_seat(seat_id: int) -> Answer:
    try:
        _directory().remove_seat(seat_id, by_id=me().id)
    except NotFound:
        abort(404)
    except Refused as refused:
        return _centres_page(sentence(refused)), 409
    flash(gettext("坐席已删除。"))
    return redirect(url_for("administration.centres"), 303)


@blueprint.post("/seats/<int:seat_id>/retire")
@needs(Permission.ADMINISTER)
def retire_seat(seat_id: int) -> Answer:
    """`on`: out of use with its history; else in use again."""
    out = request.form.get("on") == "yes"
    try:
        if out:
            _directory().retire_seat(seat_id, by_id=me().id)
        else:
            _directory().bring_back_seat(seat_id, by_id=me().id)
    except NotFound:
        abort(404)
    except Refused as refused:
        return _centres_page(sentence(refused)), 409
    flash(gettext("坐席已停用，记录保留。") if out else gettext("坐席已恢复使用。"))
    return redirect(url_for("administration.centres"), 303)


@blueprint.get("/mechanisms")
@needs(Permission.ADMINISTER)
def mechanisms() -> str:
    return _mechanisms_page(request.args.get("edit", type=int))


@blueprint.post("/mechanisms")
@needs(Permission.ADMINISTER)
def save_mechanism() -> Answer:
    form = request.form
    mechanism_id = form.get("mechanism_id", type=int)
    address = Address(
        place_code=form.get("place_code", ""),
        name_zh=form.get("name_zh", "").strip(),
        name_en=form.get("name_en", "").strip(),
        email=form.get("email", "").strip() or None,
        webhook_url=form.get("webhook_url", "").strip() or None,
        secret=form.get("secret", "").strip() or None,
        kind=next((k for k in BodyKind if str(k) == form.get("kind")), BodyKind.MECHANISM),
        department=form.get("department", "").strip()[:60] or None,
        main_name=form.get("main_name", "").strip()[:60] or None,
        main_phone=form.get("main_phone", "").strip() or None,
        deputy_name=form.get("deputy_name", "").strip()[:60] or None,
        deputy_phone=form.get("deputy_phone", "").strip() or None,
        duty_phone=form.get("duty_phone", "").strip() or None,
        duty_hours=form.get("duty_hours", "").strip() or "00:00-24:00",
        file_drop=form.get("file_drop") == "yes",
        active=form.get("active", "yes") == "yes",
        feed_token=form.get("feed_token", "").strip() or None,
    )
    try:
        _directory().save_address(mechanism_id, address, by_id=me().id)
    except FieldWrong as wrong:
        return _mechanisms_page(mechanism_id, wrong), 422
    except Refused:
        abort(404)
    flash(gettext("地址已保存。"))
    return redirect(url_for("administration.mechanisms"), 303)


@blueprint.get("/audit")
@needs(Permission.ADMINISTER)
def audit() -> str:
    return _audit_page(checked=False, fault=None)


@blueprint.post("/audit/check")
@needs(Permission.ADMINISTER)
def check_audit() -> str:
    """Walks the whole chain: a line taken out or changed is found."""
    with parts().reading() as records:
        fault = chain_fault(records, parts().audit_key)
    note_reading("audit.check", "audit")
    return _audit_page(checked=True, fault=fault)


@blueprint.get("/models")
@needs(Permission.ADMINISTER)
def models() -> str:
    folder = parts().settings.models_dir
    store = ModelStore(folder) if folder is not None else None
    installed = store.installed() if store else []
    names = {model.card.name for model in installed}
    known = [card for card in store.manifest.values() if card.name not in names] if store else []
    return render_template("administration/models.html", installed=installed, known=known)


def _centres_page(fault: str | None = None) -> str:
    with parts().reading() as records:
        rows = read_centres(records)
    return render_template("administration/centres.html", rows=rows, fault=fault)


def _mechanisms_page(edit_id: int | None, wrong: FieldWrong | None = None) -> str:
    with parts().reading() as records:
        rows, places = read_mechanisms(records), place_choices(records)
    edited = next((row for row in rows if row.mechanism_id == edit_id), None)
    return render_template(
        "administration/mechanisms.html",
        rows=rows,
        places=places,
        edited=edited,
        kinds=tuple(BodyKind),
        units=UNITS,
        fault=sentence(wrong) if wrong else None,
        wrong_field=wrong.details["field"] if wrong else None,
        typed=request.form if wrong else {},
    )


def _audit_page(*, checked: bool, fault: int | None) -> str:
    action = request.args.get("action", "")[:40]
    person_id = request.args.get("person", type=int)
    before = request.args.get("before", type=int)
    with parts().reading() as records:
        lines = audit_lines(records, action=action, person_id=person_id, before_id=before, limit=AUDIT_PAGE)
    return render_template(
        "administration/audit.html",
        lines=lines,
        action=action,
        person_id=person_id,
        more=len(lines) == AUDIT_PAGE,
        checked=checked,
        fault=fault,
        actions=ACTIONS,
        action_words=action_words,
        subject_words=subject_words,
        changes_of=changes_of,
    )


def sentence(refused: Refused) -> str:
    if isinstance(refused, FieldWrong):
        return words.in_words(words.FIELD_FAULTS, refused.details["reason"])
    return words.in_words(words.ACCOUNT_FAULTS, refused.code)
