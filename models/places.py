"""Places (GB/T 2260 tree), centres, and the addresses of the joint prevention mechanism."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, false, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.crypto import EncryptedText
from models.vocabulary import PlaceLevel
from models.vocabulary_alerting import BodyKind

UNKNOWN_PLACE = "000000"


class Organisation(Base):
    """The hotline itself: one row. While `is_demonstration` nothing leaves the machine."""

    __tablename__ = "organisation"

    id: Mapped[int] = mapped_column(primary_key=True)
    name_zh: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(120))
    number: Mapped[str] = mapped_column(String(20))
    place_code: Mapped[str] = mapped_column(ForeignKey("place.code"))
    is_demonstration: Mapped[bool] = mapped_column(default=False)
    minimum_seats: Mapped[int] = mapped_column(default=2)
    time_zone: Mapped[str] = mapped_column(
        String(40), default="Asia/Shanghai", server_default="Asia/Shanghai"
    )
    """IANA name: days and hours of the rules are told in it."""
    created_at: Mapped[datetime]


class Place(Base):
    """GB/T 2260 code (6 digits; 9 or 12 below the county). A retired code is never used again."""

    __tablename__ = "place"

    code: Mapped[str] = mapped_column(String(12), primary_key=True)
    name_zh: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(60))
    level: Mapped[PlaceLevel]
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("place.code"))
    valid_from: Mapped[datetime | None]
    valid_to: Mapped[datetime | None]

    parent: Mapped[Place | None] = relationship(remote_side=[code])


class Centre(Base):
    """A city's centre behind the unified number."""

    __tablename__ = "centre"

    id: Mapped[int] = mapped_column(primary_key=True)
    name_zh: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(60))
    place_code: Mapped[str] = mapped_column(ForeignKey("place.code"))
    minimum_seats: Mapped[int] = mapped_column(default=2)
    standby_phone: Mapped[str | None] = mapped_column(EncryptedText("centre.standby_phone"))
    is_demonstration: Mapped[bool] = mapped_column(default=False)

    place: Mapped[Place] = relationship()


class Mechanism(Base):
    """Where alerts of a place go: its joint prevention mechanism or people's government.

    Names of bodies are data: they are renamed and dissolved.
    """

    __tablename__ = "mechanism"

    id: Mapped[int] = mapped_column(primary_key=True)
    place_code: Mapped[str] = mapped_column(ForeignKey("place.code"), index=True)
    name_zh: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(120))
    email: Mapped[str | None] = mapped_column(String(200))
    webhook_url: Mapped[str | None] = mapped_column(String(400))
    webhook_secret: Mapped[str | None] = mapped_column(EncryptedText("mechanism.webhook_secret"))
    kind: Mapped[BodyKind] = mapped_column(default=BodyKind.MECHANISM, server_default="mechanism")
    department: Mapped[str | None] = mapped_column(String(60))
    """The duty of a department (责任单位) as `analytics.report.responsibilities` names it."""
    main_name: Mapped[str | None] = mapped_column(String(60))
    main_phone: Mapped[str | None] = mapped_column(EncryptedText("mechanism.main_phone"))
    deputy_name: Mapped[str | None] = mapped_column(String(60))
    deputy_phone: Mapped[str | None] = mapped_column(EncryptedText("mechanism.deputy_phone"))
    duty_phone: Mapped[str | None] = mapped_column(EncryptedText("mechanism.duty_phone"))
    duty_hours: Mapped[str] = mapped_column(String(11), default="00:00-24:00", server_default="00:00-24:00")
    """`HH:MM-HH:MM` of the hotline's clock in which the main person answers; outside it the duty phone."""
    file_drop: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Alerts are also laid down as files for the document-exchange platform of this body."""
    feed_token_hash: Mapped[str | None] = mapped_column(String(64), index=True, unique=True)
    """SHA-256 of the token by which this body's system reads its feed."""
    active: Mapped[bool] = mapped_column(default=True, server_default=true())
    """Bodies are dissolved: what was sent to them stays."""
    is_demonstration: Mapped[bool] = mapped_column(default=False)

    place: Mapped[Place] = relationship()
