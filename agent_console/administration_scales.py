"""Scales: texts filed with source and permission, and which cut-offs are used."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from agent_console.fault_words import SCALE_TEXT_FAULTS
from agent_console.permissions import Permission, needs
from agent_console.sessions import me, parts
from agent_console.words import in_words
from hotline.care.errors import NoSuchScale, TextIncomplete
from hotline.care.scale_files import library
from hotline.care.scale_texts import ScaleTexts, on_file
from hotline.domain.scale_text import MOST_BYTES, TextWrong, template_of

blueprint = Blueprint("administration_scales", __name__, url_prefix="/administration/scales")

Answer = str | tuple[str, int] | Response


def _texts() -> ScaleTexts:
    return ScaleTexts(parts().work, parts().audit_key)


@blueprint.get("/")
@needs(Permission.ADMINISTER)
def scales() -> str:
    return _page()


@blueprint.get("/<scale>/template.csv")
@needs(Permission.ADMINISTER)
def template(scale: str) -> Response:
    """The rows to fill in. Official English items stand beside, where they are known."""
    entry = library().get(scale)
    if entry is None:
        abort(404)
    # A table programme takes the file for UTF-8 by its mark.
    text = "\ufeff" + template_of(entry.rule, entry.items_en, entry.options_en)
    return Response(
        text,
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{scale}.csv"'},
    )


@blueprint.post("/<scale>/text")
@needs(Permission.ADMINISTER)
def file(scale: str) -> Answer:
    form, sent = request.form, request.files.get("file")
    raw = sent.read(MOST_BYTES + 1) if sent is not None else b""
    try:
        _texts().file(
            scale,
            raw,
            version=form.get("version", ""),
            source=form.get("source", ""),
            permission=form.get("permission", ""),
            by_id=me().id,
        )
    except TextWrong as wrong:
        faults = [
            in_words(SCALE_TEXT_FAULTS, code) + (f" {where}" if where else "") for code, where in wrong.faults
        ]
        return _page(scale, faults), 422
    except TextIncomplete:
        return _page(scale, [gettext("版本、出处和许可都要写明。")]), 422
    except NoSuchScale:
        abort(404)
    flash(gettext("文本已存入，工作台可以提供这份量表。"))
    return redirect(url_for("administration_scales.scales"), 303)


@blueprint.post("/<scale>/withdraw")
@needs(Permission.ADMINISTER)
def withdraw(scale: str) -> Response:
    _texts().withdraw(scale, me().id)
    flash(gettext("文本已停用；以往的结果仍可查看。"))
    return redirect(url_for("administration_scales.scales"), 303)


@blueprint.post("/<scale>/cut-offs")
@needs(Permission.ADMINISTER)
def choose(scale: str) -> Response:
    try:
        _texts().choose(scale, request.form.get("cut_offs", ""), me().id)
    except NoSuchScale:
        abort(404)
    flash(gettext("界值已改，从下一次计分起生效。"))
    return redirect(url_for("administration_scales.scales"), 303)


def _page(wrong: str = "", faults: list[str] | None = None) -> str:
    with parts().reading() as records:
        rows = list(on_file(records).values())
    return render_template(
        "administration/scales.html", rows=rows, wrong=wrong, faults=faults or [], typed=request.form
    )
