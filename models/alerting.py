"""Around an alert: messages, clocks that ran out, who signs today, what was published, who subscribed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.crypto import EncryptedText
from models.people import Person
from models.surveillance import Alert
from models.vocabulary_alerting import ClockStep, FigureAxis, MessageKind, ProposalState
from models.vocabulary_surveillance import AlertLevel


class AlertMessage(Base):
    """One version of an alert as it was or is to be sent: issue, update or cancel. Frozen once signed."""

    __tablename__ = "alert_message"
    __table_args__ = (UniqueConstraint("alert_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    alert_id: Mapped[int] = mapped_column(ForeignKey("alert.id"), index=True)
    version: Mapped[int]
    kind: Mapped[MessageKind]
    level: Mapped[AlertLevel]
    title: Mapped[str] = mapped_column(String(160))
    content: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reason: Mapped[str | None] = mapped_column(EncryptedText("alert_message.reason"))
    drafted_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    drafted_at: Mapped[datetime]
    signed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    signed_at: Mapped[datetime | None]
    dropped_at: Mapped[datetime | None]
    """The second person did not sign this draft."""
    identifier: Mapped[str | None] = mapped_column(String(31), unique=True)
    """CAP identifier of the Chinese profile, given at signature."""
    references: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
    """`sender,identifier,sent` of every earlier message of the alert."""

    alert: Mapped[Alert] = relationship()
    drafted_by: Mapped[Person] = relationship(foreign_keys=[drafted_by_id])
    signed_by: Mapped[Person | None] = relationship(foreign_keys=[signed_by_id])


class ClockFact(Base):
    """A clock of a signal or an alert ran out and this was done: its uniqueness is what tells it once."""

    __tablename__ = "clock_fact"
    __table_args__ = (UniqueConstraint("subject", "subject_id", "version", "step", "stage"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(8))
    """signal | draft | alert"""
    subject_id: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)
    step: Mapped[ClockStep]
    stage: Mapped[int] = mapped_column(default=0)
    """How many levels up, for an alert nobody acknowledged."""
    place_code: Mapped[str | None] = mapped_column(String(12))
    at: Mapped[datetime]


class SigningDuty(Base):
    """Who verifies and signs in these hours, and who stands in."""

    __tablename__ = "signing_duty"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    deputy_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    email: Mapped[str | None] = mapped_column(EncryptedText("signing_duty.email"))
    deputy_email: Mapped[str | None] = mapped_column(EncryptedText("signing_duty.deputy_email"))
    phone: Mapped[str | None] = mapped_column(EncryptedText("signing_duty.phone"))
    deputy_phone: Mapped[str | None] = mapped_column(EncryptedText("signing_duty.deputy_phone"))
    is_demonstration: Mapped[bool] = mapped_column(default=False)

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    deputy: Mapped[Person | None] = relationship(foreign_keys=[deputy_id])


class ThresholdProposal(Base):
    """What rejections teach, as data that a person accepts or refuses; nothing changes by itself."""

    __tablename__ = "threshold_proposal"

    id: Mapped[int] = mapped_column(primary_key=True)
    series: Mapped[str] = mapped_column(String(40), index=True)
    place_code: Mapped[str] = mapped_column(String(12))
    margin_persons: Mapped[int]
    """Persons above the bound that a count of this series at this place needs besides, once accepted."""
    signal_ids: Mapped[list[int]] = mapped_column(JSON, default=list, server_default="[]")
    """The rejected signals it rests on."""
    would_have_missed: Mapped[int] = mapped_column(default=0)
    """Verified signals of the same series and place that the margin would have kept silent."""
    state: Mapped[ProposalState] = mapped_column(default=ProposalState.PROPOSED)
    proposed_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(EncryptedText("threshold_proposal.reason"))
    is_demonstration: Mapped[bool] = mapped_column(default=False)


class PublishedFigure(Base):
    """A figure that went outside. Kept for ever, since whoever read it may subtract it from the next one."""

    __tablename__ = "published_figure"
    __table_args__ = (Index("ix_published_figure_place_days", "place_code", "first_day", "last_day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(40), index=True)
    """`alert:<id>:<version>` or `report:<id>`."""
    series: Mapped[str] = mapped_column(String(40))
    place_code: Mapped[str] = mapped_column(String(12))
    first_day: Mapped[date]
    last_day: Mapped[date]
    axis: Mapped[FigureAxis] = mapped_column(default=FigureAxis.TOTAL)
    value: Mapped[str | None] = mapped_column(String(24))
    """Which value of the axis; None for the total."""
    persons: Mapped[int]
    published_at: Mapped[datetime]
    is_demonstration: Mapped[bool] = mapped_column(default=False)


class Subscription(Base):
    """An official who wants to hear of alerts of the own place and below by mail; number, level and link."""

    __tablename__ = "subscription"
    __table_args__ = (UniqueConstraint("person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    email: Mapped[str] = mapped_column(EncryptedText("subscription.email"))
    lowest_level: Mapped[AlertLevel]
    updates: Mapped[bool] = mapped_column(default=True)
    """Also updates, cancels and exercises."""
    reports: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Also signed reports and digests: number, kind and link."""
    created_at: Mapped[datetime]

    person: Mapped[Person] = relationship()
