"""What each figure of a report counts, as data: its words, its query, and the cell it is in the ledger.

A figure of callers is the number of distinct persons behind the rows (label, person) that its query gives; a
table is the same by label. Queries are plain SELECTs, so that the page of a figure can show the one that
made it. `version()` changes with any of them, and a signed report keeps it.
"""

from __future__ import annotations

import hashlib
import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import literal

from analytics.papers import queries
from analytics.papers.queries import (
    ONE,
    Query,
    area_of,
    by_place,
    contacts,
    dangers,
    disposed,
    duties,
    follow_ups,
    high,
    hour_of,
    hours,
    matched,
    noted,
    referrals,
    specials_of,
)
from analytics.papers.scope import Scope
from analytics.report.disclosure import OTHERS, WITHHELD
from analytics.report.figures import HANDED_ON
from models.care import Danger, FollowUp
from models.duties import Duty
from models.places import UNKNOWN_PLACE
from models.surveillance import Contact
from models.vocabulary import DangerState, FollowUpState
from models.vocabulary_after import DutyKind, DutyState, FollowUpResult, ReferralTarget
from models.vocabulary_alerting import FigureAxis
from models.vocabulary_papers import PaperKind
from models.vocabulary_record import Disposition, Population, Problem

NUMBER = "2026-12.2"
HOURS = ("0–6时", "6–12时", "12–18时", "18–24时")
OUTSIDE, UNTOLD, ITSELF = "outside", "untold", "itself"
"""Callers from outside, of an unknown place, and of the hotline's own place without saying where in it."""
BESIDE = {OUTSIDE: "外地", UNTOLD: "未说明", ITSELF: "本地（未说明下级地区）"}

Fold = Callable[[Any, Scope], str | None]


@dataclass(frozen=True)
class Definition:
    """`series`, `axis` and `value` name its cell in the ledger; `{}` in them stands for a table's label."""

    key: str
    zh: str
    en: str
    says: str
    says_en: str
    query: Query
    series: str
    axis: FigureAxis = FigureAxis.TOTAL
    value: str | None = None
    whole: str | None = None
    """The figure that this one is a part of: no part is told where the whole is not."""
    fold: Fold | None = None
    """From the label of a row to that of the table; None: the row is not counted."""
    words: Callable[[str, Scope], str] | None = None
    """A label for people."""
    home: PaperKind | None = None
    """The one kind of report whose periods it is counted over; longer ones tell the sum of what was public.
    None: a total, told in every report."""

    @property
    def is_table(self) -> bool:
        return self.words is not None


def _population(code: str | None, _: Scope) -> str:
    label = code or str(Population.UNTOLD.value)
    return OTHERS if label in WITHHELD else label


def _population_words(code: str, _: Scope) -> str:
    return "其他人群" if code == OTHERS else Population(code).zh


def _child(told: tuple[str, dict[str, Any] | None], scope: Scope) -> str | None:
    """The place below; of the hotline's own place also who is from none of them. A part of the tree has no
    such rest: its own would be a cell of another table."""
    code, fields = told
    if code in scope.child_of or scope.codes is not None:
        return scope.child_of.get(code)
    if code == scope.place_code:
        return ITSELF
    return OUTSIDE if code != UNKNOWN_PLACE or area_of(fields) == "other" else UNTOLD


def _child_words(code: str, scope: Scope) -> str:
    return BESIDE.get(code) or scope.names.get(code, code)


def _special(code: str) -> Fold:
    return lambda fields, _: ONE if code in specials_of(fields) else None


TALKED = "同意汇总分析的有效来电人，按去重后的号码计；地区以来电人所述所在地为准。"
TALKED_EN = (
    "Callers of valid contacts who agreed to analysis, each number once; the place is the one they named."
)

