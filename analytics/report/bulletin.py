"""The text of an alert (专报): aggregates with small cells suppressed, no sample of a caller's words.

`compose` is pure. `Alert.content` holds what it returns:
    form        version of this shape
    sections    [{key, heading, paragraphs: [text], items: [{unit, advice}]}]
    figures     {persons, calls, share, expected, upper}: texts for people, hidden where small
    chart       {unit, points: [{from, to, persons: int|null}], expected, upper}
    tables      [{key, heading, rows: [{label, persons: int|null, text}]}]
    method      {name, version, window_days, history_days, p_value, q_value}
    limits      [text]
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from analytics.report.figures import Facts
from analytics.report.responsibilities import suggestions_for
from analytics.report.suppression import HIDDEN, Table, in_words, is_small, published, suppress_table
from models.vocabulary_record import Population
from models.vocabulary_surveillance import AlertLevel, SignalKind

FORM = 1

LEVEL_MEANING: dict[AlertLevel, str] = {
    AlertLevel.RED: "需要立即处置",
    AlertLevel.ORANGE: "需要当日研究处置",
    AlertLevel.YELLOW: "需要关注并安排核实",
    AlertLevel.BLUE: "供了解和持续观察",
}

LIMITS = (
    "本提示依据拨打热线并同意汇总分析的来电整理，不代表当地全部人群，不能推算患病率或发生率。",
    "少于5人的数字及可由其推算的数字不公布，表中以“—”表示。",
    "“人数”按去重后的来电人计算；地区以来电人所述所在地为准，未说明的单列，不作推断。",
    "本提示不含来电人的原话，也不提供查询来电人身份的途径。",
)


def subject_of(facts: Facts) -> str:
    """What it is about, in words that may be shown outside."""
    if facts.kind is SignalKind.STRESS_EVENT:
        return "可能应激事件"
    if facts.phrases:
        return "、".join(facts.phrases[:3]) + "相关求助"
    whose = facts.population.zh if facts.population is not None else ""
    return f"{whose}{facts.problem.zh}类求助" if facts.problem is not None else "一类相近求助"


def title_of(facts: Facts) -> str:
    what = "出现可能应激事件线索" if facts.kind is SignalKind.STRESS_EVENT else f"{subject_of(facts)}增多"
    return f"关于{facts.place_name}{what}的提示"[:160]


def compose(facts: Facts, level: AlertLevel) -> dict[str, Any]:
    places = suppress_table(facts.by_place, facts.persons)
    populations = suppress_table(_merged(facts.by_population), facts.persons)
    small = is_small(facts.persons)
    return {
        "form": FORM,
        "demonstration": facts.is_demonstration,
        "subject": subject_of(facts),
        "place": {"code": facts.place_code, "name": facts.place_name},
        "period": {
            "onset": facts.onset_day.isoformat(),
            "from": facts.first_day.isoformat(),
            "to": facts.last_day.isoformat(),
        },
        "figures": {
            "persons": in_words(facts.persons),
            "calls": HIDDEN if small else f"{facts.calls}次",
            "share": HIDDEN if small or is_small(facts.all_persons) else _share(facts),
            "expected": HIDDEN if small else f"{facts.expected:.1f}",
            "upper": HIDDEN if small else f"{facts.upper:.1f}",
        },
        "sections": [
            _section("situation", "一、基本情况", _situation(facts, small)),
            _section("manifestation", "二、主要表现", _manifestation(facts, places, populations)),
            _section("risk", "三、风险研判", _risk(facts, level)),
            _section("measures", "四、已采取措施", _measures(facts)),
            _section(
                "advice",
                "五、对策建议",
                ["建议由下列责任单位按职责研究处置，并通过平台反馈处置情况："],
                [{"unit": s.unit, "advice": s.advice} for s in suggestions_for(facts.problem)],
            ),
        ],
        "chart": {
            "unit": "每7日去重人数",
            "points": [
                {
                    "from": week.first_day.isoformat(),
                    "to": week.last_day.isoformat(),
                    "persons": published(week.persons),
                }
                for week in facts.weeks
            ],
            "expected": None if small else round(facts.expected, 2),
            "upper": None if small else round(facts.upper, 2),
        },
        "tables": [
            table
            for table in (
                _rows("places", "按地区", places, facts.place_names),
                _rows("populations", "按人群", populations, _POPULATION_NAMES),
            )
            if any(row["persons"] for row in table["rows"])
        ],
        "method": {
            "name": facts.method,
            "version": facts.method_version,
            "window_days": facts.window_days,
            "history_days": facts.history_days,
            "p_value": None if small else facts.p_value,
            "q_value": None if small else facts.q_value,
        },
        "limits": list(LIMITS),
    }


_OTHERS = "others"
_POPULATION_NAMES = {str(p.value): p.zh for p in Population} | {_OTHERS: "其他人群"}
_WITHHELD = frozenset(
    str(p.value)
    for p in (
        Population.SUPERVISED,
        Population.REHABILITATION,
        Population.SEVERE_DISORDER,
        Population.AGGRIEVED,
    )
)
"""Populations that are no dimension of a table: they are counted among the others."""


def _merged(by_population: Mapping[str, int]) -> dict[str, int]:
    merged: dict[str, int] = {}
    for code, persons in by_population.items():
        label = _OTHERS if code in _WITHHELD else code
        merged[label] = merged.get(label, 0) + persons
    return merged


def _rows(key: str, heading: str, table: Table, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "key": key,
        "heading": heading,
        "rows": [
            {"label": names.get(cell.label, cell.label), "persons": cell.persons, "text": cell.text}
            for cell in table.cells
        ],
    }


def _section(
    key: str, heading: str, paragraphs: list[str], items: list[dict[str, str]] | None = None
) -> dict[str, Any]:
    return {"key": key, "heading": heading, "paragraphs": paragraphs, "items": items or []}


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _share(facts: Facts) -> str:
    return f"{100 * facts.persons / max(facts.all_persons, 1):.0f}%"


def _situation(facts: Facts, small: bool) -> list[str]:
    span = f"{facts.first_day.year}年{_day(facts.first_day)}至{_day(facts.last_day)}"
    lines = [
        f"{span}，{facts.place_name}有{in_words(facts.persons)}就{subject_of(facts)}来电，"
        f"最早可追溯至{_day(facts.onset_day)}。"
    ]
    if small:
        lines.append("因人数较少，为保护来电人，本提示不列具体数字。")
        return lines
    lines.append(
        f"共{facts.calls}次来电，占同期该地来电人数（{in_words(facts.all_persons)}）的{_share(facts)}；"
        f"按既往规律预计约{facts.expected:.1f}人，正常波动上限{facts.upper:.1f}人。"
    )
    return lines


def _manifestation(facts: Facts, places: Table, populations: Table) -> list[str]:
    lines = []
    if facts.phrases:
        lines.append(f"来电集中提到：{'、'.join(facts.phrases)}（每项均有至少10名来电人提及）。")
    if facts.problem is not None:
        lines.append(f"主要问题类别为“{facts.problem.zh}”。")
    shown = [(facts.place_names.get(c.label, c.label), c) for c in places.cells if c.persons]
    if shown:
        lines.append("分地区：" + "，".join(f"{name}{cell.text}人" for name, cell in shown[:5]) + "。")
    groups = [(_POPULATION_NAMES.get(c.label, c.label), c) for c in populations.cells if c.persons]
    if groups:
        lines.append("分人群：" + "，".join(f"{name}{cell.text}人" for name, cell in groups[:5]) + "。")
    return lines or ["来电内容相近，人数较少，不作分类统计。"]


def _risk(facts: Facts, level: AlertLevel) -> list[str]:
    lines = [f"经督导核实，提示级别为{level.zh}（{LEVEL_MEANING[level]}）。"]
    if facts.high_risk_persons and not is_small(facts.persons):
        lines.append(
            f"其中评估为高危及以上（R3、R4）的{in_words(facts.high_risk_persons)}，已按危机流程逐一处置。"
        )
    if facts.kind is SignalKind.STRESS_EVENT:
        lines.append("来电在数小时内集中出现，不排除与同一突发事件有关，需尽快核实现场情况。")
    else:
        lines.append("增幅超出既往波动范围，是否持续扩大有待观察；统计信号不等于事实，需结合当地情况研判。")
    return lines


def _measures(facts: Facts) -> list[str]:
    lines = ["热线已对每一来电提供心理支持并登记，相关来电持续汇总监测。"]
    if is_small(facts.persons):
        return lines
    if facts.handed_on_persons:
        lines.append(f"已转督导、会诊、转介、上报或联动处置{in_words(facts.handed_on_persons)}。")
    if facts.follow_up_persons:
        lines.append(f"已安排随访{in_words(facts.follow_up_persons)}。")
    return lines
