"""The keeper's rules, apart from any process."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from hotline.faults import OperationalFault
from hotline.processes.announcement import ACCOUNTS_FILE, block, read_accounts
from hotline.processes.child import Child
from hotline.processes.keeper import stages_of_end
from hotline.processes.network import is_loopback
from hotline.processes.output import Output
from hotline.processes.procfile import ProcessSpec, read_procfile
from hotline.processes.restarts import LONGEST_PAUSE_SECONDS, STEADY_SECONDS, Restarts
from hotline.settings import Settings


def test_a_procfile_is_read_in_order_with_comments_left_out() -> None:
    specs = read_procfile(
        '# first the fallback\nfallback: hotline serve fallback\n\necho: echo "two words"\n'
    )

    assert [spec.name for spec in specs] == ["fallback", "echo"]
    assert specs[0].command == (sys.executable, "-m", "hotline", "serve", "fallback")
    assert specs[1].command == ("echo", "two words")


def test_a_lower_priority_is_kept_before_our_own_command() -> None:
    [worker] = read_procfile("worker: nice -n 5 hotline work\n")

    assert worker.command == ("nice", "-n", "5", sys.executable, "-m", "hotline", "work")


@pytest.mark.parametrize("text", ["web\n", "web: \n", "web: a\nweb: b\n"])
def test_a_bad_procfile_names_the_line(text: str) -> None:
    with pytest.raises(OperationalFault, match=f"Line {text.count(chr(10))} of the Procfile"):
        read_procfile(text)


def names_by_stage(*names: str) -> list[list[str]]:
    """`seed` ends by itself."""

    def quiet(_name: str, _line: str) -> None:
        return None

    children = [Child(ProcessSpec(name, ("true",), once=name == "seed"), Path(), {}, quiet) for name in names]
    return [[child.spec.name for child in stage] for stage in stages_of_end(children)]


def test_the_exchange_ends_before_the_doors_and_redis_after_all() -> None:
    assert names_by_stage("redis", "fallback", "carrier", "clock", "exchange", "seed") == [
        ["seed"],
        ["exchange"],
        ["clock", "carrier", "fallback"],
        ["redis"],
    ]
    assert names_by_stage("redis", "web") == [["web"], ["redis"]]
    assert names_by_stage("web") == [["web"]]
    assert names_by_stage() == []


def test_the_first_restart_is_at_once_and_a_loop_slows_down_to_a_limit() -> None:
    restarts, pauses = Restarts(), []
    for _ in range(9):
        restarts = restarts.after_death(lived_seconds=1)
        pauses.append(restarts.pause_seconds)

    assert pauses[:5] == [0.2, 1, 2, 4, 8]
    assert pauses[-1] == LONGEST_PAUSE_SECONDS


def test_a_crash_loop_is_reported_once() -> None:
    restarts, reports = Restarts(), 0
    for _ in range(10):
        restarts = restarts.after_death(lived_seconds=1)
        if restarts.is_new_loop:
            reports += 1
            restarts = restarts.mark_told()

    assert reports == 1


def test_a_process_that_ran_steadily_begins_anew() -> None:
    looping = Restarts(deaths=7, told=True)

    assert looping.after_death(lived_seconds=STEADY_SECONDS) == Restarts(deaths=1)


def test_output_stands_under_the_name_of_its_process() -> None:
    stream = io.StringIO()

    Output(stream).line("web", "listens")

    assert stream.getvalue() == "web       | listens\n"


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("localhost", True),
        ("::1", True),
        ("0.0.0.0", False),
        ("desk.example.org", False),
    ],
)
def test_loopback_is_recognised(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


def write_accounts(folder: Path) -> None:
    roles = ["administrator", "operator", "operator", "supervisor", "official"]
    rows = [{"role": role, "name": f"{role}-{n}", "password": f"pw-{n}"} for n, role in enumerate(roles)]
    (folder / ACCOUNTS_FILE).write_text(json.dumps(rows), encoding="utf-8")


def test_one_sign_in_for_each_role_is_shown(tmp_path: Path) -> None:
    write_accounts(tmp_path)

    accounts = read_accounts(tmp_path)

    assert [account.name for account in accounts] == [
        "operator-1",
        "supervisor-3",
        "official-4",
        "administrator-0",
    ]


def test_a_damaged_file_of_accounts_is_told_with_the_way_to_mend_it(tmp_path: Path) -> None:
    (tmp_path / ACCOUNTS_FILE).write_text('[{"role": "operator"}]', encoding="utf-8")

    with pytest.raises(OperationalFault, match="delete it and run `hotline seed`"):
        read_accounts(tmp_path)


def test_accounts_not_written_yet_are_none(tmp_path: Path) -> None:
    assert read_accounts(tmp_path) == []


def test_the_block_names_addresses_sign_ins_and_the_limit_to_this_machine(tmp_path: Path) -> None:
    write_accounts(tmp_path)
    text = "\n".join(block(Settings(web_port=9000), read_accounts(tmp_path), outside=["10.0.0.2"]))

    assert "http://127.0.0.1:9000/" in text
    assert "pw-1" in text
    assert "127.0.0.1 only" in text
    assert "WebRTC" not in text


def test_a_machine_without_network_is_told_what_that_means_for_calls() -> None:
    text = "\n".join(block(Settings(), [], outside=[]))

    assert "WebRTC" in text
