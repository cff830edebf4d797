"""The night's look at all recent contacts: issues are found, lifted out, divided, and settle a little.

What the night proposes is computed with no transaction open and written under the registry's lock; a contact
that was withdrawn, corrected or grouped anew meanwhile is left alone. Contacts older than the grouper's open
days keep their issue; each day that changed is counted again from the stored vectors' new places.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from analytics.cluster import BornIssue, Grouper
from analytics.cluster.recent import POOLED
from analytics.steps.registry import (
    BORN,
    SPLIT,
    load_state,
    lock_registry,
    next_issue_id,
    people_keep,
    recent_contacts,
    unpack,
)
from analytics.steps.understand import EmbedderFor, ask_count
from models.events import IssueChanged
from models.surveillance import Contact, Issue, IssueEvent, IssueRegistry
from models.unit_of_work import UnitOfWork, Work


@dataclass(frozen=True, slots=True)
class _Night:
    grouper: Grouper
    texts: Mapping[str, str]
    before: Mapping[str, int]
    founding: bool


class Regroup:
    """The job `regroup {day}`, after the day's end."""

    def __init__(self, work: Work, embedder_for: EmbedderFor, language: str) -> None:
        self._work = work
        self._embedder_for = embedder_for
        self._language = language

    def __call__(self, day: date, *, ask_next: bool = True) -> list[date]:
        """Gives the days whose contacts changed their issue."""
        embedder = self._embedder_for(self._language)
        night = self._load(embedder.key, embedder.dimension, day)
        report = night.grouper.nightly(
            day, lambda ids: {text_id: night.texts[text_id] for text_id in ids if night.texts.get(text_id)}
        )
        with self._work() as unit:
            registry = lock_registry(unit.session, embedder.key, embedder.dimension)
            if night.founding and registry.centre is not None:
                return []
            ids = self._bear(unit, registry, night, report.born, day)
            days = self._move(unit, night, report.moved, ids)
            self._settle(unit, night, ids, day)
            for issue_id in sorted(ids.values()):
                unit.tell(IssueChanged(issue_id))
            if ask_next:
                for changed in sorted(days):
                    ask_count(unit, changed, 0)
            return sorted(days)

    def _load(self, embedder: str, dimension: int, day: date) -> _Night:
        with self._work() as unit:
            unit.only_read()
            registry = unit.session.get(IssueRegistry, embedder) or IssueRegistry(
                embedder=embedder, dimension=dimension
            )
            state = load_state(unit.session, registry)
            grouper = Grouper(state)
            texts, before = {}, {}
            for contact in recent_contacts(unit.session, registry, day, grouper.settings.recent_days):
                key = str(contact.id)
                known = contact.issue_id if contact.issue_id in state.issues else None
                texts[key], before[key] = contact.text or "", known or POOLED
                state.recent.add(
                    key, unpack(contact.vector or b""), contact.day, contact.place_code, before[key]
                )
            return _Night(grouper, texts, before, founding=not state.issues)

    def _bear(
        self, unit: UnitOfWork, registry: IssueRegistry, night: _Night, born: tuple[BornIssue, ...], day: date
    ) -> dict[int, int]:
        """The grouper's ids -> the ids given here (they differ when another registry bore one meanwhile)."""
        ids = {}
        state = night.grouper.state
        if night.founding and born and state.centre is not None:
            registry.centre = state.centre.tobytes()
            registry.founded_at = unit.now
        for issue in born:
            row = Issue(
                id=next_issue_id(unit.session),
                name=issue.name[:80],
                keywords=list(issue.phrases),
                centroid=state.issues[issue.issue_id].centroid.tobytes(),
                embedder=registry.embedder,
                language=self._language,
                created_at=unit.now,
                first_day=day,
                last_day=day,
            )
            unit.session.add(row)
            unit.session.flush()
            ids[issue.issue_id] = row.id
            data = {
                "members": len(issue.member_ids),
                "medoid": int(issue.medoid_id),
                "founding": state.issues[issue.issue_id].founding,
                "emerging": issue.emerging,
                "divided_from": issue.divided_from,
                "place": issue.place,
            }
            unit.session.add(IssueEvent(issue_id=row.id, at=unit.now, kind=BORN, data=data))
            if issue.divided_from is not None:
                unit.session.add(
                    IssueEvent(
                        issue_id=ids.get(issue.divided_from, issue.divided_from),
                        at=unit.now,
                        kind=SPLIT,
                        data={"into": row.id, "name": row.name, "members": len(issue.member_ids)},
                    )
                )
        return ids

    def _move(
        self, unit: UnitOfWork, night: _Night, moved: Mapping[str, int], ids: Mapping[int, int]
    ) -> set[date]:
        """Writes the night's places; what people or callers changed meanwhile stands."""
        days: set[date] = set()
        kept = people_keep(unit.session, night.grouper.state.embedder_key)
        grown: Counter[int] = Counter()
        for text_id, proposed in sorted(moved.items(), key=lambda item: int(item[0])):
            contact = unit.session.get(Contact, int(text_id), with_for_update=True)
            if contact is None or contact.grouped_at is None or contact.issue_id in kept:
                continue
            if (contact.issue_id or POOLED) != night.before[text_id]:
                continue
            issue_id = ids.get(proposed, proposed)
            if contact.issue_id is not None:
                grown[contact.issue_id] -= 1
            grown[issue_id] += 1
            contact.issue_id = issue_id
            days.add(contact.day)
        unit.session.flush()
        for issue_id, change in sorted(grown.items()):
            unit.session.get_one(Issue, issue_id, with_for_update=True).size += change
        return days

    def _settle(self, unit: UnitOfWork, night: _Night, ids: Mapping[int, int], day: date) -> None:
        """Centroids are the night's; days and whether real are what the recent members say. Nothing here
        reads more than the weeks that the night saw."""
        rows = unit.session.execute(
            select(
                Contact.issue_id,
                func.min(Contact.day).label("first"),
                func.max(Contact.day).label("last"),
                func.count().filter(Contact.is_demonstration.is_(False)).label("real"),
            )
            .where(
                Contact.issue_id.is_not(None),
                Contact.day > day - timedelta(days=night.grouper.settings.recent_days),
            )
            .group_by(Contact.issue_id)
        )
        members = {row.issue_id: row for row in rows}
        for known, issue in night.grouper.state.issues.items():
            row = unit.session.get(Issue, ids.get(known, known), with_for_update=True)
            if row is None or row.centroid is None:
                continue
            row.centroid = issue.centroid.tobytes()
            found = members.get(row.id)
            if found is not None:
                row.first_day, row.last_day = min(row.first_day, found.first), found.last
                if known in ids:
                    row.is_demonstration = found.real == 0
