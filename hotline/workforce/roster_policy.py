"""Rest, hours, lateness and warnings as data: of all centres, or of one; a row for each decision."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.domain.roster_rules import WorkRules
from hotline.workforce.changes import audit
from hotline.workforce.errors import FieldWrong
from models.places import Centre, Organisation
from models.roster import RosterPolicy
from models.unit_of_work import Work

DEFAULTS: Mapping[str, int] = {
    "rest_hours": 11,
    "shift_hours": 12,
    "week_hours": 44,
    "nights_in_row": 3,
    "remind_hours": 12,
    "late_minutes": 5,
    "standby_minutes": 3,
    "warn_days": 3,
    "warn_hours": 12,
}
BOUNDS: Mapping[str, tuple[int, int]] = {
    "rest_hours": (0, 24),
    "shift_hours": (2, 24),
    "week_hours": (8, 84),
    "nights_in_row": (1, 14),
    "remind_hours": (0, 72),
    "late_minutes": (1, 60),
    "standby_minutes": (1, 30),
    "warn_days": (1, 28),
    "warn_hours": (1, 72),
}
SWITCHES: Mapping[str, bool] = {"swaps_by_rule": True, "sign_up": True, "by_mail": True, "by_text": False}
DEFAULT_ZONE = "Asia/Shanghai"


def standing_roster_policy(session: Session, centre_id: int | None) -> RosterPolicy:
    """The centre's newest decision, else that of all, else the product's defaults (not on file)."""
    rows = select(RosterPolicy).order_by(RosterPolicy.id.desc()).limit(1)
    own = None
    if centre_id is not None:
        own = session.scalars(rows.where(RosterPolicy.centre_id == centre_id)).first()
    found = own or session.scalars(rows.where(RosterPolicy.centre_id.is_(None))).first()
    return found or RosterPolicy(**DEFAULTS, **SWITCHES)


def rules_of(policy: RosterPolicy) -> WorkRules:
    return WorkRules(policy.rest_hours, policy.shift_hours, policy.week_hours, policy.nights_in_row)


def zone_of(session: Session, centre_id: int | None) -> ZoneInfo:
    """The clock on the wall of a centre; of the organisation where none was set, and for None."""
    name = None if centre_id is None else standing_roster_policy(session, centre_id).time_zone
    if name is None:
        name = session.scalar(select(Organisation.time_zone).order_by(Organisation.id).limit(1))
    return ZoneInfo(name or DEFAULT_ZONE)


def decide_roster_policy(
    work: Work,
    audit_key: bytes,
    *,
    centre_id: int | None,
    numbers: Mapping[str, int],
    switches: Mapping[str, bool],
    time_zone: str | None,
    person_id: int,
) -> None:
    """`numbers`: all of BOUNDS; `switches`: all of SWITCHES. Raises FieldWrong."""
    for name, (least, most) in BOUNDS.items():
        if not least <= numbers.get(name, -1) <= most:
            raise FieldWrong(name, "out_of_range")
    if time_zone is not None and not _is_zone(time_zone):
        raise FieldWrong("time_zone", "zone_unknown")
    with work() as unit:
        if centre_id is not None and unit.session.get(Centre, centre_id) is None:
            raise FieldWrong("centre_id", "unknown")
        before = standing_roster_policy(unit.session, centre_id)
        values = {**{name: numbers[name] for name in BOUNDS}, **{name: switches[name] for name in SWITCHES}}
        changes = {
            name: [getattr(before, name), value]
            for name, value in {**values, "time_zone": time_zone}.items()
            if getattr(before, name) != value
        }
        if not changes:
            return
        row = RosterPolicy(
            centre_id=centre_id, time_zone=time_zone, set_at=unit.now, set_by_id=person_id, **values
        )
        unit.session.add(row)
        unit.session.flush()
        audit(
            unit,
            audit_key,
            by_id=person_id,
            action="policy.roster",
            subject=f"roster_policy:{row.id}",
            changes=changes,
        )


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
