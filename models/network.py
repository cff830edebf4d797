"""One number, many lines: what is dialled, who helps whom, where callers can be passed on, and the rules."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.crypto import EncryptedText
from models.places import Centre, Place
from models.vocabulary_network import Keeping, PartnerKind, Strategy


class PhoneLine(Base):
    """A number that people dial: old and new ones stand beside each other."""

    __tablename__ = "phone_line"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    """As dialled, digits alone; public, so in the clear."""
    name_zh: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(60))
    centre_id: Mapped[int | None] = mapped_column(ForeignKey("centre.id"))
    """Whose callers these are; None: the whole hotline's."""
    language: Mapped[str] = mapped_column(String(8), default="zh")
    """Spoken by who dials this number, until they say otherwise."""
    active: Mapped[bool] = mapped_column(default=True)
    """A retired number keeps its row: calls point to it, and who still dials it is served."""
    is_demonstration: Mapped[bool] = mapped_column(default=False)

    centre: Mapped[Centre | None] = relationship()


class OverflowAgreement(Base):
    """The centre `to` answers for `from_`, after so many seconds of waiting, in these hours."""

    __tablename__ = "overflow_agreement"
    __table_args__ = (UniqueConstraint("from_centre_id", "to_centre_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    from_centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"), index=True)
    to_centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"))
    after_seconds: Mapped[int] = mapped_column(default=30)
    hours: Mapped[list[str]] = mapped_column(default=list)
    """Windows as `hotline/domain/opening_hours.py` reads them; none: always."""
    active: Mapped[bool] = mapped_column(default=True)
    is_demonstration: Mapped[bool] = mapped_column(default=False)

    from_centre: Mapped[Centre] = relationship(foreign_keys=[from_centre_id])
    to_centre: Mapped[Centre] = relationship(foreign_keys=[to_centre_id])


class PartnerLine(Base):
    """Another service's line: a youth line, a hospital, 110. Its number may be a desk that is not public."""

    __tablename__ = "partner_line"

    id: Mapped[int] = mapped_column(primary_key=True)
    name_zh: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(60))
    kind: Mapped[PartnerKind]
    number: Mapped[str] = mapped_column(EncryptedText("partner_line.number"))
    place_code: Mapped[str | None] = mapped_column(ForeignKey("place.code"), index=True)
    """Serves people of this place and below; None: of everywhere."""
    hours: Mapped[list[str]] = mapped_column(default=list)
    """Windows as `hotline/domain/opening_hours.py` reads them; none: always."""
    groups: Mapped[list[str]] = mapped_column(default=list)
    """Codes of `Group` that it serves; none: everybody."""
    takes_overflow: Mapped[bool] = mapped_column(default=False)
    """Agreed: a caller may be passed on when nobody of ours is on duty, and may choose it after a long wait.
    Never an emergency line."""
    active: Mapped[bool] = mapped_column(default=True)
    is_demonstration: Mapped[bool] = mapped_column(default=False)

    place: Mapped[Place | None] = relationship()


class RoutingPolicy(Base):
    """The rules that administrators set: one row, and none means the defaults of the domain's rules."""

    __tablename__ = "routing_policy"

    id: Mapped[int] = mapped_column(primary_key=True)
    credits: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Seconds of credit by `Reason` code, where they differ from the default."""
    most_credit_seconds: Mapped[int]
    """The ageing guard: nobody is overtaken by who came this much later."""
    strategy: Mapped[Strategy] = mapped_column(default=Strategy.LONGEST_IDLE)
    ring_at_once: Mapped[int]
    city_after_seconds: Mapped[int]
    province_after_seconds: Mapped[int]
    anywhere_after_seconds: Mapped[int]
    partner_after_seconds: Mapped[int] = mapped_column(default=300, server_default="300")
    """So long a caller waits before being told of a partner line; 0: never."""
    skill_after_seconds: Mapped[int]
    language_after_seconds: Mapped[int]
    known_operator_seconds: Mapped[int]
    """How long the last operator of a repeat caller is rung; 0: not preferred."""
    keeping: Mapped[Keeping] = mapped_column(default=Keeping.SEAT)
    keep_from_seats: Mapped[int]
    """Nothing is kept while fewer are on duty."""
    wrap_up_seconds: Mapped[int] = mapped_column(default=120, server_default="120")
    wrap_up_over_seconds: Mapped[int] = mapped_column(default=300, server_default="300")
    rest_after_decline_seconds: Mapped[int] = mapped_column(default=0, server_default="0")
    """0: the seat is ready again when its person says so."""
    rest_after_no_answer_seconds: Mapped[int] = mapped_column(default=0, server_default="0")
    nuisance_calls: Mapped[int] = mapped_column(default=3, server_default="3")
    nuisance_window_seconds: Mapped[int] = mapped_column(default=3600, server_default="3600")
    nuisance_lasts_seconds: Mapped[int] = mapped_column(default=86400, server_default="86400")
    nuisance_repeated_from: Mapped[int] = mapped_column(default=3, server_default="3")
    nuisance_repeated_within_seconds: Mapped[int] = mapped_column(default=604800, server_default="604800")
    nuisance_repeated_lasts_seconds: Mapped[int] = mapped_column(default=604800, server_default="604800")
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
