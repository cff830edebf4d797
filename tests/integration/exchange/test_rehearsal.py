"""The shared TwiML cases, played by the command against the real engine."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.begins_first


def rehearse(path: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "hotline.commands.exchange", "rehearse", str(path), *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=110)


def failed_cases(path: Path) -> list[str]:
    """Ids of cases that fail. Sound is timed in tenths of a second: a media case that a busy machine missed
    is played once more, alone."""
    lines = rehearse(path).stdout.splitlines()
    assert lines[-1].endswith(" failed"), lines
    failed = [line.split()[1:3] for line in lines if line.startswith("FAIL ")]
    return [
        case for case, level in failed if level != "media" or rehearse(path, "--only", case).returncode != 0
    ]


def test_all_shared_cases_pass(shared_dir: Path) -> None:
    path = shared_dir / "twiml-cases" / "cases.json"
    assert len(json.loads(path.read_text())["cases"]) > 20
    assert failed_cases(path) == []


@pytest.mark.parametrize("name", ["cases.json", "cases_in_call.json"])
def test_our_own_cases_pass(name: str) -> None:
    assert failed_cases(Path(__file__).with_name(name)) == []


def test_what_a_case_wrongly_expects_fails(tmp_path: Path) -> None:
    call = {"direction": "inbound", "from": "+1", "to": "+2", "voice_url": "http://app.test/voice"}
    documents = {"POST http://app.test/voice": ["<Response><Say>yes</Say></Response>"]}
    wrong = [
        {"id": "a", "level": "core", "call": call, "documents": documents, "expect": {"spoken": ["no"]}},
        {"id": "b", "level": "core", "call": call, "documents": documents, "expect": {"smells": "nice"}},
        {
            "id": "c",
            "level": "core",
            "call": call,
            "documents": documents,
            "expect": {"final_status": "busy"},
        },
        {"id": "d", "level": "core", "call": call, "documents": documents, "expect": {"spoken": ["yes"]}},
    ]
    path = tmp_path / "wrong.json"
    path.write_text(json.dumps({"cases": wrong}))
    run = rehearse(path)
    assert run.stdout.splitlines()[-1] == "1 passed, 3 failed", run.stdout
    assert run.returncode == 1
