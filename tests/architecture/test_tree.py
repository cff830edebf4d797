"""The tree keeps its shape: settings told in the README, small modules, no trace of a developer's machine."""

from __future__ import annotations

import re
import subprocess
import warnings
from pathlib import Path

import pytest

from hotline.__main__ import COMMANDS, SUMMARIES
from hotline.settings import PREFIX, Settings
from hotline.settings_rules import settings_table

REPOSITORY = Path(__file__).resolve().parents[2]
LONG_LINES, TOO_LONG_LINES = 300, 400
BINARY = {".wav", ".png", ".npz", ".safetensors", ".jpg"}
DRAWERS = {"utils", "helpers", "common", "misc", "manager"}


def tracked_files() -> list[Path]:
    """Files of the project; without git (an unpacked archive) everything that is not built."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
    )
    if listed.returncode != 0:
        pytest.skip("this copy is not a git checkout")
    return [REPOSITORY / name for name in listed.stdout.split("\0") if name and (REPOSITORY / name).is_file()]


def table_in(file: str) -> str:
    text = (REPOSITORY / file).read_text(encoding="utf-8")
    return text.split("<!-- settings -->\n")[1].split("\n<!-- /settings -->")[0]


@pytest.mark.parametrize("file", ["README.md", "README.zh-CN.md"])
def test_the_readme_tells_every_setting_as_the_model_has_it(file: str) -> None:
    assert table_in(file) == settings_table(Settings, PREFIX), "print it with: hotline check --table"


def test_every_command_has_a_summary() -> None:
    assert set(COMMANDS) == set(SUMMARIES)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_opens(name: str) -> None:
    import click

    from hotline.__main__ import cli

    command = cli.get_command(click.Context(cli), name)

    assert isinstance(command, click.Command)


def test_modules_are_small() -> None:
    lengths = {
        file.relative_to(REPOSITORY).as_posix(): len(file.read_text(encoding="utf-8").splitlines())
        for file in tracked_files()
        if file.suffix == ".py"
        and file.parts[len(REPOSITORY.parts)] != "tests"
        and "migrations/versions" not in file.as_posix()
    }
    long = {name: length for name, length in lengths.items() if length > LONG_LINES}
    if long:
        with warnings.catch_warnings():
            warnings.simplefilter("default")
            warnings.warn(f"modules past {LONG_LINES} lines, split by noun: {long}", stacklevel=1)
    assert not {name: length for name, length in long.items() if length > TOO_LONG_LINES}


def test_there_is_no_drawer_for_odds_and_ends() -> None:
    modules = [file.relative_to(REPOSITORY) for file in tracked_files() if file.suffix == ".py"]

    assert [name for name in modules if DRAWERS & {name.stem, *name.parts}] == []


def test_nothing_names_a_place_on_somebodys_machine() -> None:
    # Spelt in pieces, or this file would name them itself.
    names = ("/" + "work/", "/" + "root/", "/" + "home/[a-z]", "/" + "opt/py", "\\." + "library")
    places = re.compile("|".join(names))
    found = []
    for file in tracked_files():
        if file.suffix in BINARY or file.name == "package-lock.json":
            continue
        text = file.read_text(encoding="utf-8", errors="ignore")
        found += [f"{file.relative_to(REPOSITORY)}: {match.group()}" for match in places.finditer(text)]
    assert found == []


def test_the_lock_file_names_no_registry() -> None:
    lock = (REPOSITORY / "agent_console" / "package-lock.json").read_text(encoding="utf-8")

    assert '"resolved"' not in lock


def test_the_two_dark_themes_are_equal() -> None:
    """The dark block stands twice in tokens.css, pinned and by the system's wish."""
    [tokens] = [file for file in tracked_files() if file.name == "tokens.css"]
    text = re.sub(r"/\*.*?\*/", "", tokens.read_text(encoding="utf-8"), flags=re.DOTALL)
    blocks = re.findall(r'\[data-theme="(dark|auto)"\][^{]*\{([^}]*)\}', text)
    declared = {
        theme: sorted(line.strip() for line in body.split(";") if line.strip()) for theme, body in blocks
    }

    assert declared["dark"] == declared["auto"]
    assert len(declared["dark"]) > 10
