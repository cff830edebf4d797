"""Contacts into issues, as they come: each to the nearest live issue, or to the pool."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from analytics.cluster import Grouper
from analytics.steps.forget import leave_issue
from analytics.steps.registry import load_state, lock_registry, unpack
from analytics.steps.understand import ask_count
from models.events import IssueChanged
from models.surveillance import Contact, Issue
from models.unit_of_work import UnitOfWork, Work


class Group:
    """The job `group {call_id}`, and the same for many calls at once."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __call__(self, call_ids: Sequence[int], *, ask_next: bool = True) -> None:
        # A few milliseconds in one transaction: no embedding, no text, vectors alone.
        with self._work() as unit:
            waiting = unit.session.scalars(
                select(Contact)
                .where(Contact.call_id.in_(call_ids), Contact.grouped_at.is_(None))
                .order_by(Contact.day, Contact.id)
                .with_for_update()
            ).all()
            changed: set[int] = set()
            groupers: dict[str, Grouper] = {}
            for contact in waiting:
                changed |= self._place(unit, contact, groupers)
            for issue_id in sorted(changed):
                unit.tell(IssueChanged(issue_id))
            if ask_next:
                for contact in waiting:
                    ask_count(unit, contact.day, contact.call_id)

    def _place(self, unit: UnitOfWork, contact: Contact, groupers: dict[str, Grouper]) -> set[int]:
        session, changed = unit.session, set()
        contact.grouped_at = unit.now
        if contact.issue_id is not None:
            # Its text was corrected: what it was is taken out before it is looked at anew.
            changed.add(contact.issue_id)
            left, contact.issue_id = contact.issue_id, None
            session.flush()
            leave_issue(session, left)
            groupers.clear()
        if contact.vector is None or contact.embedder is None:
            return changed
        vector = unpack(contact.vector)
        if contact.embedder not in groupers:
            registry = lock_registry(session, contact.embedder, len(vector))
            groupers[contact.embedder] = Grouper(load_state(session, registry))
        decision = groupers[contact.embedder].assign(str(contact.id), vector, contact.day, contact.place_code)
        if decision.issue_id is not None:
            issue = session.get_one(Issue, decision.issue_id)
            issue.size += 1
            issue.last_day = max(issue.last_day, contact.day)
            contact.issue_id = issue.id
            changed.add(issue.id)
        return changed
