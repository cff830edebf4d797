"""交接班: what must have a next owner before somebody leaves. Pure.

Each open R3/R4 item that somebody holds must be accepted by another person first. Whoever leaves last passes
on what nobody holds besides: a shift does not end into nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.vocabulary import RiskLevel
from models.vocabulary_after import ItemKind

LOOK_AHEAD = timedelta(hours=12)
"""A follow-up is of this shift when it falls due before the next one ends; later ones are nobody's yet."""
HOLDS_UNSEATED = timedelta(hours=12)
"""Who accepted and has not sat down yet still holds it for so long."""


@dataclass(frozen=True)
class OpenItem:
    """Something open that a shift passes on. `owner_id` None: it belongs to the shift alone."""

    kind: ItemKind
    item_id: int
    call_id: int
    level: RiskLevel | None
    due_at: datetime | None
    owner_id: int | None
    owner_holds: bool
    """The owner is on duty, is a supervisor, or accepted a moment ago."""

    @property
    def key(self) -> tuple[ItemKind, int]:
        return self.kind, self.item_id

    @property
    def must_be_handed_on(self) -> bool:
        return self.level is not None and self.level.is_high


def owed_by(person_id: int, items: Iterable[OpenItem], *, is_last: bool) -> tuple[OpenItem, ...]:
    """What this person may not leave behind. `is_last`: nobody else of the centre is on duty."""
    return tuple(
        item
        for item in items
        if item.must_be_handed_on and (item.owner_id == person_id or (is_last and not item.owner_holds))
    )
