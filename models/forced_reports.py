"""The duty to report signs of harm to a minor (强制报告), tracked until reported or weighed and not sent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.calls import Call
from models.crypto import EncryptedText
from models.vocabulary_care import ForcedReportState


class ForcedReport(Base):
    """One for a call. Opened by what a note says; closed by a named person alone."""

    __tablename__ = "forced_report"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), unique=True)
    state: Mapped[ForcedReportState] = mapped_column(default=ForcedReportState.DUE, index=True)
    opened_at: Mapped[datetime]
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    due_at: Mapped[datetime]
    escalated_at: Mapped[datetime | None]
    """When the supervisors were told that it is late."""
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reported_to: Mapped[str | None] = mapped_column(String(80))
    """The police of the place, as a rule."""
    reference: Mapped[str | None] = mapped_column(EncryptedText("forced_report.reference"))
    reason: Mapped[str | None] = mapped_column(EncryptedText("forced_report.reason"))
    """What was reported, or why it was considered and not sent."""

    call: Mapped[Call] = relationship()
