"""Recording the cross-border assessment, and whether one holds."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from hotline.domain.carrier_reach import country_of, may_serve
from hotline.workforce.errors import FieldWrong
from models.audit import Auditor
from models.cross_border import CrossBorderAssessment, CrossBorderBasis
from models.places import Organisation
from models.unit_of_work import Work

LONGEST_REFERENCE = 120


@dataclass(frozen=True)
class Standing:
    """How a carrier stands with the organisation's country. Not `may_serve`: no real caller may be taken."""

    country: str
    may_serve: bool
    assessed_until: date | None


class CrossBorder:
    def __init__(self, work: Work, audit_key: bytes) -> None:
        self._work = work
        self._audit = Auditor(audit_key)

    def record(
        self, carrier: str, basis: CrossBorderBasis, reference: str, valid_until: date, *, by_id: int
    ) -> int:
        """Raises FieldWrong (`reference` empty or too long; `valid_until` in the past)."""
        reference = reference.strip()
        if not 3 <= len(reference) <= LONGEST_REFERENCE:
            raise FieldWrong("reference", "reference_form")
        with self._work() as unit:
            if valid_until < today_of(unit.session, unit.now):
                raise FieldWrong("valid_until", "in_the_past")
            line = CrossBorderAssessment(
                carrier=carrier,
                basis=basis,
                reference=reference,
                valid_until=valid_until,
                person_id=by_id,
                recorded_at=unit.now,
            )
            unit.session.add(line)
            unit.session.flush()
            said = {
                "carrier": carrier,
                "basis": basis.value,
                "reference": reference,
                "until": str(valid_until),
            }
            self._audit(
                unit,
                by_id,
                "cross_border.record",
                f"cross_border:{line.id}",
                json.dumps(said, ensure_ascii=False),
            )
            return line.id


def assessments() -> Select[CrossBorderAssessment]:
    """All that were recorded, the newest first."""
    return select(CrossBorderAssessment).order_by(CrossBorderAssessment.id.desc())


def standing(session: Session, carrier: str, now: datetime) -> Standing | None:
    """None while no organisation was founded."""
    organisation = session.scalars(select(Organisation).order_by(Organisation.id).limit(1)).first()
    if organisation is None:
        return None
    newest = session.scalars(assessments().where(CrossBorderAssessment.carrier == carrier).limit(1)).first()
    country = country_of(organisation.place_code)
    until = newest.valid_until if newest is not None else None
    today = now.astimezone(ZoneInfo(organisation.time_zone)).date()
    allowed = may_serve(carrier=carrier, country=country, assessed_until=until, today=today)
    return Standing(country, allowed, until)


def today_of(session: Session, now: datetime) -> date:
    """The organisation's own day."""
    zone = session.scalars(select(Organisation.time_zone).order_by(Organisation.id).limit(1)).first()
    return now.astimezone(ZoneInfo(zone or "Asia/Shanghai")).date()
