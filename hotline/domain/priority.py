"""Who is served next: one stored key, which is order, explanation and ageing guard at once.

    key = epoch seconds of arrival - credits of its reasons (together at most MOST_CREDIT_SECONDS)

The least key is served first. Since credits are bounded, nobody is overtaken by a person who came more
than MOST_CREDIT_SECONDS later, however urgent: that is the ageing guard, and it needs no clock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Reason(StrEnum):
    DANGER = "danger"
    RISK_HISTORY = "risk_history"
    """A note of this number carries R3 or R4."""
    CALLED_AGAIN = "called_again"
    """The person was owed a call and called in: the place of the wish is theirs."""
    CUT_OFF = "cut_off"
    """The call resumes the place of one that was cut off."""
    OPERATOR_LOST = "operator_lost"
    """The operator's line dropped in a talk; the caller was served already and waits again."""
    TRANSFERRED = "transferred"
    """Passed back to the queue by an operator, for somebody else to answer."""
    TRANSFER_BOUNCED = "transfer_bounced"
    """A transfer that failed, with nobody left who held the call."""
    REPEAT_AFTER_RISK = "repeat_after_risk"
    MINOR = "minor"
    """A child or a minor: by an earlier note, or marked in this call."""


CREDIT_SECONDS: dict[Reason, int] = {
    Reason.DANGER: 3600,
    Reason.RISK_HISTORY: 1200,
    Reason.OPERATOR_LOST: 1200,
    Reason.TRANSFER_BOUNCED: 900,
    Reason.TRANSFERRED: 0,  # its own arrival, with the talk before, is credit enough
    Reason.REPEAT_AFTER_RISK: 600,
    Reason.MINOR: 600,
    Reason.CALLED_AGAIN: 0,  # its credit is the place of the wish itself
    Reason.CUT_OFF: 0,  # its credit is the old arrival itself
}
MOST_CREDIT_SECONDS = 5400
"""The default of the ageing guard; an administrator may set another (`domain/routing_policy.py`)."""
RESUME_WITHIN = timedelta(minutes=15)
"""How soon after the cut a caller must ring again to get the old place back."""
REPEAT_WITHIN = timedelta(hours=24)


@dataclass(frozen=True)
class Credits:
    """What each reason is worth, and how much they are worth together at most."""

    seconds: Mapping[Reason, int]
    most_seconds: int

    def of(self, reason: Reason) -> int:
        return self.seconds.get(reason, CREDIT_SECONDS[reason])


DEFAULT_CREDITS = Credits(CREDIT_SECONDS, MOST_CREDIT_SECONDS)


@dataclass(frozen=True)
class History:
    """What is known of a caller when the call arrives."""

    risk_is_high: bool = False
    high_risk_at: datetime | None = None
    minor: bool = False
    cut_off_at: datetime | None = None
    """End of the call that was cut off."""
    cut_off_arrived_at: datetime | None = None


@dataclass(frozen=True)
class Place:
    key: float
    reasons: tuple[Reason, ...]


def place_in_queue(
    arrived_at: datetime,
    history: History,
    *,
    danger: bool = False,
    operator_lost: bool = False,
    credits: Credits = DEFAULT_CREDITS,
) -> Place:
    """The stored key and why. Reasons stand in order of weight."""
    since, reasons = arrived_at, []
    if danger:
        reasons.append(Reason.DANGER)
    if history.risk_is_high:
        reasons.append(Reason.RISK_HISTORY)
    if operator_lost:
        reasons.append(Reason.OPERATOR_LOST)
    if resumes(arrived_at, history) and history.cut_off_arrived_at is not None:
        reasons.append(Reason.CUT_OFF)
        oldest = arrived_at - timedelta(seconds=credits.most_seconds)
        since = max(oldest, min(arrived_at, history.cut_off_arrived_at))
    if history.high_risk_at is not None and arrived_at - history.high_risk_at <= REPEAT_WITHIN:
        reasons.append(Reason.REPEAT_AFTER_RISK)
    if history.minor:
        reasons.append(Reason.MINOR)
    return Place(key_of(since, reasons, floor=arrived_at, credits=credits), tuple(reasons))


def key_of(
    since: datetime, reasons: Sequence[Reason], *, floor: datetime, credits: Credits = DEFAULT_CREDITS
) -> float:
    credit = sum(credits.of(reason) for reason in reasons)
    return max(since.timestamp() - credit, floor.timestamp() - credits.most_seconds)


def with_reason(
    key: float,
    reasons: Sequence[str],
    reason: Reason,
    arrived_at: datetime,
    credits: Credits = DEFAULT_CREDITS,
) -> Place:
    """The place of a waiting call that gained a reason; the same reason never counts twice."""
    known = tuple(Reason(code) for code in reasons)
    if reason in known:
        return Place(key, known)
    least = arrived_at.timestamp() - credits.most_seconds
    # A key that is below the bound already (set by an older, wider policy) is never made worse.
    return Place(min(key, max(key - credits.of(reason), least)), (reason, *known))


def resumes(arrived_at: datetime, history: History) -> bool:
    """Whether a cut-off call was so recent that its place is given back."""
    return history.cut_off_at is not None and arrived_at - history.cut_off_at <= RESUME_WITHIN
