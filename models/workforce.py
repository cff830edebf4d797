"""The roster in force: who, which seat, from, to. What is only planned stands in `models/roster.py`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.people import Person
from models.places import Centre
from models.seats import Seat
from models.vocabulary import ShiftKind


class Shift(Base):
    __tablename__ = "shift"

    id: Mapped[int] = mapped_column(primary_key=True)
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    seat_id: Mapped[int | None] = mapped_column(ForeignKey("seat.id"))
    kind: Mapped[ShiftKind] = mapped_column(default=ShiftKind.SEAT)
    standby_order: Mapped[int] = mapped_column(default=1, server_default="1")
    """Of a stand-by: who is called first."""
    line_id: Mapped[int | None] = mapped_column(ForeignKey("phone_line.id"))
    """The number it is meant for; None: every number of the centre."""
    skill: Mapped[str | None] = mapped_column(String(12))
    """The topic, group or language it is meant for (`vocabulary_network.SKILLS`)."""
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime] = mapped_column(index=True)
    pattern_id: Mapped[int | None] = mapped_column(ForeignKey("shift_pattern.id"))
    version_id: Mapped[int | None] = mapped_column(ForeignKey("roster_version.id"))
    """The version that brought it; None: it was changed by hand since."""
    revision: Mapped[int] = mapped_column(default=0, server_default="0")
    """How often it changed: calendars tell a newer one from an older by it."""
    is_demonstration: Mapped[bool] = mapped_column(default=False)

    centre: Mapped[Centre] = relationship()
    person: Mapped[Person] = relationship()
    seat: Mapped[Seat | None] = relationship()
