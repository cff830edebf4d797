"""Deciding what a year asks of a person and when rest is offered: a row for each decision, audited."""

from __future__ import annotations

from collections.abc import Mapping

from hotline.workforce.changes import audit
from hotline.workforce.errors import FieldWrong
from models.readiness import ReadinessPolicy, standing_readiness
from models.unit_of_work import Work

BOUNDS: Mapping[str, tuple[int, int]] = {
    "system_trainings": (0, 24),
    "drills": (0, 24),
    "assessments": (0, 12),
    "talk_minutes": (0, 720),
    "high_risk_calls": (0, 20),
    "nights_in_a_row": (0, 14),
}


def decide_readiness_policy(
    work: Work, audit_key: bytes, *, numbers: Mapping[str, int], person_id: int
) -> ReadinessPolicy:
    """`numbers`: all of BOUNDS. Raises FieldWrong for what is out of bounds."""
    for name, (least, most) in BOUNDS.items():
        if not least <= numbers.get(name, -1) <= most:
            raise FieldWrong(name, "out_of_range")
    with work() as unit:
        before = standing_readiness(unit.session)
        changes = {
            name: [getattr(before, name), numbers[name]]
            for name in BOUNDS
            if getattr(before, name) != numbers[name]
        }
        if not changes:
            return before
        after = ReadinessPolicy(
            **{name: numbers[name] for name in BOUNDS},
            counted_from=before.counted_from,
            set_at=unit.now,
            set_by_id=person_id,
        )
        unit.session.add(after)
        unit.session.flush()
        audit(
            unit,
            audit_key,
            by_id=person_id,
            action="policy.readiness",
            subject=f"readiness_policy:{after.id}",
            changes=changes,
        )
        return after
