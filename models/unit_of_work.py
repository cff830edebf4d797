"""One transaction: session, recorded events, outbox rows; events are published after commit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Protocol

from sqlalchemy import Engine, insert, select
from sqlalchemy.orm import Session

from models.events import Event
from models.outbox import OutboxRow


class Clock(Protocol):
    def __call__(self) -> datetime: ...


def system_clock() -> datetime:
    return datetime.now(UTC)


Publisher = Callable[[Sequence[Event], Sequence[int]], None]
"""Told after commit: the events, and the ids of new outbox rows of every queue."""

_WORK = insert(OutboxRow).returning(OutboxRow.id)


class UnitOfWork:
    """`with work() as unit:` commits at the end of the block, rolls back on an error, then publishes."""

    def __init__(self, engine: Engine, clock: Clock, publish: Publisher) -> None:
        self._engine = engine
        self._clock = clock
        self._publish = publish

    def __enter__(self) -> UnitOfWork:
        self.session = Session(self._engine, expire_on_commit=False)
        self.now = self._clock()
        self._events: list[Event] = []
        self._asked: list[int] = []
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is not None:
                self.session.rollback()
                return
            self.session.commit()
        finally:
            self.session.close()
        self._publish(tuple(self._events), tuple(self._asked))

    def at(self, clock: Clock, publish: Publisher) -> UnitOfWork:
        """A unit on the same records by another clock, for other listeners: history that is written later."""
        return UnitOfWork(self._engine, clock, publish)

    def only_read(self) -> None:
        """Said first of all in a unit that writes nothing: on SQLite it then keeps no writer waiting."""
        self.session.connection(execution_options={"reads_only": True})

    def tell(self, *events: Event) -> None:
        self._events.extend(events)

    def ask(
        self, kind: str, queue: str, key: str, payload: dict[str, Any], due_at: datetime | None = None
    ) -> None:
        """Write work to do; asking the same `key` again is one row."""
        if self.session.scalars(select(OutboxRow).where(OutboxRow.key == key)).first():
            return
        row = OutboxRow(
            kind=kind, queue=queue, key=key, payload=payload, due_at=due_at or self.now, created_at=self.now
        )
        self.session.add(row)
        self.session.flush()
        self._asked.append(row.id)

    def ask_anew(self, kind: str, queue: str, payloads: Mapping[str, dict[str, Any]]) -> None:
        """Write work by its key that nobody can have asked for before: it names a row made in this unit."""
        same = {"kind": kind, "queue": queue, "due_at": self.now, "created_at": self.now}
        rows = [{**same, "key": key, "payload": payload} for key, payload in payloads.items()]
        self._asked += self.session.connection().scalars(_WORK, rows)


Work = Callable[[], UnitOfWork]
