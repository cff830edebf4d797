"""The emergency sheet and the blank form as files, written anew each day by the clock, to be printed."""

from __future__ import annotations

import logging
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from hotline.bootstrap.core import Core
from models.places import Centre
from models.unit_of_work import Clock

log = logging.getLogger("hotline.printing")

FOLDER = "print"


class DailySheets:
    """DATA_DIR/print: written at the clock's start, and with each new day of China's clock or new centre."""

    def __init__(self, core: Core, clock: Clock) -> None:
        self._core = core
        self._clock = clock
        self._written: tuple[date, int] | None = None
        """The day, and how many centres there were: one that is founded at noon waits for no midnight."""

    def write_if_due(self) -> None:
        from agent_console.emergency_sheet import write_sheets
        from agent_console.local_time import local_day

        now = self._clock()
        try:
            with self._core.work() as unit:
                unit.only_read()
                due = local_day(now), unit.session.scalar(select(func.count()).select_from(Centre)) or 0
                if due == self._written:
                    return
                write_sheets(unit.session, now, self._core.settings.data_dir / FOLDER)
        except (OSError, SQLAlchemyError) as fault:
            # A full disk must not stop the clock, which brings callers and seats together.
            log.error("the sheets for printing could not be written: %s", type(fault).__name__)
            return
        self._written = due
