"""A process that dies at its worst moments, step by step: the caller is answered all the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.calls import Call, Offer
from models.vocabulary import CallState, OfferState
from tests.grounds import SqliteGround
from tests.integration.histories import invariants
from tests.integration.histories.router import Death, Fate, Router, Telephone


class Pair:
    """Two routers, a telephone before them, and one seat that is ready."""

    def __init__(self, ground: SqliteGround, folder: Path) -> None:
        self.engine, other = ground.fresh()
        self.fate, self.phone = Fate(), Telephone()
        first = Router(self.engine, folder, self.phone, self.fate)
        self.routers = self.phone.routers = [
            first,
            Router(other, folder, self.phone, self.fate, beside=first),
        ]
        self.seat_id, self.person_id = first.a_ready_seat()

    def look(self) -> None:
        """Six seconds later: the clock turns, in whichever process."""
        self.routers[0].stopped.advance(seconds=6)
        router = self.phone.next_router()
        router.seats.report_device(self.person_id, True)
        router.deadlines.tick()
        self.phone.work_off()

    def until(self, holds: Callable[[], bool], looks: int = 10) -> None:
        for _ in range(looks):
            if holds():
                return
            self.look()
        raise AssertionError("not within a minute")

    def state(self) -> CallState:
        with Session(self.engine) as session:
            return session.scalars(select(Call.state)).one()

    def made(self) -> int:
        with Session(self.engine) as session:
            return len(session.scalars(select(Offer.id).where(Offer.state == OfferState.MADE)).all())


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    ground = SqliteGround()
    yield Pair(ground, tmp_path)
    ground.close()


def answer(pair: Pair) -> None:
    leg = pair.phone.ringing_legs()[0]
    pair.phone.seat_answers(leg)
    pair.phone.deliver_all()


@pytest.mark.parametrize("moment", ["before_commit", "after_commit"])
@pytest.mark.parametrize("after", [0, 1, 2, 3, 5, 8])
def test_a_death_while_a_call_comes_in_loses_no_caller(pair: Pair, moment: str, after: int) -> None:
    pair.fate.moment, pair.fate.after = moment, after
    leg = pair.phone.a_call_comes_in()
    pair.phone.time_passes(leg)
    pair.phone.work_off()
    assert pair.fate.moment is None, "the death came"
    pair.until(lambda: bool(pair.phone.ringing_legs()))
    answer(pair)
    pair.until(lambda: pair.state() is CallState.TALKING)
    invariants.records_equal_the_carrier(pair.engine, pair.phone, [leg])
    invariants.the_log_rebuilds_the_records(pair.engine)


def test_a_seat_that_rings_though_nobody_wrote_it_down_rings_once(pair: Pair) -> None:
    pair.fate.moment = "before_done"
    leg = pair.phone.a_call_comes_in()
    pair.phone.time_passes(leg)
    pair.phone.work_off()
    assert pair.fate.moment is None, "the death came"
    assert len(pair.phone.ringing_legs()) == 1
    pair.routers[0].stopped.advance(seconds=21)
    pair.phone.work_off()
    assert len(pair.phone.ringing_legs()) == 1, "the lease ran out and the row was run again"


def test_a_death_within_the_talks_beginning_is_made_up_for(pair: Pair) -> None:
    leg = pair.phone.a_call_comes_in()
    pair.phone.time_passes(leg)
    pair.phone.work_off()
    pair.phone.seat_answers(pair.phone.ringing_legs()[0])
    pair.fate.moment = "after_commit"
    callback = pair.phone.unsent.pop(-1)
    with pytest.raises(Death):
        pair.routers[0].answer(callback.url, callback.form)
    pair.phone.unsent.clear()
    pair.until(lambda: pair.state() is CallState.TALKING)
    invariants.records_equal_the_carrier(pair.engine, pair.phone, [leg])
