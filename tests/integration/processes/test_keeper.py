"""`hotline up` with real processes: it restarts what dies, and leaves nothing whatever ends it."""

from __future__ import annotations

import os
import shlex
import signal
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable

import psutil
import pytest
import redis

from tests.integration.processes.conftest import RunningHotline, eventually

Start = Callable[..., RunningHotline]

SAYS_ITS_PID = "import os, time; print('pid', os.getpid(), flush=True); time.sleep(600)"
# A worker in the manner of RQ: its work-horse makes a process group of its own and ignores SIGTERM.
HAS_A_STUBBORN_HORSE = (
    "import os, signal, sys, time\n"
    "horse = os.fork()\n"
    "if horse == 0:\n"
    "    os.setpgrp(); signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)\n"
    "print('horse', horse, flush=True); print('pid', os.getpid(), flush=True); time.sleep(600)\n"
)


def python(code: str) -> str:
    return shlex.join([sys.executable, "-c", f"exec({code!r})"])


FALLBACK_AND_SLEEPER = f"fallback: hotline serve fallback\nsleeper: {python(SAYS_ITS_PID)}\n"


def test_it_serves_on_its_ports_and_says_where(start_hotline: Start) -> None:
    hotline = start_hotline(FALLBACK_AND_SLEEPER)

    hotline.wait_until_said("the hotline is ready")
    with urllib.request.urlopen(
        f"http://127.0.0.1:{hotline.ports['FALLBACK']}/voice", data=b"", timeout=5
    ) as answer:
        body = answer.read().decode()

    assert f"http://127.0.0.1:{hotline.ports['CARRIER']}/carrier/voice" in body
    assert hotline.said(f"fallback listens on http://127.0.0.1:{hotline.ports['FALLBACK']}")
    assert hotline.said(f"http://127.0.0.1:{hotline.ports['WEB']}/")


def test_its_own_redis_listens_on_loopback_with_a_password(start_hotline: Start) -> None:
    hotline = start_hotline(FALLBACK_AND_SLEEPER)
    hotline.wait_until_said("the hotline is ready")
    secrets = (hotline.data_dir / "secrets.env").read_text(encoding="utf-8")
    password = next(
        line.split("=", 1)[1] for line in secrets.splitlines() if line.startswith("HOTLINE_REDIS_PASSWORD")
    )
    port = hotline.ports["REDIS"]

    with redis.Redis(port=port, password=password) as known:
        assert known.ping()
        assert known.config_get("save")["save"] == ""
        assert known.config_get("bind")["bind"] == "127.0.0.1"
    with redis.Redis(port=port) as unknown, pytest.raises(redis.AuthenticationError):
        unknown.ping()
    assert not any(password in " ".join(process.cmdline()) for process in hotline.processes())


def test_secrets_are_readable_by_their_owner_alone_and_stay_the_same(start_hotline: Start) -> None:
    first = start_hotline(FALLBACK_AND_SLEEPER)
    first.wait_until_said("the hotline is ready")
    first.stop()
    file = first.data_dir / "secrets.env"
    kept = file.read_text(encoding="utf-8")

    second = start_hotline(FALLBACK_AND_SLEEPER)
    second.wait_until_said("the hotline is ready")

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE((first.data_dir / "redis" / "redis.conf").stat().st_mode) == 0o600
    assert file.read_text(encoding="utf-8") == kept


def test_a_process_killed_with_sigkill_is_started_again(start_hotline: Start) -> None:
    hotline = start_hotline(FALLBACK_AND_SLEEPER)
    hotline.wait_until_said("the hotline is ready")
    before = hotline.pid_said_by("sleeper")

    os.kill(before, signal.SIGKILL)

    eventually(lambda: hotline.pid_said_by("sleeper") != before, seconds=5)
    assert hotline.said("ended with SIGKILL; starting it again")


def test_a_server_killed_with_its_port_open_serves_again_within_seconds(start_hotline: Start) -> None:
    hotline = start_hotline(FALLBACK_AND_SLEEPER)
    hotline.wait_until_said("the hotline is ready")
    leader = next(
        process
        for process in hotline.processes()
        if "fallback" in process.cmdline() and process.ppid() == hotline.process.pid
    )

    leader.kill()

    eventually(lambda: len(hotline.said("fallback listens")) == 2, seconds=10)
    with urllib.request.urlopen(f"http://127.0.0.1:{hotline.ports['FALLBACK']}/health", timeout=5) as answer:
        assert answer.status == 200


