"""What people decide about an issue: its name, whether it may raise signals, what it is one with, what it is
two of. Each holds against every later night, stands in the issue's history, and leaves an audit line.

The registry's row is locked, so that a decision and a night never write at once. An id is never used again.
"""

from __future__ import annotations

from datetime import tzinfo
from typing import Any

from sqlalchemy import select

from analytics.days import HOTLINE_ZONE, day_of
from analytics.issues.errors import (
    IssueIsMerged,
    IssueNameInvalid,
    IssuesDoNotMatch,
    NoSuchIssue,
)
from analytics.issues.split import SplitProposal, propose_split
from analytics.series import issue_series
from analytics.steps.count import ask_recount
from analytics.steps.registry import BORN, MERGED, MUTED, PARTED, RENAMED, SPLIT, UNMUTED, next_issue_id
from analytics.steps.signals import UNDECIDED
from models.audit import Auditor
from models.events import IssueChanged
from models.surveillance import Contact, Issue, IssueEvent, IssueRegistry, Signal
from models.unit_of_work import UnitOfWork, Work

NAME_LENGTH = 80


class IssueChanges:
    """Use cases. `person_id` must be of somebody who may review signals; the caller has seen to that."""

    def __init__(self, work: Work, audit_key: bytes, zone: tzinfo = HOTLINE_ZONE) -> None:
        self._work = work
        self._audit = Auditor(audit_key)
        self._zone = zone

    def rename(self, issue_id: int, person_id: int, name: str) -> None:
        """Raises NoSuchIssue, IssueIsMerged, IssueNameInvalid."""
        name = name.strip()
        if not 1 <= len(name) <= NAME_LENGTH:
            raise IssueNameInvalid(issue_id=issue_id)
        with self._work() as unit:
            issue = self._own(unit, issue_id)
            if issue.name == name:
                return
            data = {"from": issue.name, "to": name}
            issue.name = name
            self._tell(unit, issue, person_id, RENAMED, data)

    def mute(self, issue_id: int, person_id: int, muted: bool, reason: str = "") -> None:
        """A muted issue keeps its calls and counts, and raises no signal. Raises as `rename`."""
        with self._work() as unit:
            issue = self._own(unit, issue_id)
            if issue.muted is muted:
                return
            issue.muted = muted
            self._tell(unit, issue, person_id, MUTED if muted else UNMUTED, {}, reason)

    def merge(self, keep_id: int, gone_id: int, person_id: int, reason: str = "") -> None:
        """`gone_id` counts for `keep_id` from its first day on. Its calls stay under its own id, which stays
        an alias, so that the merge can be taken back. Signals of it that nobody decided on go over.

        Raises NoSuchIssue, IssueIsMerged, IssuesDoNotMatch.
        """
        with self._work() as unit:
            if keep_id == gone_id:
                raise IssuesDoNotMatch(issue_id=keep_id)
            keep, gone = self._own(unit, keep_id), self._own(unit, gone_id)
            if keep.embedder != gone.embedder:
                raise IssuesDoNotMatch(issue_id=keep_id, other_id=gone_id)
            for part in unit.session.scalars(select(Issue).where(Issue.alias_of_id == gone_id)):
                part.alias_of_id = keep_id
            gone.alias_of_id = keep_id
            for signal in unit.session.scalars(
                select(Signal).where(Signal.issue_id == gone_id, Signal.state.in_(UNDECIDED))
            ):
                signal.issue_id, signal.series = keep_id, issue_series(keep_id)
            self._tell(unit, gone, person_id, MERGED, {"into": keep_id, "name": keep.name}, reason)
            self._tell(unit, keep, person_id, MERGED, {"gone": gone_id, "name": gone.name}, reason)

    def part(self, gone_id: int, person_id: int, reason: str = "") -> None:
        """Takes a merge back: the issue stands for itself again, with its own name and calls.

        Raises NoSuchIssue, IssuesDoNotMatch when it is not merged.
        """
        with self._work() as unit:
            gone = self._locked(unit, gone_id)
            if gone.alias_of_id is None:
                raise IssuesDoNotMatch(issue_id=gone_id)
            keep = self._locked(unit, gone.alias_of_id)
            gone.alias_of_id = None
            self._tell(unit, gone, person_id, PARTED, {"from": keep.id, "name": keep.name}, reason)
            self._tell(unit, keep, person_id, PARTED, {"gone": gone.id, "name": gone.name}, reason)

    def split(
        self, issue_id: int, person_id: int, *, upto: int, name: str = "", phrase: str = "", reason: str = ""
    ) -> int:
        """Takes the leaving half of the proposal that was shown out of the issue; gives the new issue's id.

        Raises NoSuchIssue, IssueIsMerged, IssueNameInvalid, NothingToSplit.
        """
        name = name.strip()
        if len(name) > NAME_LENGTH:
            raise IssueNameInvalid(issue_id=issue_id)
        with self._work() as unit:
            issue = self._own(unit, issue_id)
            today = day_of(unit.now, self._zone)
            proposal = propose_split(unit.session, issue_id, today, phrase, upto)
            new = self._born_of(unit, issue, proposal, name)
            data: dict[str, Any] = {"members": len(proposal.leaving.contact_ids)}
            self._tell(unit, new, person_id, BORN, data | {"divided_from": issue_id}, reason)
            self._tell(unit, issue, person_id, SPLIT, data | {"into": new.id, "name": new.name}, reason)
            return new.id

    def _born_of(self, unit: UnitOfWork, issue: Issue, proposal: SplitProposal, name: str) -> Issue:
        leaving, session = proposal.leaving, unit.session
        contacts = session.scalars(
            select(Contact).where(Contact.id.in_(leaving.contact_ids)).order_by(Contact.id).with_for_update()
        ).all()
        new = Issue(
            id=next_issue_id(session),
            name=(name or leaving.name)[:NAME_LENGTH],
            keywords=list(leaving.phrases),
            centroid=leaving.centroid.tobytes(),
            embedder=issue.embedder,
            language=issue.language,
            size=len(contacts),
            created_at=unit.now,
            first_day=min(contact.day for contact in contacts),
            last_day=max(contact.day for contact in contacts),
            is_demonstration=all(contact.is_demonstration for contact in contacts),
        )
        session.add(new)
        session.flush()
        for contact in contacts:
            left = session.get_one(Issue, contact.issue_id)
            left.size -= 1
            contact.issue_id = new.id
        issue.centroid = proposal.staying.centroid.tobytes()
        return new

    def _own(self, unit: UnitOfWork, issue_id: int) -> Issue:
        issue = self._locked(unit, issue_id)
        if issue.alias_of_id is not None:
            raise IssueIsMerged(issue_id=issue_id, into_id=issue.alias_of_id)
        return issue

    def _locked(self, unit: UnitOfWork, issue_id: int) -> Issue:
        found = unit.session.get(Issue, issue_id)
        if found is None:
            raise NoSuchIssue(issue_id=issue_id)
        unit.session.get(IssueRegistry, found.embedder, with_for_update=True)
        unit.session.refresh(found, with_for_update=True)
        return found

    def _tell(
        self,
        unit: UnitOfWork,
        issue: Issue,
        person_id: int,
        kind: str,
        data: dict[str, Any],
        reason: str = "",
    ) -> None:
        unit.session.add(
            IssueEvent(issue_id=issue.id, at=unit.now, kind=kind, person_id=person_id, data=data)
        )
        self._audit(unit, person_id, f"issue.{kind}", f"issue:{issue.id}", reason or None)
        unit.tell(IssueChanged(issue.id))
        if kind in (MERGED, PARTED, SPLIT, BORN):
            ask_recount(unit, issue.id)
