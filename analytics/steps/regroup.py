"""The night's look at all recent contacts: issues are found, lifted out, divided, and settle a little.

What the night proposes is computed with no transaction open and written under the registry's lock; a contact
that was withdrawn, corrected or grouped anew meanwhile is left alone. Contacts older than the grouper's open
days keep their issue; each day that changed is counted again from the stored vectors' new places.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import load_only

from analytics.cluster import BornIssue, Grouper
from analytics.cluster.recent import POOLED
from analytics.steps.reembed import ask_reembed, models_before
from analytics.steps.registry import (
    BORN,
    SPLIT,
    load_state,
    lock_registry,
    next_issue_id,
    people_keep,
    recent_vectors,
    unpack,
)
from analytics.steps.understand import EmbedderFor, ask_count
from models.events import IssueChanged
from models.surveillance import Contact, Issue, IssueEvent, IssueRegistry
from models.unit_of_work import UnitOfWork, Work

_CONTACTS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class _Night:
    grouper: Grouper
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
        if self._has_a_new_model(embedder.key, day):
            return []
        night = self._load(embedder.key, embedder.dimension, day)
        report = night.grouper.nightly(day, self._texts)
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
            before = {}
            for row in recent_vectors(unit.session, registry, day, grouper.settings.recent_days):
                key = str(row.id)
                before[key] = row.issue_id if row.issue_id in state.issues else POOLED
                state.recent.add(key, unpack(row.vector), row.day, row.place_code, before[key])
            return _Night(grouper, before, founding=not state.issues)

    def _has_a_new_model(self, embedder: str, day: date) -> bool:
        """Then tonight's look waits until the issues have gone over to it, instead of founding others."""
        with self._work() as unit:
            if not models_before(unit.session, embedder, self._language):
                return False
            ask_reembed(unit, day)
            return True

    def _texts(self, ids: Sequence[str]) -> dict[str, str]:
        """Redacted texts, read when an issue is named: of the many of a night only a few are opened."""
        with self._work() as unit:
            unit.only_read()
            rows = unit.session.execute(
                select(Contact.id, Contact.text).where(Contact.id.in_([int(text_id) for text_id in ids]))
            ).all()
        texts = {str(row.id): row.text for row in rows if row.text}
        return {text_id: texts[text_id] for text_id in ids if text_id in texts}

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
        asked = sorted(int(text_id) for text_id in moved)
        for first in range(0, len(asked), _CONTACTS_AT_ONCE):
            some = asked[first : first + _CONTACTS_AT_ONCE]
            for contact in unit.session.scalars(
                select(Contact)
                .where(Contact.id.in_(some), Contact.grouped_at.is_not(None))
                .order_by(Contact.id)
                .options(load_only(Contact.issue_id, Contact.day))
                .with_for_update()
            ):
                before = night.before[str(contact.id)]
                if contact.issue_id in kept or (contact.issue_id or POOLED) != before:
                    continue
                proposed = moved[str(contact.id)]
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
