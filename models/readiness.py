"""Who is ready for calls: trainings, qualifications, admissions for one shift, supervision, rest offered."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Float, ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models.base import Base
from models.crypto import EncryptedText
from models.people import Person
from models.vocabulary_readiness import (
    AdmissionState,
    QualificationKind,
    RestAnswer,
    Strain,
    SupervisionForm,
    TrainingKind,
    TrainingResult,
)


class ReadinessPolicy(Base):
    """A row for each decision; the newest stands, the older ones are the history. 0: not watched."""

    __tablename__ = "readiness_policy"

    id: Mapped[int] = mapped_column(primary_key=True)
    system_trainings: Mapped[int] = mapped_column(default=4)
    """In a year, for each person who answers (S4)."""
    drills: Mapped[int] = mapped_column(default=2)
    assessments: Mapped[int] = mapped_column(default=1)
    talk_minutes: Mapped[int] = mapped_column(default=240)
    """Of talk in one shift, after which rest is offered."""
    high_risk_calls: Mapped[int] = mapped_column(default=2)
    """R3 and R4 in one shift."""
    nights_in_a_row: Mapped[int] = mapped_column(default=3)
    counted_from: Mapped[datetime | None]
    """Since when the ledger is kept: nobody is behind with what was never written down."""
    set_at: Mapped[datetime | None]
    set_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


def standing_readiness(session: Session) -> ReadinessPolicy:
    """The newest decision; before the first one, the product's defaults (not on file)."""
    found = session.scalars(select(ReadinessPolicy).order_by(ReadinessPolicy.id.desc()).limit(1)).first()
    return found or ReadinessPolicy(
        system_trainings=4, drills=2, assessments=1, talk_minutes=240, high_risk_calls=2, nights_in_a_row=3
    )


class TrainingRecord(Base):
    """One person at one training, drill or assessment. A wrong line is voided, never deleted."""

    __tablename__ = "training_record"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[TrainingKind]
    title: Mapped[str] = mapped_column(String(120))
    held_at: Mapped[datetime] = mapped_column(index=True)
    """Midnight of its local day."""
    hours: Mapped[float] = mapped_column(Float, default=0.0)
    result: Mapped[TrainingResult]
    score: Mapped[float | None] = mapped_column(Float)
    trainer: Mapped[str] = mapped_column(String(60), default="")
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    voided_at: Mapped[datetime | None]
    voided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    person: Mapped[Person] = relationship(foreign_keys=[person_id])


class Qualification(Base):
    """A certificate of one person; its number is not kept, since nothing here needs it."""

    __tablename__ = "qualification"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[QualificationKind]
    title: Mapped[str] = mapped_column(String(120))
    issued_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()


class Availability(Base):
    """When a person of the talent register can be asked. No row: not said."""

    __tablename__ = "availability"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    hours: Mapped[list[str]] = mapped_column(default=list)
    """Windows of `hotline.domain.opening_hours`; empty: not said."""
    short_notice: Mapped[bool] = mapped_column(default=False)
    """May be called when somebody is missing."""

    person: Mapped[Person] = relationship()


class Admission(Base):
    """Leave to answer for one shift without the records that the queue asks for."""

    __tablename__ = "admission"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    lacks: Mapped[list[str]] = mapped_column(default=list)
    """Codes of `hotline.domain.readiness` that stood against the person."""
    state: Mapped[AdmissionState]
    asked_at: Mapped[datetime | None]
    """None: the supervisor gave it unasked."""
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    until: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(EncryptedText("admission.reason"))

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])


class SupervisionRecord(Base):
    """督导记录: what was worked on together; read by the person and by supervisors alone."""

    __tablename__ = "supervision_record"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    supervisor_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    held_at: Mapped[datetime] = mapped_column(index=True)
    minutes: Mapped[int]
    form: Mapped[SupervisionForm]
    content: Mapped[str] = mapped_column(EncryptedText("supervision_record.content"))
    agreed: Mapped[str | None] = mapped_column(EncryptedText("supervision_record.agreed"))
    """What comes next."""
    recorded_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    """By the person it is about."""

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    supervisor: Mapped[Person] = relationship(foreign_keys=[supervisor_id])


class RestOffer(Base):
    """Rest offered to a person whose shift was much, and told to supervisors: an offer, never a block."""

    __tablename__ = "rest_offer"
    __table_args__ = (UniqueConstraint("person_id", "strain", "shift_began_at", "step"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"))
    strain: Mapped[Strain]
    value: Mapped[float] = mapped_column(Float)
    """Minutes, calls or nights, as the strain counts."""
    step: Mapped[int] = mapped_column(default=1)
    """How many times over the limit it was: each time it is offered again."""
    shift_began_at: Mapped[datetime]
    offered_at: Mapped[datetime] = mapped_column(index=True)
    answer: Mapped[RestAnswer | None]
    answered_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()
