"""What administrators set of the network: lines that are dialled, agreements, the directory of partners."""

from __future__ import annotations

import re

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from agent_console.administration import sentence
from agent_console.permissions import Permission, needs
from agent_console.queries_administration import centres as read_centres
from agent_console.queries_administration import place_choices
from agent_console.queries_network import agreements as read_agreements
from agent_console.queries_network import lines as read_lines
from agent_console.queries_network import partners as read_partners
from agent_console.sessions import me, parts
from agent_console.translation import gettext
from hotline.workforce.errors import FieldWrong, Refused
from hotline.workforce.network import AgreementFile, LineFile, Network, PartnerFile
from models.vocabulary_network import Group, Language, PartnerKind

blueprint = Blueprint("administration_network", __name__, url_prefix="/administration")

Answer = str | tuple[str, int] | Response


def _network() -> Network:
    return Network(parts().work, parts().audit_key)


@blueprint.get("/lines")
@needs(Permission.ADMINISTER)
def lines() -> str:
    return _lines_page()


@blueprint.post("/lines")
@needs(Permission.ADMINISTER)
def save_line() -> Answer:
    form = request.form
    file = LineFile(
        number=form.get("number", ""),
        name_zh=form.get("name_zh", "").strip(),
        name_en=form.get("name_en", "").strip(),
        centre_id=form.get("centre_id", type=int),
        language=form.get("language", ""),
        active=form.get("active") == "yes",
    )
    try:
        _network().save_line(form.get("line_id", type=int), file, by_id=me().id)
    except FieldWrong as wrong:
        return _lines_page(wrong, form.get("line_id", type=int)), 422
    except Refused:
        abort(404)
    flash(gettext("号码已保存。"))
    return redirect(url_for("administration_network.lines"), 303)


@blueprint.post("/agreements")
@needs(Permission.ADMINISTER)
def save_agreement() -> Answer:
    form = request.form
    agreement_id = form.get("agreement_id", type=int)
    file = AgreementFile(
        from_centre_id=form.get("from_centre_id", 0, type=int),
        to_centre_id=form.get("to_centre_id", 0, type=int),
        after_seconds=form.get("after_seconds", -1, type=int),
        hours=_hours(),
        active=form.get("active") == "yes",
    )
    try:
        _network().save_agreement(agreement_id, file, by_id=me().id)
    except FieldWrong as wrong:
        return _lines_page(wrong, None, agreement_id), 422
    except Refused:
        abort(404)
    flash(gettext("互助约定已保存。"))
    return redirect(url_for("administration_network.lines"), 303)


@blueprint.post("/agreements/<int:agreement_id>/remove")
@needs(Permission.ADMINISTER)
def remove_agreement(agreement_id: int) -> Answer:
    try:
        _network().remove_agreement(agreement_id, by_id=me().id)
    except FieldWrong as wrong:
        flash(sentence(wrong), "error")
        return redirect(url_for("administration_network.lines"), 303)
    except Refused:
        abort(404)
    flash(gettext("互助约定已删除。"))
    return redirect(url_for("administration_network.lines"), 303)


@blueprint.get("/partners")
@needs(Permission.ADMINISTER)
def partners() -> str:
    return _partners_page(request.args.get("edit", type=int))


@blueprint.post("/partners")
@needs(Permission.ADMINISTER)
def save_partner() -> Answer:
    form = request.form
    partner_id = form.get("partner_id", type=int)
    try:
        _network().save_partner(partner_id, _partner_file(), by_id=me().id)
    except FieldWrong as wrong:
        return _partners_page(partner_id, wrong), 422
    except Refused:
        abort(404)
    flash(gettext("合作热线已保存。"))
    return redirect(url_for("administration_network.partners"), 303)


@blueprint.post("/partners/<int:partner_id>/remove")
@needs(Permission.ADMINISTER)
def remove_partner(partner_id: int) -> Answer:
    try:
        _network().remove_partner(partner_id, by_id=me().id)
    except FieldWrong as wrong:
        flash(sentence(wrong), "error")
        return redirect(url_for("administration_network.partners"), 303)
    except Refused:
        abort(404)
    flash(gettext("合作热线已删除。"))
    return redirect(url_for("administration_network.partners"), 303)


def _partner_file() -> PartnerFile:
    form = request.form
    kind = next((kind for kind in PartnerKind if str(kind) == form.get("kind")), None)
    if kind is None:
        raise FieldWrong("kind", "unknown")
    return PartnerFile(
        name_zh=form.get("name_zh", "").strip(),
        name_en=form.get("name_en", "").strip(),
        kind=kind,
        number=form.get("number", ""),
        place_code=form.get("place_code") or None,
        hours=_hours(),
        groups=form.getlist("groups"),
        takes_overflow=form.get("takes_overflow") == "yes",
        active=form.get("active") == "yes",
    )


def _hours() -> list[str]:
    return [part.strip() for part in re.split("[;；]", request.form.get("hours", "")) if part.strip()]


def _lines_page(
    wrong: FieldWrong | None = None, line_id: int | None = None, agreement_id: int | None = None
) -> str:
    line_id = line_id or request.args.get("line", type=int)
    agreement_id = agreement_id or request.args.get("agreement", type=int)
    with parts().reading() as records:
        rows, agreed, centres = read_lines(records), read_agreements(records), read_centres(records)
    of_line = request.endpoint == "administration_network.save_line"
    return render_template(
        "administration/lines.html",
        rows=rows,
        agreements=agreed,
        centres=centres,
        languages=tuple(Language),
        line=next((row for row in rows if row.line_id == line_id), None),
        agreement=next((row for row in agreed if row.agreement_id == agreement_id), None),
        fault=sentence(wrong) if wrong else None,
        wrong_field=wrong.details["field"] if wrong else None,
        typed_line=request.form if wrong and of_line else {},
        typed_agreement=request.form if wrong and not of_line else {},
    )


def _partners_page(partner_id: int | None, wrong: FieldWrong | None = None) -> str:
    with parts().reading() as records:
        rows, places = read_partners(records), place_choices(records)
    return render_template(
        "administration/partners.html",
        rows=rows,
        places=places,
        kinds=tuple(PartnerKind),
        groups=tuple(Group),
        edited=next((row for row in rows if row.partner_id == partner_id), None),
        fault=sentence(wrong) if wrong else None,
        wrong_field=wrong.details["field"] if wrong else None,
        typed=request.form if wrong else {},
        typed_groups=request.form.getlist("groups") if wrong else None,
    )
