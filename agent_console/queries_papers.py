"""What the pages of reports show. Officials see what was signed for their place and below, nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from analytics.papers.answers import OpenQuestion, open_questions, open_questions_of
from analytics.papers.calendar import Period
from analytics.papers.definitions import BY_KEY, Definition, sql_of, version
from analytics.papers.desk import Papers
from analytics.papers.document import Document, document_of_paper
from analytics.papers.freezing import hash_of
from analytics.papers.plan import kinds_by_level, plan_of
from analytics.papers.scope import scope_of
from analytics.papers.standing import standing_signature
from analytics.report.answers import sees
from analytics.report.responsibilities import UNITS
from analytics.report.suppression import THRESHOLD
from models.papers import Paper, PaperAction, StandingSignature
from models.people import Person
from models.places import Place
from models.surveillance import Delivery
from models.vocabulary import PlaceLevel, Role
from models.vocabulary_papers import PaperKind, PaperState
from models.vocabulary_surveillance import AlertActionKind

A_PAGE = 20


@dataclass(frozen=True)
class PaperRow:
    paper_id: int
    kind: PaperKind
    state: PaperState
    number: str | None
    title: str
    place_zh: str
    place_en: str
    due_at: datetime
    signed_at: datetime | None
    signed_by: str | None
    edited_by: str | None
    is_overdue: bool
    standing: bool
    wants_receipt: bool
    acknowledged: bool
    question_open: bool


@dataclass(frozen=True)
class PlaceChoice:
    code: str
    name_zh: str
    name_en: str
    signature: StandingSignature | None


@dataclass(frozen=True)
class Shelf:
    waiting: tuple[PaperRow, ...]
    signed: tuple[PaperRow, ...]
    """Of the page that was asked for."""
    pages: int
    places: tuple[PlaceChoice, ...]
    questions: tuple[OpenQuestion, ...]
    plan: Mapping[PlaceLevel, tuple[PaperKind, ...]]


@dataclass(frozen=True)
class PaperPage:
    row: PaperRow
    content: Mapping[str, Any]
    revision: int
    sha256: str | None
    hash_holds: bool
    definitions_version: str
    document: Document
    deliveries: tuple[Delivery, ...]
    actions: tuple[PaperAction, ...]
    is_own: bool
    """Of the reader's own place: who may acknowledge it."""
    units: tuple[str, ...] = UNITS

    @property
    def redhead(self) -> str:
        return str(self.content["redhead"])

    @property
    def number(self) -> str | None:
        return self.row.number


@dataclass(frozen=True)
class SpecialPage:
    document: Document


@dataclass(frozen=True)
class Cell:
    label: str
    name: str
    frozen: int | None
    counted: int | None
    """None: fewer than five persons, which this page hides as the paper does."""


@dataclass(frozen=True)
class FigureSource:
    paper: PaperRow
    key: str
    name_zh: str
    name_en: str
    says: str
    says_en: str
    sql: str | None
    """None: the board's own figures."""
    first: str
    last: str
    version: str
    same_version: bool
    cells: tuple[Cell, ...] = field(default_factory=tuple)


