"""A long job gives way to danger where it stands, and the death of its worker is noticed soon."""

from __future__ import annotations

import signal
import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

import hotline.job_rows
from hotline.job_attempt import LEASE_SECONDS, lease_seconds
from hotline.job_rows import RowRunner, attempt_seconds, give_way
from models.outbox import AGAIN
from models.vocabulary import OutboxState
from tests.integration.jobs.house import House

PIECES = 4


@pytest.fixture(autouse=True)
def looks_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hotline.job_rows, "LOOK_SECONDS", 0.0)


class Recording:
    """A job of some pieces; before the second, other work comes in."""

    def __init__(self, house: House, told: list[str], *comes: tuple[str, str, str]) -> None:
        self.house, self.told, self.comes = house, told, comes
        house.handlers["recording"] = self
        house.handlers["word"] = lambda _payload: told.append("word")

    def __call__(self, _payload: dict[str, Any]) -> None:
        for piece in range(PIECES):
            if piece == 1:
                for kind, queue, key in self.comes:
                    self.house.ask(kind, queue, key)
            give_way()
            self.told.append(f"piece {piece}")


def test_danger_that_comes_while_every_worker_hears_a_recording_is_done_before_the_next_piece(
    house: House,
) -> None:
    told: list[str] = []
    Recording(house, told, ("word", "danger", "d"), ("word", "urgent", "u"), ("word", "work", "w"))
    house.ask("recording", "speech", "r")
    house.work()
    assert told == ["piece 0", "word", "word", "piece 1", "piece 2", "piece 3", "word"]
    assert {house.row(key).state for key in "rduw"} == {OutboxState.DONE}
    assert {house.row(key).attempts for key in "rduw"} == {1}, "nothing was begun twice"


def test_what_danger_asks_for_next_is_done_before_the_next_piece_but_one(house: House) -> None:
    told: list[str] = []
    Recording(house, told, ("first", "danger", "first"))

    def first(_payload: dict[str, Any]) -> None:
        told.append("first")
        house.ask("word", "danger", "then")

    house.handlers["first"] = first
    house.ask("recording", "speech", "r")
    house.work()
    assert told == ["piece 0", "first", "piece 1", "word", "piece 2", "piece 3"]


def test_a_recording_of_danger_gives_way_to_what_is_urgent_and_to_no_other_danger(house: House) -> None:
    told: list[str] = []
    Recording(house, told, ("word", "danger", "d"), ("word", "urgent", "u"))
    house.ask("recording", "danger", "r")
    house.work()
    assert told == ["piece 0", "word", "piece 1", "piece 2", "piece 3", "word"]


def test_danger_that_another_worker_has_taken_is_left_to_it(house: House) -> None:
    told: list[str] = []
    Recording(house, told)
    house.ask("word", "danger", "d")
    assert house.runner._lease(house.row("d").id) is not None
    house.ask("recording", "speech", "r")
    house.runner.run(house.row("r").id)
    assert told == [f"piece {n}" for n in range(PIECES)]


def test_danger_that_fails_waits_its_time_and_costs_the_recording_nothing(house: House) -> None:
    told: list[str] = []
    Recording(house, told, ("fail", "danger", "d"))
    house.ask("recording", "speech", "r")
    house.work()
    assert told == [f"piece {n}" for n in range(PIECES)]
    failed = house.row("d")
    assert (failed.state, failed.attempts, failed.fault) == (OutboxState.DUE, 1, "ValueError")
    assert house.row("r").state is OutboxState.DONE


