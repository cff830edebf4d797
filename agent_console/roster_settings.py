"""What administrators set of the roster: rest and hours, warnings, wanted skills, and the holidays."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import lazy_gettext
from sqlalchemy import select
from werkzeug.wrappers import Response

from agent_console import roster_words
from agent_console.local_time import local_day
from agent_console.permissions import Permission, needs
from agent_console.sessions import me, parts
from agent_console.translation import gettext
from hotline.workforce.errors import FieldWrong, Refused
from hotline.workforce.holiday_calendar import Holidays, calendar_of
from hotline.workforce.roster_policy import BOUNDS, SWITCHES, decide_roster_policy, standing_roster_policy
from hotline.workforce.skill_needs import SkillNeeds
from models.network import PhoneLine
from models.places import Centre
from models.roster import SkillNeed
from models.vocabulary_network import SKILLS

blueprint = Blueprint("roster_settings", __name__, url_prefix="/administration/roster")

Answer = str | tuple[str, int] | Response
NAMES = {
    "rest_hours": lazy_gettext("两班之间至少休息（小时）"),
    "shift_hours": lazy_gettext("连续在岗最多（小时）"),
    "week_hours": lazy_gettext("一周最多（小时）"),
    "nights_in_row": lazy_gettext("连续夜班最多（个）"),
    "remind_hours": lazy_gettext("班前多少小时提醒（0 为不提醒）"),
    "late_minutes": lazy_gettext("开班多少分钟没到算应到未到"),
    "standby_minutes": lazy_gettext("备班多少分钟不答复就叫下一位"),
    "warn_days": lazy_gettext("缺口提前多少天预警"),
    "warn_hours": lazy_gettext("缺口提前多少小时再预警"),
}
SWITCH_NAMES = {
    "swaps_by_rule": lazy_gettext("不违反规定的换班，同事同意即生效"),
    "sign_up": lazy_gettext("接线员可以自行报名空班"),
    "by_mail": lazy_gettext("提醒也发邮件"),
    "by_text": lazy_gettext("提醒也发短信（叫人到岗总会发）"),
}


@blueprint.get("/")
@needs(Permission.ADMINISTER)
def settings() -> str:
    return _page([])


@blueprint.post("/policy")
@needs(Permission.ADMINISTER)
def save_policy() -> Answer:
    form = request.form
    centre_id = form.get("centre_id", type=int)
    try:
        decide_roster_policy(
            parts().work,
            parts().audit_key,
            centre_id=centre_id,
            numbers={name: form.get(name, -1, type=int) for name in BOUNDS},
            switches={name: form.get(name) == "yes" for name in SWITCHES},
            time_zone=form.get("time_zone", "").strip() or None,
            person_id=me().id,
        )
    except Refused as refused:
        return _page(roster_words.sentences(refused)), 422
    flash(gettext("排班规定已保存，修改前后的内容已记入审计。"))
    return redirect(url_for("roster_settings.settings", centre=centre_id), 303)


@blueprint.post("/holidays")
@needs(Permission.ADMINISTER)
def save_holiday() -> Answer:
    form = request.form
    holidays = Holidays(parts().work, parts().audit_key)
    try:
        day = date.fromisoformat(form.get("day", ""))
    except ValueError:
        return _page(roster_words.sentences(FieldWrong("day", "date_form"))), 422
    try:
        if form.get("what") == "remove":
            holidays.remove(day, by_id=me().id)
        else:
            is_off = form.get("is_off") == "yes"
            names = form.get("name_zh", "").strip(), form.get("name_en", "").strip()
            holidays.write(day, is_off, *names, by_id=me().id)
    except Refused as refused:
        return _page(roster_words.sentences(refused)), 422
    flash(gettext("节假日已更改。"))
    return redirect(url_for("roster_settings.settings"), 303)


@blueprint.post("/needs")
@needs(Permission.ADMINISTER)
def save_need() -> Answer:
    form = request.form
    use_case = SkillNeeds(parts().work, parts().audit_key)
    centre_id = form.get("centre_id", 0, type=int)
    try:
        if form.get("what") == "remove":
            use_case.remove(form.get("need_id", 0, type=int), by_id=me().id)
        else:
            hours = [text.strip() for text in form.get("hours", "").replace("；", ";").split(";")]
            use_case.add(
                centre_id,
                form.get("skill", ""),
                [text for text in hours if text],
                line_id=form.get("line_id", type=int),
                by_id=me().id,
            )
    except Refused as refused:
        return _page(roster_words.sentences(refused)), 422
    flash(gettext("所需语言与专长已更改。"))
    return redirect(url_for("roster_settings.settings", centre=centre_id or None), 303)


def _page(faults: list[str]) -> str:
    ready = parts()
    today = local_day(ready.clock())
    with ready.reading() as records:
        centres = records.scalars(select(Centre).order_by(Centre.id)).all()
        wanted = request.values.get("centre", type=int) or request.form.get("centre_id", type=int)
        centre = next((one for one in centres if one.id == wanted), None)
        return render_template(
            "roster/settings.html",
            centres=centres,
            centre=centre,
            policy=standing_roster_policy(records, centre.id if centre is not None else None),
            bounds=BOUNDS,
            names=NAMES,
            switches=SWITCH_NAMES,
            days=calendar_of(records).between(today - timedelta(days=7), today + timedelta(days=400)),
            needs=records.scalars(select(SkillNeed).order_by(SkillNeed.centre_id, SkillNeed.id)).all(),
            centre_names={one.id: one for one in centres},
            phone_lines=records.scalars(select(PhoneLine).where(PhoneLine.active.is_(True))).all(),
            skills=SKILLS,
            faults=faults,
            typed=request.form,
        )
