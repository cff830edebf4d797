"""The roster of a week: by person and by centre; shifts added and taken out, in force or in a draft."""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from agent_console import roster_words as words
from agent_console.hours_words import WEEKDAYS
from agent_console.permissions import Permission, needs
from agent_console.queries_roster import (
    Chip,
    Week,
    people_to_roster,
    seats_to_roster,
    week_of,
)
from agent_console.queries_roster_days import all_centres
from agent_console.sessions import me, parts
from agent_console.translation import gettext
from hotline.workforce.drafts import Drafts, WantedShift
from hotline.workforce.errors import FieldWrong, HoursUncovered, Refused
from hotline.workforce.exits import Exits
from hotline.workforce.roster_import import moment
from hotline.workforce.roster_policy import zone_of
from hotline.workforce.shifts import ShiftFile, Shifts
from models.network import PhoneLine
from models.places import Centre
from models.roster import NamedExit, RosterDraft, RosterVersion
from models.vocabulary import ShiftKind
from models.vocabulary_network import SKILLS

blueprint = Blueprint("roster", __name__, url_prefix="/roster")

Answer = str | tuple[str, int] | Response
DAYS = 7
MOST_WEEKS = 60


@blueprint.get("/")
@needs(Permission.SUPERVISE)
def week() -> str:
    return page([])


@blueprint.post("/shifts")
@needs(Permission.SUPERVISE)
def add() -> Answer:
    """Into the draft that covers the day, else into the roster in force."""
    form = request.form
    centre_id = form.get("centre_id", 0, type=int)
    try:
        wanted = _wanted(centre_id)
        draft_id = form.get("draft_id", type=int)
        if draft_id is not None:
            Drafts(parts().work, parts().audit_key).add(draft_id, wanted)
            flash(gettext("已写入草稿，发布后生效。"))
        else:
            if wanted.person_id is None:
                raise FieldWrong("person_id", "person_missing")
            shifts = Shifts(parts().work, parts().audit_key)
            file = ShiftFile(centre_id=centre_id, **{**vars(wanted), "person_id": wanted.person_id})
            shifts.add(file, by_id=me().id, reason=form.get("reason", ""))
            flash(gettext("班次已加入。"))
    except Refused as refused:
        return page(words.sentences(refused)), 422
    return back()


@blueprint.post("/shifts/<int:shift_id>/remove")
@needs(Permission.SUPERVISE)
def remove(shift_id: int) -> Answer:
    try:
        Shifts(parts().work, parts().audit_key).remove(shift_id, by_id=me().id)
        flash(gettext("班次已撤销。"))
    except Refused as refused:
        return page(words.sentences(refused)), 409
    return back()


@blueprint.post("/exits/<int:exit_id>/end")
@needs(Permission.SUPERVISE)
def end_exit(exit_id: int) -> Answer:
    try:
        Exits(parts().work, parts().audit_key).end(exit_id, by_id=me().id)
        flash(gettext("已撤销。"))
    except HoursUncovered as refused:
        return page(words.sentences(refused)), 409
    except Refused:
        abort(404)
    return back()


def back() -> Response:
    """To the week that the form was on."""
    where: dict[str, Any] = {
        name: request.form.get(f"at_{name}") or None for name in ("centre", "week", "view", "day")
    }
    return redirect(url_for("roster.week", **where), 303)


