"""Words of what follows a contact: what a form still lacks, what a referral may say, which rule asks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import lazy_gettext

from agent_console.translation import gettext, label
from hotline.domain.follow_up_rules import BY_HAND
from models.vocabulary import RiskLevel
from models.vocabulary_after import ItemKind
from models.vocabulary_record import AgeBand, Problem, Relation, Sex

FAULTS: dict[str, Any] = {
    "assessment": lazy_gettext("请写心理测评：这次的情绪、想法和安全情况。"),
    "counselling": lazy_gettext("请写心理疏导：这次做了什么。"),
    "guidance": lazy_gettext("请写健康指导：给了哪些建议；没有给也请写明。"),
    "rerated": lazy_gettext("请选择这次评定的风险等级。"),
    "rerated_why": lazy_gettext("等级比上次低，请写明依据。"),
    "tries": lazy_gettext("还没有试满 3 次，请再拨，或选择其他结果。"),
    "next_at": lazy_gettext("下次日期要在今后一年以内。"),
    "outcome_text": lazy_gettext("请写明结果：交给谁、编号，或为什么不需要。"),
    "starts_at": lazy_gettext("预约时间要在今后一年以内。"),
    "minutes": lazy_gettext("请写时长（分钟）。"),
    "times": lazy_gettext("次数请在 1 到 26 之间。"),
    "every_days": lazy_gettext("多次预约请写每隔几天（1 到 90）。"),
    "worker_id": lazy_gettext("请选择在职的人员。"),
    "state": lazy_gettext("请选择结果。"),
    "not_begun": lazy_gettext("还没有到预约的时间，现在只能取消。"),
    "unit_name": lazy_gettext("请写明是哪一个单位。"),
    "no_consent": lazy_gettext("本人还没有同意把信息给这个单位，请先询问并记下。"),
    "ground_reason": lazy_gettext("请写明依据。"),
    "no_danger_to_life": lazy_gettext("这一通没有 R3、R4 或有生命危险的记录，不能用“紧急保护生命”发出。"),
    "no_duty_to_report": lazy_gettext("依法报告只用于未成年人，并只给公安、民政或教育。"),
    "fields": lazy_gettext("有一项不在这个单位可以知道的范围内。"),
    "request": lazy_gettext("请写明请对方做什么。"),
    "reply": lazy_gettext("请写下对方的答复。"),
    "channel": lazy_gettext("请选择渠道。"),
    "happened_at": lazy_gettext("发生时间要在过去一年以内，不能晚于现在。"),
    "form_number": lazy_gettext("补录电话来电要写纸质登记表的编号。"),
    "number": lazy_gettext("电话号码只写数字。"),
    "time": lazy_gettext("请按 年-月-日 时:分 填写时间。"),
}

SENT_FIELDS: dict[str, Any] = {
    "contact": lazy_gettext("联系电话"),
    "place": lazy_gettext("所在地区"),
    "age_band": lazy_gettext("年龄段"),
    "sex": lazy_gettext("性别"),
    "relation": lazy_gettext("来电人与当事人的关系"),
    "problem": lazy_gettext("主要问题"),
    "risk_level": lazy_gettext("热线评定的风险等级"),
    "request": lazy_gettext("请对方做的事"),
}

_CODES = {"age_band": AgeBand, "sex": Sex, "relation": Relation, "problem": Problem}


def faults(codes: Iterable[str]) -> list[str]:
    return [str(FAULTS.get(code, code)) for code in codes]


def sent_value(code: str, value: str, place_name: str = "") -> str:
    """A stored value as the unit reads it; what was asked for and is not on file says so."""
    if not value:
        return gettext("未记录")
    if code == "place":
        return place_name or value
    if code == "risk_level":
        return f"R{value} {label(RiskLevel(int(value)))}"
    kind = _CODES.get(code)
    return label(kind(value)) if kind is not None else value


def rule_words(rule: str) -> str:
    """`R3-D7` as people say it."""
    head, _, tail = rule.partition("-D")
    if rule == BY_HAND:
        return gettext("约定的日期")
    if head == "RECOVERED":
        return gettext("治愈患者半年一次")
    if head == "SEVERE":
        return gettext("严重精神障碍 %(n)s 天一次", n=tail)
    return gettext("%(level)s 第 %(n)s 天", level=head, n=tail)


def hand_over_words(items: Sequence[dict[str, Any]]) -> dict[str, str]:
    """Title and advice of a refused sign-off: what is left, counted by kind, and how to mend it."""
    counted = Counter((item["kind"], item["level"]) for item in items)
    left = gettext("、").join(
        gettext("%(what)s（R%(level)s）%(n)s 项", what=label(ItemKind(kind)), level=level, n=count)
        for (kind, level), count in counted.items()
    )
    return {
        "title": gettext("现在不能下岗，还有没人接手的高危事项：%(left)s。", left=left),
        "advice": gettext("请打开“交接班”交给下一位并等对方接受，或请督导接手。"),
    }
