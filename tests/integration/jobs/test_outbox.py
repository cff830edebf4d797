"""Work written beside a fact is done once, whatever dies: on both databases, with a real Redis."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

import hotline.jobs
from hotline.job_attempt import LEASE_SECONDS
from hotline.job_rows import CARRIER, TURN_SECONDS
from models.outbox import AGAIN
from models.vocabulary import OutboxState
from tests.integration.jobs.house import NOW, SECRET, House


def test_the_same_work_asked_twice_is_done_once(house: House) -> None:
    house.ask("note", "work", "k")
    house.ask("note", "work", "k")
    house.dispatcher.sweep()
    house.work()
    house.dispatcher.sweep()
    house.work()
    assert house.done == [{"call_id": 7}]
    assert house.row("k").state is OutboxState.DONE


def test_work_lost_from_redis_is_woken_by_the_sweep(house: House) -> None:
    house.ask("note", "work", "k")
    house.redis.flushall()
    house.work()
    assert house.done == []
    house.dispatcher.sweep()
    house.work()
    assert house.done == [{"call_id": 7}]


def test_of_a_backlog_longer_than_a_sweep_danger_is_woken_and_done_first(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hotline.jobs, "SWEEP_ROWS", 2)
    for queue in ("bulk", "work", "danger"):
        house.ask("note", queue, queue)
        house.clock.now += timedelta(seconds=1)
    house.redis.flushall()
    house.dispatcher.sweep()
    house.work()
    states = {queue: house.row(queue).state for queue in ("danger", "work", "bulk")}
    done = OutboxState.DONE
    assert states == {"danger": done, "work": done, "bulk": OutboxState.DUE}


def test_a_row_left_leased_by_a_killed_worker_is_done_after_its_lease_and_says_that_it_was_begun(
    house: House,
) -> None:
    house.ask("note", "work", "k")
    assert house.runner._lease(house.row("k").id) is not None
    house.dispatcher.sweep()
    house.work()
    assert house.done == []
    house.clock.now += timedelta(seconds=LEASE_SECONDS)
    house.dispatcher.sweep()
    house.work()
    assert house.done == [{"call_id": 7, AGAIN: True}]


def test_a_fault_is_retried_later_and_leaves_no_word_of_a_caller_in_redis(house: House) -> None:
    house.ask("fail", "work", "k")
    house.work()
    row = house.row("k")
    assert (row.state, row.attempts, row.fault) == (OutboxState.DUE, 1, "ValueError")
    assert row.due_at == NOW + timedelta(seconds=5)
    for key in house.redis.scan_iter():
        assert SECRET.encode() not in (house.redis.dump(key) or b"")
    house.clock.now += timedelta(minutes=1)
    house.dispatcher.sweep()
    house.work()
    assert house.row("k").attempts == 2


def test_carrier_commands_run_at_once_without_redis_or_worker(house: House) -> None:
    house.redis.connection_pool.disconnect()
    house.ask("note", CARRIER, "k")
    house.threads.shutdown(wait=True)
    assert house.done == [{"call_id": 7}]


def test_waiting_is_no_fault(house: House) -> None:
    house.ask("wait", "urgent", "k")
    house.work()
    row = house.row("k")
    assert (row.state, row.fault, row.due_at) == (OutboxState.DUE, None, NOW + timedelta(seconds=30))


def test_while_a_detection_runs_danger_is_served_and_a_second_detection_waits_its_turn(house: House) -> None:
    begun: list[str] = []

    def detect(payload: dict[str, Any]) -> None:
        begun.append("detect")
        if len(begun) == 1:
            # What another worker does meanwhile.
            for key in ("second", "danger"):
                house.runner.run(house.row(key).id)
            begun.append(f"danger served: {len(house.done)}")

    house.handlers["detect"] = detect
    for kind, queue, key in (
        ("detect", "work", "first"),
        ("detect", "work", "second"),
        ("note", "danger", "danger"),
    ):
        house.ask(kind, queue, key)
    house.runner.run(house.row("first").id)
    assert begun == ["detect", "danger served: 1"]
    second = house.row("second")
    assert (second.state, second.attempts) == (OutboxState.DUE, 0)
    house.clock.now += timedelta(seconds=TURN_SECONDS)
    house.dispatcher.sweep()
    house.work()
    assert (begun[2:], house.row("second").state) == (["detect"], OutboxState.DONE)


def test_of_two_workers_that_reach_for_two_detections_at_once_one_gets_its_own(house: House) -> None:
    house.handlers["detect"] = house.done.append
    for key in "abcdefgh":
        house.ask("detect", "work", key)
    rows = {key: house.row(key).id for key in "abcdefgh"}
    for one, other in ("ab", "cd", "ef", "gh"):
        leased = list(house.threads.map(house.runner._lease, (rows[one], rows[other])))
        got = [found for found in leased if found is not None]
        assert len(got) == 1
        house.runner._finish(got[0], OutboxState.DONE, None)


def test_a_detection_left_by_a_killed_worker_is_not_waited_for_longer_than_its_lease(house: House) -> None:
    house.handlers["detect"] = house.done.append
    for key in ("killed", "next"):
        house.ask("detect", "work", key)
    assert house.runner._lease(house.row("killed").id) is not None
    house.clock.now += timedelta(seconds=LEASE_SECONDS)
    house.runner.run(house.row("next").id)
    assert house.row("next").state is OutboxState.DONE
