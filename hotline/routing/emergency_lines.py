"""Which 110, 120 and 119 hold for a caller: dispatch centres are local, and a person may be far from us."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from hotline.domain.opening_hours import is_open
from hotline.routing.duty import covers
from hotline.routing.scene import local_time
from models.network import PartnerLine
from models.vocabulary_network import PartnerKind

SERVICES = {"110": PartnerKind.POLICE, "120": PartnerKind.AMBULANCE, "119": PartnerKind.FIRE}


@dataclass(frozen=True)
class EmergencyLine:
    service: str
    line: PartnerLine | None
    """The directory's line for this place; None: it holds none, and the bare number reaches our centre."""

    @property
    def to(self) -> str:
        """What a transfer is told to ring."""
        return self.service if self.line is None else f"partner:{self.line.id}"


def emergency_lines(session: Session, place_code: str | None, now: datetime) -> Sequence[EmergencyLine]:
    """The line of the county, else of the city, else of the province, else of everywhere."""
    local = local_time(session, now)
    lines = [
        line
        for line in session.scalars(
            select(PartnerLine)
            .where(PartnerLine.active.is_(True), PartnerLine.kind.in_(SERVICES.values()))
            .options(joinedload(PartnerLine.place))
            .order_by(PartnerLine.id)
        )
        if covers(line.place_code, place_code) and is_open(line.hours, local)
    ]
    return [
        EmergencyLine(
            service, max((line for line in lines if line.kind is kind), key=_nearness, default=None)
        )
        for service, kind in SERVICES.items()
    ]


def _nearness(line: PartnerLine) -> int:
    """Digits of the place that say something: the more, the smaller the place."""
    return len((line.place_code or "").rstrip("0"))
