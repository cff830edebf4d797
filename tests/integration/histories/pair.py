"""Two routers before one telephone, played step by step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.calls import Call, Offer
from models.outbox import OutboxRow
from models.vocabulary import CallState, OfferState, OutboxState
from tests.grounds import Ground
from tests.integration.histories.router import Fate, Router, Telephone


class Pair:
    """Two routers, a telephone before them, and one seat that is ready."""

    def __init__(self, ground: Ground, folder: Path) -> None:
        self.engine, other = ground.fresh()
        self.fate, self.phone = Fate(), Telephone()
        first = Router(self.engine, folder, self.phone, self.fate)
        self.routers = self.phone.routers = [
            first,
            Router(other, folder, self.phone, self.fate, beside=first),
        ]
        self.seat_id, self.person_id = first.a_ready_seat()

    def calls(self) -> list[Call]:
        with Session(self.engine) as session:
            return list(session.scalars(select(Call).order_by(Call.id)))

    def answer(self) -> None:
        self.phone.seat_answers(self.phone.ringing_legs()[0])
        self.phone.deliver_all()

    def look(self, seconds: float = 6) -> None:
        """A moment later: the clock turns, in whichever process."""
        self.routers[0].stopped.advance(seconds=seconds)
        router = self.phone.next_router()
        router.seats.report_device(self.person_id, True)
        router.deadlines.tick()
        self.phone.work_off()

    def until(self, holds: Callable[[], bool], looks: int = 10) -> None:
        for _ in range(looks):
            if holds():
                return
            self.look()
        raise AssertionError("not within a minute")

    def state(self) -> CallState:
        with Session(self.engine) as session:
            return session.scalars(select(Call.state)).one()

    def made(self) -> int:
        with Session(self.engine) as session:
            return len(session.scalars(select(Offer.id).where(Offer.state == OfferState.MADE)).all())

    def given_up(self, kind: str) -> None:
        """The carrier refused this work until nobody tried any more."""
        with Session(self.engine) as session, session.begin():
            rows = update(OutboxRow).where(OutboxRow.kind == kind, OutboxRow.state == OutboxState.DUE)
            session.execute(rows.values(state=OutboxState.DEAD))

    @contextmanager
    def nothing_is_moved(self) -> Iterator[None]:
        """Whoever is to move a caller dies before the carrier is asked, and the work is never done."""
        moves = {"connect_caller", "requeue_caller"}
        kept = [dict(router.runner._handlers) for router in self.routers]
        for router in self.routers:
            router.runner._handlers = {
                kind: (lambda _payload: None) if kind in moves else handler
                for kind, handler in router.runner._handlers.items()
            }
        yield
        for router, handlers in zip(self.routers, kept, strict=True):
            router.runner._handlers = handlers
