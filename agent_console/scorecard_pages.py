"""The scorecard as supervisors edit it: lines of text in, a new version out; reviews keep theirs."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from agent_console.permissions import Permission, needs
from agent_console.sessions import me, parts
from hotline.domain.scorecard import FIRST_SCORECARD, SECTIONS_AT_MOST
from hotline.workforce.errors import FieldWrong
from hotline.workforce.quality import Quality
from models.quality import ScorecardVersion

blueprint = Blueprint("scorecards", __name__, url_prefix="/quality/scorecard")

FAULTS: dict[str, Any] = {
    "sections_number": lazy_gettext("评分表须有 1 到 12 个部分。"),
    "items_number": lazy_gettext("每个部分须有 1 到 12 项。"),
    "bands_number": lazy_gettext("请写明等次。"),
    "code_form": lazy_gettext("代号用小写字母、数字和下划线，以字母开头，2 到 30 个字符。"),
    "code_twice": lazy_gettext("同一个代号出现了两次。"),
    "name_missing": lazy_gettext("每一行都要有中文和英文名称，各不超过 120 个字符。"),
    "bands_order": lazy_gettext("等次从高到低写，最后一行从 0 开始。"),
}


@blueprint.get("/")
@needs(Permission.SUPERVISE)
def page() -> str:
    return _shown(_standing())


@blueprint.post("/")
@needs(Permission.SUPERVISE)
def save() -> str | tuple[str, int] | Response:
    content = _content()
    try:
        number = Quality(parts().work, parts().audit_key).save_scorecard(content, me().id)
    except FieldWrong as wrong:
        reason = wrong.details["reason"]
        return _shown(content, fault=str(FAULTS.get(reason, FAULTS["name_missing"]))), 422
    flash(gettext("评分表已保存为第 %(n)s 版；已评的保留原来的版本。", n=number))
    return redirect(url_for("scorecards.page"), 303)


def _standing() -> dict[str, Any]:
    with parts().reading() as records:
        newest = records.scalars(
            select(ScorecardVersion).order_by(ScorecardVersion.number.desc()).limit(1)
        ).first()
    return newest.content if newest else FIRST_SCORECARD


def _content() -> dict[str, Any]:
    """What the form holds; an empty section is left out."""
    form = request.form
    sections = []
    for number in range(SECTIONS_AT_MOST):
        rows = _rows(form.get(f"items_{number}", ""))
        head = {key: form.get(f"section_{number}_{key}", "").strip() for key in ("code", "zh", "en")}
        if any(head.values()) or rows:
            items = [{"code": c, "zh": zh, "en": en} for c, zh, en in rows]
            sections.append({**head, "items": items})
    bands = []
    for percent, zh, en in _rows(form.get("bands", "")):
        bands.append({"from_percent": int(percent) if percent.isdigit() else -1, "zh": zh, "en": en})
    return {"sections": sections, "bands": bands}


def _rows(text: str) -> list[tuple[str, str, str]]:
    """Lines of `code | 中文 | English`; what is missing is empty, and refused later with words."""
    rows = []
    for line in text.splitlines():
        if line.strip():
            cells = [cell.strip() for cell in line.split("|", 2)] + ["", ""]
            rows.append((cells[0], cells[1], cells[2]))
    return rows


def _shown(content: dict[str, Any], fault: str = "") -> str:
    with parts().reading() as records:
        versions = records.scalars(
            select(ScorecardVersion)
            .options(joinedload(ScorecardVersion.saved_by))
            .order_by(ScorecardVersion.number.desc())
        ).all()
    sections = list(content["sections"])
    spare = {"code": "", "zh": "", "en": "", "items": []}
    if len(sections) < SECTIONS_AT_MOST:
        sections.append(spare)
    return render_template(
        "quality/scorecard.html", sections=sections, bands=content["bands"], versions=versions, fault=fault
    )
