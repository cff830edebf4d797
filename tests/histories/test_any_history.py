"""Denser histories than every change plays: transfers, call-backs, supervisors (`make histories`).

Some of them still end badly: docs/routing.md names what is open.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.grounds import Ground
from tests.histories.machine import AnyHistory

HISTORIES = int(os.environ.get("HOTLINE_HISTORIES", "20"))
"""How many on each database."""
STEPS = 40


@pytest.mark.timeout(0)
def test_any_dense_history_ends_well(ground: Ground) -> None:
    class OnThisGround(AnyHistory):
        pass

    OnThisGround.ground = ground
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        OnThisGround,
        settings=settings(
            max_examples=HISTORIES,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
