"""The light doors stay light, and settings are read at the doors. The import law itself is `make check`'s."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
HEAVY = ("torch", "sentence_transformers", "transformers", "vosk")
SELDOM = ("scipy", "sklearn", "docx", "icalendar", "holidays", "weasyprint", "pypdfium2")
"""Of pages and jobs that few ask for: each costs every start tenths of a second."""

# door -> what its process imports before it serves
DOORS = {
    "carrier": "from hotline import wsgi; wsgi.carrier()",
    "web": "from hotline import wsgi; wsgi.web()",
    "clock": "import hotline.bootstrap.application as b, hotline.settings as s; b.build(s.load_settings())",
    "fallback": "import hotline.commands.serve; from hotline.telephony.fallback import make_fallback",
    "exchange": "import hotline.commands.exchange; import hotline.exchange",
    "command line": "import hotline.__main__",
    "keeper": "import hotline.commands.up",
}


@pytest.fixture(scope="module")
def first_start(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment in which the first start has made its secrets."""
    folder = tmp_path_factory.mktemp("first-start")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("HOTLINE_")}
    environment |= {"HOTLINE_DATA_DIR": str(folder), "HOTLINE_MODE": "test"}
    script = (
        "from hotline.processes.first_start import prepare\n"
        "from hotline.settings import load_settings\n"
        "prepare(load_settings)\n"
    )
    subprocess.run([sys.executable, "-c", script], cwd=REPOSITORY, env=environment, check=True, timeout=60)
    return environment


@pytest.mark.parametrize("door", DOORS)
def test_no_light_door_loads_models_or_what_is_seldom_asked_for(
    door: str, first_start: dict[str, str]
) -> None:
    script = (
        "import importlib.util, sys\n"
        f"{DOORS[door]}\n"
        f"print('HEAVY', [name for name in {HEAVY + SELDOM!r} if name in sys.modules])\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", script],
        cwd=REPOSITORY,
        env=first_start,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert result.returncode == 0, result.stderr[-2000:]
    assert "HEAVY []" in result.stdout


def test_the_fallback_needs_no_database_and_no_web_framework(first_start: dict[str, str]) -> None:
    script = (
        f"{DOORS['fallback']}\nimport sys\n"
        "print([n for n in ('sqlalchemy', 'flask', 'redis', 'twilio', 'models') if n in sys.modules])"
    )
    result = subprocess.run(
        [sys.executable, "-c", script],
        cwd=REPOSITORY,
        env=first_start,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert result.stdout.strip() == "[]", result.stderr[-2000:]


def test_settings_are_read_at_the_doors_alone() -> None:
    """Rooms get parts and plain values; only doors and the roof know names of settings."""
    allowed = ("hotline/commands/", "hotline/processes/", "hotline/bootstrap")
    doors = {"hotline/__main__.py", "hotline/wsgi.py", "hotline/settings.py", "hotline/settings_rules.py"}
    offenders = []
    for package in ("hotline", "analytics", "models", "agent_console"):
        for file in (REPOSITORY / package).rglob("*.py"):
            name = file.relative_to(REPOSITORY).as_posix()
            if name in doors or name.startswith(allowed) or "node_modules" in name:
                continue
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("hotline.settings"):
                    offenders.append(name)
    assert offenders == []
