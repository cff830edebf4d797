"""The text of an alert (专报): aggregates with small cells suppressed, no sample of a caller's words.

`compose` is pure. `Alert.content` holds what it returns:
    form        version of this shape
    sections    [{key, heading, paragraphs: [text], items: [{unit, advice}]}]
    figures     {persons, calls, share, expected, upper}: texts for people, hidden where small
    chart       {unit, points: [{from, to, persons: int|null}], expected, upper}
    tables      [{key, heading, rows: [{label, persons: int|null, text}]}]
    method      {name, version, window_days, history_days, p_value, q_value}
    limits      [text]
Only open cells are listed: a hidden one is not told from an empty one.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from analytics.report.disclosure import OTHERS, Disclosed, disclose_alone
from analytics.report.figures import Facts
from analytics.report.responsibilities import suggestions_for
from analytics.report.suppression import FEW, HIDDEN, is_small
from models.vocabulary_record import Population
from models.vocabulary_surveillance import AlertLevel, SignalKind

FORM = 2

LEVEL_MEANING: dict[AlertLevel, str] = {
    AlertLevel.RED: "需要立即处置",
    AlertLevel.ORANGE: "需要当日研究处置",
    AlertLevel.YELLOW: "需要关注并安排核实",
    AlertLevel.BLUE: "供了解和持续观察",
}

LIMITS = (
    "本提示依据拨打热线并同意汇总分析的来电整理，不代表当地全部人群，不能推算患病率或发生率。",
    "少于5人的数字及可由已发布的数字推算出的数字不公布，以“—”表示，与没有来电不作区分。",
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


def compose(facts: Facts, level: AlertLevel, disclosed: Disclosed | None = None) -> dict[str, Any]:
    """`disclosed`: what the ledger lets out; without it, what could if nothing else was ever published."""
    shown = disclosed or disclose_alone(facts)
    facts = shown.facts
    without = shown.persons is None
    as_detected = not without and facts.window_days == DETECTED_DAYS
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
            "persons": _persons(shown),
            "calls": HIDDEN if shown.calls is None else f"{shown.calls}次",
            "share": shown.share or HIDDEN,
            "expected": f"{facts.expected:.1f}" if as_detected else HIDDEN,
            "upper": f"{facts.upper:.1f}" if as_detected else HIDDEN,
        },
        "sections": [
            _section("situation", "一、基本情况", _situation(shown)),
            _section("manifestation", "二、主要表现", _manifestation(shown)),
            _section("risk", "三、风险研判", _risk(shown, level)),
            _section("measures", "四、已采取措施", _measures(shown)),
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
                {"from": week.first_day.isoformat(), "to": week.last_day.isoformat(), "persons": persons}
                for week, persons in zip(facts.weeks, shown.weeks, strict=True)
            ],
            "expected": round(facts.expected, 2) if as_detected else None,
            "upper": round(facts.upper, 2) if as_detected else None,
        },
        "tables": [
            table
            for table in (
                _rows("places", "按地区", shown.by_place, facts.place_names, shown.has_hidden_places),
                _rows(
                    "populations",
                    "按人群",
                    shown.by_population,
                    _POPULATION_NAMES,
                    shown.has_hidden_populations,
                ),
            )
            if table["rows"]
        ],
        "method": {
            "name": facts.method,
            "version": facts.method_version,
            "window_days": facts.window_days,
            "history_days": facts.history_days,
            "p_value": facts.p_value if as_detected else None,
            "q_value": facts.q_value if as_detected else None,
        },
        "limits": list(LIMITS),
    }


DETECTED_DAYS = 7
"""What is expected is known for the days that detection judged, and for no others."""
_POPULATION_NAMES = {str(p.value): p.zh for p in Population} | {OTHERS: "其他人群"}


def _persons(shown: Disclosed) -> str:
    """A possible stress event of a few goes out as 少于5人; whatever else is hidden is a mark."""
    if shown.persons is not None:
        return f"{shown.persons}人"
    few = shown.facts.kind is SignalKind.STRESS_EVENT and is_small(shown.facts.persons)
    return FEW if few else HIDDEN


def _rows(
    key: str, heading: str, cells: Mapping[str, int], names: Mapping[str, str], has_hidden: bool
) -> dict[str, Any]:
    rows: list[dict[str, Any]] = [
        {"label": names.get(code, code), "persons": persons, "text": str(persons)}
        for code, persons in sorted(cells.items(), key=lambda cell: (-cell[1], cell[0]))
    ]
    if has_hidden:
        rows.append({"label": "其余（不单列）", "persons": None, "text": HIDDEN})
    return {"key": key, "heading": heading, "rows": rows}


def _section(
    key: str, heading: str, paragraphs: list[str], items: list[dict[str, str]] | None = None
) -> dict[str, Any]:
    return {"key": key, "heading": heading, "paragraphs": paragraphs, "items": items or []}


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _situation(shown: Disclosed) -> list[str]:
    facts = shown.facts
    span = f"{facts.first_day.year}年{_day(facts.first_day)}至{_day(facts.last_day)}"
    how_many = _persons(shown)
    whom = f"有{how_many}" if how_many != HIDDEN else "有来电人"
    lines = [
        f"{span}，{facts.place_name}{whom}就{subject_of(facts)}来电，最早可追溯至{_day(facts.onset_day)}。"
    ]
    if shown.persons is None:
        lines.append(
            "因人数较少，为保护来电人，本提示不列具体数字。"
            if is_small(facts.persons)
            else "为防止与已发布的数字相互推算，本提示不列具体数字。"
        )
        return lines
    calls = f"共{shown.calls}次来电，" if shown.calls is not None else ""
    share = f"占同期该地来电人数的{shown.share}" if shown.share else ""
    if calls or share:
        lines.append((calls + share).rstrip("，") + "。")
    if facts.window_days == DETECTED_DAYS:
        lines.append(f"按既往规律预计约{facts.expected:.1f}人，正常波动上限{facts.upper:.1f}人。")
    return lines


def _manifestation(shown: Disclosed) -> list[str]:
    facts = shown.facts
    lines = []
    if facts.phrases:
        lines.append(f"来电集中提到：{'、'.join(facts.phrases)}（每项均有至少10名来电人提及）。")
    if facts.problem is not None:
        lines.append(f"主要问题类别为“{facts.problem.zh}”。")
    for heading, cells, names in (
        ("分地区：", shown.by_place, facts.place_names),
        ("分人群：", shown.by_population, _POPULATION_NAMES),
    ):
        largest = sorted(cells.items(), key=lambda cell: (-cell[1], cell[0]))[:5]
        if largest:
            lines.append(heading + "，".join(f"{names.get(code, code)}{n}人" for code, n in largest) + "。")
    return lines or ["来电内容相近，人数较少，不作分类统计。"]


def _risk(shown: Disclosed, level: AlertLevel) -> list[str]:
    lines = [f"经督导核实，提示级别为{level.zh}（{LEVEL_MEANING[level]}）。"]
    if shown.high_risk is not None:
        lines.append(f"其中评估为高危及以上（R3、R4）的{shown.high_risk}人，已按危机流程逐一处置。")
    else:
        # Said whether there is one or none, so that the sentence itself counts nobody.
        lines.append("评估为高危的来电一律按危机流程逐一处置。")
    if shown.facts.kind is SignalKind.STRESS_EVENT:
        lines.append("来电在数小时内集中出现，不排除与同一突发事件有关，需尽快核实现场情况。")
    else:
        lines.append("增幅超出既往波动范围，是否持续扩大有待观察；统计信号不等于事实，需结合当地情况研判。")
    return lines


def _measures(shown: Disclosed) -> list[str]:
    lines = ["热线已对每一来电提供心理支持并登记，相关来电持续汇总监测。"]
    if shown.handed_on is not None:
        lines.append(f"已转督导、会诊、转介、上报或联动处置{shown.handed_on}人。")
    if shown.follow_up is not None:
        lines.append(f"已安排随访{shown.follow_up}人。")
    return lines
