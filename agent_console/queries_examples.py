"""Redacted texts near the middle of a group: for those who check a signal, never for anybody outside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from agent_console.queries_signals import in_window
from models.surveillance import Contact, Issue, Signal

EXAMPLES = 3
EXAMPLE_POOL = 300


@dataclass(frozen=True)
class Example:
    """A redacted text near the middle of the group. It never leaves the hotline."""

    contact_id: int
    call_id: int
    text: str
    risk_level: int | None


def examples_of(session: Session, signal_id: int) -> tuple[Example, ...]:
    """The redacted texts nearest to the middle of the group in the signal's window and place."""
    signal = session.get(Signal, signal_id, options=[joinedload(Signal.issue)])
    if signal is None:
        return ()
    first = signal.last_day - timedelta(days=signal.window_days - 1)
    asked = select(Contact).where(*in_window(session, signal, first)).order_by(Contact.id.desc())
    contacts = session.scalars(asked.limit(EXAMPLE_POOL)).all()[::-1]
    return medoids(contacts, signal.issue)


def medoids(contacts: Sequence[Contact], issue: Issue | None, count: int = EXAMPLES) -> tuple[Example, ...]:
    """By cosine to the centroid (the group's mean without one); one text a person, as far as there are."""
    with_text = [contact for contact in contacts if contact.text]
    ranked = _by_nearness(with_text, issue) or with_text
    chosen: list[Contact] = []
    heard: set[str] = set()
    for contact in ranked:
        if contact.person_hash not in heard:
            heard.add(contact.person_hash)
            chosen.append(contact)
        if len(chosen) == count:
            break
    return tuple(
        Example(contact.id, contact.call_id, contact.text or "", contact.risk_level) for contact in chosen
    )


def _by_nearness(contacts: Sequence[Contact], issue: Issue | None) -> list[Contact]:
    embedder = issue.embedder if issue else None
    usable = [c for c in contacts if c.vector and (embedder is None or c.embedder == embedder)]
    if not usable:
        return []
    vectors = [np.frombuffer(contact.vector or b"", dtype=np.float32) for contact in usable]
    size = len(vectors[0])
    if any(len(vector) != size for vector in vectors):
        return []
    matrix = np.vstack(vectors)
    middle = matrix.mean(axis=0)
    if issue is not None and issue.centroid and len(issue.centroid) == size * 4:
        middle = np.frombuffer(issue.centroid, dtype=np.float32)
    order = np.argsort(-(matrix @ middle), kind="stable")
    return [usable[i] for i in order]
