"""The order in words: the parts add up to the stored key."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.domain.explanation import KEPT_PLACES, Part, explain
from hotline.domain.priority import Credits, History, Reason, place_in_queue, with_reason

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
LATER = NOON + timedelta(minutes=3)


@pytest.mark.parametrize(
    ("history", "danger", "parts"),
    [
        (History(), False, ()),
        (History(), True, (Part("danger", 3600),)),
        (
            History(risk_is_high=True, high_risk_at=NOON - timedelta(hours=2), minor=True),
            True,
            (
                Part("danger", 3600),
                Part("risk_history", 1200),
                Part("repeat_after_risk", 600),
                Part("minor", 600),
                Part("bound", -600),
            ),
        ),
        (
            History(cut_off_at=NOON - timedelta(minutes=2), cut_off_arrived_at=NOON - timedelta(minutes=12)),
            False,
            (Part("cut_off", 720),),
        ),
    ],
)
def test_each_reason_stands_with_what_it_is_worth(
    history: History, danger: bool, parts: tuple[Part, ...]
) -> None:
    place = place_in_queue(NOON, history, danger=danger)
    told = explain(place.key, [str(reason) for reason in place.reasons], NOON, LATER)
    assert told.parts == parts
    assert told.waited_seconds == 180


@given(
    st.lists(st.sampled_from([r for r in Reason if r not in KEPT_PLACES]), unique=True),
    st.integers(0, 7200),
    st.dictionaries(st.sampled_from(list(Reason)), st.integers(0, 7200)),
    st.integers(600, 14400),
)
def test_waiting_and_parts_add_up_to_the_score_and_the_guard_holds(
    reasons: list[Reason], waited: int, seconds: dict[Reason, int], most: int
) -> None:
    credits = Credits(seconds, most)
    place = place_in_queue(NOON, History(), credits=credits)
    for reason in reasons:
        place = with_reason(place.key, [str(r) for r in place.reasons], reason, NOON, credits)
    now = NOON + timedelta(seconds=waited)
    told = explain(place.key, [str(reason) for reason in place.reasons], NOON, now, credits)
    assert told.score_seconds == pytest.approx(told.waited_seconds + sum(p.seconds for p in told.parts))
    assert NOON.timestamp() - place.key <= most, "nobody is overtaken by who came later than the bound"


def test_a_set_credit_and_bound_are_obeyed() -> None:
    credits = Credits({Reason.DANGER: 7200}, 10800)
    place = place_in_queue(NOON, History(minor=True), danger=True, credits=credits)
    assert NOON.timestamp() - place.key == 7800
