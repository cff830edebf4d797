"""Deciding what seats are reckoned for: a row for each decision, with before and after in the audit."""

from __future__ import annotations

from collections.abc import Mapping

from hotline.workforce.changes import audit
from hotline.workforce.errors import FieldWrong
from models.demand import StaffingPolicy, standing_staffing
from models.unit_of_work import Work

BOUNDS: Mapping[str, tuple[int, int]] = {
    "within_seconds": (5, 300),
    "answered_percent": (50, 99),
    "shrinkage_percent": (0, 60),
    "calls_a_day": (1, 20_000),
    "handle_minutes": (1, 180),
}


def decide_staffing_policy(
    work: Work, audit_key: bytes, *, numbers: Mapping[str, int], person_id: int
) -> StaffingPolicy:
    """`numbers`: all of BOUNDS. Raises FieldWrong for what is out of bounds."""
    for name, (least, most) in BOUNDS.items():
        if not least <= numbers.get(name, -1) <= most:
            raise FieldWrong(name, "out_of_range")
    with work() as unit:
        before = standing_staffing(unit.session)
        changes = {
            name: [getattr(before, name), numbers[name]]
            for name in BOUNDS
            if getattr(before, name) != numbers[name]
        }
        after = StaffingPolicy(
            **{name: numbers[name] for name in BOUNDS}, set_at=unit.now, set_by_id=person_id
        )
        if not changes:
            return before
        unit.session.add(after)
        unit.session.flush()
        audit(
            unit,
            audit_key,
            by_id=person_id,
            action="policy.staffing",
            subject=f"staffing_policy:{after.id}",
            changes=changes,
        )
        return after