def shelf(
    session: Session,
    person_id: int,
    now: datetime,
    kind: PaperKind | None,
    place_code: str = "",
    page: int = 0,
) -> Shelf:
    """An official's own place, unless one below it is asked for by `place_code`. The newest come first."""
    person = session.get_one(Person, person_id)
    is_supervisor = person.role is Role.SUPERVISOR
    query = select(Paper).where(Paper.state != PaperState.DROPPED)
    wanted = place_code or (None if is_supervisor else person.place_code)
    if wanted:
        query = query.where(Paper.place_code == wanted)
    if kind is not None:
        query = query.where(Paper.kind == kind)
    if not is_supervisor:
        query = query.where(Paper.state == PaperState.SIGNED)
    papers = [
        paper
        for paper in session.scalars(query.order_by(Paper.last_day.desc(), Paper.id.desc()))
        if is_supervisor or sees(session, person, paper.place_code)
    ]
    rows = [_row(paper, now) for paper in papers]
    waiting = sorted((r for r in rows if r.state is PaperState.DRAFT), key=lambda r: r.due_at)
    choices = []
    for planned in plan_of(session):
        if not is_supervisor and not sees(session, person, planned.place_code):
            continue
        place, signature = session.get_one(Place, planned.place_code), None
        if is_supervisor:
            signature = standing_signature(session, planned.place_code, now)
        if signature is not None:
            _ = signature.person.name
        choices.append(PlaceChoice(place.code, place.name_zh, place.name_en, signature))
    signed = [row for row in rows if row.state is PaperState.SIGNED]
    return Shelf(
        waiting=tuple(waiting),
        signed=tuple(signed[page * A_PAGE : (page + 1) * A_PAGE]),
        pages=-(-len(signed) // A_PAGE),
        places=tuple(choices),
        questions=open_questions(session) if is_supervisor else (),
        plan=kinds_by_level(session) if is_supervisor else {},
    )


def paper_page(session: Session, paper_id: int, person_id: int, now: datetime) -> PaperPage | None:
    person, paper = session.get_one(Person, person_id), session.get(Paper, paper_id)
    if paper is None:
        return None
    may = person.role is Role.SUPERVISOR or (
        person.role is Role.OFFICIAL
        and paper.state is PaperState.SIGNED
        and sees(session, person, paper.place_code)
    )
    if not may:
        return None
    for delivery in paper.deliveries:
        _ = delivery.mechanism.name_zh
    for action in paper.actions:
        _ = action.person.name
    return PaperPage(
        row=_row(paper, now),
        content=paper.content,
        revision=paper.revision,
        sha256=paper.sha256,
        hash_holds=paper.sha256 is None or paper.sha256 == hash_of(paper),
        definitions_version=paper.definitions_version,
        document=document_of_paper(paper),
        deliveries=tuple(paper.deliveries),
        actions=tuple(paper.actions),
        is_own=person.place_code == paper.place_code,
    )


def figure_in_english(key: str, name: str) -> str:
    """The name of one of a report's figures; a row of a table keeps the label that was signed."""
    definition = BY_KEY.get(key)
    if definition is None:
        return RECEPTION_NAMES.get(key, name)
    return f"{definition.en}: {name}" if definition.is_table else definition.en


def figure_source(session: Session, paper_id: int, key: str, papers: Papers) -> FigureSource | None:
    paper = session.get(Paper, paper_id)
    if paper is None:
        return None
    told = [f for f in paper.content.get("figures", []) if f["key"] == key]
    if not told:
        return None
    scope = scope_of(session, paper.place_code, Period(paper.kind, paper.first_day, paper.last_day))
    definition = BY_KEY.get(key)
    counted = papers.count_again(session, key, scope)
    return FigureSource(
        paper=_row(paper, paper.drafted_at),
        key=key,
        name_zh=definition.zh if definition else str(told[0]["name"]),
        name_en=definition.en if definition else RECEPTION_NAMES.get(key, key),
        says=definition.says if definition else RECEPTION_SAYS[0],
        says_en=definition.says_en if definition else RECEPTION_SAYS[1],
        sql=sql_of(definition, scope) if definition else None,
        first=paper.first_day.isoformat(),
        last=paper.last_day.isoformat(),
        version=paper.definitions_version,
        same_version=paper.definitions_version == version(),
        cells=tuple(_cell(f, definition, counted) for f in told),
    )


RECEPTION_NAMES = {"received": "Calls received", "answered": "Calls answered"}
RECEPTION_SAYS = (
    "与值班看板同一口径（“指标”页逐项说明）：期内到达的来电次数；接通为有过通话的来电。",
    "As on the board, which defines each: calls that arrived in the period; answered is a talk.",
)


def _cell(told: Mapping[str, Any], definition: Definition | None, counted: Mapping[str, int]) -> Cell:
    label = str(told["label"] or "")
    value = counted.get(label if definition is not None and definition.is_table else "")
    return Cell(
        label, str(told["name"]), told["value"], value if value is None or value >= THRESHOLD else None
    )


def _row(paper: Paper, now: datetime) -> PaperRow:
    return PaperRow(
        paper_id=paper.id,
        kind=paper.kind,
        state=paper.state,
        number=paper.number,
        title=paper.title,
        place_zh=paper.place.name_zh,
        place_en=paper.place.name_en,
        due_at=paper.due_at,
        signed_at=paper.signed_at,
        signed_by=paper.signed_by.name if paper.signed_by else None,
        edited_by=paper.edited_by.name if paper.edited_by else None,
        is_overdue=paper.state is PaperState.DRAFT and paper.due_at < now,
        standing=paper.standing,
        wants_receipt=paper.wants_receipt,
        acknowledged=any(action.kind is AlertActionKind.ACKNOWLEDGE for action in paper.actions),
        question_open=bool(open_questions_of(paper)),
    )
