"""Each line of the audit says in words what was done: no code is shown to a person."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

import agent_console
import analytics
import hotline
from agent_console.audit_words import ACTIONS, AUDIT_ACTIONS, action_words
from agent_console.translation import set_up_translation

ACTION = re.compile(r"[a-z_]+\.[a-z_]+")
WRITERS = frozenset(
    {
        "_audit",
        "_audit_line",
        "_changed",
        "_erase_here",
        "_told",
        "_write",
        "Table",
        "audit",
        "audit_shift",
        "note_reading",
        "write_audit",
    }
)
"""What an action's name is handed to, wherever lines are written."""


def written() -> Iterator[str]:
    for package in (hotline, agent_console, analytics):
        for file in Path(package.__path__[0]).rglob("*.py"):
            if "node_modules" in file.parts:
                continue
            for call in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(call, ast.Call) and _name(call) in WRITERS:
                    yield from _literals(call)


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _literals(call: ast.Call) -> Iterator[str]:
    for given in [*call.args, *(keyword.value for keyword in call.keywords)]:
        if isinstance(given, ast.Constant | ast.IfExp | ast.BoolOp):
            for part in ast.walk(given):
                text = part.value if isinstance(part, ast.Constant) else None
                if isinstance(text, str) and ACTION.fullmatch(text):
                    yield text


def test_every_action_that_is_written_has_its_words() -> None:
    found = set(written())
    assert len(found) > 150
    assert sorted(found - set(AUDIT_ACTIONS)) == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_words_are_no_codes(language: str) -> None:
    app = Flask(__name__)
    app.secret_key = "words"
    set_up_translation(app)
    with app.test_request_context("/", headers={"Cookie": f"language={language}"}):
        for action in ACTIONS:
            assert action_words(action) != action
        assert action_words("referral.sent") in ("转介：已发出", "Referral: Sent")
        assert action_words("gone.long_ago") == "gone.long_ago"
