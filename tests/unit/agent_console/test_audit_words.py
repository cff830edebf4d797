"""Whatever the audit may hold is told in words on its page."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from flask import Flask

import agent_console
import analytics
import hotline
from agent_console.audit_actions import ACTIONS
from agent_console.audit_words import FAMILIES, action_words, subject_words

PACKAGES = [Path(package.__file__).parent for package in (agent_console, analytics, hotline)]
WRITERS = frozenset(
    {"note_reading", "write_audit", "audit", "audit_shift", "Table"}
    | {"_audit", "_audit_line", "_changed", "_erase_here", "_told", "_write"}
)
ACTION = re.compile(r"[a-z_]+\.[a-z_]+")


def actions_written() -> set[str]:
    """The literal actions that are given to whoever writes a line of the audit."""
    found = set()
    for package in PACKAGES:
        for file in package.rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if not isinstance(node, ast.Call):
                    continue
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                given = [*node.args, *(one.value for one in node.keywords)] if name in WRITERS else []
                found |= {
                    leaf.value
                    for one in given
                    if not isinstance(one, ast.JoinedStr)
                    for leaf in ast.walk(one)
                    if isinstance(leaf, ast.Constant) and isinstance(leaf.value, str)
                }
    return {action for action in found if ACTION.fullmatch(action)}


def test_every_action_has_its_words() -> None:
    written = actions_written()
    assert len(written) > 100
    assert sorted(written - set(ACTIONS)) == []


@pytest.fixture
def said() -> Flask:
    from agent_console.translation import set_up_translation

    app = Flask(__name__)
    set_up_translation(app)
    return app


def test_a_state_of_a_family_has_the_words_of_the_state(said: Flask) -> None:
    with said.test_request_context("/"):
        for family, (_zh, _en, states) in FAMILIES.items():
            for state in states:
                words = action_words(f"{family}.{state.value}")
                assert words != f"{family}.{state.value}"
        assert action_words("referral.sent") == "转介：已发出"
        assert action_words("nobody.knows") == "nobody.knows"
        assert action_words("referral.lost") == "referral.lost"


def test_a_subject_is_named_and_a_page_is_its_name_alone(said: Flask) -> None:
    with said.test_request_context("/"):
        assert subject_words("call:31") == "来电 31"
        assert subject_words("duties:today") == "本班事项"
        assert subject_words("unheard:4") == "unheard:4"
