"""Another text model was installed: what was embedded with the old one is embedded anew, in the background,
and the issues go over with their ids.

Batch after batch of the last weeks' contacts gets vectors of the new model; meanwhile new calls wait in the
pool. When none is left, each issue's direction is taken from its members' new vectors, and the registry of
the new model goes on where the old one stood. Older contacts keep their issue and their old vectors, which
nothing compares any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from analytics.cluster import GroupSettings
from analytics.cluster.embedder import normalised
from analytics.steps.documents import embed_contacts
from analytics.steps.registry import lock_registry, unpack
from analytics.steps.understand import EmbedderFor, once_more
from models.events import IssueChanged
from models.surveillance import Contact, Issue, IssueRegistry
from models.unit_of_work import UnitOfWork, Work

AT_ONCE = 500
RECENT_DAYS = GroupSettings().recent_days


@dataclass(frozen=True, slots=True)
class _Text:
    contact_id: int
    text: str
    source: str | None
    content_hash: str | None


class Reembed:
    """The job `reembed {day}`: one batch, and itself again until all is done. `day` is the last day read."""

    def __init__(self, work: Work, embedder_for: EmbedderFor, language: str) -> None:
        self._work = work
        self._embedder_for = embedder_for
        self._language = language

    def __call__(self, payload: dict[str, Any]) -> None:
        day = date.fromisoformat(payload["day"])
        embedder = self._embedder_for(self._language)
        with self._work() as unit:
            unit.only_read()
            old = models_before(unit.session, embedder.key, self._language)
            texts = _texts_of(unit.session, old, day)
        vectors = embed_contacts(embedder, [(text.text, text.source) for text in texts])
        with self._work() as unit:
            for text, vector in zip(texts, vectors, strict=True):
                contact = unit.session.get(Contact, text.contact_id, with_for_update=True)
                # Withdrawn or corrected meanwhile: what was read of it is thrown away.
                if contact is not None and contact.content_hash == text.content_hash:
                    contact.vector, contact.embedder = vector.tobytes(), embedder.key
            unit.session.flush()
            if _texts_of(unit.session, old, day, limit=1):
                ask_reembed(unit, day, once_more())
            elif old:
                _go_over(unit, embedder.key, embedder.dimension, old, day)


def models_before(session: Session, embedder: str, language: str) -> list[str]:
    """Keys of other embedders whose issues still take calls, while this one has founded none."""
    registry = session.get(IssueRegistry, embedder)
    if registry is not None and registry.founded_at is not None:
        return []
    return sorted(
        session.scalars(
            select(Issue.embedder)
            .where(Issue.embedder != embedder, Issue.language == language, Issue.centroid.is_not(None))
            .distinct()
        )
    )


def ask_reembed(unit: UnitOfWork, day: date, key: str = "begin") -> None:
    unit.ask("reembed", "bulk", f"reembed:{day.isoformat()}:{key}", {"day": day.isoformat()})


def _texts_of(session: Session, embedders: list[str], day: date, limit: int | None = None) -> list[_Text]:
    rows = session.execute(
        select(Contact.id, Contact.text, Contact.text_source, Contact.content_hash)
        .where(
            Contact.embedder.in_(embedders),
            Contact.text.is_not(None),
            Contact.day > day - timedelta(days=RECENT_DAYS),
        )
        .order_by(Contact.id)
        .limit(AT_ONCE if limit is None else limit)
    )
    return [_Text(row.id, row.text or "", row.text_source, row.content_hash) for row in rows]


def _go_over(unit: UnitOfWork, embedder: str, dimension: int, old: list[str], day: date) -> None:
    session = unit.session
    registry = lock_registry(session, embedder, dimension)
    rows = session.execute(
        select(Contact.issue_id, Contact.vector).where(
            Contact.embedder == embedder,
            Contact.vector.is_not(None),
            Contact.day > day - timedelta(days=RECENT_DAYS),
        )
    ).all()
    if not rows:
        return
    vectors = np.stack([unpack(row.vector or b"") for row in rows])
    centre = vectors.mean(0).astype(np.float32)
    vectors = normalised(vectors - centre)
    home = np.array([row.issue_id or 0 for row in rows])
    for issue in session.scalars(select(Issue).where(Issue.embedder.in_(old)).with_for_update()):
        members = vectors[home == issue.id]
        issue.embedder = embedder
        issue.centroid = normalised(members.sum(0, keepdims=True))[0].tobytes() if len(members) else None
        unit.tell(IssueChanged(issue.id))
    registry.centre, registry.founded_at = centre.tobytes(), unit.now
    for left in session.scalars(select(IssueRegistry).where(IssueRegistry.embedder.in_(old))):
        # Empty now: who takes the old model back goes over in the same way.
        left.centre, left.founded_at = None, None
