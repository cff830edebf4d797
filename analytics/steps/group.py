"""Contacts into issues: as they come, each to the nearest live issue or to the pool; at night the pool into
new issues. Closed days keep their issues; a birth recounts its members' days from stored vectors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from sqlalchemy import select

from analytics.cluster import BornIssue, Grouper
from analytics.cluster.embedder import Vectors
from analytics.steps.forget import leave_issue
from analytics.steps.registry import (
    add_member,
    load_pool,
    load_state,
    lock_registry,
    next_issue_id,
    pool_items,
    unpack,
)
from analytics.steps.understand import EmbedderFor, ask_count
from models.events import IssueChanged
from models.surveillance import Contact, Issue, IssueEvent, IssueRegistry
from models.unit_of_work import UnitOfWork, Work


class Group:
    """The job `group {call_id}`, and the same for many calls at once."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, call_ids: Sequence[int], *, ask_next: bool = True) -> None:
        # The registry's row is held for a few milliseconds: no embedding, no text, vectors alone.
        with self._work() as unit:
            waiting = unit.session.scalars(
                select(Contact)
                .where(Contact.call_id.in_(call_ids), Contact.grouped_at.is_(None))
                .order_by(Contact.day, Contact.id)
                .with_for_update()
            ).all()
            changed: set[int] = set()
            states: dict[str, Grouper] = {}
            for contact in waiting:
                changed |= self._place(unit, contact, states)
            for issue_id in sorted(changed):
                unit.tell(IssueChanged(issue_id))
            if ask_next:
                for contact in waiting:
                    ask_count(unit, contact.day, contact.call_id)

    def _place(self, unit: UnitOfWork, contact: Contact, states: dict[str, Grouper]) -> set[int]:
        session, changed = unit.session, set()
        contact.grouped_at = unit.now
        if contact.issue_id is not None:
            # Its text was corrected: what it was is taken out before it is looked at anew.
            changed.add(contact.issue_id)
            left, contact.issue_id = contact.issue_id, None
            session.flush()
            leave_issue(session, left)
            states.clear()
        if contact.vector is None or contact.embedder is None:
            return changed
        vector = unpack(contact.vector)
        if contact.embedder not in states:
            registry = lock_registry(session, contact.embedder, len(vector))
            states[contact.embedder] = Grouper(load_state(session, registry))
        decision = states[contact.embedder].assign(str(contact.id), vector, contact.day, contact.place_code)
        if decision.issue_id is not None:
            issue = session.get_one(Issue, decision.issue_id)
            add_member(issue, vector, contact.day)
            contact.issue_id = issue.id
            changed.add(issue.id)
        return changed


@dataclass(frozen=True, slots=True)
class _Night:
    grouper: Grouper
    texts: dict[str, str]
    founding: bool


class Regroup:
    """The job `regroup {day}`: the pass at the end of a day. Running it again changes nothing more."""

    def __init__(self, work: Work, embedder_for: EmbedderFor, language: str) -> None:
        self._work = work
        self._embedder_for = embedder_for
        self._language = language

    def __call__(self, day: date, *, ask_next: bool = True) -> list[date]:
        """Gives the days whose contacts changed their issue."""
        embedder = self._embedder_for(self._language)
        night = self._load(embedder.key, embedder.dimension, day)
        vectors = {text_id: item.vector for text_id, item in night.grouper.state.pool.items()}
        report = night.grouper.nightly(
            day, lambda ids: {text_id: night.texts[text_id] for text_id in ids if text_id in night.texts}
        )
        if not report.absorbed and not report.born:
            return []
        with self._work() as unit:
            registry = lock_registry(unit.session, embedder.key, embedder.dimension)
            if night.founding:
                if registry.centre is not None:
                    return []
                centre = night.grouper.state.centre
                registry.centre = centre.tobytes() if centre is not None else None
                registry.founded_at = unit.now
            days = self._absorb(unit, report.absorbed, vectors)
            for born in report.born:
                days |= self._bear(unit, registry, born, vectors, night.founding)
            if ask_next:
                for changed in sorted(days):
                    ask_count(unit, changed, 0)
            return sorted(days)

    def _load(self, embedder: str, dimension: int, day: date) -> _Night:
        with self._work() as unit:
            registry = lock_registry(unit.session, embedder, dimension)
            state = load_state(unit.session, registry)
            founding = not state.issues
            grouper = Grouper(state)
            since = None if founding else day - timedelta(days=grouper.thresholds.pool_days)
            pool = [contact for contact in load_pool(unit.session, registry, since) if contact.day <= day]
            state.pool = pool_items(pool)
            return _Night(grouper, {str(c.id): c.text or "" for c in pool}, founding)

    def _absorb(
        self, unit: UnitOfWork, absorbed: Mapping[str, int], vectors: dict[str, Vectors]
    ) -> set[date]:
        days: set[date] = set()
        for text_id, issue_id in sorted(absorbed.items()):
            contact = _still_pooled(unit, text_id)
            issue = unit.session.get(Issue, issue_id)
            if contact is None or issue is None:
                continue
            add_member(issue, vectors[text_id], contact.day)
            contact.issue_id = issue_id
            days.add(contact.day)
            unit.tell(IssueChanged(issue_id))
        return days

    def _bear(
        self,
        unit: UnitOfWork,
        registry: IssueRegistry,
        born: BornIssue,
        vectors: dict[str, Vectors],
        founding: bool,
    ) -> set[date]:
        found = ((text_id, _still_pooled(unit, text_id)) for text_id in born.member_ids)
        members = [(text_id, contact) for text_id, contact in found if contact is not None]
        if not members:
            return set()
        days = {contact.day for _, contact in members}
        issue = Issue(
            id=next_issue_id(unit.session),
            name=born.name[:80],
            keywords=list(born.phrases),
            centroid=np.stack([vectors[text_id] for text_id, _ in members])
            .sum(0)
            .astype(np.float32)
            .tobytes(),
            embedder=registry.embedder,
            language=self._language,
            size=len(members),
            created_at=unit.now,
            first_day=min(days),
            last_day=max(days),
            is_demonstration=all(contact.is_demonstration for _, contact in members),
        )
        unit.session.add(issue)
        unit.session.flush()
        unit.session.add(
            IssueEvent(
                issue_id=issue.id,
                at=unit.now,
                kind="born",
                data={"members": len(members), "medoid": int(born.medoid_id), "founding": founding},
            )
        )
        for _, contact in members:
            contact.issue_id = issue.id
        unit.tell(IssueChanged(issue.id))
        return days


def _still_pooled(unit: UnitOfWork, text_id: str) -> Contact | None:
    """A contact that was withdrawn, corrected or grouped while the night was computed is left alone."""
    contact = unit.session.get(Contact, int(text_id), with_for_update=True)
    if contact is None or contact.issue_id is not None or contact.grouped_at is None:
        return None
    return contact
