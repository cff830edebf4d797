"""What a report tells of danger and of those who are followed: high risk, follow-ups, suspected and
confirmed cases."""

from __future__ import annotations

from analytics.papers.facts import PaperFacts
from analytics.papers.telling import against, compared_word, in_prose, listed, percent
from analytics.papers.telling_calls import Written
from analytics.report.suppression import HIDDEN


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
