"""Reports as official papers: drafted by the clock, signed by a named person, then never changed."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.crypto import EncryptedText
from models.people import Person
from models.places import Place
from models.vocabulary import PlaceLevel
from models.vocabulary_papers import PaperKind, PaperState
from models.vocabulary_surveillance import AlertActionKind

if TYPE_CHECKING:
    from models.surveillance import Delivery


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
    wants_receipt: Mapped[bool] = mapped_column(default=False, server_default=false())
    """A named official acknowledges it; to open it is not enough."""
    is_demonstration: Mapped[bool] = mapped_column(default=False)

    place: Mapped[Place] = relationship()
    edited_by: Mapped[Person | None] = relationship(foreign_keys=[edited_by_id])
    signed_by: Mapped[Person | None] = relationship(foreign_keys=[signed_by_id])
    deliveries: Mapped[list[Delivery]] = relationship(back_populates="paper", order_by="Delivery.id")
    actions: Mapped[list[PaperAction]] = relationship(back_populates="paper", order_by="PaperAction.id")


class PaperAction(Base):
    """What an official of the place says to a signed report, and the hotline's answer."""

    __tablename__ = "paper_action"

    id: Mapped[int] = mapped_column(primary_key=True)
    paper_id: Mapped[int] = mapped_column(ForeignKey("paper.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[AlertActionKind]
    """ACKNOWLEDGE, ASK, ACT (what was done about it) of officials; ANSWER of the hotline."""
    text: Mapped[str | None] = mapped_column(EncryptedText("paper_action.text"))
    at: Mapped[datetime]

    paper: Mapped[Paper] = relationship(back_populates="actions")
    person: Mapped[Person] = relationship()


class PaperPlan(Base):
    """Which reports the places of a level get. A level without a row has the product's default
    (`analytics/papers/plan.py`); the hotline's own place gets every kind."""

    __tablename__ = "paper_plan"

    level: Mapped[PlaceLevel] = mapped_column(primary_key=True)
    kinds: Mapped[list[str]] = mapped_column(default=list)
    """Codes of `PaperKind`."""
    set_at: Mapped[datetime]
    set_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    is_demonstration: Mapped[bool] = mapped_column(default=False)


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
