"""转介: what left the hotline for whom, on what ground, and what came back. Consent to share is kept for each
target."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.calls import Call
from models.crypto import EncryptedJSON, EncryptedText
from models.people import Person
from models.vocabulary import ConsentState
from models.vocabulary_after import ReferralGround, ReferralState, ReferralTarget, SentBy


class SharingConsent(Base):
    """What the person said about sharing with one kind of unit. None on file means not asked."""

    __tablename__ = "sharing_consent"
    __table_args__ = (UniqueConstraint("call_id", "target"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    target: Mapped[ReferralTarget]
    state: Mapped[ConsentState]
    text_version: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    withdrawn_at: Mapped[datetime | None]


class Referral(Base):
    __tablename__ = "referral"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    target: Mapped[ReferralTarget]
    unit_name: Mapped[str] = mapped_column(String(80))
    """The institution itself, as the address book or the operator names it."""
    ground: Mapped[ReferralGround]
    ground_reason: Mapped[str | None] = mapped_column(EncryptedText("referral.ground_reason"))
    """Why life is to be protected, or which duty to report holds; none where the person agreed."""
    sent: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON("referral.sent"))
    """Exactly what was sent: field code -> value, in order."""
    sent_how: Mapped[SentBy]
    sent_at: Mapped[datetime]
    sent_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    urgent: Mapped[bool] = mapped_column(default=False)
    """R3, R4 or danger when it was sent: its answers are due in hours."""
    state: Mapped[ReferralState] = mapped_column(default=ReferralState.SENT, index=True)
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    """When the next answer is due; None: it is over."""
    escalated_at: Mapped[datetime | None]

    call: Mapped[Call] = relationship()
    sent_by: Mapped[Person] = relationship()
    steps: Mapped[list[ReferralStep]] = relationship(back_populates="referral", order_by="ReferralStep.id")


class ReferralStep(Base):
    """Each change of its state, with the reply in the unit's words as somebody wrote it down."""

    __tablename__ = "referral_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    referral_id: Mapped[int] = mapped_column(ForeignKey("referral.id"), index=True)
    state: Mapped[ReferralState]
    at: Mapped[datetime]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reply: Mapped[str | None] = mapped_column(EncryptedText("referral_step.reply"))

    referral: Mapped[Referral] = relationship(back_populates="steps")
    person: Mapped[Person] = relationship()
