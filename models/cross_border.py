"""The assessment without which callers' data of the mainland must not pass a carrier abroad."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.people import Person
from models.vocabulary import Code


class CrossBorderBasis(Code):
    """The three ways of article 38, Personal Information Protection Law of the PRC, and the exemption."""

    SECURITY_ASSESSMENT = ("security_assessment", "数据出境安全评估", "Security assessment by the authority")
    STANDARD_CONTRACT = ("standard_contract", "个人信息出境标准合同", "Standard contract, filed")
    CERTIFICATION = ("certification", "个人信息保护认证", "Certification")
    EXEMPT = ("exempt", "依法免予，附书面论证", "Exempt by rule, argued in writing")


class CrossBorderAssessment(Base):
    """One line a decision, never changed; the newest for a carrier counts. The document itself is in the
    organisation's own files: here stands who recorded it, and where to find it."""

    __tablename__ = "cross_border_assessment"

    id: Mapped[int] = mapped_column(primary_key=True)
    carrier: Mapped[str] = mapped_column(String(20), index=True)
    basis: Mapped[CrossBorderBasis]
    reference: Mapped[str] = mapped_column(String(120))
    """Number of the document, as the authority or the organisation filed it."""
    valid_until: Mapped[date]
    """Last day on which it holds."""
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]

    person: Mapped[Person] = relationship()
