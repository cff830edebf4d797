"""Live captions: the media streams of talks, as the carrier confirmed them. No word is ever kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.vocabulary import Code


class StreamState(Code):
    ASKED = ("asked", "正在接通", "Being connected")
    LIVE = ("live", "听写中", "Live")
    ENDING = ("ending", "正在停止", "Being stopped")
    ENDED = ("ended", "已停止", "Ended")

    @property
    def is_open(self) -> bool:
        return self is not StreamState.ENDED


class CaptionStream(Base):
    """One media stream of a caller's leg; a talk that loses its stream gets another row."""

    __tablename__ = "caption_stream"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    state: Mapped[StreamState] = mapped_column(default=StreamState.ASKED, index=True)
    carrier_sid: Mapped[str | None] = mapped_column(String(64))
    asked_at: Mapped[datetime]
    live_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(String(20))
    """Why it ended: unwanted | stopped | failed | gone | refused | silent | restarted."""
