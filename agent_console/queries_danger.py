"""One danger with all that people did about it: checklist, decisions, hand-offs, questions, debriefs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from agent_console.desk_caller import place_path
from hotline.care.checklist import Step, steps_for
from hotline.care.danger_reports import report_facts, rescue_is_decided
from hotline.domain.danger_rules import ReportFacts
from hotline.routing.duty import covers
from hotline.routing.emergency_lines import emergency_lines
from models.calls import Call
from models.care import Danger
from models.danger_protocol import CallerAsk, DangerReport, DangerTick, Debrief
from models.linkage import Linkage
from models.network import PartnerLine
from models.notes import Note
from models.places import Place
from models.vocabulary import DangerState
from models.vocabulary_danger import ReportTo, TickAnswer
from models.vocabulary_network import PartnerKind
from models.vocabulary_record import CallType, Relation

COMMUNITY_KINDS = {
    ReportTo.TOWNSHIP: PartnerKind.COMMUNITY,
    ReportTo.GRID: PartnerKind.COMMUNITY,
    ReportTo.CIVIL_AFFAIRS: PartnerKind.COMMUNITY,
}


@dataclass(frozen=True)
class StepRow:
    step: Step
    tick: DangerTick | None

    @property
    def answer(self) -> TickAnswer | None:
        return self.tick.answer if self.tick else None


@dataclass(frozen=True)
class DangerSheet:
    danger: Danger
    call: Call
    place: Sequence[Place]
    steps: Sequence[StepRow]
    reports: Sequence[DangerReport]
    linkages: Sequence[Linkage]
    ask: CallerAsk | None
    """The last question put on a web caller's page."""
    debriefs: Sequence[Debrief]
    facts: ReportFacts
    rescue_decided: bool

    @property
    def is_open(self) -> bool:
        return self.danger.state is DangerState.OPEN

    @property
    def is_web(self) -> bool:
        """No number to ring back: the caller came by the page."""
        return not self.call.caller_number

    @property
    def ticked(self) -> int:
        return sum(row.tick is not None for row in self.steps)


def read_danger(session: Session, danger_id: int) -> DangerSheet | None:
    danger = session.get(Danger, danger_id, options=[joinedload(Danger.call)])
    if danger is None:
        return None
    ticks: dict[str, DangerTick] = {}
    for tick in session.scalars(
        select(DangerTick)
        .where(DangerTick.danger_id == danger_id)
        .options(joinedload(DangerTick.person))
        .order_by(DangerTick.id)
    ):
        ticks[tick.step] = tick
    call_id = danger.call_id
    return DangerSheet(
        danger=danger,
        call=danger.call,
        place=place_path(session, danger.call.place_code),
        steps=[StepRow(step, ticks.get(step.code)) for step in steps_for(_variants(session, call_id))],
        reports=session.scalars(
            select(DangerReport)
            .where(DangerReport.danger_id == danger_id)
            .options(joinedload(DangerReport.decided_by))
            .order_by(DangerReport.id)
        ).all(),
        linkages=session.scalars(
            select(Linkage)
            .where(Linkage.call_id == call_id)
            .options(joinedload(Linkage.asked_by), joinedload(Linkage.line))
            .order_by(Linkage.id)
        ).all(),
        ask=session.scalars(
            select(CallerAsk).where(CallerAsk.call_id == call_id).order_by(CallerAsk.id.desc())
        ).first(),
        debriefs=session.scalars(
            select(Debrief)
            .where(Debrief.danger_id == danger_id)
            .options(joinedload(Debrief.led_by), joinedload(Debrief.operator))
            .order_by(Debrief.id)
        ).all(),
        facts=report_facts(session, danger),
        rescue_decided=rescue_is_decided(session, danger),
    )


def lines_for(session: Session, recipient: ReportTo, call: Call, now: datetime) -> Sequence[PartnerLine]:
    """The directory's lines for this recipient at the person's place; empty where it holds none."""
    if recipient.is_rescue:
        found = emergency_lines(session, call.place_code, now)
        return [one.line for one in found if one.service == str(recipient) and one.line is not None]
    kind = COMMUNITY_KINDS[recipient]
    rows = session.scalars(
        select(PartnerLine).where(PartnerLine.active.is_(True), PartnerLine.kind == kind)
    ).all()
    return [line for line in rows if covers(line.place_code, call.place_code)]


def open_danger_of(session: Session, call_id: int) -> int | None:
    return session.scalars(
        select(Danger.id)
        .where(Danger.call_id == call_id, Danger.state == DangerState.OPEN)
        .order_by(Danger.id.desc())
    ).first()


def _variants(session: Session, call_id: int) -> frozenset[str]:
    note = session.scalars(select(Note).where(Note.call_id == call_id)).first()
    if note is None:
        return frozenset()
    relation = (note.fields or {}).get("relation")
    found = set()
    if note.call_type is CallType.FOR_ANOTHER or relation not in (None, "", str(Relation.SELF)):
        found.add("third_party")
    if note.call_type is CallType.SILENT:
        found.add("silent")
    return frozenset(found)
