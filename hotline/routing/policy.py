"""The routing rules in force: the row that administrators set, or the defaults."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.domain.priority import CREDIT_SECONDS, Credits, Reason
from hotline.domain.routing_policy import DEFAULT, Policy
from models.network import RoutingPolicy


def credits_of(values: Mapping[str, int], most_seconds: int) -> Credits:
    """Credits as set; a reason that nobody set has its default."""
    return Credits(
        {reason: int(values.get(reason.value, CREDIT_SECONDS[reason])) for reason in Reason}, most_seconds
    )


def policy_of(session: Session) -> Policy:
    row = session.scalars(select(RoutingPolicy).order_by(RoutingPolicy.id).limit(1)).first()
    if row is None:
        return DEFAULT
    return Policy(
        credits=credits_of(row.credits, row.most_credit_seconds),
        strategy=row.strategy,
        ring_at_once=row.ring_at_once,
        city_after_seconds=row.city_after_seconds,
        province_after_seconds=row.province_after_seconds,
        anywhere_after_seconds=row.anywhere_after_seconds,
        skill_after_seconds=row.skill_after_seconds,
        language_after_seconds=row.language_after_seconds,
        known_operator_seconds=row.known_operator_seconds,
        keeping=row.keeping,
        keep_from_seats=row.keep_from_seats,
    )
