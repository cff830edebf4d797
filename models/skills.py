"""What people can do: languages, populations, topics, each with a level and perhaps set days of the week."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.people import Person

LOWEST_LEVEL, HIGHEST_LEVEL = 1, 5


class PersonSkill(Base):
    """One skill of one person. `skill`: a code of `vocabulary_network.SKILLS`."""

    __tablename__ = "person_skill"
    __table_args__ = (UniqueConstraint("person_id", "skill"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    skill: Mapped[str] = mapped_column(String(12))
    level: Mapped[int] = mapped_column(default=3)
    """1 (can manage) to 5 (expert)."""
    weekdays: Mapped[str] = mapped_column(String(7), default="")
    """Days on which it counts, as digits, Monday is 1 (周二学业 is `2`); empty is every day."""

    person: Mapped[Person] = relationship()
