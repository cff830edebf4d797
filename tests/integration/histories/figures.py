"""The board's figures after any history: what a recount of the event log alone tells, to the call."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from hotline.workforce.measured import Memory
from hotline.workforce.standing import standing
from tests.recount import recount


def the_figures_follow_from_the_log(engine: Engine, since: datetime, until: datetime, memory: Memory) -> None:
    """Boards and reports tell what a recount of the event log alone tells, to the call; also with what was
    read at earlier moments kept in memory."""
    with Session(engine) as session:
        counted = recount(session, since, until)
        stands = standing(session, until, since).whole
        assert standing(session, until, since, memory).whole == stands
    told = stands.figures
    assert (told.received, told.answered, told.answered_within) == (
        counted.received,
        counted.answered,
        counted.within,
    )
    assert (told.abandoned, told.abandoned_within, told.short_abandons) == (
        counted.abandoned,
        counted.abandoned_within,
        counted.short,
    )
    assert {str(ending): n for ending, n in told.endings.items() if n} == dict(counted.endings)
    assert stands.waiting == counted.waiting
    for figure, again in (
        (told.asa_seconds, counted.asa),
        (told.aht_seconds, counted.aht),
        (told.occupancy, counted.occupancy),
    ):
        assert figure == pytest.approx(again)


def remember(engine: Engine, since: datetime, until: datetime, memory: Memory) -> None:
    """A board looks in between."""
    with Session(engine) as session:
        standing(session, until, since, memory)
