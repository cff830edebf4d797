"""Every line that a call's log can hold is told in words on its page."""

from __future__ import annotations

import ast
from pathlib import Path

import hotline
from agent_console.words import CALL_EVENTS
from hotline.domain.call_state import CallFact
from models.vocabulary import OfferState

HOTLINE = Path(hotline.__file__).parent
WRITERS = {"record", "note_call"}


def kinds_written() -> set[str]:
    """The literal kinds that are given to `record` and `note_call`, and those made of a state."""
    found = {str(fact) for fact in CallFact} | {f"offer_{state}" for state in OfferState}
    for file in HOTLINE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            if node.func.id in WRITERS and len(node.args) > 2:
                found |= {
                    leaf.value
                    for leaf in ast.walk(node.args[2])
                    if isinstance(leaf, ast.Constant) and isinstance(leaf.value, str)
                }
    return {kind for kind in found if not kind.startswith("_") and not kind.endswith("_")}


def test_every_kind_of_line_has_its_words() -> None:
    kinds = kinds_written()
    assert len(kinds) > 40
    assert sorted(kinds - set(CALL_EVENTS)) == []
