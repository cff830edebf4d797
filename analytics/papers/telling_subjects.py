"""What a report tells of why people ring: subjects, populations, places, themes, the line of periods,
advice."""

from __future__ import annotations

from datetime import timedelta

from analytics.papers.facts import PaperFacts
from analytics.papers.telling import against, compared_word, percent, ranked, table_of, words_of
from analytics.papers.telling_calls import Written
from analytics.report.responsibilities import suggestions_for
from models.vocabulary_record import Problem

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
