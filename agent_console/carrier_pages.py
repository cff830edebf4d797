"""Whose lines carry the calls: what that carrier cannot do here, and the assessment for one abroad."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from agent_console import words
from agent_console.permissions import Permission, needs
from agent_console.sessions import me, parts
from hotline.domain.carrier_reach import lacks, leaves_the_country
from hotline.workforce.cross_border import CrossBorder, assessments, standing
from hotline.workforce.errors import FieldWrong
from models.cross_border import CrossBorderAssessment, CrossBorderBasis

blueprint = Blueprint("carrier_pages", __name__, url_prefix="/administration/carrier")


@blueprint.get("")
@needs(Permission.ADMINISTER)
def cross_border() -> str:
    return _page()


@blueprint.post("")
@needs(Permission.ADMINISTER)
def record() -> Response | tuple[str, int]:
    ready = parts()
    try:
        CrossBorder(ready.work, ready.audit_key).record(
            ready.settings.carrier, _basis(), request.form.get("reference", ""), _day(), by_id=me().id
        )
    except FieldWrong as wrong:
        return _page(wrong), 422
    flash(gettext("评估已记录，并写入审计。"))
    return redirect(url_for("carrier_pages.cross_border"), 303)


def _basis() -> CrossBorderBasis:
    found = next((basis for basis in CrossBorderBasis if basis == request.form.get("basis")), None)
    if found is None:
        raise FieldWrong("basis", "unknown")
    return found


def _day() -> date:
    try:
        return date.fromisoformat(request.form.get("valid_until", ""))
    except ValueError:
        raise FieldWrong("valid_until", "date_form") from None


def _page(wrong: FieldWrong | None = None) -> str:
    ready = parts()
    carrier = ready.settings.carrier
    with ready.reading() as records:
        stands = standing(records, carrier, ready.clock())
        lines = list(records.scalars(assessments().options(joinedload(CrossBorderAssessment.person))))
    country = stands.country if stands else ""
    return render_template(
        "administration/carrier.html",
        carrier=carrier,
        stands=stands,
        leaves=leaves_the_country(carrier, country),
        lacks=lacks(carrier, country),
        lines=lines,
        bases=tuple(CrossBorderBasis),
        fault=words.in_words(words.FIELD_FAULTS, wrong.details["reason"]) if wrong else None,
        wrong_field=wrong.details["field"] if wrong else None,
        typed=request.form if wrong else {},
    )
