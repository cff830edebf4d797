"""A draft of the roster: begun, changed, previewed with all that it breaks, published as a version."""

from __future__ import annotations

from datetime import date, datetime

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from agent_console import roster, roster_words, words
from agent_console.fault_words import TABLE_FAULTS
from agent_console.permissions import Permission, needs
from agent_console.sessions import me, parts
from agent_console.translation import gettext
from hotline.domain.roster_cover import Span
from hotline.workforce.drafts import Drafts, WantedShift
from hotline.workforce.errors import FieldWrong, HoursUncovered, NotFound, Refused, ShiftRefused
from hotline.workforce.exits import Exits, candidates
from hotline.workforce.imports import MOST_BYTES, NotATable
from hotline.workforce.preview import Fault, Preview
from hotline.workforce.publishing import Publishing
from hotline.workforce.roster_import import RosterImport
from hotline.workforce.roster_policy import zone_of
from models.people import Person
from models.places import Centre
from models.roster import DraftShift, RosterDraft
from models.vocabulary_network import SKILLS
from models.vocabulary_roster import ExitKind

blueprint = Blueprint("roster_drafts", __name__, url_prefix="/roster/drafts")

Answer = str | tuple[str, int] | Response
EXITS_FOR = 12
"""Gaps whose ways out are looked up; the rest is told, and comes after these are closed."""


@blueprint.url_value_preprocessor
def _allow_a_calendar(endpoint: str | None, _values: object) -> None:
    """Before the form is read: the token's check reads it first of all."""
    if endpoint == "roster_drafts.bring":
        request.max_content_length = 2 * MOST_BYTES


def _drafts() -> Drafts:
    return Drafts(parts().work, parts().audit_key)


@blueprint.post("/")
@needs(Permission.SUPERVISE)
def begin() -> Answer:
    form = request.form
    try:
        first, last = (
            date.fromisoformat(form.get("first_day", "")),
            date.fromisoformat(form.get("last_day", "")),
        )
        _drafts().begin(form.get("centre_id", 0, type=int), first, last, by_id=me().id)
    except ValueError:
        return roster.page([str(words.FIELD_FAULTS["date_form"])]), 422
    except Refused as refused:
        return roster.page(roster_words.sentences(refused)), 422
    flash(gettext("草稿已排出。改好后请预览，再发布。"))
    return roster.back()


@blueprint.post("/<int:draft_id>/rows/<int:row_id>/remove")
@needs(Permission.SUPERVISE)
def remove_row(draft_id: int, row_id: int) -> Answer:
    try:
        _drafts().remove(draft_id, row_id)
    except Refused:
        abort(404)
    return roster.back()


@blueprint.post("/<int:draft_id>/rows/<int:row_id>/person")
@needs(Permission.SUPERVISE)
def assign(draft_id: int, row_id: int) -> Answer:
    with parts().reading() as records:
        row = records.get(DraftShift, row_id)
    if row is None:
        abort(404)
    wanted = WantedShift(
        person_id=request.form.get("person_id", type=int),
        kind=row.kind,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        seat_id=row.seat_id,
        standby_order=row.standby_order,
        line_id=row.line_id,
        skill=row.skill,
    )
    try:
        _drafts().change(draft_id, row_id, wanted)
    except NotFound:
        abort(404)
    except Refused as refused:
        return roster.page(roster_words.sentences(refused)), 422
    return roster.back()


@blueprint.post("/<int:draft_id>/discard")
@needs(Permission.SUPERVISE)
def discard(draft_id: int) -> Answer:
    try:
        _drafts().discard(draft_id, by_id=me().id)
        flash(gettext("草稿已放弃，已发布的班表不变。"))
    except Refused:
        abort(404)
    return roster.back()


@blueprint.post("/<int:draft_id>/bring")
@needs(Permission.SUPERVISE)
def bring(draft_id: int) -> Answer:
    upload = request.files.get("file")
    data = upload.read() if upload else b""
    is_calendar = data.lstrip()[:15].upper() == b"BEGIN:VCALENDAR"
    use_case = RosterImport(parts().work, parts().audit_key)
    try:
        if is_calendar:
            person_id = request.form.get("person_id", 0, type=int)
            brought = use_case.calendar(draft_id, person_id, data, by_id=me().id)
        else:
            brought = use_case.table(draft_id, data, by_id=me().id)
    except NotATable as fault:
        known = {**TABLE_FAULTS, **roster_words.FAULTS}
        return roster.page([f"{words.in_words(known, fault.code)} {fault.detail}".strip()]), 422
    except Refused as refused:
        return roster.page(roster_words.sentences(refused)), 422
    if brought.faults:
        told = {**words.FIELD_FAULTS, **roster_words.FAULTS}
        lines = [
            gettext(
                "第 %(n)s 行 %(c)s：%(why)s", n=one.line, c=one.column, why=words.in_words(told, one.reason)
            )
            for one in brought.faults[:20]
        ]
        return roster.page([gettext("没有导入，请改好下面各行再试。"), *lines]), 422
    flash(gettext("已导入 %(n)s 个班次到草稿。", n=brought.shifts))
    return roster.back()


