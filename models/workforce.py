"""The shift table: who, which seat, from, to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
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
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime] = mapped_column(index=True)
    is_demonstration: Mapped[bool] = mapped_column(default=False)

    centre: Mapped[Centre] = relationship()
    person: Mapped[Person] = relationship()
    seat: Mapped[Seat | None] = relationship()
