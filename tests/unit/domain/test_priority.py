"""One key is order, explanation and ageing guard."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.domain.priority import (
    CREDIT_SECONDS,
    MOST_CREDIT_SECONDS,
    History,
    Reason,
    place_in_queue,
    with_reason,
)

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
AT = NOON.timestamp()


def ago(**span: float) -> datetime:
    return NOON - timedelta(**span)


@pytest.mark.parametrize(
    ("history", "danger", "reasons", "credit"),
    [
        (History(), False, (), 0),
        (History(), True, (Reason.DANGER,), 3600),
        (History(risk_is_high=True, high_risk_at=ago(days=30)), False, (Reason.RISK_HISTORY,), 1200),
        (
            History(risk_is_high=True, high_risk_at=ago(hours=23)),
            False,
            (Reason.RISK_HISTORY, Reason.REPEAT_AFTER_RISK),
            1800,
        ),
        (History(minor=True), False, (Reason.MINOR,), 600),
        (
            History(cut_off_at=ago(minutes=3), cut_off_arrived_at=ago(minutes=20)),
            False,
            (Reason.CUT_OFF,),
            1200,
        ),
        (History(cut_off_at=ago(minutes=16), cut_off_arrived_at=ago(minutes=20)), False, (), 0),
        (
            History(risk_is_high=True, high_risk_at=ago(hours=1), minor=True),
            True,
            (Reason.DANGER, Reason.RISK_HISTORY, Reason.REPEAT_AFTER_RISK, Reason.MINOR),
            MOST_CREDIT_SECONDS,
        ),
    ],
)
def test_each_reason_gives_its_bounded_credit(
    history: History, danger: bool, reasons: tuple[Reason, ...], credit: int
) -> None:
    place = place_in_queue(NOON, history, danger=danger)
    assert place.reasons == reasons
    assert place.key == AT - credit


def test_the_danger_key_outweighs_everything_else_together_short_of_the_bound() -> None:
    others = sum(CREDIT_SECONDS[r] for r in (Reason.RISK_HISTORY, Reason.REPEAT_AFTER_RISK, Reason.MINOR))
    assert CREDIT_SECONDS[Reason.DANGER] > others


@given(
    later=st.integers(MOST_CREDIT_SECONDS + 1, 10**6),
    history=st.builds(
        History,
        risk_is_high=st.booleans(),
        high_risk_at=st.one_of(st.none(), st.just(NOON)),
        minor=st.booleans(),
        cut_off_at=st.one_of(st.none(), st.just(NOON)),
        cut_off_arrived_at=st.one_of(st.none(), st.just(ago(days=2))),
    ),
    gained=st.lists(st.sampled_from(Reason)),
)
def test_nobody_is_overtaken_by_who_came_later_than_the_bound(
    later: int, history: History, gained: list[Reason]
) -> None:
    plain = place_in_queue(NOON, History())
    arrived = NOON + timedelta(seconds=later)
    urgent = place_in_queue(arrived, history, danger=True)
    for reason in gained:
        urgent = with_reason(urgent.key, [str(r) for r in urgent.reasons], reason, arrived)
    assert plain.key < urgent.key


def test_pressing_the_danger_key_twice_counts_once() -> None:
    once = with_reason(AT, [], Reason.DANGER, NOON)
    twice = with_reason(once.key, [str(r) for r in once.reasons], Reason.DANGER, NOON)
    assert once.key == AT - 3600
    assert twice == once
