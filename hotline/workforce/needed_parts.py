"""Seats for a part of a centre's callers: those of one number, or who want one language, group or topic.

Their share of the centre's calls makes their forecast (a Poisson stream that is thinned stays one). Seats are
pooled: one that serves them may be busy with others, so that this tells what they need at the least.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from sqlalchemy import ColumnElement, String, cast, func, or_, select
from sqlalchemy.orm import Session

from hotline.domain.coverage import RosteredShift
from hotline.domain.roster_cover import Span, open_spans
from hotline.domain.roster_rules import Seated, able_spans
from hotline.routing.admission import will_be_admitted
from hotline.workforce.demand import WORKLOAD_DAYS
from models.call_back_words import CallDirection
from models.calls import Call
from models.network import PhoneLine
from models.places import Centre
from models.roster import SkillNeed
from models.skills import PersonSkill
from models.vocabulary import ShiftKind
from models.vocabulary_network import Language
from models.workforce import Shift


@dataclass(frozen=True)
class Part:
    """Both empty: all callers of the centre."""

    line_id: int | None = None
    skill: str = ""


ALL_CALLERS = Part()


@dataclass(frozen=True)
class Served:
    share: float
    """Of the centre's callers."""
    shifts: Sequence[RosteredShift]
    """Seats that serve them."""
    wanted: Sequence[Span] = ()
    """Time in which a rule wants somebody there (`SkillNeed`)."""


def lines_of(session: Session, centre: Centre) -> Sequence[PhoneLine]:
    """Numbers whose callers this centre answers."""
    return session.scalars(
        select(PhoneLine)
        .where(
            PhoneLine.active.is_(True), or_(PhoneLine.centre_id.is_(None), PhoneLine.centre_id == centre.id)
        )
        .order_by(PhoneLine.id)
    ).all()


def skills_of(session: Session, centre: Centre) -> Sequence[str]:
    """What a rule wants rostered here, and languages other than Mandarin that callers spoke here."""
    wanted = session.scalars(select(SkillNeed.skill).where(SkillNeed.centre_id == centre.id)).all()
    spoken = session.scalars(select(Call.language).where(Call.centre_id == centre.id).distinct()).all()
    return sorted({*wanted, *(code for code in spoken if code != str(Language.CHINESE))})


def part_of(
    session: Session, centre: Centre, part: Part, window: Span, now: datetime, zone: tzinfo
) -> Served:
    seats = _seated(session, centre.id, window)
    if part == ALL_CALLERS:
        return Served(1.0, [RosteredShift(centre.id, s.span.starts_at, s.span.ends_at) for s in seats])
    needs = session.scalars(
        select(SkillNeed).where(SkillNeed.centre_id == centre.id, SkillNeed.skill == part.skill)
    ).all()
    # Who sits for one number alone serves whoever dials it, whatever they want.
    able = able_spans(seats, part.skill, part.line_id, zone)
    return Served(
        _share(session, centre, part, now),
        [RosteredShift(centre.id, span.starts_at, span.ends_at) for span in able],
        [span for need in needs for span in open_spans(need.hours, window, zone)],
    )


def _share(session: Session, centre: Centre, part: Part, now: datetime) -> float:
    """Of the calls of the last weeks. A number that nobody dialled yet begins as one of the centre's numbers
    with the weight of one call; a language or topic with none."""

    def calls(*conditions: ColumnElement[bool]) -> int:
        return (
            session.scalar(
                select(func.count())
                .select_from(Call)
                .where(
                    Call.centre_id == centre.id,
                    Call.direction == CallDirection.INBOUND,
                    Call.carrier_sid.is_not(None),
                    Call.arrived_at >= now - timedelta(days=WORKLOAD_DAYS),
                    *conditions,
                )
            )
            or 0
        )

    everybody = calls()
    if part.line_id is not None:
        start = 1 / max(1, len(lines_of(session, centre)))
        return (calls(Call.line_id == part.line_id) + start) / (everybody + 1)
    if part.skill in {str(code) for code in Language}:
        return calls(Call.language == part.skill) / max(1, everybody)
    return calls(cast(Call.wanted_skills, String).contains(f'"{part.skill}"')) / max(1, everybody)


def _seated(session: Session, centre_id: int, window: Span) -> list[Seated]:
    rows = session.execute(
        select(Shift.starts_at, Shift.ends_at, Shift.person_id, Shift.line_id).where(
            Shift.centre_id == centre_id,
            Shift.kind == ShiftKind.SEAT,
            Shift.starts_at < window.ends_at,
            Shift.ends_at > window.starts_at,
            will_be_admitted(),
        )
    ).all()
    skills = _skills(session, {row.person_id for row in rows})
    return [
        Seated(Span(starts_at, ends_at), skills.get(person_id, {}), line_id)
        for starts_at, ends_at, person_id, line_id in rows
    ]


def _skills(session: Session, people: set[int]) -> Mapping[int, Mapping[str, str]]:
    found: dict[int, dict[str, str]] = {}
    for one in session.scalars(select(PersonSkill).where(PersonSkill.person_id.in_(people))):
        found.setdefault(one.person_id, {})[one.skill] = one.weekdays
    return found
