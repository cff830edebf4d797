"""Scorecards and samples: bands, what does not apply, and a draw that anybody can repeat."""

from __future__ import annotations

from typing import Any

import pytest

from hotline.domain.sampling import Candidate, draw
from hotline.domain.scorecard import FIRST_SCORECARD, read_scorecard, result_of, wrong_scores

CARD = read_scorecard(FIRST_SCORECARD)
CALLS = [Candidate(n, operator_id=1 + n % 2, high_risk=n % 10 == 0) for n in range(1, 61)]


def test_the_first_card_has_seven_sections_and_codes_of_its_own() -> None:
    assert len(CARD.sections) == 7
    assert len({item.code for item in CARD.items}) == len(CARD.items)


def test_what_did_not_apply_counts_neither_way() -> None:
    first, second, *_ = [item.code for item in CARD.items]
    assert result_of(CARD, {}).percent is None
    half = result_of(CARD, {first: 2, second: 0})
    assert (half.points, half.possible, half.percent) == (2, 4, 50)
    assert half.band is not None
    assert half.band.en == "Needs practice"
    assert wrong_scores(CARD, {first: 3, "none": 1, second: 2}) == [first, "none"]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"sections": []}, "sections_number"),
        ({"bands": [{"from_percent": 50, "zh": "好", "en": "Good"}]}, "bands_order"),
        ({"bands": []}, "bands_number"),
        ({"sections": [FIRST_SCORECARD["sections"][0]] * 2}, "code_twice"),
    ],
)
def test_what_is_no_scorecard_is_refused_by_name(change: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        read_scorecard({**FIRST_SCORECARD, **change})


def test_every_high_risk_call_and_so_many_of_each_operator() -> None:
    drawn = draw(CALLS, "seed", 4)
    assert {one.call_id for one in drawn if one.high_risk} == {10, 20, 30, 40, 50, 60}
    by_chance = [one.operator_id for one in drawn if not one.high_risk]
    assert (by_chance.count(1), by_chance.count(2)) == (4, 4)


def test_the_seed_repeats_the_draw_and_a_later_one_only_adds() -> None:
    first = draw(CALLS[:20], "seed", 3)
    assert draw(reversed(CALLS[:20]), "seed", 3) == first
    assert {one.call_id for one in draw(CALLS[:20], "another", 3)} != {one.call_id for one in first}
    already = {(one.call_id, one.operator_id) for one in first}
    later = draw(CALLS, "seed", 3, already)
    assert not already & {(one.call_id, one.operator_id) for one in later}
    assert all(one.high_risk for one in later)


@pytest.mark.parametrize("each", [2, 6])
def test_three_to_five_are_drawn(each: int) -> None:
    with pytest.raises(ValueError, match="each_out_of_range"):
        draw(CALLS, "seed", each)
