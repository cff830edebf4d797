"""No call lost, none answered twice, order kept: over any history, on both databases, with two routers."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.grounds import Ground
from tests.integration.histories.machine import AnyHistory

pytestmark = pytest.mark.begins_first

HISTORIES = int(os.environ.get("HOTLINE_HISTORIES", "0"))
"""How many on each database in a long run (`make histories`); 0: the few of every change, always the same."""
EVERY_CHANGE = {"sqlite": 12, "postgresql": 4}
STEPS, STEPS_OF_A_CHANGE = 40, 25


@pytest.mark.timeout(0 if HISTORIES else 300)
def test_any_history_ends_well(ground: Ground, request: pytest.FixtureRequest) -> None:
    class OnThisGround(AnyHistory):
        pass

    OnThisGround.ground = ground
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        OnThisGround,
        settings=settings(
            max_examples=HISTORIES or EVERY_CHANGE[request.node.callspec.params["ground"]],
            stateful_step_count=STEPS if HISTORIES else STEPS_OF_A_CHANGE,
            deadline=None,
            derandomize=not HISTORIES,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
