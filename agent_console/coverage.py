"""24 hours by 7 days: seats rostered against needed, why, and the gaps with what to do about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from agent_console.charts_staffing import need_and_have
from agent_console.gap_ways import Ways, ways_to_fill
from agent_console.hours_words import WEEKDAYS
from agent_console.permissions import Permission, needs
from agent_console.sessions import me, parts
from agent_console.translation import gettext
from hotline.domain.needed_seats import isolation_site_workers
from hotline.workforce.errors import FieldWrong
from hotline.workforce.needed import WeekOfCentre, week_of
from hotline.workforce.needed_parts import ALL_CALLERS, Part, lines_of, skills_of
from hotline.workforce.roster_policy import zone_of
from hotline.workforce.staffing_policy import BOUNDS, decide_staffing_policy
from models.demand import standing_staffing
from models.network import PhoneLine
from models.places import Centre
from models.vocabulary_network import SKILLS

blueprint = Blueprint("coverage", __name__, url_prefix="/coverage")

DAYS = 7
MOST_WEEKS_AHEAD, MOST_WEEKS_BACK = 52, 52
MOST_MORE = 20


@blueprint.get("/")
@needs(Permission.SUPERVISE)
def week() -> str:
    return _page()


@blueprint.post("/target")
@needs(Permission.SUPERVISE)
def save_target() -> str | tuple[str, int] | Response:
    numbers = {name: request.form.get(name, -1, type=int) for name in BOUNDS}
    try:
        decide_staffing_policy(parts().work, parts().audit_key, numbers=numbers, person_id=me().id)
    except FieldWrong as wrong:
        return _page(wrong=wrong.details["field"]), 422
    flash(gettext("接听目标已保存，需要席位已重算；修改前后的内容已记入审计。"))
    centre, week_shown = request.args.get("centre", type=int), request.args.get("week", type=int)
    return redirect(url_for("coverage.week", centre=centre, week=week_shown), 303)


def _page(wrong: str | None = None) -> str:
    ready = parts()
    now = ready.clock()
    shift = max(-MOST_WEEKS_BACK, min(MOST_WEEKS_AHEAD, request.args.get("week", 0, type=int)))
    more = max(-MOST_MORE, min(MOST_MORE, request.args.get("more", 0, type=int)))
    found: WeekOfCentre | None = None
    fill: Mapping[datetime, Ways] = {}
    lines: Sequence[PhoneLine] = ()
    skills: Sequence[str] = ()
    part = ALL_CALLERS
    with ready.reading() as records:
        centres = records.scalars(select(Centre).order_by(Centre.id)).all()
        chosen = request.args.get("centre", 0, type=int)
        centre = next((c for c in centres if c.id == chosen), centres[0] if centres else None)
        zone = zone_of(records, centre.id if centre is not None else None)
        today = now.astimezone(zone).date()
        first = today + timedelta(days=7 * shift)
        if centre is not None:
            lines, skills = lines_of(records, centre), skills_of(records, centre)
            part = _part(lines, skills)
            found = week_of(records, centre, first, DAYS, now, more_seats=more, part=part)
            if part == ALL_CALLERS:
                fill = ways_to_fill(records, found, now)
        policy = standing_staffing(records)
    day = _day_shown(first)
    people = max(0, request.args.get("people", 200, type=int))
    return render_template(
        "supervisor/coverage.html",
        centres=centres,
        found=found,
        gaps=found.gaps(now) if found else (),
        chart=need_and_have(found.days[(day - first).days]) if found else None,
        day=day,
        first=first,
        today=today,
        now=now,
        zone=zone,
        shift=shift,
        more=more,
        part=part,
        part_code=_code(part),
        lines=lines,
        skills=[(code, SKILLS[code]) for code in skills if code in SKILLS],
        policy=policy,
        bounds=BOUNDS,
        wrong=wrong,
        typed=request.form,
        people=people,
        workers=isolation_site_workers(people),
        moment=lambda at: at.astimezone(zone).strftime("%Y-%m-%dT%H:%M"),
        starts_in=lambda at: _starts_in(at, now),
        weekday_name=lambda at: WEEKDAYS[at.weekday()],
        fill=fill,
    )


def _part(lines: Sequence[PhoneLine], skills: Sequence[str]) -> Part:
    """`line:3` or `skill:mn`, of those that the centre has; else all callers."""
    known = [ALL_CALLERS, *(Part(line_id=line.id) for line in lines), *(Part(skill=code) for code in skills)]
    return next(part for part in reversed(known) if _code(part) in ("", request.args.get("part", "")))


def _code(part: Part) -> str:
    return f"line:{part.line_id}" if part.line_id is not None else f"skill:{part.skill}" if part.skill else ""


def _day_shown(first: date) -> date:
    try:
        day = date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return first
    return day if first <= day < first + timedelta(days=DAYS) else first


def _starts_in(starts_at: datetime, now: datetime) -> str:
    seconds = (starts_at - now).total_seconds()
    if seconds <= 0:
        return gettext("正在发生")
    hours, minutes = divmod(int(seconds // 60), 60)
    if hours >= 48:
        return gettext("%(n)s 天后开始", n=hours // 24)
    if hours:
        return gettext("%(h)s 小时 %(m)s 分后开始", h=hours, m=minutes)
    return gettext("%(m)s 分后开始", m=minutes)
