"""Faults of the machine are told in one sentence; faults of ours never tell a caller's data."""

from __future__ import annotations

import errno
import logging
import sys

import click
import pytest

import hotline.__main__ as door
from hotline.faults import OperationalFault, explain
from hotline.logs import QuietFormatter


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (
            OSError(errno.ENOSPC, "No space left on device", "/data/hotline.db"),
            "disk is full (/data/hotline.db)",
        ),
        (PermissionError(errno.EACCES, "Permission denied", "/data"), "/data cannot be written"),
        (OSError(errno.EADDRINUSE, "Address already in use"), "port is busy"),
        (OSError(errno.ENETUNREACH, "Network is unreachable"), "no network"),
    ],
)
def test_an_error_of_the_machine_becomes_a_sentence(error: OSError, expected: str) -> None:
    fault = explain(error)

    assert fault is not None
    assert expected in fault.en
    assert fault.zh.endswith("。")


def test_the_cause_below_a_wrapping_error_is_found() -> None:
    error = RuntimeError("could not save")
    error.__cause__ = OSError(errno.ENOSPC, "No space left on device")

    fault = explain(error)

    assert fault is not None
    assert "disk is full" in fault.en


def test_a_fault_of_ours_is_not_explained_away() -> None:
    assert explain(KeyError("13812345678")) is None


def run_failing_command(monkeypatch: pytest.MonkeyPatch, error: Exception) -> int:
    @click.command()
    def failing() -> None:
        raise error

    monkeypatch.setattr(door.LazyCommands, "get_command", lambda *_: failing)
    with pytest.raises(SystemExit) as caught:
        door.main(["up"])
    assert isinstance(caught.value.code, int)
    return caught.value.code


def test_a_fault_of_operation_ends_with_its_sentence_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    status = run_failing_command(monkeypatch, OperationalFault("磁盘已满。", "The disk is full."))

    assert status == 1
    assert capsys.readouterr().err == "磁盘已满。\nThe disk is full.\n"


def test_an_unforeseen_error_is_told_by_kind_and_place_but_not_by_its_message(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    status = run_failing_command(monkeypatch, ValueError("caller 13812345678 said …"))

    said = capsys.readouterr().err
    assert status == 1
    assert "ValueError" in said
    assert "13812345678" not in said
    assert "Traceback" not in said


def test_debug_shows_the_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTLINE_DEBUG", "1")

    @click.command()
    def failing() -> None:
        raise ValueError("the whole story")

    monkeypatch.setattr(door.LazyCommands, "get_command", lambda *_: failing)
    with pytest.raises(ValueError, match="the whole story"):
        door.main(["up"])


def formatted(message: str, error: BaseException | None = None) -> str:
    exc_info = (type(error), error, error.__traceback__) if error else None
    return QuietFormatter().format(logging.LogRecord("t", logging.ERROR, "f", 1, message, (), exc_info))


@pytest.mark.parametrize("number", ["13812345678", "+8613812345678", "010-12345678", "138 1234 5678"])
def test_a_telephone_number_does_not_reach_the_log(number: str) -> None:
    assert number not in formatted(f"call from {number} failed")


def test_identifiers_times_and_ports_stay_readable_in_the_log() -> None:
    line = "http://127.0.0.1:8000 at 2026-11-22T19:33:59 in 0.123456789 s, call 42, 5 of 60"

    assert formatted(line).endswith(line)


def test_a_logged_exception_keeps_its_places_and_loses_its_message() -> None:
    try:
        raise ValueError("the caller said a secret")
    except ValueError as error:
        text = formatted("a job failed", error)

    assert "ValueError" in text
    assert sys._getframe().f_code.co_filename in text
    assert "secret" not in text
