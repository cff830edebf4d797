"""What an audit line says of a change, for people: each field with before and after."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

NOTHING = "–"


@dataclass(frozen=True)
class Change:
    field: str
    """Its name on record: the same in every language, and in the exported audit."""
    before: str
    after: str


def changes_of(reason: str | None) -> tuple[Change, ...]:
    """Empty for a line that holds a reason in somebody's own words, or no change."""
    try:
        found = json.loads(reason or "")
    except ValueError:
        return ()
    if not isinstance(found, dict) or not found:
        return ()
    if not all(isinstance(pair, list) and len(pair) == 2 for pair in found.values()):
        return ()
    return tuple(Change(str(name), _said(pair[0]), _said(pair[1])) for name, pair in found.items())


def _said(value: Any) -> str:
    if value is None or value in ("", [], {}):
        return NOTHING
    if isinstance(value, bool):
        return "✓" if value else "✗"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list):
        return ", ".join(_said(one) for one in value)
    if isinstance(value, dict):
        return "; ".join(f"{name} {_said(one)}" for name, one in value.items())
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
