"""交接班: items are offered, accepted by a named person, and stay on record."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.care.errors_after import CannotTake, NotOpen
from hotline.care.open_items import is_last_on_duty, open_items
from hotline.domain.handover import OpenItem, owed_by
from models.audit import Auditor
from models.duties import Handover
from models.events import HandoverChanged
from models.people import Person
from models.unit_of_work import UnitOfWork, Work
from models.vocabulary import Role
from models.vocabulary_after import HandoverState, ItemKind

ANSWERING = (Role.OPERATOR, Role.SUPERVISOR)
Key = tuple[ItemKind, int]


def owed_at_sign_off(session: Session, person_id: int, now: datetime) -> tuple[OpenItem, ...]:
    """What this person must hand on before leaving the seat; see `hotline/domain/handover.py`."""
    person = session.get_one(Person, person_id)
    items = open_items(session, now, person.centre_id)
    return owed_by(person_id, items, is_last=is_last_on_duty(session, person_id, person.centre_id))


class Handovers:
    def __init__(self, work: Work, audit_key: bytes) -> None:
        self._work = work
        self._audit = Auditor(audit_key)

    def offer(self, from_id: int, to_id: int, keys: Collection[Key], told: str = "") -> list[int]:
        """Ask one person to take these over; an earlier offer of the same item is withdrawn.

        Raises CannotTake(reason): not_answering | same_person | held (by another one on duty).
        Raises NotOpen when an item was closed meanwhile. Then nothing was offered.
        """
        with self._work() as unit:
            giver, taker = unit.session.get_one(Person, from_id), unit.session.get(Person, to_id)
            if taker is None or not taker.active or taker.role not in ANSWERING:
                raise CannotTake(reason="not_answering")
            if to_id == from_id:
                raise CannotTake(reason="same_person")
            rows = []
            for item in self._theirs(unit, giver, keys):
                self._withdraw_offers(unit, item)
                rows.append(_row(item, from_id, to_id, HandoverState.OFFERED, unit.now, told))
            unit.session.add_all(rows)
            unit.session.flush()
            self._told(unit, from_id, HandoverState.OFFERED, rows)
            return [row.id for row in rows]

    def answer(self, handover_ids: Collection[int], person_id: int, accept: bool) -> int:
        """Accept or decline what is offered to this person; returns how many there were."""
        state = HandoverState.ACCEPTED if accept else HandoverState.DECLINED
        with self._work() as unit:
            rows = unit.session.scalars(
                select(Handover)
                .where(
                    Handover.id.in_(handover_ids),
                    Handover.state == HandoverState.OFFERED,
                    Handover.to_id == person_id,
                )
                .with_for_update()
            ).all()
            for row in rows:
                row.state, row.answered_at = state, unit.now
            self._told(unit, person_id, state, rows)
            return len(rows)

    def take(self, person_id: int, keys: Collection[Key]) -> list[int]:
        """Take over without being asked: a supervisor anything, anybody else what nobody on duty holds.

        Raises CannotTake(reason="held"), NotOpen.
        """
        with self._work() as unit:
            person = unit.session.get_one(Person, person_id)
            items = self._theirs(unit, person, keys)
            state = HandoverState.TAKEN if person.role is Role.SUPERVISOR else HandoverState.ACCEPTED
            rows = []
            for item in items:
                self._withdraw_offers(unit, item)
                row = _row(item, item.owner_id, person_id, state, unit.now, "")
                row.answered_at = unit.now
                rows.append(row)
            unit.session.add_all(rows)
            unit.session.flush()
            self._told(unit, person_id, state, rows)
            return [row.id for row in rows]

    def _theirs(self, unit: UnitOfWork, person: Person, keys: Collection[Key]) -> list[OpenItem]:
        """A supervisor may move anything, others their own and what nobody on duty holds."""
        supervises, wanted = person.role is Role.SUPERVISOR, set(keys)
        found = open_items(unit.session, unit.now, None if supervises else person.centre_id)
        items = [item for item in found if item.key in wanted]
        if not wanted or len(items) != len(wanted):
            raise NotOpen()
        if not supervises and any(item.owner_holds and item.owner_id != person.id for item in items):
            raise CannotTake(reason="held")
        return items

    def _withdraw_offers(self, unit: UnitOfWork, item: OpenItem) -> None:
        for row in unit.session.scalars(
            select(Handover).where(
                Handover.item_kind == item.kind,
                Handover.item_id == item.item_id,
                Handover.state == HandoverState.OFFERED,
            )
        ):
            row.state, row.answered_at = HandoverState.WITHDRAWN, unit.now

    def _told(
        self, unit: UnitOfWork, person_id: int, state: HandoverState, rows: Collection[Handover]
    ) -> None:
        for row in rows:
            self._audit(unit, person_id, f"handover.{state}", f"{row.item_kind}:{row.item_id}")
        if rows:
            unit.tell(HandoverChanged(person_id, str(state)))


def _row(
    item: OpenItem, from_id: int | None, to_id: int, state: HandoverState, at: datetime, told: str
) -> Handover:
    return Handover(
        item_kind=item.kind,
        item_id=item.item_id,
        call_id=item.call_id,
        level=None if item.level is None else int(item.level),
        from_id=from_id,
        to_id=to_id,
        state=state,
        offered_at=at,
        told=told.strip() or None,
    )
