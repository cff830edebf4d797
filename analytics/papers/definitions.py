"""What each figure of a report counts, as data: its words, its query, and the cell it is in the ledger.

A figure of callers is the number of distinct persons behind the rows (label, person) that its query gives; a
table is the same by label. Queries are plain SELECTs, so that the page of a figure can show the one that
made it. `version()` changes with any of them, and a signed report keeps it.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, literal, select

from analytics.papers.scope import Scope
from analytics.report.disclosure import OTHERS, WITHHELD
from analytics.report.figures import HANDED_ON
from analytics.series import is_counted
from models.calls import Call
from models.care import Danger, FollowUp
from models.duties import Duty
from models.notes import Note
from models.referrals import Referral
from models.surveillance import Contact
from models.vocabulary import DangerState, FollowUpState, RiskLevel
from models.vocabulary_after import DutyKind, DutyState, FollowUpResult, ReferralTarget
from models.vocabulary_alerting import FigureAxis
from models.vocabulary_record import Disposition, Population, Problem

NUMBER = "2026-12.1"
ONE = "1"
HOURS = ("0–6时", "6–12时", "12–18时", "18–24时")
ELSEWHERE = "elsewhere"

Query = Callable[[Scope], "Select[Any, Any]"]
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

    @property
    def is_table(self) -> bool:
        return self.words is not None


def _contacts(label: Any) -> Query:
    return lambda scope: (
        select(label, Contact.person_hash)
        .where(is_counted(), *scope.on_days(), scope.in_place(Contact.place_code))
        .distinct()
    )


def _hours(scope: Scope) -> Select[Any, Any]:
    return (
        select(Call.arrived_at, Contact.person_hash)
        .join(Call, Call.id == Contact.call_id)
        .where(is_counted(), *scope.on_days(), scope.in_place(Contact.place_code))
    )


def _hour_of(at: datetime, scope: Scope) -> str:
    return str(at.astimezone(scope.zone).hour // 6)


def _high(scope: Scope) -> Select[Any, Any]:
    return _contacts(literal(ONE))(scope).where(Contact.risk_level >= int(RiskLevel.R3))


def _disposed(*codes: Disposition) -> Query:
    return lambda scope: (
        select(literal(ONE), Contact.person_hash)
        .join(Note, Note.call_id == Contact.call_id)
        .where(
            is_counted(),
            *scope.on_days(),
            scope.in_place(Contact.place_code),
            Note.disposition.in_(sorted(codes, key=str)),
        )
        .distinct()
    )


def _matched(scope: Scope) -> Select[Any, Any]:
    return (
        select(Contact.population, Contact.person_hash)
        .join(Note, Note.call_id == Contact.call_id)
        .where(
            is_counted(),
            *scope.on_days(),
            scope.in_place(Contact.place_code),
            Note.disposition.in_(sorted(HANDED_ON, key=str)),
        )
        .distinct()
    )


def _dangers(*where: Any) -> Query:
    return lambda scope: (
        select(literal(ONE), Call.caller_hash)
        .join(Danger, Danger.call_id == Call.id)
        .where(
            Danger.raised_at >= scope.since,
            Danger.raised_at < scope.until,
            scope.in_place(Call.place_code),
            *where,
        )
        .distinct()
    )


def _follow_ups(*where: Any) -> Query:
    return lambda scope: (
        select(literal(ONE), Call.caller_hash)
        .join(FollowUp, FollowUp.call_id == Call.id)
        .where(
            FollowUp.due_at >= scope.since,
            FollowUp.due_at < scope.until,
            scope.in_place(Call.place_code),
            *where,
        )
        .distinct()
    )


def _duties(kind: DutyKind, *where: Any) -> Query:
    return lambda scope: (
        select(literal(ONE), Call.caller_hash)
        .join(Duty, Duty.call_id == Call.id)
        .where(
            Duty.kind == kind,
            Duty.opened_at >= scope.since,
            Duty.opened_at < scope.until,
            scope.in_place(Call.place_code),
            *where,
        )
        .distinct()
    )


def _referrals(scope: Scope) -> Select[Any, Any]:
    return (
        select(Referral.target, Call.caller_hash)
        .join(Call, Call.id == Referral.call_id)
        .where(
            Referral.sent_at >= scope.since, Referral.sent_at < scope.until, scope.in_place(Call.place_code)
        )
        .distinct()
    )


def _population(code: str | None, _: Scope) -> str:
    label = code or str(Population.UNTOLD.value)
    return OTHERS if label in WITHHELD else label


def _population_words(code: str, _: Scope) -> str:
    return "其他人群" if code == OTHERS else Population(code).zh


def _child(code: str, scope: Scope) -> str:
    return scope.child_of.get(code, ELSEWHERE)


def _child_words(code: str, scope: Scope) -> str:
    return "外地或未说明" if code == ELSEWHERE else scope.names.get(code, code)


TALKED = "同意汇总分析的有效来电人，按去重后的号码计；地区以来电人所述所在地为准。"
TALKED_EN = (
    "Callers of valid contacts who agreed to analysis, each number once; the place is the one they named."
)

DEFINITIONS: tuple[Definition, ...] = (
    Definition("persons", "求助人数", "Persons", TALKED, TALKED_EN, _contacts(literal(ONE)), "all"),
    Definition(
        "problems", "主要问题", "By problem",
        TALKED + "按登记的主要问题分列，一人多次、问题不同的分别计入。",
        TALKED_EN + " By the main problem of the note; someone with two counts in both.",
        _contacts(Contact.problem), "problem:{}", whole="persons",
        fold=lambda code, _: code, words=lambda code, _: Problem(code).zh,
    ),
    Definition(
        "populations", "人群", "By population",
        TALKED + "按登记的人群类别分列；P16–P18、P21 并入“其他人群”。",
        TALKED_EN + " P16–P18 and P21 are counted among the others.",
        _contacts(Contact.population), "all", FigureAxis.POPULATION, "{}", whole="persons",
        fold=_population, words=_population_words,
    ),
    Definition(
        "places", "地区", "By place", TALKED + "按下一级地区分列。", TALKED_EN + " By the places below.",
        _contacts(Contact.place_code), "all", whole="persons", fold=_child, words=_child_words,
    ),
    Definition(
        "hours", "时段", "By time of day", TALKED + "按来电时刻分四段，跨段的分别计入。",
        TALKED_EN + " By the hour of arrival.",
        _hours, "all", FigureAxis.MARGIN, "hour:{}", whole="persons",
        fold=_hour_of, words=lambda code, _: HOURS[int(code)],
    ),
    Definition(
        "issues", "问题主题", "By issue", TALKED + "按语义归并的主题分列，名称为至少 10 人共同使用的词语。",
        TALKED_EN + " By grouped issue, named by words that at least 10 persons used.",
        _contacts(Contact.issue_id), "issue:{}", whole="persons",
        fold=lambda code, _: None if code is None else str(code), words=lambda code, _: code,
    ),
    Definition(
        "high_risk", "高危人数", "At high risk", TALKED + "其中风险评定为 R3、R4 的。",
        TALKED_EN + " Of these, rated R3 or R4.", _high, "all", FigureAxis.RISK, "yes", whole="persons",
    ),
    Definition(
        "linked", "110、120 联动人数", "Linked to 110 or 120", TALKED + "其中处置结果为 110/120 联动的。",
        TALKED_EN + " Of these, disposed of by 110/120.", _disposed(Disposition.EMERGENCY),
        "all", FigureAxis.MARGIN, "linked:yes", whole="persons",
    ),
    Definition(
        "handed_on", "转介上报人数", "Handed on",
        TALKED + "其中处置结果为转督导、会诊、转介、上报、联动或收治的。",
        TALKED_EN + " Of these, handed to a supervisor, consultation, referral, report, 110/120 or hospital.",
        _disposed(*HANDED_ON), "all", FigureAxis.HANDED_ON, "yes", whole="persons",
    ),
    Definition(
        "matched", "精准对接人数", "Persons matched, by population",
        TALKED + "其中已转介上报的，按人群分列。",
        TALKED_EN + " Of those handed on, by population.", _matched, "matched", FigureAxis.POPULATION, "{}",
        whole="handed_on", fold=_population, words=_population_words,
    ),
    Definition(
        "dangers", "有生命危险的来电人数", "In danger to life", "期内标记“有生命危险”的来电人，去重。",
        "Callers marked in danger to life in the period.", _dangers(), "danger",
    ),
    Definition(
        "dangers_open", "未闭环人数", "Not closed", "期内标记“有生命危险”、至统计时仍未关闭的来电人，去重。",
        "Of these, not closed when counted.", _dangers(Danger.state == DangerState.OPEN),
        "danger", FigureAxis.MARGIN, "state:open", whole="dangers",
    ),
    Definition(
        "attempts", "处置预自杀事件涉及人数", "Attempted-suicide incidents handled",
        "期内标记“有生命危险”、经督导处置并写明结果关闭的来电人，去重（S4：处置预自杀事件）。",
        "Callers in danger to life whose case was closed with an outcome.",
        _dangers(Danger.state == DangerState.CLOSED), "danger", FigureAxis.MARGIN, "state:closed",
        whole="dangers",
    ),
    Definition(
        "follow_ups", "应随访人数", "Follow-ups due", "随访到期日在期内的来电人，去重。",
        "Persons whose follow-up fell due.", _follow_ups(), "follow_up",
    ),
    Definition(
        "followed_up", "已随访人数", "Followed up", "其中已随访（接通、谢绝、空号或三次未能联系上）的。",
        "Of these, done: reached, declined, not in use, or three tries.",
        _follow_ups(FollowUp.state != FollowUpState.DUE), "follow_up", FigureAxis.MARGIN, "done:yes",
        whole="follow_ups",
    ),
    Definition(
        "reached", "接通随访人数", "Reached", "其中接通的。", "Of these, reached.",
        _follow_ups(FollowUp.result == FollowUpResult.REACHED), "follow_up", FigureAxis.MARGIN,
        "reached:yes", whole="follow_ups",
    ),
    Definition(
        "case_registered", "疑似、确诊求助登记", "Suspected or confirmed: registered",
        "期内应登记的疑似、确诊求助人，去重。", "Persons to be registered in the period.",
        _duties(DutyKind.REGISTER), "duty:register",
    ),
    Definition(
        "case_reported", "疑似、确诊求助上报", "Suspected or confirmed: reported", "其中已上报的。",
        "Of these, reported.", _duties(DutyKind.REPORT, Duty.state == DutyState.DONE), "duty:report",
    ),
    Definition(
        "case_tracked", "疑似、确诊求助在跟踪", "Suspected or confirmed: tracked", "仍在跟踪的。",
        "Still tracked.", _duties(DutyKind.TRACK, Duty.state == DutyState.OPEN), "duty:track",
    ),
    Definition(
        "referrals", "转介去向", "Referrals, by target", "期内发出转介的来电人，按去向分列，去重。",
        "Persons referred in the period, by target.", _referrals, "referral", FigureAxis.MARGIN, "to:{}",
        fold=lambda target, _: str(target.value), words=lambda code, _: ReferralTarget(code).zh,
    ),
)  # fmt: skip
BY_KEY = {definition.key: definition for definition in DEFINITIONS}


def version() -> str:
    """`2026-12.1+` and twelve digits of the fingerprint of this module's own source."""
    source = inspect.getsource(inspect.getmodule(version))  # type: ignore[arg-type]
    return f"{NUMBER}+{hashlib.sha256(source.encode()).hexdigest()[:12]}"


def sql_of(definition: Definition, scope: Scope) -> str:
    """The statement with its values, to be read by people."""
    compiled = definition.query(scope).compile(compile_kwargs={"literal_binds": True})
    return str(compiled)
