"""What an administrator changes, field by field, with before and after for the audit."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from models.audit import write_audit
from models.base import Base
from models.unit_of_work import UnitOfWork

HIDDEN = "…"


def apply(
    record: Base, values: Mapping[str, Any], sealed: frozenset[str] = frozenset()
) -> dict[str, list[Any]]:
    """Set the values; what differed, as {field: [before, after]}. `sealed` fields tell no value."""
    changes: dict[str, list[Any]] = {}
    for name, value in values.items():
        before = getattr(record, name)
        if before == value:
            continue
        hide = name in sealed
        changes[name] = [
            HIDDEN if hide and before else plain(before),
            HIDDEN if hide and value else plain(value),
        ]
        setattr(record, name, value)
    return changes


def gone(record: Base, names: Iterable[str], sealed: frozenset[str] = frozenset()) -> dict[str, list[Any]]:
    """What a record held that is taken out, as `apply` tells it."""
    held = {name: getattr(record, name) for name in names}
    return {
        name: [HIDDEN if name in sealed else plain(value), None]
        for name, value in held.items()
        if value not in (None, "", [])
    }


def audit(
    unit: UnitOfWork, key: bytes, *, by_id: int, action: str, subject: str, changes: Mapping[str, Any]
) -> None:
    """A line of the audit; nothing is written when nothing changed."""
    if changes:
        write_audit(
            unit.session,
            key,
            at=unit.now,
            person_id=by_id,
            action=action,
            subject=subject,
            reason=json.dumps(changes, ensure_ascii=False),
        )


def plain(value: Any) -> Any:
    """The value as JSON keeps it; a code as its word."""
    return value if isinstance(value, (int, float, bool, list, dict, type(None))) else str(value)
