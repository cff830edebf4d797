"""The tree of places: browsed, renamed, retired; and what a city brings along when it joins, from a table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import lazy_gettext
from sqlalchemy import func, or_, select
from werkzeug.wrappers import Response

from agent_console import words
from agent_console.administration import sentence
from agent_console.fault_words import TABLE_FAULTS
from agent_console.permissions import Permission, needs
from agent_console.sessions import me, parts
from agent_console.sign_in import hasher
from agent_console.translation import gettext
from hotline.care.old_records import OldRecordTable
from hotline.workforce.errors import FieldWrong, NotFound
from hotline.workforce.import_kinds import PartnerTable, PeopleTable, PlaceTable
from hotline.workforce.import_readiness import QualificationTable, TrainingTable
from hotline.workforce.imports import MOST_BYTES, Imported, Imports, Kind, NotATable, Preview
from hotline.workforce.places import Places
from models.places import Place

blueprint = Blueprint("administration_places", __name__, url_prefix="/administration")

Answer = str | tuple[str, int] | Response
SHOWN_AT_MOST = 200


@dataclass(frozen=True)
class Table:
    name: Any
    make: Callable[[], Kind]
    columns: tuple[str, ...]
    action: str
    example: str


TABLES = {
    "places": Table(
        lazy_gettext("地区"),
        PlaceTable,
        PlaceTable.columns,
        "place.import",
        "990104,河西区,Hexi District",
    ),
    "people": Table(
        lazy_gettext("人员"),
        lambda: PeopleTable(hasher.hash),
        PeopleTable.columns,
        "person.import",
        "linxiao,林晓,operator,云州中心,,2026-09-01,2026-08-20",
    ),
    "partners": Table(
        lazy_gettext("合作热线"),
        PartnerTable,
        PartnerTable.columns,
        "partner.import",
        "云州市青少年热线,Yunzhou Youth Line,youth_line,0990-5550101,990100,1-5 08:00-20:00,,yes",
    ),
    "records": Table(
        lazy_gettext("旧登记"),
        lambda: OldRecordTable(parts().hasher, me().id),
        OldRecordTable.columns,
        "contact.import",
        "云-0017,2026-03-02,21:05,35,电话,云州中心,,心理疏导,学生,睡眠,990101,R1,f,18-24,结束,",
    ),
    "trainings": Table(
        lazy_gettext("培训记录"),
        lambda: TrainingTable(me().id),
        TrainingTable.columns,
        "training.import",
        "linxiao,系统培训,危机干预进阶,2026-10-12,6,合格,88,省培训中心",
    ),
    "qualifications": Table(
        lazy_gettext("资质"),
        QualificationTable,
        QualificationTable.columns,
        "qualification.import",
        "linxiao,心理咨询师,二级心理咨询师,2015-06-01,",
    ),
}


@blueprint.url_value_preprocessor
def _allow_a_table(endpoint: str | None, _values: object) -> None:
    """Before the form is read: the token's check reads it first of all."""
    if endpoint == "administration_places.carry_out":
        request.max_content_length = request.max_form_memory_size = 2 * MOST_BYTES


@blueprint.get("/places")
@needs(Permission.ADMINISTER)
def places() -> str:
    return _places_page()


@blueprint.post("/places/<code>")
@needs(Permission.ADMINISTER)
def change(code: str) -> Answer:
    """Rename, or retire."""
    use_case = Places(parts().work, parts().audit_key)
    form = request.form
    try:
        if form.get("what") == "retire":
            use_case.retire(code, by_id=me().id)
            flash(gettext("已停用；已有的记录仍写着它。"))
        else:
            zh, en = form.get("name_zh", "").strip(), form.get("name_en", "").strip()
            use_case.rename(code, zh, en, by_id=me().id)
            flash(gettext("地区已改名，修改前后的内容已记入审计。"))
    except FieldWrong as wrong:
        return _places_page(code, sentence(wrong)), 422
    except NotFound:
        abort(404)
    return redirect(url_for("administration_places.places", parent=form.get("parent") or None), 303)


@blueprint.get("/import/<kind>")
@needs(Permission.ADMINISTER)
def table(kind: str) -> str:
    return _import_page(kind)


@blueprint.post("/import/<kind>")
@needs(Permission.ADMINISTER)
def carry_out(kind: str) -> Answer:
    """Check, or check and write: all lines or none. What was read stands on the page, to be mended there."""
    chosen = _table(kind)
    upload = request.files.get("file")
    data = upload.read() if upload and upload.filename else request.form.get("text", "").encode()
    imports = Imports(parts().work, parts().audit_key, chosen.make, chosen.action)
    try:
        if request.form.get("what") == "write":
            done = imports.carry_out(data, by_id=me().id)
        else:
            done = imports.preview(data)
    except NotATable as fault:
        said = words.in_words(TABLE_FAULTS, fault.code)
        return _import_page(kind, data, fault=f"{said} {fault.detail}".strip()), 422
    if isinstance(done, Imported):
        return _import_page(kind, imported=done)
    return _import_page(kind, data, preview=done), 422 if done.faults else 200


def _table(kind: str) -> Table:
    return TABLES[kind] if kind in TABLES else abort(404)


def _import_page(
    kind: str,
    data: bytes = b"",
    *,
    preview: Preview | None = None,
    imported: Imported | None = None,
    fault: str | None = None,
) -> str:
    return render_template(
        "administration/import.html",
        kind=kind,
        table=_table(kind),
        tables=TABLES,
        text=_text_of(data),
        preview=preview,
        imported=imported,
        fault=fault,
        field_faults=words.FIELD_FAULTS,
    )


def _text_of(data: bytes) -> str:
    """For the page, whatever it was; what no encoding fits is shown as far as it can be."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030", errors="replace")


def _places_page(edited: str | None = None, fault: str | None = None) -> str:
    search = request.args.get("q", "").strip()[:40]
    parent = request.values.get("parent") or None
    query = select(Place).order_by(Place.valid_to.is_not(None), Place.code).limit(SHOWN_AT_MOST)
    if search:
        query = query.where(or_(Place.name_zh.contains(search), Place.code.startswith(search)))
    else:
        query = query.where(Place.parent_code == parent if parent else Place.parent_code.is_(None))
    with parts().reading() as records:
        rows = records.scalars(query).all()
        counted = records.execute(
            select(Place.parent_code, func.count())
            .where(Place.parent_code.in_([row.code for row in rows]))
            .group_by(Place.parent_code)
        )
        below = {row[0]: row[1] for row in counted}
        path: list[Place] = []
        up = records.get(Place, parent) if parent else None
        while up is not None:
            path.insert(0, up)
            up = records.get(Place, up.parent_code) if up.parent_code else None
        chosen = records.get(Place, edited or request.args.get("edit", ""))
    return render_template(
        "administration/places.html",
        rows=rows,
        below=below,
        path=path,
        parent=parent,
        search=search,
        chosen=chosen,
        fault=fault,
        typed=request.form if fault else {},
    )
