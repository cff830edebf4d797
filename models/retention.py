"""What keeps a call's record past its day: a complaint, an inquiry, a suit."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.crypto import EncryptedText
from models.people import Person


class RecordHold(Base):
    """While one stands the clock erases nothing of this call. The caller's own withdrawal is not bound."""

    __tablename__ = "record_hold"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    reason: Mapped[str] = mapped_column(EncryptedText("record_hold.reason"))
    set_at: Mapped[datetime]
    set_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    lifted_at: Mapped[datetime | None]
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    set_by: Mapped[Person] = relationship(foreign_keys=[set_by_id])
