"""The sections of each kind of report, as DOMAIN.md e lists them: key, heading, and what is written there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from analytics.papers.facts import PaperFacts
from analytics.papers.telling import (
    against,
    compared_word,
    in_prose,
    listed,
    percent,
    ranked,
    table_of,
    told,
    words_of,
)
from analytics.papers.telling_calls import Written, at_the_seats, overall, overall_after_trend
from analytics.report.responsibilities import suggestions_for
from analytics.report.suppression import HIDDEN, THRESHOLD
from models.vocabulary_papers import PaperKind
from models.vocabulary_record import Channel, Problem

ADVISED = 3
"""For so many of the commonest subjects measures are suggested; a person edits them."""
TIME_FOR = timedelta(days=10)


def make_up(facts: PaperFacts) -> Written:
    return _make_up(facts, (("problems", "主要问题"), ("populations", "人群"), ("places", "地区")))


def subjects(facts: PaperFacts) -> Written:
    return _make_up(facts, (("problems", "主要问题"),))


def _make_up(facts: PaperFacts, wanted: tuple[tuple[str, str], ...]) -> Written:
    tables = [t for key, heading in wanted if (t := table_of(key, facts, heading)) is not None]
    hours, persons = facts.now.tables["hours"], facts.now.scalars["persons"]
    paragraphs = []
    if not tables:
        home = facts.period.days < 3
        paragraphs.append(
            "主要问题、人群和地区按五日汇总，见五日总结。" if home else "本期各项均不足5人，不单列。"
        )
    if hours:
        busiest = ranked(hours)[0]
        paragraphs.append(
            f"来电最多的时段为{words_of('hours', busiest, facts)}，{hours[busiest]}人，"
            f"占{percent(hours[busiest], persons)}。"
        )
    return {"paragraphs": paragraphs, "tables": tables, "charts": ["problems"]}


def high_risk_of_the_day(facts: PaperFacts) -> Written:
    """Dangers are told each day; what is rated in notes is counted by the month."""
    now = facts.now.scalars
    return {
        "paragraphs": [
            f"标记有生命危险：{in_prose(now['dangers'])}；高危评定、处置和闭环按月汇总，见月报。",
            f"本期到期随访：{in_prose(now['follow_ups'])}。",
        ]
    }


def high_risk(facts: PaperFacts) -> Written:
    now, before, word = facts.now.scalars, facts.before.scalars, compared_word(facts)
    return {
        "paragraphs": [
            listed(
                "高危来电",
                (
                    (
                        "评定为高危（R3、R4）的",
                        now["high_risk"],
                        against(now["high_risk"], before["high_risk"], "人", word),
                    ),
                    ("110、120联动", now["linked"], ""),
                    ("标记有生命危险", now["dangers"], ""),
                    ("已处置并关闭", now["attempts"], ""),
                    ("未闭环", now["dangers_open"], ""),
                ),
            ),
            _follow_ups(facts),
        ]
    }


def _follow_ups(facts: PaperFacts) -> str:
    now = facts.now.scalars
    if now["follow_ups"] is None:
        return "本期到期随访不足5人（含没有），不单列。"
    rate = percent(now["followed_up"], now["follow_ups"])
    done = "" if rate == HIDDEN else f"（完成率{rate}）"
    return listed(
        "本期到期随访",
        (
            ("本期到期随访", now["follow_ups"], ""),
            ("已随访", now["followed_up"], done),
            ("其中接通", now["reached"], ""),
        ),
    )


def cases(facts: PaperFacts) -> Written:
    now = facts.now.scalars
    return {
        "paragraphs": [
            listed(
                "疑似、确诊求助登记、上报、跟踪",
                (
                    ("疑似、确诊求助登记", now["case_registered"], ""),
                    ("已上报", now["case_reported"], ""),
                    ("在跟踪", now["case_tracked"], ""),
                ),
            )
        ]
    }


def leads(facts: PaperFacts) -> Written:
    lines = [
        f"{'可能应激事件' if 'stress' in alert.kind.value else '突出问题'}提示{alert.number}"
        f"（{alert.level.zh}）：{alert.title}，{alert.state.zh}。"
        for alert in facts.house.alerts
    ]
    if not lines:
        lines = ["本期没有签发提示。"]
    return {"paragraphs": [f"本期出现待核实信号{facts.house.signals}条。", *lines]}


def tomorrow(facts: PaperFacts) -> Written:
    roster = facts.house.roster
    if not roster.shifts:
        return {"paragraphs": ["次日尚未排班，请值班督导补排。"]}
    text = f"次日已排{roster.shifts}班，在岗坐席最多{roster.most}席、最少{roster.least}席"
    if roster.least < roster.minimum:
        text += f"；{roster.least_hour}时起低于最低{roster.minimum}席，需补位"
    return {"paragraphs": [text + "。"]}


def themes(facts: PaperFacts) -> Written:
    now, before = facts.now.tables["issues"], facts.before.tables["issues"]
    lines = []
    for label in ranked(now):
        words = words_of("issues", label, facts)
        if words:
            change = against(now[label], before.get(label), "人", compared_word(facts))
            lines.append(f"“{words}”相关求助{now[label]}人{change}。")
    if not lines:
        lines = ["本期没有达到5人、且可用至少10人共同使用的词语概括的主题。"]
    tables = [t for t in (table_of("problems", facts, "主要问题"),) if t is not None]
    return {"paragraphs": lines[:8], "tables": tables, "charts": ["problems"]}


def needs_told(facts: PaperFacts) -> Written:
    """What the mechanism can act on: practical problems, and questions that nobody here can answer."""
    wanted = {Problem.PRACTICAL.zh: "现实问题", Problem.POLICY.zh: "询问政策和信息"}
    lines = [
        f"{wanted[zh]}类提示{alert.number}：{alert.title}。"
        for alert in facts.house.alerts
        for zh in wanted
        if zh in alert.title
    ]
    return {
        "paragraphs": lines
        or [
            "现实问题（买药、就医、通行、复工、救助等）和政策询问的人数按五日汇总，见五日总结；本期没有专门提示。"
        ]
    }


def handed(facts: PaperFacts) -> Written:
    table = table_of("referrals", facts, "转介去向")
    house = facts.house
    overdue = [
        f"{name}{number}件"
        for name, number in (("随访", house.overdue_follow_ups), ("转介答复", house.overdue_referrals))
        if number >= THRESHOLD
    ]
    return {
        "paragraphs": [
            "转介上报的人数和去向按月汇总，见月报。",
            f"逾期未办：{'、'.join(overdue)}。" if overdue else "逾期未办各项均不足5件（含没有）。",
        ],
        "tables": [table] if table is not None else [],
    }


def trend(facts: PaperFacts) -> Written:
    known = [(period, value) for period, value in facts.line if value is not None]
    said = "；".join(f"{period.words}{value}人" for period, value in known)
    return {
        "paragraphs": [f"各期求助人数：{said}。" if said else "各期求助人数均不足5人或不单列。"],
        "charts": ["line"],
    }


def shift_of_people(facts: PaperFacts) -> Written:
    tables = [
        table
        for key, heading in (("populations", "人群"), ("places", "地区"))
        if (table := table_of(key, facts, heading)) is not None
    ]
    return {"paragraphs": [] if tables else ["各类人群均不足5人，不单列。"], "tables": tables}


def staff(facts: PaperFacts) -> Written:
    house, seen = facts.house, facts.now.reception
    return {
        "paragraphs": [
            f"在册接线员{house.operators}人，其中岗前培训合格{house.trained}人；督导{house.supervisors}人。"
            + (f"本期排班{house.shifts}班，" if house.shifts else "本期")
            + f"参与接听{seen.staff}人{at_the_seats(facts)}。"
            + (f"质检评分{house.reviews}通。" if house.reviews else "")
        ]
    }


def work_lines(facts: PaperFacts) -> Written:
    """工作报表, and the lines of S4: contacts by channel, staff linked, persons matched, incidents."""
    now, seen = facts.now, facts.now.reception
    channels = "、".join(f"{Channel(code).zh}{now.channels[code]}件" for code in ranked(now.channels))
    groups = "、".join(
        f"{words_of('matched', label, facts)}{now.tables['matched'][label]}人"
        for label in ranked(now.tables["matched"])
    )
    rows = [
        ["被访问总数（呼入）", told(now.received, "次")],
        [
            "正常受理（接通）",
            f"{now.answered_then}次（公布了接通数的{now.days_told}日）" if now.days_told else HIDDEN,
        ],
        ["共接收电话、网络咨询", channels or HIDDEN],
        ["外呼回访", told(now.outbound, "次")],
        ["联系心理咨询师和社工", f"{seen.staff}人"],
        ["精准对接", groups or told(now.scalars["handed_on"], "人")],
        ["处置预自杀事件（涉及人数）", told(now.scalars["attempts"], "人")],
        ["高度危机", told(now.scalars["high_risk"], "人")],
    ]
    return {
        "paragraphs": [],
        "tables": [
            {
                "key": "work",
                "caption": f"工作报表（{facts.period.words}）",
                "head": ["项目", "数量"],
                "rows": rows,
            }
        ],
    }


def advice(facts: PaperFacts) -> Written:
    """By responsible unit, for the commonest subjects; a unit is named once for each measure."""
    now = facts.now.tables["problems"]
    until = f"{facts.period.last + TIME_FOR:%Y-%m-%d}"
    items: list[dict[str, str]] = []
    for label in ranked(now)[:ADVISED]:
        subject = Problem(label)
        for suggestion in suggestions_for(subject):
            one = {"unit": suggestion.unit, "advice": suggestion.advice, "until": until}
            if not any((i["unit"], i["advice"]) == (one["unit"], one["advice"]) for i in items):
                items.append(one)
    if not items:
        return {"paragraphs": ["本期没有需要责任单位研究的突出情况，请继续保持热线畅通。"]}
    return {"paragraphs": ["建议下列责任单位按职责研究处置，并于期限前反馈："], "items": items}


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
