"""Hand-off to 110/119/120 as a tracked object: who, when, under which reference, and whether help arrived."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.calls import Call
from models.care import Danger
from models.crypto import EncryptedText
from models.network import PartnerLine
from models.people import Person
from models.vocabulary_talk import RescueReached


class Linkage(Base):
    """110/120 联动单. A danger that has one is closed only when it is known whether rescue arrived."""

    __tablename__ = "linkage"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    danger_id: Mapped[int | None] = mapped_column(ForeignKey("danger.id"), index=True)
    participation_id: Mapped[int | None] = mapped_column(ForeignKey("participation.id"), index=True)
    """The leg, when it was called into the talk; none when somebody telephoned beside it."""
    service: Mapped[str] = mapped_column(String(12))
    """110 | 119 | 120 | 122."""
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime]
    connected_at: Mapped[datetime | None]
    """The service answered, as the carrier confirmed, or as a person wrote down."""
    reference: Mapped[str | None] = mapped_column(EncryptedText("linkage.reference"))
    """Number of the incident at the service, and who took it."""
    told: Mapped[str | None] = mapped_column(EncryptedText("linkage.told"))
    """What was handed over: place, state, means."""
    reached: Mapped[RescueReached] = mapped_column(default=RescueReached.UNKNOWN)
    reached_at: Mapped[datetime | None]
    reached_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    outcome: Mapped[str | None] = mapped_column(EncryptedText("linkage.outcome"))
    next_step: Mapped[str | None] = mapped_column(EncryptedText("linkage.next_step"))
    """What is done as long as rescue has not reached the person, or it is not known."""
    line_id: Mapped[int | None] = mapped_column(ForeignKey("partner_line.id"))
    """The directory's line that was rung: the command centre of the person's place."""

    call: Mapped[Call] = relationship()
    danger: Mapped[Danger | None] = relationship()
    asked_by: Mapped[Person | None] = relationship(foreign_keys=[asked_by_id])
    reached_by: Mapped[Person | None] = relationship(foreign_keys=[reached_by_id])
    line: Mapped[PartnerLine | None] = relationship()
