"""What a shift passes on, with names: open items and their owners, offers, the record."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from agent_console.queries_duties import Who, whos
from hotline.care.handovers import owed_at_sign_off
from hotline.care.open_items import open_items
from hotline.domain.handover import OpenItem
from models.duties import Handover
from models.people import Person
from models.vocabulary import RiskLevel
from models.vocabulary_after import HandoverState, ItemKind

RECORD_SHOWN = timedelta(hours=24)


@dataclass(frozen=True)
class ItemRow:
    key: str
    """`follow_up:17`, as the form sends it."""
    kind: ItemKind
    who: Who
    level: RiskLevel | None
    due_at: datetime | None
    late: bool
    owner: str | None
    owner_holds: bool
    mine: bool
    offered_to: str | None
    owed: bool
    """This person may not leave it behind."""


@dataclass(frozen=True)
class HandedRow:
    handover_id: int
    kind: ItemKind
    who: Who
    level: RiskLevel | None
    giver: str | None
    taker: str
    state: HandoverState
    offered_at: datetime
    answered_at: datetime | None
    told: str | None


@dataclass(frozen=True)
class HandoverPage:
    high: tuple[ItemRow, ...]
    others: tuple[ItemRow, ...]
    offered_to_me: tuple[HandedRow, ...]
    record: tuple[HandedRow, ...]
    owed: int


def handover_page(session: Session, now: datetime, person_id: int, centre_id: int | None) -> HandoverPage:
    items = open_items(session, now, centre_id)
    owed = {item.key for item in owed_at_sign_off(session, person_id, now)}
    offers = _handed(session, Handover.state == HandoverState.OFFERED)
    record = _handed(session, Handover.offered_at > now - RECORD_SHOWN)
    concerned = {item.call_id for item in items} | {row.call_id for row in (*offers, *record)}
    people = whos(session, concerned)
    names = _names(session, items)
    waiting = {(row.item_kind, row.item_id): row.taker.name for row in offers}
    rows = [
        ItemRow(
            f"{item.kind}:{item.item_id}",
            item.kind,
            people[item.call_id],
            item.level,
            item.due_at,
            item.due_at is not None and item.due_at < now,
            names.get(item.owner_id) if item.owner_id is not None else None,
            item.owner_holds,
            item.owner_id == person_id,
            waiting.get(item.key),
            item.key in owed,
        )
        for item in items
    ]
    return HandoverPage(
        tuple(row for row in rows if row.level is not None and row.level.is_high),
        tuple(row for row in rows if row.level is None or not row.level.is_high),
        tuple(_row(row, people) for row in offers if row.to_id == person_id),
        tuple(
            _row(row, people)
            for row in record
            if centre_id is None or centre_id in (row.taker.centre_id, row.giver and row.giver.centre_id)
        ),
        len(owed),
    )


def _handed(session: Session, *where: object) -> list[Handover]:
    return list(
        session.scalars(
            select(Handover)
            .where(*where)  # type: ignore[arg-type]
            .options(joinedload(Handover.giver), joinedload(Handover.taker))
            .order_by(Handover.id.desc())
        )
    )


def _names(session: Session, items: Iterable[OpenItem]) -> dict[int, str]:
    ids = {item.owner_id for item in items if item.owner_id is not None}
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))
    return {row.id: row.name for row in rows}


def _row(row: Handover, people: dict[int, Who]) -> HandedRow:
    return HandedRow(
        row.id,
        row.item_kind,
        people[row.call_id],
        None if row.level is None else RiskLevel(row.level),
        row.giver.name if row.giver is not None else None,
        row.taker.name,
        row.state,
        row.offered_at,
        row.answered_at,
        row.told,
    )
