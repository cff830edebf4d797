"""Why the roster refused, in words: which hours, which rule, which person; and what can be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _

from agent_console import words
from agent_console.sessions import parts
from agent_console.translation import gettext
from hotline.domain.roster_cover import Span
from hotline.domain.roster_rules import Breach
from hotline.workforce.errors import FieldWrong, HoursUncovered, Refused, RulesBroken, ShiftRefused
from hotline.workforce.roster_policy import zone_of
from models.people import Person

FAULTS: Mapping[str, Any] = {
    "draft_open": _("这个中心已有一份草稿，请先发布或放弃它。"),
    "outside_draft": _("开始时间不在草稿的日期之内。"),
    "already_begun": _("已经开始的班次不在草稿里改。"),
    "ends_before_start": _("结束时间须在开始时间之后。"),
    "already_over": _("这段时间已经过去。"),
    "person_missing": _("直接排入须选人；只排空班请先建立草稿。"),
    "rule_form": _("重复规则读不懂，例如 FREQ=WEEKLY;BYDAY=MO,WE。"),
    "clock_form": _("时刻写作 08:00。"),
    "last_before_first": _("最后一天不能早于第一天。"),
    "zone_unknown": _("没有这个时区，例如 Asia/Shanghai、Asia/Urumqi。"),
    "no_sign_up": _("这个中心不开放自行报名，请联系督导。"),
    "swap_open": _("这个班次已有一个换班请求在等答复。"),
    "not_calendar": _("读不出这个日历文件（.ics）。"),
    "nobody_stands_by": _("这一段没有排备班。"),
    "no_lines": _("里面没有这几天的班次。"),
    "hours_form": _("时段写作 08:00-18:00，可加星期，例如 2 18:00-21:00；多个时段用分号隔开。"),
}
REFUSALS: Mapping[str, Any] = {
    "not_found": _("没有这一项，请重新选择。"),
    "not_open": _("已经有人答复或取走，请看最新的列表。"),
    "shift_over": _("这个班次已经结束或已被撤销，没有更改。"),
    "draft_changed": _("预览之后草稿又改过，请重新预览再发布。"),
}
UNFIT: Mapping[str, Any] = {
    "no_phone": _("这个中心还没有备班电话，请管理员先填写。"),
    "partner_closed": _("这条合作热线在这段时间不全开放，或不接溢出来电，或只接部分人群。"),
    "no_agreement": _("两个中心之间没有覆盖这段时间的互助约定。"),
    "not_provincial": _("它不是省级的中心或热线。"),
    "empty": _("那个中心这段时间也有空缺。"),
}
BREACHES: Mapping[str, Any] = {
    "rest": _("%(who)s %(at)s 的班前只休息 %(n)s 小时，至少 %(m)s 小时"),
    "shift_hours": _("%(who)s %(at)s 起连续 %(n)s 小时，最多 %(m)s 小时"),
    "week_hours": _("%(who)s %(at)s 起的一周排了 %(n)s 小时，最多 %(m)s 小时"),
    "nights": _("%(who)s 到 %(at)s 连续 %(n)s 个夜班，最多 %(m)s 个"),
}


def sentences(refused: Refused) -> list[str]:
    """Every reason, each a sentence."""
    if isinstance(refused, ShiftRefused):
        return [words.in_words(words.SHIFT_FAULTS, fault) for fault in refused.faults]
    if isinstance(refused, HoursUncovered):
        return uncovered(refused.centre_id, refused.spans)
    if isinstance(refused, RulesBroken):
        told = gettext("会违反休息或工时规定；确需如此，请写明理由再提交。")
        return [told, *broken(refused.breaches)]
    if isinstance(refused, FieldWrong):
        reason = str(refused.details["reason"])
        return [words.in_words({**words.FIELD_FAULTS, **FAULTS}, reason)]
    if refused.code == "exit_unfit":
        return [words.in_words(UNFIT, str(refused.details["reason"]))]
    return [words.in_words(REFUSALS, refused.code)]


def uncovered(centre_id: int, spans: Sequence[Span]) -> list[str]:
    minutes = sum(span.minutes for span in spans)
    first = gettext(
        "有 %(n)s 分钟既没有席位也没有出路，不能这样排。"
        "请排人，或指定备班电话、合作热线、其他城市或省级承接；只有留言不行。",
        n=minutes,
    )
    return [first, *(span_words(centre_id, span) for span in spans[:8])]


def span_words(centre_id: int, span: Span) -> str:
    return gettext(
        "%(a)s 至 %(b)s（%(n)s 分钟）",
        a=local(centre_id, span.starts_at),
        b=local(centre_id, span.ends_at),
        n=span.minutes,
    )


def broken(breaches: Sequence[Breach]) -> list[str]:
    with parts().reading() as records:
        zone = zone_of(records, None)
        names = {one: records.get_one(Person, one).name for one in {each.person_id for each in breaches}}
    return [
        gettext(
            BREACHES[one.code],
            who=names[one.person_id],
            at=one.starts_at.astimezone(zone).strftime("%m-%d %H:%M"),
            n=format(one.amount, "g"),
            m=one.limit,
        )
        for one in breaches
    ]


def local(centre_id: int, at: datetime) -> str:
    """11-22 20:00 of the centre's clock."""
    with parts().reading() as records:
        return at.astimezone(zone_of(records, centre_id)).strftime("%m-%d %H:%M")
