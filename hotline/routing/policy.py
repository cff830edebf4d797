"""The routing rules in force: the row that administrators set, or the defaults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.domain.priority import CREDIT_SECONDS, Credits, Reason
from hotline.domain.routing_policy import DEFAULT, Policy
from models.network import RoutingPolicy
from models.unit_of_work import UnitOfWork


def credits_of(values: Mapping[str, int], most_seconds: int) -> Credits:
    """Credits as set; a reason that nobody set has its default."""
    return Credits(
        {reason: int(values.get(reason.value, CREDIT_SECONDS[reason])) for reason in Reason}, most_seconds
    )


def policy_of(session: Session) -> Policy:
    row = session.scalars(select(RoutingPolicy).order_by(RoutingPolicy.id).limit(1)).first()
    if row is None:
        return DEFAULT
    numbers = {f.name: getattr(row, f.name) for f in fields(Policy) if f.name != "credits"}
    return Policy(credits=credits_of(row.credits, row.most_credit_seconds), **numbers)


def wrap_up_ends(unit: UnitOfWork) -> datetime:
    """When the time for the note of a talk that ends now is over."""
    return unit.now + timedelta(seconds=policy_of(unit.session).wrap_up_seconds)
