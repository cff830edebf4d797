"""Shifts that repeat, and the dates on which they differ."""

from __future__ import annotations

from datetime import date, time

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.wrappers import Response

from agent_console import roster_words
from agent_console.hours_words import WEEKDAYS
from agent_console.permissions import Permission, needs
from agent_console.queries_roster import people_to_roster, seats_to_roster
from agent_console.sessions import me, parts
from agent_console.translation import gettext
from hotline.domain.roster_pattern import Differs, every_so_many_days, weekly
from hotline.workforce.errors import FieldWrong, NotFound, Refused
from hotline.workforce.patterns import PatternFile, Patterns
from models.network import PhoneLine
from models.places import Centre
from models.roster import ShiftPattern
from models.vocabulary import ShiftKind
from models.vocabulary_network import SKILLS
from models.vocabulary_roster import HolidayUse

blueprint = Blueprint("roster_patterns", __name__, url_prefix="/roster/patterns")

Answer = str | tuple[str, int] | Response


@blueprint.get("/")
@needs(Permission.SUPERVISE)
def patterns() -> str:
    return _page([])


@blueprint.post("/")
@needs(Permission.SUPERVISE)
def save() -> Answer:
    form = request.form
    try:
        file = _file()
        _use_case().save(form.get("pattern_id", type=int), file, by_id=me().id)
    except Refused as refused:
        return _page(roster_words.sentences(refused)), 422
    flash(gettext("重复班次已保存；排出草稿并发布后生效。"))
    return redirect(url_for("roster_patterns.patterns", centre=file.centre_id), 303)


@blueprint.post("/<int:pattern_id>/end")
@needs(Permission.SUPERVISE)
def end(pattern_id: int) -> Answer:
    try:
        _use_case().end(pattern_id, by_id=me().id)
    except NotFound:
        abort(404)
    flash(gettext("不再重复；已发布的班次到下次发布为止不变。"))
    return redirect(url_for("roster_patterns.patterns", centre=request.form.get("centre", type=int)), 303)


@blueprint.post("/<int:pattern_id>/differ")
@needs(Permission.SUPERVISE)
def differ(pattern_id: int) -> Answer:
    """One date: cancelled, by another person, at another time; or as usual again."""
    form = request.form
    try:
        day = date.fromisoformat(form.get("day", ""))
        what = form.get("what", "")
        differs = None
        if what == "cancel":
            differs = Differs(cancelled=True)
        elif what == "change":
            starts = time.fromisoformat(form["starts"]) if form.get("starts") else None
            differs = Differs(False, form.get("person_id", type=int), starts, form.get("minutes", type=int))
        _use_case().differ(pattern_id, day, differs, by_id=me().id)
    except ValueError:
        return _page([str(roster_words.FAULTS["clock_form"])]), 422
    except NotFound:
        abort(404)
    except Refused as refused:
        return _page(roster_words.sentences(refused)), 422
    flash(gettext("这一天已另排。"))
    return redirect(url_for("roster_patterns.patterns", centre=form.get("centre", type=int)), 303)


def _use_case() -> Patterns:
    return Patterns(parts().work, parts().audit_key)


def _file() -> PatternFile:
    """Raises FieldWrong."""
    form = request.form
    try:
        first = date.fromisoformat(form.get("first_day", ""))
        last = date.fromisoformat(form["last_day"]) if form.get("last_day") else None
    except ValueError:
        raise FieldWrong("first_day", "date_form") from None
    kind = next((one for one in ShiftKind if str(one) == form.get("kind")), ShiftKind.SEAT)
    use = next((one for one in HolidayUse if str(one) == form.get("holidays")), HolidayUse.AS_USUAL)
    return PatternFile(
        centre_id=form.get("centre_id", 0, type=int),
        name=form.get("name", "").strip(),
        person_id=form.get("person_id", type=int),
        kind=kind,
        rule=_rule(),
        starts=form.get("starts", ""),
        minutes=round(60 * form.get("hours", 0.0, type=float)),
        first_day=first,
        last_day=last,
        holidays=use,
        seat_id=form.get("seat_id", type=int) if kind is ShiftKind.SEAT else None,
        standby_order=form.get("standby_order", 1, type=int),
        line_id=form.get("line_id", type=int),
        skill=form.get("skill") or None,
    )


def _rule() -> str:
    """From the days that were ticked, from a cycle of days, or as written. Raises FieldWrong."""
    form = request.form
    written = form.get("rule", "").strip()
    if written:
        return written.removeprefix("RRULE:")
    cycle = form.get("cycle", 0, type=int)
    if cycle:
        return every_so_many_days(max(1, min(60, cycle)))
    days = [int(day) for day in form.getlist("weekday") if day in "1234567"]
    if not days:
        raise FieldWrong("rule", "rule_form")
    return weekly(days, max(1, min(8, form.get("every_weeks", 1, type=int))))


def _page(faults: list[str]) -> str:
    ready = parts()
    with ready.reading() as records:
        centres = records.scalars(select(Centre).order_by(Centre.id)).all()
        wanted = request.values.get("centre", type=int) or request.form.get("centre_id", type=int)
        centre = next((one for one in centres if one.id == wanted), centres[0] if centres else None)
        found = (
            records.scalars(
                select(ShiftPattern)
                .where(ShiftPattern.centre_id == centre.id, ShiftPattern.active.is_(True))
                .options(joinedload(ShiftPattern.person), selectinload(ShiftPattern.exceptions))
                .order_by(ShiftPattern.starts, ShiftPattern.id)
            ).all()
            if centre is not None
            else []
        )
        return render_template(
            "roster/patterns.html",
            centres=centres,
            centre=centre,
            patterns=found,
            people=people_to_roster(records),
            seats=seats_to_roster(records, centre.id) if centre is not None else (),
            phone_lines=records.scalars(select(PhoneLine).where(PhoneLine.active.is_(True))).all(),
            skills=SKILLS,
            kinds=tuple(ShiftKind),
            uses=tuple(HolidayUse),
            weekdays=WEEKDAYS,
            rule_words=_rule_words,
            faults=faults,
            typed=request.form,
        )


def _rule_words(rule: str) -> str:
    """The rule as people say it; an uncommon one as it is written."""
    read = dict(part.split("=", 1) for part in rule.split(";") if "=" in part)
    every = int(read.get("INTERVAL", "1"))
    if read.get("FREQ") == "DAILY" and set(read) <= {"FREQ", "INTERVAL"}:
        return gettext("每天") if every == 1 else gettext("每 %(n)s 天一次", n=every)
    if read.get("FREQ") == "WEEKLY" and {"FREQ", "BYDAY"} <= set(read) <= {"FREQ", "INTERVAL", "BYDAY"}:
        codes = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
        days = " ".join(str(WEEKDAYS[codes.index(day)]) for day in read["BYDAY"].split(",") if day in codes)
        return days if every == 1 else gettext("每 %(n)s 周：%(days)s", n=every, days=days)
    return rule
