"""Reports as official papers: drafted by the clock, signed by a named person, then never changed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.crypto import EncryptedText
from models.people import Person
from models.places import Mechanism, Place
from models.vocabulary_papers import PaperKind, PaperState
from models.vocabulary_surveillance import DeliveryChannel, DeliveryState


class Paper(Base):
    """One report of one period at one place. Once signed it has a number and a hash, and stands."""

    __tablename__ = "paper"
    __table_args__ = (
        UniqueConstraint("kind", "number"),
        Index(
            "ix_paper_period",
            "kind",
            "place_code",
            "first_day",
            unique=True,
            sqlite_where=text("state != 'dropped'"),
            postgresql_where=text("state != 'dropped'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[PaperKind]
    place_code: Mapped[str] = mapped_column(ForeignKey("place.code"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date] = mapped_column(index=True)
    state: Mapped[PaperState] = mapped_column(default=PaperState.DRAFT, index=True)
    number: Mapped[str | None] = mapped_column(String(40))
    """〔2026〕31号, given at signature, by kind and year."""
    title: Mapped[str] = mapped_column(String(160))
    content: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Shape: docstring of `analytics/papers/writing.py`. Small cells are suppressed already."""
    definitions_version: Mapped[str] = mapped_column(String(40))
    """Version and fingerprint of the figure definitions that made it."""
    revision: Mapped[int] = mapped_column(default=1)
    """Rises with each edit, so that nobody signs what another has just changed."""
    due_at: Mapped[datetime]
    drafted_at: Mapped[datetime]
    edited_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    edited_at: Mapped[datetime | None]
    signed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    signed_at: Mapped[datetime | None]
    standing: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Went out on a standing signature; nobody read it before."""
    sha256: Mapped[str | None] = mapped_column(String(64))
    """Of the frozen paper (`analytics/papers/freezing.py`)."""
    dropped_reason: Mapped[str | None] = mapped_column(EncryptedText("paper.dropped_reason"))
    is_demonstration: Mapped[bool] = mapped_column(default=False)

    place: Mapped[Place] = relationship()
    edited_by: Mapped[Person | None] = relationship(foreign_keys=[edited_by_id])
    signed_by: Mapped[Person | None] = relationship(foreign_keys=[signed_by_id])
    deliveries: Mapped[list[PaperDelivery]] = relationship(
        back_populates="paper", order_by="PaperDelivery.id"
    )


class PaperDelivery(Base):
    """A signed report on its way to one body by one channel: number, kind and link only."""

    __tablename__ = "paper_delivery"
    __table_args__ = (UniqueConstraint("paper_id", "mechanism_id", "channel"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    paper_id: Mapped[int] = mapped_column(ForeignKey("paper.id"), index=True)
    mechanism_id: Mapped[int] = mapped_column(ForeignKey("mechanism.id"))
    channel: Mapped[DeliveryChannel]
    state: Mapped[DeliveryState] = mapped_column(default=DeliveryState.DUE, index=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    """Idempotency key at the receiver."""
    attempts: Mapped[int] = mapped_column(default=0)
    tries: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list, server_default="[]")
    """`at`, `ok`, `detail` of each attempt: a status code or a kind of failure."""
    sent_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    """An official of the body's place first opened it after sign-in."""

    paper: Mapped[Paper] = relationship(back_populates="deliveries")
    mechanism: Mapped[Mechanism] = relationship()


class StandingSignature(Base):
    """A supervisor lets trend digests go out unread until a day: they hold public figures alone."""

    __tablename__ = "standing_signature"

    id: Mapped[int] = mapped_column(primary_key=True)
    place_code: Mapped[str] = mapped_column(ForeignKey("place.code"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    given_at: Mapped[datetime]
    until: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(EncryptedText("standing_signature.reason"))
    is_demonstration: Mapped[bool] = mapped_column(default=False)

    person: Mapped[Person] = relationship()


class EvaluationExport(Base):
    """A de-identified export for a third party, behind a token that ends by itself."""

    __tablename__ = "evaluation_export"

    id: Mapped[int] = mapped_column(primary_key=True)
    evaluator: Mapped[str] = mapped_column(String(120))
    first_day: Mapped[date]
    last_day: Mapped[date]
    reason: Mapped[str] = mapped_column(EncryptedText("evaluation_export.reason"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    fetches: Mapped[int] = mapped_column(default=0)
    is_demonstration: Mapped[bool] = mapped_column(default=False)

    made_by: Mapped[Person] = relationship()
