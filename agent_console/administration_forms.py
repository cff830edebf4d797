"""The contact form: its versions, a hotline's own draft changed field by field, and which one is in force."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from agent_console.errors import PAGES, answer_fault
from agent_console.fault_words import FORM_FAULTS
from agent_console.permissions import Permission, needs
from agent_console.queries_forms import PAGE_WORDS, kinds_of_call, version_page, versions_on_file
from agent_console.sessions import me, parts
from agent_console.translation import gettext, in_language
from agent_console.words import in_words
from hotline.care.errors import FormNotDraft, FormRefused, NoSuchForm
from hotline.care.form_drafts import next_choice
from hotline.care.form_files import RISKY, field_of, shipped_form
from hotline.care.form_own import OWN_KINDS, OWN_PAGES, is_own
from hotline.care.form_versions import MOST_BYTES, FormVersions, form_on_file, raw_on_file
from hotline.care.forms import Fault, Field, Form
from models.vocabulary_record import CallType

blueprint = Blueprint("administration_forms", __name__, url_prefix="/administration/forms")

Answer = str | tuple[str, int] | AnyResponse


def _forms() -> FormVersions:
    return FormVersions(parts().work, parts().audit_key)


@blueprint.errorhandler(NoSuchForm)
def _gone(_fault: NoSuchForm) -> Any:
    title, advice = PAGES[404]
    return answer_fault(404, str(title), str(advice), "404", {})


@blueprint.errorhandler(FormNotDraft)
def _in_force(fault: FormNotDraft) -> AnyResponse:
    flash(gettext("这一版已经启用过，不再改动；请另起一版。"), "error")
    return redirect(url_for("administration_forms.version", name=fault.details["version"]), 303)


@blueprint.get("/")
@needs(Permission.ADMINISTER)
def versions() -> str:
    return _versions()


@blueprint.post("/")
@needs(Permission.ADMINISTER)
def begin() -> Answer:
    """A draft after a version on file."""
    name = request.form.get("name", "").strip()
    try:
        _forms().begin(name, request.form.get("source", ""), me().id)
    except FormRefused as refused:
        return _versions(refused.faults), 422
    flash(gettext("草稿已建好。改好以后再启用；启用前接线员看不到它。"))
    return redirect(url_for("administration_forms.version", name=name), 303)


@blueprint.post("/upload")
@needs(Permission.ADMINISTER)
def upload() -> Answer:
    sent = request.files.get("file")
    try:
        name = _forms().upload(sent.read(MOST_BYTES + 1) if sent is not None else b"", me().id)
    except FormRefused as refused:
        return _versions(refused.faults), 422
    flash(gettext("文件已存为草稿。请核对下面的不同，再启用。"))
    return redirect(url_for("administration_forms.version", name=name), 303)


@blueprint.get("/<name>")
@needs(Permission.ADMINISTER)
def version(name: str) -> str:
    return _version(name)


@blueprint.get("/<name>.json")
@needs(Permission.ADMINISTER)
def download(name: str) -> Response:
    """The version's file, for another hotline or for keeping."""
    with parts().reading() as records:
        raw = raw_on_file(records, name)
    return Response(
        json.dumps(raw, ensure_ascii=False, indent=1),
        mimetype="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}.json"'},
    )


@blueprint.post("/<name>/fields")
@needs(Permission.ADMINISTER)
def add(name: str) -> Answer:
    """A field of the hotline's own."""
    kind = request.form.get("kind", "")
    entry: dict[str, Any] = {
        **_names(),
        "kind": kind if kind in OWN_KINDS else "",
        "page": _page_wanted(),
    }
    choices = _choices(())
    if kind in ("one", "several"):
        entry["choices"] = choices
    if kind != "one":
        entry["most"] = request.form.get("most", 0, type=int) or (len(choices) if kind == "several" else 0)
    try:
        _forms().add_field(name, entry, request.form.getlist("needed"), me().id)
    except FormRefused as refused:
        typed = field_of({"code": "new", "item": 0, **entry})
        return _version(name, refused.faults, typed), 422
    flash(gettext("项目已加入草稿。"))
    return redirect(url_for("administration_forms.version", name=name, _anchor="own"), 303)


