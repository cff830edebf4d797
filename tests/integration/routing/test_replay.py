"""State rebuilt from the event log equals the records, and a record that was tampered with is named."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from hotline.commands.check import check
from hotline.routing.replay import Difference, replay
from tests.integration.routing.house import House


def differences(house: House) -> list[Difference]:
    with Session(house.engine) as session:
        return list(replay(session).differences)


def test_calls_and_seats_are_what_their_log_makes_of_them(house: House) -> None:
    seats = [house.a_ready_seat() for _ in range(2)]
    calls = [house.a_caller_waits(f"CA{n}", f"1380013000{n}") for n in range(4)]
    house.they_talk(calls[0], "CAone")
    house.conversation.held(calls[0], True)
    house.they_talk(calls[1], "CAtwo")
    house.conversation.operator_left(calls[1], "CAtwo")
    house.intake.danger_key(calls[2])
    house.conversation.caller_left(calls[3], "caller")
    house.seats.sign_off(seats[1][1])
    with Session(house.engine) as session:
        found = replay(session)
    assert (found.calls, found.seats, list(found.differences)) == (4, 2, [])


def test_a_record_that_its_log_does_not_explain_is_told_by_id(house: House) -> None:
    seat_id, _ = house.a_ready_seat()
    call_id = house.a_caller_waits()
    with house.engine.begin() as connection:
        connection.execute(text("UPDATE call SET state = 'talking'"))
        connection.execute(text("UPDATE seat SET state = 'available', call_id = NULL"))
    found = {(one.subject, one.id, one.field) for one in differences(house)}
    assert found == {
        ("call", call_id, "state"),
        ("seat", seat_id, "state"),
        ("seat", seat_id, "call_id"),
    }


def test_a_log_line_that_went_missing_is_told(house: House) -> None:
    call_id = house.a_caller_waits()
    with house.engine.begin() as connection:
        connection.execute(text("DELETE FROM call_event WHERE kind = 'arrived'"))
        connection.execute(text('UPDATE call_event SET data = \'{"before": "message"}\''))
    assert [(one.id, one.field) for one in differences(house)] == [(call_id, "log")]


def test_the_command_says_what_differs_and_ends_with_one(
    migrated_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = House(migrated_engine)
    seat_id, _ = house.a_ready_seat()
    house.a_caller_waits()
    url = migrated_engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("HOTLINE_DATABASE_URL", url)
    monkeypatch.setenv("HOTLINE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("HOTLINE_MODE", "test")
    monkeypatch.setenv("HOTLINE_DATA_KEYS", "test:" + base64.b64encode(bytes(range(32))).decode())
    told = CliRunner().invoke(check, ["--replay"])
    assert (told.exit_code, "1 calls, 1 seats, 0 differences" in told.output) == (0, True), told.output
    with house.engine.begin() as connection:
        connection.execute(text("UPDATE seat SET state = 'paused'"))
    told = CliRunner().invoke(check, ["--replay"])
    assert (told.exit_code, f"seat {seat_id} state: paused ≠ offered" in told.output) == (1, True)
