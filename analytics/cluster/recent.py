"""The texts of the last weeks as the registry sees them: vectors, days, places, and where each was put."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from analytics.cluster.embedder import Vectors

POOLED = 0


@dataclass(slots=True)
class RecentTexts:
    """Rows in order of arrival; `issues[i]` is 0 while text i is pooled. A row takes 4 bytes x dimension."""

    dimension: int
    ids: list[str] = field(default_factory=list)
    days: npt.NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))
    places: list[str | None] = field(default_factory=list)
    issues: npt.NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))
    _vectors: Vectors = field(default_factory=lambda: np.zeros((0, 0), np.float32))

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def vectors(self) -> Vectors:
        """(rows, dimension)."""
        return self._vectors[: len(self.ids)]

    def add(self, text_id: str, vector: Vectors, day: date, place: str | None, issue: int) -> None:
        """Appends a text; the arrays grow by half, so that adding stays cheap."""
        count = len(self.ids)
        if count >= len(self._vectors):
            room = max(256, count + count // 2)
            for name, width in (("days", ()), ("issues", ()), ("_vectors", (self.dimension,))):
                old = getattr(self, name)
                grown = np.zeros((room, *width), np.float32 if width else np.int32)
                if count:
                    grown[:count] = old[:count]
                setattr(self, name, grown)
        self.ids.append(text_id)
        self.places.append(place)
        self._vectors[count] = vector
        self.days[count] = day.toordinal()
        self.issues[count] = issue

    def keep(self, chosen: npt.NDArray[np.bool_]) -> list[str]:
        """Keeps the chosen rows; answers the ids of the others."""
        gone = [self.ids[row] for row in np.flatnonzero(~chosen)]
        rows = np.flatnonzero(chosen)
        self._vectors, self.days = self.vectors[rows].copy(), self.days[: len(self.ids)][rows]
        self.issues = self.issues[: len(self.ids)][rows]
        self.places = [self.places[row] for row in rows]
        self.ids = [self.ids[row] for row in rows]
        return gone

    def remove(self, text_ids: Sequence[str]) -> None:
        """Takes texts out, when consent is withdrawn."""
        unwanted = set(text_ids)
        self.keep(np.array([text_id not in unwanted for text_id in self.ids], bool))

    def rows_of(self, issue: int) -> npt.NDArray[np.int64]:
        """The rows that are in an issue (0: the pool)."""
        return np.flatnonzero(self.issues[: len(self.ids)] == issue)

    def rows(self) -> list[dict[str, Any]]:
        """JSON-ready rows without vectors."""
        return [
            {"text_id": text_id, "day": int(day), "place": place, "issue": int(issue)}
            for text_id, day, place, issue in zip(self.ids, self.days, self.places, self.issues, strict=False)
        ]

    @classmethod
    def of(cls, dimension: int, rows: Sequence[dict[str, Any]], vectors: Vectors) -> RecentTexts:
        """The texts that `rows` and `vectors` described."""
        return cls(
            dimension,
            [row["text_id"] for row in rows],
            np.array([row["day"] for row in rows], np.int32),
            [row["place"] for row in rows],
            np.array([row["issue"] for row in rows], np.int32),
            np.asarray(vectors, np.float32).reshape(len(rows), dimension),
        )
