"""Imports every record, so that `Base.metadata` is whole."""

from __future__ import annotations

from models import (
    alerting,
    audit,
    calls,
    captions,
    care,
    cross_border,
    demand,
    linkage,
    network,
    notes,
    nuisance,
    outbox,
    participation,
    people,
    places,
    policies,
    recordings,
    seats,
    skills,
    surveillance,
    workforce,
)
from models.base import Base

__all__ = [
    "Base",
    "alerting",
    "audit",
    "calls",
    "captions",
    "care",
    "cross_border",
    "demand",
    "linkage",
    "network",
    "notes",
    "nuisance",
    "outbox",
    "participation",
    "people",
    "places",
    "policies",
    "recordings",
    "seats",
    "skills",
    "surveillance",
    "workforce",
]
