"""The tree of places (GB/T 2260): what lies below a place, and what it belongs to."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.places import UNKNOWN_PLACE, Place


class PlaceTree:
    """Codes with their parents. The unknown place is a stratum of its own: it has no parent and no child."""

    def __init__(self, parents: Mapping[str, str | None]) -> None:
        self._parents = dict(parents)
        self._children: dict[str, list[str]] = {}
        self._lines: dict[str, frozenset[str]] = {}
        for code, parent in self._parents.items():
            if parent is not None:
                self._children.setdefault(parent, []).append(code)

    @classmethod
    def load(cls, session: Session) -> PlaceTree:
        rows = session.execute(select(Place.code, Place.parent_code)).all()
        return cls({row.code: row.parent_code for row in rows})

    def __contains__(self, code: str) -> bool:
        return code in self._parents

    def line(self, code: str) -> tuple[str, ...]:
        """The place and all it belongs to, nearest first. An unregistered code stands alone."""
        found: list[str] = []
        at: str | None = code
        while at is not None and at not in found:
            found.append(at)
            at = self._parents.get(at)
        return tuple(found)

    def within(self, code: str) -> frozenset[str]:
        """The place and all that lies below it."""
        found: set[str] = set()
        waiting = [code]
        while waiting:
            at = waiting.pop()
            if at not in found:
                found.add(at)
                waiting += self._children.get(at, [])
        return frozenset(found)

    def children(self, code: str) -> tuple[str, ...]:
        return tuple(sorted(self._children.get(code, [])))

    def covers(self, code: str, other: str) -> bool:
        """True when `other` is `code` or lies below it."""
        line = self._lines.get(other)
        if line is None:
            line = self._lines[other] = frozenset(self.line(other))
        return code in line


def pooled_codes(tree: PlaceTree, code: str) -> tuple[str, ...]:
    """The strata a contact counts in: its own place and its parents, or the unknown place alone."""
    if code == UNKNOWN_PLACE or code not in tree:
        return (UNKNOWN_PLACE,)
    return tree.line(code)