def test_a_worker_that_dies_takes_its_work_horse_along(start_hotline: Start) -> None:
    hotline = start_hotline(f"worker: {python(HAS_A_STUBBORN_HORSE)}\n")
    hotline.wait_until_said("| pid")
    horse = int(hotline.said("horse ")[0].split("horse ")[1])

    os.kill(hotline.pid_said_by("worker"), signal.SIGKILL)

    eventually(lambda: horse not in [process.pid for process in hotline.processes()], seconds=5)


def test_a_crash_loop_is_said_once(start_hotline: Start) -> None:
    hotline = start_hotline("broken: false\n")

    hotline.wait_until_said("times in a row", seconds=20)
    time.sleep(5)

    assert len(hotline.said("times in a row")) == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_asked_to_end_it_leaves_nothing_within_seconds(start_hotline: Start, number: signal.Signals) -> None:
    hotline = start_hotline(f"{FALLBACK_AND_SLEEPER}worker: {python(HAS_A_STUBBORN_HORSE)}\n")
    hotline.wait_until_said("the hotline is ready")
    hotline.wait_until_said("worker    | pid")
    assert len(hotline.processes()) >= 7
    began = time.monotonic()

    status = hotline.stop(number)

    assert status == 0
    assert time.monotonic() - began < 10
    assert hotline.processes() == []


def test_killed_with_sigkill_it_leaves_nothing(start_hotline: Start) -> None:
    hotline = start_hotline(f"{FALLBACK_AND_SLEEPER}worker: {python(HAS_A_STUBBORN_HORSE)}\n")
    hotline.wait_until_said("the hotline is ready")
    hotline.wait_until_said("worker    | pid")

    hotline.process.kill()

    eventually(lambda: hotline.processes() == [], seconds=10)


def test_killed_together_with_its_guardian_it_still_leaves_no_child(start_hotline: Start) -> None:
    hotline = start_hotline(FALLBACK_AND_SLEEPER)
    hotline.wait_until_said("the hotline is ready")
    guardian = next(p for p in hotline.processes() if "hotline.processes.guardian" in p.cmdline())
    hotline.process.send_signal(signal.SIGSTOP)
    guardian.kill()

    hotline.process.kill()

    eventually(lambda: hotline.processes() == [], seconds=10)


def test_a_busy_port_is_named_with_its_holder_and_its_setting(start_hotline: Start) -> None:
    first = start_hotline(FALLBACK_AND_SLEEPER)
    first.wait_until_said("the hotline is ready")
    elsewhere = {**first.environment, "HOTLINE_DATA_DIR": f"{first.data_dir}-2"}

    second = subprocess.run(first.command, env=elsewhere, capture_output=True, text=True, timeout=20)

    assert second.returncode == 1
    assert f"Port {first.ports['FALLBACK']} (fallback) is held by" in second.stderr
    assert "HOTLINE_FALLBACK_PORT" in second.stderr
    assert f"Port {first.ports['REDIS']} (redis) is held by" in second.stderr
    assert "Traceback" not in second.stderr


def test_a_second_one_on_the_same_folder_is_refused(start_hotline: Start) -> None:
    first = start_hotline(FALLBACK_AND_SLEEPER)
    first.wait_until_said("the hotline is ready")

    second = subprocess.run(first.command, env=first.environment, capture_output=True, text=True, timeout=20)

    assert second.returncode == 1
    assert f"process {first.process.pid}" in second.stderr
    assert "Traceback" not in second.stderr


def test_a_stale_lock_file_does_not_block(start_hotline: Start) -> None:
    first = start_hotline(FALLBACK_AND_SLEEPER)
    first.wait_until_said("the hotline is ready")
    first.process.kill()
    eventually(lambda: first.processes() == [], seconds=10)
    assert (first.data_dir / "up.lock").exists()

    second = start_hotline(FALLBACK_AND_SLEEPER)

    second.wait_until_said("the hotline is ready")


def test_other_addresses_than_loopback_demand_a_certificate(start_hotline: Start) -> None:
    hotline = start_hotline(FALLBACK_AND_SLEEPER, "--host", "0.0.0.0")

    assert hotline.process.wait(timeout=15) == 1
    eventually(lambda: hotline.said("--certificate"))
    assert not psutil.pid_exists(hotline.process.pid) or hotline.processes() == []
