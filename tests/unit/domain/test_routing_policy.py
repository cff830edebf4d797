"""The rules that administrators may set."""

from __future__ import annotations

from datetime import timedelta

from hotline.domain.nuisance import POLICY, comes_through_at
from hotline.domain.routing_policy import BOUNDS, DEFAULT, Policy
from tests.factories import NOW


def test_the_defaults_lie_within_their_bounds() -> None:
    for name, (least, most) in BOUNDS.items():
        value = DEFAULT.credits.most_seconds if name == "most_credit_seconds" else getattr(DEFAULT, name)
        assert least <= value <= most, name


def test_the_limits_by_default_are_those_of_the_domain() -> None:
    assert DEFAULT.limits == POLICY


def test_the_hardest_limit_that_can_be_set_still_lets_a_call_through_each_day() -> None:
    hardest = Policy(
        nuisance_calls=BOUNDS["nuisance_calls"][0],
        nuisance_window_seconds=BOUNDS["nuisance_window_seconds"][1],
    ).limits
    yesterday = NOW - timedelta(days=1, seconds=1)
    assert comes_through_at(hardest.calls, hardest.window, [yesterday], NOW) is None
