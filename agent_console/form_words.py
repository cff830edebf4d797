"""Words of the contact form on the screen: field names, answers, why a level."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext

from agent_console.transfer_words import supervisor_line, transfer_reason, transfer_target
from agent_console.translation import in_language
from hotline.care.form_own import is_own
from hotline.care.forms import Form
from hotline.care.notes import NoteView
from hotline.domain.risk_level import WORKING
from models.vocabulary_record import Problem

PAGES: tuple[tuple[str, Any], ...] = (
    ("caller", lazy_gettext("来电与问题")),
    ("service", lazy_gettext("服务与结果")),
    ("scales", lazy_gettext("量表与会诊")),
)
"""Pages of the form on the desk, in the order of a talk."""

RISK_FACTS = (
    "acting",
    "plan",
    "means",
    "when",
    "attempt_two_weeks",
    "attempt_before",
    "substance",
    "alone",
)
"""Fields that stand under the two-week question."""

HARM: tuple[Any, ...] = (
    lazy_gettext("0：没有"),
    lazy_gettext("1：口头威胁"),
    lazy_gettext("2：在家打砸，劝阻能停"),
    lazy_gettext("3：不分场合打砸，劝阻不停"),
    lazy_gettext("4：持续打砸，或自伤自杀"),
    lazy_gettext("5：持械或纵火"),
)
"""Danger level 0–5 of the national public-health service specification (DOMAIN.md b2, source 21)."""

RISK_REASONS: dict[str, Any] = {
    "acting": lazy_gettext("正在或刚刚实施"),
    "means_now": lazy_gettext("方法在身边，现在就要做"),
    "plan_now": lazy_gettext("有计划，就在现在"),
    "plan_72h": lazy_gettext("72 小时内有计划"),
    "plan_week": lazy_gettext("一周内有计划"),
    "attempt_two_weeks": lazy_gettext("两周内尝试过"),
    "scale_high": lazy_gettext("量表 8 分及以上"),
    "plan": lazy_gettext("有计划，时间未明"),
    "ideation": lazy_gettext("两周内有结束生命的想法"),
    "when_now": lazy_gettext("说到了现在"),
    "scale_moderate": lazy_gettext("量表 4–7 分"),
    "no_ideation": lazy_gettext("问过首问，没有想法"),
    "not_applicable": lazy_gettext("信息查询或无效来电"),
}

DUTIES: dict[int, Any] = {
    0: lazy_gettext("无随访"),
    1: lazy_gettext("常规；治愈患者至少半年一次"),
    2: lazy_gettext("做安全计划；随访 7、90 天"),
    3: lazy_gettext("本班督导复核；随访 1、7、30、90、365 天"),
    4: lazy_gettext("督导立即加入，准备 110/120；随访 1、7、30、90、365 天"),
}
"""The clock and the duties of each level, by the working definition."""

MARK_LEVELS: tuple[Any, ...] = (
    lazy_gettext("不适用"),
    lazy_gettext("低"),
    lazy_gettext("中危"),
    lazy_gettext("高危"),
    lazy_gettext("极高危"),
)
"""Beside the bars of a risk mark, where the level's full name would not fit."""

SHORT_LEVELS: tuple[Any, ...] = (
    lazy_gettext("不适用"),
    lazy_gettext("低"),
    lazy_gettext("中"),
    lazy_gettext("高"),
    lazy_gettext("极高"),
)

PLACE_SOURCES: dict[str, Any] = {
    "caller": lazy_gettext("来电人自述"),
    "operator": lazy_gettext("接线员登记"),
    "home": lazy_gettext("常住地"),
    "landline": lazy_gettext("固话区号"),
    "mobile": lazy_gettext("号段推定，待核对"),
    "trunk": lazy_gettext("中继推定，待核对"),
}

PLACES_TOLD = ("caller", "operator", "home")
"""Sources of a place that a person told; the others are guessed from numbers and lines."""

SHORT_PROBLEMS: dict[Problem, Any] = {
    Problem.HEALTH: lazy_gettext("健康"),
    Problem.DISORDER: lazy_gettext("精神疾病"),
    Problem.EMOTION: lazy_gettext("情绪"),
    Problem.SLEEP: lazy_gettext("睡眠"),
    Problem.SOMATIC: lazy_gettext("躯体化"),
    Problem.TRAUMA: lazy_gettext("创伤"),
    Problem.SELF_HARM: lazy_gettext("自杀自伤"),
    Problem.VIOLENCE: lazy_gettext("伤人冲动"),
    Problem.LOVE: lazy_gettext("恋爱"),
    Problem.MARRIAGE: lazy_gettext("婚姻"),
    Problem.FAMILY: lazy_gettext("家庭"),
    Problem.RELATIONSHIPS: lazy_gettext("人际"),
    Problem.STUDY: lazy_gettext("学业"),
    Problem.WORK: lazy_gettext("职业经济"),
    Problem.SEXUAL: lazy_gettext("性"),
    Problem.ADDICTION: lazy_gettext("成瘾"),
    Problem.STIGMA: lazy_gettext("歧视"),
    Problem.ISOLATION: lazy_gettext("隔离"),
    Problem.PRACTICAL: lazy_gettext("现实问题"),
    Problem.POLICY: lazy_gettext("疫情政策"),
    Problem.ABUSE: lazy_gettext("被侵害"),
    Problem.RUMOUR: lazy_gettext("谣言"),
    Problem.RECOVERY: lazy_gettext("危机后"),
    Problem.OTHER: lazy_gettext("其他"),
}
"""The chips of the form; the full name of each code is its title."""


def risk_reason(code: str) -> str:
    return str(RISK_REASONS.get(code, code))


def field_name(form: Form, code: str) -> str:
    """By the version of the form that the note was written with."""
    field = form.fields.get(code)
    return in_language(field.zh, field.en) if field is not None else code


def missing_on(note: NoteView, page: str) -> int:
    """How many fields of this page of the desk's form are still needed."""
    return sum(note.form.page_of(code) == page for code in note.missing)


def short_problem(code: str) -> str:
    return str(SHORT_PROBLEMS[Problem(code)])


def definition_source() -> str:
    """Where the working definition of R0–R4 comes from, for whoever asks on screen."""
    return f"{WORKING.version}: {WORKING.source}"


__all__ = ["is_own", "supervisor_line", "transfer_reason", "transfer_target"]
