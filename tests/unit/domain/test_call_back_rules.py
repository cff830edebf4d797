"""When somebody is tried again, when a number is slowed down: the tables."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hotline.domain import call_back
from hotline.domain.call_back import Following, after_try, due_first
from hotline.domain.nuisance import comes_through_at, limit_for
from models.call_back_words import TryResult
from models.vocabulary import CallbackState

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("result", list(TryResult))
@pytest.mark.parametrize(
    ("attempts", "danger", "following"),
    [
        (1, False, Following(CallbackState.DUE, NOW + 15 * MINUTE)),
        (2, False, Following(CallbackState.DUE, NOW + 120 * MINUTE)),
        (3, False, Following(CallbackState.UNREACHED)),
        (1, True, Following(CallbackState.DUE, NOW + 2 * MINUTE)),
        (2, True, Following(CallbackState.DUE, NOW + 10 * MINUTE)),
        (3, True, Following(CallbackState.WITH_SUPERVISOR)),
        (7, True, Following(CallbackState.WITH_SUPERVISOR)),
    ],
)
def test_three_tries_at_spread_times_and_a_danger_never_closes_by_itself(
    result: TryResult, attempts: int, danger: bool, following: Following
) -> None:
    if result is TryResult.REACHED:
        following = Following(CallbackState.DONE)
    assert after_try(result, attempts=attempts, danger=danger, now=NOW) == following


def test_a_danger_is_due_at_once_and_a_wish_within_a_quarter_of_an_hour() -> None:
    assert due_first(NOW, danger=True) == NOW
    assert due_first(NOW, danger=False) == NOW + 15 * MINUTE


@pytest.mark.parametrize(
    ("contacts", "protected", "hours", "reason"),
    [
        (1, False, 24, "nuisance"),
        (2, False, 24, "nuisance"),
        (3, False, 168, "repeated_nuisance"),
        (9, True, None, None),
        (0, False, None, None),
    ],
)
def test_a_limit_always_ends_and_never_meets_who_is_protected(
    contacts: int, protected: bool, hours: int | None, reason: str | None
) -> None:
    limit = limit_for(contacts, protected=protected, now=NOW)
    assert (limit is None) == (hours is None)
    if limit is not None and hours is not None:
        assert (limit.expires_at, limit.reason) == (NOW + timedelta(hours=hours), reason)


@pytest.mark.parametrize(
    ("minutes_ago", "until"),
    [
        ([], None),
        ([50, 10], None),
        ([70, 50, 10], None),
        ([50, 40, 10], NOW + 10 * MINUTE),
        ([55, 50, 40, 10], NOW + 10 * MINUTE),
    ],
)
def test_a_limited_number_comes_through_so_often_in_a_window(
    minutes_ago: list[int], until: datetime | None
) -> None:
    arrivals = [NOW - minutes * MINUTE for minutes in minutes_ago]
    assert comes_through_at(3, timedelta(hours=1), arrivals, NOW) == until


@pytest.mark.parametrize(
    ("seconds", "danger", "high_history", "offered"),
    [
        (5, False, False, False),
        (60, False, False, False),
        (61, False, False, True),
        (5, True, False, True),
        (5, False, True, True),
    ],
)
def test_a_silent_contact_is_called_back_when_it_may_have_been_in_need(
    seconds: int, danger: bool, high_history: bool, offered: bool
) -> None:
    talked = timedelta(seconds=seconds)
    assert call_back.silence_is_called_back(talked, danger=danger, high_history=high_history) is offered