def page(faults: list[str]) -> str:
    ready = parts()
    now = ready.clock()
    asked = request.values
    shift = max(-MOST_WEEKS, min(MOST_WEEKS, _number(asked.get("week") or asked.get("at_week")) or 0))
    view = "day" if (asked.get("view") or asked.get("at_view")) == "day" else "week"
    with ready.reading() as records:
        centres = records.scalars(select(Centre).order_by(Centre.id)).all()
        wanted = _number(asked.get("centre") or asked.get("at_centre") or asked.get("centre_id"))
        everything = asked.get("by") == "centre"
        centre = next((one for one in centres if one.id == wanted), centres[0] if centres else None)
        zone = zone_of(records, centre.id if centre is not None else None)
        today = now.astimezone(zone).date()
        first = _first_day(today, shift, view)
        days = 1 if view == "day" else DAYS
        found = week_of(records, centre, first, days, now) if centre is not None else None
        lines = all_centres(records, first, days, now) if everything else ()
        people = people_to_roster(records)
        seats = seats_to_roster(records, centre.id) if centre is not None else ()
        phone_lines = records.scalars(select(PhoneLine).where(PhoneLine.active.is_(True))).all()
        open_draft = _draft_of(records, centre)
        version = _version_of(records, centre)
        exits = _exits_of(records, centre, now) if centre is not None else ()
        chosen = _chosen(found)
        return render_template(
            "roster/week.html",
            found=found,
            lines=lines,
            centres=centres,
            everything=everything,
            people=people,
            seats=seats,
            phone_lines=phone_lines,
            skills=SKILLS,
            kinds=tuple(ShiftKind),
            faults=faults,
            typed=asked,
            shift=shift,
            view=view,
            first=first,
            today=today,
            now=now,
            open_draft=open_draft,
            version=version,
            exits=exits,
            chosen=chosen,
            default_start=_default(zone, now),
            default_end=_default(zone, now, hours=8),
            weekday_name=lambda day: WEEKDAYS[day.weekday()],
            local=lambda at: at.astimezone(zone),
            days_from=lambda day, n: (day + timedelta(days=n)).isoformat(),
            here=_here(centre, shift, view, first),
        )


def _here(centre: Centre | None, shift: int, view: str, first: date) -> dict[str, object]:
    """What leads back to this page."""
    return {
        "centre": centre.id if centre is not None else None,
        "week": shift or None,
        "view": view if view == "day" else None,
        "day": first.isoformat() if view == "day" else None,
    }


def _wanted(centre_id: int) -> WantedShift:
    """Raises FieldWrong."""
    form = request.form
    with parts().reading() as records:
        zone = zone_of(records, centre_id)
    try:
        starts_at, ends_at = moment(form.get("starts_at", ""), zone), moment(form.get("ends_at", ""), zone)
    except ValueError:
        raise FieldWrong("starts_at", "time_form") from None
    kind = next((one for one in ShiftKind if str(one) == form.get("kind")), ShiftKind.SEAT)
    skill = form.get("skill") or None
    return WantedShift(
        person_id=form.get("person_id", type=int),
        kind=kind,
        starts_at=starts_at,
        ends_at=ends_at,
        seat_id=form.get("seat_id", type=int) if kind is ShiftKind.SEAT else None,
        standby_order=max(1, min(9, form.get("standby_order", 1, type=int))),
        line_id=form.get("line_id", type=int),
        skill=skill if skill in SKILLS else None,
    )


def _number(text: str | None) -> int | None:
    try:
        return int(text) if text else None
    except ValueError:
        return None


def _first_day(today: date, shift: int, view: str) -> date:
    if view == "day":
        try:
            return date.fromisoformat(request.values.get("day") or request.values.get("at_day") or "")
        except ValueError:
            return today
    return today - timedelta(days=today.weekday()) + timedelta(days=7 * shift)


def _chosen(found: Week | None) -> Chip | None:
    """The shift that was clicked, to be read or taken out."""
    key = request.args.get("at")
    if found is None or not key:
        return None
    rows = [row for person in found.people for row in person.days] + list(found.open)
    return next((chip for row in rows for chip in row if chip.key == key), None)


def _default(zone: tzinfo, now: datetime, hours: int = 0) -> str:
    """The day that was clicked at 8 o'clock, else the next full hour."""
    try:
        day = date.fromisoformat(request.args.get("cell", ""))
        start = datetime(day.year, day.month, day.day, 8)  # noqa: DTZ001 - the wall's own time, for a form
    except ValueError:
        start = now.astimezone(zone).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return (start + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M")


def _draft_of(records: Session, centre: Centre | None) -> RosterDraft | None:
    if centre is None:
        return None
    return records.scalars(select(RosterDraft).where(RosterDraft.centre_id == centre.id)).first()


def _version_of(records: Session, centre: Centre | None) -> RosterVersion | None:
    if centre is None:
        return None
    newest = select(RosterVersion).where(RosterVersion.centre_id == centre.id)
    return records.scalars(newest.order_by(RosterVersion.number.desc()).limit(1)).first()


def _exits_of(records: Session, centre: Centre, now: datetime) -> list[NamedExit]:
    rows = select(NamedExit).where(NamedExit.centre_id == centre.id, NamedExit.ends_at > now)
    return list(records.scalars(rows.order_by(NamedExit.starts_at).limit(50)))
