"""The profile of a seat: what who sits there can give, written when they sit down and when it changes."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.needs import Profile, Skill
from models.people import Person
from models.seats import Seat
from models.skills import PersonSkill
from models.vocabulary import Role


def profile_of(session: Session, centre_id: int, person: Person) -> str:
    rows = session.scalars(select(PersonSkill).where(PersonSkill.person_id == person.id))
    skills = tuple(Skill(row.skill, row.level, row.weekdays) for row in rows)
    return Profile(centre_id, person.role is Role.SUPERVISOR, skills).code


def refresh_profile(session: Session, person: Person) -> None:
    """The skills of this person changed: a seat where they sit now gives the new ones at once."""
    session.flush()
    for seat in session.scalars(select(Seat).where(Seat.person_id == person.id).with_for_update()):
        seat.profile = profile_of(session, seat.centre_id, person)
