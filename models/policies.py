"""What the organisation decided about recording: asked how, shown when, kept how long."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base
from models.vocabulary import Code

LEAST_SERVICE_RECORD_DAYS = 3 * 365 + 1
"""Notes and assessments: three years at least (technical guide for psychological-aid hotlines)."""
MOST_DAYS = 10 * 366


class ConsentMode(Code):
    NOTICE = ("notice", "告知后继续即同意，按 * 不录", "Going on after the notice grants, * refuses")
    SEPARATE = ("separate", "由接线员单独征得同意", "The operator asks for consent of its own")


class RecordingPolicy(Base):
    """A row for each decision; the newest stands, the older ones are the history."""

    __tablename__ = "recording_policy"

    id: Mapped[int] = mapped_column(primary_key=True)
    consent_mode: Mapped[ConsentMode] = mapped_column(default=ConsentMode.NOTICE)
    captions_separately: Mapped[bool] = mapped_column(default=False)
    """True: captions have a consent of their own, about which the caller is told; else they follow that of
    the recording."""
    recording_days: Mapped[int] = mapped_column(default=365)
    """Audio: a clock of its own, at most as long as the words'."""
    transcript_days: Mapped[int] = mapped_column(default=LEAST_SERVICE_RECORD_DAYS)
    service_record_days: Mapped[int] = mapped_column(
        default=LEAST_SERVICE_RECORD_DAYS, server_default=str(LEAST_SERVICE_RECORD_DAYS)
    )
    """Registration, handling record, assessments and the caller's number."""
    set_at: Mapped[datetime | None]
    set_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


def standing_policy(session: Session) -> RecordingPolicy:
    """The newest decision; before the first one, the product's defaults (not on file)."""
    found = session.scalars(select(RecordingPolicy).order_by(RecordingPolicy.id.desc()).limit(1)).first()
    return found or RecordingPolicy(
        consent_mode=ConsentMode.NOTICE,
        captions_separately=False,
        recording_days=365,
        transcript_days=LEAST_SERVICE_RECORD_DAYS,
        service_record_days=LEAST_SERVICE_RECORD_DAYS,
    )
