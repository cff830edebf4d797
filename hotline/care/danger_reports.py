"""Telling 110/120, township, grid or civil affairs of a person in danger: decided by a named person alone.

The software sends nothing. It keeps who decided, on which ground, to whom, and exactly which fields were
handed over; a decision for 110, 120 or 119 begins the hand-off that stays open until rescue is known of.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.care.errors import NoSuchDanger, ReportNotAllowed
from hotline.domain.danger_rules import REPORT_FIELDS, ReportFacts, ReportWish, why_no_report
from hotline.routing.consent import consent_of, set_consent
from models.audit import Auditor
from models.care import Danger
from models.danger_protocol import DangerReport
from models.events import DangerChanged, LinkageChanged
from models.linkage import Linkage
from models.notes import Note
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import ConsentKind, ConsentState, DangerState
from models.vocabulary_danger import Ground, ReportDecision
from models.vocabulary_record import Disposition
from models.vocabulary_talk import RescueReached

FIELD_LENGTH, WHY_LENGTH, NAME_LENGTH = 300, 500, 80


@dataclass(frozen=True)
class Recipient:
    """Where exactly: a line of the directory, or a name that the person wrote."""

    line_id: int | None = None
    name: str = ""


class DangerReports:
    def __init__(self, work: Work, audit_key: bytes) -> None:
        self._work = work
        self._audit = Auditor(audit_key)

    def decide(
        self,
        danger_id: int,
        person_id: int,
        wish: ReportWish,
        recipient: Recipient = Recipient(),
        consented_now: bool = False,
    ) -> int:
        """Record one decision; returns its id. `consented_now`: the person agreed in this talk, which is
        recorded as their consent to sharing. Raises NoSuchDanger, ReportNotAllowed(reason)."""
        with self._work() as unit:
            danger = unit.session.get(Danger, danger_id)
            if danger is None:
                raise NoSuchDanger(danger_id=danger_id)
            agreed = consented_now and wish.ground is Ground.CONSENT
            against = why_no_report(wish, report_facts(unit.session, danger, agreed))
            if against is not None:
                raise ReportNotAllowed(reason=against)
            if agreed:
                set_consent(unit, danger.call, ConsentKind.SHARING, ConsentState.GRANTED, "operator")
            report = self._keep(unit, danger, person_id, wish, recipient)
            if wish.decision is ReportDecision.TOLD and wish.recipient.is_rescue:
                report.linkage_id = _hand_off(unit, report)
                unit.tell(LinkageChanged(danger.call_id, report.linkage_id))
            self._audit(
                unit,
                person_id,
                f"report.{wish.decision}",
                f"call:{danger.call_id}",
                f"{wish.recipient} {wish.ground or ''} {','.join(report.fields)}".strip(),
            )
            unit.tell(DangerChanged(danger.id, danger.call_id))
            return report.id

    def _keep(
        self, unit: UnitOfWork, danger: Danger, person_id: int, wish: ReportWish, recipient: Recipient
    ) -> DangerReport:
        told = wish.decision is ReportDecision.TOLD
        report = DangerReport(
            danger_id=danger.id,
            recipient=wish.recipient,
            line_id=recipient.line_id,
            recipient_name=recipient.name.strip()[:NAME_LENGTH] or None,
            decision=wish.decision,
            ground=wish.ground if told else None,
            why=wish.why.strip()[:WHY_LENGTH] or None,
            fields=said(wish.fields) if told else {},
            decided_at=unit.now,
            decided_by_id=person_id,
        )
        report.danger = danger
        unit.session.add(report)
        unit.session.flush()
        return report


def said(fields: object) -> dict[str, str]:
    """The fields that hold words, in the order of the form."""
    given = dict(fields) if isinstance(fields, dict) else {}
    return {
        code: str(given[code]).strip()[:FIELD_LENGTH]
        for code in REPORT_FIELDS
        if str(given.get(code) or "").strip()
    }


def report_facts(session: Session, danger: Danger, agreed_now: bool = False) -> ReportFacts:
    consent = consent_of(session, danger.call_id, ConsentKind.SHARING)
    note = session.scalars(select(Note).where(Note.call_id == danger.call_id)).first()
    chosen = (note.fields or {}).get("dispositions") or [] if note else []
    admitted = note is not None and (
        note.disposition is Disposition.ADMITTED or str(Disposition.ADMITTED) in chosen
    )
    return ReportFacts(
        danger.state is DangerState.OPEN, agreed_now or consent is ConsentState.GRANTED, admitted
    )


def rescue_is_decided(session: Session, danger: Danger) -> bool:
    """A hand-off was begun, or a person wrote down why there was none."""
    linkage = session.scalars(select(Linkage.id).where(Linkage.call_id == danger.call_id)).first()
    decided = session.scalars(select(DangerReport).where(DangerReport.danger_id == danger.id)).all()
    return linkage is not None or any(report.recipient.is_rescue for report in decided)


def _hand_off(unit: UnitOfWork, report: DangerReport) -> int:
    """The hand-off of this service in this call that has no answer yet, or a new one."""
    danger, text = report.danger, "；".join(report.fields.values())
    linkage = unit.session.scalars(
        select(Linkage).where(
            Linkage.call_id == danger.call_id,
            Linkage.service == str(report.recipient),
            Linkage.reached == RescueReached.UNKNOWN,
        )
    ).first()
    if linkage is None:
        linkage = Linkage(
            call_id=danger.call_id,
            service=str(report.recipient),
            asked_by_id=report.decided_by_id,
            asked_at=unit.now,
            connected_at=unit.now,
        )
        unit.session.add(linkage)
    linkage.danger_id, linkage.told = danger.id, text
    linkage.line_id = report.line_id or linkage.line_id
    unit.session.flush()
    return linkage.id
