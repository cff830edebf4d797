"""How rare each word is in this hotline's own notes, learnt at night and kept for all workers.

New weights are a new model: its key is another one, what was embedded before is embedded anew in the
background and issues keep their ids (`reembed`). So they are learnt once there are notes enough and the
issues were founded, and anew after a year at the earliest. Made-up contacts of a demonstration teach nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from analytics.cluster.embedder import Embedder
from analytics.steps.documents import BOTH, SUMMARY, ReadsNotes, parted
from analytics.steps.understand import EmbedderFor
from models.surveillance import Contact, IssueRegistry, NoteWeights
from models.unit_of_work import Work

FEWEST_NOTES, MOST_NOTES = 1000, 20_000
KEPT_DAYS = 365


_NOTES = (
    Contact.text_source.in_((SUMMARY, BOTH)),
    Contact.text.is_not(None),
    Contact.is_demonstration.is_(False),
)


class NoteWeighing:
    """Gives the embedder of a language, with the newest weights where it takes any."""

    def __init__(self, work: Work, embedder_for: EmbedderFor, fewest_notes: int = FEWEST_NOTES) -> None:
        self._work = work
        self._embedder_for = embedder_for
        self._fewest_notes = fewest_notes
        self._known: tuple[int, Embedder] | None = None

    def __call__(self, language: str) -> Embedder:
        base = self._embedder_for(language)
        if not isinstance(base, ReadsNotes):
            return base
        with self._work() as unit:
            unit.only_read()
            newest = unit.session.scalar(
                select(func.max(NoteWeights.id)).where(NoteWeights.embedder == base.key)
            )
            if newest is None:
                return base
            if self._known is None or self._known[0] != newest:
                stored = unit.session.get_one(NoteWeights, newest).weights
                weights = np.frombuffer(stored, np.float16).astype(np.float32)
                self._known = (newest, base.with_token_weights(weights))
            return self._known[1]

    def learn(self, language: str) -> bool:
        """True when new weights were learnt: the language's embedder is another one from now on."""
        base = self._embedder_for(language)
        if not isinstance(base, ReadsNotes):
            return False
        with self._work() as unit:
            unit.only_read()
            if not self._is_due(unit.session, base.key, self(language).key, unit.now):
                return False
            texts = unit.session.execute(
                select(Contact.text, Contact.text_source)
                .where(*_NOTES)
                .order_by(Contact.id.desc())
                .limit(MOST_NOTES)
            ).all()
        notes = [parted(text, source)[0] for text, source in texts if text]
        weights = base.fit_token_weights(notes).astype(np.float16)
        with self._work() as unit:
            unit.session.add(
                NoteWeights(
                    embedder=base.key, fitted_at=unit.now, notes=len(notes), weights=weights.tobytes()
                )
            )
        return True

    def _is_due(self, session: Session, base: str, now_used: str, now: datetime) -> bool:
        registry = session.get(IssueRegistry, now_used)
        if registry is None or registry.founded_at is None:
            return False
        learnt = session.scalar(select(func.max(NoteWeights.fitted_at)).where(NoteWeights.embedder == base))
        if learnt is not None and now - learnt < timedelta(days=KEPT_DAYS):
            return False
        enough = select(Contact.id).where(*_NOTES).limit(self._fewest_notes)
        return len(session.scalars(enough).all()) >= self._fewest_notes
