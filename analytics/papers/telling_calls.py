"""What a report tells of the calls themselves: how many, how many answered, how long they waited."""

from __future__ import annotations

from typing import Any

from analytics.papers.counting import Shown
from analytics.papers.facts import PaperFacts
from analytics.papers.reception import Covered
from analytics.papers.telling import against, compared_word, span, told
from analytics.report.suppression import HIDDEN, THRESHOLD
from models.vocabulary_papers import PaperKind
from models.vocabulary_watch import Ending

Written = dict[str, Any]


def overall(facts: PaperFacts) -> Written:
    now, before, seen = facts.now, facts.before, facts.now.reception
    word = compared_word(facts)
    persons = (
        f"求助人数{told(now.scalars['persons'], '人') if now.scalars['persons'] else '不单列'}"
        f"{against(now.scalars['persons'], before.scalars['persons'], '人', word)}。"
    )
    if not now.scope.answers_calls:
        said = f"{facts.period.words}{now.scope.place_name}{persons}"
        return {"paragraphs": [said, f"来电由{facts.house.name}统一接听。"], "charts": ["line"]}
    first = (
        f"{facts.period.words}呼入{told(now.received, '次')}"
        f"{against(now.received, before.received, '次', word)}"
    )
    if now.received is None:
        first = f"{facts.period.words}呼入不足5人（含没有）或不单列"
    elif facts.period.kind is not PaperKind.DAILY:
        first += _answered(now)
    elif now.unanswered_few:
        first += "，未接通不足5次（含没有）"
    else:
        rate, earlier = connect_rate(now), connect_rate(before)
        same = "" if HIDDEN in (rate, earlier) else f"（{word}{earlier}）"
        first += f"，接通{told(now.answered, '次')}，接通率{rate}{same}"
    paragraphs = [first + "。"]
    if now.received is not None:
        paragraphs.append(
            f"平均等待{span(seen.asa_seconds)}，最长等待{span(seen.longest_wait_seconds)}；"
            f"平均处理{span(seen.aht_seconds)}。参与接听{seen.staff}人{at_the_seats(facts)}。"
        )
    paragraphs.append(persons)
    if covered := covered_words(facts.covered, facts.period.days):
        paragraphs.append(covered)
    return {"paragraphs": paragraphs, "charts": ["line"]}


def covered_words(covered: Covered, days: int) -> str:
    """Whether somebody was there at every moment; empty where the log of the seats knows no whole day."""
    if not covered.days:
        return ""
    of = "本期" if covered.days == days else f"有坐席日志的{covered.days}日"
    exits = f"，其中由指定出路接听{_time(covered.exit_seconds)}" if covered.exit_seconds >= 60 else ""
    if covered.proved == covered.days:
        return f"7×24覆盖：{of}每一刻都有坐席在岗或由指定出路接听{exits}。"
    return (
        f"7×24覆盖：{of}中{covered.proved}日每一刻都有坐席在岗或由指定出路接听{exits}；"
        f"其余合计{_time(covered.uncovered_seconds)}无人在岗，也没有出路。"
    )


def _time(seconds: float) -> str:
    """Of seats, each minute begun counts."""
    hours, minutes = divmod(-int(-seconds // 60), 60)
    return f"{hours}小时{minutes}分" if hours else f"{minutes}分"


def at_the_seats(facts: PaperFacts) -> str:
    """Empty where the seats have no log of the period."""
    seen = facts.now.reception
    if seen.signed_on_hours < 1:
        return ""
    busy = f"，坐席占用率{100 * seen.occupancy:.0f}%" if seen.occupancy is not None else ""
    return f"，在岗{seen.signed_on_hours:.0f}席时{busy}"


def _answered(now: Shown) -> str:
    if not now.days_told:
        return "；各日未接通均不足5次（含没有）或不单列"
    rate = f"{100 * now.answered_then / now.received_then:.1f}%" if now.received_then else HIDDEN
    return (
        f"；其中{now.days_told}日公布了接通数，合计呼入{now.received_then}次，接通{now.answered_then}次，"
        f"接通率{rate}，其余各日未接通不足5次（含没有）或不单列"
    )


def overall_after_trend(facts: PaperFacts) -> Written:
    """The line of periods stands above already."""
    return overall(facts) | {"charts": []}


def connect_rate(shown: Shown) -> str:
    """The board's rate (answered of those that rang in hours); not told where it would date a few calls."""
    closed = shown.reception.endings.get(str(Ending.CLOSED.value))
    rate = shown.reception.connect_rate
    if rate is None or shown.answered is None or (closed is not None and 0 < closed.calls < THRESHOLD):
        return HIDDEN
    return f"{100 * rate:.1f}%"
