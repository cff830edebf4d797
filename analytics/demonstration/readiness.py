"""The demonstration's people are ready: trained, sworn in, with a ledger, papers, hours and supervision."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from analytics.demonstration.geography import PLACES
from models.base import Base
from models.isolation import IsolationSite
from models.people import Person
from models.readiness import (
    Admission,
    Availability,
    Qualification,
    ReadinessPolicy,
    RestOffer,
    SupervisionRecord,
    TrainingRecord,
)
from models.vocabulary_readiness import QualificationKind, SupervisionForm, TrainingKind, TrainingResult

Of = tuple[type[Base], InstrumentedAttribute[int] | InstrumentedAttribute[int | None]]
"""A table, and the column of it that names a person."""
TRAINER = "省心理援助培训中心"
LEDGER: tuple[tuple[TrainingKind, str, int, float, TrainingResult], ...] = (
    (TrainingKind.SYSTEM, "青少年来电与家长沟通", 310, 6, TrainingResult.ATTENDED),
    (TrainingKind.SYSTEM, "哀伤与丧亲陪伴", 220, 6, TrainingResult.ATTENDED),
    (TrainingKind.DRILL, "坐席全断线演练", 200, 2, TrainingResult.ATTENDED),
    (TrainingKind.SYSTEM, "失业与债务压力来电", 130, 6, TrainingResult.ATTENDED),
    (TrainingKind.SYSTEM, "自杀风险评估与安全计划", 40, 6, TrainingResult.ATTENDED),
    (TrainingKind.DRILL, "R4 来电联动演练", 20, 2, TrainingResult.ATTENDED),
    (TrainingKind.ASSESSMENT, "年度接听考核", 10, 1, TrainingResult.PASSED),
)
"""What, how many days ago, hours, result; before it, each person's pre-service training."""
MISSED_LATELY, LATELY = (2, 12), 60
"""Who was away from everything of the last days, and is due for it now."""
PAPERS = (
    (QualificationKind.COUNSELLOR, "心理咨询师二级"),
    (QualificationKind.THERAPIST, "心理治疗师（中级）"),
    (QualificationKind.SOCIAL_WORKER, "社会工作师（中级）"),
    (QualificationKind.NURSE, "精神科护师"),
)
HOURS = (["1-5 18:00-22:00"], ["67 09:00-21:00"], ["1-5 08:00-12:00", "67 14:00-18:00"])


def served_days(number: int) -> int:
    """How long ago the person of that number was trained: some lately, some nearly a year ago."""
    return 75 + 55 * (number % 5)


def write_readiness(
    session: Session, operators: Sequence[Person], supervisors: Sequence[Person], now: datetime
) -> None:
    for number, person in enumerate((*operators, *supervisors)):
        served = served_days(number)
        begun = (TrainingKind.PRE_SERVICE, "热线接听岗前培训", served, 90.0, TrainingResult.PASSED)
        missed = LATELY if number in MISSED_LATELY else 0
        for kind, title, days_ago, hours, result in (begun, *LEDGER):
            if not missed <= days_ago <= served:
                continue
            session.add(
                TrainingRecord(
                    person_id=person.id,
                    kind=kind,
                    title=title,
                    held_at=now - timedelta(days=days_ago),
                    hours=hours,
                    result=result,
                    score=80 + number % 15 if kind is TrainingKind.ASSESSMENT else None,
                    trainer=TRAINER,
                    recorded_at=now,
                )
            )
        paper, title = PAPERS[number % len(PAPERS)]
        session.add(
            Qualification(
                person_id=person.id,
                kind=paper,
                title=title,
                issued_at=now - timedelta(days=1500 + 90 * number),
            )
        )
        short_notice = number % 3 == 0
        hours_free = HOURS[number % len(HOURS)]
        session.add(Availability(person_id=person.id, hours=hours_free, short_notice=short_notice))
    for person, supervisor in zip(operators[:: len(operators) // 2 or 1], supervisors, strict=False):
        session.add(
            SupervisionRecord(
                person_id=person.id,
                supervisor_id=supervisor.id,
                held_at=now - timedelta(days=5),
                minutes=50,
                form=SupervisionForm.INDIVIDUAL,
                content="反复来电怎样设限又不失陪伴；接完高危来电后自己的睡眠。",
                agreed="两周后再谈；这一周不排夜班。",
                recorded_at=now - timedelta(days=5),
            )
        )


def clear_readiness(session: Session) -> None:
    """Of made-up people and places; what real people wrote down keeps standing, without a made-up name."""
    made_up = select(Person.id).where(Person.is_demonstration.is_(True))
    signed: tuple[Of, ...] = (
        (Admission, Admission.decided_by_id),
        (ReadinessPolicy, ReadinessPolicy.set_by_id),
        (TrainingRecord, TrainingRecord.recorded_by_id),
        (TrainingRecord, TrainingRecord.voided_by_id),
    )
    for kind, column in signed:
        session.execute(update(kind).where(column.in_(made_up)).values({column.key: None}))
    about: tuple[Of, ...] = (
        (Admission, Admission.person_id),
        (TrainingRecord, TrainingRecord.person_id),
        (Qualification, Qualification.person_id),
        (Availability, Availability.person_id),
        (SupervisionRecord, SupervisionRecord.person_id),
        (SupervisionRecord, SupervisionRecord.supervisor_id),
        (RestOffer, RestOffer.person_id),
    )
    for kept, column in about:
        session.execute(
            delete(kept).where(column.in_(made_up)), execution_options={"synchronize_session": False}
        )
    codes = [place.code for place in PLACES]
    session.execute(delete(IsolationSite).where(IsolationSite.place_code.in_(codes)))
