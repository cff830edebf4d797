"""Time limits of signals, drafts and alerts, pure: what happens how long after what.

DOMAIN.md e [D]: a possible stress event is verified and sent within 2 h, a prominent issue within 24 h. The
steps before the limit tell the deputy and then everybody, so that it is kept.
"""

from __future__ import annotations

from datetime import timedelta

from models.vocabulary_alerting import ClockStep
from models.vocabulary_surveillance import AlertLevel, SignalKind

Steps = tuple[tuple[timedelta, ClockStep], ...]

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
SINGLE_AFTER = timedelta(minutes=30)
"""So long the second signer of a possible stress event may keep silent before one person may send."""

OF_SIGNAL: dict[SignalKind, Steps] = {
    SignalKind.STRESS_EVENT: (
        (timedelta(0), ClockStep.TOLD_SIGNERS),
        (20 * MINUTE, ClockStep.TOLD_DEPUTIES),
        (45 * MINUTE, ClockStep.TOLD_ALL),
        (2 * HOUR, ClockStep.OVERDUE),
    ),
    SignalKind.PROMINENT_ISSUE: (
        (timedelta(0), ClockStep.TOLD_SIGNERS),
        (8 * HOUR, ClockStep.TOLD_DEPUTIES),
        (16 * HOUR, ClockStep.TOLD_ALL),
        (24 * HOUR, ClockStep.OVERDUE),
    ),
}
OF_DRAFT: dict[SignalKind, Steps] = {
    SignalKind.STRESS_EVENT: (
        (timedelta(0), ClockStep.TOLD_SIGNERS),
        (10 * MINUTE, ClockStep.TOLD_DEPUTIES),
        (SINGLE_AFTER, ClockStep.SINGLE_ALLOWED),
    ),
    SignalKind.PROMINENT_ISSUE: (
        (timedelta(0), ClockStep.TOLD_SIGNERS),
        (4 * HOUR, ClockStep.TOLD_DEPUTIES),
        (8 * HOUR, ClockStep.TOLD_ALL),
    ),
}

RECEIPT_WITHIN: dict[AlertLevel, timedelta] = {
    AlertLevel.RED: 30 * MINUTE,
    AlertLevel.ORANGE: 2 * HOUR,
    AlertLevel.YELLOW: 12 * HOUR,
    AlertLevel.BLUE: 24 * HOUR,
}
"""A receipt of the addressee is awaited so long; then the level above is told ([D])."""


def receipt_within(level: AlertLevel, kind: SignalKind) -> timedelta:
    """A possible stress event is answered within half an hour, whatever its level."""
    usual = RECEIPT_WITHIN[level]
    return min(usual, RECEIPT_WITHIN[AlertLevel.RED]) if kind is SignalKind.STRESS_EVENT else usual


def step_of(steps: Steps, number: int) -> tuple[timedelta, ClockStep] | None:
    return steps[number] if number < len(steps) else None
