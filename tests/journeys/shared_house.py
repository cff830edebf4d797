"""One running product for journeys that leave it as it was, one after another.

A start takes as long as a journey. What a journey leaves behind may not reach the next: where the product
does not come to rest, it is ended, and the next journey gets a new one.
"""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.calls import Call
from models.outbox import OutboxRow
from models.seats import Seat
from models.vocabulary import CallState, OutboxState
from tests.journeys.product import Product, eventually

REST_SECONDS = 20.0
SOON = timedelta(seconds=60)
"""Work due later belongs to no journey: time limits of signals, and what the clock asks for each day."""
NOW = timedelta()
NIGHTLY = "regroup"


def work_to_do(session: Session, within: timedelta = SOON) -> int:
    """Rows that a worker has or gets within that time; not the nightly pass over all issues."""
    waiting = OutboxRow.state.in_([OutboxState.DUE, OutboxState.LEASED])
    soon = OutboxRow.due_at <= datetime.now(UTC) + within
    rows = select(func.count()).select_from(OutboxRow).where(waiting, soon, OutboxRow.kind != NIGHTLY)
    return session.scalar(rows) or 0


def is_at_rest(session: Session) -> bool:
    """A detection that waits for more calls of its day disturbs nobody."""
    seated = session.scalar(select(func.count()).select_from(Seat).where(Seat.person_id.is_not(None)))
    calls = session.scalar(select(func.count()).select_from(Call).where(Call.state != CallState.ENDED))
    return not (seated or calls or work_to_do(session, NOW))


class SharedHouse:
    """Opens when the first journey asks; each opening has a folder of its own."""

    def __init__(self, folders: pytest.TempPathFactory) -> None:
        self._folders = folders
        self._product: Product | None = None

    def open(self) -> Product:
        if self._product is None:
            product = Product(self._folders.mktemp("house"))
            product.start()
            self._product = product
        return self._product

    def close_unless_at_rest(self) -> None:
        product = self._product
        with contextlib.suppress(AssertionError):
            if product is not None and product.answers_again():
                eventually(lambda: product.look(is_at_rest), "the product is at rest", REST_SECONDS)
                return
        self.close()

    def close(self) -> None:
        if self._product is not None:
            self._product.stop()
        self._product = None