def test_a_recording_goes_on_while_the_database_does_not_answer_its_look(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    Recording(house, told, ("word", "danger", "d"))

    def silent(*_: Any) -> Any:
        raise OperationalError("select", {}, Exception("no answer"))

    house.ask("recording", "speech", "r")
    monkeypatch.setattr(house.runner, "_waiting_before", silent)
    house.runner.run(house.row("r").id)
    assert told == [f"piece {n}" for n in range(PIECES)]
    assert house.row("r").state is OutboxState.DONE


def test_a_look_costs_one_question_a_second(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hotline.job_rows, "LOOK_SECONDS", 60.0)
    asked: list[str] = []
    monkeypatch.setattr(house.runner, "_waiting_before", lambda queue: asked.append(queue) or [])
    Recording(house, [])
    house.ask("recording", "speech", "r")
    house.runner.run(house.row("r").id)
    assert asked == ["speech"]


def test_each_has_its_own_time_though_one_runs_within_the_other(house: House) -> None:
    """RQ ends a job by the process's one alarm."""
    left: list[int] = []

    def timed(_payload: dict[str, Any]) -> None:
        left.append(signal.alarm(0))
        signal.alarm(left[-1])

    def recording(payload: dict[str, Any]) -> None:
        timed(payload)
        house.ask("word", "urgent", "u")
        give_way()
        timed(payload)

    house.handlers.update(recording=recording, word=timed)
    house.ask("recording", "speech", "r")
    house.work()
    before, within, after = left
    assert before == pytest.approx(attempt_seconds("recording", "speech"), abs=5)
    assert within == pytest.approx(attempt_seconds("word", "urgent"), abs=5)
    assert before - 5 <= after <= before


def test_a_job_that_takes_too_long_is_put_back_and_the_one_that_gave_way_goes_on(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(hotline.job_rows.ATTEMPT_SECONDS, "urgent", 1)
    told: list[str] = []
    Recording(house, told, ("hangs", "urgent", "u"))
    house.handlers["hangs"] = lambda _payload: time.sleep(30)
    house.ask("recording", "speech", "r")
    house.work()
    assert told == [f"piece {n}" for n in range(PIECES)]
    hung = house.row("u")
    assert (hung.state, hung.fault) == (OutboxState.DUE, "JobTimeoutException")


def test_the_lease_is_renewed_while_the_job_runs_and_not_after_it(house: House) -> None:
    runner = RowRunner(house.engine, house.clock, house.handlers, beat_seconds=0.02)
    leases = []

    def long(_payload: dict[str, Any]) -> None:
        for _ in range(3):
            house.clock.now += timedelta(seconds=LEASE_SECONDS - 1)
            wanted = house.clock.now + timedelta(seconds=LEASE_SECONDS)
            for _ in range(500):
                if house.row("k").leased_until == wanted:
                    break
                time.sleep(0.01)
            leases.append(house.row("k").leased_until == wanted)
            # Another worker that is woken finds it taken.
            house.runner.run(house.row("k").id)

    house.handlers["long"] = long
    house.ask("long", "speech", "k")
    runner.run(house.row("k").id)
    assert leases == [True] * 3
    done = house.row("k")
    assert (done.state, done.attempts, done.leased_until) == (OutboxState.DONE, 1, None)
    assert not [thread for thread in threading.enumerate() if thread.name == "lease"]


def test_a_job_that_hangs_beyond_its_time_loses_its_lease(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    renewed: list[str] = []
    runner = RowRunner(house.engine, house.clock, house.handlers, beat_seconds=0.01)
    monkeypatch.setattr(runner, "_renew", lambda _leased: renewed.append("beat"))
    house.handlers["hangs"] = lambda _payload: time.sleep(0.2)
    house.ask("hangs", "speech", "k")
    monkeypatch.setitem(hotline.job_rows.ATTEMPT_SECONDS, "speech", 0)
    runner.run(house.row("k").id)
    assert renewed == []


def test_who_comes_back_after_its_lease_ran_out_writes_nothing_over_the_next_attempt(house: House) -> None:
    def slow(_payload: dict[str, Any]) -> None:
        house.clock.now += timedelta(seconds=LEASE_SECONDS)
        assert house.runner._lease(house.row("k").id) is not None

    house.handlers["slow"] = slow
    house.ask("slow", "speech", "k")
    house.runner.run(house.row("k").id)
    row = house.row("k")
    assert (row.state, row.attempts) == (OutboxState.LEASED, 2)


def test_work_that_kills_its_worker_each_time_comes_back_ever_more_rarely(house: House) -> None:
    waits = []
    house.ask("note", "speech", "k")
    for _ in range(7):
        leased = house.runner._lease(house.row("k").id)
        assert leased is not None
        until = house.row("k").leased_until
        assert until is not None
        waits.append((until - house.clock.now).total_seconds())
        house.clock.now = until
    assert waits == [60, 120, 240, 480, 960, 1800, 1800]
    assert lease_seconds(10_000, 1800) == 1800
    house.dispatcher.sweep()
    house.work()
    assert house.done == [{"call_id": 7, AGAIN: True}]