@blueprint.get("/<int:draft_id>")
@needs(Permission.SUPERVISE)
def preview(draft_id: int) -> str:
    return _preview(draft_id, [])


@blueprint.post("/<int:draft_id>/exits")
@needs(Permission.SUPERVISE)
def name_exit(draft_id: int) -> Answer:
    """For one gap of the preview."""
    try:
        name_exit_of_form()
    except Refused as refused:
        return _preview(draft_id, roster_words.sentences(refused)), 422
    flash(gettext("出路已指定，到时来电就走这条出路。"))
    return redirect(url_for("roster_drafts.preview", draft_id=draft_id), 303)


@blueprint.post("/<int:draft_id>/publish")
@needs(Permission.SUPERVISE)
def publish(draft_id: int) -> Answer:
    form = request.form
    revision = form.get("revision", -1, type=int)
    with parts().reading() as records:
        draft = records.get(RosterDraft, draft_id)
    if draft is None:
        abort(404)
    try:
        publishing = Publishing(parts().work, parts().audit_key)
        publishing.publish(draft_id, revision, by_id=me().id, reason=form.get("reason", ""))
    except (HoursUncovered, ShiftRefused) as refused:
        return _preview(draft_id, roster_words.sentences(refused)), 409
    except Refused as refused:
        return _preview(draft_id, roster_words.sentences(refused)), 422
    flash(gettext("班表已发布，有关的人已收到提醒。"))
    return redirect(url_for("roster.week", centre=draft.centre_id), 303)


def name_exit_of_form() -> None:
    """`exit` is `kind:partner:centre`, `from` and `to` are aware times. Raises Refused."""
    form = request.form
    kind_code, _, rest = form.get("exit", "").partition(":")
    partner, _, to_centre = rest.partition(":")
    kind = next((one for one in ExitKind if str(one) == kind_code), None)
    span = span_of_form()
    if kind is None:
        raise FieldWrong("exit", "unknown")
    Exits(parts().work, parts().audit_key).name(
        form.get("centre_id", 0, type=int),
        kind,
        span.starts_at,
        span.ends_at,
        by_id=me().id,
        partner_id=int(partner) if partner.isdigit() else None,
        to_centre_id=int(to_centre) if to_centre.isdigit() else None,
    )


def span_of_form() -> Span:
    """`from` and `to` as ISO times with their zone. Raises FieldWrong."""
    try:
        span = Span(
            datetime.fromisoformat(request.form.get("from", "")),
            datetime.fromisoformat(request.form.get("to", "")),
        )
    except ValueError:
        raise FieldWrong("starts_at", "time_form") from None
    if span.starts_at.tzinfo is None or span.ends_at.tzinfo is None:
        raise FieldWrong("starts_at", "time_form")
    return span


def _preview(draft_id: int, faults: list[str]) -> str:
    ready = parts()
    try:
        revision, found = Publishing(ready.work, ready.audit_key).preview(draft_id)
    except NotFound:
        abort(404)
    with ready.reading() as records:
        draft = records.get_one(RosterDraft, draft_id)
        centre = records.get_one(Centre, draft.centre_id)
        zone = zone_of(records, centre.id)
        ways = [candidates(records, centre.id, gap) for gap in found.gaps[:EXITS_FOR]]
        names = {
            person_id: records.get_one(Person, person_id).name
            for person_id in {fault.person_id for fault in found.faults}
        }
    return render_template(
        "roster/preview.html",
        draft=draft,
        centre=centre,
        revision=revision,
        found=found,
        ways=ways,
        faults=faults,
        fault_lines=[_fault_line(fault, names) for fault in found.faults[:50]],
        broken=roster_words.broken(found.broken[:50]),
        skills=SKILLS,
        typed=request.form,
        local=lambda at: at.astimezone(zone),
        hours=_hours_of(found),
    )


def _fault_line(fault: Fault, names: dict[int, str]) -> tuple[str, object, str]:
    codes = [words.in_words(words.SHIFT_FAULTS, code) for code in fault.codes]
    return names[fault.person_id], fault.starts_at, "".join(codes)


def _hours_of(found: Preview) -> tuple[int, int]:
    """Minutes covered by exits alone, and minutes with fewer seats than the least."""
    return sum(span.minutes for span in found.by_exit), sum(span.minutes for span in found.thin)
