"""What a report tells of the house: findings and alerts, what was handed on, people, training, the sheet of
work."""

from __future__ import annotations

from analytics.papers.counting import Shown
from analytics.papers.definitions import BESIDE, ITSELF, OUTSIDE, UNTOLD
from analytics.papers.facts import PaperFacts
from analytics.papers.telling import ranked, table_of, told, words_of
from analytics.papers.telling_calls import Written, at_the_seats
from analytics.report.suppression import HIDDEN, THRESHOLD
from models.vocabulary_record import Channel


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


def staff(facts: PaperFacts) -> Written:
    house, seen = facts.house, facts.now.reception
    return {
        "paragraphs": [
            f"在册接线员{house.operators}人，其中岗前培训合格{house.trained}人；督导{house.supervisors}人。"
            + (f"本期排班{house.shifts}班，" if house.shifts else "本期")
            + f"参与接听{seen.staff}人{at_the_seats(facts)}。"
            + (f"质检评分{house.reviews}通。" if house.reviews else ""),
            training(facts),
        ]
    }


def training(facts: PaperFacts) -> str:
    trained = facts.trained
    held = (
        f"本期举办培训{trained.trainings}次、危机演练{trained.drills}次，"
        f"参加{trained.attended}人，共{trained.hours:.0f}人学时。"
        if trained.trainings or trained.drills
        else "本期没有举办培训和演练。"
    )
    return held + (
        f"按年度要求（系统培训、演练、考核），有{trained.behind}人尚未完成。" if trained.behind else ""
    )


def work_lines(facts: PaperFacts) -> Written:
    """工作报表, and the lines of S4: contacts by channel, staff linked, persons matched, incidents."""
    now, seen = facts.now, facts.now.reception
    channels = "、".join(f"{Channel(code).zh}{now.channels[code]}件" for code in ranked(now.channels))
    groups = "、".join(
        f"{words_of('matched', label, facts)}{now.tables['matched'][label]}人"
        for label in ranked(now.tables["matched"])
    )
    trained, place = facts.trained, now.scope
    covered = facts.covered
    rows = [
        ["7×24覆盖", f"{covered.proved}日（有坐席日志{covered.days}日）" if covered.days else HIDDEN],
        ["联系心理咨询师和社工", f"{seen.staff}人"],
        ["培训、演练", f"{trained.trainings}次、{trained.drills}次，参加{trained.attended}人"],
    ]
    calls = [
        ["被访问总数（呼入）", told(now.received, "次")],
        [
            "正常受理（接通）",
            f"{now.answered_then}次（公布了接通数的{now.days_told}日）" if now.days_told else HIDDEN,
        ],
        ["共接收电话、网络咨询", channels or HIDDEN],
        ["外呼回访", told(now.outbound, "次")],
    ]
    people = [
        *([[LOCAL, local_and_outside(now)]] if place.codes is None else []),
        ["精准对接", groups or told(now.scalars["handed_on"], "人")],
        ["处置预自杀事件（涉及人数）", told(now.scalars["attempts"], "人")],
        ["高度危机", told(now.scalars["high_risk"], "人")],
        ["困难来电", told(now.scalars["difficult"], "人")],
        ["反复来电", told(now.scalars["frequent"], "人")],
    ]
    rows = [*calls, *people, *rows] if place.answers_calls else people
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


LOCAL = "本地、外地、未说明（各期公布数合计）"


def local_and_outside(now: Shown) -> str:
    """From what the table of places made public: 本地 is every place of the tree together."""
    places = now.tables["places"]
    local = sum(persons for label, persons in places.items() if label not in BESIDE or label == ITSELF)
    return "、".join(
        f"{name}{f'{persons}人次' if persons else HIDDEN}"
        for name, persons in (
            ("本地", local),
            (BESIDE[OUTSIDE], places.get(OUTSIDE, 0)),
            (BESIDE[UNTOLD], places.get(UNTOLD, 0)),
        )
    )
