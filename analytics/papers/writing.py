"""The words of a report (DOMAIN.md e), pure: facts in, title and content out.

`Paper.content`:
    form        version of this shape
    kind, redhead, place {code, name}, hotline, demonstration
    period      {from, to, words}      before  the same, of the period it is compared with
    sections    [{key, heading, paragraphs: [text], remarks: [text], tables: [{caption, head, rows}],
                  charts: [key], items: [{unit, advice, until}]}]
    charts      {key: {caption, unit, labels, series: [{name, values: int|null}]}}
    figures     [{key, label, name, unit, value, before}]: every number of callers, for its source page
    to, copies  bodies
    notes       what the reader must know of the counting
`remarks` and `items` are a person's to edit; nothing else is.
"""

from __future__ import annotations

from typing import Any

from analytics.papers.facts import PaperFacts
from analytics.papers.sections import sections_of
from analytics.papers.telling import figures_of, line_chart_of, problems_chart_of
from models.vocabulary_papers import PaperKind

FORM = 1
REDHEAD: dict[PaperKind, str] = {
    PaperKind.DAILY: "心理援助热线日报",
    PaperKind.TWO_DAY: "心理援助热线两日梳理",
    PaperKind.FIVE_DAY: "心理援助热线五日总结",
    PaperKind.MONTH: "心理援助热线月报",
    PaperKind.QUARTER: "心理援助热线季报",
    PaperKind.HALF_YEAR: "心理援助热线半年报",
    PaperKind.DIGEST: "心理援助热线趋势摘要",
}
ABOUT: dict[PaperKind, str] = {
    PaperKind.DAILY: "来电情况",
    PaperKind.TWO_DAY: "来电情况梳理",
    PaperKind.FIVE_DAY: "来电情况总结",
    PaperKind.MONTH: "心理援助热线工作情况",
    PaperKind.QUARTER: "心理援助热线工作情况",
    PaperKind.HALF_YEAR: "心理援助热线工作情况",
}
NOTES = (
    "人数按去重后的来电人计，只计同意汇总分析的有效来电；一人可计入多类；接听数字按来电次数计。",
    "不足5人的数字（含没有）和可由其他已公布数字推算出的数字不单列，以“—”表示；已公布的数字以首次公布为准。",
    "本报告不含来电人的原话，也不提供查询来电人身份的途径。",
)


def compose(facts: PaperFacts) -> tuple[str, dict[str, Any]]:
    period, before = facts.period, facts.period.before
    title = f"{facts.now.scope.place_name}{period.words}{ABOUT[period.kind]}"
    charts = {"line": line_chart_of(facts), "problems": problems_chart_of(facts)}
    return title[:160], {
        "form": FORM,
        "kind": str(period.kind.value),
        "redhead": REDHEAD[period.kind],
        "place": {"code": facts.now.scope.place_code, "name": facts.now.scope.place_name},
        "hotline": facts.house.name,
        "demonstration": facts.house.is_demonstration,
        "period": _period(period.first, period.last, period.words),
        "before": _period(before.first, before.last, before.words),
        "sections": [
            {
                "key": key,
                "heading": f"{NUMERALS[number]}、{heading}",
                "paragraphs": [],
                "remarks": [],
                "tables": [],
                "charts": [],
                "items": [],
            }
            | write(facts)
            for number, (key, heading, write) in enumerate(sections_of(facts))
        ],
        "charts": {key: chart for key, chart in charts.items() if chart is not None},
        "figures": figures_of(facts),
        "to": list(facts.house.to),
        "copies": list(facts.house.copies),
        "notes": list(NOTES),
    }


NUMERALS = "一二三四五六七八九十"


def _period(first: Any, last: Any, words: str) -> dict[str, str]:
    return {"from": first.isoformat(), "to": last.isoformat(), "words": words}
