"""知识库: protocols by level, population and phase; a panel at the desk, cards to print, two signatures."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from agent_console.desk_call import own_call
from agent_console.permissions import Permission, may, needs
from agent_console.refusals import sentence_of
from agent_console.sessions import me, parts
from hotline.care.errors import ProtocolInvalid, SignerIsAuthor
from hotline.care.protocols import TEXTS, Protocols, card_of, cards, phase_now
from hotline.domain.protocol_choice import Card, Situation, chosen
from models.notes import Note
from models.protocols import ProtocolVersion
from models.vocabulary import RiskLevel
from models.vocabulary_quality import Phase, ProtocolState
from models.vocabulary_record import Population

blueprint = Blueprint("knowledge", __name__, url_prefix="/knowledge")

FIELD_NAMES: dict[str, Any] = {
    "code": lazy_gettext("代号"),
    "title_zh": lazy_gettext("标题（中文）"),
    "title_en": lazy_gettext("标题（英文）"),
    "card_zh": lazy_gettext("卡片（中文），一行一步"),
    "card_en": lazy_gettext("卡片（英文），一行一步"),
    "script_zh": lazy_gettext("话术（中文），一行一句"),
    "script_en": lazy_gettext("话术（英文），一行一句"),
    "source": lazy_gettext("依据的条款"),
    "levels": lazy_gettext("风险等级"),
    "populations": lazy_gettext("人群"),
    "phases": lazy_gettext("阶段"),
}


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {
        "Phase": Phase,
        "Population": Population,
        "RiskLevel": RiskLevel,
        "field_names": FIELD_NAMES,
        "populations": {str(code): code for code in Population},
        "phases": {str(code): code for code in Phase},
    }


def _protocols() -> Protocols:
    return Protocols(parts().work, parts().audit_key)


def _asked() -> Situation:
    """What the filters say; an unknown code filters nothing."""
    level = request.args.get("level", type=int)
    population = request.args.get("population", "")
    phase = request.args.get("phase", "")
    return Situation(
        level if level in range(5) else None,
        population if population in {str(one) for one in Population} else None,
        phase if phase in {str(one) for one in Phase} else None,
    )


@blueprint.get("/")
@needs(Permission.READ_PROTOCOLS)
def index() -> str:
    query, situation = request.args.get("q", "")[:80], _asked()
    with parts().reading() as records:
        found = chosen(cards(records), situation, query)
        drafts = records.scalars(
            select(ProtocolVersion)
            .where(ProtocolVersion.state == ProtocolState.DRAFT)
            .options(joinedload(ProtocolVersion.author))
            .order_by(ProtocolVersion.id)
        ).all()
        phase = phase_now(records)
    return render_template(
        "knowledge/index.html", found=found, drafts=drafts, phase=phase, query=query, situation=situation
    )


@blueprint.get("/_panel")
@needs(Permission.READ_PROTOCOLS)
def panel() -> str:
    """At the desk: what fits the talk in hand, by the note's level and population and today's phase."""
    situation = _of_call(request.args.get("call", type=int))
    with parts().reading() as records:
        found = chosen(cards(records), situation)
    return render_template("knowledge/_panel.html", found=found, situation=situation)


@blueprint.get("/_results")
@needs(Permission.READ_PROTOCOLS)
def results() -> str:
    with parts().reading() as records:
        found = chosen(cards(records), _asked(), request.args.get("q", "")[:80])
    return render_template("knowledge/_results.html", found=found)


def _of_call(call_id: int | None) -> Situation:
    with parts().reading() as records:
        phase = str(phase_now(records))
        call = own_call(records, call_id, me().id) if call_id else None
        if call is None:
            return Situation(phase=phase)
        note = records.scalars(select(Note).where(Note.call_id == call.id)).first()
    if note is None:
        return Situation(phase=phase)
    level = max(note.risk_level or 0, note.risk_floor) if note.risk_level or note.risk_floor else None
    untold = note.population in (None, Population.UNTOLD)
    return Situation(level, None if untold else str(note.population), phase)


@blueprint.get("/cards/<code>")
@needs(Permission.READ_PROTOCOLS)
def card(code: str) -> str:
    """One page, to read or to print, with its versions below; `version`: the draft that is to be signed."""
    asked = request.args.get("version", type=int)
    with parts().reading() as records:
        found = next((one for one in cards(records) if one.code == code), None)
        versions = _versions(records, code)
        if asked is not None and may(me().role, Permission.SUPERVISE):
            found = next((card_of(one) for one in versions if one.id == asked), found)
    if found is None and not versions:
        abort(404)
    return render_template("knowledge/card.html", card=found, code=code, versions=versions)


def _versions(records: Any, code: str) -> list[ProtocolVersion]:
    return list(
        records.scalars(
            select(ProtocolVersion)
            .where(ProtocolVersion.code == code)
            .options(joinedload(ProtocolVersion.author), joinedload(ProtocolVersion.signer))
            .order_by(ProtocolVersion.number.desc())
        )
    )


@blueprint.get("/write")
@needs(Permission.SUPERVISE)
def write_form() -> str:
    """A new protocol, or a new version of `code`: its standing text is the start."""
    code = request.args.get("code", "")
    with parts().reading() as records:
        found = next((one for one in cards(records) if one.code == code), None)
    return _form(_values_of(found) if found else {"code": code})


@blueprint.post("/write")
@needs(Permission.SUPERVISE)
def write() -> str | tuple[str, int] | Response:
    form = request.form
    scope = {name: form.getlist(name) for name in ("levels", "populations", "phases")}
    values: dict[str, Any] = {name: form.get(name, "") for name in ("code", *TEXTS)} | scope
    try:
        _protocols().write(form.get("code", "").strip(), values, scope, me().id)
    except ProtocolInvalid as wrong:
        field = FIELD_NAMES.get(wrong.details["field"], wrong.details["field"])
        return _form(
            values, gettext("“%(field)s”没有写全、太长或不合要求。没有保存。", field=str(field))
        ), 422
    flash(gettext("已存为草稿，等另一位督导签发。"))
    return redirect(url_for("knowledge.index"), 303)


@blueprint.post("/adopt/<code>")
@needs(Permission.SUPERVISE)
def adopt(code: str) -> Response:
    _protocols().adopt(code, me().id)
    flash(gettext("已存为草稿，等另一位督导签发。"))
    return redirect(url_for("knowledge.card", code=code), 303)


@blueprint.post("/versions/<int:version_id>/sign")
@needs(Permission.SUPERVISE)
def sign(version_id: int) -> Response:
    try:
        _protocols().sign(version_id, me().id)
        flash(gettext("已签发，从现在起按这一版执行。"))
    except SignerIsAuthor as refused:
        flash(sentence_of(refused), "error")
    return redirect(url_for("knowledge.index"), 303)


@blueprint.post("/versions/<int:version_id>/retire")
@needs(Permission.SUPERVISE)
def retire(version_id: int) -> Response:
    _protocols().retire(version_id, me().id)
    flash(gettext("已停用。"))
    return redirect(url_for("knowledge.index"), 303)


@blueprint.post("/phase")
@needs(Permission.SUPERVISE)
def set_phase() -> Response:
    phase = next((one for one in Phase if str(one) == request.form.get("phase")), None)
    if phase is None:
        abort(400)
    _protocols().set_phase(phase, me().id)
    flash(gettext("阶段已更改，工作台按新的阶段显示规程。"))
    return redirect(url_for("knowledge.index"), 303)


def _values_of(found: Card) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(found, name) for name in ("code", *TEXTS)}
    values = {k: v if isinstance(v, str) else "\n".join(v) for k, v in values.items()}
    return values | {"levels": found.levels, "populations": found.populations, "phases": found.phases}


def _form(values: dict[str, Any], fault: str = "") -> str:
    empty: dict[str, Any] = dict.fromkeys(("code", *TEXTS), "")
    whole = empty | {"levels": [], "populations": [], "phases": []} | values
    return render_template("knowledge/write.html", values=whole, fault=fault)