@blueprint.post("/<name>/fields/<code>")
@needs(Permission.ADMINISTER)
def change(name: str, code: str) -> Answer:
    """A field's choices and needs; of an own field also its words, page and most."""
    with parts().reading() as records:
        form, raw = form_on_file(records, name), raw_on_file(records, name)
    field = form.fields.get(code)
    entry = next((dict(one) for one in raw["fields"] if one["code"] == code), None)
    if field is None or entry is None:
        abort(404)
    if is_own(code):
        entry |= {**_names(), "page": _page_wanted()}
        if field.kind in ("figure", "text"):
            entry["most"] = request.form.get("most", 0, type=int)
    if field.choices and request.form.getlist("choice_zh"):
        entry["choices"] = _choices(field.choices)
        values = [row[0] for row in entry["choices"]]
        entry["common"] = [value for value in field.common if value in values]
        if field.kind == "several":
            entry["most"] = len(values)
    if not entry.get("common"):
        entry.pop("common", None)
    try:
        _forms().change_field(name, entry, request.form.getlist("needed"), me().id)
    except FormRefused as refused:
        return _version(name, refused.faults, field_of(entry)), 422
    flash(gettext("已改：%(name)s", name=in_language(entry["zh"], entry["en"])))
    return redirect(url_for("administration_forms.version", name=name, _anchor=f"row-{code}"), 303)


@blueprint.post("/<name>/fields/<code>/out")
@needs(Permission.ADMINISTER)
def leave_out(name: str, code: str) -> Answer:
    try:
        _forms().leave_out(name, code, me().id)
    except FormRefused as refused:
        return _version(name, refused.faults), 422
    flash(gettext("已从草稿里去掉。"))
    return redirect(url_for("administration_forms.version", name=name), 303)


@blueprint.post("/<name>/fields/<code>/back")
@needs(Permission.ADMINISTER)
def take_back(name: str, code: str) -> Answer:
    try:
        _forms().take_back(name, code, me().id)
    except FormRefused as refused:
        return _version(name, refused.faults), 422
    flash(gettext("已放回草稿。"))
    return redirect(url_for("administration_forms.version", name=name, _anchor=f"row-{code}"), 303)


@blueprint.post("/<name>/in-force")
@needs(Permission.ADMINISTER)
def put_in_force(name: str) -> Answer:
    try:
        _forms().put_in_force(name, request.form.get("reason", ""), me().id)
    except FormRefused as refused:
        return _version(name, refused.faults), 422
    flash(gettext("从现在起，新的登记用第 %(n)s 版；已经开始的登记仍用原来的版本。", n=name))
    return redirect(url_for("administration_forms.versions"), 303)


@blueprint.post("/<name>/discard")
@needs(Permission.ADMINISTER)
def discard(name: str) -> AnyResponse:
    _forms().discard(name, me().id)
    flash(gettext("草稿已放弃。"))
    return redirect(url_for("administration_forms.versions"), 303)


def _names() -> dict[str, str]:
    return {"zh": request.form.get("zh", "").strip(), "en": request.form.get("en", "").strip()}


def _page_wanted() -> str:
    page = request.form.get("page", "")
    return page if page in OWN_PAGES else ""


def _choices(known: tuple[Any, ...]) -> list[list[str]]:
    """Rows as a form file holds them. A row emptied is a choice taken out; one without a code is new."""
    risky = {choice.value for choice in known if choice.risky}
    number = next_choice(known)
    form, rows = request.form, []
    for value, zh, en in zip(
        form.getlist("choice"), form.getlist("choice_zh"), form.getlist("choice_en"), strict=False
    ):
        zh, en = zh.strip(), en.strip()
        if not (zh or en):
            continue
        if not value:
            value, number = f"own_{number}", number + 1
        rows.append([value, zh, en, *([RISKY] if value in risky else [])])
    return rows


def _told(faults: list[Fault], form: Form | None = None) -> list[str]:
    """Each fault in a sentence, with the field's own name where it has one."""
    fields: dict[str, Field] = {**shipped_form().fields, **(form.fields if form is not None else {})}
    told = []
    for fault in faults[:12]:
        field = fields.get(fault.where)
        where = in_language(field.zh, field.en) if field is not None else fault.where
        told.append(f"{in_words(FORM_FAULTS, fault.code)} {where}".strip())
    return list(dict.fromkeys(told))


def _versions(faults: list[Fault] | None = None) -> str:
    with parts().reading() as records:
        page = versions_on_file(records)
    return render_template(
        "administration/forms.html", page=page, faults=_told(faults or []), typed=request.form
    )


def _version(name: str, faults: list[Fault] | None = None, refused: Field | None = None) -> str:
    """`refused`: the field as it was typed when it was not taken, so that nothing typed is lost."""
    with parts().reading() as records:
        page = version_page(records, name)
    needed = tuple(request.form.getlist("needed"))
    return render_template(
        "administration/form.html",
        page=page if refused is None else page.with_typed(refused, needed),
        kinds=kinds_of_call(),
        all_kinds=tuple(CallType),
        page_words=PAGE_WORDS,
        own_pages=OWN_PAGES,
        faults=_told(faults or [], page.form),
        refused=refused,
        needed=needed,
        reason=request.form.get("reason", "") if faults else "",
    )
