"""The sections of each kind of report, as DOMAIN.md e lists them: key, heading, and what is written there."""

from __future__ import annotations

from collections.abc import Callable

from analytics.papers.facts import PaperFacts
from analytics.papers.telling_calls import Written, overall, overall_after_trend
from analytics.papers.telling_risk import cases, high_risk, high_risk_of_the_day
from analytics.papers.telling_subjects import (
    advice,
    make_up,
    needs_told,
    shift_of_people,
    subjects,
    themes,
    trend,
)
from analytics.papers.telling_work import handed, leads, staff, tomorrow, work_lines
from models.vocabulary_papers import PaperKind

Section = tuple[str, str, Callable[[PaperFacts], Written]]
_SHEET: tuple[Section, ...] = (
    ("overall", "总体情况", overall),
    ("work", "工作报表", work_lines),
    ("make_up", "来电构成", make_up),
    ("high_risk", "高危与随访", high_risk),
    ("staff", "队伍与质量", staff),
    ("leads", "突出问题与提示", leads),
    ("advice", "对策建议", advice),
)
OF_THE_SEATS = frozenset({"staff", "tomorrow"})
SECTIONS: dict[PaperKind, tuple[Section, ...]] = {
    PaperKind.DAILY: (
        ("overall", "总体情况", overall),
        ("make_up", "来电构成", make_up),
        ("high_risk", "高危来电", high_risk_of_the_day),
        ("cases", "疑似、确诊求助跟踪", cases),
        ("leads", "突出问题线索", leads),
        ("tomorrow", "明日安排", tomorrow),
        ("advice", "对策建议", advice),
    ),
    PaperKind.TWO_DAY: (
        ("themes", "主要主题", themes),
        ("needs", "典型需求与待答问题", needs_told),
        ("handed", "移交事项与逾期", handed),
        ("advice", "对策建议", advice),
    ),
    PaperKind.FIVE_DAY: (
        ("trend", "趋势", trend),
        ("overall", "总体情况", overall_after_trend),
        ("people", "人群与地区变化", shift_of_people),
        ("make_up", "来电构成", subjects),
        ("high_risk", "高危与随访", high_risk_of_the_day),
        ("staff", "队伍负荷、督导与培训", staff),
        ("leads", "突出问题与提示", leads),
        ("advice", "对策建议", advice),
    ),
    PaperKind.MONTH: _SHEET,
    PaperKind.QUARTER: _SHEET,
    PaperKind.HALF_YEAR: _SHEET,
}


def sections_of(facts: PaperFacts) -> tuple[Section, ...]:
    """Without those of the seats where no centre stands: its calls are answered elsewhere."""
    wanted = SECTIONS[facts.period.kind]
    if facts.now.scope.answers_calls:
        return wanted
    return tuple(section for section in wanted if section[0] not in OF_THE_SEATS)
