"""When somebody who is owed a call is tried again, and when trying ends. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from models.call_back_words import TryResult
from models.vocabulary import CallbackState

WITHIN = timedelta(minutes=15)
"""Target from the wish to the first try (DOMAIN.md f7); with danger at once."""
TRIES = 3
AGAIN_AFTER = (timedelta(minutes=15), timedelta(hours=2))
"""Spread, since who did not hear it now may hear it later."""
DANGER_AGAIN_AFTER = (timedelta(minutes=2), timedelta(minutes=10))
GIVEN_BACK_AFTER = timedelta(minutes=5)
"""A call-back that its seat put back undialled waits so long, or the same seat would be asked at once."""
HELD_BY_SEAT = timedelta(minutes=3)
"""A dropped line in danger stays with its seat so long; a person must not wait for one who is not there."""
SOMEBODY_AFTER = timedelta(seconds=60)
"""A silent or cut-off contact that lasted longer was somebody."""


@dataclass(frozen=True)
class Following:
    """What follows a try. `due_at` None: nothing falls due by itself."""

    state: CallbackState
    due_at: datetime | None = None


def after_try(result: TryResult, *, attempts: int, danger: bool, now: datetime) -> Following:
    """`attempts` counts this try. A danger that was not reached never closes by itself."""
    if result is TryResult.REACHED:
        return Following(CallbackState.DONE)
    if attempts < TRIES:
        pauses = DANGER_AGAIN_AFTER if danger else AGAIN_AFTER
        return Following(CallbackState.DUE, now + pauses[min(attempts, len(pauses)) - 1])
    return Following(CallbackState.WITH_SUPERVISOR if danger else CallbackState.UNREACHED)


def silence_is_called_back(talked: timedelta, *, danger: bool, high_history: bool) -> bool:
    """Whether a silent or cut-off contact is offered a call-back: the danger key or mark, an R3/R4 history of
    the number, or more than a minute of talk."""
    return danger or high_history or talked > SOMEBODY_AFTER


def due_first(asked_at: datetime, *, danger: bool) -> datetime:
    return asked_at if danger else asked_at + WITHIN