DEFINITIONS: tuple[Definition, ...] = (
    Definition("persons", "求助人数", "Persons", TALKED, TALKED_EN, contacts(literal(ONE)), "all"),
    Definition(
        "problems", "主要问题", "By problem",
        TALKED + "按登记的主要问题分列，一人多次、问题不同的分别计入。",
        TALKED_EN + " By the main problem of the note; someone with two counts in both.",
        contacts(Contact.problem), "problem:{}", whole="persons",
        fold=lambda code, _: code, words=lambda code, _: Problem(code).zh,
        home=PaperKind.FIVE_DAY,
    ),
    Definition(
        "populations", "人群", "By population",
        TALKED + "按登记的人群类别分列；P16–P18、P21 并入“其他人群”。",
        TALKED_EN + " P16–P18 and P21 are counted among the others.",
        contacts(Contact.population), "all", FigureAxis.POPULATION, "{}", whole="persons",
        fold=_population, words=_population_words,
        home=PaperKind.FIVE_DAY,
    ),
    Definition(
        "places", "地区", "By place", TALKED + "按下一级地区分列；外地以登记的“地域”为准。",
        TALKED_EN + " By the places below; callers from elsewhere as the note's area says.",
        by_place, "all", whole="persons", fold=_child, words=_child_words,
        home=PaperKind.FIVE_DAY,
    ),
    Definition(
        "hours", "时段", "By time of day", TALKED + "按来电时刻分四段，跨段的分别计入。",
        TALKED_EN + " By the hour of arrival.",
        hours, "all", FigureAxis.MARGIN, "hour:{}", whole="persons",
        fold=hour_of, words=lambda code, _: HOURS[int(code)],
        home=PaperKind.DAILY,
    ),
    Definition(
        "issues", "问题主题", "By issue", TALKED + "按语义归并的主题分列，名称为至少 10 人共同使用的词语。",
        TALKED_EN + " By grouped issue, named by words that at least 10 persons used.",
        contacts(Contact.issue_id), "issue:{}", whole="persons",
        fold=lambda code, _: None if code is None else str(code), words=lambda code, _: code,
        home=PaperKind.TWO_DAY,
    ),
    Definition(
        "high_risk", "高危人数", "At high risk", TALKED + "其中风险评定为 R3、R4 的。",
        TALKED_EN + " Of these, rated R3 or R4.", high, "all", FigureAxis.RISK, "yes", whole="persons",
        home=PaperKind.MONTH,
    ),
    Definition(
        "difficult", "困难来电人数", "Difficult calls", TALKED + "其中登记为困难来电的。",
        TALKED_EN + " Of these, noted as difficult.", noted, "all", FigureAxis.MARGIN, "special:difficult",
        whole="persons", fold=_special("difficult"),
        home=PaperKind.MONTH,
    ),
    Definition(
        "frequent", "反复来电人数", "Frequent callers", TALKED + "其中登记为反复来电的。",
        TALKED_EN + " Of these, noted as ringing again and again.", noted, "all", FigureAxis.MARGIN,
        "special:frequent", whole="persons", fold=_special("frequent"),
        home=PaperKind.MONTH,
    ),
    Definition(
        "linked", "110、120 联动人数", "Linked to 110 or 120", TALKED + "其中处置结果为 110/120 联动的。",
        TALKED_EN + " Of these, disposed of by 110/120.", disposed(Disposition.EMERGENCY),
        "all", FigureAxis.MARGIN, "linked:yes", whole="persons",
        home=PaperKind.MONTH,
    ),
    Definition(
        "handed_on", "转介上报人数", "Handed on",
        TALKED + "其中处置结果为转督导、会诊、转介、上报、联动或收治的。",
        TALKED_EN + " Of these, handed to a supervisor, consultation, referral, report, 110/120 or hospital.",
        disposed(*HANDED_ON), "all", FigureAxis.HANDED_ON, "yes", whole="persons",
        home=PaperKind.MONTH,
    ),
    Definition(
        "matched", "精准对接人数", "Persons matched, by population",
        TALKED + "其中已转介上报的，按人群分列。",
        TALKED_EN + " Of those handed on, by population.", matched, "matched", FigureAxis.POPULATION, "{}",
        whole="handed_on", fold=_population, words=_population_words,
        home=PaperKind.MONTH,
    ),
    Definition(
        "dangers", "有生命危险的来电人数", "In danger to life", "期内标记“有生命危险”的来电人，去重。",
        "Callers marked in danger to life in the period.", dangers(), "danger",
    ),
    Definition(
        "dangers_open", "未闭环人数", "Not closed", "期内标记“有生命危险”、至统计时仍未关闭的来电人，去重。",
        "Of these, not closed when counted.", dangers(Danger.state == DangerState.OPEN),
        "danger", FigureAxis.MARGIN, "state:open", whole="dangers",
        home=PaperKind.MONTH,
    ),
    Definition(
        "attempts", "处置预自杀事件涉及人数", "Attempted-suicide incidents handled",
        "期内标记“有生命危险”、经督导处置并写明结果关闭的来电人，去重（S4：处置预自杀事件）。",
        "Callers in danger to life whose case was closed with an outcome.",
        dangers(Danger.state == DangerState.CLOSED), "danger", FigureAxis.MARGIN, "state:closed",
        whole="dangers",
        home=PaperKind.MONTH,
    ),
    Definition(
        "follow_ups", "应随访人数", "Follow-ups due", "随访到期日在期内的来电人，去重。",
        "Persons whose follow-up fell due.", follow_ups(), "follow_up",
    ),
    Definition(
        "followed_up", "已随访人数", "Followed up", "其中已随访（接通、谢绝、空号或三次未能联系上）的。",
        "Of these, done: reached, declined, not in use, or three tries.",
        follow_ups(FollowUp.state != FollowUpState.DUE), "follow_up", FigureAxis.MARGIN, "done:yes",
        whole="follow_ups",
        home=PaperKind.MONTH,
    ),
    Definition(
        "reached", "接通随访人数", "Reached", "其中接通的。", "Of these, reached.",
        follow_ups(FollowUp.result == FollowUpResult.REACHED), "follow_up", FigureAxis.MARGIN,
        "reached:yes", whole="follow_ups",
        home=PaperKind.MONTH,
    ),
    Definition(
        "case_registered", "疑似、确诊求助登记", "Suspected or confirmed: registered",
        "期内应登记的疑似、确诊求助人，去重。", "Persons to be registered in the period.",
        duties(DutyKind.REGISTER), "duty:register",
    ),
    Definition(
        "case_reported", "疑似、确诊求助上报", "Suspected or confirmed: reported", "其中已上报的。",
        "Of these, reported.", duties(DutyKind.REPORT, Duty.state == DutyState.DONE), "duty:report",
    ),
    Definition(
        "case_tracked", "疑似、确诊求助在跟踪", "Suspected or confirmed: tracked", "仍在跟踪的。",
        "Still tracked.", duties(DutyKind.TRACK, Duty.state == DutyState.OPEN), "duty:track",
    ),
    Definition(
        "referrals", "转介去向", "Referrals, by target", "期内发出转介的来电人，按去向分列，去重。",
        "Persons referred in the period, by target.", referrals, "referral", FigureAxis.MARGIN, "to:{}",
        fold=lambda target, _: str(target.value), words=lambda code, _: ReferralTarget(code).zh,
        home=PaperKind.MONTH,
    ),
)  # fmt: skip
BY_KEY = {definition.key: definition for definition in DEFINITIONS}


def version() -> str:
    """`2026-12.2+` and twelve digits of the fingerprint of the sources of definitions and queries."""
    source = inspect.getsource(sys.modules[__name__]) + inspect.getsource(queries)
    return f"{NUMBER}+{hashlib.sha256(source.encode()).hexdigest()[:12]}"


def sql_of(definition: Definition, scope: Scope) -> str:
    """The statement with its values, to be read by people."""
    compiled = definition.query(scope).compile(compile_kwargs={"literal_binds": True})
    return str(compiled)
