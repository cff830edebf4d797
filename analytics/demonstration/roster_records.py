"""What the demonstration's roster leaves behind: taken away with its centres and people."""

from __future__ import annotations

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from models.duty_requests import Absence, DutyContact, Leave, StaffNotice, Summons, Swap
from models.people import Person
from models.places import Centre
from models.roster import (
    DraftShift,
    Holiday,
    NamedExit,
    OpenShift,
    PatternException,
    RosterDraft,
    RosterPolicy,
    RosterVersion,
    ShiftPattern,
    SkillNeed,
)
from models.workforce import Shift


def clear_roster(session: Session) -> None:
    centres = select(Centre.id).where(Centre.is_demonstration.is_(True))
    people = select(Person.id).where(Person.is_demonstration.is_(True))
    for kind in (Summons, Absence):
        session.execute(delete(kind).where(or_(kind.centre_id.in_(centres), kind.person_id.in_(people))))
    for kind_ in (StaffNotice, Leave, DutyContact):
        session.execute(delete(kind_).where(kind_.person_id.in_(people)))
    session.execute(delete(Swap).where(or_(Swap.from_id.in_(people), Swap.to_id.in_(people))))
    session.execute(delete(StaffNotice).where(StaffNotice.centre_id.in_(centres)))
    session.execute(
        delete(NamedExit).where(or_(NamedExit.centre_id.in_(centres), NamedExit.to_centre_id.in_(centres)))
    )
    drafts = select(RosterDraft.id).where(RosterDraft.centre_id.in_(centres))
    patterns = select(ShiftPattern.id).where(
        or_(ShiftPattern.centre_id.in_(centres), ShiftPattern.person_id.in_(people))
    )
    session.execute(
        delete(DraftShift).where(or_(DraftShift.draft_id.in_(drafts), DraftShift.person_id.in_(people)))
    )
    session.execute(delete(RosterDraft).where(RosterDraft.centre_id.in_(centres)))
    session.execute(delete(OpenShift).where(OpenShift.centre_id.in_(centres)))
    session.execute(
        delete(Shift).where(
            or_(Shift.is_demonstration.is_(True), Shift.centre_id.in_(centres), Shift.person_id.in_(people))
        )
    )
    session.execute(delete(RosterVersion).where(RosterVersion.centre_id.in_(centres)))
    session.execute(
        delete(PatternException).where(
            or_(PatternException.pattern_id.in_(patterns), PatternException.person_id.in_(people))
        )
    )
    session.execute(delete(ShiftPattern).where(ShiftPattern.id.in_(patterns)))
    session.execute(delete(SkillNeed).where(SkillNeed.centre_id.in_(centres)))
    session.execute(delete(RosterPolicy).where(RosterPolicy.centre_id.in_(centres)))
    # What real rows stay keep their content; who wrote them is gone.
    for column in (
        RosterPolicy.set_by_id,
        Holiday.set_by_id,
        RosterVersion.published_by_id,
        RosterDraft.made_by_id,
        ShiftPattern.made_by_id,
        NamedExit.named_by_id,
        Leave.decided_by_id,
        Swap.decided_by_id,
        OpenShift.taken_by_id,
    ):
        session.execute(
            update(column.class_)
            .where(column.in_(people))
            .values({column.key: None})
            .execution_options(synchronize_session=False)
        )
