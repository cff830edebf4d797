"""The routing policy, set by administrators within its bounds, with audit of before and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

from sqlalchemy import select

from hotline.domain.priority import Reason
from hotline.domain.routing_policy import BOUNDS, DEFAULT, MOST_CREDIT_EACH
from hotline.routing.policy import policy_of
from hotline.workforce.changes import apply, audit
from hotline.workforce.errors import FieldWrong
from models.network import RoutingPolicy
from models.unit_of_work import Work
from models.vocabulary_network import Keeping, Strategy

NUMBERS = tuple(BOUNDS)


class RoutingRules:
    def __init__(self, work: Work, audit_key: bytes) -> None:
        self._work = work
        self._audit_key = audit_key

    def save(
        self,
        *,
        credits: Mapping[str, int],
        numbers: Mapping[str, int],
        strategy: Strategy,
        keeping: Keeping,
        by_id: int,
    ) -> None:
        """`credits`: seconds by reason; `numbers`: all of NUMBERS. Calls that wait keep the place they were
        given. Raises FieldWrong for what is out of bounds."""
        for code, seconds in credits.items():
            if code not in set(Reason) or not 0 <= seconds <= MOST_CREDIT_EACH:
                raise FieldWrong(f"credit_{code}", "out_of_range")
        for name in NUMBERS:
            least, most = BOUNDS[name]
            if not least <= numbers.get(name, -1) <= most:
                raise FieldWrong(name, "out_of_range")
        with self._work() as unit:
            row = unit.session.scalars(
                select(RoutingPolicy).order_by(RoutingPolicy.id).limit(1).with_for_update()
            ).first()
            if row is None:
                now = policy_of(unit.session)
                row = RoutingPolicy(
                    credits={str(reason): now.credits.of(reason) for reason in Reason},
                    most_credit_seconds=now.credits.most_seconds,
                    changed_at=unit.now,
                    **{f.name: getattr(DEFAULT, f.name) for f in fields(DEFAULT) if f.name != "credits"},
                )
                unit.session.add(row)
            changes = apply(
                row,
                {
                    **{name: numbers[name] for name in NUMBERS},
                    "credits": {**row.credits, **credits},
                    "strategy": strategy,
                    "keeping": keeping,
                },
            )
            row.changed_at, row.changed_by_id = unit.now, by_id
            audit(
                unit, self._audit_key, by_id=by_id, action="routing.save", subject="routing", changes=changes
            )
