"""The supervisor's watch: limits as data, alarms as records, and where else they are told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Float, ForeignKey, Index, String, text, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.crypto import EncryptedText
from models.network import PhoneLine
from models.people import Person
from models.places import Centre
from models.vocabulary_watch import AlarmLevel, Metric


class ServiceRule(Base):
    """What "in time" and "short" mean: one row, and none means the defaults of the domain's rules."""

    __tablename__ = "service_rule"

    id: Mapped[int] = mapped_column(primary_key=True)
    answer_within_seconds: Mapped[int]
    short_abandon_seconds: Mapped[int]
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class Threshold(Base):
    """Warning and critical limit of one metric: of a line, of a centre, or (both None) of the whole."""

    __tablename__ = "threshold"

    id: Mapped[int] = mapped_column(primary_key=True)
    metric: Mapped[Metric]
    centre_id: Mapped[int | None] = mapped_column(ForeignKey("centre.id"))
    line_id: Mapped[int | None] = mapped_column(ForeignKey("phone_line.id"))
    warn: Mapped[float] = mapped_column(Float)
    """Counts, seconds, or shares in 0..1, as the metric has them."""
    crit: Mapped[float] = mapped_column(Float)
    margin: Mapped[float] = mapped_column(Float)
    """Hysteresis: how far back over the limit the figure must come before the alarm falls or ends."""
    repeat_minutes: Mapped[int]
    """How often an alarm that nobody acknowledged is told again; 0: once."""
    active: Mapped[bool] = mapped_column(default=True, server_default=true())
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    centre: Mapped[Centre | None] = relationship()
    line: Mapped[PhoneLine | None] = relationship()


class Alarm(Base):
    """A limit that was passed, until the figure came back; one open alarm a threshold."""

    __tablename__ = "alarm"
    __table_args__ = (
        Index(
            "ix_alarm_open",
            "threshold_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    threshold_id: Mapped[int] = mapped_column(ForeignKey("threshold.id"))
    level: Mapped[AlarmLevel]
    value: Mapped[float] = mapped_column(Float)
    """The figure when it was last told; what it is now stands on the board."""
    began_at: Mapped[datetime] = mapped_column(index=True)
    level_since: Mapped[datetime]
    told_at: Mapped[datetime]
    times_told: Mapped[int] = mapped_column(default=1)
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None]

    threshold: Mapped[Threshold] = relationship()
    acknowledged_by: Mapped[Person | None] = relationship()


class WatchHook(Base):
    """Another system that is told of alarms: figures alone, signed."""

    __tablename__ = "watch_hook"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    url: Mapped[str] = mapped_column(String(400))
    secret: Mapped[str] = mapped_column(EncryptedText("watch_hook.secret"))
    least_level: Mapped[AlarmLevel] = mapped_column(default=AlarmLevel.WARNING)
    active: Mapped[bool] = mapped_column(default=True, server_default=true())
