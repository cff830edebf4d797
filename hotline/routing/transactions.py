"""A use case is one transaction, and is done again from the start when another writer was first."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

from models.unit_of_work import UnitOfWork, Work

Result = TypeVar("Result")

ATTEMPTS = 8
FIRST_PAUSE_SECONDS = 0.01
GIVE_UP_SECONDS = 6.0
"""Somebody may be listening to silence meanwhile: asking again later serves better than waiting here."""


def in_one_unit(work: Work, step: Callable[[UnitOfWork], Result]) -> Result:
    """Run `step` in a unit of work; retried when the version of a Call or Seat moved on meanwhile, when two
    writers met on a unique key, or the database chose this one as a deadlock's victim.

    Raises the last error when every attempt met another writer, or when that took too long.
    """
    begun = time.monotonic()
    for attempt in range(ATTEMPTS):
        try:
            with work() as unit:
                return step(unit)
        except (StaleDataError, IntegrityError, OperationalError) as error:
            tired = attempt == ATTEMPTS - 1 or time.monotonic() - begun > GIVE_UP_SECONDS
            if tired or _connection_lost(error):
                raise
        # Jitter: two writers that met once must not meet again in step.
        time.sleep(FIRST_PAUSE_SECONDS * 2**attempt * random.uniform(0.5, 1.5))
    raise AssertionError("unreachable")


@contextmanager
def reading(work: Work) -> Iterator[UnitOfWork]:
    """A unit that only reads: on SQLite it takes no write lock, so that it waits for nobody."""
    with work() as unit:
        unit.session.connection(execution_options={"reads_only": True})
        yield unit


def _connection_lost(error: Exception) -> bool:
    return isinstance(error, DBAPIError) and error.connection_invalidated
