"""Scales in a talk: offered, consented, answered, scored. Asking one is never part of answering a call.

A score raises nothing by itself. Two things follow from answers: an alarm item asks the risk questions now,
and the total of the 12-element scale counts in the working definition, which may only raise the floor.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.care.errors import AnswersInvalid, ConsentFirst, NoSuchCall, NoSuchScale
from hotline.care.scale_files import TWELVE_ELEMENTS, library
from hotline.care.scale_texts import OnFile, on_file
from hotline.domain.risk_level import RiskFacts, suggest
from hotline.domain.scales import Band, Result, faults_of, score
from models.assessments import Assessment, ScaleConsent
from models.audit import Auditor
from models.calls import Call
from models.events import RiskMarked
from models.notes import Note, RiskChange
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import ConsentState, RiskLevel

WORDING_VERSION = "2026-12"
"""Of the sentence with which the operator asks, as it stands on the desk."""


@dataclass(frozen=True)
class Scored:
    """One scale as it was asked, for the page of its call. `band` by the set that was in use then."""

    assessment_id: int
    scale: str
    version: str
    source: str
    total: int | None
    band: Band | None
    cut_offs: str
    missing: tuple[int, ...]
    alarms: tuple[int, ...]
    rule_met: bool | None
    at: Any
    by: str | None
    withdrawn: bool


class Assessments:
    def __init__(self, work: Work, audit_key: bytes) -> None:
        self._work = work
        self._audit_line = Auditor(audit_key)

    def consent(self, call_id: int, scale: str, person_id: int, granted: bool) -> None:
        """What the caller said. After a refusal the service goes on. Raises NoSuchCall, NoSuchScale."""
        with self._work() as unit:
            self._offered(unit, call_id, scale)
            state = ConsentState.GRANTED if granted else ConsentState.REFUSED
            unit.session.add(
                ScaleConsent(
                    call_id=call_id,
                    scale=scale,
                    state=state,
                    how="operator",
                    wording_version=WORDING_VERSION,
                    person_id=person_id,
                    at=unit.now,
                )
            )
            self._audit(unit, f"scale.{state}", call_id, person_id, scale)

    def record(self, call_id: int, scale: str, person_id: int, answers: dict[int, int]) -> Result:
        """Score the answers and keep them, each time one more is given: nothing answered is lost.

        Raises NoSuchCall, NoSuchScale, ConsentFirst, AnswersInvalid.
        """
        with self._work() as unit:
            standing = self._offered(unit, call_id, scale)
            consent = consent_of(unit.session, call_id, scale)
            if consent is None or consent.state is not ConsentState.GRANTED:
                raise ConsentFirst(call_id=call_id)
            if standing.text is None or standing.words is None:
                raise NoSuchScale(scale=scale)
            if not answers or faults_of(standing.entry.rule, answers, standing.words.mosts):
                raise AnswersInvalid(call_id=call_id)
            result = score(standing.entry.rule, answers, standing.cut_offs)
            # Two answers in quick succession must not make two rows of one asking.
            unit.session.refresh(consent, with_for_update=True)
            row = asked_under(unit.session, consent.id)
            if row is None:
                row = Assessment(call_id=call_id, consent_id=consent.id, scale=scale)
                unit.session.add(row)
            row.text_id, row.cut_offs = standing.text.id, standing.cut_offs.code
            row.person_id, row.at = person_id, unit.now
            row.answers = {str(number): value for number, value in sorted(answers.items())}
            row.result = {
                "total": result.total,
                "band": result.band.code if result.band else None,
                "missing": list(result.missing),
                "alarms": list(result.alarms),
                "rule_met": result.rule_met,
            }
            self._audit(unit, "scale.recorded", call_id, person_id, scale)
            if scale == TWELVE_ELEMENTS and result.total is not None:
                raise_floor(unit, call_id, suggest(RiskFacts(scale_total=result.total)).level)
            return result

    def withdraw(self, call_id: int, scale: str, person_id: int) -> None:
        """The caller takes consent back: answers and result go, that it was asked stays."""
        with self._work() as unit:
            if unit.session.get(Call, call_id) is None:
                raise NoSuchCall(call_id=call_id)
            given = (
                ScaleConsent.call_id == call_id,
                ScaleConsent.scale == scale,
                ScaleConsent.state == ConsentState.GRANTED,
            )
            for consent in unit.session.scalars(select(ScaleConsent).where(*given)):
                consent.state, consent.withdrawn_at = ConsentState.WITHDRAWN, unit.now
                for asked in unit.session.scalars(
                    select(Assessment).where(Assessment.consent_id == consent.id)
                ):
                    asked.answers = asked.result = None
            self._audit(unit, "scale.withdrawn", call_id, person_id, scale)

    def _offered(self, unit: UnitOfWork, call_id: int, scale: str) -> OnFile:
        if unit.session.get(Call, call_id) is None:
            raise NoSuchCall(call_id=call_id)
        standing = on_file(unit.session).get(scale)
        if standing is None or standing.text is None:
            raise NoSuchScale(scale=scale)
        return standing

    def _audit(self, unit: UnitOfWork, action: str, call_id: int, person_id: int, scale: str) -> None:
        self._audit_line(unit, person_id, action, f"call:{call_id}", scale)


def consent_of(session: Session, call_id: int, scale: str) -> ScaleConsent | None:
    """The last word that the caller had on this scale."""
    return session.scalars(
        select(ScaleConsent)
        .where(ScaleConsent.call_id == call_id, ScaleConsent.scale == scale)
        .order_by(ScaleConsent.id.desc())
        .limit(1)
    ).first()


def asked_under(session: Session, consent_id: int) -> Assessment | None:
    """One asking for a consent: what was answered so far, or corrected. Another time needs another word."""
    return session.scalars(select(Assessment).where(Assessment.consent_id == consent_id)).first()


def scored_in(session: Session, call_id: int) -> tuple[Scored, ...]:
    """The newest first. Whoever shows it writes the audit line."""
    rows = session.scalars(
        select(Assessment).where(Assessment.call_id == call_id).order_by(Assessment.id.desc())
    )
    return tuple(_scored(row) for row in rows)


def raise_floor(unit: UnitOfWork, call_id: int, level: RiskLevel | None) -> None:
    """Software only raises, and nobody is named for it: the note follows at its next save."""
    note = unit.session.scalars(select(Note).where(Note.call_id == call_id).with_for_update()).first()
    if note is None or level is None or level <= note.risk_floor:
        return
    unit.session.add(
        RiskChange(
            note_id=note.id, from_level=note.risk_floor, to_level=int(level), person_id=None, at=unit.now
        )
    )
    note.risk_floor = int(level)
    if level.is_high:
        unit.tell(RiskMarked(call_id, int(level)))


def _scored(row: Assessment) -> Scored:
    result = row.result or {}
    sets = library()[row.scale].cut_offs
    bands = sets[row.cut_offs].bands if row.cut_offs in sets else ()
    return Scored(
        assessment_id=row.id,
        scale=row.scale,
        version=row.text.version,
        source=row.text.source,
        total=result.get("total"),
        band=next((band for band in bands if band.code == result.get("band")), None),
        cut_offs=row.cut_offs,
        missing=tuple(result.get("missing", ())),
        alarms=tuple(result.get("alarms", ())),
        rule_met=result.get("rule_met"),
        at=row.at,
        by=row.person.name if row.person else None,
        withdrawn=row.result is None,
    )
